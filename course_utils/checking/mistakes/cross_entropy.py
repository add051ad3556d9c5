"""Slips in the cross-entropy loss."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_dense import (
    LOSS_FLOOR,
    LOSS_LABEL,
    LOSS_LOG,
    LOSS_MEAN,
    OVERFLOW,
    SOFTMAX_AXIS,
    SOFTMAX_SHIFT,
)

_LOSS = "softmax_cross_entropy_forward"


def _log_softmax(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _rows(y):
    return np.arange(len(y))


def _losses(Z, y):
    return -_log_softmax(Z)[_rows(y), y]


@mistake(_LOSS, "loss", "loss is summed over the batch, not averaged", LOSS_MEAN)
def summed(Z, y):
    return _losses(Z, y).sum()


@mistake(_LOSS, "loss", "loss is divided by N twice", LOSS_MEAN)
def divided_twice(Z, y):
    return _losses(Z, y).mean() / len(y)


@mistake(_LOSS, "loss", "loss is divided by the number of classes, not by N", LOSS_MEAN)
def divided_by_C(Z, y):
    return _losses(Z, y).sum() / Z.shape[1]


@mistake(_LOSS, "loss", "loss is divided by N·C, the number of all logits", LOSS_MEAN)
def divided_by_size(Z, y):
    return _losses(Z, y).sum() / Z.size


@mistake(_LOSS, "loss", "loss has one entry for each row: the mean is missing", LOSS_MEAN)
def not_averaged(Z, y):
    return _losses(Z, y)


@mistake(_LOSS, "loss", "loss is that of the last row alone", LOSS_MEAN)
def last_row(Z, y):
    return _losses(Z, y)[-1]


@mistake(_LOSS, "loss", "loss is that of the first row alone", LOSS_MEAN)
def first_row(Z, y):
    return _losses(Z, y)[0]


@mistake(_LOSS, "loss", "loss has no minus before the log", LOSS_LOG)
def minus_lost(Z, y):
    return -_losses(Z, y).mean()


@mistake(_LOSS, "loss", "loss is taken with log2, not with the natural log", LOSS_LOG)
def log2(Z, y):
    return _losses(Z, y).mean() / np.log(2)


@mistake(_LOSS, "loss", "loss is taken with log10, not with the natural log", LOSS_LOG)
def log10(Z, y):
    return _losses(Z, y).mean() / np.log(10)


@mistake(_LOSS, "loss", "loss is the mean probability: the log is missing", LOSS_LOG)
def no_log(Z, y):
    return -np.exp(-_losses(Z, y)).mean()


@mistake(_LOSS, "loss", "loss is 1 less the mean probability: the log is missing", LOSS_LOG)
def one_less_probability(Z, y):
    return 1 - np.exp(-_losses(Z, y)).mean()


@mistake(_LOSS, "loss", "loss takes the log of the mean, not the mean of the logs", LOSS_LOG)
def log_of_mean(Z, y):
    return -np.log(np.exp(-_losses(Z, y)).mean())


@mistake(_LOSS, "loss", "loss is log(1 + P), not log P", LOSS_LOG)
def log1p(Z, y):
    return -np.log1p(np.exp(-_losses(Z, y))).mean()


@mistake(_LOSS, "loss", "loss is halved", LOSS_LOG)
def halved(Z, y):
    return _losses(Z, y).mean() / 2


@mistake(_LOSS, "loss", "loss is the squared distance to the one-hot labels", LOSS_LOG)
def squares(Z, y):
    P = np.exp(_log_softmax(Z))
    return ((P - np.eye(Z.shape[1])[y]) ** 2).sum(axis=1).mean()


@mistake(_LOSS, "loss", "loss adds −log(1 − P) of the other classes", LOSS_LOG)
def other_classes_too(Z, y):
    P, one_hot = np.exp(_log_softmax(Z)), np.eye(Z.shape[1])[y]
    return -(one_hot * np.log(P) + (1 - one_hot) * np.log(1 - P)).sum(axis=1).mean()


@mistake(_LOSS, "loss", "loss is the entropy of P: the labels are not used", LOSS_LABEL)
def entropy(Z, y):
    log_P = _log_softmax(Z)
    return -(np.exp(log_P) * log_P).sum(axis=1).mean()


@mistake(_LOSS, "loss", "loss takes all classes, not the label's alone", LOSS_LABEL)
def all_classes(Z, y):
    return -_log_softmax(Z).mean()


@mistake(_LOSS, "loss", "loss sums over all classes, not the label's alone", LOSS_LABEL)
def all_classes_summed(Z, y):
    return -_log_softmax(Z).sum(axis=1).mean()


@mistake(_LOSS, "loss", "loss takes whole columns: [:, y] is not one entry per row", LOSS_LABEL)
def whole_columns(Z, y):
    return -_log_softmax(Z)[:, y].mean()


@mistake(_LOSS, "loss", "loss sums whole columns: [:, y] is not one entry per row", LOSS_LABEL)
def whole_columns_summed(Z, y):
    return -_log_softmax(Z)[:, y].sum() / len(y)


@mistake(_LOSS, "loss", "loss takes the largest probability, not the label's", LOSS_LABEL)
def largest(Z, y):
    return -_log_softmax(Z).max(axis=1).mean()


@mistake(_LOSS, "loss", "loss takes the class beside the label", LOSS_LABEL)
def beside_the_label(Z, y):
    return _losses(Z, y - 1).mean()


@mistake(_LOSS, "loss", "loss does not take off the logit of the label", LOSS_LABEL)
def label_left_out(Z, y):
    top = Z.max(axis=1)
    return (top + np.log(np.exp(Z - top[:, None]).sum(axis=1))).mean()


@mistake(
    _LOSS,
    "loss",
    "loss lacks the log of the sum: the label's logit is left alone",
    LOSS_LABEL,
)
def log_sum_left_out(Z, y):
    return -Z[_rows(y), y].mean()


@mistake(
    _LOSS,
    "loss",
    "loss has the shift in the sum of exp, not in the label's logit",
    SOFTMAX_SHIFT,
)
def shift_half(Z, y):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return (np.log(np.exp(shifted).sum(axis=1)) - Z[_rows(y), y]).mean()


@mistake(_LOSS, "loss", "loss is shifted by the largest logit of all rows", SOFTMAX_SHIFT)
def global_shift(Z, y):
    shifted = Z - Z.max()
    return (np.log(np.exp(shifted).sum(axis=1)) - shifted[_rows(y), y]).mean()


@mistake(_LOSS, "loss", "loss is shifted by the largest logit of all rows", SOFTMAX_SHIFT)
def global_shift_then_log(Z, y):
    E = np.exp(Z - Z.max())
    return -np.log((E / E.sum(axis=1, keepdims=True))[_rows(y), y]).mean()


@mistake(
    _LOSS,
    "loss",
    "loss is shifted by each column's largest logit, not each row's",
    SOFTMAX_SHIFT,
)
def column_shift(Z, y):
    shifted = Z - Z.max(axis=0)
    return (np.log(np.exp(shifted).sum(axis=1)) - shifted[_rows(y), y]).mean()


@mistake(_LOSS, "loss", "loss normalises over the batch, not over the classes", SOFTMAX_AXIS)
def over_the_batch(Z, y):
    return _losses_over_batch(Z, y).mean()


def _losses_over_batch(Z, y):
    shifted = Z - Z.max(axis=0)
    return (np.log(np.exp(shifted).sum(axis=0)) - shifted)[_rows(y), y]


@mistake(_LOSS, "loss", "loss normalises over the whole array, not over each row", SOFTMAX_AXIS)
def over_everything(Z, y):
    shifted = Z - Z.max()
    return (np.log(np.exp(shifted).sum()) - shifted[_rows(y), y]).mean()


@mistake(_LOSS, "loss", "loss overflows: exp(Z) is taken without a shift", OVERFLOW)
def overflow(Z, y):
    E = np.exp(Z)
    return -np.log((E / E.sum(axis=1, keepdims=True))[_rows(y), y]).mean()


@mistake(_LOSS, "loss", "loss overflows: exp(Z) is taken without a shift", OVERFLOW)
def overflow_log_sum(Z, y):
    return (np.log(np.exp(Z).sum(axis=1)) - Z[_rows(y), y]).mean()


@mistake(_LOSS, "loss", "loss is infinite when a probability becomes 0: log(0)", LOSS_FLOOR)
def log_of_zero(Z, y):
    return -np.log(np.exp(_log_softmax(Z))[_rows(y), y]).mean()


def _with_floor(Z, y, floor):
    return -np.log(np.exp(_log_softmax(Z))[_rows(y), y] + floor).mean()


@mistake(_LOSS, "loss", "loss has 1e-8 inside the log, which hides very wrong rows", LOSS_FLOOR)
def floor_8(Z, y):
    return _with_floor(Z, y, 1e-8)


@mistake(_LOSS, "loss", "loss has 1e-10 inside the log, which hides very wrong rows", LOSS_FLOOR)
def floor_10(Z, y):
    return _with_floor(Z, y, 1e-10)


@mistake(_LOSS, "loss", "loss has 1e-12 inside the log, which hides very wrong rows", LOSS_FLOOR)
def floor_12(Z, y):
    return _with_floor(Z, y, 1e-12)


@mistake(_LOSS, "loss", "loss has 1e-15 inside the log, which hides very wrong rows", LOSS_FLOOR)
def floor_15(Z, y):
    return _with_floor(Z, y, 1e-15)
