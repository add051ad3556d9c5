"""Update rules as pure functions: a parameter and its gradient in, a new parameter out.

A rule is ``rule(w, dw, state, *, learning_rate, ...) -> (w_new, state_new)``. State
is a dict, empty before the first step. A rule changes nothing in place.
"""

import math

import numpy as np

from ._checks import expect_shape


def sgd_update(w, dw, state, *, learning_rate):
    """Step against the gradient.

    Args:
        w: parameter, any shape, float.
        dw: gradient of the loss with respect to w, the shape of w.
        state: not used, returned as it came.
        learning_rate: length of the step.

    Returns:
        The new w and the state.

    Raises:
        ValueError: w and dw differ in shape.

    Source:
        w <- w - learning_rate dw.
    """
    (learning_rate,) = _check(w, dw, learning_rate)
    return w - learning_rate * dw, state


def momentum_update(w, dw, state, *, learning_rate, momentum=0.9):
    """Step with a velocity that remembers earlier gradients.

    Args:
        w: parameter, any shape, float.
        dw: gradient of the loss with respect to w, the shape of w.
        state: {} or {"v": velocity}.
        learning_rate: length of the step.
        momentum: share of the velocity that survives a step, 0 to 1.

    Returns:
        The new w and {"v": velocity}.

    Raises:
        ValueError: w and dw differ in shape.

    Source:
        v <- momentum v - learning_rate dw; w <- w + v. Polyak 1964.
    """
    learning_rate, momentum = _check(w, dw, learning_rate, momentum)
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v, {"v": v}


def rmsprop_update(w, dw, state, *, learning_rate, decay=0.99, eps=1e-8):
    """Divide each step by the recent size of that parameter's gradient.

    Args:
        w: parameter, any shape, float.
        dw: gradient of the loss with respect to w, the shape of w.
        state: {} or {"s": running mean of dw^2}.
        learning_rate: length of the step.
        decay: share of the running mean that survives a step.
        eps: keeps the division finite; it stands outside the root.

    Returns:
        The new w and {"s": running mean of dw^2}.

    Raises:
        ValueError: w and dw differ in shape.

    Source:
        s <- decay s + (1 - decay) dw^2; w <- w - learning_rate dw / (sqrt(s) + eps).
        Tieleman and Hinton 2012, lecture 6.5.
    """
    learning_rate, decay, eps = _check(w, dw, learning_rate, decay, eps)
    s = decay * state.get("s", 0.0) + (1 - decay) * (dw * dw)
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


def adam_update(w, dw, state, *, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    """Combine momentum with RMSProp, and correct both for having started at zero.

    Args:
        w: parameter, any shape, float.
        dw: gradient of the loss with respect to w, the shape of w.
        state: {} or {"m": mean of dw, "v": mean of dw^2, "t": steps so far}.
        learning_rate: length of the step.
        beta1: share of m that survives a step.
        beta2: share of v that survives a step.
        eps: keeps the division finite; it stands outside the root.

    Returns:
        The new w and {"m", "v", "t"}.

    Raises:
        ValueError: w and dw differ in shape.

    Source:
        Kingma and Ba, Adam, ICLR 2015, algorithm 1. The corrections 1 - beta^t are
        numbers, so they are multiplied together before they meet the arrays.
    """
    learning_rate, beta1, beta2, eps = _check(w, dw, learning_rate, beta1, beta2, eps)
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * (dw * dw)
    root_of_v_hat = np.sqrt(v) * (1 / math.sqrt(1 - beta2**t))
    step = learning_rate / (1 - beta1**t)
    return w - step * m / (root_of_v_hat + eps), {"m": m, "v": v, "t": t}


def _check(w, dw, *hyperparameters):
    """Refuse a gradient of another shape, and return the hyperparameters as plain floats.

    Broadcasting would accept a gradient (1, M) for a parameter (M,). A NumPy float64,
    as np.logspace gives, would turn float32 parameters into float64.
    """
    if w.shape != dw.shape:
        expect_shape("dw", dw, w.shape, "the shape of w")
    return tuple(float(value) for value in hyperparameters)


RULES = {
    "sgd": sgd_update,
    "momentum": momentum_update,
    "rmsprop": rmsprop_update,
    "adam": adam_update,
}
