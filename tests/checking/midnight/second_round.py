"""A second round over all lessons, written after the first had been learned from."""

import numpy as np

from course_utils import nn

from . import right, wrong


@wrong("0.1", "expected a number, got list. np.array makes an array of")
def n_list(x, w, b):
    return ([xi * wi for xi, wi in zip(x, w, strict=False)] + [b], (x, w))


@wrong("0.1", "does not change when x is doubled, but should")
def n_ww(x, w, b):
    return (w @ w + b, (x, w))


@wrong("0.2", "ValueError: 3 names stand on the left; the cache has 2 e")
def n_unpack3(dy, cache):
    x, w, b = cache
    return (dy * w, dy * x, dy)


@wrong("2.1", "rounded to 2 decimals: later steps need all the digits.")
def s_round(Z):
    return np.round(nn.softmax(Z), 2)


@wrong("2.1", "only proportions in Z count")
def s_squared(Z):
    E = Z**2
    return E / E.sum(axis=1, keepdims=True)


@wrong("2.5", "Right for D = 1, wrong from D = 2 on")
def g_first_dim(X, centres, width):
    return np.exp(-((X[:, None, 0] - centres[None, :, 0]) ** 2) / (2 * width**2))


@wrong("2.7", "only where X ≤ 0")
def sig_relu_like(X):
    Y = np.where(X > 0, 1 / (1 + np.exp(-X)), 0)
    return (Y, Y)


@wrong("2.10", "the right value times 1/√(1 − Y²).")
def tanh_root(dY, cache):
    return dY * np.sqrt(1 - cache**2)


@wrong("2.13", "a column and a row spread one another out: an ar")
def lob_column(dloss, cache):
    p, y = cache
    return dloss * (p[:, None] - y) / len(y)


@wrong("2.14", "By hand")
def l2_max(W, weight_decay):
    return (weight_decay * np.max(W**2), (W, weight_decay))


@wrong("2.16", "the term with weight_decay is right, the rest is exactly")
def lr_pen_both(params, X, y, weight_decay=0.0):
    w, b = (params["w"], params["b"])
    z = X @ w + b
    p = 0.5 + 0.5 * np.tanh(z / 2)
    loss = (np.logaddexp(0, z) - y * z).mean() + weight_decay * (w**2).sum()
    dz = (p - y) / len(y)
    return (loss, {"w": 3 * X.T @ dz + 2 * weight_decay * w, "b": dz.sum()})


@wrong("2.16", "missing. Returned were loss, dweights, dbias.")
def lr_keys(params, X, y, weight_decay=0.0):
    w, b = (params["w"], params["b"])
    z = X @ w + b
    p = 0.5 + 0.5 * np.tanh(z / 2)
    loss = (np.logaddexp(0, z) - y * z).mean() + weight_decay * (w**2).sum()
    dz = (p - y) / len(y)
    return (loss, {"weights": X.T @ dz + 2 * weight_decay * w, "bias": dz.sum()})


@wrong("2.17", "expected an array, got None. Was it never set?")
def sgd_none(w, dw, state, *, learning_rate):
    w = w - learning_rate * dw
    return (None, state)


@wrong("2.17", "only at the last place along axis 0")
def sgd_loop(w, dw, state, *, learning_rate):
    new = w.copy()
    for i in range(len(w) - 1):
        new[i] -= learning_rate * dw[i]
    return (new, state)


@wrong("2.22", "this would be right if X were shifted by −1 along axis 0")
def sr_labels_shifted(params, X, y, weight_decay=0.0):
    W, b = (params["W"], params["b"])
    y = np.roll(y, 1)
    Z = X @ W + b
    P = nn.softmax(Z)
    n = np.arange(len(y))
    loss = -nn.log_softmax(Z)[n, y].mean() + weight_decay * (W**2).sum()
    P[n, y] -= 1
    P /= len(y)
    return (loss, {"W": X.T @ P + 2 * weight_decay * W, "b": P.sum(0)})


@wrong("2.22", "exactly −1 times the right value.")
def sr_scaled(params, X, y, weight_decay=0.0):
    W, b = (params["W"], params["b"])
    Z = X @ W + b
    P = nn.softmax(Z)
    n = np.arange(len(y))
    loss = -nn.log_softmax(Z)[n, y].mean() + weight_decay * (W**2).sum()
    P[n, y] -= 1
    P /= len(y)
    return (loss, {"W": -X.T @ P - 2 * weight_decay * W, "b": P.sum(0)})


@wrong("2.24", "By hand")
def cm_swapped_loops(y, predicted, C):
    counts = np.zeros((C, C), int)
    for a in range(C):
        for b in range(C):
            counts[a, b] = ((y == a) | (predicted == b)).sum()
    return counts


