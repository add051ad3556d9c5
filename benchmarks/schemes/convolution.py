"""Five ways to compute a convolution and its gradients; ours is in course_utils/nn."""

import numpy as np
import torch
from torch.nn import functional as torch_f


def by_im2col(arrays, dY, *, stride, padding):
    """As most courses do it: the whole batch unrolled and folded by compiled code.

    Torch's unfold and fold are that code (C++); the products are NumPy's.

    Args:
        arrays: X (N, C, H, W), kernels (F, C, KH, KW), b (F,).
        dY: (N, F, H_out, W_out).
        stride: pixels from one place to the next.
        padding: zeros around the image.

    Returns:
        Y, and the gradients of X, kernels and b.
    """
    X, kernels, b = arrays
    (N, _, H, W), (F, _, *size) = X.shape, kernels.shape
    settings = {"kernel_size": size, "stride": stride, "padding": padding}
    columns = torch_f.unfold(torch.from_numpy(X), **settings).numpy()  # (N, C KH KW, places)
    K = kernels.reshape(F, -1)
    Y = K @ columns + b[:, None]
    d = dY.reshape(N, F, -1)
    dK = (d @ columns.transpose(0, 2, 1)).sum(axis=0)
    dX = torch_f.fold(torch.from_numpy(K.T @ d), (H, W), **settings).numpy()
    return Y.reshape(dY.shape), (dX, dK.reshape(kernels.shape), d.sum(axis=(0, 2)))


def whole_batch(arrays, dY, *, stride, padding):
    """The whole batch unrolled into one matrix, in NumPy; folded kernel position by position."""
    X, kernels, b = arrays
    F, C, KH, KW = kernels.shape
    padded = _pad(X, padding)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    N, H_out, W_out = windows.shape[:3]
    columns = windows.reshape(N * H_out * W_out, -1)  # a copy, (N H_out W_out, C KH KW)
    K = kernels.reshape(F, -1)
    Y = columns @ K.T + b  # (N H_out W_out, F)
    d = dY.transpose(0, 2, 3, 1).reshape(-1, F)
    dK, dcolumns = d.T @ columns, (d @ K).reshape(N, H_out, W_out, C, KH, KW)
    dpadded = np.zeros_like(padded)
    for u in range(KH):
        for v in range(KW):
            _place(dpadded, u, v, dY, stride)[...] += dcolumns[..., u, v].transpose(0, 3, 1, 2)
    Y = Y.reshape(N, H_out, W_out, F).transpose(0, 3, 1, 2)
    return np.ascontiguousarray(Y), (
        _crop(dpadded, padding),
        dK.reshape(kernels.shape),
        d.sum(axis=0),
    )


def kernel_positions(arrays, dY, *, stride, padding):
    """Nothing unrolled: a loop over the positions of the kernel, a product of matrices for each."""
    X, kernels, b = arrays
    _, _, KH, KW = kernels.shape
    N, F, H_out, W_out = dY.shape
    padded = _pad(X, padding)
    Y, dK, dpadded = np.zeros_like(dY), np.empty_like(kernels), np.zeros_like(padded)
    Y += b[:, None, None]
    d = dY.reshape(N, F, -1)
    for u in range(KH):
        for v in range(KW):
            seen = _place(padded, u, v, dY, stride)
            pixels = seen.reshape(N, seen.shape[1], -1)  # (N, C, places)
            Y += (kernels[:, :, u, v] @ pixels).reshape(Y.shape)
            dK[:, :, u, v] = (d @ pixels.transpose(0, 2, 1)).sum(axis=0)
            dseen = (kernels[:, :, u, v].T @ d).reshape(seen.shape)
            _place(dpadded, u, v, dY, stride)[...] += dseen
    return Y, (_crop(dpadded, padding), dK, dY.sum(axis=(0, 2, 3)))


def image_by_image(arrays, dY, *, stride, padding):
    """One image unrolled at a time, and its columns forgotten: small, but made anew each time."""
    X, kernels, b = arrays
    Y, dX, dK = np.empty_like(dY), np.empty_like(X), np.zeros_like(kernels)
    for n in range(len(X)):
        one = slice(n, n + 1)
        Y[one], (dX[one], dK_n, _) = whole_batch(
            (X[one], kernels, b), dY[one], stride=stride, padding=padding
        )
        dK += dK_n
    return Y, (dX, dK, dY.sum(axis=(0, 2, 3)))


def by_fft(arrays, dY, *, stride, padding):
    """In frequencies a convolution is a product, of channels by filters at each frequency."""
    X, kernels, b = arrays
    KH, KW = kernels.shape[2:]
    padded = _pad(X, padding)
    size = padded.shape[2:]  # what would wrap around is not looked at
    X_f, K_f = (np.fft.rfft2(a, size) for a in (padded, kernels))
    X_f, K_f = X_f.transpose(2, 3, 0, 1), K_f.transpose(2, 3, 1, 0)  # (…, N, C), (…, C, F)
    Y = _back(X_f @ K_f.conj(), size)  # (N, F, H, W)
    Y = Y[:, :, ::stride, ::stride][:, :, : dY.shape[2], : dY.shape[3]] + b[:, None, None]
    d = np.zeros((*dY.shape[:2], *size), dY.dtype)  # dY at the places where the kernels lay
    _place(d, 0, 0, dY, stride)[...] = dY
    d_f = np.fft.rfft2(d).transpose(2, 3, 0, 1)  # (…, N, F)
    dX = _back(d_f @ K_f.swapaxes(-1, -2), size)
    dK = _back(d_f.conj().swapaxes(-1, -2) @ X_f, size)[:, :, :KH, :KW]  # (F, C, KH, KW)
    results = Y, _crop(dX, padding), dK, dY.sum(axis=(0, 2, 3))
    Y, *grads = (np.ascontiguousarray(a, X.dtype) for a in results)
    return Y, tuple(grads)


def _back(product, size):
    """From frequencies, (H, W / 2 + 1, N, F), to pixels, (N, F, H, W)."""
    return np.fft.irfft2(product.transpose(2, 3, 0, 1), size)


def _place(images, u, v, dY, stride):
    """A view: the pixel in row u and column v of every window."""
    rows, columns = (
        slice(start, start + stride * count, stride)
        for start, count in zip((u, v), dY.shape[2:], strict=True)
    )
    return images[:, :, rows, columns]


def _pad(X, padding):
    return np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _crop(padded, padding):
    H, W = padded.shape[2:]
    return padded[:, :, padding : H - padding, padding : W - padding]
