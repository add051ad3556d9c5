"""Pooling: shrink an image by keeping one number for each window."""

import numpy as np

from ._checks import expect_floats, expect_shape
from .convolution import every_place, expect_whole, sliding_windows


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
    windows, stride = _windows(X, size, stride)
    flat = windows.reshape(*windows.shape[:4], size * size)  # (N, C, H_out, W_out, size size)
    winners = flat.argmax(axis=-1)  # (N, C, H_out, W_out), the first one in a tie
    Y = np.take_along_axis(flat, winners[..., None], axis=-1)[..., 0]  # (N, C, H_out, W_out)
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
    dX = np.zeros(shape, dY.dtype)
    for u, v in np.ndindex(size, size):
        won = winners == size * u + v  # (N, C, H_out, W_out)
        pixels = every_place(dX, u, v, dY.shape[2:], stride)  # a view of dX
        pixels += dY * won
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
    windows, stride = _windows(X, size, stride)
    Y = windows.mean(axis=(4, 5))  # (N, C, H_out, W_out)
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
    dX = np.zeros(shape, dY.dtype)
    share = dY / (size * size)  # (N, C, H_out, W_out)
    for u, v in np.ndindex(size, size):
        pixels = every_place(dX, u, v, dY.shape[2:], stride)  # a view of dX
        pixels += share
    return dX


def _windows(X, size, stride):
    """Check the arguments and return all windows, and the stride with None replaced."""
    expect_floats("X", X)
    expect_shape("X", X, (None, None, None, None), "(N, C, H, W)")
    expect_whole("size", size, 1)
    stride = size if stride is None else stride
    expect_whole("stride", stride, 1)
    return sliding_windows("size", X, size, size, stride), stride
