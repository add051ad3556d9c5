"""The plain recurrent net: one step of it, and the way through a whole sequence."""

import numpy as np

from ._checks import expect_floats, expect_shape
from .activations import tanh_backward, tanh_forward


def rnn_step_forward(x, h_prev, Wx, Wh, b):
    """Make the new state from the input and the old state: h = tanh(x Wx + h_prev Wh + b).

    Args:
        x: inputs of this step, (N, D), float.
        h_prev: states before it, (N, M), float.
        Wx: weights from the input, (D, M), float.
        Wh: weights from the state, (M, M), float.
        b: biases, (M,), float.

    Returns:
        h, (N, M), and the cache for the way back.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together.

    Source:
        Elman, Finding structure in time, Cognitive Science 1990.
    """
    for name, array in (("x", x), ("h_prev", h_prev), ("Wx", Wx), ("Wh", Wh), ("b", b)):
        expect_floats(name, array)
    expect_shape("x", x, (None, None), "(N, D)")
    N, D = x.shape
    expect_shape("h_prev", h_prev, (N, None), "(N, M)", f"with N = {N} from x")
    expect_weights(D, h_prev.shape[1], Wx, Wh, b)
    h, cache_tanh = tanh_forward(x @ Wx + h_prev @ Wh + b)  # (N, M)
    return h, (x, h_prev, Wx, Wh, cache_tanh)


def rnn_step_backward(dh, cache):
    """Pass the gradient of one step on to its input, its old state and the parameters.

    Args:
        dh: gradient of the loss with respect to h, by all ways from here on, (N, M), float.
        cache: from rnn_step_forward.

    Returns:
        dx (N, D), dh_prev (N, M), dWx (D, M), dWh (M, M), db (M,).

    Raises:
        ValueError: dh does not have the shape of h.

    Source:
        With dA = dh * (1 - h^2): dx = dA Wx^T, dh_prev = dA Wh^T, dWx = x^T dA,
        dWh = h_prev^T dA, db[m] = sum_n dA[n,m].
    """
    x, h_prev, Wx, Wh, cache_tanh = cache
    expect_shape("dh", dh, h_prev.shape, "(N, M)")
    dA = tanh_backward(dh, cache_tanh)  # (N, M)
    return dA @ Wx.T, dA @ Wh.T, x.T @ dA, h_prev.T @ dA, dA.sum(axis=0)


def rnn_forward(X, h0, Wx, Wh, b):
    """Take the same step at every time, each from the state the last one left.

    Args:
        X: sequences, (N, T, D), float.
        h0: states before the first step, (N, M), float.
        Wx: weights from the input, (D, M), float.
        Wh: weights from the state, (M, M), float.
        b: biases, (M,), float.

    Returns:
        H, all states, (N, T, M), without h0, and the cache, a list of T step caches.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together, or no time step.

    Source:
        H[:,t] = rnn_step_forward(X[:,t], H[:,t-1], ...), with h0 before H[:,0].
    """
    expect_sequence(X, h0, Wx, Wh, b)
    h, states, caches = h0, [], []
    for t in range(X.shape[1]):
        h, cache = rnn_step_forward(X[:, t], h, Wx, Wh, b)  # (N, M)
        states.append(h)
        caches.append(cache)
    return np.stack(states, axis=1), caches  # (N, T, M)


def rnn_backward(dH, cache):
    """Go back through time: each state reaches the loss directly and by the next state.

    Args:
        dH: gradient of the loss with respect to H, directly, (N, T, M), float.
        cache: from rnn_forward.

    Returns:
        dX (N, T, D), dh0 (N, M), dWx (D, M), dWh (M, M), db (M,).

    Raises:
        ValueError: dH does not have the shape of H.

    Source:
        Werbos, Backpropagation through time, Proceedings of the IEEE 1990. All steps share
        the parameters, so their gradients add up.
    """
    x, h_prev, Wx, Wh, _ = cache[0]
    (N, M), T = h_prev.shape, len(cache)
    expect_shape("dH", dH, (N, T, M), "(N, T, M)")
    dh = np.zeros_like(dH[:, 0])  # (N, M), nothing comes from beyond the end
    dXs, dWx, dWh, db = [], 0, 0, 0
    for t in reversed(range(T)):
        dx, dh, dWx_t, dWh_t, db_t = rnn_step_backward(dH[:, t] + dh, cache[t])
        dXs.append(dx)  # (N, D), the last step first
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dXs[::-1], axis=1), dh, dWx, dWh, db


def expect_sequence(X, h0, Wx, Wh, b, gates=1):
    """Refuse arguments of a recurrent net that do not fit together.

    Args:
        X: expected (N, T, D), float, with at least one step.
        h0: expected (N, M), float.
        Wx: expected (D, gates M), float.
        Wh: expected (M, gates M), float.
        b: expected (gates M,), float.
        gates: blocks of M columns in the weights: 1, or 4 for the LSTM.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together, or no time step.
    """
    for name, array in (("X", X), ("h0", h0), ("Wx", Wx), ("Wh", Wh), ("b", b)):
        expect_floats(name, array)
    expect_shape("X", X, (None, None, None), "(N, T, D)")
    N, T, D = X.shape
    if T == 0:
        raise ValueError(f"X: expected at least one time step, got {X.shape}")
    expect_shape("h0", h0, (N, None), "(N, M)", f"with N = {N} from X")
    expect_weights(D, h0.shape[1], Wx, Wh, b, gates)


def expect_weights(D, M, Wx, Wh, b, gates=1):
    """Refuse weights of a recurrent net that do not fit inputs of D and states of M numbers.

    Args:
        D: numbers in an input.
        M: numbers in a state.
        Wx: expected (D, gates M).
        Wh: expected (M, gates M).
        b: expected (gates M,).
        gates: blocks of M columns in the weights: 1, or 4 for the LSTM.

    Raises:
        ValueError: another shape.
    """
    blocks, sizes = "M" if gates == 1 else f"{gates} M", f"with D = {D} and M = {M}"
    expect_shape("Wx", Wx, (D, gates * M), f"(D, {blocks})", sizes)
    expect_shape("Wh", Wh, (M, gates * M), f"(M, {blocks})", sizes)
    expect_shape("b", b, (gates * M,), f"({blocks},)", sizes)
