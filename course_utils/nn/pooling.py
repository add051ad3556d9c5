"""Pooling: shrink an image by keeping one number for each window.

All windows are looked at together. First pixel (0, 0) of every window, then pixel (0, 1) of
every window, and so on: size times size steps, each on whole arrays, instead of one step for
each window. The pixels of one step lie apart in the image, so they are first copied next to
each other: NumPy works through one long run several times faster than through short ones.
"""

import numpy as np

from ._checks import expect_floats, expect_shape, expect_whole
from .convolution import every_place, sliding_windows


def max_pool_forward(X, *, size=2, stride=None):
    """Keep the largest number of every window.

    Args:
        X: images, (N, C, H, W), float.
        size: rows and columns of a window, at least 1.
        stride: pixels from one window to the next, at least 1; None stands for size.

    Returns:
        Y, (N, C, H_out, W_out) with H_out = 1 + (H - size) // stride, W_out alike, and the
        cache for the way back. Pixels beyond the last whole window are left out. A NaN
        stays a NaN, to be noticed.

    Raises:
        TypeError: X does not hold floats, size or stride is no whole number.
        ValueError: X is no batch of images, or a window larger than the image.

    Source:
        Y[n,c,p,q] = max_uv X[n, c, p stride + u, q stride + v].
    """
    stride, places = _settings(X, size, stride)
    Y = every_place(X, 0, 0, places, stride).copy()  # (N, C, H_out, W_out)
    pixels, larger = np.empty_like(Y), np.empty(Y.shape, bool)
    winners = np.zeros(Y.shape, np.min_scalar_type(-size * size))  # few bytes: quick to fill
    for number in range(1, size * size):
        pixels[...] = every_place(X, *divmod(number, size), places, stride)
        np.greater(pixels, Y, out=larger)  # not where equal: the first one in a tie wins
        np.maximum(Y, pixels, out=Y)
        np.maximum(winners, larger * winners.dtype.type(number), out=winners)
    winners = winners.astype(np.intp)
    lost = np.isnan(Y)  # NaN is larger than nothing, so no comparison found it
    if lost.any():
        windows = sliding_windows("size", X, size, size, stride)[lost]
        winners[lost] = windows.reshape(-1, size * size).argmax(axis=1)
    return Y, (winners, X.shape, size, stride)


def max_pool_backward(dY, cache):
    """Give the gradient of every window to the pixel that won it.

    Args:
        dY: gradient of the loss with respect to Y, (N, C, H_out, W_out), float.
        cache: from max_pool_forward.

    Returns:
        dX, (N, C, H, W). In a tie the first pixel, row by row, takes all; a pixel that won
        several overlapping windows gets their sum.

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dX[n, c, p stride + u, q stride + v] += dY[n,c,p,q] at the winner (u, v) of (p, q).
    """
    winners, shape, size, stride = cache
    expect_shape("dY", dY, winners.shape, "(N, C, H_out, W_out)")
    winners = winners.astype(np.min_scalar_type(-size * size))  # few bytes: quick to compare
    share, won = np.empty(dY.shape, dY.dtype), np.empty(dY.shape, bool)
    dX = np.zeros(shape, dY.dtype)
    for number in range(size * size):
        np.equal(winners, number, out=won)
        np.multiply(dY, won, out=share)
        _give(share, every_place(dX, *divmod(number, size), dY.shape[2:], stride), size <= stride)
    return dX


def average_pool_forward(X, *, size=2, stride=None):
    """Keep the average of every window.

    Args:
        X: images, (N, C, H, W), float.
        size: rows and columns of a window, at least 1.
        stride: pixels from one window to the next, at least 1; None stands for size.

    Returns:
        Y, (N, C, H_out, W_out), sized as by max_pool_forward, and the cache.

    Raises:
        TypeError: X does not hold floats, size or stride is no whole number.
        ValueError: X is no batch of images, or a window larger than the image.

    Source:
        Y[n,c,p,q] = 1 / size^2 sum_uv X[n, c, p stride + u, q stride + v].
    """
    stride, (H_out, W_out) = _settings(X, size, stride)
    rows = X[:, :, : stride * H_out : stride].copy()  # (N, C, H_out, W)
    for u in range(1, size):
        rows += X[:, :, u : u + stride * H_out : stride]
    Y = rows[..., : stride * W_out : stride].copy()  # (N, C, H_out, W_out)
    for v in range(1, size):
        Y += rows[..., v : v + stride * W_out : stride]
    Y /= size * size
    return Y, (Y.shape, X.shape, size, stride)


def average_pool_backward(dY, cache):
    """Share the gradient of every window among its pixels.

    Args:
        dY: gradient of the loss with respect to Y, (N, C, H_out, W_out), float.
        cache: from average_pool_forward.

    Returns:
        dX, (N, C, H, W). A pixel of several overlapping windows gets the sum.

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dX[n, c, p stride + u, q stride + v] += dY[n,c,p,q] / size^2.
    """
    pooled_shape, shape, size, stride = cache
    expect_shape("dY", dY, pooled_shape, "(N, C, H_out, W_out)")
    (N, C, _, W), (H_out, W_out) = shape, dY.shape[2:]
    share = dY / (size * size)  # (N, C, H_out, W_out)
    # First over the columns of the windows, then over the rows: 2 size steps, not size size.
    rows = np.zeros((N, C, H_out, W), dY.dtype)
    for v in range(size):
        _give(share, rows[..., v : v + stride * W_out : stride], size <= stride)
    dX = np.zeros(shape, dY.dtype)
    for u in range(size):
        _give(rows, dX[:, :, u : u + stride * H_out : stride], size <= stride)
    return dX


def _give(share, pixels, alone):
    """Write the shares to these pixels, or add them where other windows give to them, too."""
    if alone:
        pixels[...] = share
    else:
        pixels += share


def _settings(X, size, stride):
    """Check the arguments; return the stride with None replaced, and (H_out, W_out)."""
    expect_floats("X", X)
    expect_shape("X", X, (None, None, None, None), "(N, C, H, W)")
    expect_whole("size", size, 1)
    stride = size if stride is None else stride
    expect_whole("stride", stride, 1)
    return stride, sliding_windows("size", X, size, size, stride).shape[2:4]
