"""Right answers for the plain recurrent net and its way through time."""

import numpy as np

from tests.checking.right import right


def in_float32(value):
    """The same numbers in single precision; integers and booleans stay."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value.astype(np.float32)
    if isinstance(value, (tuple, list)):
        return type(value)(map(in_float32, value))
    return value


def spread(array):
    """The same numbers as a view that is not contiguous."""
    wide = np.zeros(tuple(2 * n for n in array.shape), array.dtype)
    every_other = wide[tuple(slice(None, None, 2) for _ in array.shape)]
    every_other[...] = array
    return every_other


@right("rnn_step_forward")
def step_one_product(x, h_prev, Wx, Wh, b):
    return np.tanh(np.hstack([x, h_prev]) @ np.vstack([Wx, Wh]) + b), (x, h_prev)


@right("rnn_step_forward")
def step_by_loops(x, h_prev, Wx, Wh, b):
    h = np.zeros_like(h_prev)
    for n, m in np.ndindex(h.shape):
        total = b[m] + sum(x[n, d] * Wx[d, m] for d in range(x.shape[1]))
        h[n, m] = np.tanh(total + sum(h_prev[n, k] * Wh[k, m] for k in range(len(Wh))))
    return h, [x, h_prev, Wx, Wh, h]


@right("rnn_step_forward")
def step_by_einsum(x, h_prev, Wx, Wh, b):
    a = np.einsum("nd,dm->nm", x, Wx) + np.einsum("nk,km->nm", h_prev, Wh) + b
    return np.tanh(a), {"a": a}


@right("rnn_step_forward")
def step_by_exp(x, h_prev, Wx, Wh, b):
    return 2 / (1 + np.exp(-2 * (x @ Wx + h_prev @ Wh + b))) - 1, None


@right("rnn_step_forward")
def step_in_float32(x, h_prev, Wx, Wh, b):
    x, h_prev, Wx, Wh, b = in_float32((x, h_prev, Wx, Wh, b))
    return np.tanh(b + x @ Wx + h_prev @ Wh), x


@right("rnn_step_forward")
def step_turned(x, h_prev, Wx, Wh, b):
    return np.tanh(Wx.T @ x.T + Wh.T @ h_prev.T + b[:, None]).T, (x, h_prev, Wx, Wh)


@right("rnn_step_backward")
def step_back_by_einsum(dh, cache):
    x, h_prev, Wx, Wh, h = cache
    da = dh - dh * h * h
    return (
        np.einsum("nm,dm->nd", da, Wx),
        np.einsum("nm,km->nk", da, Wh),
        np.einsum("nd,nm->dm", x, da),
        np.einsum("nk,nm->km", h_prev, da),
        np.einsum("nm->m", da),
    )


@right("rnn_step_backward")
def step_back_one_product(dh, cache):
    x, h_prev, Wx, Wh, h = cache
    da, D = dh * (1 - h) * (1 + h), x.shape[1]
    into = da @ np.vstack([Wx, Wh]).T
    weights = np.hstack([x, h_prev]).T @ da
    return into[:, :D], into[:, D:], weights[:D], weights[D:], np.ones(len(da), da.dtype) @ da


@right("rnn_step_backward")
def step_back_by_samples(dh, cache):
    x, h_prev, Wx, Wh, h = cache
    dx, dh_prev = np.zeros_like(x), np.zeros_like(h_prev)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(h.shape[1])
    for n in range(len(x)):
        da = dh[n] * (1 - h[n] ** 2)
        dx[n], dh_prev[n] = Wx @ da, Wh @ da
        dWx += np.outer(x[n], da)
        dWh += np.outer(h_prev[n], da)
        db += da
    return dx, dh_prev, dWx, dWh, db


@right("rnn_step_backward")
def step_back_by_cosh(dh, cache):
    x, h_prev, Wx, Wh, h = cache
    da = dh / np.cosh(np.arctanh(h)) ** 2
    return [da @ Wx.T, da @ Wh.T, (da.T @ x).T, (da.T @ h_prev).T, da.sum(0)]


@right("rnn_step_backward")
def step_back_spread_float32(dh, cache):
    x, h_prev, Wx, Wh, h = in_float32(cache)
    da = in_float32(dh) * (1 - h * h)
    return tuple(map(spread, (da @ Wx.T, da @ Wh.T, x.T @ da, h_prev.T @ da, da.sum(0))))


@right("rnn_forward")
def sequence_filled(X, h0, Wx, Wh, b):
    N, T, _ = X.shape
    H = np.empty((N, T, h0.shape[1]), X.dtype)
    h = h0
    for t in range(T):
        H[:, t] = h = np.tanh(X[:, t] @ Wx + h @ Wh + b)
    return H, (X, h0, H)


@right("rnn_forward")
def sequence_inputs_first(X, h0, Wx, Wh, b):
    """One big product for the inputs of all times."""
    A = X @ Wx + b
    H = np.zeros_like(A)
    for t in range(X.shape[1]):
        H[:, t] = np.tanh(A[:, t] + (H[:, t - 1] if t else h0) @ Wh)
    return H, {"H": H}


@right("rnn_forward")
def sequence_sample_by_sample(X, h0, Wx, Wh, b):
    rows = []
    for x, h in zip(X, h0, strict=True):
        states = [h]
        for x_t in x:
            states.append(np.tanh(x_t @ Wx + states[-1] @ Wh + b))
        rows.append(states[1:])
    return np.array(rows), None


@right("rnn_forward")
def sequence_time_first(X, h0, Wx, Wh, b):
    states = [h0]
    for x in X.swapaxes(0, 1):
        states += [np.tanh(x @ Wx + states[-1] @ Wh + b)]
    return np.stack(states[1:]).transpose(1, 0, 2), states


@right("rnn_forward")
def sequence_recursive(X, h0, Wx, Wh, b):
    h = np.tanh(X[:, 0] @ Wx + h0 @ Wh + b)
    if X.shape[1] == 1:
        return h[:, None], None
    rest, _ = sequence_recursive(X[:, 1:], h, Wx, Wh, b)
    return np.concatenate([h[:, None], rest], axis=1), None


@right("rnn_forward")
def sequence_in_float32(X, h0, Wx, Wh, b):
    H, _ = sequence_filled(*in_float32((X, h0, Wx, Wh, b)))
    return spread(H), (H,)


def steps_of(cache):
    """What the course's cache keeps, a time axis first: X, the states before, the states."""
    X, before, after = (np.stack([step[k] for step in cache]) for k in (0, 1, 4))
    return X, before, after, cache[0][2], cache[0][3]


