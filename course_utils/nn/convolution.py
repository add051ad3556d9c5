"""Convolution of images: the same small kernels, laid on every place of the image."""

import numpy as np

from ._checks import expect_floats, expect_shape


def conv2d_forward(X, kernels, b, *, stride=1, padding=0):
    """Lay every kernel on every place of the image, and sum the products.

    Args:
        X: images, (N, C_in, H, W), float.
        kernels: (F, C_in, KH, KW), float; "K" in the formulas.
        b: biases, (F,), float.
        stride: pixels from one place to the next, at least 1.
        padding: zeros put around the image, on all four sides.

    Returns:
        Y, (N, F, H_out, W_out) with H_out = 1 + (H + 2 padding - KH) // stride, W_out alike,
        and the cache for the way back. Pixels that a last, incomplete step would need are
        left out, so their gradient is 0.

    Raises:
        TypeError: an array does not hold floats, stride or padding is no whole number.
        ValueError: shapes that do not fit together, a kernel larger than the padded image.

    Source:
        Cross-correlation, the kernel is not flipped:
        Y[n,f,p,q] = b[f] + sum_cuv X_padded[n, c, p stride + u, q stride + v] K[f,c,u,v].
    """
    for name, array in (("X", X), ("kernels", kernels), ("b", b)):
        expect_floats(name, array)
    expect_shape("X", X, (None, None, None, None), "(N, C_in, H, W)")
    C_in = X.shape[1]
    cause = f"with C_in = {C_in} from X"
    expect_shape("kernels", kernels, (None, C_in, None, None), "(F, C_in, KH, KW)", cause)
    F, _, KH, KW = kernels.shape
    expect_shape("b", b, (F,), "(F,)", f"with F = {F} from kernels")
    expect_whole("stride", stride, 1)
    expect_whole("padding", padding, 0)
    margins = (0, 0), (0, 0), (padding, padding), (padding, padding)
    padded = np.pad(X, margins)  # (N, C_in, H + 2 padding, W + 2 padding)
    windows = sliding_windows("kernels", padded, KH, KW, stride)
    Y = np.tensordot(windows, kernels, axes=((1, 4, 5), (1, 2, 3)))  # (N, H_out, W_out, F)
    Y += b
    Y = np.ascontiguousarray(Y.transpose(0, 3, 1, 2))  # (N, F, H_out, W_out)
    return Y, (padded, kernels, stride, padding)


def conv2d_backward(dY, cache):
    """Pass the gradient of a convolution on to the images, the kernels and the biases.

    Args:
        dY: gradient of the loss with respect to Y, (N, F, H_out, W_out), float.
        cache: from conv2d_forward.

    Returns:
        dX (N, C_in, H, W), dkernels (F, C_in, KH, KW), db (F,).

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dK[f,c,u,v] = sum_npq dY[n,f,p,q] X_padded[n, c, p stride + u, q stride + v];
        dX_padded[n, c, p stride + u, q stride + v] += sum_f dY[n,f,p,q] K[f,c,u,v];
        db[f] = sum_npq dY[n,f,p,q].
    """
    padded, kernels, stride, padding = cache
    F, _, KH, KW = kernels.shape
    windows = sliding_windows("kernels", padded, KH, KW, stride)
    N, _, H_out, W_out = windows.shape[:4]
    expect_shape("dY", dY, (N, F, H_out, W_out), "(N, F, H_out, W_out)")
    db = dY.sum(axis=(0, 2, 3))  # (F,)
    dkernels = np.tensordot(dY, windows, axes=((0, 2, 3), (0, 2, 3)))  # (F, C_in, KH, KW)
    dpadded = np.zeros(padded.shape, np.result_type(dY, kernels))
    for u, v in np.ndindex(KH, KW):
        # The pixels that met kernel entry (u, v): one for each place of the kernel.
        met = every_place(dpadded, u, v, (H_out, W_out), stride)  # (N, C_in, H_out, W_out)
        share = np.tensordot(dY, kernels[:, :, u, v], axes=(1, 0))  # (N, H_out, W_out, C_in)
        met += share.transpose(0, 3, 1, 2)  # += because neighbouring places overlap
    H, W = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    dX = dpadded[:, :, padding : padding + H, padding : padding + W]  # (N, C_in, H, W)
    return dX, dkernels, db


def sliding_windows(name, X, height, width, stride):
    """Give every window of the images as a view: nothing is copied.

    Args:
        name: what the window belongs to, for the message.
        X: images, (N, C, H, W).
        height: rows of a window.
        width: columns of a window.
        stride: pixels from one window to the next.

    Returns:
        (N, C, H_out, W_out, height, width), read-only.

    Raises:
        ValueError: an empty window, or one larger than the image.
    """
    H, W = X.shape[2:]
    if not (1 <= height <= H and 1 <= width <= W):
        raise ValueError(
            f"{name}: expected from 1 x 1 to {H} x {W}, the image with its padding, "
            f"got {height} x {width}"
        )
    windows = np.lib.stride_tricks.sliding_window_view(X, (height, width), axis=(2, 3))
    return windows[:, :, ::stride, ::stride]  # (N, C, H_out, W_out, height, width)


def every_place(X, u, v, n_places, stride):
    """Give, as a view, the pixel in row u and column v of every window.

    Args:
        X: images, (N, C, H, W).
        u: row within the window.
        v: column within the window.
        n_places: (H_out, W_out), how many windows there are.
        stride: pixels from one window to the next.

    Returns:
        (N, C, H_out, W_out), a view of X: adding to it adds to X.
    """
    H_out, W_out = n_places
    rows = slice(u, u + stride * H_out, stride)
    columns = slice(v, v + stride * W_out, stride)
    return X[:, :, rows, columns]


def expect_whole(name, value, least):
    """Refuse anything but a whole number that is large enough.

    Args:
        name: how the lesson calls the number.
        value: what was given.
        least: the smallest number allowed.

    Raises:
        TypeError: no whole number.
        ValueError: too small.
    """
    if not isinstance(value, int | np.integer) or isinstance(value, bool):
        raise TypeError(f"{name}: expected a whole number, got {value!r}")
    if value < least:
        raise ValueError(f"{name}: expected at least {least}, got {value}")
