"""Answers of lesson 03, as somebody tired writes them."""

import numpy as np

from course_utils import nn

from . import right, wrong


def _fw(params, X, y, weight_decay=0.0):
    A, c1 = nn.linear_forward(X, params["W1"], params["b1"])
    H, cr = nn.relu_forward(A)
    Z, c2 = nn.linear_forward(H, params["W2"], params["b2"])
    loss, cl = nn.softmax_cross_entropy_forward(Z, y)
    loss = loss + weight_decay * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    dZ = nn.softmax_cross_entropy_backward(1.0, cl)
    return (A, c1, H, cr, Z, c2, loss, dZ)


def _bnb(f):

    def g(dY, cache):
        Xh, gamma, std, training = cache
        return f(dY, Xh, gamma, std, training)

    g.__name__ = f.__name__
    g.__doc__ = f.__doc__
    return g


def _lnb(f):

    def g(dY, cache):
        return f(dY, *cache)

    g.__name__ = f.__name__
    g.__doc__ = f.__doc__
    return g


@wrong("3.1", "ValueError: arrays of shapes (N, M) = (5, 7) and (7, 1)")
def linear_b_as_column(X, W, b):
    return (X @ W + b[:, None], (X, W))


@wrong("3.1", "this would be right if X had its mean taken off along ax")
def linear_centres_x_in_place(X, W, b):
    X -= X.mean(axis=0)
    return (X @ W + b, (X, W))


@wrong("3.1", "expected an array, got list. np.array makes an array of")
def linear_list(X, W, b):
    return (
        [[sum(x[d] * W[d, m] for d in range(len(x))) + b[m] for m in range(len(b))] for x in X],
        (X, W),
    )


@wrong("3.1", "IndexError: index 4 on axis 1, which has M = 4 entries:")
def linear_hard_sizes(X, W, b):
    Y = np.zeros((5, 7))
    for n in range(5):
        for m in range(7):
            Y[n, m] = X[n] @ W[:, m] + b[m]
    return (Y, (X, W))


@wrong("3.1", "this would be right if b held its last entry everywhere.")
def linear_b_last(X, W, b):
    return (X @ W + b[-1], (X, W))


@right("3.1")
def linear_homogeneous(X, W, b):
    return (np.c_[X, np.ones(len(X), X.dtype)] @ np.r_[W, b[None]], {"X": X, "W": W, "b": b})


@right("3.1")
def linear_columns(X, W, b):
    return (np.stack([X @ W[:, m] + b[m] for m in range(len(b))], axis=-1), (X, W))


@right("3.1")
def linear_iadd(X, W, b):
    Y = np.dot(X, W)
    Y += b
    return (Y, (X, W))


@wrong("3.2", "these are the numbers of dW: exchanged? The order of wha")
def lin_back_order(dY, cache):
    X, W = cache
    return (X.T @ dY, dY @ W.T, dY.sum(axis=0))


@wrong("3.2", "ValueError: a product @ of arrays whose inner sizes do n")
def lin_back_unpacks_wrong(dY, cache):
    W, X = cache
    return (dY @ W.T, X.T @ dY, dY.sum(axis=0))


@wrong("3.2", "this would be right if dY held its mean everywhere along")
def lin_back_dX_mean_row(dY, cache):
    X, W = cache
    return (np.repeat(dY.mean(axis=0)[None] @ W.T, len(X), axis=0), X.T @ dY, dY.sum(axis=0))


@wrong("3.2", "a term 0.1 times W is too much.")
def lin_back_with_decay(dY, cache):
    X, W = cache
    return (dY @ W.T, X.T @ dY + 0.1 * W, dY.sum(axis=0))


@wrong("3.2", "ValueError: arrays of shapes (N, M) = (5, 7) and (M, D)")
def lin_back_star(dY, cache):
    X, W = cache
    return (dY * W.T, X.T * dY, dY.sum(axis=0))


@right("3.2")
def lin_back_tensordot(dY, cache):
    X, W = cache
    return (np.tensordot(dY, W, (1, 1)), np.tensordot(X, dY, (0, 0)), np.add.reduce(dY))


