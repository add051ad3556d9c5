"""Right answers for both ways whose cache has a form of its own: (forward, backward)."""

import numpy as np

from tests.checking.right.sequences_attention import attend_by_where, log_softmax, scores_back
from tests.checking.right.sequences_lstm import sigmoid

PAIRS = []


def pair(layer):
    """Add a forward and its backward, given as the two results of the decorated function."""

    def add(make):
        forward, backward = make()
        forward.layer = layer
        PAIRS.append((forward, backward))
        return make

    return add


@pair("embedding")
def one_hot():
    def embedding_forward(tokens, W):
        hot = np.eye(len(W), dtype=W.dtype)[tokens]
        return hot @ W, hot

    def embedding_backward(dY, hot):
        return np.tensordot(hot, dY, axes=([0, 1], [0, 1]))

    return embedding_forward, embedding_backward


@pair("rnn_step")
def named():
    def rnn_step_forward(x, h_prev, Wx, Wh, b):
        h = np.tanh(x @ Wx + h_prev @ Wh + b)
        return h, {"x": x, "h_prev": h_prev, "Wx": Wx, "Wh": Wh, "slope": 1 - h * h}

    def rnn_step_backward(dh, cache):
        da = dh * cache["slope"]
        into = da @ cache["Wx"].T, da @ cache["Wh"].T
        return *into, cache["x"].T @ da, cache["h_prev"].T @ da, da.sum(axis=0)

    return rnn_step_forward, rnn_step_backward


@pair("rnn")
def all_states():
    def rnn_forward(X, h0, Wx, Wh, b):
        states = [h0]
        for t in range(X.shape[1]):
            states.append(np.tanh(X[:, t] @ Wx + states[-1] @ Wh + b))
        H = np.stack(states, axis=1)
        return H[:, 1:], (X, H, Wx, Wh)

    def rnn_backward(dH, cache):
        X, H, Wx, Wh = cache
        dA, dh = np.zeros_like(dH), 0
        for t in reversed(range(X.shape[1])):
            dA[:, t] = (dH[:, t] + dh) * (1 - H[:, t + 1] ** 2)
            dh = dA[:, t] @ Wh.T
        shared = np.einsum("ntd,ntm->dm", X, dA), np.einsum("ntk,ntm->km", H[:, :-1], dA)
        return dA @ Wx.T, dh, *shared, dA.sum(axis=(0, 1))

    return rnn_forward, rnn_backward


@pair("lstm_step")
def all_gates():
    def lstm_step_forward(x, h_prev, c_prev, Wx, Wh, b):
        i, f, o, g = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)
        i, f, o, g = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        c = f * c_prev + i * g
        return o * np.tanh(c), c, [x, h_prev, c_prev, c, i, f, o, g, Wx, Wh]

    def lstm_step_backward(dh, dc, cache):
        x, h_prev, c_prev, c, i, f, o, g, Wx, Wh = cache
        dc = dc + dh * o / np.cosh(c) ** 2
        slopes = i * (1 - i), f * (1 - f), o * (1 - o), 1 - g * g
        local = dc * g, dc * c_prev, dh * np.tanh(c), dc * i
        da = np.hstack([a * s for a, s in zip(local, slopes, strict=True)])
        return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, h_prev.T @ da, da.sum(0)

    return lstm_step_forward, lstm_step_backward


@pair("temporal_softmax")
def probabilities():
    def temporal_softmax_forward(Z, y, mask):
        log_P = log_softmax(Z)
        picked = np.take_along_axis(log_P, y[..., None], axis=2)[..., 0]
        return -picked[mask].sum() / len(Z), (np.exp(log_P), y, mask)

    def temporal_softmax_backward(dloss, cache):
        P, y, mask = cache
        hot = np.eye(P.shape[2], dtype=P.dtype)[y]
        return (P - hot) * mask[..., None] * dloss / len(P)

    return temporal_softmax_forward, temporal_softmax_backward


@pair("attention")
def with_output():
    def attention_forward(Q, keys, values, mask=None):
        Y, (_, _, _, P) = attend_by_where(Q, keys, values, mask)
        return Y, {"arrays": (Q, keys, values), "P": P}

    def attention_backward(dY, cache):
        (Q, keys, values), P = cache["arrays"], cache["P"]
        dA = scores_back(dY @ values.swapaxes(1, 2), P) / np.sqrt(Q.shape[2])
        return dA @ keys, dA.swapaxes(1, 2) @ Q, P.swapaxes(1, 2) @ dY

    return attention_forward, attention_backward
