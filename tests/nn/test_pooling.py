import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as torch_f

from course_utils.nn import (
    average_pool_backward,
    average_pool_forward,
    max_pool_backward,
    max_pool_forward,
)

from .helpers import examples
from .layer_checks import assert_agrees_with_torch, normal

few = st.integers(1, 3)
POOLS = [
    (max_pool_forward, max_pool_backward, torch_f.max_pool2d),
    (average_pool_forward, average_pool_backward, torch_f.avg_pool2d),
]


def check(pool, X, size, stride):
    forward, backward, oracle = pool
    assert_agrees_with_torch(
        lambda X: forward(X, size=size, stride=stride),
        backward,
        lambda X: oracle(X, size, stride),
        X,
    )


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize("size", [1, 2, 3])
@pytest.mark.parametrize("stride", [None, 1, 2, 3, 4])
def test_agrees_with_torch_overlaps_and_remainders_included(pool, size, stride):
    check(pool, normal((2, 3, 8, 7))[0], size, stride)


@pytest.mark.parametrize("pool", POOLS)
@examples
@given(
    shape=st.tuples(few, few, st.integers(3, 7), st.integers(3, 7)),
    size=few,
    stride=few,
    levels=st.integers(1, 4),
)
def test_agrees_with_torch_ties_included(pool, shape, size, stride, levels):
    X = np.random.default_rng(sum(shape)).integers(0, levels, shape) - 1.0
    check(pool, X, size, stride)


@pytest.mark.parametrize("pool", POOLS)
def test_a_window_as_large_as_the_image(pool):
    check(pool, normal((2, 3, 4, 4))[0], np.int64(4), np.int64(9))


def test_by_hand_a_tie_goes_to_the_first_and_overlaps_add_up():
    X = np.array([[[[1.0, 5.0, 5.0], [5.0, 0.0, 5.0]]]])
    Y, cache = max_pool_forward(X, size=2, stride=1)
    np.testing.assert_array_equal(Y, [[[[5.0, 5.0]]]])
    dX = max_pool_backward(np.array([[[[2.0, 3.0]]]]), cache)
    np.testing.assert_array_equal(dX, [[[[0.0, 5.0, 0.0], [0.0, 0.0, 0.0]]]])
    Y, cache = average_pool_forward(X, size=2, stride=1)
    np.testing.assert_array_equal(Y, [[[[2.75, 3.75]]]])
    dX = average_pool_backward(np.array([[[[4.0, 8.0]]]]), cache)
    np.testing.assert_array_equal(dX, [[[[1.0, 3.0, 2.0], [1.0, 3.0, 2.0]]]])


def test_the_stride_is_the_size_where_nothing_is_said():
    (X,) = normal((1, 1, 7, 6))
    for forward, _, _ in POOLS:
        np.testing.assert_array_equal(forward(X)[0], forward(X, size=2, stride=2)[0])
        assert forward(X, size=3)[0].shape == (1, 1, 2, 2)


def test_a_window_of_constants_sends_its_gradient_to_one_pixel():
    X = np.zeros((2, 3, 4, 4))
    Y, cache = max_pool_forward(X)
    dX = max_pool_backward(np.ones_like(Y), cache)
    np.testing.assert_array_equal(dX[:, :, ::2, ::2], 1)
    assert dX.sum() == Y.size


def test_all_negative_windows_and_nans():
    Y, _ = max_pool_forward(np.full((1, 1, 2, 2), -3.0))
    assert Y.item() == -3
    X = np.array([[[[1.0, np.nan], [3.0, 2.0]]]])
    assert np.isnan(max_pool_forward(X)[0]).all()
    assert np.isnan(average_pool_forward(X)[0]).all()


def test_the_gradient_of_a_window_with_nans_goes_to_the_first_of_them():
    nan = np.nan
    X = np.array([[[[5.0, nan, 1.0, 2.0], [nan, 7.0, 4.0, 3.0], [nan, nan, -1.0, -np.inf]]]])
    Y, cache = max_pool_forward(X[:, :, :2])
    np.testing.assert_array_equal(Y, [[[[nan, 4.0]]]])
    dX = max_pool_backward(np.array([[[[2.0, 3.0]]]]), cache)
    np.testing.assert_array_equal(dX, [[[[0.0, 2.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0]]]])
    _, cache = max_pool_forward(X, stride=1)
    dX = max_pool_backward(np.ones((1, 1, 2, 3)), cache)
    np.testing.assert_array_equal(
        dX, [[[[0.0, 2.0, 0.0, 0.0], [1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 0.0]]]]
    )