@wrong("2.26", "ValueError: a product @ of arrays whose inner sizes do n")
def pcc_noT(X, mean, components):
    s = (X - mean) @ components
    return (s, s @ components.T + mean)


@wrong("2.27", "By hand")
def po_abs(S, v, steps):
    v = v / np.linalg.norm(v)
    for _ in range(steps):
        v = np.abs(S @ v)
        v = v / np.linalg.norm(v)
    return (v @ S @ v, v)


@wrong("3.1", "samples are mixed")
def li_reshape(X, W, b):
    return (X.reshape(X.shape[1], -1).T @ W + b, (X, W))


@wrong("3.1", "only proportions in X count")
def li_normalised(X, W, b):
    return (X / np.linalg.norm(X, axis=1, keepdims=True) @ W + b, (X, W))


@wrong("3.2", "exactly 1/√N times the right value")
def lb_sqrt(dY, cache):
    X, W = cache
    return (dY @ W.T, X.T @ dY / np.sqrt(len(X)), dY.sum(0))


@wrong("3.3", "the right numbers, but sorted along axis 1 (M).")
def re_sorted(X):
    return (np.sort(np.maximum(X, 0), axis=1), X)


@wrong("3.5", "cut to whole numbers: int(…), // where / belongs, or an")
def ce_int(Z, y):
    return (int(-nn.log_softmax(Z)[np.arange(len(y)), y].mean()), (nn.softmax(Z), y))


@wrong("3.6", "this would be right if y were reversed.")
def ceb_sorted(dloss, cache):
    P, y = cache
    d = P.copy()
    d[np.arange(len(y)), y[::-1]] -= 1
    return dloss * d / len(y)


@wrong("3.6", "By hand")
def ceb_p2(dloss, cache):
    P, y = cache
    d = P**2
    d[np.arange(len(y)), y] -= 1
    return dloss * d / len(y)


@wrong("3.7", "ValueError: a product @ of arrays whose inner sizes do n")
def net_dw2_x(params, X, y, weight_decay=0.0):
    A, c1 = nn.linear_forward(X, params["W1"], params["b1"])
    H, cr = nn.relu_forward(A)
    Z, c2 = nn.linear_forward(H, params["W2"], params["b2"])
    loss, cl = nn.softmax_cross_entropy_forward(Z, y)
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    dZ @ params["W2"]
    return (loss, {})


@wrong("3.7", "exactly 1/2 times the right value.")
def net_penalty_on_loss_half(params, X, y, weight_decay=0.0):
    l, g = nn.two_layer_loss_and_grads(params, X, y, weight_decay)
    return (l, {k: v * (1 if k[0] == "W" else 0.5) for k, v in g.items()})


@wrong("3.8", "expected a dictionary, got one tuple.")
def mo_tuple(w, dw, state, *, learning_rate, momentum=0.9):
    v = momentum * state.get("v", 0) - learning_rate * dw
    return (w + v, ("v", v))


@wrong("3.12", "this would be right if gamma and beta were exchanged.")
def la_swap(X, gamma, beta, *, eps=1e-05):
    Y, c = nn.layer_norm_forward(X, beta, gamma, eps=eps)
    return (Y, c)


@wrong("3.14", "expected floats, got dtype bool. A mask alone is not yet")
def dr_mask(X, keep, rng, *, training=True):
    M = rng.random(X.shape) < keep
    return (M, M)


@wrong("4.1", "ValueError: arrays of shapes (3, 4, 6, 2) and (4,) do no")
def co_b(X, kernels, b, *, stride=1, padding=0):
    Y, c = nn.conv2d_forward(X, kernels, 0 * b, stride=stride, padding=padding)
    return (Y + b, c)


@wrong("4.1", "axis 2 (H_out) is 4 too short, axis 3 (W_out) is")
def co_stride_pad(X, kernels, b, *, stride=1, padding=0):
    return nn.conv2d_forward(X, kernels, b, stride=padding + 1, padding=stride - 1)


@wrong("4.1", "axis 2 (H_out) is one too short, axis 3 (W_out)")
def co_kT(X, kernels, b, *, stride=1, padding=0):
    return nn.conv2d_forward(
        X, kernels.transpose(0, 1, 3, 2).copy(), b, stride=stride, padding=padding
    )


@wrong("4.3", "TypeError: stride is None here: a function without retur")
def mp_none(X, *, size=2, stride=None):
    N, C, H, W = X.shape
    (H - size) // stride + 1
    return (X, None)


