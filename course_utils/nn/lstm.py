"""The LSTM: a recurrent net that keeps a cell c, and gates that say what enters and leaves it.

As in the plain net, only what waits for the state is done step by step; recurrent.py says why.
"""

import numpy as np

from ._checks import expect_floats, expect_shape
from .recurrent import (
    expect_sequence,
    expect_weights,
    inputs_first,
    products_last,
)


def lstm_step_forward(x, h_prev, c_prev, Wx, Wh, b):
    """Write to the cell what the gates let in, and show what they let out.

    Args:
        x: inputs of this step, (N, D), float.
        h_prev: states before it, (N, M), float.
        c_prev: cells before it, (N, M), float.
        Wx: weights from the input, (D, 4 M), float; four blocks of M columns, in the
            order i (input), f (forget), o (output), g (candidate).
        Wh: weights from the state, (M, 4 M), float, in the same order.
        b: biases, (4 M,), float, in the same order.

    Returns:
        h, (N, M), c, (N, M), and the cache for the way back.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together.

    Source:
        Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 1997, with
        the forget gate of Gers et al. 2000: A = x Wx + h_prev Wh + b; i, f, o = sigmoid of
        its first three blocks, g = tanh of the last; c = f c_prev + i g, h = o tanh(c).
        Torch has the order i, f, g, o.
    """
    arrays = {"x": x, "h_prev": h_prev, "c_prev": c_prev, "Wx": Wx, "Wh": Wh, "b": b}
    for name, array in arrays.items():
        expect_floats(name, array)
    expect_shape("x", x, (None, None), "(N, D)")
    N, D = x.shape
    expect_shape("h_prev", h_prev, (N, None), "(N, M)", f"with N = {N} from x")
    M = h_prev.shape[1]
    expect_shape("c_prev", c_prev, (N, M), "(N, M)", f"with M = {M} from h_prev")
    expect_weights(D, M, Wx, Wh, b, gates=4)
    A = x @ Wx + b + h_prev @ Wh  # (N, 4 M)
    h, c, ifo, g, tanh_c = _through_gates(A, c_prev)
    return h, c, (x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c)


def lstm_step_backward(dh, dc, cache):
    """Pass the gradient of one step on to its input, what came before, and the parameters.

    Args:
        dh: gradient of the loss with respect to h, by all ways from here on, (N, M), float.
        dc: gradient of the loss with respect to c, by all ways except h, (N, M), float.
        cache: from lstm_step_forward.

    Returns:
        dx (N, D), dh_prev (N, M), dc_prev (N, M), dWx (D, 4 M), dWh (M, 4 M), db (4 M,).

    Raises:
        ValueError: dh or dc does not have the shape of h.

    Source:
        dc <- dc + dh o (1 - tanh(c)^2); di = dc g, df = dc c_prev, do = dh tanh(c),
        dg = dc i, dc_prev = dc f; then through the gates to A and from there as in the
        plain net.
    """
    x, h_prev, c_prev, Wx, Wh, *_ = cache
    expect_shape("dh", dh, c_prev.shape, "(N, M)")
    expect_shape("dc", dc, c_prev.shape, "(N, M)")
    dA = np.empty((len(x), Wx.shape[1]), np.result_type(dh, dc, *cache))  # (N, 4 M)
    dc_prev = _back_through_gates(dh, dc, cache, dA)  # (N, M)
    return dA @ Wx.T, dA @ Wh.T, dc_prev, x.T @ dA, h_prev.T @ dA, dA.sum(axis=0)


