"""Right answers for the LSTM."""

import numpy as np

from tests.checking.right import right
from tests.checking.right.sequences import in_float32, spread


def sigmoid(a):
    return 1 / (1 + np.exp(-a))


@right("lstm_step_forward")
def gates_sliced(x, h_prev, c_prev, Wx, Wh, b):
    M = h_prev.shape[1]
    a = x @ Wx + h_prev @ Wh + b
    i, f, o = (sigmoid(a[:, k * M : (k + 1) * M]) for k in range(3))
    c = f * c_prev + i * np.tanh(a[:, 3 * M :])
    return o * np.tanh(c), c, (x, i, f, o, c)


@right("lstm_step_forward")
def gates_one_by_one(x, h_prev, c_prev, Wx, Wh, b):
    """A product for each gate."""
    sums = [
        x @ wx + h_prev @ wh + bias
        for wx, wh, bias in zip(
            np.split(Wx, 4, axis=1), np.split(Wh, 4, axis=1), np.split(b, 4), strict=True
        )
    ]
    i, f, o = map(sigmoid, sums[:3])
    c = np.add(f * c_prev, i * np.tanh(sums[3]))
    return np.multiply(o, np.tanh(c)), c, None


@right("lstm_step_forward")
def gates_on_an_axis(x, h_prev, c_prev, Wx, Wh, b):
    N, M = h_prev.shape
    joined = np.hstack([x, h_prev]) @ np.vstack([Wx, Wh]) + b
    a = joined.reshape(N, 4, M)
    shares = 0.5 * (1 + np.tanh(a[:, :3] / 2))  # the sigmoid by tanh
    c = shares[:, 1] * c_prev + shares[:, 0] * np.tanh(a[:, 3])
    return shares[:, 2] * np.tanh(c), c, {"a": a}


@right("lstm_step_forward")
def gates_by_loops(x, h_prev, c_prev, Wx, Wh, b):
    h, c = np.zeros_like(h_prev), np.zeros_like(c_prev)
    M = h.shape[1]
    for n, m in np.ndindex(h.shape):
        a = [
            x[n] @ Wx[:, k * M + m] + h_prev[n] @ Wh[:, k * M + m] + b[k * M + m] for k in range(4)
        ]
        i, f, o, g = sigmoid(a[0]), sigmoid(a[1]), sigmoid(a[2]), np.tanh(a[3])
        c[n, m] = f * c_prev[n, m] + i * g
        h[n, m] = o * np.tanh(c[n, m])
    return h, c, [h, c]


@right("lstm_step_forward")
def gates_in_float32(x, h_prev, c_prev, Wx, Wh, b):
    h, c, _ = gates_sliced(*in_float32((x, h_prev, c_prev, Wx, Wh, b)))
    return spread(h), spread(c), ()


@right("lstm_step_forward")
def gates_by_einsum(x, h_prev, c_prev, Wx, Wh, b):
    M = h_prev.shape[1]
    a = np.einsum("nd,dgm->gnm", x, Wx.reshape(-1, 4, M))
    a = a + np.einsum("nk,kgm->gnm", h_prev, Wh.reshape(M, 4, M)) + b.reshape(4, 1, M)
    i, f, o = sigmoid(a[:3])
    c = f * c_prev + i * np.tanh(a[3])
    return [o * np.tanh(c), c, a]


def parts(cache):
    """The arrays of the course's cache, the gates apart."""
    x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c = cache
    M = g.shape[1]
    return x, h_prev, c_prev, Wx, Wh, ifo[:, :M], ifo[:, M : 2 * M], ifo[:, 2 * M :], g, tanh_c


def blocks(dh, dc, cache):
    """The gradients before the gates, in the order i, f, o, g, and the whole dc."""
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c = parts(cache)
    dc = dc + dh * o * (1 - tanh_c**2)
    return [
        dc * g * i * (1 - i),
        dc * c_prev * f * (1 - f),
        dh * tanh_c * o * (1 - o),
        dc * i * (1 - g**2),
    ], dc