@wrong("4.5", "By hand")
def ap_rows(X, *, size=2, stride=None):
    s = stride or size
    V = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))[:, :, ::s, ::s]
    return (V[..., 0, :].mean(-1), None)


@wrong("5.3", "ValueError: a product @ of arrays whose inner sizes do n")
def rs_swap(x, h_prev, Wx, Wh, b):
    h = np.tanh(x @ Wh + h_prev @ Wx + b)
    return (h, (x, h_prev, Wx, Wh, h))


@wrong("5.5", "Right for T = 1, wrong from T = 2 on")
def rf_skip(X, h0, Wx, Wh, b):
    h, states, cache = (h0, [], [])
    for t in range(X.shape[1]):
        if t % 2 == 0:
            h, c = nn.rnn_step_forward(X[:, t], h, Wx, Wh, b)
        states.append(h)
        cache.append(c)
    return (np.stack(states, axis=1), cache)


@wrong("5.19", "this would be right if values were reversed along axis 1")
def at_E(Q, keys, values, mask=None):
    Y, c = nn.attention_forward(Q, keys, values[:, ::-1], mask)
    return (Y, c)


@wrong("6.13", "By hand")
def sm_kl(Z, y, smoothing):
    _l, _d = (0, 0)
    N, C = Z.shape
    lp = nn.log_softmax(Z)
    Q = np.full((N, C), smoothing / C)
    Q[np.arange(N), y] += 1 - smoothing
    return (-(np.exp(lp) * np.log(Q + 1e-12)).sum() / N, (np.exp(lp) - Q) / N)


@right("2.1")
def ok_softmax_exp2(Z):
    S = (Z - Z.max(1)[:, None]) / np.log(2)
    E = np.exp2(S)
    return E / E.sum(1)[:, None]


@right("2.8")
def ok_sig_where(dY, cache):
    return np.where(cache > 0.5, (1 - cache) * cache, cache - cache**2) * dY


@right("2.18")
def ok_hess_einsum(X, p, weight_decay=0.0):
    return np.einsum("nd,n,ne->de", X, p - p**2, X) / len(p) + weight_decay * (
        2 * np.eye(X.shape[1])
    )


@right("2.26")
def ok_pca_lstsq(X, mean, components):
    C = X - mean[None]
    s = np.stack([C @ c for c in components], axis=1)
    return (s, np.add(mean, sum((np.outer(s[:, j], c) for j, c in enumerate(components)))))


@right("3.2")
def ok_lin_sumprod(dY, cache):
    X, W = cache
    return ((dY[:, None, :] * W).sum(2), (X[:, :, None] * dY[:, None, :]).sum(0), dY.T.sum(1))


@right("3.5")
def ok_ce_fsum(Z, y):
    import math

    ls = [
        math.log(math.fsum(math.exp(v - max(z)) for v in z)) + max(z) - z[k]
        for z, k in zip(Z.tolist(), y, strict=False)
    ]
    return (math.fsum(ls) / len(ls), (nn.softmax(Z), y))


@right("3.13")
def ok_ln_jacobian(dY, cache):
    Xh, gamma, s = cache
    G = dY * gamma
    D = G.shape[1]
    J = np.eye(D)[None] - 1 / D - Xh[:, :, None] * Xh[:, None, :] / D
    return (np.einsum("nij,nj->ni", J, G) / s, (dY * Xh).sum(0), dY.sum(0))


@right("4.6")
def ok_ap_kron(dY, cache):
    shape, k, s = cache
    dX = np.zeros(shape, dY.dtype)
    for i, j in np.ndindex(*dY.shape[2:]):
        dX[:, :, i * s : i * s + k, j * s : j * s + k] += dY[:, :, i : i + 1, j : j + 1] / k**2
    return dX


@right("5.12")
def ok_lstm_lists(dH, cache):
    T = dH.shape[1]
    dh, dc, out = (0 * dH[:, 0], 0 * dH[:, 0], [None] * T)
    for t in range(T)[::-1]:
        out[t] = nn.lstm_step_backward(dh + dH[:, t], dc, cache[t])
        dh, dc = (out[t][1], out[t][2])
    return (
        np.array([o[0] for o in out]).transpose(1, 0, 2),
        dh,
        sum(o[3] for o in out),
        sum(o[4] for o in out),
        sum(o[5] for o in out),
    )


@right("6.2")
def ok_nearest_partition(Q, F, k):
    S = Q @ F.T / np.sqrt((Q**2).sum(1))[:, None] / np.sqrt((F**2).sum(1))
    n = np.lexsort((np.zeros_like(S), -S), axis=1)[:, :k]
    return (n, S[np.arange(len(Q))[:, None], n])
