"""Convolution of images: the same small kernels, laid on every place of the image.

Written as loops it is seven of them, and slow. Written as a product of matrices it is as fast
as the processor multiplies; _unrolling.py says how the images become a matrix.
"""

import numpy as np

from ._checks import expect_floats, expect_shape, expect_whole
from ._unrolling import Unrolling, kernel_matrix, pad

# Columns that make a product wide enough. Small images are multiplied a few at once.
WIDE_ENOUGH = 256


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
    padded = pad(X, padding, (KH, KW))  # (N, C_in, H + 2 padding, W + 2 padding)
    expect_kernel_inside("kernels", padded, KH, KW)
    # The biases are one more column: they meet the ones below the unrolled images.
    weights = np.hstack([kernel_matrix(kernels), b[:, None]])  # (F, KH KW C_in + 1)
    Y = _multiply_places(padded, weights, (KH, KW), stride, np.result_type(X, kernels, b))
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
    F, C_in, KH, KW = kernels.shape
    around = KH - 1 - padding, KW - 1 - padding
    if stride == 1 and C_in >= F and min(around) >= 0:
        dkernels, db, _ = _gradients(dY, cache, with_dX=False)
        return _full_convolution(dY, kernels, around), dkernels, db
    dkernels, db, dX = _gradients(dY, cache, with_dX=True)
    return dX, dkernels, db


def conv2d_backward_parameters(dY, cache):
    """Give the gradients of kernels and biases alone, for a first layer: nobody asks for its dX.

    Args:
        dY: gradient of the loss with respect to Y, (N, F, H_out, W_out), float.
        cache: from conv2d_forward.

    Returns:
        dkernels (F, C_in, KH, KW), db (F,).

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        As conv2d_backward; dX is about half of its work.
    """
    dkernels, db, _ = _gradients(dY, cache, with_dX=False)
    return dkernels, db


def _gradients(dY, cache, with_dX):
    """Walk once over the images for dkernels and db, and for dX by folding, if it is wanted."""
    padded, kernels, stride, padding = cache
    F, C_in, KH, KW = kernels.shape
    N, _, H_padded, W_padded = padded.shape
    dtype = np.result_type(dY, padded, kernels)
    unrolling = Unrolling(padded, (KH, KW), stride, dtype, F)
    places = unrolling.H_out, unrolling.W_out
    expect_shape("dY", dY, (N, F, *places), "(N, F, H_out, W_out)")
    to_X = kernel_matrix(kernels).T  # (KH KW C_in, F)
    dweights = np.zeros((F, len(to_X) + 1), dtype)  # the last column belongs to the biases
    rows, columns = slice(padding, H_padded - padding), slice(padding, W_padded - padding)
    dX = None
    if with_dX:
        dX = np.empty((N, C_in, H_padded - 2 * padding, W_padded - 2 * padding), dtype)
    for part in unrolling.parts():
        unrolled = unrolling.unroll(part)  # (KH KW C_in + 1, n H_out W_out)
        dY_part = dY[part].transpose(1, 0, 2, 3).reshape(F, -1)  # (F, n H_out W_out)
        dweights += dY_part @ unrolled.T
        if with_dX:
            np.matmul(to_X, dY_part, out=unrolled[:-1])
            dpadded = unrolling.fold(part.stop - part.start)  # (C_in, n, H_padded, W_padded)
            dX[part] = dpadded[:, :, rows, columns].transpose(1, 0, 2, 3)
    dkernels = dweights[:, :-1].reshape(F, KH, KW, C_in).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(dkernels), dweights[:, -1].copy(), dX


def _full_convolution(dY, kernels, around):
    """Give dX for stride 1: convolve dY, padded by `around`, with the kernels turned by 180°.

    X[n, c, y, x] met kernel entry (u, v) at the place (y - u, x - v), so that dX at one pixel is
    a sum over the places around it: a convolution, with filters and channels exchanged. The
    numbers are those of the fold. It unrolls the F channels of dY where the fold adds up the
    C_in of X, so it is the faster way where C_in is not the smaller one.
    """
    KH, KW = kernels.shape[2:]
    turned = kernels[:, :, ::-1, ::-1].transpose(1, 0, 2, 3)  # (C_in, F, KH, KW)
    dtype = np.result_type(dY, kernels)
    return _multiply_places(dY, kernel_matrix(turned), (KH, KW), 1, dtype, around)


def _multiply_places(images, weights, kernel_size, stride, dtype, around=None):
    """Multiply the window at every place by the weights, (F, KH KW C) or with biases behind."""
    F, n_rows = weights.shape
    unrolling = Unrolling(images, kernel_size, stride, dtype, F, around=around, enough=WIDE_ENOUGH)
    Y = np.empty((len(images), F, unrolling.H_out, unrolling.W_out), dtype)
    for part in unrolling.parts():
        unrolled = unrolling.unroll(part)[:n_rows]  # (n_rows, n H_out W_out)
        if unrolling.group == 1:
            np.matmul(weights, unrolled, out=Y[part].reshape(F, -1))  # a view of Y
        else:
            products = (weights @ unrolled).reshape(F, -1, *Y.shape[2:])  # (F, n, H_out, W_out)
            Y[part] = products.transpose(1, 0, 2, 3)
    return Y


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
    expect_kernel_inside(name, X, height, width)
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


def expect_kernel_inside(name, X, height, width):
    """Refuse a window that is empty or larger than the image.

    Args:
        name: what the window belongs to, for the message.
        X: images, (N, C, H, W), with their padding.
        height: rows of a window.
        width: columns of a window.

    Raises:
        ValueError: an empty window, or one larger than the image.
    """
    H, W = X.shape[2:]
    if not (1 <= height <= H and 1 <= width <= W):
        raise ValueError(
            f"{name}: expected from 1 x 1 to {H} x {W}, the image with its padding, "
            f"got {height} x {width}"
        )
