import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils.nn import (
    logistic_loss_backward,
    logistic_loss_forward,
    softmax_cross_entropy_forward,
)

from .helpers import autograd, awkward_views, examples, numeric_gradient, unchanged

KINDS = [np.int8, np.uint8, np.int64, np.float32, np.float64, bool]


@st.composite
def logits_and_labels(draw):
    N = draw(st.integers(1, 6))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    width = 32 if dtype == np.float32 else 64
    z = draw(arrays(dtype, N, elements=st.floats(-1000, 1000, width=width)))
    y = draw(arrays(np.int64, N, elements=st.integers(0, 1)))
    return z, y.astype(draw(st.sampled_from(KINDS)))


@examples
@given(logits_and_labels(), st.sampled_from([1.0, -0.5, 3.0]))
def test_loss_agrees_with_torch_for_logits_up_to_1000(probe, dloss):
    z, y = probe
    same = unchanged(z, y)
    loss, cache = logistic_loss_forward(z, y)
    dz = logistic_loss_backward(dloss, cache)
    again = logistic_loss_backward(dloss, cache)
    same()
    labels = torch.tensor(y.astype(np.float64))
    want, (want_dz,) = autograd(
        lambda z: torch.nn.functional.binary_cross_entropy_with_logits(z, labels), z, dout=dloss
    )
    close = (
        {"rtol": 1e-5, "atol": 1e-6} if z.dtype == np.float32 else {"rtol": 1e-11, "atol": 1e-12}
    )
    np.testing.assert_allclose(loss, want, **close)
    np.testing.assert_allclose(dz, want_dz, **close)
    np.testing.assert_array_equal(dz, again)  # the cache survived
    assert loss.dtype == dz.dtype == z.dtype
    assert np.ndim(loss) == 0
    assert np.all((cache[0] >= 0) & (cache[0] <= 1))


@examples
@given(logits_and_labels())
def test_it_is_the_softmax_of_the_logits_0_and_z_whatever_is_added(probe):
    z, y = probe
    z = z.astype(np.float64)
    for shift in (0.0, 100.0, -300.0):
        Z = np.column_stack([np.full_like(z, shift), z + shift])
        want, _ = softmax_cross_entropy_forward(Z, y.astype(int))
        assert logistic_loss_forward(z, y)[0] == pytest.approx(want, rel=1e-9, abs=1e-10)


@examples
@given(logits_and_labels())
def test_exchanging_classes_and_turning_z_leaves_loss_and_turns_gradient(probe):
    z, y = probe
    other = (1 - y.astype(int)).astype(y.dtype)
    loss, cache = logistic_loss_forward(z, y)
    turned, turned_cache = logistic_loss_forward(-z, other)
    assert loss == turned
    dz, turned_dz = logistic_loss_backward(1.0, cache), logistic_loss_backward(1.0, turned_cache)
    np.testing.assert_allclose(turned_dz, -dz, rtol=1e-5, atol=1e-7)


def test_closed_forms():
    for N in (1, 3):
        loss, (p, _) = logistic_loss_forward(np.zeros(N), np.arange(N) % 2)
        assert loss == pytest.approx(math.log(2), rel=1e-15)
        np.testing.assert_array_equal(p, 0.5)
    loss, cache = logistic_loss_forward(np.array([math.log(3), math.log(3)]), np.array([1, 0]))
    assert loss == pytest.approx(0.5 * (math.log(4 / 3) + math.log(4)), rel=1e-15)
    np.testing.assert_allclose(cache[0], 0.75, rtol=1e-15)
    np.testing.assert_allclose(logistic_loss_backward(2.0, cache), [-0.25, 0.75], rtol=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_sure_answers_keep_their_digits_and_their_limits(dtype):
    # 20 and right: exp(−20) is far below the digits of 20 itself.
    loss, _ = logistic_loss_forward(np.array([20.0, -20.0], dtype), np.array([1, 0]))
    assert loss == pytest.approx(math.log1p(math.exp(-20)), rel=1e-5)
    z, y = np.array([1000.0, -1000.0, 1000.0, -1000.0], dtype), np.array([1, 0, 0, 1])
    with np.errstate(all="raise", under="ignore"):
        loss, cache = logistic_loss_forward(z, y)
        dz = logistic_loss_backward(1.0, cache)
    assert loss == 500.0
    np.testing.assert_array_equal(dz, np.array([0.0, 0.0, 0.25, -0.25], dtype))


def test_finite_differences():
    rng = np.random.default_rng(0)
    z, y = 2 * rng.standard_normal(6), np.array([0, 1, 1, 0, 0, 1])
    dz = logistic_loss_backward(1.0, logistic_loss_forward(z, y)[1])
    want = numeric_gradient(lambda z: logistic_loss_forward(z, y)[0], z)
    np.testing.assert_allclose(dz, want, atol=1e-9)


def test_layout_in_memory_and_a_numpy_dloss_do_not_matter():
    rng = np.random.default_rng(1)
    z, y = rng.standard_normal(6).astype(np.float32), np.array([0, 1, 1, 0, 0, 1])
    loss, cache = logistic_loss_forward(z, y)
    dz = logistic_loss_backward(1.0, cache)
    for z_view, y_view in zip(awkward_views(z), awkward_views(y), strict=True):
        loss_view, cache_view = logistic_loss_forward(z_view, y_view)
        assert loss_view == loss
        dz_view = logistic_loss_backward(np.float64(1), cache_view)
        np.testing.assert_array_equal(dz_view, dz)
        assert dz_view.dtype == np.float32


@pytest.mark.parametrize(
    ("z", "y", "error", "words"),
    [
        (np.zeros(3), np.array([0, 1, -1]), ValueError, r"got -1; labels -1 and 1\? .*\(y \+ 1\)"),
        (np.zeros(2), np.array([1, 2]), ValueError, "got 2; labels counted from 1"),
        (np.zeros(2), np.array([0.0, 0.3]), ValueError, "got 0.3; probabilities"),
        (np.zeros(2), np.array([0.0, np.nan]), ValueError, "got nan"),
        (np.zeros(3), np.zeros((3, 2)), ValueError, r"one-hot rows \(3, 2\); use y\[:, 1\]"),
        (np.zeros(3), np.zeros((3, 1)), ValueError, r"got \(3, 1\); kept an axis"),
        (np.zeros(3), np.zeros(2), ValueError, r"\(N,\) = \(3,\) one label for each row"),
        (np.zeros(2), np.array(["a", "b"]), TypeError, "y: expected numbers 0 and 1"),
        (np.zeros((3, 1)), np.zeros(3), ValueError, r"z: expected \(N,\), got \(3, 1\)"),
        (np.zeros(0), np.zeros(0), ValueError, "at least one row"),
        (np.zeros(2, int), np.zeros(2), TypeError, "z: expected floats"),
    ],
)
def test_the_loss_names_what_is_wrong(z, y, error, words):
    with pytest.raises(error, match=words):
        logistic_loss_forward(z, y)
