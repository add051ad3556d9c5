"""Cross-entropy with smoothed labels: a target that leaves every class a little."""

import numpy as np

from ._checks import expect_floats, expect_labels, expect_shape
from .losses import log_softmax


def smoothed_loss_and_gradient(Z, y, smoothing):
    """Measure logits against labels that are not quite certain.

    Args:
        Z: logits, (N, C), float.
        y: the right class of each row, (N,), integers from 0 to C - 1.
        smoothing: share of the target that is spread evenly over all C classes, the right
            one included, from 0 to below 1.

    Returns:
        The loss in nats, averaged over the N rows, and its gradient dZ, (N, C).

    Raises:
        TypeError: Z holds no floats, or y no integers.
        ValueError: shapes that do not fit, a share out of range.

    Source:
        Szegedy et al., Rethinking the Inception architecture, CVPR 2016, section 7:
        Q[n,c] = (1 - s) [c = y[n]] + s / C; loss = -1/N sum_n sum_c Q[n,c] log P[n,c];
        dZ = (P - Q) / N.
    """
    expect_floats("Z", Z)
    expect_shape("Z", Z, (None, None), "(N, C)")
    N, C = Z.shape
    expect_labels(y, N, C)
    if not 0 <= smoothing < 1:
        raise ValueError(f"smoothing: expected a share from 0 to below 1, got {smoothing!r}")
    log_P = log_softmax(Z)  # (N, C)
    Q = np.full(Z.shape, smoothing / C, Z.dtype)  # (N, C)
    Q[np.arange(N), y] += Z.dtype.type(1 - smoothing)
    return -(Q * log_P).sum() / Z.dtype.type(N), (np.exp(log_P) - Q) / Z.dtype.type(N)
