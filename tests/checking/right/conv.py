"""Right answers to convolution."""

import numpy as np

from . import right

sliding = np.lib.stride_tricks.sliding_window_view


def pad(X, p):
    return np.pad(X, ((0, 0), (0, 0), (p, p), (p, p)))


def out_sizes(padded, kernels, stride):
    return [1 + (padded.shape[k] - kernels.shape[k]) // stride for k in (2, 3)]


def columns(padded, kernels, stride):
    """im2col: (N, C KH KW, H_out W_out)."""
    KH, KW = kernels.shape[2:]
    Ho, Wo = out_sizes(padded, kernels, stride)
    i = np.repeat(np.arange(KH), KW)[:, None] + stride * np.repeat(np.arange(Ho), Wo)
    j = np.tile(np.arange(KW), KH)[:, None] + stride * np.tile(np.arange(Wo), Ho)
    return padded[:, :, i, j].reshape(len(padded), -1, Ho * Wo), i, j


@right("conv2d_forward")
def naive(X, kernels, b, *, stride=1, padding=0):
    padded, (F, _, KH, KW) = pad(X, padding), kernels.shape
    Y = np.zeros((len(X), F, *out_sizes(padded, kernels, stride)), X.dtype)
    for n, f, p, q in np.ndindex(Y.shape):
        i, j = p * stride, q * stride
        Y[n, f, p, q] = np.sum(padded[n, :, i : i + KH, j : j + KW] * kernels[f]) + b[f]
    return Y, (X, kernels, b, stride, padding)


@right("conv2d_forward")
def place_by_place(X, kernels, b, *, stride=1, padding=0):
    padded, (F, _, KH, KW) = pad(X, padding), kernels.shape
    Ho, Wo = out_sizes(padded, kernels, stride)
    Y = np.empty((len(X), F, Ho, Wo), X.dtype)
    for p in range(Ho):
        for q in range(Wo):
            window = padded[:, :, p * stride : p * stride + KH, q * stride : q * stride + KW]
            Y[:, :, p, q] = np.tensordot(window, kernels, axes=([1, 2, 3], [1, 2, 3])) + b
    return Y, {"X": X}


@right("conv2d_forward")
def sliding_einsum(X, kernels, b, *, stride=1, padding=0):
    views = sliding(pad(X, padding), kernels.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncpquv,fcuv->nfpq", views, kernels) + b[None, :, None, None], None


@right("conv2d_forward")
def im2col(X, kernels, b, *, stride=1, padding=0):
    padded = pad(X, padding)
    cols, _, _ = columns(padded, kernels, stride)
    Y = kernels.reshape(len(kernels), -1) @ cols + b[:, None]
    return Y.reshape(len(X), len(kernels), *out_sizes(padded, kernels, stride)), cols


@right("conv2d_forward")
def kernel_entry_by_entry(X, kernels, b, *, stride=1, padding=0):
    padded = np.zeros((*X.shape[:2], *(n + 2 * padding for n in X.shape[2:])), X.dtype)
    padded[:, :, padding : padding + X.shape[2], padding : padding + X.shape[3]] = X
    Ho, Wo = out_sizes(padded, kernels, stride)
    Y = np.zeros((len(X), Ho, Wo, len(kernels)), X.dtype) + b
    for u, v in np.ndindex(kernels.shape[2:]):
        seen = padded[:, :, u : u + stride * Ho : stride, v : v + stride * Wo : stride]
        Y += np.einsum("nchw,fc->nhwf", seen, kernels[:, :, u, v])
    return np.moveaxis(Y, -1, 1), (padded,)


@right("conv2d_forward")
def in_float32(X, kernels, b, *, stride=1, padding=0):
    low = [a.astype(np.float32) for a in (X, kernels, b)]
    return sliding_einsum(*low, stride=stride, padding=padding)


@right("conv2d_forward")
def by_fourier(X, kernels, b, *, stride=1, padding=0):
    padded = pad(X, padding)
    H, W = padded.shape[2:]
    product = np.einsum(
        "nchw,fchw->nfhw", np.fft.rfft2(padded), np.fft.rfft2(kernels, s=(H, W)).conj()
    )
    Y = np.fft.irfft2(product, s=(H, W))
    Y = Y[:, :, : H - kernels.shape[2] + 1 : stride, : W - kernels.shape[3] + 1 : stride]
    return (Y + b[:, None, None]).astype(X.dtype), product


def cropped(dpadded, padding):
    H, W = dpadded.shape[2:]
    return dpadded[:, :, padding : H - padding, padding : W - padding]


@right("conv2d_backward")
def back_naive(dY, cache):
    padded, kernels, stride, padding = cache
    dpadded, dkernels = np.zeros_like(padded), np.zeros_like(kernels)
    db = np.zeros(len(kernels), dY.dtype)
    KH, KW = kernels.shape[2:]
    for n, f, p, q in np.ndindex(dY.shape):
        at = (slice(None), slice(p * stride, p * stride + KH), slice(q * stride, q * stride + KW))
        dkernels[f] += dY[n, f, p, q] * padded[n][at]
        dpadded[n][at] += dY[n, f, p, q] * kernels[f]
        db[f] += dY[n, f, p, q]
    return cropped(dpadded, padding), dkernels, db


@right("conv2d_backward")
def back_place_by_place(dY, cache):
    padded, kernels, stride, padding = cache
    dpadded, dkernels = np.zeros_like(padded), np.zeros_like(kernels)
    KH, KW = kernels.shape[2:]
    for p, q in np.ndindex(dY.shape[2:]):
        rows, cols = slice(p * stride, p * stride + KH), slice(q * stride, q * stride + KW)
        g = dY[:, :, p, q]
        dkernels += np.tensordot(g, padded[:, :, rows, cols], axes=(0, 0))
        dpadded[:, :, rows, cols] += np.tensordot(g, kernels, axes=(1, 0))
    return cropped(dpadded, padding).copy(), dkernels, dY.sum((2, 3)).sum(0)


@right("conv2d_backward")
def back_im2col(dY, cache):
    padded, kernels, stride, padding = cache
    cols, i, j = columns(padded, kernels, stride)
    N, F = dY.shape[:2]
    g = dY.reshape(N, F, -1)
    dkernels = np.einsum("nfk,nak->fa", g, cols).reshape(kernels.shape)
    dcols = kernels.reshape(F, -1).T @ g
    dpadded = np.zeros_like(padded)
    at = (slice(None), slice(None), i, j)
    np.add.at(dpadded, at, dcols.reshape(N, kernels.shape[1], *i.shape))
    return cropped(dpadded, padding), dkernels, g.sum(axis=(0, 2))


@right("conv2d_backward")
def back_as_a_full_convolution(dY, cache):
    """Spread dY by the stride, pad it, and correlate with the turned kernels."""
    padded, kernels, stride, padding = cache
    (N, F, Ho, Wo), (KH, KW), (H, W) = dY.shape, kernels.shape[2:], padded.shape[2:]
    spread = np.zeros((N, F, H + KH - 1, W + KW - 1), dY.dtype)
    rows = slice(KH - 1, KH - 1 + stride * Ho, stride)
    spread[:, :, rows, KW - 1 : KW - 1 + stride * Wo : stride] = dY
    views = sliding(spread, (KH, KW), axis=(2, 3))
    dpadded = np.einsum("nfhwuv,fcuv->nchw", views, kernels[:, :, ::-1, ::-1])
    dkernels = np.empty_like(kernels)
    for u, v in np.ndindex(KH, KW):
        seen = padded[:, :, u : u + stride * Ho : stride, v : v + stride * Wo : stride]
        dkernels[:, :, u, v] = np.einsum("nfpq,ncpq->fc", dY, seen)
    return cropped(dpadded, padding), dkernels, np.einsum("nfpq->f", dY)


@right("conv2d_backward")
def back_sliding_einsum(dY, cache):
    padded, kernels, stride, padding = cache
    views = sliding(padded, kernels.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    dkernels = np.einsum("nfpq,ncpquv->cfuv", dY, views).swapaxes(0, 1)
    dviews = np.einsum("nfpq,fcuv->ncpquv", dY, kernels)
    dpadded = np.zeros_like(padded)
    writable = sliding(dpadded, kernels.shape[2:], axis=(2, 3), writeable=True)
    for p, q in np.ndindex(dY.shape[2:]):
        writable[:, :, p * stride, q * stride] += dviews[:, :, p, q]
    return cropped(dpadded, padding), dkernels, dY.sum(axis=-1).sum(axis=-1).sum(axis=0)


@right("conv2d_backward")
def back_in_float32(dY, cache):
    padded, kernels, stride, padding = cache
    low = padded.astype(np.float32), kernels.astype(np.float32), stride, padding
    return back_place_by_place(dY.astype(np.float32), low)