@right("3.2")
def lin_back_from_homogeneous(dY, cache):
    X, W = cache
    both = np.hstack([X, np.ones((len(X), 1), X.dtype)]).T.dot(dY)
    return (dY.dot(W.transpose()), both[:-1], both[-1])


@wrong("3.3", "ValueError: `if`, `and`, `or`, `not` and Python's own ma")
def relu_python_max(X):
    return (max(X, 0), X)


@right("3.3")
def relu_copy_mask(X):
    Y = X.copy()
    Y[Y < 0] = 0
    return (Y, Y)


@right("3.3")
def relu_clip(X):
    return (np.clip(X, 0, None), X)


@right("3.3")
def relu_list_comprehension(X):
    return (np.array([[v if v > 0 else 0.0 for v in row] for row in X], dtype=X.dtype), X)


@wrong("3.4", "dX is 1 where dY belongs, and dY where 0 belongs.")
def relu_back_one_else_dy(dY, cache):
    return np.where(cache > 0, 1, dY)


@wrong("3.4", "both axes have the length N: a product @ sums ov")
def relu_back_matmul(dY, cache):
    return dY @ (cache > 0).T


@wrong("3.4", "this would be right if X were |X|. The wrong numbers sta")
def relu_back_greater_than_row_mean(dY, cache):
    return dY * (np.abs(cache) > 0)


@right("3.4")
def relu_back_sign(dY, cache):
    return dY * np.maximum(np.sign(cache), 0)


@right("3.4")
def relu_back_heaviside(dY, cache):
    return np.heaviside(cache, np.zeros((), cache.dtype)) * dY


@right("3.4")
def relu_back_multiply_where(dY, cache):
    out = np.zeros_like(dY)
    np.copyto(out, dY, where=cache > 0)
    return out


@wrong("3.5", "no softmax over the row. Something else is wrong besides")
def sce_sigmoids(Z, y):
    P = 1 / (1 + np.exp(-Z))
    return (-np.log(P[np.arange(len(y)), y]).mean(), (P, y))


@wrong("3.5", "expected 2 values, (loss, cache), got 3 values.")
def sce_three_values(Z, y):
    logP = nn.log_softmax(Z)
    return (-logP[np.arange(len(y)), y].mean(), np.exp(logP), y)


@right("3.5")
def sce_trace(Z, y):
    M = Z - Z.max(1)[:, None]
    lse = np.log(np.sum(np.exp(M), 1))
    return (np.mean(lse) - np.trace(M[:, y]) / len(y), (np.exp(M - lse[:, None]), y))


@right("3.5")
def sce_pairwise(Z, y):
    d = Z - np.take_along_axis(Z, y[:, None], axis=1)
    return (np.logaddexp.reduce(d, axis=1).mean(), (nn.softmax(Z), y))


@wrong("3.6", "summed over an axis too many?")
def sce_back_per_row(dloss, cache):
    P, y = cache
    return dloss * (P[np.arange(len(y)), y] - 1) / len(y)


@wrong("3.6", "only comparisons (argmax, >) or signs of it used?")
def sce_back_hard(dloss, cache):
    P, y = cache
    C = P.shape[1]
    return dloss * (np.eye(C)[P.argmax(axis=1)] - np.eye(C)[y]) / len(y)


@wrong("3.6", "dloss is on P alone, N on the labels alone.")
def sce_back_bracket(dloss, cache):
    P, y = cache
    T = np.eye(P.shape[1])[y]
    return dloss * P - T / len(y)


@right("3.6")
def sce_back_put(dloss, cache):
    P, y = cache
    hit = y[:, None] == np.arange(P.shape[1])
    return dloss / len(P) * np.where(hit, P - 1, P)


@right("3.6")
def sce_back_subtract_at(dloss, cache):
    P, y = cache
    d = np.divide(P, len(y)) * dloss
    np.subtract.at(d, (np.arange(len(y)), y), dloss / len(y))
    return d


