import numpy as np
import pytest
import torch

from benchmarks.gradient_check import CHECKS, plant, random_net
from course_utils import nn
from course_utils.checking import directional_check, gradient_check, layer_gradient_check

CHECKED_BOTH_WAYS = pytest.mark.parametrize("check", [gradient_check, directional_check])


def relu_loss(p):
    return float((np.maximum(p["X"], 0) * 3).sum())


def test_a_smooth_function_agrees_with_its_closed_form():
    x = np.random.default_rng(0).standard_normal((4, 5))
    report = gradient_check(lambda p: float(np.sin(p["x"]).sum()), {"x": x}, {"x": np.cos(x)})
    assert report.passed
    assert report.checked == {"x": 20}
    assert report.aside == {"x": 0}


def test_a_wrong_entry_is_found_and_placed():
    x = np.random.default_rng(0).standard_normal((4, 5))
    gradient = np.cos(x)
    gradient[2, 3] += 1e-3
    report = gradient_check(lambda p: float(np.sin(p["x"]).sum()), {"x": x}, {"x": gradient})
    (wrong,) = report.wrong
    assert wrong.index == (2, 3)
    assert wrong.gradient - wrong.slope == pytest.approx(1e-3, rel=1e-3)
    assert "[2, 3]" in report.text()


@pytest.mark.parametrize("distance", [0.0, 0.1, 1 / 3, 0.5, 2 / 3, 0.9, 0.99])
@pytest.mark.parametrize("side", [-1, 1])
def test_an_entry_within_a_step_of_a_kink_is_set_aside(distance, side):
    X = np.array([1.0, -2.0, side * distance * 1e-5, 0.7])
    report = gradient_check(relu_loss, {"X": X}, {"X": 3.0 * (X > 0)})
    assert report.passed, report.text()
    assert report.aside == {"X": 0 if distance == 1 else 1}


def test_a_kink_does_not_hide_a_wrong_gradient_elsewhere():
    X = np.array([1.0, -2.0, 0.0, 0.7])
    report = gradient_check(relu_loss, {"X": X}, {"X": np.full(4, 3.0)})
    assert [entry.index for entry in report.wrong] == [(1,)]
    assert "1 set aside" in report.text()


def test_whether_an_entry_is_set_aside_does_not_depend_on_the_gradient_under_test():
    X = np.array([1.0, -2.0, 0.3])
    report = gradient_check(relu_loss, {"X": X}, {"X": np.full(3, 77.0)})
    assert report.aside == {"X": 0}
    assert len(report.wrong) == 3


@pytest.mark.parametrize("seed", range(25))
def test_right_relu_nets_are_never_accused(seed):
    """torch.autograd gives the gradients; hidden units at kinks are common with 200 of them."""
    rng = np.random.default_rng(seed)
    shapes = {"W1": (6, 200), "b1": (200,), "W2": (200, 3), "b2": (3,)}
    params = {key: rng.standard_normal(shape) * 0.1 for key, shape in shapes.items()}
    params["b1"][:40] = 0.0
    X, y = rng.integers(0, 2, (8, 6)).astype(float), rng.integers(0, 3, 8)

    def torch_loss(values):
        hidden = torch.relu(torch.from_numpy(X) @ values["W1"] + values["b1"])
        logits = hidden @ values["W2"] + values["b2"]
        return torch.nn.functional.cross_entropy(logits, torch.from_numpy(y))

    tensors = {k: torch.from_numpy(v).requires_grad_() for k, v in params.items()}
    torch_loss(tensors).backward()
    grads = {k: t.grad.numpy() for k, t in tensors.items()}

    def loss(values):
        return torch_loss({k: torch.from_numpy(v) for k, v in values.items()}).item()

    # Rows of X that are all 0 put the units with b1 = 0 exactly on their kink.
    report = gradient_check(loss, params, grads, samples=25, rng=np.random.default_rng(seed))
    assert report.passed, report.text()


def test_all_entries_on_kinks_prove_nothing_and_say_so():
    report = gradient_check(relu_loss, {"X": np.zeros(3)}, {"X": np.zeros(3)})
    assert not report.passed or report.aside["X"] == 0
    assert "kink" in report.text()


