"""Recurrent nets, the masked loss, attention and the embedding."""

import numpy as np

from course_utils import nn

from . import odd, right, wrong

# ---------------------------------------------------------------- rnn


@wrong("5.3", "inside", "outside", "tanh")
def state_outside_tanh(x, h_prev, Wx, Wh, b):
    """The bracket of tanh is closed before the old state is added."""
    h = np.tanh(x @ Wx + b) + h_prev @ Wh
    return h, (x, h_prev, Wx, Wh, h)


@wrong("5.4", "transpose", "wh.t", "wh^t", "whᵀ", "wh transposed")
def transpose_forgotten(dh, cache):
    """dA @ Wh fits without a transpose, because Wh is square."""
    x, h_prev, Wx, Wh, h = cache
    dA = dh * (1 - h * h)
    return dA @ Wx.T, dA @ Wh, x.T @ dA, h_prev.T @ dA, dA.sum(0)


@wrong(
    "5.5",
    "h0",
    "previous",
    "last state",
    "hand",
    "carried",
    "before it",
    "state before",
    "starts from",
    "old state",
)
def every_step_from_h0(X, h0, Wx, Wh, b):
    """The new state gets another name, so all steps start from h0."""
    states, caches = [], []
    for t in range(X.shape[1]):
        h, cache = nn.rnn_step_forward(X[:, t], h0, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, 1), caches


@wrong(
    "5.7",
    "adds up",
    "add up",
    "+=",
    "overwrit",
    "one step",
    "all steps",
    "first step",
    "first time step",
    "added up",
    "every step",
    "single step",
    "all time steps",
    "t = 0",
)
def dwh_of_one_step(dH, cache):
    """dWx and db are added up, dWh is assigned."""
    dh, dXs, dWx, db = 0, [], 0, 0
    for t in reversed(range(len(cache))):
        dx, dh, dWx_t, dWh, db_t = nn.rnn_step_backward(dH[:, t] + dh, cache[t])
        dXs.insert(0, dx)
        dWx, db = dWx + dWx_t, db + db_t
    return np.stack(dXs, 1), dh, dWx, dWh, db


@wrong("5.7", "revers", "order", "backwards", "wrong way round", "last step first", "back to front")
def dx_in_walking_order(dH, cache):
    """The list of dx is not turned round."""
    dh, dXs, dWx, dWh, db = 0, [], 0, 0, 0
    for t in reversed(range(len(cache))):
        dx, dh, dWx_t, dWh_t, db_t = nn.rnn_step_backward(dH[:, t] + dh, cache[t])
        dXs.append(dx)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dXs, 1), dh, dWx, dWh, db


# ---------------------------------------------------------------- lstm


def _s(x):
    return 1 / (1 + np.exp(-x))


@wrong("5.8", "order", "i, f, o, g", "torch", "block", "swapped", "gate")
def gates_of_torch(x, h_prev, c_prev, Wx, Wh, b):
    """Blocks in Torch's order i, f, g, o."""
    i, f, g, o = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)
    c = _s(f) * c_prev + _s(i) * np.tanh(g)
    return _s(o) * np.tanh(c), c, None


@wrong("5.8", "tanh")
def cell_not_squashed(x, h_prev, c_prev, Wx, Wh, b):
    """h = o c without tanh."""
    i, f, o, g = np.split(x @ Wx + h_prev @ Wh + b, 4, axis=1)
    c = _s(f) * c_prev + _s(i) * np.tanh(g)
    return _s(o) * c, c, None


def _lstm_back(dh, dc, cache, *, through_h=True, wrong_forget=False):
    x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c = cache
    i, f, o = np.split(ifo, 3, axis=1)
    if through_h:
        dc = dc + dh * o * (1 - tanh_c**2)
    old = tanh_c if wrong_forget else c_prev
    dA = np.hstack(
        [
            dc * g * i * (1 - i),
            dc * old * f * (1 - f),
            dh * tanh_c * o * (1 - o),
            dc * i * (1 - g * g),
        ]
    )
    return dA @ Wx.T, dA @ Wh.T, dc * f, x.T @ dA, h_prev.T @ dA, dA.sum(0)


@wrong(
    "5.10",
    "two ways",
    "through h",
    "other way",
    "way of h",
    "from h",
    "dh · o",
    "dh o",
    "dh * o",
    "1 − tanh",
    "tanh(c)",
    "by h",
)
def only_dc(dh, dc, cache):
    """The gradient that reaches c through h is forgotten."""
    return _lstm_back(dh, dc, cache, through_h=False)