@right("rnn_backward")
def through_time_filled(dH, cache):
    X, before, after, Wx, Wh = steps_of(cache)
    dA, dh = np.zeros_like(after), 0
    for t in range(len(cache) - 1, -1, -1):
        dA[t] = (dH[:, t] + dh) * (1 - after[t] ** 2)
        dh = dA[t] @ Wh.T
    dX = (dA @ Wx.T).transpose(1, 0, 2)
    return (
        dX,
        dh,
        np.einsum("tnd,tnm->dm", X, dA),
        np.einsum("tnk,tnm->km", before, dA),
        dA.sum((0, 1)),
    )


@right("rnn_backward")
def through_time_in_place(dH, cache):
    X, before, after, Wx, Wh = steps_of(cache)
    dX, dh = np.zeros((*dH.shape[:2], len(Wx)), dH.dtype), np.zeros_like(before[0])
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(len(Wh), dH.dtype)
    for t, upstream in reversed(list(enumerate(dH.transpose(1, 0, 2)))):
        dh += upstream
        dh *= 1 - after[t] ** 2
        dX[:, t] = dh @ Wx.T
        dWx += X[t].T @ dh
        dWh += before[t].T @ dh
        db += dh.sum(axis=0)
        dh = dh @ Wh.T
    return dX, dh, dWx, dWh, db


@right("rnn_backward")
def through_time_one_product(dH, cache):
    X, before, after, Wx, Wh = steps_of(cache)
    gradients, dh = [], np.zeros_like(before[0])
    for t in reversed(range(len(cache))):
        da = (dh + dH[:, t]) * (1 - after[t] ** 2)
        gradients.append(da)
        dh = da @ Wh.T
    dA = np.concatenate(gradients[::-1])
    weights = np.concatenate([X, before], axis=2).reshape(len(dA), -1).T @ dA
    T, (N, D) = len(cache), X.shape[1:]
    return (dA @ Wx.T).reshape(T, N, D).swapaxes(0, 1), dh, weights[:D], weights[D:], dA.sum(axis=0)


@right("rnn_backward")
def through_time_state_by_state(dH, cache):
    """Each state's gradient sent back on its own, all the way: slow, but the same sum."""
    X, before, after, Wx, Wh = steps_of(cache)
    dA = np.zeros_like(after)
    dh0 = np.zeros_like(before[0])
    for end in range(len(cache)):
        dh = dH[:, end]
        for t in range(end, -1, -1):
            da = dh * (1 - after[t] ** 2)
            dA[t] += da
            dh = da @ Wh.T
        dh0 += dh
    dX = np.stack([da @ Wx.T for da in dA], axis=1)
    dWx = sum(x.T @ da for x, da in zip(X, dA, strict=True))
    dWh = sum(h.T @ da for h, da in zip(before, dA, strict=True))
    return dX, dh0, dWx, dWh, sum(da.sum(0) for da in dA)


@right("rnn_backward")
def through_time_in_float32(dH, cache):
    return tuple(map(spread, through_time_filled(in_float32(dH), in_float32(cache))))
