"""Right answers to pooling; ties may be given to any of the largest, or shared."""

import numpy as np

from . import right

sliding = np.lib.stride_tricks.sliding_window_view


def out_sizes(shape, size, stride):
    return [1 + (n - size) // stride for n in shape[2:]]


def pooled(X, size, stride, reduce):
    """Place by place."""
    stride = stride or size
    Y = np.empty((*X.shape[:2], *out_sizes(X.shape, size, stride)), X.dtype)
    for p, q in np.ndindex(Y.shape[2:]):
        i, j = p * stride, q * stride
        Y[:, :, p, q] = reduce(X[:, :, i : i + size, j : j + size], axis=(2, 3))
    return Y, (X, size, stride)


def pooled_by_loops(X, size, stride, reduce):
    stride = stride or size
    Y = np.zeros((*X.shape[:2], *out_sizes(X.shape, size, stride)), X.dtype)
    for n, c, p, q in np.ndindex(Y.shape):
        i, j = p * stride, q * stride
        Y[n, c, p, q] = reduce([X[n, c, i + u, j + v] for u in range(size) for v in range(size)])
    return Y, {"X": X}


def pooled_by_reshape(X, size, stride, reduce):
    """Side by side, a reshape will do; else sliding windows."""
    stride = stride or size
    if stride != size:
        views = sliding(X, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
        return reduce(views, axis=(-2, -1)), views
    Ho, Wo = out_sizes(X.shape, size, stride)
    blocks = X[:, :, : Ho * size, : Wo * size].reshape(*X.shape[:2], Ho, size, Wo, size)
    return reduce(blocks, axis=(3, 5)), blocks


def pooled_by_shifts(X, size, stride, join, last=lambda Y: Y):
    """One shifted picture for each pixel of the window."""
    stride = stride or size
    Ho, Wo = out_sizes(X.shape, size, stride)
    Y = None
    for u, v in np.ndindex(size, size):
        seen = X[:, :, u : u + stride * Ho : stride, v : v + stride * Wo : stride]
        Y = seen.copy() if Y is None else join(Y, seen)
    return last(Y), None


def pooled_in_float32(X, size, stride, reduce):
    return pooled(X.astype(np.float32), size, stride, reduce)


@right("max_pool_forward")
def place_by_place(X, *, size=2, stride=None):
    return pooled(X, size, stride, np.max)


@right("max_pool_forward")
def naive(X, *, size=2, stride=None):
    return pooled_by_loops(X, size, stride, max)


@right("max_pool_forward")
def reshaped(X, *, size=2, stride=None):
    return pooled_by_reshape(X, size, stride, np.max)


@right("max_pool_forward")
def shifted(X, *, size=2, stride=None):
    return pooled_by_shifts(X, size, stride, np.maximum)


@right("max_pool_forward")
def in_float32(X, *, size=2, stride=None):
    return pooled_in_float32(X, size, stride, np.max)


@right("max_pool_forward")
def rows_then_columns(X, *, size=2, stride=None):
    stride = stride or size
    rows = sliding(X, size, axis=2)[:, :, ::stride].max(axis=-1)
    return sliding(rows, size, axis=3)[:, :, :, ::stride].max(axis=-1), [rows]


@right("average_pool_forward")
def average_place_by_place(X, *, size=2, stride=None):
    return pooled(X, size, stride, np.mean)


@right("average_pool_forward")
def average_naive(X, *, size=2, stride=None):
    return pooled_by_loops(X, size, stride, lambda numbers: sum(numbers) / len(numbers))


@right("average_pool_forward")
def average_reshaped(X, *, size=2, stride=None):
    return pooled_by_reshape(X, size, stride, np.mean)


@right("average_pool_forward")
def average_shifted(X, *, size=2, stride=None):
    return pooled_by_shifts(X, size, stride, np.add, lambda Y: Y / size**2)


@right("average_pool_forward")
def average_in_float32(X, *, size=2, stride=None):
    return pooled_in_float32(X, size, stride, np.mean)


@right("average_pool_forward")
def average_by_cumsum(X, *, size=2, stride=None):
    stride = stride or size
    total = np.pad(X.astype(float).cumsum(2).cumsum(3), ((0, 0), (0, 0), (1, 0), (1, 0)))
    below, right_of = total[:, :, size:], total[:, :, :-size]
    sums = below[..., size:] - below[..., :-size] - right_of[..., size:] + right_of[..., :-size]
    return (sums[:, :, ::stride, ::stride] / size**2).astype(X.dtype), total


def add_window(dX, p, q, size, stride, given):
    dX[:, :, p * stride : p * stride + size, q * stride : q * stride + size] += given


@right("max_pool_backward")
def winner_by_winner(dY, cache):
    winners, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for n, c, p, q in np.ndindex(dY.shape):
        u, v = np.unravel_index(winners[n, c, p, q], (size, size))
        dX[n, c, p * stride + u, q * stride + v] += dY[n, c, p, q]
    return dX


@right("max_pool_backward")
def add_at(dY, cache):
    winners, shape, size, stride = cache
    n, c, p, q = np.indices(dY.shape)
    u, v = np.divmod(winners, size)
    dX = np.zeros(shape, dY.dtype)
    np.add.at(dX, (n, c, p * stride + u, q * stride + v), dY)
    return dX


@right("max_pool_backward")
def bincount(dY, cache):
    winners, shape, size, stride = cache
    n, c, p, q = np.indices(dY.shape)
    at = (n, c, p * stride + winners // size, q * stride + winners % size)
    flat = np.ravel_multi_index(at, shape).ravel()
    dX = np.bincount(flat, dY.ravel(), minlength=int(np.prod(shape)))
    return dX.reshape(shape).astype(dY.dtype)


@right("max_pool_backward")
def one_hot_windows(dY, cache):
    winners, shape, size, stride = cache
    dX = np.zeros(shape[::-1], dY.dtype).T  # not contiguous
    for p, q in np.ndindex(dY.shape[2:]):
        mask = np.arange(size * size).reshape(size, size) == winners[:, :, p, q, None, None]
        add_window(dX, p, q, size, stride, mask * dY[:, :, p, q, None, None])
    return dX


@right("max_pool_backward")
def winners_in_float32(dY, cache):
    return add_at(dY.astype(np.float32), cache)


def _with_ties(dY, cache, share):
    """With the X of the probe: its mask of the largest, and who of them gets how much."""
    from course_utils.checking.exercises.normalization import asked

    (X,), (_, shape, size, stride) = asked().args, cache
    dX = np.zeros(shape, dY.dtype)
    for p, q in np.ndindex(dY.shape[2:]):
        i, j = p * stride, q * stride
        window = X[:, :, i : i + size, j : j + size]
        mask = (window == window.max(axis=(2, 3), keepdims=True)).reshape(*shape[:2], -1)
        given = (share(mask) * dY[:, :, p, q, None]).reshape(window.shape)
        add_window(dX, p, q, size, stride, given)
    return dX


@right("max_pool_backward")
def ties_shared(dY, cache):
    return _with_ties(dY, cache, lambda mask: mask / mask.sum(axis=-1, keepdims=True))


@right("max_pool_backward")
def ties_to_the_last(dY, cache):
    def last(mask):
        return mask & (mask[..., ::-1].cumsum(axis=-1)[..., ::-1] == 1)

    return _with_ties(dY, cache, last)


@right("average_pool_backward")
def share_place_by_place(dY, cache):
    _, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for p, q in np.ndindex(dY.shape[2:]):
        add_window(dX, p, q, size, stride, dY[:, :, p, q, None, None] / size**2)
    return dX


@right("average_pool_backward")
def share_by_loops(dY, cache):
    _, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for n, c, p, q in np.ndindex(dY.shape):
        for u, v in np.ndindex(size, size):
            dX[n, c, p * stride + u, q * stride + v] += dY[n, c, p, q] / (size * size)
    return dX


@right("average_pool_backward")
def share_by_matrices(dY, cache):
    """Pooling is A X B; its backward A' dY B'."""
    _, shape, size, stride = cache
    A, B = (
        np.array([[p * stride <= i < p * stride + size for i in range(n)] for p in range(m)])
        for n, m in zip(shape[2:], dY.shape[2:], strict=True)
    )
    return np.einsum("ncpq,pi,qj->ncij", dY, A / size, B / size).astype(dY.dtype)


@right("average_pool_backward")
def share_by_kron(dY, cache):
    _, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    if stride != size:
        return share_place_by_place(dY, cache)
    wide = np.kron(dY, np.full((1, 1, size, size), dY.dtype.type(1 / size**2)))
    dX[:, :, : wide.shape[2], : wide.shape[3]] = wide
    return dX


@right("average_pool_backward")
def share_in_float32(dY, cache):
    return share_by_loops(dY.astype(np.float32), cache)
