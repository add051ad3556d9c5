import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_utils.nn import (
    l2_penalty_backward,
    l2_penalty_forward,
    log_softmax,
    softmax,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)

from .helpers import autograd, awkward_views, examples, numeric_gradient, unchanged


@st.composite
def logits_and_labels(draw):
    N, C = draw(st.integers(1, 6)), draw(st.integers(1, 6))
    dtype = draw(st.sampled_from([np.float32, np.float64]))
    width = 32 if dtype == np.float32 else 64
    Z = draw(arrays(dtype, (N, C), elements=st.floats(-1000, 1000, width=width)))
    kind = draw(st.sampled_from([np.uint8, np.int32, np.int64]))
    return Z, draw(arrays(kind, N, elements=st.integers(0, C - 1)))


@examples
@given(logits_and_labels(), st.sampled_from([1.0, -0.5, 3.0]))
def test_cross_entropy_agrees_with_torch_for_logits_up_to_1000(probe, dloss):
    Z, y = probe
    same = unchanged(Z, y)
    loss, cache = softmax_cross_entropy_forward(Z, y)
    dZ = softmax_cross_entropy_backward(dloss, cache)
    again = softmax_cross_entropy_backward(dloss, cache)
    same()
    labels = torch.tensor(y.astype(np.int64))
    expected, (expected_dZ,) = autograd(
        lambda Z: torch.nn.functional.cross_entropy(Z, labels), Z, dout=dloss
    )
    close = (
        {"rtol": 1e-5, "atol": 1e-6} if Z.dtype == np.float32 else {"rtol": 1e-12, "atol": 1e-12}
    )
    np.testing.assert_allclose(loss, expected, **close)
    np.testing.assert_allclose(dZ, expected_dZ, **close)
    np.testing.assert_array_equal(dZ, again)  # the cache survived
    assert loss.dtype == dZ.dtype == Z.dtype
    assert np.ndim(loss) == 0


@examples
@given(logits_and_labels())
def test_softmax_and_its_logarithm_agree_with_torch(probe):
    Z, _ = probe
    same = unchanged(Z)
    P, log_P = softmax(Z), log_softmax(Z)
    same()
    exact = torch.tensor(Z.astype(np.float64))
    eps = np.finfo(Z.dtype).eps
    np.testing.assert_allclose(P, torch.softmax(exact, -1), rtol=200 * eps, atol=1e-30)
    np.testing.assert_allclose(log_P, torch.log_softmax(exact, -1), rtol=20 * eps, atol=20 * eps)
    np.testing.assert_allclose(P.sum(axis=-1), 1, rtol=10 * eps)
    assert P.dtype == log_P.dtype == Z.dtype


def test_softmax_works_on_the_last_axis_of_any_array():
    Z = np.random.default_rng(0).standard_normal((2, 3, 4))
    np.testing.assert_allclose(softmax(Z), torch.softmax(torch.tensor(Z), -1), rtol=1e-12)
    np.testing.assert_allclose(log_softmax(Z[0, 0]), torch.log_softmax(torch.tensor(Z[0, 0]), -1))


def test_closed_forms():
    # Equal logits know nothing: ln C. Two logits apart by a: ln(1 + e^-a).
    for C in (2, 10, 100):
        loss, _ = softmax_cross_entropy_forward(np.full((3, C), 7.0), np.zeros(3, int))
        assert loss == pytest.approx(math.log(C), rel=1e-14)
    loss, cache = softmax_cross_entropy_forward(np.array([[2.0, 0.0]]), np.array([0]))
    assert loss == pytest.approx(math.log1p(math.exp(-2)), rel=1e-14)
    dZ = softmax_cross_entropy_backward(1.0, cache)
    p = 1 / (1 + math.exp(-2))
    np.testing.assert_allclose(dZ, [[p - 1, 1 - p]], rtol=1e-13)


def test_rows_far_apart_do_not_disturb_each_other():
    # A shift by the maximum of the whole array would underflow row 0: log 0.
    Z = np.array([[0.0, 1.0], [2000.0, 2001.0]])
    loss, _ = softmax_cross_entropy_forward(Z, np.array([0, 0]))
    assert loss == pytest.approx(math.log1p(math.e), rel=1e-13)
    np.testing.assert_allclose(softmax(Z)[0], softmax(Z)[1], rtol=1e-13)


def test_very_wrong_and_very_sure_stays_finite():
    loss, cache = softmax_cross_entropy_forward(np.array([[1e4, -1e4]], np.float32), np.array([1]))
    assert loss == np.float32(2e4)
    np.testing.assert_array_equal(softmax_cross_entropy_backward(1.0, cache), [[1.0, -1.0]])


