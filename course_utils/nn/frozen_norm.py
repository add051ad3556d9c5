"""Batch norm in a frozen net: its statistics are constants, so it is a scale and a shift."""

from .normalization import batch_norm_backward, batch_norm_forward


def frozen_norm_forward(X, gamma, beta, running, eps=1e-5):
    """Normalise with the statistics that a net brought along, whatever the batch is.

    Args:
        X: inputs, (N, D), float.
        gamma: scales, (D,), float.
        beta: shifts, (D,), float.
        running: {"mean": (D,), "var": (D,)}, float; they stay as they are.
        eps: added to the variance, at least 0.

    Returns:
        Y, (N, D), and the cache (X_hat, gamma, inverse_std).

    Raises:
        TypeError: X holds no floats.
        ValueError: shapes that do not fit together.

    Source:
        Ioffe and Szegedy, Batch normalization, ICML 2015, algorithm 2: X_hat = (X - mean) /
        sqrt(var + eps), Y = gamma X_hat + beta, with running mean and var.
    """
    Y, _, cache = batch_norm_forward(X, gamma, beta, running, training=False, eps=eps)
    return Y, cache[:3]


def frozen_norm_backward(dY, cache):
    """Pass the gradient of a frozen batch norm on.

    Args:
        dY: gradient of the loss with respect to Y, (N, D), float.
        cache: from frozen_norm_forward.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,).

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        No statistic depends on X, so only the straight way is left:
        dX = dY gamma / sqrt(var + eps).
    """
    return batch_norm_backward(dY, (*cache, False))
