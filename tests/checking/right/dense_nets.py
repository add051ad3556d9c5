"""Right answers of the two-layer net and of the update rules."""

from collections import OrderedDict, namedtuple

import numpy as np

from course_utils import nn
from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided

Memory = namedtuple("Memory", "m v t")


@right("two_layer_loss_and_grads")
def net_written_out(params, X, y, weight_decay=0.0):
    W1, b1, W2, b2 = params["W1"], params["b1"], params["W2"], params["b2"]
    H = np.maximum(X @ W1 + b1, 0)
    Z = H @ W2 + b2
    Z = Z - Z.max(axis=1, keepdims=True)
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    loss = -np.log(P[np.arange(len(y)), y]).mean()
    loss += weight_decay * (np.sum(W1**2) + np.sum(W2**2))
    dZ = (P - np.eye(P.shape[1])[y]) / len(y)
    dH = (dZ @ W2.T) * (H > 0)
    grads = {"W2": H.T @ dZ + 2 * weight_decay * W2, "b2": dZ.sum(0)}
    grads["W1"], grads["b1"] = X.T @ dH + 2 * weight_decay * W1, dH.sum(0)
    return loss, grads


@right("two_layer_loss_and_grads")
def net_sample_by_sample(params, X, y, weight_decay=0.0):
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    loss = weight_decay * (np.vdot(W1, W1) + np.vdot(W2, W2))
    grads = {"W1": 2 * weight_decay * W1, "b1": 0 * b1, "W2": 2 * weight_decay * W2, "b2": 0 * b2}
    for x, label in zip(X, y, strict=True):
        a = x @ W1 + b1
        h = a * (a > 0)
        z = h @ W2 + b2
        p = np.exp(z - np.logaddexp.reduce(z))
        loss -= np.log(p[label]) / len(X)
        p[label] -= 1
        da = (W2 @ p) * (a > 0)
        for key, share in zip(grads, (np.outer(x, da), da, np.outer(h, p), p), strict=True):
            grads[key] = grads[key] + share / len(X)
    return float(loss), grads


@right("two_layer_loss_and_grads")
def net_from_layers(params, X, y, weight_decay=0.0):
    A, cache_1 = nn.linear_forward(X, params["W1"], params["b1"])
    H, cache_relu = nn.relu_forward(A)
    Z, cache_2 = nn.linear_forward(H, params["W2"], params["b2"])
    loss, cache = nn.softmax_cross_entropy_forward(Z, y)
    dH, dW2, db2 = nn.linear_backward(nn.softmax_cross_entropy_backward(1, cache), cache_2)
    _, dW1, db1 = nn.linear_backward(nn.relu_backward(dH, cache_relu), cache_1)
    if weight_decay:
        loss = loss + weight_decay * sum((params[k] ** 2).sum() for k in ("W1", "W2"))
        dW1 += 2 * weight_decay * params["W1"]
        dW2 += 2 * weight_decay * params["W2"]
    return np.array(loss), OrderedDict(b2=db2, W2=dW2, b1=db1, W1=dW1)


@right("two_layer_loss_and_grads")
def net_with_a_column_of_ones(params, X, y, weight_decay=0.0):
    ones = np.ones((len(X), 1))
    V1, V2 = (np.vstack([params["W" + k], params["b" + k]]) for k in "12")
    X1 = np.hstack([X, ones])
    A = X1 @ V1
    H1 = np.hstack([np.where(A > 0, A, 0), ones])
    Z = H1 @ V2
    logs = Z - np.logaddexp.reduce(Z, axis=1)[:, None]
    one_hot = np.arange(Z.shape[1]) == y[:, None]
    dZ = (np.exp(logs) - one_hot) / len(X)
    G2, G1 = H1.T @ dZ, X1.T @ ((dZ @ V2.T)[:, :-1] * (A > 0))
    G1[:-1] += 2 * weight_decay * V1[:-1]
    G2[:-1] += 2 * weight_decay * V2[:-1]
    loss = -logs[one_hot].mean() + weight_decay * ((V1[:-1] ** 2).sum() + (V2[:-1] ** 2).sum())
    return [loss, {"W1": G1[:-1], "b1": G1[-1], "W2": G2[:-1], "b2": G2[-1]}]


@right("two_layer_loss_and_grads")
def net_in_views(params, X, y, weight_decay=0.0):
    loss, grads = net_written_out(params, X, y, weight_decay)
    return loss, {key: strided(value) for key, value in grads.items()}


right("two_layer_loss_and_grads")(in_float32(net_written_out))
right("two_layer_loss_and_grads")(in_fortran_order(net_sample_by_sample))


@right("sgd_update")
def sgd_plain(w, dw, state, *, learning_rate):
    return w - learning_rate * dw, state


@right("sgd_update")
def sgd_on_a_copy(w, dw, state, *, learning_rate):
    w = w.copy()
    w -= learning_rate * dw
    return w, {}


@right("sgd_update")
def sgd_without_state(w, dw, state, *, learning_rate):
    return [strided(w + dw * -learning_rate), None]


@right("sgd_update")
def sgd_by_loop(w, dw, state, *, learning_rate):
    return np.array([a - learning_rate * b for a, b in zip(w, dw, strict=True)]), state