@wrong("3.7", "these are the numbers of db2: exchanged?")
def net_keys_swapped(params, X, y, weight_decay=0.0):
    A, c1, H, cr, Z, c2, loss, dZ = _fw(params, X, y, weight_decay)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    return (
        loss,
        {
            "W1": dW1 + 2 * weight_decay * params["W1"],
            "b1": db2,
            "W2": dW2 + 2 * weight_decay * params["W2"],
            "b2": db1,
        },
    )


@wrong("3.7", "ValueError: dY: expected (N, M) = (5, 7), got (5, 4)")
def net_wrong_cache(params, X, y, weight_decay=0.0):
    A, c1, H, cr, Z, c2, loss, dZ = _fw(params, X, y, weight_decay)
    dH, dW2, db2 = nn.linear_backward(dZ, c1)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    return (loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2})


@wrong("3.7", "the way back begins with the loss, where 1 belongs.")
def net_upstream_is_loss(params, X, y, weight_decay=0.0):
    """backward begins with the loss instead of 1"""
    A, c1 = nn.linear_forward(X, params["W1"], params["b1"])
    H, cr = nn.relu_forward(A)
    Z, c2 = nn.linear_forward(H, params["W2"], params["b2"])
    loss, cl = nn.softmax_cross_entropy_forward(Z, y)
    dZ = nn.softmax_cross_entropy_backward(loss, cl)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    loss = loss + weight_decay * ((params["W1"] ** 2).sum() + (params["W2"] ** 2).sum())
    return (
        loss,
        {
            "W1": dW1 + 2 * weight_decay * params["W1"],
            "b1": db1,
            "W2": dW2 + 2 * weight_decay * params["W2"],
            "b2": db2,
        },
    )


@wrong("3.7", "expected 2 values, (loss, grads), got one dict.")
def net_only_grads(params, X, y, weight_decay=0.0):
    A, c1, H, cr, Z, c2, loss, dZ = _fw(params, X, y, weight_decay)
    dH, dW2, db2 = nn.linear_backward(dZ, c2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cr), c1)
    return {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


@right("3.7")
def net_by_hand(params, X, y, weight_decay=0.0):
    W1, b1, W2, b2 = params.values()
    A = X @ W1 + b1
    H = A * (A > 0)
    Z = H @ W2 + b2
    Z = Z - Z.max(1, keepdims=True)
    E = np.exp(Z)
    P = E / E.sum(1, keepdims=True)
    n = len(y)
    loss = np.mean(np.log(E.sum(1)) - Z[range(n), y]) + weight_decay * sum(
        np.sum(w**2) for w in (W1, W2)
    )
    G = P
    G[range(n), y] -= 1
    G /= n
    B = G @ W2.T
    B[A <= 0] = 0
    return (
        loss,
        {
            "b2": G.sum(0),
            "W2": H.T @ G + 2 * weight_decay * W2,
            "b1": B.sum(0),
            "W1": X.T @ B + 2 * weight_decay * W1,
        },
    )


@wrong("3.8", "KeyError: 'v': there is no such key. state is empty here")
def momentum_state_key(w, dw, state, *, learning_rate, momentum=0.9):
    v = momentum * state["v"] - learning_rate * dw
    state["v"] = v
    return (w + v, state)


@wrong("3.8", "a term momentum times w is too much")
def momentum_stores_w(w, dw, state, *, learning_rate, momentum=0.9):
    v = momentum * state.get("v", 0) - learning_rate * dw
    w = w + v
    return (w, {"v": w})


@wrong("3.8", "expected a dictionary, got one ndarray.")
def momentum_returns_v(w, dw, state, *, learning_rate, momentum=0.9):
    v = momentum * state.get("v", 0) - learning_rate * dw
    return (w + v, v)


@right("3.8")
def momentum_in_place_on_own(w, dw, state, *, learning_rate, momentum=0.9):
    v = np.array(state["v"]) if "v" in state else np.zeros_like(w)
    v *= momentum
    v -= learning_rate * dw
    return (v + w, {"v": v})


@wrong("3.9", "the second mean takes |dw|, not its square.")
def adam_v_unsquared(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-08):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0) + (1 - beta2) * np.abs(dw)
    return (
        w - learning_rate * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps),
        {"m": m, "v": v, "t": t},
    )


