import math

import numpy as np
import pytest
import torch

from course_utils.nn import (
    RULES,
    Optimizer,
    adam_update,
    make_optimizer,
    momentum_update,
    rmsprop_update,
    sgd_update,
)
from course_utils.nn.optimizers import PIECE

from .helpers import awkward_views, unchanged

# Ours: v <- momentum v - lr dw. Torch: v <- momentum v + dw, w <- w - lr v. With a constant
# learning rate both are the same. torch's eps stands outside the root, as ours does.
CASES = [
    (sgd_update, {}, torch.optim.SGD, {}),
    (momentum_update, {}, torch.optim.SGD, {"momentum": 0.9}),
    (momentum_update, {"momentum": 0.5}, torch.optim.SGD, {"momentum": 0.5}),
    (rmsprop_update, {}, torch.optim.RMSprop, {"alpha": 0.99, "eps": 1e-8}),
    (rmsprop_update, {"decay": 0.8, "eps": 0.1}, torch.optim.RMSprop, {"alpha": 0.8, "eps": 0.1}),
    (adam_update, {}, torch.optim.Adam, {"betas": (0.9, 0.999), "eps": 1e-8}),
    (
        adam_update,
        {"beta1": 0.7, "beta2": 0.9, "eps": 0.1},
        torch.optim.Adam,
        {"betas": (0.7, 0.9), "eps": 0.1},
    ),
]


def gradients(steps, shape, seed=0):
    """Random, with a sign that changes and sizes from tiny to large, zeros included."""
    rng = np.random.default_rng(seed)
    grads = rng.standard_normal((steps, *shape)) * 10.0 ** rng.integers(-4, 2, (steps, *shape))
    grads[:, 0] = 0
    return grads


@pytest.mark.parametrize(("rule", "ours", "theirs", "settings"), CASES)
def test_two_hundred_steps_agree_with_torch(rule, ours, theirs, settings):
    w = np.random.default_rng(1).standard_normal((4, 3))
    w_torch = torch.tensor(w.copy(), requires_grad=True)
    optimizer, state = theirs([w_torch], lr=0.01, **settings), {}
    for dw in gradients(200, w.shape):
        w, state = rule(w, dw, state, learning_rate=0.01, **ours)
        w_torch.grad = torch.tensor(dw)
        optimizer.step()
        np.testing.assert_allclose(w, w_torch.detach().numpy(), rtol=1e-10, atol=1e-12)


def test_first_steps_by_hand():
    w, dw = np.array([1.0]), np.array([4.0])
    assert sgd_update(w, dw, {}, learning_rate=0.1)[0] == pytest.approx([0.6])
    w1, state = momentum_update(w, dw, {}, learning_rate=0.1, momentum=0.5)
    assert w1 == pytest.approx([0.6])
    assert momentum_update(w1, dw, state, learning_rate=0.1, momentum=0.5)[0] == pytest.approx(
        [0.0]
    )
    w1, state = rmsprop_update(w, dw, {}, learning_rate=0.1, decay=0.75, eps=0.0)
    assert w1 == pytest.approx([0.8])  # s = 4, so the step is 0.1 * 4 / 2
    assert state["s"] == pytest.approx([4.0])
    # Adam's first step has the length of the learning rate, whatever the gradient's size.
    w1, state = adam_update(w, 1e-4 * dw, {}, learning_rate=0.1, eps=0.0)
    assert w1 == pytest.approx([0.9])
    assert state["t"] == 1


def test_momentum_takes_up_a_learning_rate_that_changes():
    # Here the convention shows: an old velocity keeps the length of the old learning rate.
    w, state = momentum_update(np.zeros(1), np.ones(1), {}, learning_rate=1.0, momentum=0.5)
    w, _ = momentum_update(w, np.ones(1), state, learning_rate=0.1, momentum=0.5)
    assert w == pytest.approx([-1.0 - (0.5 + 0.1)])


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rule_keeps_the_dtype_and_leaves_its_arguments_alone(name, dtype):
    w, dw = np.ones((2, 3), dtype), np.full((2, 3), 0.5, dtype)
    settings = {"learning_rate": np.float64(0.1)}  # as np.logspace gives it
    _, state = RULES[name](w, dw, {}, **settings)
    arrays = [value for value in state.values() if np.ndim(value)]
    same, keys, before = unchanged(w, dw, *arrays), dict(state), id(state)
    w_new, state_new = RULES[name](w, dw, state, **settings)
    same()
    assert state == keys or all(state[k] is keys[k] for k in keys)
    assert id(state) == before
    assert w_new.dtype == dtype
    assert not np.shares_memory(w_new, w)
    assert {v.dtype for v in state_new.values() if np.ndim(v)} <= {np.dtype(dtype)}
    for w_v, dw_v in zip(awkward_views(w), awkward_views(dw), strict=True):
        np.testing.assert_array_equal(RULES[name](w_v, dw_v, state, **settings)[0], w_new)
    with pytest.raises(ValueError, match="dw: expected"):
        RULES[name](w, dw[:1], {}, **settings)