@wrong("5.10", "c_prev", "old cell", "forget")
def forget_gate_sees_the_new_cell(dh, dc, cache):
    """df is made with tanh(c) (copied from do), not with c_prev."""
    return _lstm_back(dh, dc, cache, wrong_forget=True)


@wrong("5.11", "cell", "carried", "handed on", "c_prev")
def cell_emptied_each_step(X, h0, Wx, Wh, b):
    """c = zeros stands inside the loop."""
    h, states, caches = h0, [], []
    for t in range(X.shape[1]):
        c = np.zeros_like(h0)
        h, c, cache = nn.lstm_step_forward(X[:, t], h, c, Wx, Wh, b)
        states.append(h)
        caches.append(cache)
    return np.stack(states, 1), caches


@wrong("5.12", "dc", "cell", "two gradients", "carried")
def dc_dropped(dH, cache):
    """The gradient of the cell is thrown away at each step."""
    dh, dXs, dWx, dWh, db = np.zeros_like(dH[:, 0]), [], 0, 0, 0
    for t in reversed(range(len(cache))):
        dc = np.zeros_like(dh)
        dx, dh, _, dWx_t, dWh_t, db_t = nn.lstm_step_backward(dH[:, t] + dh, dc, cache[t])
        dXs.insert(0, dx)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dXs, 1), dh, dWx, dWh, db


# ------------------------------------------------- temporal softmax, attention, embedding


@wrong(
    "5.13",
    "mask.sum",
    "number of words",
    "places",
    "sentences",
    "by n",
    "tokens",
    "1/n",
    "count",
    "sequences",
)
def mean_over_places(Z, y, mask):
    """A mean over all places that count, as Torch does."""
    logs = nn.log_softmax(Z)
    right_ones = np.take_along_axis(logs, y[..., None], 2)[..., 0]
    return -(right_ones[mask]).sum() / mask.sum(), None


@wrong(
    "5.13",
    "invert",
    "opposite",
    "where the mask is false",
    "padding",
    "do not count",
    "~mask",
    "negat",
    "exchanged",
)
def mask_inverted(Z, y, mask):
    """Takes the mask for a padding mask: True is left out."""
    logs = nn.log_softmax(Z)
    right_ones = np.take_along_axis(logs, y[..., None], 2)[..., 0]
    return Z.dtype.type(-(np.where(mask, 0, right_ones)).sum() / len(Z)), None


@wrong("5.14", "1/t", "by t", "t times", "n t", "n·t", "n · t", "1/n", "by n", "/ t")
def divides_by_all_places(dloss, cache):
    """Divides by N T."""
    log_P, labels, mask = cache
    d = np.exp(log_P)
    d[np.arange(len(labels)), labels] -= 1
    dZ = np.zeros((*mask.shape, log_P.shape[1]), log_P.dtype)
    dZ[mask] = d * (float(dloss) / mask.size)
    return dZ


def _attend(Q, keys, values, mask, scale, axis=-1):
    scores = np.einsum("ntk,nsk->nts", Q, keys) * Q.dtype.type(scale)
    if mask is not None:
        scores = np.where(mask, scores, -np.inf)
    top = np.maximum(scores.max(axis=axis, keepdims=True), np.finfo(scores.dtype).min)
    e = np.exp(scores - top)
    P = e / np.maximum(e.sum(axis=axis, keepdims=True), 1)
    return P @ values, (Q, keys, values, P)


@wrong("5.19", "sqrt", "root", "√")
def divided_by_k(Q, keys, values, mask=None):
    """Scores are divided by K, not by its root."""
    return _attend(Q, keys, values, mask, 1 / Q.shape[2])


@wrong(
    "5.19",
    "axis",
    "over the queries",
    "over t",
    "over the keys",
    "each query",
    "add up to 1",
    "sum to 1",
    "adds up to 1",
    "of a query",
)
def softmax_over_queries(Q, keys, values, mask=None):
    """Softmax along axis 1."""
    return _attend(Q, keys, values, mask, Q.shape[2] ** -0.5, axis=1)


@wrong("5.21", "sqrt", "root", "√", "scale")
def keys_not_scaled(dY, cache):
    """1/√K is put into dQ and forgotten for dkeys."""
    Q, keys, values, P = cache
    dP = dY @ values.transpose(0, 2, 1)
    dS = P * (dP - (P * dP).sum(-1, keepdims=True))
    dQ = dS @ keys / np.sqrt(Q.shape[2]).astype(Q.dtype)
    return dQ, dS.transpose(0, 2, 1) @ Q, P.transpose(0, 2, 1) @ dY


