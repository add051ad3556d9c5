"""Scaled dot-product attention: every query takes a weighted average of the values."""

import math

import numpy as np

from ._checks import expect_floats, expect_shape


def attention_forward(Q, keys, values, mask=None):
    """Compare every query with every key, and average the values by how well they fit.

    Args:
        Q: queries, (N, T, K), float.
        keys: (N, S, K), float.
        values: (N, S, E), float.
        mask: bool, (N, T, S) or what broadcasts to it, such as (T, S) for a causal mask
            and (N, 1, S) for padding: True where the query may look at the key. None lets
            everything be seen.

    Returns:
        Y, (N, T, E), and the cache (Q, keys, values, P) with the weights P, (N, T, S). A
        query that may look nowhere gets zeros.

    Raises:
        TypeError: an array does not hold floats, or the mask no booleans.
        ValueError: shapes that do not fit together.

    Source:
        Vaswani et al., Attention is all you need, NeurIPS 2017, equation 1:
        Y = P V with P = softmax(Q keys^T / sqrt(K)), masked scores being -inf.
    """
    for name, array in (("Q", Q), ("keys", keys), ("values", values)):
        expect_floats(name, array)
    expect_shape("Q", Q, (None, None, None), "(N, T, K)")
    N, T, K = Q.shape
    expect_shape("keys", keys, (N, None, K), "(N, S, K)", f"with N = {N} and K = {K} from Q")
    S = keys.shape[1]
    expect_shape("values", values, (N, S, None), "(N, S, E)", f"with S = {S} from keys")
    scores = (Q @ keys.transpose(0, 2, 1)) * (1 / math.sqrt(K))  # (N, T, S)
    if mask is not None:
        _expect_mask(mask, N, T, S)
        scores = np.where(mask, scores, -np.inf)
    P = _softmax_of_visible(scores)  # (N, T, S)
    return P @ values, (Q, keys, values, P)  # (N, T, E)


def attention_backward(dY, cache):
    """Pass the gradient of attention on to the queries, the keys and the values.

    Args:
        dY: gradient of the loss with respect to Y, (N, T, E), float.
        cache: (Q, keys, values, P) from attention_forward.

    Returns:
        dQ (N, T, K), dkeys (N, S, K), dvalues (N, S, E).

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dvalues = P^T dY and dP = dY values^T; through the softmax of each row
        dscores = P (dP - sum_s P dP); then dQ = dscores keys / sqrt(K) and
        dkeys = dscores^T Q / sqrt(K). Where the mask is False, P and so dscores are 0.
    """
    Q, keys, values, P = cache
    N, T, K = Q.shape
    expect_shape("dY", dY, (N, T, values.shape[2]), "(N, T, E)")
    dvalues = P.transpose(0, 2, 1) @ dY  # (N, S, E)
    dP = dY @ values.transpose(0, 2, 1)  # (N, T, S)
    dscores = P * (dP - (P * dP).sum(axis=-1, keepdims=True))  # (N, T, S)
    dscores *= 1 / math.sqrt(K)
    dQ = dscores @ keys  # (N, T, K)
    dkeys = dscores.transpose(0, 2, 1) @ Q  # (N, S, K)
    return dQ, dkeys, dvalues


def _softmax_of_visible(scores):
    """Give the softmax of each row, and zeros for a row that is -inf throughout."""
    # In such a row -inf - (-inf) would be NaN, so the maximum is kept finite.
    largest = np.maximum(scores.max(axis=-1, keepdims=True), np.finfo(scores.dtype).min)
    exponentials = np.exp(scores - largest)  # (N, T, S)
    totals = exponentials.sum(axis=-1, keepdims=True)  # (N, T, 1)
    # A row that sees anything holds exp(0) = 1, so this changes empty rows alone.
    return exponentials / np.maximum(totals, 1)


def _expect_mask(mask, N, T, S):
    """Refuse anything but booleans that broadcast to (N, T, S)."""
    if not isinstance(mask, np.ndarray) or mask.dtype != bool:
        got = getattr(mask, "dtype", type(mask).__name__)
        raise TypeError(
            f"mask: expected a NumPy array of booleans, got {got}; True where the query "
            "may look, such as np.tri(T, dtype=bool)"
        )
    padded = (1,) * (3 - mask.ndim) + mask.shape
    if len(padded) > 3 or any(m not in (1, n) for m, n in zip(padded, (N, T, S), strict=True)):
        cure = "; for padding use mask[:, None, :]?" if mask.shape == (N, S) else ""
        raise ValueError(
            f"mask: expected what broadcasts to (N, T, S) = {(N, T, S)}, got {mask.shape}{cure}"
        )
