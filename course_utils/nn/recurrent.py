"""The plain recurrent net: one step of it, and the way through a whole sequence.

Only the product with the old state has to wait for its turn. So the inputs of all steps meet
Wx in one product before the walk through time, and after the walk back the gradients of
inputs and parameters are one product each: large products are faster than many small ones.
"""

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
    h, cache_tanh = tanh_forward(x @ Wx + b + h_prev @ Wh)  # (N, M)
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
    X, A = inputs_first(X, h0, Wx, Wh, b)  # (T, N, D), (T, N, M)
    h, caches = h0, []
    for x, a in zip(X, A, strict=True):
        a += h @ Wh
        h_prev, h = h, np.tanh(a, out=a)  # (N, M), A becomes the states
        caches.append((x, h_prev, Wx, Wh, h))
    return sequences_first(A), caches  # (N, T, M)


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
    _, h0, Wx, Wh, _ = cache[0]
    (N, M), T = h0.shape, len(cache)
    expect_shape("dH", dH, (N, T, M), "(N, T, M)")
    dh = np.zeros_like(dH[:, 0])  # (N, M), nothing comes from beyond the end
    dA = np.empty((T, N, M), np.result_type(dH, *cache[0]))
    for t in reversed(range(T)):
        dA[t] = tanh_backward(dH[:, t] + dh, cache[t][-1])
        dh = dA[t] @ Wh.T  # (N, M)
    dX, dWx, dWh, db = products_last(dA, Wx, cache)
    return dX, dh, dWx, dWh, db


def inputs_first(X, h0, Wx, Wh, b):
    """Do for all steps at once what need not wait for the state: A = X Wx + b.

    Args:
        X: sequences, (N, T, D), float.
        h0: states before the first step, (N, M), float.
        Wx: weights from the input, (D, K), float, with K = M, or 4 M for the LSTM.
        Wh: weights from the state, (M, K), float.
        b: biases, (K,), float.

    Returns:
        X, (T, N, D), and A, (T, N, K), new arrays with time first, so that each step is one
        piece of memory. A has the dtype of the whole sum, and waits for h Wh to be added.
    """
    X = X.transpose(1, 0, 2).copy()  # (T, N, D)
    T, N, D = X.shape
    A = X.reshape(T * N, D) @ Wx + b  # (T N, K)
    return X, A.reshape(T, N, len(b)).astype(np.result_type(A, h0, Wh), copy=False)


def products_last(dA, Wx, cache):
    """Do for all steps at once what no other step waits for: all gradients but that of h.

    Args:
        dA: gradient with respect to the sum A of each step, (T, N, K), float.
        Wx: weights from the input, (D, K), float.
        cache: a list of T step caches, which begin with x and h_prev.

    Returns:
        dX (N, T, D), dWx (D, K), dWh (M, K), db (K,): the steps share the parameters, and the
        products add up over steps and sequences alike.
    """
    T, N, K = dA.shape
    X, H_prev = (np.concatenate([step[k] for step in cache]) for k in (0, 1))  # (T N, D or M)
    dA = dA.reshape(T * N, K)
    dX = (dA @ Wx.T).reshape(T, N, len(Wx))  # (T, N, D)
    return sequences_first(dX), X.T @ dA, H_prev.T @ dA, dA.sum(axis=0)


def sequences_first(steps):
    """Turn (T, N, M), as the walk makes it, into (N, T, M): a new array."""
    return steps.transpose(1, 0, 2).copy()


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
