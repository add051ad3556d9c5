"""The LSTM: a recurrent net that keeps a cell c, and gates that say what enters and leaves it."""

import numpy as np

from ._checks import expect_floats, expect_shape
from .activations import sigmoid_backward, sigmoid_forward, tanh_backward, tanh_forward
from .recurrent import expect_sequence, expect_weights


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
    A = x @ Wx + h_prev @ Wh + b  # (N, 4 M)
    ifo, _ = sigmoid_forward(A[:, : 3 * M])  # (N, 3 M)
    g, _ = tanh_forward(A[:, 3 * M :])  # (N, M)
    i, f, o = np.split(ifo, 3, axis=1)  # each (N, M)
    c = f * c_prev + i * g  # (N, M)
    tanh_c, _ = tanh_forward(c)
    return o * tanh_c, c, (x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c)


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
    x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c = cache
    expect_shape("dh", dh, c_prev.shape, "(N, M)")
    expect_shape("dc", dc, c_prev.shape, "(N, M)")
    i, f, o = np.split(ifo, 3, axis=1)  # each (N, M)
    dc = dc + tanh_backward(dh * o, tanh_c)  # a new array: h shows c too
    difo = np.concatenate([dc * g, dc * c_prev, dh * tanh_c], axis=1)  # (N, 3 M)
    dA_ifo = sigmoid_backward(difo, ifo)
    dA_g = tanh_backward(dc * i, g)  # (N, M)
    dA = np.concatenate([dA_ifo, dA_g], axis=1)  # (N, 4 M)
    return dA @ Wx.T, dA @ Wh.T, dc * f, x.T @ dA, h_prev.T @ dA, dA.sum(axis=0)


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
    h, c, states, caches = h0, np.zeros_like(h0), [], []
    for t in range(X.shape[1]):
        h, c, cache = lstm_step_forward(X[:, t], h, c, Wx, Wh, b)  # (N, M), (N, M)
        states.append(h)
        caches.append(cache)
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
    (N, M), T = cache[0][1].shape, len(cache)
    expect_shape("dH", dH, (N, T, M), "(N, T, M)")
    dh = np.zeros_like(dH[:, 0])  # (N, M), nothing comes from beyond the end
    dc = np.zeros_like(dh)
    dXs, dWx, dWh, db = [], 0, 0, 0
    for t in reversed(range(T)):
        dx, dh, dc, dWx_t, dWh_t, db_t = lstm_step_backward(dH[:, t] + dh, dc, cache[t])
        dXs.append(dx)  # (N, D), the last step first
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dXs[::-1], axis=1), dh, dWx, dWh, db
