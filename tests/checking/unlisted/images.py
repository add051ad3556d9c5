"""Convolution and pooling."""

import numpy as np

from course_utils import nn

from . import odd, right, wrong


def _sizes(X, kernels, stride, padding):
    H, W = X.shape[2:]
    KH, KW = kernels.shape[2:]
    return 1 + (H + 2 * padding - KH) // stride, 1 + (W + 2 * padding - KW) // stride


def _pad(X, padding):
    return np.pad(X, ((0, 0), (0, 0), (padding, padding), (padding, padding)))


def _conv(padded, kernels, b, Ho, Wo, stride):
    KH, KW = kernels.shape[2:]
    Y = np.zeros((len(padded), len(kernels), Ho, Wo), padded.dtype)
    for p in range(Ho):
        for q in range(Wo):
            window = padded[:, :, p * stride : p * stride + KH, q * stride : q * stride + KW]
            Y[:, :, p, q] = np.einsum("ncuv,fcuv->nf", window, kernels) + b
    return Y


@wrong("4.1", "+ 1", "1 +", "one row", "too small", "last row", "h_out", "shape")
def output_one_too_small(X, kernels, b, *, stride=1, padding=0):
    """The 1 in the output size is forgotten."""
    Ho, Wo = _sizes(X, kernels, stride, padding)
    Y = _conv(_pad(X, padding), kernels, b, Ho - 1, Wo - 1, stride)
    return Y, (_pad(X, padding), kernels, stride, padding)


@wrong("4.1", "padding", "pad ", "sides", "shift", "frame", "zeros around")
def pads_one_side(X, kernels, b, *, stride=1, padding=0):
    """All the zeros are put below and on the right."""
    Ho, Wo = _sizes(X, kernels, stride, padding)
    padded = np.pad(X, ((0, 0), (0, 0), (0, 2 * padding), (0, 2 * padding)))
    return _conv(padded, kernels, b, Ho, Wo, stride), (padded, kernels, stride, padding)


@wrong("4.1", "flip", "turned", "mirror", "revers")
def kernel_mirrored(X, kernels, b, *, stride=1, padding=0):
    """The kernel is flipped along its columns only."""
    Ho, Wo = _sizes(X, kernels, stride, padding)
    padded = _pad(X, padding)
    return _conv(padded, kernels[..., ::-1], b, Ho, Wo, stride), (padded, kernels, stride, padding)


@wrong("4.1", "stride")
def stride_only_in_the_size(X, kernels, b, *, stride=1, padding=0):
    """The size of Y knows the stride, the windows do not."""
    Ho, Wo = _sizes(X, kernels, stride, padding)
    padded = _pad(X, padding)
    return _conv(padded, kernels, b, Ho, Wo, 1), (padded, kernels, stride, padding)


@wrong(
    "4.1",
    "bias",
    "times b",
    "· b",
    "b is added",
    "b once",
    "b counts",
    "c times",
    "c_in times",
    "once",
)
def bias_for_each_channel(X, kernels, b, *, stride=1, padding=0):
    """b is added inside the loop over channels."""
    Ho, Wo = _sizes(X, kernels, stride, padding)
    padded = _pad(X, padding)
    Y = 0
    for c in range(X.shape[1]):
        Y = Y + _conv(padded[:, c : c + 1], kernels[:, c : c + 1], b, Ho, Wo, stride)
    return Y, (padded, kernels, stride, padding)


def _back(dY, cache, add=True, images=None):
    padded, kernels, stride, padding = cache
    KH, KW = kernels.shape[2:]
    dpadded, dK = np.zeros_like(padded), np.zeros_like(kernels)
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            rows = slice(p * stride, p * stride + KH)
            columns = slice(q * stride, q * stride + KW)
            d = dY[:, :, p, q]
            window = padded[:images, :, rows, columns]
            dK += np.einsum("nf,ncuv->fcuv", d[:images], window)
            share = np.einsum("nf,fcuv->ncuv", d, kernels)
            if add:
                dpadded[:, :, rows, columns] += share
            else:
                dpadded[:, :, rows, columns] = share
    H, W = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    dX = dpadded[:, :, padding : padding + H, padding : padding + W]
    return dpadded, dX, dK, dY.sum(axis=(0, 2, 3))


@wrong("4.2", "overlap", "overwrit", "+=", "adds up", "add up", "last window", "neighbour")
def overlap_overwritten(dY, cache):
    """= where += belongs: overlapping windows overwrite one another."""
    _, dX, dK, db = _back(dY, cache, add=False)
    return dX, dK, db


@wrong("4.2", "mean", "averag", "1/", "divided", "sum")
def bias_mean(dY, cache):
    """db is a mean over all but the filter axis."""
    _, dX, dK, db = _back(dY, cache)
    return dX, dK, dY.mean(axis=(0, 2, 3))


@wrong(
    "4.2",
    "first image",
    "image 0",
    "one image",
    "n = 0",
    "other images",
    "only the first",
    "first sample",
    "all images",
    "batch",
)
def kernels_of_the_first_image(dY, cache):
    """Debugged with one image, [:1] left in."""
    _, dX, dK, db = _back(dY, cache, images=1)
    return dX, dK, db


@wrong("4.2", "padding", "frame", "shift", "crop", "border")
def frame_taken_off_below(dY, cache):
    """The frame of zeros is cut off below and right only."""
    padded, kernels, stride, padding = cache
    dpadded, _, dK, db = _back(dY, cache)
    H, W = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    return dpadded[:, :, :H, :W], dK, db