@pytest.mark.parametrize(
    ("params", "grads", "f", "words"),
    [
        ({"x": np.ones(2, np.float32)}, {"x": np.ones(2)}, lambda p: 0.0, "expected float64"),
        ({"x": np.ones(2, int)}, {"x": np.ones(2)}, lambda p: 0.0, "expected float64"),
        ({"x": np.array([np.nan])}, {"x": np.ones(1)}, lambda p: 0.0, "NaN"),
        ({"x": np.ones(2)}, {"x": np.ones(3)}, lambda p: 0.0, "expected shape (2,), got (3,)"),
        ({"x": np.ones(2)}, {}, lambda p: 0.0, "no gradient with this name"),
        ({"x": np.ones(2)}, {"x": np.full(2, np.nan)}, lambda p: 0.0, "NaN"),
        ({"x": np.ones(2)}, {"x": np.ones(2)}, lambda p: float("nan"), "returns nan"),
    ],
)
def test_what_cannot_be_checked_says_why(params, grads, f, words):
    report = gradient_check(f, params, grads)
    assert not report.passed
    assert words in report.text()


def test_a_function_that_changes_its_argument_is_told():
    def spoils(p):
        p["x"] += 1.0
        return float(p["x"].sum())

    report = gradient_check(spoils, {"x": np.ones(2)}, {"x": np.ones(2)})
    assert "in place" in report.text()


def test_a_random_function_is_told():
    rng = np.random.default_rng(0)
    report = gradient_check(lambda p: rng.normal(), {"x": np.ones(2)}, {"x": np.ones(2)})
    assert "two equal calls" in report.text()


def linear(X, W, b):
    return X @ W + b, (X, W)


def test_a_layer_is_checked_with_a_random_upstream_gradient():
    rng = np.random.default_rng(1)
    X, W, b = rng.standard_normal((4, 3)), rng.standard_normal((3, 5)), rng.standard_normal(5)

    def right(dY, cache):
        return dY @ cache[1].T, cache[0].T @ dY, dY.sum(axis=0)

    def upstream_dropped(dY, cache):  # right only where the upstream gradient is all ones
        return right(np.ones_like(dY), cache)

    names = ("X", "W", "b")
    assert layer_gradient_check(linear, right, X, W, b, names=names).passed
    report = layer_gradient_check(linear, upstream_dropped, X, W, b, names=names)
    assert {entry.key for entry in report.wrong} == {"dX", "dW", "db"}


def test_a_layer_with_labels_holds_them_fixed():
    rng = np.random.default_rng(2)
    Z, y = rng.standard_normal((4, 3)), np.array([0, 2, 1, 1])

    def forward(Z, y):
        P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
        return -np.log(P[np.arange(4), y]).mean(), (P, y)

    def backward(dloss, cache):
        return dloss * (cache[0] - np.eye(3)[cache[1]]) / 4

    report = layer_gradient_check(forward, backward, Z, y, names=("Z", "y"))
    assert report.passed
    assert list(report.checked) == ["dZ"]


X45 = np.random.default_rng(5).standard_normal((4, 5))


@CHECKED_BOTH_WAYS
def test_one_array_is_checked_like_a_dictionary(check):
    assert check(lambda x: np.sin(x).sum(), X45, np.cos(X45)).passed
    assert check(lambda x: np.sin(x).sum(), X45, np.cos).passed
    report = check(lambda x: np.sin(x).sum(), X45, -np.cos(X45), name="W")
    assert not report.passed
    assert "W: " in report.text()
    assert "The sign is wrong." in report.text()


def test_a_number_is_an_array_of_one_entry():
    assert gradient_check(lambda x: x**2, 3.0, 6.0).passed
    assert not gradient_check(lambda x: x**2, 3.0, 6.1).passed


@CHECKED_BOTH_WAYS
def test_integers_are_told_apart_from_a_wrong_gradient(check):
    x = np.arange(1, 5)
    report = check(lambda x: float((x**2).sum()), x, 2 * x)
    assert report.wrong == ()
    assert "int64; a step of 1e-5 vanishes" in report.text().replace("int32", "int64")
    assert "x.astype(float)" in report.text()


@CHECKED_BOTH_WAYS
def test_a_gradient_cut_to_integers_is_told(check):
    report = check(lambda x: (x**2).sum(), X45, (2 * X45).astype(int))
    assert "fractions were cut off" in report.text()


@CHECKED_BOTH_WAYS
@pytest.mark.parametrize("speed", [1.0, 1e2, 1e3, 1e4, 1e5])
def test_strong_curvature_accuses_nobody(check, speed):
    right = speed * np.cos(speed * X45)
    assert check(lambda x: np.sin(speed * x).sum(), X45, right).wrong == ()
    assert gradient_check(lambda x: np.sin(speed * x).sum(), X45, right).passed
    assert not gradient_check(lambda x: np.sin(speed * x).sum(), X45, 1.001 * right).passed


