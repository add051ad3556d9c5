import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from course_utils.nn import (
    largest_stable_rate,
    logistic_hessian,
    logistic_regression_loss_and_grads,
    make_optimizer,
    sigmoid_forward,
)

from .helpers import autograd, examples, numeric_gradient, unchanged


def problem(N=40, D=4, seed=0, dtype=np.float64):
    """Two overlapping clouds, and weights that are not yet good."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, N)
    X = rng.standard_normal((N, D)) + 0.8 * (2 * y[:, None] - 1) * rng.standard_normal(D)
    params = {"w": rng.standard_normal(D), "b": rng.standard_normal(())}
    return {k: np.asarray(v, dtype) for k, v in params.items()}, X.astype(dtype), y


def torch_loss(X, y, weight_decay):
    X, y = torch.tensor(X.astype(np.float64)), torch.tensor(y.astype(np.float64))

    def loss(w, b):
        data_loss = torch.nn.functional.binary_cross_entropy_with_logits(X @ w + b, y)
        return data_loss + weight_decay * (w**2).sum()

    return loss


@examples
@given(
    st.integers(1, 9),
    st.integers(1, 6),
    st.sampled_from([0.0, 0.3]),
    st.sampled_from([np.float32, np.float64]),
    st.integers(0, 30),
)
def test_regression_agrees_with_autograd(N, D, weight_decay, dtype, seed):
    params, X, y = problem(N, D, seed, dtype)
    same = unchanged(X, y, *params.values())
    loss, grads = logistic_regression_loss_and_grads(params, X, y, weight_decay)
    same()
    want, (want_w, want_b) = autograd(torch_loss(X, y, weight_decay), *params.values())
    eps = {"rtol": 1e-4, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(loss, want, **eps)
    np.testing.assert_allclose(grads["w"], want_w, **eps)
    np.testing.assert_allclose(grads["b"], want_b, **eps)
    assert list(grads) == list(params)
    assert loss.dtype == grads["w"].dtype == grads["b"].dtype == dtype
    assert np.shape(grads["w"]) == (D,)
    assert np.shape(loss) == np.shape(grads["b"]) == ()


@pytest.mark.parametrize("b", [0.25, np.float64(0.25), np.float32(0.25), np.array(0.25)])
def test_a_bias_of_any_kind_keeps_float32(b):
    params, X, y = problem(dtype=np.float32)
    loss, grads = logistic_regression_loss_and_grads({**params, "b": b}, X, y, 0.1)
    assert loss.dtype == grads["w"].dtype == grads["b"].dtype == np.float32


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"w": np.zeros(3)}, ValueError, r"w: expected \(D,\) = \(4,\) with D = 4 from X"),
        ({"w": np.zeros((4, 1))}, ValueError, r"w: .*got \(4, 1\); kept an axis of length 1"),
        ({"b": np.zeros(1)}, ValueError, r"b: expected a single number, got shape \(1,\)"),
        ({"w": np.zeros(4, int)}, TypeError, "w: expected floats"),
    ],
)
def test_regression_names_what_is_wrong(change, error, words):
    params, X, y = problem()
    with pytest.raises(error, match=words):
        logistic_regression_loss_and_grads({**params, **change}, X, y)


@examples
@given(st.integers(1, 9), st.integers(1, 6), st.sampled_from([0.0, 0.3]), st.integers(0, 30))
def test_hessian_agrees_with_autograd_twice(N, D, weight_decay, seed):
    params, X, y = problem(N, D, seed)
    p, _ = sigmoid_forward(X @ params["w"] + params["b"])
    same = unchanged(X, p)
    H = logistic_hessian(X, p, weight_decay)
    same()
    b = torch.tensor(params["b"])
    want = torch.autograd.functional.hessian(
        lambda w: torch_loss(X, y, weight_decay)(w, b), torch.tensor(params["w"])
    )
    np.testing.assert_allclose(H, want, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(H, H.T)


def test_a_column_of_ones_is_the_bias_in_the_hessian():
    params, X, y = problem()
    p, _ = sigmoid_forward(X @ params["w"] + params["b"])
    H = logistic_hessian(np.column_stack([X, np.ones(len(X))]), p)
    loss = torch_loss(X, y, 0.0)
    want = torch.autograd.functional.hessian(
        lambda v: loss(v[:-1], v[-1]), torch.tensor(np.append(params["w"], params["b"]))
    )
    np.testing.assert_allclose(H, want, rtol=1e-9, atol=1e-12)


def test_hessian_is_the_difference_of_gradients():
    params, X, y = problem(N=12, D=3)
    p, _ = sigmoid_forward(X @ params["w"] + params["b"])

    def slope(w, d):
        return logistic_regression_loss_and_grads({**params, "w": w}, X, y, 0.2)[1]["w"][d]

    want = [numeric_gradient(lambda w, d=d: slope(w, d), params["w"]) for d in range(3)]
    np.testing.assert_allclose(logistic_hessian(X, p, 0.2), want, atol=1e-8)


def test_hessian_by_hand_and_in_float32():
    # One row (1, 2) with p = 1/2: slope 1/4, table [[1, 2], [2, 4]], a penalty of 2 · 0.5.
    X, p = np.array([[1.0, 2.0]], np.float32), np.array([0.5], np.float32)
    H = logistic_hessian(X, p, np.float64(0.5))
    np.testing.assert_array_equal(H, [[1.25, 0.5], [0.5, 2.0]])
    assert H.dtype == np.float32
    sure = logistic_hessian(X, np.array([1.0], np.float32), 0.5)
    np.testing.assert_array_equal(sure, np.eye(2))  # where p is 1 nothing moves


@pytest.mark.parametrize(
    ("X", "p", "error", "words"),
    [
        (np.ones((3, 2)), np.array([0.1, 1.2, 0.5]), ValueError, "from 0 to 1, got others; log"),
        (np.ones((3, 2)), np.array([0.1, np.nan, 0.5]), ValueError, "p: expected probabilities"),
        (np.ones((3, 2)), np.ones(2), ValueError, r"p: expected \(N,\) = \(3,\)"),
        (np.ones((0, 2)), np.ones(0), ValueError, "X: expected at least one row"),
        (np.ones(3), np.ones(3), ValueError, r"X: expected \(N, D\), got \(3,\)"),
        (np.ones((3, 2), int), np.ones(3), TypeError, "X: expected floats"),
    ],
)
def test_hessian_names_what_is_wrong(X, p, error, words):
    with pytest.raises(error, match=words):
        logistic_hessian(X, p)


@examples
@given(st.integers(1, 6), st.integers(0, 50), st.sampled_from([np.float32, np.float64]))
def test_the_rate_is_where_gradient_descent_begins_to_run_away(D, seed, dtype):
    rng = np.random.default_rng(seed)
    Q, _ = np.linalg.qr(rng.standard_normal((D, D)))
    H = (Q * rng.uniform(0.1, 3.0, D)) @ Q.T
    H = ((H + H.T) / 2).astype(dtype)
    same = unchanged(H)
    rate = largest_stable_rate(H)
    same()
    assert rate.dtype == dtype
    start = rng.standard_normal(D)

    def length_after(rate, steps=4000):
        M = np.linalg.matrix_power(np.eye(D) - rate * H.astype(np.float64), steps)
        return np.linalg.norm(M @ start)

    # Below it everything shrinks, above it the steepest direction grows.
    assert length_after(0.99 * float(rate)) < 1e-3 * np.linalg.norm(start)
    assert length_after(1.01 * float(rate)) > 1e3 * np.linalg.norm(start)


def test_the_rate_of_known_matrices():
    assert largest_stable_rate(np.array([[4.0]])) == 0.5
    assert largest_stable_rate(np.diag([0.5, 8.0, 2.0])) == pytest.approx(0.25, rel=1e-14)
    # Eigenvalues of [[2, 1], [1, 2]] are 1 and 3.
    assert largest_stable_rate(np.array([[2.0, 1.0], [1.0, 2.0]])) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("H", "error", "words"),
    [
        (np.ones((2, 3)), ValueError, r"square, got \(2, 3\)"),
        (np.ones((0, 0)), ValueError, "square"),
        (np.array([[1.0, 2.0], [0.0, 1.0]]), ValueError, "symmetric matrix"),
        (np.zeros((2, 2)), ValueError, "above 0, got 0; a flat loss"),
        (-np.eye(2), ValueError, "above 0, got -1"),
        (np.full((2, 2), np.nan), (ValueError, np.linalg.LinAlgError), None),
        (np.eye(2, dtype=int), TypeError, "H: expected floats"),
    ],
)
def test_the_rate_names_what_is_wrong(H, error, words):
    with pytest.raises(error, match=words):
        largest_stable_rate(H)


def curvature(params, X, weight_decay):
    """The Hessian of the loss with its penalty; the bias is a column of ones."""
    p, _ = sigmoid_forward(X @ params["w"] + params["b"])
    charged = np.diag([1.0] * X.shape[1] + [0.0])
    X1 = np.column_stack([X, np.ones(len(X))])
    return logistic_hessian(X1, p) + 2 * weight_decay * charged


def newton(X, y, weight_decay, steps=12):
    """Full steps with our own gradient and Hessian."""
    params = {"w": np.zeros(X.shape[1]), "b": np.array(0.0)}
    for _ in range(steps):
        _, grads = logistic_regression_loss_and_grads(params, X, y, weight_decay)
        H = curvature(params, X, weight_decay)
        step = np.linalg.solve(H, np.append(grads["w"], grads["b"]))
        params = {"w": params["w"] - step[:-1], "b": params["b"] - step[-1]}
    return params


@pytest.mark.parametrize("weight_decay", [0.003, 0.05])
@pytest.mark.parametrize(
    "settings",
    [
        {"solver": "lbfgs", "tol": 1e-10, "max_iter": 10_000},
        {"solver": "newton-cholesky", "tol": 1e-12},
    ],
    ids=lambda s: s["solver"],
)
def test_scikit_learn_finds_the_same_minimum(weight_decay, settings):
    """It minimises C Σ loss + Σw²/2; ours is Σ loss / N + weight_decay Σw²: C = 1/(2 N λ)."""
    _, X, y = problem(N=200, D=5, seed=3)
    theirs = LogisticRegression(C=1 / (2 * len(y) * weight_decay), **settings).fit(X, y)
    params = {"w": theirs.coef_[0], "b": np.array(theirs.intercept_[0])}
    _, grads = logistic_regression_loss_and_grads(params, X, y, weight_decay)
    np.testing.assert_allclose(grads["w"], 0, atol=1e-6)
    np.testing.assert_allclose(grads["b"], 0, atol=1e-6)
    # As far as a gradient so small can be from the minimum: older versions stop earlier.
    slope = np.linalg.norm(np.append(grads["w"], grads["b"]))
    flattest = np.linalg.eigvalsh(curvature(params, X, weight_decay))[0]
    away = 1.1 * slope / flattest + 1e-9
    ours = newton(X, y, weight_decay)
    np.testing.assert_allclose(ours["w"], params["w"], rtol=0, atol=away)
    np.testing.assert_allclose(ours["b"], params["b"], rtol=0, atol=away)


def test_gradient_descent_runs_away_above_the_rate_and_nowhere_else():
    """Near the minimum the loss is its parabola: the Hessian there says how far a step may go."""
    _, X, y = problem(N=200, D=5, seed=3)
    best = newton(X, y, 0.05)
    p, _ = sigmoid_forward(X @ best["w"] + best["b"])
    H = logistic_hessian(np.column_stack([X, np.ones(len(X))]), p)
    H += 2 * 0.05 * np.diag([1.0] * X.shape[1] + [0.0])
    rate = float(largest_stable_rate(H))

    def distance_after(rate, steps=300):
        params = {"w": best["w"] + 1e-5, "b": best["b"] + 1e-5}
        optimizer = make_optimizer("sgd", learning_rate=rate)
        for _ in range(steps):
            _, grads = logistic_regression_loss_and_grads(params, X, y, 0.05)
            optimizer.step(params, grads)
        return np.linalg.norm(params["w"] - best["w"])

    assert distance_after(0.9 * rate) < 1e-8
    assert distance_after(1.1 * rate) > 1e-2
