import numpy as np
import pytest

from course_utils.nn import dropout_backward, dropout_forward

from .helpers import awkward_views, unchanged
from .layer_checks import normal


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("keep", [0.25, 0.8, np.float64(0.8), 1])
def test_entries_are_dropped_or_divided_by_keep_and_so_is_the_gradient(dtype, keep):
    X, dY = (a.astype(dtype) for a in normal((6, 5, 4), (6, 5, 4)))
    X[0, 0] = 0  # a zero that came in says nothing about the mask
    same = unchanged(X, dY)
    Y, cache = dropout_forward(X, keep, np.random.default_rng(3))
    dX = dropout_backward(dY, cache)
    np.testing.assert_array_equal(dropout_backward(dY, cache), dX)
    same()
    kept = np.random.default_rng(3).random(X.shape) < keep
    close = {"rtol": 1e-6 if dtype == np.float32 else 1e-15}
    np.testing.assert_allclose(Y, np.where(kept, X / keep, 0), **close)
    np.testing.assert_allclose(dX, np.where(kept, dY / keep, 0), **close)
    assert Y.dtype == dX.dtype == dtype
    for X_v, dY_v in zip(awkward_views(X), awkward_views(dY), strict=True):
        Y_v, cache = dropout_forward(X_v, keep, np.random.default_rng(3))
        np.testing.assert_array_equal(Y_v, Y)
        np.testing.assert_array_equal(dropout_backward(dY_v, cache), dX)


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9])
def test_the_expected_value_stays_and_entries_fall_one_by_one(keep):
    Y, _ = dropout_forward(np.ones((500, 400)), keep, np.random.default_rng(0))
    kept = Y != 0
    sigma = np.sqrt(keep * (1 - keep))
    assert kept.mean() == pytest.approx(keep, abs=5 * sigma / np.sqrt(kept.size))
    assert Y.mean() == pytest.approx(1, abs=5 * sigma / keep / np.sqrt(kept.size))
    # The shares of rows and columns vary as those of coins do.
    for axis, n in ((0, 500), (1, 400)):
        assert kept.mean(axis=axis).std() == pytest.approx(sigma / np.sqrt(n), rel=0.25)


def test_keep_one_changes_nothing():
    (X,) = normal((3, 4))
    Y, cache = dropout_forward(X, 1.0, np.random.default_rng(0))
    np.testing.assert_array_equal(Y, X)
    np.testing.assert_array_equal(dropout_backward(X, cache), X)


def test_test_mode_copies_and_asks_no_generator():
    (X,) = normal((3, 4))
    rng = np.random.default_rng(0)
    before = rng.bit_generator.state
    for generator in (rng, None):
        Y, cache = dropout_forward(X, 0.1, generator, training=False)
        dX = dropout_backward(X, cache)
        for copy in (Y, dX):
            np.testing.assert_array_equal(copy, X)
            assert not np.shares_memory(copy, X)
    assert rng.bit_generator.state == before


def test_a_nan_is_noticed_even_where_it_is_dropped():
    X = np.full((100,), np.nan)
    assert np.isnan(dropout_forward(X, 0.5, np.random.default_rng(0))[0]).all()


@pytest.mark.parametrize("keep", [0, 0.0, -0.1, 1.5, 20, float("nan")])
def test_keep_out_of_range_is_refused_in_both_modes(keep):
    for training in (True, False):
        with pytest.raises(ValueError, match="keep: expected the probability to keep"):
            dropout_forward(np.ones(3), keep, np.random.default_rng(0), training=training)


def test_names_the_wrong_argument():
    with pytest.raises(TypeError, match=r"rng: expected numpy.random.Generator, got int"):
        dropout_forward(np.ones(3), 0.5, 0)
    with pytest.raises(TypeError, match="X: expected floats"):
        dropout_forward(np.ones(3, int), 0.5, np.random.default_rng(0))
    _, cache = dropout_forward(np.ones((2, 3)), 0.5, np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"dY: expected the shape of X = \(2, 3\), got \(3,\)"):
        dropout_backward(np.ones(3), cache)