@wrong("4.3", "negative", "below 0", "never below", "starts at 0", "start from 0", "zeros")
def maximum_from_zero(X, *, size=2, stride=None):
    """The running maximum starts at 0."""
    stride = stride or size
    N, C, H, W = X.shape
    Ho, Wo = 1 + (H - size) // stride, 1 + (W - size) // stride
    Y = np.zeros((N, C, Ho, Wo), X.dtype)
    for u in range(size):
        for v in range(size):
            rows, columns = slice(u, u + stride * Ho, stride), slice(v, v + stride * Wo, stride)
            Y = np.maximum(Y, X[:, :, rows, columns])
    return Y, None


@wrong("4.3", "stride")
def windows_by_their_size(X, *, size=2, stride=None):
    """The size of Y is right, but windows start at p · size where they fit."""
    stride = stride or size
    N, C, H, W = X.shape
    Ho, Wo = 1 + (H - size) // stride, 1 + (W - size) // stride
    Y = np.zeros((N, C, Ho, Wo), X.dtype)
    for p in range(Ho):
        for q in range(Wo):
            i, j = min(p * size, H - size), min(q * size, W - size)
            Y[:, :, p, q] = X[:, :, i : i + size, j : j + size].max(axis=(2, 3))
    return Y, None


@wrong(
    "4.4",
    "swapped",
    "row and column",
    "transposed",
    "row and its column",
    "exchanged",
    "rows and columns",
    "mirror",
    "u and v",
    "wrong pixel",
    "another pixel",
    "winner",
)
def winner_transposed(dY, cache):
    """divmod is unpacked the wrong way round: row and column of the winner are swapped."""
    winners, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for n, c, p, q in np.ndindex(dY.shape):
        v, u = divmod(int(winners[n, c, p, q]), size)
        dX[n, c, p * stride + u, q * stride + v] += dY[n, c, p, q]
    return dX


@wrong(
    "4.5",
    "size²",
    "size * size",
    "size^2",
    "size times",
    "pixels",
    "1/size",
    "size ·",
    "/ size",
    "by size",
)
def average_over_one_side(X, *, size=2, stride=None):
    """The sum is divided by size, not by its square."""
    Y, cache = nn.average_pool_forward(X, size=size, stride=stride)
    return Y * size, cache


@wrong("4.6", "overlap", "overwrit", "+=", "adds up", "add up", "several windows", "last window")
def average_overwrites(dY, cache):
    """= where += belongs."""
    _, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            i, j = p * stride, q * stride
            dX[:, :, i : i + size, j : j + size] = dY[:, :, p : p + 1, q : q + 1] / size**2
    return dX


# ================================================================ second round


@odd("4.1", "kw", "width", "kh", "w_out", "axis", "columns")
def width_from_kh(X, kernels, b, *, stride=1, padding=0):
    """The line of H_out was copied for W_out, with KH left in."""
    Ho, _ = _sizes(X, kernels, stride, padding)
    Wo = 1 + (X.shape[3] + 2 * padding - kernels.shape[2]) // stride
    padded = _pad(X, padding)
    wide = np.pad(padded, ((0, 0), (0, 0), (0, 0), (0, kernels.shape[3])))
    return _conv(wide, kernels, b, Ho, Wo, stride), None


@odd("4.2", "stride")
def no_stride_in_columns(dY, cache):
    """Columns of dX start at q, not at q · stride."""
    padded, kernels, stride, padding = cache
    _, _, dK, db = _back(dY, cache)
    KH, KW = kernels.shape[2:]
    dpadded = np.zeros_like(padded)
    for p, q in np.ndindex(dY.shape[2:]):
        share = np.einsum("nf,fcuv->ncuv", dY[:, :, p, q], kernels)
        dpadded[:, :, p * stride : p * stride + KH, q : q + KW] += share
    H, W = padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding
    return dpadded[:, :, padding : padding + H, padding : padding + W], dK, db


@odd("4.4", "stride")
def winner_without_stride(dY, cache):
    """The winner of window (p, q) is put at p + u."""
    winners, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for n, c, p, q in np.ndindex(dY.shape):
        u, v = divmod(int(winners[n, c, p, q]), size)
        dX[n, c, p + u, q + v] += dY[n, c, p, q]
    return dX


# ================================================================ right answers


@right("4.1")
def conv_by_im2col(X, kernels, b, *, stride=1, padding=0):
    """Right: every window is a row of one matrix."""
    padded = _pad(X, padding)
    KH, KW = kernels.shape[2:]
    w = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), axis=(2, 3))
    w = w[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)
    Y = w.reshape(*w.shape[:3], -1) @ kernels.reshape(len(kernels), -1).T + b
    return np.moveaxis(Y, -1, 1), None


@right("4.2")
def conv_backward_by_windows(dY, cache):
    """Right: the same sums, place by place of Y."""
    _, dX, dK, db = _back(dY, cache)
    return dX, dK, db


@right("4.4")
def max_pool_backward_by_add_at(dY, cache):
    """Right: np.add.at adds where an index occurs twice."""
    winners, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    n, c, p, q = np.indices(dY.shape)
    np.add.at(dX, (n, c, p * stride + winners // size, q * stride + winners % size), dY)
    return dX


@right("4.5")
def average_pool_by_cumsum(X, *, size=2, stride=None):
    """Right: sums of windows from an integral image in float64."""
    stride = size if stride is None else stride
    S = np.pad(X.astype(float), ((0, 0), (0, 0), (1, 0), (1, 0))).cumsum(2).cumsum(3)
    s = slice(None, None, stride)
    total = S[:, :, size:, size:] - S[:, :, :-size, size:]
    total = total - S[:, :, size:, :-size] + S[:, :, :-size, :-size]
    return (total[:, :, s, s] / size**2).astype(X.dtype), None
