"""Softmax, cross-entropy and the L2 penalty, stable for logits of any size."""

import numpy as np

from ._checks import expect_floats, expect_labels, expect_shape


def softmax(Z):
    """Turn logits into probabilities along the last axis.

    Args:
        Z: logits, (..., C), float.

    Returns:
        P, the shape of Z: positive, each row sums to 1.

    Raises:
        TypeError: Z does not hold floats.

    Source:
        P[n,c] = exp(Z[n,c]) / sum_k exp(Z[n,k]), see log_softmax for the shift.
    """
    _, exponentials, totals = _shifted_exponentials(Z)
    return exponentials / totals


def log_softmax(Z):
    """Give the logarithm of softmax without ever taking the log of a tiny number.

    Args:
        Z: logits, (..., C), float.

    Returns:
        log P, the shape of Z, in nats.

    Raises:
        TypeError: Z does not hold floats.

    Source:
        log P[n,c] = Z[n,c] - m - log sum_k exp(Z[n,k] - m), with m = max_k Z[n,k].
    """
    shifted, _, totals = _shifted_exponentials(Z)
    return shifted - np.log(totals)


def _shifted_exponentials(Z):
    """Return Z - m, exp(Z - m) and its row sums, with m the maximum of each row.

    A constant added to a row leaves softmax as it is. With the row's own maximum
    the largest exponent is exp(0) = 1: nothing overflows, and no sum is below 1.
    """
    expect_floats("Z", Z)
    shifted = Z - Z.max(axis=-1, keepdims=True)
    exponentials = np.exp(shifted)
    totals = exponentials.sum(axis=-1, keepdims=True)  # (..., 1)
    return shifted, exponentials, totals


def softmax_cross_entropy_forward(Z, y):
    """Measure how surprised the probabilities of Z are by the labels y.

    Args:
        Z: logits, (N, C), float.
        y: the right class of each row, (N,), integers from 0 to C - 1.

    Returns:
        The loss in nats, averaged over the N rows, a scalar of Z's dtype, and the
        cache (P, y). Equal logits give ln C.

    Raises:
        TypeError: Z does not hold floats, or y no integers.
        ValueError: shapes that do not fit, one-hot labels, labels out of range.

    Source:
        loss = -1/N sum_n log P[n, y[n]], with log P from log_softmax.
    """
    expect_floats("Z", Z)
    expect_shape("Z", Z, (None, None), "(N, C)")
    N, C = Z.shape
    if N == 0:
        raise ValueError("Z: expected at least one row to average over, got (0, C)")
    expect_labels(y, N, C)
    shifted, exponentials, totals = _shifted_exponentials(Z)
    right = shifted[np.arange(N), y]  # (N,)
    loss = (np.log(totals[:, 0]) - right).mean()  # scalar
    return loss, (exponentials / totals, y)


def softmax_cross_entropy_backward(dloss, cache):
    """Pass the gradient of the loss on to the logits: what was said minus what was right.

    Args:
        dloss: gradient arriving at the loss, a scalar; 1.0 at the end of a net.
        cache: (P, y) from softmax_cross_entropy_forward.

    Returns:
        dZ, (N, C). Each row sums to 0.

    Source:
        dZ[n,c] = dloss / N * (P[n,c] - [c = y[n]]).
    """
    P, y = cache
    N = P.shape[0]
    dZ = P.copy()
    dZ[np.arange(N), y] -= 1
    dZ *= float(dloss) / N  # a plain float keeps float32 what it is
    return dZ


def l2_penalty_forward(W, weight_decay):
    """Charge for large weights: weight_decay times the sum of their squares.

    Args:
        W: weights, any shape, float.
        weight_decay: the strength, at least 0. Biases are left out by the caller.

    Returns:
        The penalty, a scalar of W's dtype, and the cache (W, weight_decay).

    Raises:
        TypeError: W does not hold floats.

    Source:
        penalty = weight_decay * sum W^2: no factor 1/2, and not divided by N.
    """
    expect_floats("W", W)
    # vdot squares and sums without an array of squares in between.
    penalty = W.dtype.type(float(weight_decay) * np.vdot(W, W))
    return penalty, (W, weight_decay)


def l2_penalty_backward(dpenalty, cache):
    """Pass the gradient of the penalty on to the weights.

    Args:
        dpenalty: gradient arriving at the penalty, a scalar.
        cache: (W, weight_decay) from l2_penalty_forward.

    Returns:
        dW, the shape of W.

    Source:
        dW = dpenalty * 2 weight_decay W.
    """
    W, weight_decay = cache
    return (2 * float(weight_decay) * float(dpenalty)) * W
