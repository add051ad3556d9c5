"""Answers of lesson 04, as somebody tired writes them."""

import numpy as np

from course_utils import nn

from . import right, wrong


def conv(X, kernels, b, stride, padding, window_fn=None, out=None, pad=None, step=None, bias=None):
    (N, _C, H, W), (F, _, KH, KW) = (X.shape, kernels.shape)
    padded = (
        np.pad(X, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
        if pad is None
        else pad(X, padding)
    )
    Ho, Wo = (
        out(H, W, KH, KW, stride, padding)
        if out
        else (1 + (H + 2 * padding - KH) // stride, 1 + (W + 2 * padding - KW) // stride)
    )
    Y = np.empty((N, F, Ho, Wo), X.dtype)
    for p in range(Ho):
        for q in range(Wo):
            t, l = (p * stride, q * stride) if step is None else step(p, q, stride)
            win = padded[:, :, t : t + KH, l : l + KW]
            Y[:, :, p, q] = np.tensordot(win, kernels, axes=([1, 2, 3], [1, 2, 3])) + (
                b if bias is None else bias(b, p, q)
            )
    return (Y, (padded, kernels, stride, padding))


def convb(dY, cache, flip=False, over=None, crop=None, dk=None, dbf=None, start=None):
    padded, kernels, stride, padding = cache
    KH, KW = kernels.shape[2:]
    dP, dK = (np.zeros_like(padded), np.zeros_like(kernels))
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            t, l = (p * stride, q * stride)
            r, c = (slice(t, t + KH), slice(l, l + KW))
            here = dY[:, :, p, q]
            dK += np.tensordot(here, padded[:, :, r, c], axes=(0, 0))
            K = kernels[:, :, ::-1, ::-1] if flip else kernels
            dP[:, :, r, c] += np.tensordot(here, K, axes=(1, 0))
    H, W = (padded.shape[2] - 2 * padding, padded.shape[3] - 2 * padding)
    dX = (
        dP[:, :, padding : padding + H, padding : padding + W]
        if crop is None
        else crop(dP, padding)
    )
    db = dY.sum(axis=(0, 2, 3)) if dbf is None else dbf(dY)
    return (dX, dK if dk is None else dk(dK), db)


def pool(X, size, stride, red, out=None):
    stride = size if stride is None else stride
    N, C, H, W = X.shape
    Ho, Wo = (
        (1 + (H - size) // stride, 1 + (W - size) // stride)
        if out is None
        else out(H, W, size, stride)
    )
    Y = np.empty((N, C, Ho, Wo), X.dtype)
    for p in range(Ho):
        for q in range(Wo):
            Y[:, :, p, q] = red(
                X[:, :, p * stride : p * stride + size, q * stride : q * stride + size]
            )
    return (Y, (X, size, stride))


def poolb(dY, cache, win, start=None, add=True):
    X, size, stride = cache
    dX = np.zeros_like(X)
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            t, l = (p * stride, q * stride)
            w = X[:, :, t : t + size, l : l + size]
            g = win(w, dY[:, :, p, q][:, :, None, None])
            if add:
                dX[:, :, t : t + size, l : l + size] += g
            else:
                dX[:, :, t : t + size, l : l + size] = g
    return dX


def sbn(X, gamma, beta, running, training, momentum, eps, axes=(0, 2, 3), shape=(1, -1, 1, 1)):
    if training:
        mean, var = (X.mean(axis=axes), X.var(axis=axes))
        running = {
            "mean": momentum * running["mean"] + (1 - momentum) * mean,
            "var": momentum * running["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = (running["mean"], running["var"])
    std = np.sqrt(var + eps)
    Xh = (X - mean.reshape(shape)) / std.reshape(shape)
    return (gamma.reshape(shape) * Xh + beta.reshape(shape), running, (Xh, gamma, std, training))


def sbnb(dY, cache, fold, unfold):
    rows, dg, db = nn.batch_norm_backward(fold(dY), cache)
    return (unfold(rows, dY.shape), dg, db)


@wrong("4.1", "By hand")
def conv_bias_only_first(X, kernels, b, *, stride=1, padding=0):
    return conv(X, kernels, b, stride, padding, bias=lambda b, p, q: b * (p == 0 and q == 0))


@wrong("4.1", "the axes that are summed have other lengths")
def conv_out_no_stride(X, kernels, b, *, stride=1, padding=0):
    return conv(
        X,
        kernels,
        b,
        stride,
        padding,
        out=lambda H, W, KH, KW, s, p: (1 + H + 2 * p - KH, 1 + W + 2 * p - KW),
    )


@wrong("4.1", "axis 2 (H_out) is one too short, axis 3 (W_out)")
def conv_pad_one_side(X, kernels, b, *, stride=1, padding=0):
    return conv(
        X,
        kernels,
        b,
        stride,
        padding,
        out=lambda H, W, KH, KW, s, p: (1 + (H + p - KH) // s, 1 + (W + p - KW) // s),
        pad=lambda X, p: np.pad(X, [(0, 0), (0, 0), (p, 0), (p, 0)]),
    )


@wrong("4.1", "samples and channels are padded, too.")
def conv_pads_all_axes(X, kernels, b, *, stride=1, padding=0):
    (N, C, H, W), (F, _, KH, KW) = (X.shape, kernels.shape)
    padded = np.pad(X, padding)
    Ho, Wo = (1 + (H + 2 * padding - KH) // stride, 1 + (W + 2 * padding - KW) // stride)
    Y = np.zeros((N, F, Ho, Wo))
    for n in range(N):
        for f in range(F):
            for p in range(Ho):
                for q in range(Wo):
                    Y[n, f, p, q] = (
                        padded[n, :C, p * stride : p * stride + KH, q * stride : q * stride + KW]
                        * kernels[f]
                    ).sum() + b[f]
    return (Y, (padded, kernels, stride, padding))


@wrong("4.1", "the axes that are summed have other lengths")
def conv_pq_swapped(X, kernels, b, *, stride=1, padding=0):
    return conv(X, kernels, b, stride, padding, step=lambda p, q, s: (q * s, p * s))


@wrong("4.1", "only at the border of the image")
def conv_reflect(X, kernels, b, *, stride=1, padding=0):
    return conv(
        X,
        kernels,
        b,
        stride,
        padding,
        pad=lambda X, p: np.pad(X, [(0, 0), (0, 0), (p, p), (p, p)], mode="wrap"),
    )


@wrong("4.1", "TypeError: a size, a place or a number of rounds is a wh")
def conv_true_division(X, kernels, b, *, stride=1, padding=0):
    (N, _C, H, _W), (F, _, KH, _KW) = (X.shape, kernels.shape)
    H_out = 1 + (H + 2 * padding - KH) / stride
    Y = np.zeros((N, F, H_out, H_out))
    return (Y, None)


@wrong("4.1", "this would be right if b held its last entry everywhere.")
def conv_bias_last_filter(X, kernels, b, *, stride=1, padding=0):
    return conv(X, kernels, b, stride, padding, bias=lambda b, p, q: b[-1])


@right("4.1")
def conv_sliding(X, kernels, b, *, stride=1, padding=0):
    P = np.pad(X, ((0, 0),) * 2 + ((padding,) * 2,) * 2)
    V = np.lib.stride_tricks.sliding_window_view(P, kernels.shape[2:], axis=(2, 3))[
        :, :, ::stride, ::stride
    ]
    return (
        np.einsum("ncpquv,fcuv->nfpq", V, kernels) + b[:, None, None],
        (P, kernels, stride, padding),
    )


@right("4.1")
def conv_shift_and_add(X, kernels, b, *, stride=1, padding=0):
    (N, C, H, W), (F, _, KH, KW) = (X.shape, kernels.shape)
    P = np.zeros((N, C, H + 2 * padding, W + 2 * padding), X.dtype)
    P[:, :, padding : padding + H, padding : padding + W] = X
    Ho, Wo = ((P.shape[2] - KH) // stride + 1, (P.shape[3] - KW) // stride + 1)
    Y = np.zeros((N, F, Ho, Wo), X.dtype) + b.reshape(1, -1, 1, 1)
    for u in range(KH):
        for v in range(KW):
            Y += np.einsum(
                "ncpq,fc->nfpq",
                P[:, :, u : u + stride * Ho : stride, v : v + stride * Wo : stride],
                kernels[:, :, u, v],
            )
    return (Y, (P, kernels, stride, padding))


@wrong("4.2", "right for padding ≥ ")
def convb_negative_slice(dY, cache):
    """-padding: an empty array at padding 0"""
    return convb(dY, cache, crop=lambda dP, p: dP[:, :, p:-p, p:-p])


@wrong("4.2", "these are the numbers of dkernels: exchanged? The order")
def convb_order(dY, cache):
    dX, dK, db = convb(dY, cache)
    return (dK, dX, db)


@wrong("4.2", "ValueError: 5 names stand on the left; the cache has 4 e")
def convb_cache_unpack(dY, cache):
    X, kernels, b, stride, padding = cache
    return (X, kernels, b)


@right("4.2")
def convb_shift_form(dY, cache):
    P, K, s, pad = cache
    (_F, _C, KH, KW), (_N, _, Ho, Wo) = (K.shape, dY.shape)
    dP, dK = (np.zeros(P.shape, P.dtype), np.empty(K.shape, K.dtype))
    for u in range(KH):
        for v in range(KW):
            at = np.s_[:, :, u : u + s * Ho : s, v : v + s * Wo : s]
            dP[at] += np.einsum("nfpq,fc->ncpq", dY, K[:, :, u, v])
            dK[:, :, u, v] = np.einsum("nfpq,ncpq->fc", dY, P[at])
    dX = dP if pad == 0 else dP[:, :, pad:-pad, pad:-pad]
    return (dX, dK, np.einsum("nfpq->f", dY))


@wrong("4.3", "By hand")
def mp_window_is_stride(X, *, size=2, stride=None):
    s = size if stride is None else stride
    N, C, H, W = X.shape
    Ho, Wo = (1 + (H - size) // s, 1 + (W - size) // s)
    Y = np.empty((N, C, Ho, Wo), X.dtype)
    for p in range(Ho):
        for q in range(Wo):
            Y[:, :, p, q] = X[:, :, p * s : p * s + s, q * s : q * s + s].max(axis=(2, 3))
    return (Y, (X, size, s))


@wrong("4.3", "there is no number to take the maximum of")
def mp_out_by_division(X, *, size=2, stride=None):
    return pool(
        X, size, stride, lambda w: w.max(axis=(2, 3)), out=lambda H, W, k, s: (H // k, W // k)
    )


@wrong("4.3", "the maximum goes over one column of the window only.")
def mp_max_one_axis_first(X, *, size=2, stride=None):
    return pool(X, size, stride, lambda w: w.max(axis=2)[:, :, 0])


@wrong("4.3", "whole numbers throughout: places (argmax), counts or rou")
def mp_argmax(X, *, size=2, stride=None):
    return pool(X, size, stride, lambda w: w.reshape(*w.shape[:2], -1).argmax(axis=2))


@right("4.3")
def mp_shifts(X, *, size=2, stride=None):
    s = stride or size
    Ho, Wo = ((X.shape[2] - size) // s + 1, (X.shape[3] - size) // s + 1)
    parts = [
        X[:, :, u : u + s * Ho : s, v : v + s * Wo : s][:, :, :Ho, :Wo]
        for u in range(size)
        for v in range(size)
    ]
    return (np.maximum.reduce(parts), (X, size, s))


@wrong("4.4", "samples are mixed")
def mpb_batch_winner(dY, cache):
    """one winner for all pictures and channels"""

    def win(w, d):
        return (w == w.max()) * d

    return poolb(dY, cache, win)


@right("4.4")
def mpb_loops(dY, cache):
    X, size, s = cache
    dX = np.zeros(X.shape, X.dtype)
    for n, c, p, q in np.ndindex(dY.shape):
        w = X[n, c, p * s : p * s + size, q * s : q * s + size]
        u, v = np.unravel_index(np.argmax(w), w.shape)
        dX[n, c, p * s + u, q * s + v] += dY[n, c, p, q]
    return dX


@right("4.4")
def mpb_shared_ties(dY, cache):

    def win(w, d):
        hit = w == w.max(axis=(2, 3), keepdims=True)
        return hit * d / hit.sum(axis=(2, 3), keepdims=True)

    return poolb(dY, cache, win)


@wrong("4.5", "By hand")
def ap_median(X, *, size=2, stride=None):
    return pool(X, size, stride, lambda w: np.median(w, axis=(2, 3)))


@wrong("4.5", "exactly ¼·size² times the right value")
def ap_hard_four(X, *, size=2, stride=None):
    return pool(X, size, stride, lambda w: w.sum(axis=(2, 3)) / 4)


@wrong("4.5", "samples are mixed")
def ap_mean_of_everything(X, *, size=2, stride=None):
    return pool(X, size, stride, lambda w: w.mean())


@right("4.5")
def ap_cumsum(X, *, size=2, stride=None):
    s = size if stride is None else stride
    I = np.pad(X.astype(float).cumsum(2).cumsum(3), ((0, 0), (0, 0), (1, 0), (1, 0)))
    S = (
        I[:, :, size:, size:]
        - I[:, :, :-size, size:]
        - I[:, :, size:, :-size]
        + I[:, :, :-size, :-size]
    )
    return ((S[:, :, ::s, ::s] / size**2).astype(X.dtype), (X.shape, size, s))


@wrong("4.6", "only the first pixel of each window gets a share.")
def apb_corner(dY, cache):
    shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for p in range(dY.shape[2]):
        for q in range(dY.shape[3]):
            dX[:, :, p * stride, q * stride] += dY[:, :, p, q] / size**2
    return dX


@wrong("4.6", "axis 2 (H) is one too short, axis 3 (W) is one t")
def apb_repeat(dY, cache):
    shape, size, stride = cache
    return dY.repeat(size, axis=2).repeat(size, axis=3) / size**2


@right("4.6")
def apb_shift(dY, cache):
    shape, k, s = cache
    dX = np.zeros(shape, dY.dtype)
    Ho, Wo = dY.shape[2:]
    for u in range(k):
        for v in range(k):
            dX[:, :, u : u + s * Ho : s, v : v + s * Wo : s] += dY / (k * k)
    return dX


@wrong("4.7", "ValueError: arrays of shapes (N, C, H, W) = (3, 4, 2, 5)")
def sbn_gamma_not_reshaped(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    mean, var = (X.mean((0, 2, 3)), X.var((0, 2, 3)))
    Xh = (X - mean) / np.sqrt(var + eps)
    return (gamma * Xh + beta, running, None)


@right("4.7")
def sbn_direct(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    return sbn(X, gamma, beta, running, training, momentum, eps)


@right("4.7")
def sbn_by_channel(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    Y, new = (np.empty_like(X), {"mean": running["mean"].copy(), "var": running["var"].copy()})
    caches = []
    for c in range(X.shape[1]):
        one = {k: v[c : c + 1] for k, v in running.items()}
        y, r, ch = nn.batch_norm_forward(
            X[:, c].reshape(-1, 1),
            gamma[c : c + 1],
            beta[c : c + 1],
            one,
            training=training,
            momentum=momentum,
            eps=eps,
        )
        Y[:, c] = y.reshape(X[:, c].shape)
        new["mean"][c], new["var"][c] = (r["mean"][0], r["var"][0])
        caches.append(ch)
    return (Y, new, caches)


@wrong("4.8", "Right for H = 1, wrong from H = 2 on")
def sbnb_hw_swapped(dY, cache):
    C = dY.shape[1]
    return sbnb(
        dY,
        cache,
        lambda d: d.transpose(0, 3, 2, 1).reshape(-1, C),
        lambda r, s: r.reshape(s[0], s[3], s[2], C).transpose(0, 3, 2, 1),
    )
