"""What lesson 06 asks in NumPy: oracles are PyTorch, scikit-learn, SciPy, and numbers by hand."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.neighbors import NearestNeighbors

from course_utils.nn.depth_rates import rates_by_depth, step_with_rates
from course_utils.nn.frozen_norm import frozen_norm_backward, frozen_norm_forward
from course_utils.nn.intervals import mean_and_interval
from course_utils.nn.neighbours import nearest_neighbours
from course_utils.nn.prepared_pictures import prepare_pictures
from course_utils.nn.smoothed_loss import smoothed_loss_and_gradient

from .helpers import autograd, examples, unchanged

SEEDS = st.integers(0, 10_000)


@examples
@given(SEEDS, st.integers(1, 4), st.integers(1, 5), st.integers(1, 5), st.sampled_from([1, 3]))
def test_pictures_are_prepared_as_torch_would(seed, N, H, W, C):
    rng = np.random.default_rng(seed)
    X = rng.integers(0, 256, (N, H * W * C)).astype(np.uint8)
    mean, std = rng.uniform(0.2, 0.8, C), rng.uniform(0.1, 0.5, C)
    check = unchanged(X, mean, std)
    made = prepare_pictures(X, (H, W, C), mean, std)
    check()
    its = torch.tensor(X).reshape(N, H, W, C).permute(0, 3, 1, 2) / 255
    its = (its - torch.tensor(mean)[:, None, None]) / torch.tensor(std)[:, None, None]
    assert made.dtype == np.float32
    assert made.flags.c_contiguous
    np.testing.assert_allclose(made, its.numpy(), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("X", "shape", "mean", "std", "error", "words"),
    [
        (np.zeros((2, 12)), (2, 2, 3), (0.5,) * 3, (0.5,) * 3, TypeError, "scaled already"),
        (np.zeros((2, 11), np.uint8), (2, 2, 3), (0.5,) * 3, (0.5,) * 3, ValueError, "(N, 12)"),
        (np.zeros((2, 12), np.uint8), (2, 2, 3), (0.5,), (0.5,), ValueError, "3 numbers"),
        (np.zeros((2, 12), np.uint8), (2, 2, 3), (0.5,) * 3, (0.5, 0.0, 1.0), ValueError, "above"),
    ],
)
def test_pictures_that_do_not_fit_are_refused(X, shape, mean, std, error, words):
    with pytest.raises(error, match="expected") as caught:
        prepare_pictures(X, shape, mean, std)
    assert words in str(caught.value)


@examples
@given(SEEDS, st.integers(1, 6), st.integers(2, 9), st.integers(2, 5))
def test_neighbours_agree_with_scikit_learn(seed, N, M, D):
    rng = np.random.default_rng(seed)
    Q, F = rng.standard_normal((N, D)), rng.standard_normal((M, D))
    k = int(rng.integers(1, M + 1))
    check = unchanged(Q, F)
    rows, similarity = nearest_neighbours(Q, F, k)
    check()
    its = NearestNeighbors(n_neighbors=k, metric="cosine", algorithm="brute").fit(F)
    distances, their_rows = its.kneighbors(Q)
    np.testing.assert_array_equal(rows, their_rows)
    np.testing.assert_allclose(similarity, 1 - distances, atol=1e-10)


def test_of_equal_neighbours_the_first_comes_first_and_zeros_point_nowhere():
    F = np.array([[0.0, 0.0], [0.0, 2.0], [3.0, 0.0], [1.0, 0.0]])
    rows, similarity = nearest_neighbours(np.array([[5.0, 0.0], [0.0, 0.0]]), F, 3)
    np.testing.assert_array_equal(rows, [[2, 3, 0], [0, 1, 2]])
    np.testing.assert_array_equal(similarity, [[1, 1, 0], [0, 0, 0]])


@pytest.mark.parametrize("k", [0, 5])
def test_neighbours_that_are_not_there_are_refused(k):
    F = np.ones((4, 2))
    with pytest.raises(ValueError, match="1 to M = 4"):
        nearest_neighbours(F, F, k)
    with pytest.raises(ValueError, match=r"\(N, D\) and \(M, D\)"):
        nearest_neighbours(np.ones((4, 3)), F, 1)


@examples
@given(SEEDS, st.integers(1, 5), st.integers(1, 6))
def test_a_frozen_norm_agrees_with_torch_and_its_gradients(seed, N, D):
    rng = np.random.default_rng(seed)
    X, gamma, beta, mean, dY = (rng.standard_normal(s) for s in [(N, D), D, D, D, (N, D)])
    running, eps = {"mean": mean, "var": rng.uniform(0.1, 3, D)}, float(rng.uniform(0, 0.5))
    check = unchanged(X, gamma, beta, *running.values(), dY)

    def theirs(X, gamma, beta):
        m, v = (torch.tensor(running[key]) for key in ("mean", "var"))
        return torch.nn.functional.batch_norm(X, m, v, gamma, beta, training=False, eps=eps)

    its, grads = autograd(theirs, X, gamma, beta, dout=dY)
    Y, cache = frozen_norm_forward(X, gamma, beta, running, eps)
    np.testing.assert_allclose(Y, its, atol=1e-10)
    for mine, their in zip(frozen_norm_backward(dY, cache), grads, strict=True):
        np.testing.assert_allclose(mine, their, atol=1e-10)
    check()


def test_a_frozen_norm_keeps_float32_and_refuses_other_shapes():
    X, ones = np.ones((3, 2), np.float32), np.ones(2, np.float32)
    running = {"mean": np.zeros(2), "var": np.ones(2)}  # float64, as np.zeros makes them
    Y, cache = frozen_norm_forward(X, ones, ones, running)
    assert Y.dtype == np.float32
    assert {a.dtype for a in frozen_norm_backward(Y, cache)} == {np.dtype(np.float32)}
    with pytest.raises(ValueError, match=r"gamma: expected \(D,\) = \(2,\)"):
        frozen_norm_forward(X, np.ones(3, np.float32), ones, running)
    with pytest.raises(ValueError, match="dY"):
        frozen_norm_backward(Y.T, cache)


@examples
@given(SEEDS, st.integers(1, 5), st.integers(2, 6), st.floats(0, 0.9))
def test_the_smoothed_loss_agrees_with_torch(seed, N, C, smoothing):
    rng = np.random.default_rng(seed)
    Z, y = 3 * rng.standard_normal((N, C)), rng.integers(0, C, N)
    check = unchanged(Z, y)

    def theirs(Z):
        return torch.nn.functional.cross_entropy(Z, torch.tensor(y), label_smoothing=smoothing)

    its, (grad,) = autograd(theirs, Z)
    loss, dZ = smoothed_loss_and_gradient(Z, y, smoothing)
    check()
    np.testing.assert_allclose(loss, its, atol=1e-10)
    np.testing.assert_allclose(dZ, grad, atol=1e-10)


def test_the_smoothed_loss_is_finite_for_huge_logits_and_keeps_float32():
    Z = np.array([[1000.0, -1000.0]], np.float32)
    loss, dZ = smoothed_loss_and_gradient(Z, np.array([0]), 0.5)
    assert loss == pytest.approx(500)  # a quarter of the target at a class 2000 below
    np.testing.assert_allclose(dZ, [[0.25, -0.25]])
    assert loss.dtype == dZ.dtype == np.float32
    with pytest.raises(ValueError, match="smoothing: expected a share"):
        smoothed_loss_and_gradient(Z, np.array([0]), 1.0)


def test_rates_by_hand():
    np.testing.assert_allclose(rates_by_depth(4, 0.8, 0.5), [0.1, 0.2, 0.4, 0.8])
    np.testing.assert_array_equal(rates_by_depth(1, 0.3, 0.5), [0.3])
    for depth, below in ((0, 0.5), (3, 0.0), (3, 1.5)):
        with pytest.raises(ValueError, match="depth, below"):
            rates_by_depth(depth, 0.1, below)


@examples
@given(SEEDS, st.floats(0, 0.5))
def test_a_step_agrees_with_torchs_sgd_in_groups(seed, strength):
    rng = np.random.default_rng(seed)
    shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
    params = {key: rng.standard_normal(shape) for key, shape in shapes.items()}
    grads = {key: rng.standard_normal(shape) for key, shape in shapes.items()}
    rates = {key: float(rng.uniform(0.01, 0.5)) for key in shapes if rng.random() < 0.7}
    check = unchanged(*params.values(), *grads.values())
    tensors = {key: torch.nn.Parameter(torch.tensor(w)) for key, w in params.items()}
    groups = []
    for key, tensor in tensors.items():
        tensor.grad = torch.tensor(grads[key])
        decay = 2 * strength if tensor.ndim > 1 else 0.0
        if key in rates:
            groups.append({"params": [tensor], "lr": rates[key], "weight_decay": decay})
    if groups:
        torch.optim.SGD(groups, lr=1.0).step()
    stepped = step_with_rates(params, grads, rates, strength)
    check()
    assert list(stepped) == list(params)
    for key, tensor in tensors.items():
        np.testing.assert_allclose(stepped[key], tensor.detach().numpy(), atol=1e-12)
        assert stepped[key] is not params[key]


def test_a_step_of_what_is_not_there_is_refused():
    with pytest.raises(ValueError, match="rates: expected keys of params, got 'W9'"):
        step_with_rates({"W": np.ones((1, 1))}, {}, {"W9": 0.1}, 0.0)


@examples
@given(SEEDS, st.integers(2, 6), st.integers(2, 30))
def test_an_interval_agrees_with_scipy(seed, R, N):
    rng = np.random.default_rng(seed)
    hits = rng.random((R, N)) < rng.uniform(0.3, 0.9, (R, 1))
    hits[0, :2] = True, False
    rates = hits.mean(axis=1)
    t = stats.t.ppf(0.975, R - 1)
    mean, low, high = mean_and_interval(hits, t)
    error = stats.sem(rates)
    if error:
        its = stats.t.interval(0.95, R - 1, loc=rates.mean(), scale=error)
        np.testing.assert_allclose((low, high), its)
    assert mean == pytest.approx(rates.mean())
    assert {type(v) for v in (mean, low, high)} == {float}


def test_one_repeat_has_no_interval():
    with pytest.raises(ValueError, match="two or more"):
        mean_and_interval(np.ones((1, 5), bool), 2.0)
