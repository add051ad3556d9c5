"""Ways to take an LSTM through a sequence and back; ours is in course_utils/nn."""

import numpy as np

from course_utils import nn


def step_by_step(arrays, dH):
    """The public step, T times there and T times back; gradients of the parameters are added up.

    Args:
        arrays: X (N, T, D), h0 (N, M), Wx (D, 4 M), Wh (M, 4 M), b (4 M,).
        dH: (N, T, M).

    Returns:
        H, and the gradients of the arguments.
    """
    X, h, *params = arrays
    T, c, states, caches = X.shape[1], np.zeros_like(h), [], []
    for t in range(T):
        h, c, cache = nn.lstm_step_forward(X[:, t], h, c, *params)
        states.append(h)
        caches.append(cache)
    dh, dc, dXs, sums = np.zeros_like(h), np.zeros_like(h), [], [0, 0, 0]
    for t in reversed(range(T)):
        dx, dh, dc, *grads = nn.lstm_step_backward(dH[:, t] + dh, dc, caches[t])
        dXs.append(dx)
        sums = [total + grad for total, grad in zip(sums, grads, strict=True)]
    return np.stack(states, axis=1), (np.stack(dXs[::-1], axis=1), dh, *sums)


def side_by_side(arrays, dH):
    """Input, state and a one side by side: one product for each step, with all parameters."""
    X, h0, Wx, Wh, b = arrays
    (N, T, D), M = X.shape, h0.shape[1]
    W = np.concatenate([Wx, Wh, b[None]])  # (D + M + 1, 4 M)
    inputs = np.ones((T, N, len(W)), X.dtype)
    inputs[:, :, :D], inputs[0, :, D:-1] = X.transpose(1, 0, 2), h0
    gates, cells = np.empty((T, N, 4 * M), X.dtype), np.zeros((T + 1, N, M), X.dtype)
    H, shown = np.empty((N, T, M), X.dtype), np.empty((T, N, M), X.dtype)
    for t in range(T):
        A = np.matmul(inputs[t], W, out=gates[t])
        i, f, o, g = _open(A)
        cells[t + 1] = f * cells[t] + i * g
        np.tanh(cells[t + 1], out=shown[t])
        H[:, t] = o * shown[t]
        if t + 1 < T:
            inputs[t + 1, :, D:-1] = H[:, t]
    dA, dX = np.empty_like(gates), np.empty_like(X)
    dh, dc = np.zeros_like(h0), np.zeros_like(h0)
    for t in reversed(range(T)):
        dc = _close(dH[:, t] + dh, dc, gates[t], cells[t], shown[t], dA[t])
        dinputs = dA[t] @ W[:-1].T  # (N, D + M)
        dX[:, t], dh = dinputs[:, :D], dinputs[:, D:]
    dW = inputs.reshape(T * N, -1).T @ dA.reshape(T * N, -1)
    return H, (dX, dh, dW[:D], dW[D:-1], dW[-1])


def _open(A):
    """Make the gates of A in place: i, f, o by sigmoid as an exponential, g by tanh."""
    M = A.shape[1] // 4
    ifo, g = A[:, : 3 * M], A[:, 3 * M :]
    with np.errstate(over="ignore"):  # 1 / inf is the 0 that is meant
        np.exp(np.negative(ifo, out=ifo), out=ifo)
    ifo += 1
    np.divide(1, ifo, out=ifo)
    np.tanh(g, out=g)
    return (A[:, k * M : (k + 1) * M] for k in range(4))


def _close(dh, dc, gates, c_prev, tanh_c, dA):
    """Fill dA where dh and dc arrive, and return dc_prev."""
    M = gates.shape[1] // 4
    i, f, o, g = (gates[:, k * M : (k + 1) * M] for k in range(4))
    dc = dc + dh * o * (1 - tanh_c * tanh_c)
    for k, slope in enumerate((dc * g, dc * c_prev, dh * tanh_c)):
        gate = gates[:, k * M : (k + 1) * M]
        np.multiply(slope, gate * (1 - gate), out=dA[:, k * M : (k + 1) * M])
    np.multiply(dc * i, 1 - g * g, out=dA[:, 3 * M :])
    return dc * f


def products_alone(arrays, dH):
    """Not an LSTM: only the products of matrices that ours makes, in their sizes and order."""
    X, h, Wx, Wh, _ = arrays
    (N, T, D), M = X.shape, h.shape[1]
    X = X.reshape(N * T, D)
    A = X @ Wx  # (N T, 4 M)
    dA, states = A.reshape(T, N, -1), dH.reshape(N * T, M)
    for _ in range(T):
        h @ Wh
    for t in range(T):
        dA[t] @ Wh.T
    return A @ Wx.T, X.T @ A, states.T @ A