@CHECKED_BOTH_WAYS
@pytest.mark.parametrize("offset", [0.0, 1.0, 1e3, 1e6, 1e9])
@pytest.mark.parametrize("size", [1.0, 1e-3, 1e-6, 1e3])
def test_the_rounding_of_a_large_loss_accuses_nobody(check, offset, size):
    report = check(lambda x: offset + size * np.sin(x).sum(), X45, size * np.cos(X45))
    assert report.passed, report.text()


@pytest.mark.parametrize(("offset", "size"), [(0.0, 1e-6), (1e3, 1e-3), (1e6, 1.0), (1e6, 1e-2)])
def test_a_wrong_gradient_is_found_beside_a_large_loss(offset, size):
    wrong = size * np.cos(X45) * 1.01
    report = gradient_check(lambda x: offset + size * np.sin(x).sum(), X45, wrong)
    assert len(report.wrong) >= 15  # the smallest drown in the rounding


def test_a_comparison_that_rounding_limits_says_so():
    report = gradient_check(lambda x: 1e6 + 1e-3 * np.sin(x).sum(), X45, 1e-3 * np.cos(X45))
    assert "too large for a finer comparison" in report.text()
    report = gradient_check(lambda x: 1e9 + 1e-6 * np.sin(x).sum(), X45, 1e-6 * np.cos(X45))
    assert "too small to be told from 0" in report.text()


@CHECKED_BOTH_WAYS
def test_rounding_inside_the_function_is_measured(check):
    """The loss is of order 1, but computed from numbers of order 1e7 that cancel."""
    report = check(lambda x: ((np.sin(x) + 1e7) - 1e7).sum(), X45, np.cos(X45))
    assert report.wrong == ()


@CHECKED_BOTH_WAYS
def test_large_arguments_accuse_nobody(check):
    x = 1e6 * X45
    assert check(lambda x: (x**2).sum(), x, 2 * x).passed


@CHECKED_BOTH_WAYS
def test_a_gradient_that_is_0_is_right_where_the_slope_is_0(check):
    params = {"a": X45, "b": X45.copy()}
    grads = {"a": np.cos(X45), "b": np.full_like(X45, 1e-17)}
    report = check(lambda p: np.sin(p["a"]).sum() + (p["b"] - p["b"]).sum(), params, grads)
    assert report.passed, report.text()


@CHECKED_BOTH_WAYS
def test_a_shift_that_cancels_is_0_but_for_rounding(check):
    """As with a bias before batch norm: its true gradient is 0, what comes out is 1e-17."""

    def loss(b):
        Y = X45 + b
        return float((((Y - Y.mean(axis=0)) / Y.std(axis=0)) ** 3).sum())

    noise = 1e-16 * np.random.default_rng(0).standard_normal(5)
    assert check(loss, np.zeros(5), noise).passed
    assert not check(loss, np.zeros(5), np.ones(5)).passed


@CHECKED_BOTH_WAYS
def test_float32_inside_the_function_is_told(check):
    report = check(lambda x: np.float32((x**2).sum()), X45, 2 * X45)
    assert "computes in float32" in report.text()


@CHECKED_BOTH_WAYS
def test_a_function_without_a_single_number_is_told(check):
    assert "expected a single number" in check(lambda x: x**2, X45, 2 * X45).text()


@CHECKED_BOTH_WAYS
def test_a_function_that_ignores_its_argument_is_told(check):
    report = check(lambda x: float((X45**2).sum()), X45.copy(), 2 * X45)
    assert "does the function use its argument?" in report.text()


@CHECKED_BOTH_WAYS
def test_a_penalty_in_one_of_both_only_is_told(check):
    def loss(W):
        return float(np.sin(W).sum() + 0.1 * (W**2).sum())

    report = check(loss, X45, np.cos(X45), name="W")
    assert "-0.2 times W: a penalty on W (weight decay) that the loss has" in report.text()
    report = check(lambda W: np.sin(W).sum(), X45, np.cos(X45) + 0.2 * X45, name="W")
    assert "that the gradient has and the loss lacks" in report.text()


@CHECKED_BOTH_WAYS
def test_a_gradient_of_another_size_is_told(check):
    report = check(lambda x: np.sin(x).sum(), X45, 50 * np.cos(X45))
    assert "The gradient is 50 times the slope." in report.text()