@right("lstm_step_backward")
def step_back_sliced(dh, dc, cache):
    x, h_prev, c_prev, Wx, Wh, *_, f, _, _, _ = parts(cache)
    das, dc = blocks(dh, dc, cache)
    da = np.hstack(das)
    return da @ Wx.T, da @ Wh.T, f * dc, x.T @ da, h_prev.T @ da, np.sum(da, axis=0)


@right("lstm_step_backward")
def step_back_filled(dh, dc, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c = parts(cache)
    (N, M), (das, dc) = g.shape, blocks(dh, dc, cache)
    da = np.zeros((N, 4 * M), g.dtype)
    for k, block in enumerate(das):
        da[:, k * M : (k + 1) * M] = block
    return [np.dot(da, Wx.T), np.dot(da, Wh.T), dc * f, (da.T @ x).T, (da.T @ h_prev).T, da.sum(0)]


@right("lstm_step_backward")
def step_back_gate_by_gate(dh, dc, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c = parts(cache)
    das, dc = blocks(dh, dc, cache)
    gates = list(zip(das, np.split(Wx, 4, axis=1), np.split(Wh, 4, axis=1), strict=True))
    dx = sum(da @ wx.T for da, wx, _ in gates)
    dh_prev = sum(da @ wh.T for da, _, wh in gates)
    dWx = np.concatenate([x.T @ da for da in das], axis=1)
    dWh = np.concatenate([h_prev.T @ da for da in das], axis=1)
    return dx, dh_prev, f * dc, dWx, dWh, np.concatenate([da.sum(axis=0) for da in das])


@right("lstm_step_backward")
def step_back_by_samples(dh, dc, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c = parts(cache)
    das, dc = blocks(dh, dc, cache)
    dWx, dWh, db = np.zeros_like(Wx), np.zeros_like(Wh), np.zeros(Wx.shape[1], Wx.dtype)
    dx, dh_prev = np.zeros_like(x), np.zeros_like(h_prev)
    for n in range(len(x)):
        da = np.concatenate([block[n] for block in das])
        dx[n], dh_prev[n] = Wx @ da, Wh @ da
        dWx += np.outer(x[n], da)
        dWh += np.outer(h_prev[n], da)
        db += da
    return dx, dh_prev, dc * f, dWx, dWh, db


@right("lstm_step_backward")
def step_back_by_einsum(dh, dc, cache):
    x, h_prev, c_prev, Wx, Wh, i, f, o, g, tanh_c = parts(cache)
    das, dc = blocks(dh, dc, cache)
    da = np.stack(das, axis=1)  # (N, 4, M)
    M = g.shape[1]
    dx = np.einsum("ngm,dgm->nd", da, Wx.reshape(-1, 4, M))
    dh_prev = np.einsum("ngm,kgm->nk", da, Wh.reshape(M, 4, M))
    dWx = np.einsum("nd,ngm->dgm", x, da).reshape(Wx.shape)
    dWh = np.einsum("nk,ngm->kgm", h_prev, da).reshape(Wh.shape)
    return dx, dh_prev, f * dc, dWx, dWh, da.sum(axis=0).ravel()


@right("lstm_step_backward")
def step_back_in_float32(dh, dc, cache):
    return tuple(map(spread, step_back_sliced(*in_float32((dh, dc, cache)))))


def walk(step, X, h0, Wx, Wh, b):
    h, c, states = h0, np.zeros_like(h0), []
    for t in range(X.shape[1]):
        h, c, _ = step(X[:, t], h, c, Wx, Wh, b)
        states.append(h)
    return np.stack(states, axis=1), states


@right("lstm_forward")
def sequence_by_own_step(X, h0, Wx, Wh, b):
    return walk(gates_sliced, X, h0, Wx, Wh, b)


@right("lstm_forward")
def sequence_gate_by_gate(X, h0, Wx, Wh, b):
    return walk(gates_one_by_one, X, h0, Wx, Wh, b)


@right("lstm_forward")
def sequence_inputs_first(X, h0, Wx, Wh, b):
    """One big product for the inputs of all times and gates."""
    A, M = X @ Wx + b, h0.shape[1]
    H = np.zeros((*X.shape[:2], M), X.dtype)
    h, c = h0, 0
    for t in range(X.shape[1]):
        i, f, o, g = np.split(A[:, t] + h @ Wh, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        H[:, t] = h = sigmoid(o) * np.tanh(c)
    return H, {"A": A}


@right("lstm_forward")
def sequence_sample_by_sample(X, h0, Wx, Wh, b):
    rows = [walk(gates_by_einsum, X[n : n + 1], h0[n : n + 1], Wx, Wh, b)[0] for n in range(len(X))]
    return np.concatenate(rows), None


@right("lstm_forward")
def sequence_time_first(X, h0, Wx, Wh, b):
    h, c, states = h0, np.zeros(h0.shape), []
    for x in np.moveaxis(X, 1, 0):
        h, c, _ = gates_on_an_axis(x, h, c, Wx, Wh, b)
        states.append(h)
    return np.array(states).swapaxes(0, 1), states


@right("lstm_forward")
def sequence_in_float32(X, h0, Wx, Wh, b):
    H, _ = walk(gates_sliced, *in_float32((X, h0, Wx, Wh, b)))
    return spread(H), None


def walk_back(step, dH, cache):
    dh = dc = dWx = dWh = db = 0
    dX = np.zeros((len(dH), len(cache), cache[0][0].shape[1]), dH.dtype)
    for t in reversed(range(len(cache))):
        dX[:, t], dh, dc, *shared = step(dH[:, t] + dh, dc, cache[t])
        dWx, dWh, db = dWx + shared[0], dWh + shared[1], db + shared[2]
    return dX, dh, dWx, dWh, db


@right("lstm_backward")
def through_time_sliced(dH, cache):
    return walk_back(step_back_sliced, dH, cache)


@right("lstm_backward")
def through_time_gate_by_gate(dH, cache):
    return list(walk_back(step_back_gate_by_gate, dH, cache))


@right("lstm_backward")
def through_time_by_einsum(dH, cache):
    return walk_back(step_back_by_einsum, dH, cache)


@right("lstm_backward")
def through_time_in_float32(dH, cache):
    return tuple(map(spread, walk_back(step_back_sliced, in_float32(dH), in_float32(cache))))


@right("lstm_backward")
def through_time_one_product(dH, cache):
    """The gradients of all sums first, then each product once for all times."""
    Wx, Wh = cache[0][3:5]
    dh, dc, sums = 0, 0, []
    for t in reversed(range(len(cache))):
        das, dc = blocks(dH[:, t] + dh, dc, cache[t])
        sums.insert(0, np.hstack(das))
        dh, dc = sums[0] @ Wh.T, dc * parts(cache[t])[6]
    dA = np.stack(sums)  # (T, N, 4M)
    X, before = (np.stack([step[k] for step in cache]) for k in (0, 1))
    dWx, dWh = np.einsum("tnd,tna->da", X, dA), np.einsum("tnk,tna->ka", before, dA)
    return (dA @ Wx.T).swapaxes(0, 1), dh, dWx, dWh, dA.sum(axis=(0, 1))


@right("lstm_backward")
def through_time_state_by_state(dH, cache):
    """Each state's gradient sent back on its own: the sum is the same."""
    total = None
    for end in range(len(cache)):
        alone = np.zeros_like(dH)
        alone[:, end] = dH[:, end]
        found = walk_back(step_back_filled, alone, cache)
        total = found if total is None else tuple(map(np.add, total, found))
    return total
