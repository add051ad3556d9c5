"""Right answers written differently: none may be accused."""

import numpy as np


def linear_by_loops(X, W, b):
    Y = np.zeros((X.shape[0], W.shape[1]), dtype=X.dtype)
    for n in range(X.shape[0]):
        for m in range(W.shape[1]):
            Y[n, m] = b[m]
            for d in range(X.shape[1]):
                Y[n, m] += X[n, d] * W[d, m]
    return Y, (X, W)


def backward_by_loops(dY, cache):
    X, W = cache
    dX, dW, db = np.zeros_like(X), np.zeros_like(W), np.zeros(W.shape[1], X.dtype)
    for x, dx, dy in zip(X, dX, dY, strict=True):
        dW += np.outer(x, dy)
        dx += W @ dy
        db += dy
    return dX, dW, db


def backward_as_views(dY, cache):
    X, W = cache
    big = np.zeros((2 * X.shape[0], 2 * X.shape[1]), X.dtype)
    big[::2, ::2] = dY @ W.T
    return big[::2, ::2], (dY.T @ X).T, np.ones(len(X), X.dtype) @ dY


def relu_by_where(dY, cache):
    return np.where(cache > 0, dY, 0)


def relu_slope_one_at_zero(dY, cache):
    return dY * (cache >= 0)


def log_sum_exp_loss(Z, y):
    top = Z.max(axis=1)
    losses = top + np.log(np.exp(Z - top[:, None]).sum(axis=1)) - Z[np.arange(len(y)), y]
    return losses.sum() / len(losses), (Z, y)


def loss_row_by_row(Z, y):
    total = 0.0
    for row, label in zip(Z, y, strict=True):
        shifted = row - max(row)
        total += np.log(sum(np.exp(shifted))) - shifted[label]
    return total / len(y), {"anything": Z}


def loss_backward_onehot(dloss, cache):
    P, y = cache
    return dloss * (P - np.eye(P.shape[1])[y]) / len(P)


def loss_backward_copy(dloss, cache):
    P, y = cache
    dZ = P.copy()
    dZ[range(len(y)), y] -= 1
    dZ *= dloss / len(y)
    return dZ


def torch_momentum(w, dw, state, *, learning_rate, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + dw
    return w - learning_rate * state["v"], state


def adam_as_in_the_paper(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = beta1 * state.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    v = state["v"] = beta2 * state.get("v", np.zeros_like(w)) + (1 - beta2) * dw * dw
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), state


def in_float32(function):
    """The same, computed in single precision."""

    def lower(value):
        if isinstance(value, np.ndarray) and value.dtype == np.float64:
            return value.astype(np.float32)
        return tuple(map(lower, value)) if isinstance(value, tuple) else value

    return lambda *args, **kwargs: function(*map(lower, args), **kwargs)


def with_fortran_order(function):
    """The same, on arrays stored column by column."""

    def stored(value):
        if isinstance(value, np.ndarray):
            return np.asfortranarray(value)
        return tuple(map(stored, value)) if isinstance(value, tuple) else value

    return lambda *args, **kwargs: function(*map(stored, args), **kwargs)


RIGHT_ANSWERS = [
    ("0.1", lambda x, w, b: (sum(x[i] * w[i] for i in range(len(x))) + b, (x, w))),
    ("0.1", lambda x, w, b: (np.float32(x @ w + b), None)),
    ("0.2", lambda dy, c: (np.multiply(c[1], dy), np.multiply(c[0], dy), np.array(dy))),
    ("3.1", linear_by_loops),
    ("3.1", lambda X, W, b: (np.einsum("nd,dm->nm", X, W) + b, X)),
    ("3.1", in_float32(linear_by_loops)),
    ("3.1", lambda X, W, b: ((W.T @ X.T).T + np.tile(b, (len(X), 1)), None)),
    ("3.2", backward_by_loops),
    ("3.2", backward_as_views),
    ("3.2", in_float32(backward_by_loops)),
    ("3.2", with_fortran_order(backward_as_views)),
    ("3.2", lambda dY, c: [np.einsum("nm,dm->nd", dY, c[1]), c[0].T @ dY, dY.sum(0)]),
    ("3.3", lambda X: (X * (X > 0), X > 0)),
    ("3.3", lambda X: ((X + np.abs(X)) / 2, None)),
    ("3.3", lambda X: (np.where(X < 0, 0, X), None)),
    ("3.4", relu_by_where),
    ("3.4", relu_slope_one_at_zero),
    ("3.4", lambda dY, X: dY * 0.5 * (1 + np.sign(X))),  # 1/2 at 0: the middle of both slopes
    ("3.5", log_sum_exp_loss),
    ("3.5", loss_row_by_row),
    ("3.5", in_float32(log_sum_exp_loss)),
    ("3.6", loss_backward_onehot),
    ("3.6", loss_backward_copy),
    ("3.6", in_float32(loss_backward_onehot)),
    ("3.8", torch_momentum),
    ("3.9", adam_as_in_the_paper),
]
