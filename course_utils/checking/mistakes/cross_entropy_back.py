"""Slips in the cross-entropy's way back."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_dense import LOSS_BACK, LOSS_MEAN, SUMMED_AWAY

_BACK = "softmax_cross_entropy_backward"


def _one_hot(P, y):
    return np.eye(P.shape[1], dtype=P.dtype)[y]


@mistake(_BACK, "dZ", "dZ is not divided by N", LOSS_MEAN)
def not_divided_by_N(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, y))


@mistake(_BACK, "dZ", "dZ is divided by N twice", AVERAGED)
def divided_twice(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, y)) / len(y) ** 2


@mistake(_BACK, "dZ", "dZ is divided by the number of classes, not by N", LOSS_MEAN)
def divided_by_C(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, y)) / P.shape[1]


@mistake(_BACK, "dZ", "dZ is divided by N·C, the number of all entries", LOSS_MEAN)
def divided_by_size(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, y)) / P.size


@mistake(_BACK, "dZ", "dZ has no −1 at the label", LOSS_BACK)
def no_minus_one(dloss, cache):
    P, y = cache
    return dloss * P / len(y)


@mistake(_BACK, "dZ", "dZ has +1 at the label, not −1", LOSS_BACK)
def plus_one(dloss, cache):
    P, y = cache
    return dloss * (P + _one_hot(P, y)) / len(y)


@mistake(_BACK, "dZ", "dZ has the wrong sign, one-hot less P", SIGN)
def sign(dloss, cache):
    P, y = cache
    return dloss * (_one_hot(P, y) - P) / len(y)


@mistake(_BACK, "dZ", "dZ does not use dloss", UPSTREAM_LOST)
def upstream_lost(dloss, cache):
    P, y = cache
    return (P - _one_hot(P, y)) / len(y)


@mistake(_BACK, "dZ", "dZ has 1 taken off whole columns, not off one entry per row", LOSS_BACK)
def whole_columns(dloss, cache):
    P, y = cache
    dZ = P.copy()
    dZ[:, y] -= 1
    return dloss * dZ / len(y)


@mistake(_BACK, "dZ", "dZ has 1 taken off every entry", LOSS_BACK)
def minus_one_everywhere(dloss, cache):
    P, y = cache
    return dloss * (P - 1) / len(y)


@mistake(_BACK, "dZ", "dZ has the label's number taken off, not a one-hot row", LOSS_BACK)
def label_as_number(dloss, cache):
    P, y = cache
    return dloss * (P - y[:, None]) / len(y)


@mistake(_BACK, "dZ", "dZ has the −1 at the largest probability, not at the label", LOSS_BACK)
def at_the_largest(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, P.argmax(axis=1))) / len(y)


@mistake(_BACK, "dZ", "dZ has the −1 one class beside the label", LOSS_BACK)
def beside_the_label(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, y - 1)) / len(y)


@mistake(_BACK, "dZ", "dZ leaves P out: only the entry at the label is set", LOSS_BACK)
def label_only(dloss, cache):
    P, y = cache
    return -dloss * _one_hot(P, y) / len(y)


@mistake(_BACK, "dZ", "dZ keeps the label's entry alone: the other classes got 0", LOSS_BACK)
def other_classes_zero(dloss, cache):
    P, y = cache
    return dloss * (P - 1) * _one_hot(P, y) / len(y)


@mistake(_BACK, "dZ", "dZ is the gradient of −log P with respect to P, not to Z", LOSS_BACK)
def gradient_of_P(dloss, cache):
    P, y = cache
    return dloss * np.where(_one_hot(P, y) == 1, -1 / P, 0) / len(y)


@mistake(_BACK, "dZ", "dZ is multiplied by P (1 − P), as behind a sigmoid", LOSS_BACK)
def times_slope(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, y)) * P * (1 - P) / len(y)


@mistake(_BACK, "dZ", "dZ has passed the derivative of softmax once too often", LOSS_BACK)
def softmax_twice(dloss, cache):
    P, y = cache
    dP = P - _one_hot(P, y)
    return dloss * P * (dP - (P * dP).sum(axis=1, keepdims=True)) / len(y)


@mistake(_BACK, "dZ", "dZ has a factor 2, as if the loss were a square", LOSS_BACK)
def doubled(dloss, cache):
    P, y = cache
    return 2 * dloss * (P - _one_hot(P, y)) / len(y)


@mistake(_BACK, "dZ", "dZ has P and one-hot divided apart: only P is divided by N", LOSS_MEAN)
def only_P_divided(dloss, cache):
    P, y = cache
    return dloss * (P / len(y) - _one_hot(P, y))


@mistake(_BACK, "dZ", "dZ is summed over the batch: one row instead of N", SUMMED_AWAY)
def summed(dloss, cache):
    P, y = cache
    return dloss * (P - _one_hot(P, y)).sum(axis=0) / len(y)
