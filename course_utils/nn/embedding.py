"""Embedding: a table with a row of numbers for each token of the vocabulary."""

import numpy as np

from ._checks import expect_floats, expect_shape


def embedding_forward(tokens, W):
    """Look up the row of every token.

    Args:
        tokens: token numbers, (N, T), integers from 0 to V - 1.
        W: the table, (V, E), float.

    Returns:
        Y, (N, T, E), and the cache for the way back.

    Raises:
        TypeError: tokens hold no integers, or W no floats.
        ValueError: shapes that do not fit, or a token outside the vocabulary.

    Source:
        Y[n,t,e] = W[tokens[n,t], e]: the product of one-hot rows and W.
    """
    expect_floats("W", W)
    expect_shape("W", W, (None, None), "(V, E)")
    V = W.shape[0]
    _expect_tokens(tokens, V)
    return W[tokens], (tokens, W.shape)  # (N, T, E)


def embedding_backward(dY, cache):
    """Add up the gradients of all places where a token stood.

    Args:
        dY: gradient of the loss with respect to Y, (N, T, E), float.
        cache: from embedding_forward.

    Returns:
        dW, (V, E). Rows of tokens that did not occur are 0. Tokens have no gradient.

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dW[v,e] = sum_nt [tokens[n,t] = v] dY[n,t,e].
    """
    tokens, table_shape = cache
    expect_shape("dY", dY, (*tokens.shape, table_shape[1]), "(N, T, E)")
    dW = np.zeros(table_shape, dY.dtype)  # (V, E)
    # dW[tokens] += dY would count a repeated token once. Number by number, because
    # np.add.at is several times quicker on a flat array than on rows.
    places = tokens.reshape(-1, 1) * dW.shape[1] + np.arange(dW.shape[1])  # (N T, E)
    np.add.at(dW.reshape(-1), places.reshape(-1), dY.reshape(-1))
    return dW


def _expect_tokens(tokens, V):
    """Refuse anything but (N, T) integers from 0 to V - 1; -1 would be the last row."""
    if not isinstance(tokens, np.ndarray) or tokens.dtype.kind not in "iu":
        got = getattr(tokens, "dtype", type(tokens).__name__)
        raise TypeError(f"tokens: expected a NumPy array of integers, got {got}")
    if tokens.ndim == 1:
        raise ValueError(
            f"tokens: expected (N, T), got {tokens.shape}; one sequence is still a batch: "
            "tokens[None, :]?"
        )
    expect_shape("tokens", tokens, (None, None), "(N, T)")
    if tokens.size and (tokens.min() < 0 or tokens.max() >= V):
        outside = tokens.min() if tokens.min() < 0 else tokens.max()
        raise ValueError(
            f"tokens: expected from 0 to V - 1 = {V - 1}, got {outside}; "
            "another vocabulary, or a marker for padding?"
        )