@wrong("5.21", "softmax", "p ·", "times p", "* p", "weighted by p", "· p", "by p", "weight")
def softmax_half_weighted(dY, cache):
    """dS = P dP − sum(P dP): the second term lost its P."""
    Q, keys, values, P = cache
    dP = dY @ values.transpose(0, 2, 1)
    dS = P * dP - (P * dP).sum(-1, keepdims=True)
    dS = dS / np.sqrt(Q.shape[2]).astype(Q.dtype)
    return dS @ keys, dS.transpose(0, 2, 1) @ Q, P.transpose(0, 2, 1) @ dY


@wrong("5.2", "repeat", "twice", "add.at", "once", "same token", "several times", "occurs")
def repeats_in_a_row_lost(dY, cache):
    """A loop over sentences, and += with the tokens of a whole sentence."""
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    for n in range(len(tokens)):
        dW[tokens[n]] += dY[n]
    return dW


# ================================================================ second round


@odd("5.3", "transpos", "wh.t", "whᵀ", "wh^t")
def wh_transposed(x, h_prev, Wx, Wh, b):
    """Wh is transposed, which fits because it is square."""
    h = np.tanh(x @ Wx + h_prev @ Wh.T + b)
    return h, (x, h_prev, Wx, Wh, h)


@odd("5.7", "t − 1", "t - 1", "off by", "one step", "shift", "neighbour", "wrong time", "step too")
def gradient_of_the_step_before(dH, cache):
    """dH[:, t − 1] for dH[:, t]; at t = 0 that is the last one."""
    dh, dXs, dWx, dWh, db = 0, [], 0, 0, 0
    for t in reversed(range(len(cache))):
        dx, dh, dWx_t, dWh_t, db_t = nn.rnn_step_backward(dH[:, t - 1] + dh, cache[t])
        dXs.insert(0, dx)
        dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
    return np.stack(dXs, 1), dh, dWx, dWh, db


@odd("5.10", "tanh", "sigmoid", "1 − g²", "slope")
def candidate_as_a_gate(dh, dc, cache):
    """g gets the slope of a sigmoid, like its three neighbours."""
    x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c = cache
    i, f, o = np.split(ifo, 3, axis=1)
    dc = dc + dh * o * (1 - tanh_c**2)
    dA = np.hstack(
        [
            dc * g * i * (1 - i),
            dc * c_prev * f * (1 - f),
            dh * tanh_c * o * (1 - o),
            dc * i * g * (1 - g),
        ]
    )
    return dA @ Wx.T, dA @ Wh.T, dc * f, x.T @ dA, h_prev.T @ dA, dA.sum(0)


@odd("5.19", "inf", "score 0", "scores of 0", "exp(0)", "weight", "hidden")
def scores_times_mask(Q, keys, values, mask=None):
    """Hidden scores become 0, which is no small score."""
    scores = np.einsum("ntk,nsk->nts", Q, keys) * Q.dtype.type(Q.shape[2] ** -0.5)
    if mask is not None:
        scores = scores * mask
    return nn.softmax(scores) @ values, None


@odd("5.21", "softmax", "scores", "dp")
def keys_before_softmax(dY, cache):
    """dkeys is made with dP, from before the way through softmax."""
    Q, keys, values, P = cache
    dQ, _, dvalues = nn.attention_backward(dY, cache)
    dP = dY @ values.transpose(0, 2, 1)
    return dQ, dP.transpose(0, 2, 1) @ Q / np.sqrt(Q.shape[2]).astype(Q.dtype), dvalues


# ================================================================ right answers


@right("5.2")
def embedding_by_one_hot(dY, cache):
    """Right: one-hot rows, transposed, times dY."""
    tokens, (V, _) = cache
    return np.einsum("ntv,nte->ve", np.eye(V, dtype=dY.dtype)[tokens], dY)


@right("5.5")
def rnn_with_stacked_weights(X, h0, Wx, Wh, b):
    """Right: input and state side by side, one product."""
    W = np.vstack([Wx, Wh])
    H = np.empty((*X.shape[:2], len(b)), X.dtype)
    for t in range(X.shape[1]):
        H[:, t] = h0 = np.tanh(np.hstack([X[:, t], h0]) @ W + b)
    return H, None


@right("5.10")
def lstm_backward_written_out(dh, dc, cache):
    """Right: all slopes in one line."""
    return _lstm_back(dh, dc, cache)


@right("5.19")
def attention_by_einsum(Q, keys, values, mask=None):
    """Right: einsum, the same softmax."""
    return _attend(Q, keys, values, mask, Q.shape[2] ** -0.5)