@right("sgd_update")
def sgd_counts(w, dw, state, *, learning_rate):
    state["steps"] = state.get("steps", 0) + 1
    return frozen(np.subtract(w, np.multiply(learning_rate, dw))), state


right("sgd_update")(in_float32(sgd_plain))


@right("momentum_update")
def momentum_as_in_torch(w, dw, state, *, learning_rate, momentum=0.9):
    state["v"] = momentum * state.get("v", 0) + dw
    return w - learning_rate * state["v"], state


@right("momentum_update")
def momentum_with_setdefault(w, dw, state, *, learning_rate, momentum=0.9):
    v = state.setdefault("velocity", np.zeros_like(w))
    v *= momentum
    v -= learning_rate * dw
    return w + v, state


@right("momentum_update")
def momentum_positive(w, dw, state, *, learning_rate, momentum=0.9):
    v = learning_rate * dw + momentum * state["v"] if "v" in state else learning_rate * dw
    return strided(w - v), {"v": v}


@right("momentum_update")
def momentum_state_is_an_array(w, dw, state, *, learning_rate, momentum=0.9):
    old = state if isinstance(state, np.ndarray) else np.zeros(w.shape)
    v = momentum * old - learning_rate * dw
    return [w + v, v]


@right("momentum_update")
def momentum_from_all_gradients(w, dw, state, *, learning_rate, momentum=0.9):
    seen = [*state.get("seen", []), dw]
    push = sum(momentum**age * g for age, g in enumerate(reversed(seen)))
    return w - learning_rate * push, {"seen": seen}


@right("momentum_update")
def momentum_heavy_ball(w, dw, state, *, learning_rate, momentum=0.9):
    before = state.get("before", w)
    return w - learning_rate * dw + momentum * (w - before), {"before": w}


right("momentum_update")(in_float32(momentum_positive))


@right("rmsprop_update")
def rmsprop_plain(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    state["s"] = decay * state.get("s", 0) + (1 - decay) * dw**2
    return w - learning_rate * dw / (np.sqrt(state["s"]) + eps), state


@right("rmsprop_update")
def rmsprop_towards(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    s = state.get("s", np.zeros_like(w))
    s = s + (1 - decay) * (np.square(dw) - s)
    return w - learning_rate / (s**0.5 + eps) * dw, {"s": s}


@right("rmsprop_update")
def rmsprop_keeps_the_root(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    root = np.sqrt(decay * state.get("root", 0.0) ** 2 + (1 - decay) * dw * dw)
    return strided(w - learning_rate * dw / (root + eps)), {"root": root}


@right("rmsprop_update")
def rmsprop_state_is_a_tuple(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    s = decay * (state[0] if state else 0.0) + (1 - decay) * dw * dw
    return [w - np.divide(learning_rate * dw, np.sqrt(s) + eps), (s,)]


@right("rmsprop_update")
def rmsprop_by_loop(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    s, new = state.get("s", [0.0] * len(w)), w.copy()
    for i, g in enumerate(dw):
        s[i] = decay * s[i] + (1 - decay) * g * g
        new[i] -= learning_rate * g / (s[i] ** 0.5 + eps)
    return new, {"s": s}


right("rmsprop_update")(in_float32(rmsprop_plain))


@right("adam_update")
def adam_as_in_the_paper(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = beta1 * state.get("m", np.zeros_like(w)) + (1 - beta1) * dw
    v = state["v"] = beta2 * state.get("v", np.zeros_like(w)) + (1 - beta2) * dw * dw
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), state


@right("adam_update")
def adam_with_powers_kept(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    if not state:
        state = {"m": 0, "v": 0, "b1": 1, "b2": 1}
    b1, b2 = state["b1"] * beta1, state["b2"] * beta2
    m = state["m"] + (1 - beta1) * (dw - state["m"])
    v = state["v"] + (1 - beta2) * (dw**2 - state["v"])
    root = np.sqrt(v / (1 - b2))
    new = {"m": m, "v": v, "b1": b1, "b2": b2}
    return strided(w - learning_rate / (1 - b1) * m / (root + eps)), new


@right("adam_update")
def adam_with_scaled_eps(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    memory = state or Memory(0.0, 0.0, 0)
    t, m = memory.t + 1, beta1 * memory.m + (1 - beta1) * dw
    v = beta2 * memory.v + (1 - beta2) * dw * dw
    up = np.sqrt(1 - beta2**t)
    return [w - learning_rate * up / (1 - beta1**t) * m / (np.sqrt(v) + eps * up), Memory(m, v, t)]


@right("adam_update")
def adam_counting_at_the_end(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 1)
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * dw**2
    new = w - learning_rate * (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps)
    return new, {"m": m, "v": v, "t": t + 1}


@right("adam_update")
def adam_weighted_means(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    seen = np.array([*state.get("seen", []), dw])
    age = np.arange(len(seen))[::-1]
    m = np.average(seen, axis=0, weights=beta1**age)
    v = np.average(seen**2, axis=0, weights=beta2**age)
    return w - learning_rate * m / (np.sqrt(v) + eps), {"seen": seen}


right("adam_update")(in_float32(adam_as_in_the_paper))