def test_cross_entropy_agrees_with_finite_differences():
    rng = np.random.default_rng(1)
    Z, y = rng.standard_normal((5, 4)), np.array([0, 3, 3, 1, 2])
    _, cache = softmax_cross_entropy_forward(Z, y)
    want = numeric_gradient(lambda Z: softmax_cross_entropy_forward(Z, y)[0], Z)
    np.testing.assert_allclose(softmax_cross_entropy_backward(1.0, cache), want, atol=1e-9)


def test_layout_in_memory_does_not_matter():
    rng = np.random.default_rng(2)
    Z, y = rng.standard_normal((4, 5)), np.array([1, 0, 4, 2])
    loss, cache = softmax_cross_entropy_forward(Z, y)
    dZ = softmax_cross_entropy_backward(1.0, cache)
    for Z_v, y_v in zip(awkward_views(Z), awkward_views(y), strict=True):
        loss_v, cache_v = softmax_cross_entropy_forward(Z_v, y_v)
        assert loss_v == pytest.approx(loss, rel=1e-14)
        np.testing.assert_allclose(softmax_cross_entropy_backward(1.0, cache_v), dZ, rtol=1e-13)


def test_a_numpy_dloss_keeps_float32():
    _, cache = softmax_cross_entropy_forward(np.zeros((2, 3), np.float32), np.array([0, 1]))
    assert softmax_cross_entropy_backward(np.float64(2), cache).dtype == np.float32


@pytest.mark.parametrize(
    ("Z", "y", "error", "words"),
    [
        (np.zeros((3, 4)), np.zeros((3, 4), int), ValueError, r"one-hot .*argmax\(axis=1\)"),
        (np.zeros((3, 4)), np.zeros((3, 1), int), ValueError, r"a column .*y\[:, 0\]"),
        (np.zeros((3, 4)), np.zeros(3), TypeError, "integer class numbers, got float64"),
        (np.zeros((3, 4)), np.zeros(2, int), ValueError, r"\(3,\), one label .* got \(2,\)"),
        (np.zeros((3, 4)), np.array([1, 2, 4]), ValueError, "got 4; labels counted from 1"),
        (np.zeros((3, 4)), np.array([0, 2, 9]), ValueError, "got 9; last layer too small"),
        (np.zeros((3, 4)), np.array([0, -1, 3]), ValueError, "got -1"),
        (np.zeros((0, 4)), np.zeros(0, int), ValueError, "at least one row"),
        (np.zeros(4), np.zeros(4, int), ValueError, r"Z: expected \(N, C\), got \(4,\)"),
        ([[1.0, 2.0]], np.zeros(1, int), TypeError, "Z: expected a NumPy array"),
        (np.zeros((1, 2), int), np.zeros(1, int), TypeError, "Z: expected floats"),
    ],
)
def test_cross_entropy_names_what_is_wrong(Z, y, error, words):
    with pytest.raises(error, match=words):
        softmax_cross_entropy_forward(Z, y)


@examples
@given(st.integers(1, 5), st.integers(1, 5), st.floats(0, 10), st.sampled_from([1.0, -2.0]))
def test_l2_penalty_agrees_with_autograd(D, M, weight_decay, dpenalty):
    W = np.random.default_rng(D + 10 * M).standard_normal((D, M))
    same = unchanged(W)
    penalty, cache = l2_penalty_forward(W, weight_decay)
    dW = l2_penalty_backward(dpenalty, cache)
    same()
    want, (want_dW,) = autograd(lambda W: weight_decay * (W**2).sum(), W, dout=dpenalty)
    np.testing.assert_allclose(penalty, want, rtol=1e-12)
    np.testing.assert_allclose(dW, want_dW, rtol=1e-12)


def test_l2_penalty_by_hand_keeps_float32_and_takes_views():
    W = np.array([[1.0, -2.0], [3.0, 0.5]], np.float32)
    for view in (W, W.T, *awkward_views(W)):
        penalty, cache = l2_penalty_forward(view, np.float64(0.5))
        assert penalty == 7.125  # half of 1 + 4 + 9 + 1/4
        dW = l2_penalty_backward(np.float64(1), cache)
        np.testing.assert_array_equal(dW, view)  # 2 * 0.5 * W
        assert penalty.dtype == dW.dtype == np.float32
    with pytest.raises(TypeError, match="W: expected floats"):
        l2_penalty_forward(np.ones((2, 2), int), 0.5)
