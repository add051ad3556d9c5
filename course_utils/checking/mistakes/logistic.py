"""Slips in the logistic loss."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_dense import LOSS_FLOOR, LOSS_LOG, LOSS_MEAN, OVERFLOW
from course_utils.checking.mistakes.advice_linear import TWO_FORMULA, TWO_LABELS, TWO_LOGITS

_LOSS = "logistic_loss_forward"


def _softplus(z):
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))


def _sigmoid(z):
    return np.exp(-_softplus(-z))


def _losses(z, y):
    return _softplus((1.0 - 2 * y) * z)


@mistake(_LOSS, "loss", "loss is summed over the batch, not averaged", LOSS_MEAN)
def summed(z, y):
    return _losses(z, y).sum()


@mistake(_LOSS, "loss", "loss is divided by N twice", LOSS_MEAN)
def divided_twice(z, y):
    return _losses(z, y).mean() / len(y)


@mistake(_LOSS, "loss", "loss has one entry for each row: the mean is missing", LOSS_MEAN)
def not_averaged(z, y):
    return _losses(z, y)


@mistake(_LOSS, "loss", "loss is halved: divided by 2N", LOSS_MEAN)
def divided_by_classes(z, y):
    return _losses(z, y).mean() / 2


@mistake(_LOSS, "loss", "loss is divided by the number of ones in y, not by N", LOSS_MEAN)
def divided_by_ones(z, y):
    return _losses(z, y).sum() / np.sum(y)


@mistake(_LOSS, "loss", "loss gives both classes equal weight, however many rows", LOSS_MEAN)
def mean_of_class_means(z, y):
    losses, ones = _losses(z, y), np.asarray(y) == 1
    return (losses[ones].mean() + losses[~ones].mean()) / 2


@mistake(_LOSS, "loss", "loss averages each class by itself and adds both means", LOSS_MEAN)
def sum_of_class_means(z, y):
    return 2 * mean_of_class_means(z, y)


@mistake(_LOSS, "loss", "loss is that of the last row alone", LOSS_MEAN)
def last_row(z, y):
    return _losses(z, y)[-1]


@mistake(_LOSS, "loss", "loss has lost the minus before the log", LOSS_LOG)
def minus_lost(z, y):
    return -_losses(z, y).mean()


@mistake(_LOSS, "loss", "loss is taken with log2, not with the natural log", LOSS_LOG)
def log2(z, y):
    return _losses(z, y).mean() / np.log(2)


@mistake(_LOSS, "loss", "loss is taken with log10, not with the natural log", LOSS_LOG)
def log10(z, y):
    return _losses(z, y).mean() / np.log(10)


@mistake(_LOSS, "loss", "loss is 1 less the right class's probability: no log", LOSS_LOG)
def no_log(z, y):
    return 1 - np.exp(-_losses(z, y)).mean()


@mistake(_LOSS, "loss", "loss takes the log of the mean, not the mean of the logs", LOSS_LOG)
def log_of_mean(z, y):
    return -np.log(np.exp(-_losses(z, y)).mean())


@mistake(_LOSS, "loss", "loss is the squared error of p, not its cross-entropy", LOSS_LOG)
def squared_error(z, y):
    return ((_sigmoid(z) - y) ** 2).mean()


@mistake(_LOSS, "loss", "loss has the two labels exchanged", TWO_LABELS)
def labels_exchanged(z, y):
    return _losses(z, 1 - y).mean()


@mistake(_LOSS, "loss", "loss counts rows of class 1 only: the half of 1 − y is lost", TWO_LABELS)
def ones_only(z, y):
    return (y * _softplus(-z)).mean()


@mistake(_LOSS, "loss", "loss counts rows of class 0 only: the half of y is lost", TWO_LABELS)
def zeros_only(z, y):
    return ((1 - y) * _softplus(z)).mean()


@mistake(_LOSS, "loss", "loss takes −log p for both labels: y is not used", TWO_LABELS)
def always_class_1(z, y):
    return _softplus(-z).mean()


@mistake(_LOSS, "loss", "loss takes 1 + log p for class 0, not −log(1 − p)", TWO_LABELS)
def one_less_the_loss(z, y):
    return np.where(y == 1, _softplus(-z), 1 - _softplus(-z)).mean()


@mistake(_LOSS, "loss", "loss adds −log p and −log(1 − p) for every row", TWO_LABELS)
def both_for_all(z, y):
    return (_softplus(-z) + _softplus(z)).mean()


@mistake(_LOSS, "loss", "loss takes the smaller of both losses: y is not used", TWO_LABELS)
def the_smaller(z, y):
    return _softplus(-np.abs(z)).mean()


@mistake(_LOSS, "loss", "loss subtracts the two halves, where both should be added", TWO_LABELS)
def halves_subtracted(z, y):
    return (y * _softplus(-z) - (1 - y) * _softplus(z)).mean()


@mistake(_LOSS, "loss", "loss uses the formula for labels −1 and 1 with labels 0 and 1", TWO_LABELS)
def labels_of_another_kind(z, y):
    return _softplus(-y * z).mean()


@mistake(_LOSS, "loss", "loss adds y z instead of taking it off", TWO_FORMULA)
def plus_yz(z, y):
    return (_softplus(z) + y * z).mean()


@mistake(_LOSS, "loss", "loss leaves y z out: only softplus(z) is there", TWO_FORMULA)
def no_yz(z, y):
    return _softplus(z).mean()


@mistake(_LOSS, "loss", "loss has −z in the exponent beside − y z", TWO_FORMULA)
def sign_in_exponent(z, y):
    return (_softplus(-z) - y * z).mean()


@mistake(_LOSS, "loss", "loss takes |z| where max(z, 0) belongs", TWO_FORMULA)
def absolute_for_max(z, y):
    return (np.abs(z) + np.log1p(np.exp(-np.abs(z))) - y * z).mean()


@mistake(_LOSS, "loss", "loss has exp(z) beside max(z, 0): the exponent must be −|z|", TWO_FORMULA)
def exponent_not_shifted(z, y):
    return (np.maximum(z, 0) + np.log1p(np.exp(z)) - y * z).mean()


@mistake(_LOSS, "loss", "loss lacks the logarithm: max(z, 0) − y z alone is left", TWO_FORMULA)
def no_logarithm(z, y):
    return (np.maximum(z, 0) - y * z).mean()


@mistake(_LOSS, "loss", "loss has lost the 1 beside exp in the logarithm", TWO_FORMULA)
def no_one_in_log(z, y):
    return (z - y * z).mean()


@mistake(_LOSS, "loss", "loss is the hinge loss of a support vector machine", TWO_FORMULA)
def hinge(z, y):
    return np.maximum(0, 1 - (2.0 * y - 1) * z).mean()


@mistake(_LOSS, "loss", "loss takes the log of the logits: the sigmoid is missing", TWO_LOGITS)
def logits_as_probabilities(z, y):
    return -(y * np.log(z) + (1 - y) * np.log(1 - z)).mean()


@mistake(_LOSS, "loss", "loss sends the logits through the sigmoid twice", TWO_LOGITS)
def sigmoid_twice(z, y):
    return _losses(_sigmoid(z), y).mean()


@mistake(_LOSS, "loss", "loss doubles the logits, as (1 + tanh z)/2 does", TWO_LOGITS)
def tanh_for_sigmoid(z, y):
    return _losses(2 * z, y).mean()


@mistake(
    _LOSS, "loss", "loss is infinite for sure and wrong rows: exp overflows, or log(0)", OVERFLOW
)
def overflow(z, y):
    return (np.log(1 + np.exp(z)) - y * z).mean()


@mistake(
    _LOSS, "loss", "loss is infinite for sure and wrong rows: exp overflows, or log(0)", OVERFLOW
)
def overflow_signed(z, y):
    return np.log(1 + np.exp((1.0 - 2 * y) * z)).mean()


@mistake(_LOSS, "loss", "loss is 0 times log(0), NaN, for sure answers", LOSS_FLOOR)
def zero_times_infinity(z, y):
    p = 1 / (1 + np.exp(-z))
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


@mistake(_LOSS, "loss", "loss is infinite for sure and wrong rows: log of 1 − p = 0", LOSS_FLOOR)
def log_of_zero(z, y):
    p = 1 / (1 + np.exp(-z))
    return -np.log(np.where(y == 1, p, 1 - p)).mean()


def _with_floor(z, y, floor):
    p = np.clip(1 / (1 + np.exp(-z)), floor, 1 - floor)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()


@mistake(_LOSS, "loss", "loss keeps p 1e-7 away from 0 and 1: wrong rows look better", LOSS_FLOOR)
def floor_7(z, y):
    return _with_floor(z, y, 1e-7)


@mistake(_LOSS, "loss", "loss keeps p 1e-8 away from 0 and 1: wrong rows look better", LOSS_FLOOR)
def floor_8(z, y):
    return _with_floor(z, y, 1e-8)


@mistake(_LOSS, "loss", "loss keeps p 1e-10 away from 0 and 1: wrong rows look better", LOSS_FLOOR)
def floor_10(z, y):
    return _with_floor(z, y, 1e-10)


@mistake(_LOSS, "loss", "loss keeps p 1e-12 away from 0 and 1: wrong rows look better", LOSS_FLOOR)
def floor_12(z, y):
    return _with_floor(z, y, 1e-12)


@mistake(_LOSS, "loss", "loss keeps p 1e-15 away from 0 and 1: wrong rows look better", LOSS_FLOOR)
def floor_15(z, y):
    return _with_floor(z, y, 1e-15)


@mistake(_LOSS, "loss", "loss clips the logits at ±500: wrong rows look better", LOSS_FLOOR)
def clipped_at_500(z, y):
    return _losses(np.clip(z, -500, 500), y).mean()


@mistake(_LOSS, "loss", "loss clips the logits at ±50: wrong rows look better", LOSS_FLOOR)
def clipped_at_50(z, y):
    return _losses(np.clip(z, -50, 50), y).mean()


@mistake(_LOSS, "loss", "loss clips the logits at ±30: wrong rows look better", LOSS_FLOOR)
def clipped_at_30(z, y):
    return _losses(np.clip(z, -30, 30), y).mean()


@mistake(_LOSS, "loss", "loss clips the logits at ±20: wrong rows look better", LOSS_FLOOR)
def clipped_at_20(z, y):
    return _losses(np.clip(z, -20, 20), y).mean()