@CHECKED_BOTH_WAYS
def test_a_function_that_remembers_is_told(check):
    calls = []

    def loss(x):
        calls.append(1)
        return float((x**2).sum()) + (len(calls) > 12)

    report = check(loss, X45, 2 * X45)
    assert "remembers earlier calls" in report.text() or "different values" in report.text()


def test_a_gradient_function_that_changes_its_argument_is_told():
    def gradient(x):
        x *= 2
        return x

    before = X45.copy()
    assert "in place" in gradient_check(lambda x: (x**2).sum(), X45, gradient).text()
    assert np.array_equal(X45, before)


def test_the_function_is_left_at_the_point_itself():
    net = nn.FullyConnectedNet((4, 3, 2), rng=np.random.default_rng(0), dtype=float)
    before = {k: v.copy() for k, v in net.params.items()}
    _, grads = net.loss_and_grads(X45[:, :4], np.array([0, 1, 1, 0]))

    def loss(params):
        net.params = params
        return net.loss(X45[:, :4], np.array([0, 1, 1, 0]))

    assert gradient_check(loss, net.params, grads).passed
    assert all(np.array_equal(net.params[k], before[k]) for k in before)


@pytest.mark.parametrize("name", CHECKS)
def test_random_right_nets_are_never_accused(name):
    """The benchmark takes 400 of them; autograd gives the gradients."""
    for seed in range(30):
        report = CHECKS[name](*random_net(seed))
        assert report.wrong == (), report.text()
        assert report.problem == ""


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("relative", [1e-2, 1e-4])
def test_one_wrong_entry_is_found_and_its_array_named(name, relative):
    rng = np.random.default_rng(3)
    found = 0
    for seed in range(100, 115):
        loss, params, grads = random_net(seed, on_kinks=False, large=False, widest=18)
        planted, key = plant(grads, relative, rng)
        found += {e.key for e in CHECKS[name](loss, params, planted).wrong} == {key}
    assert found >= 14


def test_a_direction_over_a_kink_is_replaced_by_another():
    """Half of the units lie 1e-6 from their kink: long moves cross it, short ones do not."""
    x = np.where(np.arange(50) % 2, 0.5, 1e-7)
    report = directional_check(lambda x: np.maximum(x, 0).sum(), x, np.ones(50))
    assert report.passed, report.text()
    assert report.checked == {"x": 3}


def test_parts_of_an_array_are_moved_where_some_entries_are_on_a_kink():
    x = np.random.default_rng(0).standard_normal(64)
    x[[3, 30]] = 0.0
    right = (x > 0).astype(float)
    report = directional_check(lambda x: np.maximum(x, 0).sum(), x, right)
    assert report.passed, report.text()
    assert "set aside" in report.text()
    right[x == x.max()] += 1e-3
    report = directional_check(lambda x: np.maximum(x, 0).sum(), x, right)
    assert [e.key for e in report.wrong] == ["x"]


def test_directions_name_the_guilty_array_of_a_whole_net():
    rng = np.random.default_rng(0)
    net = nn.FullyConnectedNet((784, 100, 10), rng=rng, dtype=float)
    X, y = rng.standard_normal((20, 784)), rng.integers(0, 10, 20)
    _, grads = net.loss_and_grads(X, y)

    def loss(params):
        net.params = params
        return net.loss(X, y)

    params = dict(net.params)
    assert directional_check(loss, params, grads).passed
    grads["W1"] = grads["W1"].copy()
    grads["W1"][300, 40] += 1e-3 * np.abs(grads["W1"]).max()
    assert {e.key for e in directional_check(loss, params, grads).wrong} == {"W1"}


def test_a_layer_whose_backward_spoils_what_arrives_is_told():
    def backward(dY, X):
        dY[X <= 0] = 0
        return dY

    report = layer_gradient_check(nn.relu_forward, backward, X45, names=("X",))
    assert "in place" in report.text()
    assert not report.passed


def test_a_layer_given_integers_is_told():
    W, b = np.ones((3, 2)), np.ones(2)
    X = np.arange(12).reshape(4, 3)
    report = layer_gradient_check(
        linear, lambda dY, c: (dY @ c[1].T, c[0].T @ dY, dY.sum(0)), X, W, b
    )
    assert "expected float64, got int" in report.text()


def test_a_setting_without_a_gradient_is_held_fixed():
    report = layer_gradient_check(
        nn.l2_penalty_forward, nn.l2_penalty_backward, X45, 0.3, names=("W", "weight_decay")
    )
    assert report.passed, report.text()
    assert list(report.checked) == ["dW"]
