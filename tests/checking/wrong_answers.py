"""Answers that people write, each with the part that is wrong and what the verdict must name."""

import numpy as np

from course_utils import nn


def onehot(y, C):
    return np.eye(C)[y]


def in_place_relu(dY, cache):
    dY[cache <= 0] = 0
    return dY


def transposed_dW(dY, cache):
    X, W = cache
    return dY @ W.T, (X.T @ dY).T, dY.sum(axis=0)


def keepdims_db(dY, cache):
    X, W = cache
    return dY @ W.T, X.T @ dY, dY.sum(axis=0, keepdims=True)


def eps_in_log(Z, y):
    P = nn.softmax(Z)
    return -np.log(P[np.arange(len(y)), y] + 1e-12).mean(), (P, y)


def global_shift(Z, y):
    E = np.exp(Z - Z.max())
    P = E / E.sum(axis=1, keepdims=True)
    return -np.log(P[np.arange(len(y)), y]).mean(), (P, y)


def spoil_cache(dloss, cache):
    P, y = cache
    P[np.arange(len(y)), y] -= 1
    return dloss * P / len(y)


def net_without(penalty_on_loss, penalty_on_grads, biases=False):
    def two_layer(params, X, y, weight_decay=0.0):
        loss, grads = nn.two_layer_loss_and_grads(params, X, y, 0.0)
        keys = ("W1", "W2", "b1", "b2") if biases else ("W1", "W2")
        if penalty_on_loss:
            loss += weight_decay * sum((params[k] ** 2).sum() for k in keys)
        if penalty_on_grads:
            grads = {
                k: g + (2 * weight_decay * params[k] if k in keys else 0) for k, g in grads.items()
            }
        return loss, grads

    return two_layer


def adam_without_correction(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0) + (1 - beta2) * dw**2
    return w - learning_rate * m / (np.sqrt(v) + eps), {"m": m, "v": v}


def adam_stuck_at_one(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0) + (1 - beta2) * dw**2
    step = learning_rate * (m / (1 - beta1)) / (np.sqrt(v / (1 - beta2)) + eps)
    return w - step, {"m": m, "v": v}


def adam_eps_inside(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0) + (1 - beta2) * dw**2
    root = np.sqrt(v / (1 - beta2**t) + eps)
    return w - learning_rate * m / (1 - beta1**t) / root, {"m": m, "v": v, "t": t}


def momentum_damped(w, dw, state, *, learning_rate, momentum=0.9):
    v = momentum * state.get("v", 0.0) - (1 - momentum) * learning_rate * dw
    return w + v, {"v": v}


def momentum_forgotten(w, dw, state, *, learning_rate, momentum=0.9):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v, state


def momentum_in_place(w, dw, state, *, learning_rate, momentum=0.9):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    w += v
    return w, {"v": v}