def test_infinite_numbers_win_and_lose_like_others():
    low, high = -np.inf, np.inf
    X = np.array([[[[low, low, low, 1.0], [low, low, high, high]]]])
    Y, cache = max_pool_forward(X)
    np.testing.assert_array_equal(Y, [[[[low, high]]]])
    dX = max_pool_backward(np.array([[[[2.0, 3.0]]]]), cache)
    np.testing.assert_array_equal(dX, [[[[2.0, 0.0, 0.0, 0.0], [0.0, 0.0, 3.0, 0.0]]]])


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize(("size", "stride"), [(12, 12), (13, 5)])
def test_windows_of_more_than_127_pixels(pool, size, stride):
    check(pool, normal((2, 2, 26, 25))[0], size, stride)
    last_wins = np.arange(26.0 * 25).reshape(1, 1, 26, 25)
    check(pool, last_wins, size, stride)


def by_loops(X, dY, size, stride):
    """Window after window: the maxima with their gradient, then the averages with theirs."""
    Y, dX = np.empty_like(dY), np.zeros_like(X)
    mean, dX_mean = np.empty_like(dY), np.zeros_like(X)
    for n, c, p, q in np.ndindex(*dY.shape):
        at = n, c, slice(p * stride, p * stride + size), slice(q * stride, q * stride + size)
        u, v = divmod(int(X[at].argmax()), size)
        Y[n, c, p, q], mean[n, c, p, q] = X[at][u, v], X[at].sum() / size**2
        dX[n, c, p * stride + u, q * stride + v] += dY[n, c, p, q]
        dX_mean[at] += dY[n, c, p, q] / size**2
    return (Y, dX), (mean, dX_mean)


@examples
@given(
    shape=st.tuples(few, few, st.integers(3, 8), st.integers(3, 8)),
    size=few,
    stride=st.integers(1, 4),
    levels=st.integers(1, 4),
    dtype=st.sampled_from([np.float32, np.float64]),
)
def test_agrees_with_loops(shape, size, stride, levels, dtype):
    rng = np.random.default_rng(sum(shape))
    X = (rng.integers(0, levels, shape) - 1.0).astype(dtype)
    places = [1 + (length - size) // stride for length in shape[2:]]
    dY = rng.standard_normal((*shape[:2], *places)).astype(dtype)
    for (forward, backward, _), want in zip(POOLS, by_loops(X, dY, size, stride), strict=True):
        Y, cache = forward(X, size=size, stride=stride)
        for got, wanted in zip((Y, backward(dY, cache)), want, strict=True):
            assert got.dtype == dtype
            np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)


def test_an_empty_batch_passes_through():
    for forward, backward, _ in POOLS:
        Y, cache = forward(np.zeros((0, 3, 5, 4)))
        assert Y.shape == (0, 3, 2, 2)
        assert backward(Y, cache).shape == (0, 3, 5, 4)


@pytest.mark.parametrize(("forward", "backward", "_"), POOLS)
def test_names_the_wrong_argument(forward, backward, _):
    X = np.zeros((2, 3, 5, 4))
    with pytest.raises(TypeError, match="X: expected floats"):
        forward(X.astype(int))
    with pytest.raises(ValueError, match=r"X: expected \(N, C, H, W\), got \(3, 5, 4\)"):
        forward(X[0])
    with pytest.raises(ValueError, match=r"size: expected from 1 x 1 to 5 x 4, .*got 5 x 5"):
        forward(X, size=5)
    with pytest.raises(ValueError, match="size: expected at least 1"):
        forward(X, size=0)
    with pytest.raises(TypeError, match="size: expected a whole number"):
        forward(X, size=(2, 2))
    with pytest.raises(ValueError, match="stride: expected at least 1"):
        forward(X, stride=0)
    with pytest.raises(TypeError, match="stride: expected a whole number"):
        forward(X, stride=2.0)
    _, cache = forward(X)
    with pytest.raises(ValueError, match=r"dY: expected .* \(2, 3, 2, 2\), got \(2, 3, 5, 4\)"):
        backward(X, cache)
