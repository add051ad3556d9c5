"""The two-layer net in single steps, for wrong answers that change one of them."""

from __future__ import annotations

import numpy as np

NET = "two_layer_loss_and_grads"


def steps_of(params, X, y, *, bend=lambda A: np.maximum(A, 0), slope=lambda A: A > 0, dZ_of=None):
    """All arrays on the way there and back, with the penalty left out."""
    A = X @ params["W1"] + params["b1"]
    H = bend(A)
    Z = H @ params["W2"] + params["b2"]
    shifted = Z - Z.max(axis=1, keepdims=True)
    E = np.exp(shifted)
    P = E / E.sum(axis=1, keepdims=True)
    one_hot = np.eye(Z.shape[1], dtype=Z.dtype)[y]
    losses = np.log(E.sum(axis=1)) - (shifted * one_hot).sum(axis=1)
    dZ = dZ_of(P, one_hot) if dZ_of else (P - one_hot) / len(y)
    dH = dZ @ params["W2"].T
    dA = dH * slope(A)
    return {"A": A, "H": H, "Z": Z, "losses": losses, "dZ": dZ, "dH": dH, "dA": dA}


def squares(params, names="W1 W2"):
    return sum(np.sum(params[name] ** 2) for name in names.split())


def collected(params, X, steps, weight_decay, parts):
    """The named parts, put together from the steps."""
    W1, W2, dA, dZ = params["W1"], params["W2"], steps["dA"], steps["dZ"]
    made = {
        "loss": steps["losses"].mean() + weight_decay * squares(params),
        "dW1": X.T @ dA + 2 * weight_decay * W1,
        "db1": dA.sum(axis=0),
        "dW2": steps["H"].T @ dZ + 2 * weight_decay * W2,
        "db2": dZ.sum(axis=0),
    }
    return {part: made[part] for part in parts.split()}
