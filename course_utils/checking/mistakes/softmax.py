"""Slips in softmax."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_dense import (
    OVERFLOW,
    SOFTMAX_AXIS,
    SOFTMAX_FORMULA,
    SOFTMAX_SHIFT,
)


def _exponentials(Z):
    return np.exp(Z - Z.max(axis=1, keepdims=True))


def _softmax(Z):
    E = _exponentials(Z)
    return E / E.sum(axis=1, keepdims=True)


@mistake("softmax", "P", "P overflows for large logits: nothing is taken off before exp", OVERFLOW)
def overflow(Z):
    E = np.exp(Z)
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "softmax",
    "P",
    "P is shifted by the largest logit of all rows, not of its own row",
    SOFTMAX_SHIFT,
)
def global_shift(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "softmax", "P", "P is shifted by the smallest logit of the row, not the largest", SOFTMAX_SHIFT
)
def shifted_by_smallest(Z):
    E = np.exp(Z - Z.min(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "softmax", "P", "P is shifted by the mean of the row, not its largest logit", SOFTMAX_SHIFT
)
def shifted_by_mean(Z):
    E = np.exp(Z - Z.mean(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "softmax",
    "P",
    "P is shifted by the largest of each column, which changes its rows",
    SOFTMAX_SHIFT,
)
def shifted_by_column(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "softmax", "P", "P divides the logits by their largest instead of taking it off", SOFTMAX_SHIFT
)
def divided_by_largest(Z):
    E = np.exp(Z / Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "softmax", "P", "P is made from logits clipped at ±500: large ones become equal", SOFTMAX_SHIFT
)
def clipped(Z):
    E = np.exp(np.clip(Z, -500, 500))
    return E / E.sum(axis=1, keepdims=True)


@mistake(
    "softmax", "P", "P is made from logits clipped at ±50: large ones become equal", SOFTMAX_SHIFT
)
def clipped_more(Z):
    return _softmax(np.clip(Z, -50, 50))


@mistake("softmax", "P", "P sums to 1 over the batch, not over the classes", SOFTMAX_AXIS)
def over_the_batch(Z):
    E = np.exp(Z - Z.max(axis=0))
    return E / E.sum(axis=0)


@mistake("softmax", "P", "P is shifted by rows but divided by the sums of columns", SOFTMAX_AXIS)
def divided_by_columns(Z):
    E = _exponentials(Z)
    return E / E.sum(axis=0)


@mistake("softmax", "P", "P sums to 1 over the whole array, not in each row", SOFTMAX_AXIS)
def over_everything(Z):
    E = np.exp(Z - Z.max())
    return E / E.sum()


@mistake("softmax", "P", "P is shifted by rows but divided by the sum of everything", SOFTMAX_AXIS)
def divided_by_everything(Z):
    E = _exponentials(Z)
    return E / E.sum()


@mistake("softmax", "P", "P is not divided by the sum of its row", SOFTMAX_FORMULA)
def not_divided(Z):
    return _exponentials(Z)


@mistake("softmax", "P", "P is divided by the number of classes, not by the sum", SOFTMAX_FORMULA)
def divided_by_count(Z):
    return _exponentials(Z) / Z.shape[1]


@mistake("softmax", "P", "P is divided by the mean of its row, not by the sum", SOFTMAX_FORMULA)
def mean_of_row(Z):
    E = _exponentials(Z)
    return E / E.mean(axis=1, keepdims=True)


@mistake("softmax", "P", "P is the logarithm of the softmax", SOFTMAX_FORMULA)
def logarithm(Z):
    shifted = Z - Z.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


@mistake("softmax", "P", "P leaves exp out: the logits are divided by their sum", SOFTMAX_FORMULA)
def no_exp(Z):
    return Z / Z.sum(axis=1, keepdims=True)


@mistake("softmax", "P", "P has the sign of the logits turned", SOFTMAX_FORMULA)
def sign_of_logits(Z):
    return _softmax(-Z)


@mistake("softmax", "P", "P is made with powers of 2, not of e", SOFTMAX_FORMULA)
def powers_of_two(Z):
    E = 2.0 ** (Z - Z.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@mistake("softmax", "P", "P is 1 at the largest logit and 0 elsewhere", SOFTMAX_FORMULA)
def hard_maximum(Z):
    return np.eye(Z.shape[1], dtype=Z.dtype)[Z.argmax(axis=1)]


@mistake("softmax", "P", "P is the sigmoid of each logit by itself", SOFTMAX_FORMULA)
def sigmoid(Z):
    return 1 / (1 + np.exp(-Z))


@mistake("softmax", "P", "P is divided by the root of the sum of squares", SOFTMAX_FORMULA)
def unit_length(Z):
    E = _exponentials(Z)
    return E / np.sqrt((E * E).sum(axis=1, keepdims=True))
