import numpy as np
import pytest
import torch

from course_utils.checking import gradient_check, layer_gradient_check


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
