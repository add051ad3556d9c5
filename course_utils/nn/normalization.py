"""Batch norm, layer norm and spatial batch norm: centre, divide by the spread, then rescale."""

import numpy as np

from ._blocks import Blocks, order_of, uncopied
from ._checks import expect_floats, expect_shape
from ._norm_settings import expect_rows, expect_statistics, plain_settings


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
    expect_rows(X, "images (N, C, H, W) are for spatial_batch_norm_forward")
    expect_statistics(X.shape[1], "D", gamma, beta, running)
    momentum, eps = plain_settings(momentum, eps)
    if training and len(X) == 0:
        raise ValueError("X: expected at least one row to average over, got (0, D)")
    blocks = Blocks(X.shape, X.dtype, order_of(X))
    with uncopied(blocks.length):
        X_hat = blocks.empty()  # (N, D), X - mean at first
        if training:
            mean, var = _centre(X, X_hat, blocks)  # (D,), (D,)
            running_new = {
                key: (momentum * running[key] + (1 - momentum) * batch).astype(running[key].dtype)
                for key, batch in (("mean", mean), ("var", var))
            }
        else:
            mean, var = running["mean"], running["var"]  # (D,), (D,)
            blocks.subtract(X, mean, X_hat)
            running_new = {key: running[key].copy() for key in ("mean", "var")}
        # Float64 statistics, as np.zeros makes them, must not turn float32 into float64.
        inverse_std = (1 / np.sqrt(var + eps)).astype(X.dtype)  # (D,)
        Y = blocks.empty()  # (N, D)
        scale, stretch, shift = (blocks.beside(v) for v in (inverse_std, gamma, beta))
        for part in blocks.parts:
            x_hat, y = blocks.of(X_hat, part), blocks.of(Y, part)
            x_hat *= scale(part)
            np.multiply(x_hat, stretch(part), out=y)
            y += shift(part)
    return Y, running_new, (X_hat, gamma, inverse_std, bool(training))


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
    N, blocks = len(dY), Blocks(X_hat.shape, X_hat.dtype, order_of(X_hat))
    dgamma, dbeta = blocks.sums(), blocks.sums()  # (D,), (D,)
    with uncopied(blocks.length):
        for part in blocks.parts:
            dy, product = blocks.of(dY, part), blocks.scratch(part)
            np.multiply(dy, blocks.of(X_hat, part), out=product)
            blocks.add_columns(dgamma, part, product)
            blocks.add_columns(dbeta, part, dy)
        dX, slope = blocks.empty(), blocks.beside(gamma * inverse_std)  # (N, D), of Y by X
        if training:
            mean, overlap = blocks.beside(dbeta / N), blocks.beside(dgamma / N)
        for part in blocks.parts:
            dy, dx, product = blocks.of(dY, part), blocks.of(dX, part), blocks.scratch(part)
            if training:
                # dY - mean first: where all of dY is alike, this keeps the digits that differ.
                np.subtract(dy, mean(part), out=dx)
                dx -= np.multiply(blocks.of(X_hat, part), overlap(part), out=product)
                dx *= slope(part)
            else:
                np.multiply(dy, slope(part), out=dx)
    return dX, dgamma.astype(dX.dtype), dbeta.astype(dX.dtype)


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
    expect_rows(X, "each step of a sequence is a row: X.reshape(-1, X.shape[-1])?")
    expect_statistics(X.shape[1], "D", gamma, beta)
    _, eps = plain_settings(0.0, eps)
    N, D = X.shape
    blocks = Blocks(X.shape, X.dtype)
    X_hat, Y = blocks.empty(), blocks.empty()  # (N, D), (N, D)
    inverse_std = np.empty((N, 1), X.dtype)  # (N, 1)
    stretch, shift = blocks.beside(gamma), blocks.beside(beta)
    ones = np.ones(D, X.dtype)  # a product with ones is the fastest sum
    with uncopied(blocks.length):
        for part in blocks.parts:
            x_hat = X_hat[part]  # (n, D)
            mean = X[part] @ ones / D  # (n,)
            np.subtract(X[part], mean[:, None], out=x_hat)
            squares = np.matmul(x_hat[:, None], x_hat[:, :, None])[:, 0]  # (n, 1), row times row
            inverse_std[part] = 1 / np.sqrt(squares / D + eps)
            x_hat *= inverse_std[part]
            y = blocks.of(Y, part)
            np.multiply(blocks.of(X_hat, part), stretch(part), out=y)
            y += shift(part)
    return Y, (X_hat, gamma, inverse_std)


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
    D, blocks = X_hat.shape[1], Blocks(X_hat.shape, X_hat.dtype)
    dgamma, dbeta, dX = blocks.sums(), blocks.sums(), blocks.empty()
    stretch = blocks.beside(gamma)
    average = (gamma / max(1, D)).astype(X_hat.dtype)  # (D,), dY @ average is the mean of dX_hat
    with uncopied(blocks.length):
        for part in blocks.parts:
            dy, long_product = blocks.of(dY, part), blocks.scratch(part)
            np.multiply(dy, blocks.of(X_hat, part), out=long_product)
            blocks.add_columns(dgamma, part, long_product)
            blocks.add_columns(dbeta, part, dy)
            np.multiply(dy, stretch(part), out=blocks.of(dX, part))  # dX_hat
            dx = dX[part]  # (n, D)
            product = long_product.reshape(dx.shape)
            mean, overlap = dY[part] @ average, product @ average  # (n,), (n,)
            np.multiply(X_hat[part], overlap[:, None], out=product)
            product += mean[:, None]
            dx -= product
            dx *= inverse_std[part]
    return dX, dgamma.astype(dX.dtype), dbeta.astype(dX.dtype)


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
    expect_statistics(X.shape[1], "C", gamma, beta, running)
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
    """Make a row of every pixel, its channels side by side; in memory each channel is one run."""
    return X.transpose(1, 0, 2, 3).reshape(X.shape[1], -1).T  # (N H W, C)


def _to_images(rows, shape):
    """Undo _to_rows."""
    N, C, H, W = shape
    return rows.T.reshape(C, N, H, W).transpose(1, 0, 2, 3)  # (N, C, H, W)


def _centre(X, X_hat, blocks):
    """Write X - mean into X_hat, and return mean and variance of the columns, in float64."""
    N, sums, squares = len(X), blocks.sums(), blocks.sums()
    for part in blocks.parts:
        blocks.add_columns(sums, part, blocks.of(X, part))
    mean = sums / N  # (D,)
    blocks.subtract(X, mean, X_hat)
    for part in blocks.parts:
        centred = blocks.of(X_hat, part)
        square = np.multiply(centred, centred, out=blocks.scratch(part))
        blocks.add_columns(squares, part, square)
    return mean, squares / N  # (D,), (D,)
