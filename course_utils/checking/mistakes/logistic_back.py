"""Slips in the logistic loss's way back."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_dense import LOSS_MEAN, SUMMED_AWAY
from course_utils.checking.mistakes.advice_linear import TWO_BACK, TWO_LABELS, TWO_LOGITS

_BACK = "logistic_loss_backward"


@mistake(_BACK, "dz", "dz is not divided by N", LOSS_MEAN)
def not_divided_by_N(dloss, cache):
    p, y = cache
    return dloss * (p - y)


@mistake(_BACK, "dz", "dz is divided by N twice", AVERAGED)
def divided_twice(dloss, cache):
    p, y = cache
    return dloss * (p - y) / len(p) ** 2


@mistake(_BACK, "dz", "dz has p and y divided apart: only p is divided by N", LOSS_MEAN)
def only_p_divided(dloss, cache):
    p, y = cache
    return dloss * (p / len(p) - y)


@mistake(_BACK, "dz", "dz has p and y divided apart: only y is divided by N", LOSS_MEAN)
def only_y_divided(dloss, cache):
    p, y = cache
    return dloss * (p - y / len(p))


@mistake(_BACK, "dz", "dz has the wrong sign, y less p", SIGN)
def sign(dloss, cache):
    p, y = cache
    return dloss * (y - p) / len(p)


@mistake(_BACK, "dz", "dz does not use dloss", UPSTREAM_LOST)
def upstream_lost(dloss, cache):
    p, y = cache
    return (p - y) / len(p)


@mistake(_BACK, "dz", "dz adds dloss instead of multiplying with it", UPSTREAM_LOST)
def upstream_added(dloss, cache):
    p, y = cache
    return dloss + (p - y) / len(p)


@mistake(_BACK, "dz", "dz leaves y out", TWO_BACK)
def p_alone(dloss, cache):
    p, y = cache
    return dloss * p / len(p)


@mistake(_BACK, "dz", "dz leaves p out", TWO_BACK)
def y_alone(dloss, cache):
    p, y = cache
    return -dloss * y / len(p)


@mistake(_BACK, "dz", "dz adds y to p where the difference belongs", TWO_BACK)
def added(dloss, cache):
    p, y = cache
    return dloss * (p + y) / len(p)


@mistake(_BACK, "dz", "dz is multiplied by p (1 − p): that slope has cancelled", TWO_BACK)
def times_slope(dloss, cache):
    p, y = cache
    return dloss * (p - y) * p * (1 - p) / len(p)


@mistake(_BACK, "dz", "dz is the gradient of the squared error behind a sigmoid", TWO_BACK)
def squared_error(dloss, cache):
    p, y = cache
    return 2 * dloss * (p - y) * p * (1 - p) / len(p)


@mistake(_BACK, "dz", "dz is the gradient with respect to p, not to z", TWO_BACK)
def gradient_of_p(dloss, cache):
    p, y = cache
    return dloss * (p - y) / (p * (1 - p)) / len(p)


@mistake(_BACK, "dz", "dz is the gradient with respect to p, not to z", TWO_BACK)
def gradient_of_p_by_label(dloss, cache):
    p, y = cache
    return dloss * np.where(y == 1, -1 / p, 1 / (1 - p)) / len(p)


@mistake(_BACK, "dz", "dz is the slope of the sigmoid: the labels are not used", TWO_BACK)
def slope_alone(dloss, cache):
    p, y = cache
    return dloss * p * (1 - p) / len(p)


@mistake(_BACK, "dz", "dz has a factor 2, as if the loss were a square", TWO_BACK)
def doubled(dloss, cache):
    p, y = cache
    return 2 * dloss * (p - y) / len(p)


@mistake(_BACK, "dz", "dz is halved", TWO_BACK)
def halved(dloss, cache):
    p, y = cache
    return 0.5 * dloss * (p - y) / len(p)


@mistake(_BACK, "dz", "dz drops the sign: it is never negative", TWO_BACK)
def absolute(dloss, cache):
    p, y = cache
    return dloss * np.abs(p - y) / len(p)


@mistake(_BACK, "dz", "dz squares the difference: it is a loss, not a slope", TWO_BACK)
def squared(dloss, cache):
    p, y = cache
    return dloss * (p - y) ** 2 / len(p)


@mistake(_BACK, "dz", "dz uses the answer 0 or 1 in place of the probability", TWO_BACK)
def perceptron(dloss, cache):
    p, y = cache
    return dloss * ((p > 0.5) - y) / len(p)


@mistake(_BACK, "dz", "dz has the two labels exchanged", TWO_LABELS)
def labels_exchanged(dloss, cache):
    p, y = cache
    return dloss * (p - (1 - y)) / len(p)


@mistake(_BACK, "dz", "dz is right for class 1 and 0 for class 0: a half is lost", TWO_LABELS)
def ones_only(dloss, cache):
    p, y = cache
    return dloss * (p - 1) * y / len(p)


@mistake(_BACK, "dz", "dz is right for class 0 and 0 for class 1: a half is lost", TWO_LABELS)
def zeros_only(dloss, cache):
    p, y = cache
    return dloss * p * (1 - y) / len(p)


@mistake(_BACK, "dz", "dz takes off 1 for every row, not y", TWO_LABELS)
def always_class_1(dloss, cache):
    p, y = cache
    return dloss * (p - 1) / len(p)


@mistake(_BACK, "dz", "dz takes the labels for −1 and 1", TWO_LABELS)
def labels_of_another_kind(dloss, cache):
    p, y = cache
    return dloss * (p - (2 * y - 1)) / len(p)


@mistake(_BACK, "dz", "dz sends p through the sigmoid again", TWO_LOGITS)
def sigmoid_again(dloss, cache):
    p, y = cache
    return dloss * (1 / (1 + np.exp(-p)) - y) / len(p)


@mistake(_BACK, "dz", "dz is summed over the batch: one number instead of N", SUMMED_AWAY)
def summed(dloss, cache):
    p, y = cache
    return dloss * (p - y).sum() / len(p)


@mistake(_BACK, "dz", "dz has a column for each class, where each row has one logit", TWO_BACK)
def both_columns(dloss, cache):
    p, y = cache
    return dloss * np.stack([y - p, p - y], axis=1) / len(p)
