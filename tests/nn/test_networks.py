import types

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import course_utils.nn as nn
from course_utils.nn import FullyConnectedNet, TwoLayerNet, two_layer_loss_and_grads
from course_utils.nn.networks import LAYER_NAMES

from .helpers import awkward_views, blobs, examples, torch_net_loss, unchanged


def make(sizes, seed=0, **settings):
    net = FullyConnectedNet(sizes, rng=np.random.default_rng(seed), **settings)
    rng = np.random.default_rng(seed + 1)
    for key in net.params:  # biases away from zero, or a slip in them would not show
        if key.startswith("b"):
            net.params[key] = rng.standard_normal(net.params[key].shape).astype(net.dtype)
    return net


def batch(net, N=7, seed=5):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, net.sizes[0])).astype(net.dtype)
    return X, rng.integers(0, net.sizes[-1], N)


@examples
@given(
    st.lists(st.integers(1, 6), min_size=2, max_size=5),
    st.integers(1, 8),
    st.sampled_from([0.0, 0.1]),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 50),
)
def test_loss_and_grads_agree_with_autograd(sizes, N, weight_decay, dtype, seed):
    net = make(sizes, seed, weight_decay=weight_decay, dtype=dtype)
    X, y = batch(net, N, seed)
    same = unchanged(X, y, *net.params.values())
    loss, grads = net.loss_and_grads(X, y)
    same()
    want, want_grads = torch_net_loss(net.params, X, y, weight_decay)
    close = {"rtol": 1e-4, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-10}
    np.testing.assert_allclose(loss, want, **close)
    assert list(grads) == list(net.params)
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, want_grads[key], **close, err_msg=key)
        assert grad.dtype == dtype
    assert loss.dtype == dtype
    assert net.loss(X, y) == loss


def test_two_layer_written_out_agrees_with_autograd():
    net = make((5, 4, 3), dtype=np.float64)
    X, y = batch(net)
    for weight_decay in (0.0, 0.3):
        same = unchanged(X, y, *net.params.values())
        loss, grads = two_layer_loss_and_grads(net.params, X, y, weight_decay)
        same()
        want, want_grads = torch_net_loss(net.params, X, y, weight_decay)
        assert loss == pytest.approx(want, rel=1e-12)
        assert list(grads) == ["W1", "b1", "W2", "b2"]
        for key in grads:
            np.testing.assert_allclose(grads[key], want_grads[key], rtol=1e-9, atol=1e-12)
    assert two_layer_loss_and_grads(net.params, X, y)[0] < loss


def test_two_layer_net_is_a_net_with_one_hidden_layer():
    ours = TwoLayerNet(5, 4, 3, rng=np.random.default_rng(0), weight_decay=0.1)
    same = FullyConnectedNet((5, 4, 3), rng=np.random.default_rng(0), weight_decay=0.1)
    assert ours.sizes == (5, 4, 3)
    assert ours.weight_decay == 0.1
    for key in same.params:
        np.testing.assert_array_equal(ours.params[key], same.params[key])


def test_params_are_named_shaped_and_counted():
    net = FullyConnectedNet((784, 800, 10), rng=np.random.default_rng(0))
    shapes = {key: w.shape for key, w in net.params.items()}
    assert shapes == {"W1": (784, 800), "b1": (800,), "W2": (800, 10), "b2": (10,)}
    assert net.n_parameters == 636_010  # 784 * 800 + 800 + 800 * 10 + 10
    assert net.depth == 2
    assert not net.params["b1"].any()
    assert {w.dtype for w in net.params.values()} == {np.dtype(np.float32)}
    assert net.params["W1"].std() == pytest.approx((2 / 784) ** 0.5, rel=0.01)


def test_predictions_agree_with_torch():
    net = make((6, 5, 4), dtype=np.float64)
    X, _ = batch(net, 20)
    p = {key: torch.tensor(w) for key, w in net.params.items()}
    Z = torch.relu(torch.tensor(X) @ p["W1"] + p["b1"]) @ p["W2"] + p["b2"]
    np.testing.assert_allclose(net.logits(X), Z, rtol=1e-12)
    np.testing.assert_allclose(net.probabilities(X), torch.softmax(Z, 1), rtol=1e-10)
    np.testing.assert_array_equal(net.predict(X), Z.argmax(1))
    for view in awkward_views(X):
        np.testing.assert_allclose(net.logits(view), Z, rtol=1e-12)


def test_a_fresh_net_knows_nothing():
    net = FullyConnectedNet((20, 30, 10), rng=np.random.default_rng(0), initializer="small_normal")
    X, y = batch(net, 50)
    assert net.loss(X, y) == pytest.approx(np.log(10), rel=1e-3)


