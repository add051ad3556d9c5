"""Cross-entropy for sequences of unequal length: padding is masked out."""

import numpy as np

from ._checks import expect_floats, expect_labels, expect_shape
from .losses import log_softmax


def temporal_softmax_forward(Z, y, mask):
    """Add up the cross-entropy of all places that count, per sequence.

    Args:
        Z: logits, (N, T, V), float.
        y: the right token of each place, (N, T), integers from 0 to V - 1; where the mask
            is False, any integer.
        mask: (N, T), bool: True where the place counts, False at padding.

    Returns:
        The loss in nats, a scalar of Z's dtype, summed over the places that count and
        divided by N, and the cache. Equal logits give ln V for each place that counts.

    Raises:
        TypeError: Z does not hold floats, y no integers, mask no booleans.
        ValueError: shapes that do not fit, an empty batch, tokens out of range.

    Source:
        loss = -1/N sum_nt mask[n,t] log P[n, t, y[n,t]]. Places that do not count are left
        out rather than multiplied by 0, so not even a NaN at padding is noticed.
    """
    expect_floats("Z", Z)
    expect_shape("Z", Z, (None, None, None), "(N, T, V)")
    N, T, V = Z.shape
    if N == 0:
        raise ValueError("Z: expected at least one sequence to average over, got (0, T, V)")
    y = np.asarray(y)
    expect_shape("y", y, (N, T), "(N, T)", "from Z")
    _expect_mask(mask, N, T)
    labels = y[mask]  # (L,), with L places that count
    expect_labels(labels, len(labels), V)
    log_P = log_softmax(Z[mask])  # (L, V)
    right = log_P[np.arange(len(labels)), labels]  # (L,)
    loss = Z.dtype.type((-right).sum() / N)
    return loss, (log_P, labels, mask)


def temporal_softmax_backward(dloss, cache):
    """Pass the gradient of the loss on to the logits.

    Args:
        dloss: gradient arriving at the loss, a scalar; 1.0 at the end of a net.
        cache: from temporal_softmax_forward.

    Returns:
        dZ, (N, T, V): 0 where the mask is False, and each row sums to 0.

    Source:
        dZ[n,t,v] = dloss / N * mask[n,t] (P[n,t,v] - [v = y[n,t]]).
    """
    log_P, labels, mask = cache
    (N, T), V = mask.shape, log_P.shape[1]
    dplaces = np.exp(log_P)  # (L, V)
    dplaces[np.arange(len(labels)), labels] -= 1
    dplaces *= float(dloss) / N  # a plain float keeps float32 what it is
    dZ = np.zeros((N, T, V), log_P.dtype)
    dZ[mask] = dplaces
    return dZ


def _expect_mask(mask, N, T):
    """Refuse anything but (N, T) booleans; integers would be taken for row numbers."""
    if not isinstance(mask, np.ndarray) or mask.dtype != bool:
        got = getattr(mask, "dtype", type(mask).__name__)
        raise TypeError(
            f"mask: expected a NumPy array of booleans, got {got}; True where the place "
            "counts, such as mask = y != pad"
        )
    expect_shape("mask", mask, (N, T), "(N, T)", "from Z")