# (exercise, answer, part, cause as the verdict names it, words that must be told)
WRONG_ANSWERS = [
    ("0.1", lambda x, w, b: (x * w + b, (x, w)), "y", "shape", "was not summed over"),
    ("0.1", lambda x, w, b: (x @ w, (x, w)), "y", "offset −b", "minus b"),
    ("0.1", lambda x, w, b: x @ w + b, "", "returns", "2 values, (y, cache)"),
    ("0.2", lambda dy, c: (c[1], c[0], 1.0), "dx", "ratio 1/dy", "1/dy times"),
    ("0.2", lambda dy, c: (dy * c[0], dy * c[1], dy), "dw", "is w times", "dy times w"),
    ("0.2", lambda dy, c: (dy * c[1], dy * c[0], 1), "db", "ratio 1/dy", "1/dy"),
    ("3.1", lambda X, W, b: (X @ W, (X, W)), "Y", "as if b were all zeros", "all zeros"),
    ("3.1", lambda X, W, b: (X @ W - b, (X, W)), "Y", "as if b were −b", "if b were −b"),
    ("3.1", lambda X, W, b: (W.T @ X.T + b[:, None], (X, W)), "Y", "shape", "transposed?"),
    ("3.1", lambda X, W, b: (X @ W.T + b, (X, W)), "", "exception", "(6, 7)"),
    ("3.1", lambda X, W, b: None, "", "returns", "return"),
    ("3.2", transposed_dW, "dW", "shape", "(D, M) = (6, 7), got (7, 6); transposed?"),
    ("3.2", keepdims_db, "db", "shape", "an axis too many"),
    ("3.2", lambda dY, c: (dY @ c[1].T, c[0].T @ dY, dY.sum(1)), "db", "shape", "length is N"),
    ("3.2", lambda dY, c: (dY @ c[1].T, c[0].T @ dY, dY), "db", "shape", "over axis 0"),
    (
        "3.2",
        lambda dY, c: (dY @ c[1].T, c[0].T @ dY, dY.mean(0)),
        "db",
        "ratio 1/N",
        "N = 4, 5 and",
    ),
    ("3.2", lambda dY, c: (-dY @ c[1].T, c[0].T @ dY, dY.sum(0)), "dX", "ratio −1", "−1 times"),
    ("3.3", lambda X: (np.abs(X), X), "Y", "as if X were |X|", "if X were |X|"),
    ("3.3", lambda X: (np.maximum(X, 0).astype(int), X), "Y", "dtype", "int"),
    ("3.3", lambda X: (X.max(initial=0), X), "Y", "shape", "too many?"),
    ("3.4", lambda dY, X: dY, "dX", "is dY", "just the numbers of dY"),
    ("3.4", lambda dY, X: X > 0, "dX", "dtype", "mask"),
    ("3.4", lambda dY, X: dY * (dY > 0), "dX", "values", "numbers differ"),
    ("3.4", in_place_relu, "", "mutated", "dY was changed in place"),
    ("3.5", global_shift, "loss", "nonfinite", "logits near ±1000"),
    ("3.5", eps_in_log, "loss", "values", "logits near ±1000"),
    ("3.5", lambda Z, y: (-nn.log_softmax(Z)[range(len(y)), y].sum(), 0), "loss", "ratio N", "N ="),
    ("3.5", lambda Z, y: (nn.log_softmax(Z)[range(len(y)), y].mean(), 0), "loss", "ratio −1", "−1"),
    ("3.6", lambda dl, c: dl * (c[0] - onehot(c[1], c[0].shape[1])), "dZ", "ratio N", "N ="),
    (
        "3.6",
        lambda dl, c: dl * c[0] / len(c[1]),
        "dZ",
        "is cache[0] times",
        "dloss/N times cache[0]",
    ),
    ("3.6", spoil_cache, "", "mutated", "cache[0] was changed"),
    (
        "3.6",
        lambda dl, c: (c[0] - onehot(c[1], c[0].shape[1])) / len(c[1]),
        "dZ",
        "ratio 1/dloss",
        "1/dloss times the right",
    ),
    (
        "3.7",
        net_without(False, False),
        "loss",
        "as if weight_decay were 0",
        "if weight_decay were 0",
    ),
    ("3.7", net_without(True, False), "dW2", "term W2", "2·weight_decay times W2 is missing"),
    ("3.7", net_without(True, True, biases=True), "db1", "term b1", "times b1 is too much"),
    ("3.7", lambda p, X, y, weight_decay=0: (1.0, {}), "dW1", "missing", "missing"),
    ("3.8", momentum_damped, "w after step 1", "terms of learning_rate", "(1 − momentum)"),
    ("3.8", momentum_forgotten, "w after step 2", "as if momentum were 0", "momentum were 0"),
    ("3.8", momentum_in_place, "", "mutated", "w was changed in place"),
    ("3.9", adam_without_correction, "w after step 1", "values", "differ"),
    ("3.9", adam_stuck_at_one, "w after step 2", "values", "differ"),
    ("3.9", adam_eps_inside, "w after step 1", "values", "wrong on learning_rate"),
]
