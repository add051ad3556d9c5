"""Slips in the two-layer net: terms of the loss, the penalty, and single gradients."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SHAPE_KEPT, SUMMED_WRONG_AXIS
from course_utils.checking.mistakes.advice_dense import LOSS_MEAN, NOT_SUMMED, TRANSPOSED
from course_utils.checking.mistakes.advice_nets import (
    PENALTY_LOST,
    PENALTY_SLOPE,
    PENALTY_STRENGTH,
)
from course_utils.checking.mistakes.two_layer_steps import NET, collected, squares, steps_of


@mistake(NET, "loss", "loss is summed over the batch, not averaged", LOSS_MEAN)
def loss_summed(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["losses"].sum() + weight_decay * squares(params)


def _loss_with(params, X, y, penalty):
    return steps_of(params, X, y)["losses"].mean() + penalty


@mistake(NET, "loss", "loss has no penalty in it", PENALTY_LOST)
def loss_without_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, 0.0)


@mistake(NET, "loss", "loss has the penalty of W1 only", PENALTY_LOST)
def loss_only_W1(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * squares(params, "W1"))


@mistake(NET, "loss", "loss has the penalty of W2 only", PENALTY_LOST)
def loss_only_W2(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * squares(params, "W2"))


@mistake(NET, "loss", "loss charges the biases, too", PENALTY_LOST)
def loss_charges_biases(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * squares(params, "W1 b1 W2 b2"))


@mistake(NET, "loss", "loss has the penalty halved", PENALTY_STRENGTH)
def loss_half_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, 0.5 * weight_decay * squares(params))


@mistake(NET, "loss", "loss has the penalty divided by N", PENALTY_STRENGTH)
def loss_penalty_over_N(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * squares(params) / len(X))


@mistake(NET, "loss", "loss has the penalty twice", PENALTY_STRENGTH)
def loss_penalty_twice(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, 2 * weight_decay * squares(params))


@mistake(NET, "loss", "loss has the penalty taken off", PENALTY_LOST)
def loss_penalty_taken_off(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, -weight_decay * squares(params))


def _gradient(params, X, y, part):
    """The gradient of a weight matrix without any penalty."""
    return collected(params, X, steps_of(params, X, y), 0.0, part)[part]


@mistake(NET, "dW1", "dW1 has no penalty in it", PENALTY_LOST)
def dW1_no_penalty(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW1")


@mistake(NET, "dW1", "dW1 has the penalty without its factor 2", PENALTY_STRENGTH)
def dW1_no_two(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW1") + weight_decay * params["W1"]


@mistake(NET, "dW1", "dW1 has the penalty twice", PENALTY_STRENGTH)
def dW1_penalty_twice(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW1") + 4 * weight_decay * params["W1"]


@mistake(NET, "dW1", "dW1 has the penalty taken off, not added", PENALTY_LOST)
def dW1_penalty_taken_off(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW1") - 2 * weight_decay * params["W1"]


@mistake(NET, "dW1", "dW1 has the penalty divided by N", PENALTY_STRENGTH)
def dW1_penalty_over_N(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW1") + 2 * weight_decay * params["W1"] / len(X)


@mistake(NET, "dW1", "dW1 has the slope of |W1| as penalty, not that of its square", PENALTY_SLOPE)
def dW1_penalty_of_signs(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW1") + weight_decay * np.sign(params["W1"])


@mistake(NET, "dW1", "dW1 is transposed", TRANSPOSED)
def dW1_transposed(params, X, y, weight_decay=0.0):
    return (_gradient(params, X, y, "dW1") + 2 * weight_decay * params["W1"]).T


@mistake(NET, "dW2", "dW2 has no penalty in it", PENALTY_LOST)
def dW2_no_penalty(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW2")


@mistake(NET, "dW2", "dW2 has the penalty without its factor 2", PENALTY_STRENGTH)
def dW2_no_two(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW2") + weight_decay * params["W2"]


@mistake(NET, "dW2", "dW2 has the penalty twice", PENALTY_STRENGTH)
def dW2_penalty_twice(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW2") + 4 * weight_decay * params["W2"]


@mistake(NET, "dW2", "dW2 has the penalty taken off, not added", PENALTY_LOST)
def dW2_penalty_taken_off(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW2") - 2 * weight_decay * params["W2"]


@mistake(NET, "dW2", "dW2 has the penalty divided by N", PENALTY_STRENGTH)
def dW2_penalty_over_N(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW2") + 2 * weight_decay * params["W2"] / len(X)


@mistake(NET, "dW2", "dW2 has the slope of |W2| as penalty, not that of its square", PENALTY_SLOPE)
def dW2_penalty_of_signs(params, X, y, weight_decay=0.0):
    return _gradient(params, X, y, "dW2") + weight_decay * np.sign(params["W2"])


@mistake(NET, "dW2", "dW2 is transposed", TRANSPOSED)
def dW2_transposed(params, X, y, weight_decay=0.0):
    return (_gradient(params, X, y, "dW2") + 2 * weight_decay * params["W2"]).T


@mistake(NET, "db1", "db1 has a penalty, but biases pay none", PENALTY_LOST)
def db1_charged(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dA"].sum(axis=0) + 2 * weight_decay * params["b1"]


@mistake(NET, "db1", "db1 is averaged over the batch", AVERAGED)
def db1_mean(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dA"].mean(axis=0)


@mistake(NET, "db1", "db1 is summed over the units, not over the batch", SUMMED_WRONG_AXIS)
def db1_axis_1(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dA"].sum(axis=1)


@mistake(NET, "db1", "db1 is not summed over the batch", NOT_SUMMED)
def db1_not_summed(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dA"]


@mistake(NET, "db1", "db1 keeps an axis of length 1", SHAPE_KEPT)
def db1_keepdims(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dA"].sum(axis=0, keepdims=True)


@mistake(NET, "db2", "db2 has a penalty, but biases pay none", PENALTY_LOST)
def db2_charged(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dZ"].sum(axis=0) + 2 * weight_decay * params["b2"]


@mistake(NET, "db2", "db2 is averaged over the batch", AVERAGED)
def db2_mean(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dZ"].mean(axis=0)


@mistake(NET, "db2", "db2 is summed over the units, not over the batch", SUMMED_WRONG_AXIS)
def db2_axis_1(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dZ"].sum(axis=1)


@mistake(NET, "db2", "db2 is not summed over the batch", NOT_SUMMED)
def db2_not_summed(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dZ"]


@mistake(NET, "db2", "db2 keeps an axis of length 1", SHAPE_KEPT)
def db2_keepdims(params, X, y, weight_decay=0.0):
    return steps_of(params, X, y)["dZ"].sum(axis=0, keepdims=True)
