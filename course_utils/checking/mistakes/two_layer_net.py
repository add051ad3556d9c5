"""Slips in the two-layer net, where the single steps are put together."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN
from course_utils.checking.mistakes.advice_dense import LOSS_BACK
from course_utils.checking.mistakes.advice_nets import (
    NET_FORWARD,
    NET_HIDDEN,
    NET_LOSS_BACK,
    NET_RELU,
)
from course_utils.checking.mistakes.two_layer_steps import NET, collected, steps_of

_ALL = "loss dW1 db1 dW2 db2"
_GRADS = "dW1 db1 dW2 db2"


@mistake(NET, "dW1 db1", "the mask of the ReLU is missing on the way back", NET_RELU)
def no_mask(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, slope=lambda A: 1.0)
    return collected(params, X, steps, weight_decay, "dW1 db1")


@mistake(NET, "dW1 db1", "the mask of the ReLU is inverted on the way back", NET_RELU)
def mask_inverted(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, slope=lambda A: A <= 0)
    return collected(params, X, steps, weight_decay, "dW1 db1")


@mistake(NET, "dW1 db1", "the gradient is multiplied by H, not by the mask", NET_RELU)
def times_hidden(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, slope=lambda A: np.maximum(A, 0))
    return collected(params, X, steps, weight_decay, "dW1 db1")


@mistake(NET, "dW1 db1", "the mask of the ReLU is taken from dH, not from A", NET_RELU)
def mask_from_dH(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y)
    steps["dA"] = steps["dH"] * (steps["dH"] > 0)
    return collected(params, X, steps, weight_decay, "dW1 db1")


@mistake(NET, _ALL, "the ReLU is left out, there and back", NET_FORWARD)
def no_relu(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, bend=lambda A: A, slope=lambda A: 1.0)
    return collected(params, X, steps, weight_decay, _ALL)


@mistake(NET, _ALL, "the ReLU is left out on the way there", NET_FORWARD)
def no_relu_there(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, bend=lambda A: A)
    return collected(params, X, steps, weight_decay, _ALL)


@mistake(NET, _ALL, "the hidden layer has a tanh where a ReLU is asked for", NET_FORWARD)
def tanh_hidden(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, bend=np.tanh, slope=lambda A: 1 - np.tanh(A) ** 2)
    return collected(params, X, steps, weight_decay, _ALL)


@mistake(NET, _ALL, "the hidden layer has a sigmoid where a ReLU is asked for", NET_FORWARD)
def sigmoid_hidden(params, X, y, weight_decay=0.0):
    def sigmoid(A):
        return 1 / (1 + np.exp(-A))

    steps = steps_of(params, X, y, bend=sigmoid, slope=lambda A: sigmoid(A) * (1 - sigmoid(A)))
    return collected(params, X, steps, weight_decay, _ALL)


@mistake(NET, _ALL, "b1 is not added on the way there", NET_FORWARD)
def no_b1(params, X, y, weight_decay=0.0):
    steps = steps_of({**params, "b1": 0 * params["b1"]}, X, y)
    return collected(params, X, steps, weight_decay, _ALL)


@mistake(NET, _ALL, "b2 is not added on the way there", NET_FORWARD)
def no_b2(params, X, y, weight_decay=0.0):
    steps = steps_of({**params, "b2": 0 * params["b2"]}, X, y)
    return collected(params, X, steps, weight_decay, _ALL)


@mistake(NET, _ALL, "neither bias is added on the way there", NET_FORWARD)
def no_biases(params, X, y, weight_decay=0.0):
    zero = {"b1": 0 * params["b1"], "b2": 0 * params["b2"]}
    return collected(params, X, steps_of({**params, **zero}, X, y), weight_decay, _ALL)


@mistake(NET, _ALL, "the logits pass a second ReLU before the loss", NET_FORWARD)
def relu_on_logits(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y)
    Z = np.maximum(steps["Z"], 0)
    E = np.exp(Z - Z.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    one_hot = np.eye(Z.shape[1], dtype=Z.dtype)[y]
    steps["losses"] = -np.log((P * one_hot).sum(axis=1))
    steps["dZ"] = (P - one_hot) / len(y) * (steps["Z"] > 0)
    steps["dA"] = steps["dZ"] @ params["W2"].T * (steps["A"] > 0)
    return collected(params, X, steps, weight_decay, _ALL)


@mistake(NET, "dW2", "dW2 is made from A, before the ReLU, not from H", NET_HIDDEN)
def dW2_from_A(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y)
    return steps["A"].T @ steps["dZ"] + 2 * weight_decay * params["W2"]


@mistake(NET, "dW2", "dW2 is made from the mask of the ReLU, not from H", NET_HIDDEN)
def dW2_from_mask(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y)
    return (steps["A"] > 0).T @ steps["dZ"] + 2 * weight_decay * params["W2"]


@mistake(NET, _GRADS, "the gradients are not divided by N", NET_LOSS_BACK)
def not_divided(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, dZ_of=lambda P, one_hot: P - one_hot)
    return collected(params, X, steps, weight_decay, _GRADS)


@mistake(NET, _GRADS, "the gradients are divided by N twice", AVERAGED)
def divided_twice(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, dZ_of=lambda P, one_hot: (P - one_hot) / len(P) ** 2)
    return collected(params, X, steps, weight_decay, _GRADS)


@mistake(NET, _GRADS, "the −1 at the label is missing in dZ", LOSS_BACK)
def no_minus_one(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, dZ_of=lambda P, one_hot: P / len(P))
    return collected(params, X, steps, weight_decay, _GRADS)


@mistake(NET, _GRADS, "the sign of dZ is turned: one-hot less P", SIGN)
def sign_of_dZ(params, X, y, weight_decay=0.0):
    steps = steps_of(params, X, y, dZ_of=lambda P, one_hot: (one_hot - P) / len(P))
    return collected(params, X, steps, weight_decay, _GRADS)