@pytest.mark.parametrize("name", RULES)
@pytest.mark.parametrize("shape", [(PIECE + 1,), (2, PIECE), (3, PIECE // 2 + 1)])
def test_the_optimizer_steps_as_the_rule_does_large_arrays_included(name, shape):
    rng = np.random.default_rng(0)
    w = rng.standard_normal(shape).astype(np.float32)
    params, optimizer, state = {"W": w, "b": w.reshape(-1)[:3]}, make_optimizer(name, 0.05), {}
    for _ in range(3):
        dw = rng.standard_normal(shape).astype(np.float32)
        # Transposed in memory: reshaping it makes a copy.
        optimizer.step(params, {"W": np.asfortranarray(dw), "b": dw.reshape(-1)[:3]})
        w, state = RULES[name](w, dw, state, learning_rate=0.05)
        np.testing.assert_array_equal(params["W"], w)
        np.testing.assert_array_equal(params["b"], w.reshape(-1)[:3])
    for key, value in state.items():
        np.testing.assert_array_equal(optimizer.state["W"][key], value)


def test_a_step_replaces_the_arrays_and_leaves_the_old_ones():
    params = {"w": np.ones(3, np.float32), "W": np.ones((2, PIECE), np.float32)}
    grads = {key: np.ones(w.shape) for key, w in params.items()}  # float64, from a careless layer
    old = dict(params)
    same = unchanged(*old.values(), *grads.values())
    make_optimizer("adam", 0.1).step(params, grads)
    same()
    for key, w in params.items():
        assert w is not old[key]
        assert w.dtype == np.float32
        np.testing.assert_allclose(w, 0.9, rtol=1e-5)


def test_each_parameter_has_a_state_of_its_own():
    params = {"a": np.zeros(1), "b": np.zeros(1)}
    optimizer = make_optimizer("momentum", 1.0, momentum=0.5)
    optimizer.step(params, {"a": np.ones(1), "b": np.zeros(1)})
    optimizer.step(params, {"a": np.ones(1), "b": np.zeros(1)})
    assert params["a"] == [-2.5]
    assert params["b"] == [0.0]


@pytest.mark.parametrize("name", RULES)
def test_going_on_from_a_saved_state_is_going_on(name):
    grads = gradients(6, (3, 2))
    straight, params = make_optimizer(name, 0.1), {"W": np.ones((3, 2))}
    for dw in grads[:3]:
        straight.step(params, {"W": dw})
    saved, other = straight.state_dict(), {"W": params["W"].copy()}
    for dw in grads[3:]:
        straight.step(params, {"W": dw})
    resumed = make_optimizer(name, 0.7)
    resumed.load_state_dict(saved)
    for dw in grads[3:]:
        resumed.step(other, {"W": dw})
    np.testing.assert_array_equal(params["W"], other["W"])
    assert resumed.learning_rate == 0.1


def test_a_saved_state_is_a_copy():
    optimizer = make_optimizer("momentum", 0.1)
    optimizer.step({"w": np.ones(2)}, {"w": np.ones(2)})
    saved = optimizer.state_dict()
    saved["state"]["w"]["v"][:] = 99
    saved["hyperparameters"]["momentum"] = 99
    np.testing.assert_allclose(optimizer.state["w"]["v"], -0.1)
    assert optimizer.hyperparameters == {}
    again = make_optimizer("momentum", 0.1)
    again.load_state_dict(saved)
    saved["state"]["w"]["v"][:] = 77
    assert again.state["w"]["v"][0] == 99
    with pytest.raises(ValueError, match="expected one of adam, got one of momentum"):
        make_optimizer("adam", 0.1).load_state_dict(saved)


def test_a_rule_of_ones_own_sees_whole_arrays():
    def sign_update(w, dw, state, *, learning_rate):
        assert w.ndim == 2
        return w - learning_rate * np.sign(dw), state

    params = {"W": np.zeros((2, PIECE))}
    optimizer = Optimizer(sign_update, 0.5)
    optimizer.step(params, {"W": np.full((2, PIECE), 7.0)})
    assert (params["W"] == -0.5).all()
    assert repr(optimizer) == "Optimizer(sign, learning_rate=0.5)"
    assert repr(make_optimizer("adam", 0.1, eps=1e-7)) == (
        "Optimizer(adam, learning_rate=0.1, eps=1e-07)"
    )


def test_wrong_arguments_are_told():
    with pytest.raises(ValueError, match="sgd, momentum, rmsprop, adam, got 'adamw'"):
        make_optimizer("adamw", 0.1)
    with pytest.raises(TypeError, match=r"beta: adam_update has no such .* beta1, beta2"):
        make_optimizer("adam", 0.1, beta=0.9)
    for learning_rate in (0, -1, math.nan, math.inf, [0.1, 0.2]):
        with pytest.raises(ValueError, match="learning_rate: expected a positive number"):
            make_optimizer("sgd", learning_rate)
    params, optimizer = {"W1": np.ones((2, 3)), "b1": np.ones(3)}, make_optimizer("sgd", 0.1)
    with pytest.raises(KeyError, match="no gradient for b1"):
        optimizer.step(params, {"W1": np.ones((2, 3))})
    with pytest.raises(KeyError, match="a gradient for dW1, which is no parameter"):
        optimizer.step(params, {"W1": 1, "b1": 1, "dW1": 1})
    with pytest.raises(ValueError, match=r"gradient of W1: .*\(2, 3\), got \(3, 2\); transposed"):
        optimizer.step(params, {"W1": np.ones((3, 2)), "b1": np.ones(3)})
    assert (params["b1"] == 1).all()
