import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn.functional import scaled_dot_product_attention

from course_utils.nn import attention_backward, attention_forward

from .helpers import awkward_views, examples, unchanged
from .layer_checks import assert_agrees_with_torch, normal

sizes = st.integers(1, 5)
SHAPES = (2, 3, 6), (2, 4, 6), (2, 4, 5)  # N = 2, T = 3, S = 4, K = 6, E = 5


def torch_attention(mask):
    """PyTorch's own. Before its version 2.5, a query that may look nowhere got NaN; now 0."""
    if mask is None:
        return scaled_dot_product_attention
    theirs = torch.tensor(mask.copy())
    blind = ~theirs.any(-1, keepdim=True)

    def attend(Q, keys, values):
        Y = scaled_dot_product_attention(Q, keys, values, attn_mask=theirs | blind)
        return Y.masked_fill(blind, 0)

    return attend


def check(mask, *shapes, seed=0, scale=1):
    arrays = [scale * a for a in normal(*shapes, seed=seed)]
    assert_agrees_with_torch(
        lambda Q, keys, values: attention_forward(Q, keys, values, mask),
        attention_backward,
        torch_attention(mask),
        *arrays,
    )


@examples
@given(sizes, sizes, sizes, sizes, sizes, st.floats(0.2, 1), st.integers(0, 99))
def test_agrees_with_torch_under_any_mask(N, T, S, K, E, share, seed):
    mask = np.random.default_rng(seed).random((N, T, S)) < share
    same = unchanged(mask)
    for m in (None, mask):
        check(m, (N, T, K), (N, S, K), (N, S, E), seed=seed)
    same()


@pytest.mark.parametrize("shape", [(2, 3, 4), (1, 3, 4), (3, 4), (2, 1, 4), (4,), (2, 3, 1), ()])
def test_masks_broadcast(shape):
    mask = np.array(np.random.default_rng(4).random(shape) < 0.7)
    full = np.broadcast_to(mask, (2, 3, 4)).copy()
    check(full, *SHAPES)
    arrays = normal(*SHAPES)
    Y, cache = attention_forward(*arrays, full)
    for view in [mask, *(awkward_views(mask) if mask.ndim else [])]:
        Y_v, cache_v = attention_forward(*arrays, view)
        np.testing.assert_array_equal(Y_v, Y)
        for got, want in zip(
            attention_backward(Y, cache_v), attention_backward(Y, cache), strict=True
        ):
            np.testing.assert_array_equal(got, want)


def test_by_hand():
    # One query, K = 4: scores 2 ln 3 / sqrt 4 = ln 3 and 0, so the weights are 3/4 and 1/4.
    Q, keys = np.array([[[2 * np.log(3), 0.0, 0.0, 0.0]]]), np.eye(4)[None, :2]
    values = np.array([[[4.0, 0.0, 8.0], [0.0, 4.0, 8.0]]])
    Y, cache = attention_forward(Q, keys, values)
    np.testing.assert_allclose(Y, [[[3.0, 1.0, 8.0]]], rtol=1e-14)
    dQ, dkeys, dvalues = attention_backward(np.array([[[1.0, 0.0, 0.0]]]), cache)
    np.testing.assert_allclose(dvalues, [[[0.75, 0.0, 0.0], [0.25, 0.0, 0.0]]], rtol=1e-14)
    # dscores = P (dP - sum) = 3/4 (4 - 3) and 1/4 (0 - 3); then half of it times the keys
    np.testing.assert_allclose(dQ, [[[0.375, -0.375, 0.0, 0.0]]], rtol=1e-13)
    slope = 0.375 * 2 * np.log(3)
    np.testing.assert_allclose(dkeys[0, :, 0], [slope, -slope], rtol=1e-13)