def lstm_forward(X, h0, Wx, Wh, b):
    """Take the same step at every time, beginning with empty cells.

    Args:
        X: sequences, (N, T, D), float.
        h0: states before the first step, (N, M), float.
        Wx: weights from the input, (D, 4 M), float; blocks in the order i, f, o, g.
        Wh: weights from the state, (M, 4 M), float, in the same order.
        b: biases, (4 M,), float, in the same order.

    Returns:
        H, all states, (N, T, M), without h0, and the cache, a list of T step caches.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together, or no time step.

    Source:
        H[:,t], c = lstm_step_forward(X[:,t], H[:,t-1], c, ...), with h0 and c = 0 before.
    """
    expect_sequence(X, h0, Wx, Wh, b, gates=4)
    X, A = inputs_first(X, h0, Wx, Wh, b)  # (T, N, D), (T, N, 4 M)
    h, c, states, caches = h0, np.zeros_like(h0), [], []
    for x, a in zip(X, A, strict=True):
        a += h @ Wh
        h_prev, c_prev = h, c
        h, c, ifo, g, tanh_c = _through_gates(a, c_prev)  # (N, M), (N, M)
        states.append(h)
        caches.append((x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c))
    return np.stack(states, axis=1), caches  # (N, T, M)


def lstm_backward(dH, cache):
    """Go back through time, with two gradients from step to step: that of h and that of c.

    Args:
        dH: gradient of the loss with respect to H, directly, (N, T, M), float.
        cache: from lstm_forward.

    Returns:
        dX (N, T, D), dh0 (N, M), dWx (D, 4 M), dWh (M, 4 M), db (4 M,).

    Raises:
        ValueError: dH does not have the shape of H.

    Source:
        As rnn_backward; the cells begin as zeros that nobody may change, so the gradient
        that arrives at them is dropped.
    """
    _, h0, _, Wx, Wh, *_ = cache[0]
    (N, M), T = h0.shape, len(cache)
    expect_shape("dH", dH, (N, T, M), "(N, T, M)")
    dh = np.zeros_like(dH[:, 0])  # (N, M), nothing comes from beyond the end
    dc = np.zeros_like(dh)
    dA = np.empty((T, N, 4 * M), np.result_type(dH, *cache[0]))
    for t in reversed(range(T)):
        dc = _back_through_gates(dH[:, t] + dh, dc, cache[t], dA[t])  # (N, M)
        dh = dA[t] @ Wh.T  # (N, M)
    dX, dWx, dWh, db = products_last(dA, Wx, cache)
    return dX, dh, dWx, dWh, db


def _through_gates(A, c_prev):
    """Make gates of A, (N, 4 M), in place, and with them h and c; return these and the gates."""
    M = c_prev.shape[1]
    ifo, g = A[:, : 3 * M], A[:, 3 * M :]  # (N, 3 M), (N, M), views of A
    # sigmoid(a) = (1 + tanh(a / 2)) / 2, so that one tanh is enough for all four blocks.
    ifo *= 0.5
    np.tanh(A, out=A)
    ifo *= 0.5
    ifo += 0.5
    i, f, o = _blocks(ifo, M)
    c = f * c_prev  # (N, M)
    c += i * g
    tanh_c = np.tanh(c)
    return o * tanh_c, c, ifo, g, tanh_c


def _back_through_gates(dh, dc, cache, dA):
    """Where dh and dc arrive: fill dA, (N, 4 M), and return dc_prev, (N, M)."""
    *_, c_prev, _, _, ifo, g, tanh_c = cache
    M = g.shape[1]
    i, f, o = _blocks(ifo, M)
    di, df, do, dg = _blocks(dA, M)  # views: what is written there stands in dA
    dc = dc + dh * o * (1 - tanh_c * tanh_c)  # a new array: h shows c too
    np.multiply(dc, g, out=di)
    np.multiply(dc, c_prev, out=df)
    np.multiply(dh, tanh_c, out=do)
    np.multiply(dc, i, out=dg)
    dA[:, : 3 * M] *= ifo * (1 - ifo)
    dg *= 1 - g * g
    return dc * f


def _blocks(array, M):
    """Cut the columns into blocks of M: views."""
    return (array[:, k : k + M] for k in range(0, array.shape[1], M))
