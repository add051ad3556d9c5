"""Batch norm, layer norm and spatial batch norm: centre, divide by the spread, then rescale."""

import numpy as np

from ._checks import expect_floats, expect_shape


def batch_norm_forward(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Normalize every column over the batch, then stretch by gamma and shift by beta.

    Args:
        X: inputs, (N, D), float.
        gamma: scales, (D,), float.
        beta: shifts, (D,), float.
        running: {"mean": (D,), "var": (D,)}, float: what is used when training is False.
            Start with zeros and ones.
        training: True takes mean and variance from this batch, False from running.
        momentum: share of the running statistics that survives a call, 0 to 1.
        eps: added to the variance, at least 0; keeps the division finite.

    Returns:
        Y, (N, D), the new running statistics, a new dict that equals running when training
        is False, and the cache for the way back.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together, no rows to average over, running
            without "mean" or "var", momentum or eps out of range.

    Source:
        Ioffe and Szegedy, Batch normalization, ICML 2015: Y = gamma X_hat + beta with
        X_hat = (X - mean) / sqrt(var + eps) and var = 1/N sum (X - mean)^2;
        running <- momentum running + (1 - momentum) batch, with that same var.
        Torch differs in both: its momentum is the share of the new batch, ours of the old
        statistics (its 0.1 is our 0.9), and its running variance divides by N - 1.
    """
    _expect_rows(X, "images (N, C, H, W) are for spatial_batch_norm_forward")
    _expect_statistics(X.shape[1], "D", gamma, beta, running)
    momentum, eps = _settings(momentum, eps)
    if training:
        if len(X) == 0:
            raise ValueError("X: expected at least one row to average over, got (0, D)")
        mean = X.mean(axis=0)  # (D,)
        centred = X - mean  # (N, D)
        var = (centred * centred).mean(axis=0)  # (D,)
        running_new = {
            "mean": momentum * running["mean"] + (1 - momentum) * mean,
            "var": momentum * running["var"] + (1 - momentum) * var,
        }
    else:
        # Float64 statistics, as np.zeros makes them, must not turn float32 into float64.
        mean, var = (running[key].astype(X.dtype) for key in ("mean", "var"))
        centred = X - mean  # (N, D)
        running_new = {key: running[key].copy() for key in ("mean", "var")}
    inverse_std = 1 / np.sqrt(var + eps)  # (D,)
    X_hat = centred * inverse_std  # (N, D)
    return gamma * X_hat + beta, running_new, (X_hat, gamma, inverse_std, bool(training))


def batch_norm_backward(dY, cache):
    """Pass the gradient of batch norm on to X, gamma and beta.

    Args:
        dY: gradient of the loss with respect to Y, (N, D), float.
        cache: from batch_norm_forward, of either mode.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,). After training mode the columns of dX sum to 0.

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        With dX_hat = gamma dY and means over the batch:
        dX = (dX_hat - mean(dX_hat) - X_hat mean(dX_hat X_hat)) / sqrt(var + eps).
        Running statistics do not depend on X, so both means fall away without training.
    """
    X_hat, gamma, inverse_std, training = cache
    expect_shape("dY", dY, X_hat.shape, "(N, D)")
    dgamma = (dY * X_hat).sum(axis=0)  # (D,)
    dbeta = dY.sum(axis=0)  # (D,)
    dX_hat = dY * gamma  # (N, D)
    if training:
        N = len(dY)
        dX_hat = dX_hat - gamma * (dbeta + X_hat * dgamma) / N
    return dX_hat * inverse_std, dgamma, dbeta


def layer_norm_forward(X, gamma, beta, *, eps=1e-5):
    """Normalize every row over its own entries, then stretch by gamma and shift by beta.

    Args:
        X: inputs, (N, D), float.
        gamma: scales, (D,), float.
        beta: shifts, (D,), float.
        eps: added to the variance, at least 0; keeps the division finite.

    Returns:
        Y, (N, D), and the cache for the way back. No row depends on another one, so
        training and use are the same.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together, or eps out of range.

    Source:
        Ba, Kiros and Hinton, Layer normalization, 2016: Y = gamma X_hat + beta with
        X_hat = (X - mean) / sqrt(var + eps), mean and var = 1/D sum (X - mean)^2 of a row.
    """
    _expect_rows(X, "each step of a sequence is a row: X.reshape(-1, X.shape[-1])?")
    _expect_statistics(X.shape[1], "D", gamma, beta)
    _, eps = _settings(0.0, eps)
    centred = X - X.mean(axis=1, keepdims=True)  # (N, D)
    var = (centred * centred).mean(axis=1, keepdims=True)  # (N, 1)
    inverse_std = 1 / np.sqrt(var + eps)  # (N, 1)
    X_hat = centred * inverse_std  # (N, D)
    return gamma * X_hat + beta, (X_hat, gamma, inverse_std)


def layer_norm_backward(dY, cache):
    """Pass the gradient of layer norm on to X, gamma and beta.

    Args:
        dY: gradient of the loss with respect to Y, (N, D), float.
        cache: from layer_norm_forward.

    Returns:
        dX (N, D), dgamma (D,), dbeta (D,). The rows of dX sum to 0.

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        As batch_norm_backward, with means over the D entries of a row. gamma differs
        within a row, so it is multiplied before the means are taken.
    """
    X_hat, gamma, inverse_std = cache
    expect_shape("dY", dY, X_hat.shape, "(N, D)")
    dgamma = (dY * X_hat).sum(axis=0)  # (D,)
    dbeta = dY.sum(axis=0)  # (D,)
    dX_hat = dY * gamma  # (N, D)
    mean = dX_hat.mean(axis=1, keepdims=True)  # (N, 1)
    overlap = (dX_hat * X_hat).mean(axis=1, keepdims=True)  # (N, 1)
    return (dX_hat - mean - X_hat * overlap) * inverse_std, dgamma, dbeta


def spatial_batch_norm_forward(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    """Normalize every channel over the batch and over all its pixels.

    Args:
        X: images, (N, C, H, W), float.
        gamma: scales, (C,), float.
        beta: shifts, (C,), float.
        running: {"mean": (C,), "var": (C,)}, float.
        training: True takes mean and variance from this batch, False from running.
        momentum: share of the running statistics that survives a call, 0 to 1.
        eps: added to the variance, at least 0; keeps the division finite.

    Returns:
        Y, (N, C, H, W), the new running statistics and the cache, as batch_norm_forward.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together, and as batch_norm_forward.

    Source:
        Ioffe and Szegedy 2015, section 3.2: every pixel is a row of batch norm.
    """
    expect_floats("X", X)
    expect_shape("X", X, (None, None, None, None), "(N, C, H, W)")
    _expect_statistics(X.shape[1], "C", gamma, beta, running)
    rows, running_new, cache = batch_norm_forward(
        _to_rows(X), gamma, beta, running, training=training, momentum=momentum, eps=eps
    )  # (N H W, C)
    return _to_images(rows, X.shape), running_new, (X.shape, cache)


def spatial_batch_norm_backward(dY, cache):
    """Pass the gradient of spatial batch norm on to X, gamma and beta.

    Args:
        dY: gradient of the loss with respect to Y, (N, C, H, W), float.
        cache: from spatial_batch_norm_forward, of either mode.

    Returns:
        dX (N, C, H, W), dgamma (C,), dbeta (C,).

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        batch_norm_backward, with every pixel a row.
    """
    shape, cache_rows = cache
    expect_shape("dY", dY, shape, "(N, C, H, W)")
    rows, dgamma, dbeta = batch_norm_backward(_to_rows(dY), cache_rows)  # (N H W, C)
    return _to_images(rows, shape), dgamma, dbeta


def _to_rows(X):
    """Make a row of every pixel, its channels side by side."""
    return X.transpose(0, 2, 3, 1).reshape(-1, X.shape[1])  # (N H W, C)


def _to_images(rows, shape):
    """Undo _to_rows."""
    N, C, H, W = shape
    return rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)  # (N, C, H, W)


def _expect_rows(X, instead):
    """Refuse anything but rows of floats, and say what to do with more axes."""
    expect_floats("X", X)
    if X.ndim > 2:
        raise ValueError(f"X: expected (N, D), got {X.shape}; {instead}")
    expect_shape("X", X, (None, None), "(N, D)")


def _expect_statistics(size, letter, gamma, beta, running=None):
    """Refuse parameters and running statistics that are not one float for each column."""
    vectors = {"gamma": gamma, "beta": beta}
    if running is not None:
        for key in ("mean", "var"):
            if not isinstance(running, dict) or key not in running:
                raise ValueError(
                    f'running: expected a dict with "mean" and "var", found no "{key}"; '
                    f'start with {{"mean": np.zeros({letter}), "var": np.ones({letter})}}'
                )
            vectors[f'running["{key}"]'] = running[key]
    for name, vector in vectors.items():
        expect_floats(name, vector)
        expect_shape(name, vector, (size,), f"({letter},)", f"with {letter} = {size} from X")


def _settings(momentum, eps):
    """Return both as plain floats, which keep float32 what it is, or refuse them."""
    if not 0 <= momentum <= 1:
        raise ValueError(f"momentum: expected a share from 0 to 1, got {momentum!r}")
    if not eps >= 0:
        raise ValueError(f"eps: expected a small number, at least 0, got {eps!r}")
    return float(momentum), float(eps)