def test_weights_sum_to_one_and_are_zero_where_masked():
    mask = np.random.default_rng(0).random((2, 3, 4)) < 0.5
    mask[:, :, 1] = True
    *_, P = attention_forward(*normal(*SHAPES), mask)[1]
    np.testing.assert_allclose(P.sum(axis=-1), 1, rtol=1e-14)
    np.testing.assert_array_equal(P > 0, mask)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_query_that_may_look_nowhere_gets_zeros_and_no_gradient(dtype):
    Q, keys, values = (a.astype(dtype) for a in normal(*SHAPES))
    mask = np.ones((2, 3, 4), bool)
    mask[1, 2] = False
    with np.errstate(all="raise", under="ignore"):
        Y, cache = attention_forward(Q, keys, values, mask)
        dQ, dkeys, dvalues = attention_backward(np.ones_like(Y), cache)
    assert not Y[1, 2].any()
    assert not dQ[1, 2].any()
    others = [np.delete(a[1:], 2, axis=1) for a in (Q, np.ones_like(Y))]
    _, cache = attention_forward(others[0], keys[1:], values[1:])
    want = attention_backward(others[1], cache)
    close = {"rtol": 1e-4, "atol": 1e-6}
    np.testing.assert_allclose(dkeys[1:], want[1], **close)
    np.testing.assert_allclose(dvalues[1:], want[2], **close)


def test_a_causal_mask_hides_the_future():
    Q, keys, values = normal((2, 4, 6), (2, 4, 6), (2, 4, 5))
    Y, _ = attention_forward(Q, keys, values, np.tri(4, dtype=bool))
    keys[:, 3], values[:, 3] = 99, 99
    again, _ = attention_forward(Q, keys, values, np.tri(4, dtype=bool))
    np.testing.assert_array_equal(again[:, :3], Y[:, :3])
    assert (again[:, 3] != Y[:, 3]).all()


def test_large_scores_stay_finite():
    Q, keys, values = (1e3 * a for a in normal(*SHAPES))
    with np.errstate(over="raise", invalid="raise"):
        Y, cache = attention_forward(Q, keys, values)
        grads = attention_backward(Y, cache)
    assert all(np.isfinite(a).all() for a in (Y, *grads))


def test_a_nan_in_a_query_is_noticed():
    Q, keys, values = normal(*SHAPES)
    Q[0, 1] = np.nan
    Y, _ = attention_forward(Q, keys, values)
    assert np.isnan(Y[0, 1]).all()
    assert np.isfinite(Y[1]).all()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"Q": np.zeros((2, 3, 6), int)}, TypeError, "Q: expected floats"),
        ({"Q": np.zeros((3, 6))}, ValueError, r"Q: expected \(N, T, K\), got \(3, 6\)"),
        ({"keys": np.zeros((2, 6, 4))}, ValueError, r"keys: .*N = 2 and K = 6 from Q, got"),
        ({"keys": np.zeros((1, 4, 6))}, ValueError, r"keys: expected \(N, S, K\)"),
        ({"values": np.zeros((2, 3, 5))}, ValueError, r"values: .*with S = 4 from keys, got"),
        ({"values": None}, TypeError, "values: expected a NumPy array"),
        ({"mask": np.ones((2, 3, 4))}, TypeError, "mask: .*booleans, got float64"),
        ({"mask": [[True]]}, TypeError, "mask: .*got list"),
        ({"mask": np.ones((2, 4), bool)}, ValueError, r"got \(2, 4\); .*mask\[:, None, :\]"),
        ({"mask": np.ones((4, 3), bool)}, ValueError, r"\(N, T, S\) = \(2, 3, 4\), got \(4, 3\)"),
        ({"mask": np.ones((1, 2, 3, 4), bool)}, ValueError, "broadcasts to"),
    ],
)
def test_names_the_wrong_argument(change, error, words):
    good = dict(zip(("Q", "keys", "values"), normal(*SHAPES), strict=True))
    with pytest.raises(error, match=words):
        attention_forward(**(good | change))


def test_backward_refuses_a_gradient_of_another_shape():
    _, cache = attention_forward(*normal(*SHAPES))
    with pytest.raises(
        ValueError, match=r"dY: expected \(N, T, E\) = \(2, 3, 5\), got \(2, 1, 5\)"
    ):
        attention_backward(np.zeros((2, 1, 5)), cache)