def test_a_copy_has_its_own_parameters():
    net = make((3, 2))
    twin = net.copy()
    before = net.params["W1"].copy()
    twin.params["W1"] += 1
    twin.params["b1"] = twin.params["b1"] + 1
    np.testing.assert_array_equal(net.params["W1"], before)
    assert (twin.params["b1"] != net.params["b1"]).all()
    assert twin.sizes == net.sizes


def recorded_layers():
    """The package's layers, each noting that it ran, under names of their own."""
    ran = []

    def note(name):
        def layer(*arguments):
            ran.append(name)
            return getattr(nn, name)(*arguments)

        return layer

    return {name: note(name) for name in LAYER_NAMES}, ran


def as_module(functions):
    module = types.ModuleType("mine")
    vars(module).update(functions)
    return module


@pytest.mark.parametrize(
    "wrap", [dict, lambda f: types.SimpleNamespace(**f), as_module, types.MappingProxyType]
)
def test_a_students_functions_drive_the_net(wrap):
    functions, ran = recorded_layers()
    net = make((4, 3, 3, 2), layers=wrap(functions), weight_decay=0.1)
    X, y = batch(net)
    loss, grads = net.loss_and_grads(X, y)
    want, want_grads = torch_net_loss(net.params, X, y, 0.1)
    assert loss == pytest.approx(want, rel=1e-5)
    for key in grads:
        np.testing.assert_allclose(grads[key], want_grads[key], rtol=1e-4, atol=1e-5)
    assert ran == (
        ["linear_forward", "relu_forward"] * 2
        + ["linear_forward", "softmax_cross_entropy_forward", "softmax_cross_entropy_backward"]
        + ["linear_backward"]
        + ["relu_backward", "linear_backward"] * 2
    )


def test_the_package_itself_and_a_notebooks_globals_serve_as_layers():
    X, y = batch(make((4, 3, 2)))
    want = make((4, 3, 2)).loss(X, y)
    for layers in (nn, vars(nn)):
        assert make((4, 3, 2), layers=layers).loss(X, y) == want


def test_a_students_penalty_is_used_where_both_halves_are_there():
    functions, _ = recorded_layers()
    half = {"l2_penalty_forward": lambda W, weight_decay: (W.dtype.type(100), None)}
    both = half | {"l2_penalty_backward": lambda dpenalty, cache: 0.0}
    X, y = batch(make((4, 2)))
    plain = make((4, 2)).loss_and_grads(X, y)
    ours = make((4, 2), weight_decay=0.1, layers=functions | half).loss(X, y)
    assert ours == pytest.approx(make((4, 2), weight_decay=0.1).loss(X, y))
    loss, grads = make((4, 2), weight_decay=0.1, layers=functions | both).loss_and_grads(X, y)
    assert loss == pytest.approx(plain[0] + 100)
    np.testing.assert_array_equal(grads["W1"], plain[1]["W1"])


def test_a_missing_function_is_named():
    functions, _ = recorded_layers()
    del functions["relu_backward"]
    with pytest.raises(AttributeError, match="relu_backward missing; not defined yet"):
        make((4, 3, 2), layers=functions)
    functions["relu_backward"] = None
    with pytest.raises(AttributeError, match="relu_backward missing"):
        make((4, 3, 2), layers=types.SimpleNamespace(**functions))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"sizes": (3,)}, ValueError, "sizes: expected at least inputs and classes"),
        ({"sizes": (3, 0, 2)}, ValueError, "sizes"),
        ({"rng": 0}, TypeError, "rng: expected numpy.random.Generator"),
        ({"dtype": int}, TypeError, "dtype: expected floats"),
        ({"weight_decay": -0.1}, ValueError, "weight_decay: expected 0 or more"),
        ({"weight_decay": float("nan")}, ValueError, "weight_decay"),
        ({"initializer": "zero"}, ValueError, "initializer"),
    ],
)
def test_wrong_settings_are_told(change, error, words):
    good = {"sizes": (3, 2), "rng": np.random.default_rng(0)}
    with pytest.raises(error, match=words):
        FullyConnectedNet(**(good | change))


def test_wrong_inputs_are_told():
    net = make((784, 3))
    with pytest.raises(ValueError, match=r"X: .*D = 784.*got \(2, 28, 28\); flatten"):
        net.logits(np.zeros((2, 28, 28), np.float32))
    with pytest.raises(ValueError, match=r"X: .*got \(2, 785\)"):
        net.logits(np.zeros((2, 785), np.float32))
    with pytest.raises(TypeError, match="X: expected floats, got uint8"):
        net.logits(np.zeros((2, 784), np.uint8))


def test_plain_gradient_descent_learns():
    X, y = blobs()
    net = FullyConnectedNet((6, 16, 3), rng=np.random.default_rng(0))
    for _ in range(60):
        _, grads = net.loss_and_grads(X, y)
        for key in net.params:
            net.params[key] = net.params[key] - 0.1 * grads[key]
    assert (net.predict(X) == y).mean() > 0.97