@wrong("3.9", "By hand")
def adam_beta_times_t(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-08):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0) + (1 - beta2) * dw**2
    return (
        w - learning_rate * (m / (1 - beta1 * t)) / (np.sqrt(np.abs(v / (1 - beta2 * t))) + eps),
        {"m": m, "v": v, "t": t},
    )


@right("3.9")
def adam_folded_rate(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-08):
    t = state.get("t", 0) + 1
    m = state.get("m", 0) + (1 - beta1) * (dw - state.get("m", 0))
    v = state.get("v", 0) + (1 - beta2) * (dw * dw - state.get("v", 0))
    c1, c2 = (1 - beta1**t, np.sqrt(1 - beta2**t))
    return (w - learning_rate * c2 / c1 * m / (np.sqrt(v) + eps * c2), {"t": t, "v": v, "m": m})


@wrong("3.10", "right on training = ")
def bn_keepdims_running(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    if training:
        mean, var = (X.mean(0, keepdims=True), X.var(0, keepdims=True))
        running = {
            "mean": momentum * running["mean"] + (1 - momentum) * mean,
            "var": momentum * running["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = (running["mean"], running["var"])
    std = np.sqrt(var + eps)
    Xh = (X - mean) / std
    return (gamma * Xh + beta, running, (Xh, gamma, std, training))


@wrong("3.10", 'expected a dictionary with "mean" and "var", got one tup')
def bn_return_order(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    if training:
        mean, var = (X.mean(0), X.var(0))
        running = {
            "mean": momentum * running["mean"] + (1 - momentum) * mean,
            "var": momentum * running["var"] + (1 - momentum) * var,
        }
    else:
        mean, var = (running["mean"], running["var"])
    std = np.sqrt(var + eps)
    Xh = (X - mean) / std
    return (gamma * Xh + beta, (Xh, gamma, std, training), running)


@wrong("3.10", "is momentum used, or is a fixed number in its place?")
def bn_hard_momentum(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    return nn.batch_norm_forward(X, gamma, beta, running, training=training, momentum=0.9, eps=eps)


@wrong("3.10", 'expected a dictionary with "mean" and "var", got [\'mean\'')
def bn_running_only_mean(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    Y, new, cache = nn.batch_norm_forward(
        X, gamma, beta, running, training=training, momentum=momentum, eps=eps
    )
    return (Y, {"mean": new["mean"]}, cache)


@right("3.10")
def bn_moment_formula(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-05):
    if training:
        N = len(X)
        mean = np.ones(N, X.dtype) @ X / N
        C = X - mean
        var = np.einsum("nd,nd->d", C, C) / N
        running = {
            k: running[k] + (1 - momentum) * (s - running[k])
            for k, s in zip(("mean", "var"), (mean, var), strict=False)
        }
    else:
        mean, var = (running[k] for k in ("mean", "var"))
        C = X - mean
    inv = (var + eps) ** (-0.5)
    return (C * (inv * gamma) + beta, running, (C, inv, gamma, training))


@wrong("3.11", "dX takes off dgamma / N without its X_hat.")
@_bnb
def bnb_no_xhat(dY, Xh, gamma, std, training):
    dg, db = ((dY * Xh).sum(0), dY.sum(0))
    inner = dY - db / len(dY) - dg / len(dY) if training else dY
    return (gamma / std * inner, dg, db)


@wrong("3.11", "dX divides the two sums by N − 1, not by N.")
@_bnb
def bnb_n_minus_one(dY, Xh, gamma, std, training):
    dg, db = ((dY * Xh).sum(0), dY.sum(0))
    n = len(dY) - 1
    inner = dY - db / n - Xh * dg / n if training else dY
    return (gamma / std * inner, dg, db)


@right("3.11")
@_bnb
def bnb_step_by_step(dY, Xh, gamma, std, training):
    N = len(dY)
    G = dY * gamma
    if not training:
        return (G / std, (dY * Xh).sum(0), dY.sum(0))
    C = Xh * std
    dvar = -0.5 * (G * C).sum(0) / std**3
    dmean = -(G / std).sum(0) - 2 * dvar * C.mean(0)
    return (
        G / std + 2 * dvar * C / N + dmean / N,
        np.einsum("nd,nd->d", dY, Xh),
        np.ones(N, dY.dtype) @ dY,
    )


@wrong("3.12", "ValueError: arrays of shapes (N, D) = (5, 3) and (N,) =")
def ln_no_keepdims(X, gamma, beta, *, eps=1e-05):
    Xh = (X - X.mean(1)) / np.sqrt(X.var(1) + eps)
    return (gamma * Xh + beta, (Xh, gamma, None))


@wrong("3.12", "By hand")
def ln_gamma_per_row(X, gamma, beta, *, eps=1e-05):
    Y, cache = nn.layer_norm_forward(X, gamma, beta, eps=eps)
    return (cache[0] * gamma.mean() + beta.mean(), cache)


@right("3.12")
def ln_transposed(X, gamma, beta, *, eps=1e-05):
    T = X.T - X.T.mean(axis=0)
    inv = 1 / np.sqrt(np.mean(T * T, axis=0) + eps)
    return ((T * inv).T * gamma + beta, (X, gamma, inv))


@wrong("3.13", "dX has gamma in its straight way only.")
@_lnb
def lnb_gamma_forgotten_in_mean(dY, Xh, gamma, std):
    G = dY * gamma
    dX = (G - dY.mean(1, keepdims=True) - Xh * (dY * Xh).mean(1, keepdims=True)) / std
    return (dX, (dY * Xh).sum(0), dY.sum(0))


@wrong("3.13", "right with the cache that the course's own layer_norm_fo")
@_lnb
def lnb_times_std(dY, Xh, gamma, std):
    G = dY * gamma
    dX = (G - G.mean(1, keepdims=True) - Xh * (G * Xh).mean(1, keepdims=True)) * std
    return (dX, (dY * Xh).sum(0), dY.sum(0))


@wrong("3.13", "dX takes one mean over the batch.")
@_lnb
def lnb_mean_axis0_one(dY, Xh, gamma, std):
    G = dY * gamma
    dX = (G - G.mean(0) - Xh * (G * Xh).mean(1, keepdims=True)) / std
    return (dX, (dY * Xh).sum(0), dY.sum(0))


@right("3.13")
@_lnb
def lnb_projection(dY, Xh, gamma, std):
    N, D = dY.shape
    G = np.einsum("nd,d->nd", dY, gamma)
    one = np.ones((D, D), dY.dtype) / D
    dX = np.array(
        [(g - one @ g - xh * (g @ xh) / D) / s for g, xh, s in zip(G, Xh, std, strict=False)]
    )
    return (dX, np.add.reduce(dY * Xh, axis=0), np.add.reduce(dY, axis=0))


@wrong("3.14", "X was changed in place, but its owner still needs it. Wo")
def drop_in_place(X, keep, rng, *, training=True):
    if not training:
        return (X, None)
    M = (rng.random(X.shape) < keep) / keep
    X *= M
    return (X, M)


@right("3.14")
def drop_ge(X, keep, rng, *, training=True):
    if training:
        M = np.where(rng.random(X.shape) < keep, 1 / keep, 0).astype(X.dtype)
        return (M * X, M)
    return (X, None)


@right("3.14")
def drop_uniform(X, keep, rng, *, training=True):
    if training is False:
        return (X + 0, None)
    M = np.floor(rng.random(X.shape) + keep).astype(X.dtype)
    return (X / keep * M, M / keep)


@right("3.15")
def dropb_where(dY, cache):
    return dY * (1 if cache is None else cache)
