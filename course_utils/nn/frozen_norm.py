"""Batch norm in a frozen net: its statistics are constants, so it is a scale and a shift."""

import numpy as np

from ._checks import expect_floats, expect_shape


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
    expect_floats("X", X)
    expect_shape("X", X, (None, None), "(N, D)")
    D = X.shape[1]
    named = {"gamma": gamma, "beta": beta, "mean": running["mean"], "var": running["var"]}
    for name, array in named.items():
        expect_shape(name, array, (D,), "(D,)")
    inverse_std = (1 / np.sqrt(running["var"] + eps)).astype(X.dtype)  # (D,)
    X_hat = (X - running["mean"].astype(X.dtype)) * inverse_std  # (N, D)
    return X_hat * gamma + beta, (X_hat, gamma, inverse_std)


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
    X_hat, gamma, inverse_std = cache
    expect_shape("dY", dY, X_hat.shape, "(N, D)")
    return dY * (gamma * inverse_std), (dY * X_hat).sum(axis=0), dY.sum(axis=0)
