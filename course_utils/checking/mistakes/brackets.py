"""Slips of lessons 02 and 03 where brackets, terms or indices stand one place off."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_dense import (
    LOCAL_SLOPE,
    LOSS_BACK,
    LOSS_LOG,
    RELU_MASK,
    SOFTMAX_SHIFT,
)
from course_utils.checking.mistakes.advice_linear import MEETING_EQUATIONS, TWO_LABELS
from course_utils.checking.mistakes.advice_nets import PENALTY_SQUARES, RATE


@mistake(
    "softmax",
    "P",
    "P has the largest taken off the exponentials, not off the logits",
    SOFTMAX_SHIFT,
)
def shifted_after_exp(Z):
    E = np.exp(Z)
    E = E - E.max(axis=1, keepdims=True)
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "meeting_point",
    "x",
    "x has the weights of one pair of classes and the biases of another",
    MEETING_EQUATIONS,
)
def pairs_mixed(W, b):
    A = np.stack([W[:, 0] - W[:, 1], W[:, 0] - W[:, 2]])
    return np.linalg.solve(A, np.array([b[1] - b[0], b[2] - b[1]]))


@mistake("sigmoid_backward", "dX", "dX has 1 − Y squared, where Y is to stand once", LOCAL_SLOPE)
def other_factor_squared(dY, cache):
    return dY * (1 - cache) ** 2


@mistake(
    "logistic_loss_forward",
    "loss",
    "loss is averaged over the rows of class 1 alone",
    TWO_LABELS,
)
def mean_of_class_one(z, y):
    ones = np.asarray(y) == 1
    return np.logaddexp(0, -z[ones]).mean() if ones.any() else 0.0


@mistake(
    "l2_penalty_forward",
    "penalty",
    "penalty sums a matrix product of W with itself, not squares",
    PENALTY_SQUARES,
)
def matrix_product(W, weight_decay):
    return weight_decay * np.sum(W.T @ W)


@mistake(
    "sgd_update", "*", "w has learning_rate taken off before dw multiplies: brackets too many", RATE
)
def rate_before_product(w, dw, state, learning_rate):
    return (w - learning_rate) * dw, state


@mistake("relu_backward", "dX", "dX is 1 where dY belongs, and dY where 0 belongs", RELU_MASK)
def branches_moved(dY, cache):
    return np.where(cache > 0, 1, dY)


@mistake(
    "softmax_cross_entropy_forward",
    "loss",
    "loss sends each logit through a sigmoid: no softmax over the row",
    LOSS_LOG,
)
def sigmoids(Z, y):
    chosen = Z[np.arange(len(y)), y]
    return np.logaddexp(0, -chosen).mean()


@mistake(
    "softmax_cross_entropy_backward",
    "dZ",
    "dZ has lost brackets: dloss is on P alone, N on the labels alone",
    LOSS_BACK,
)
def factors_apart(dloss, cache):
    P, y = cache
    dZ = dloss * P
    dZ[np.arange(len(y)), y] -= 1 / len(y)
    return dZ
