"""Slips in the loss and the gradients of logistic regression."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SHAPE_KEPT, SIGN
from course_utils.checking.mistakes.advice_dense import (
    LOSS_FLOOR,
    LOSS_MEAN,
    NOT_SUMMED,
    OVERFLOW,
    SUM_BEFORE_PRODUCT,
)
from course_utils.checking.mistakes.advice_linear import (
    LOGITS,
    ROWS_COLLECTED,
    TWO_BACK,
    TWO_LABELS,
)
from course_utils.checking.mistakes.advice_nets import (
    PENALTY_LOST,
    PENALTY_SLOPE,
    PENALTY_SQUARES,
    PENALTY_STRENGTH,
)

_MODEL = "logistic_regression_loss_and_grads"
_ALL, _GRADS = "loss dw db", "dw db"


def _steps(params, X, y, *, z=None, dz_of=lambda p, y: (p - y) / len(p)):
    """The losses of all rows and their gradient, both without any penalty."""
    z = X @ params["w"] + params["b"] if z is None else z
    losses = np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - y * z
    p = np.exp(-np.maximum(-z, 0)) / (1 + np.exp(-np.abs(z)))
    return losses, dz_of(p, y)


def _collected(params, X, steps, weight_decay, parts=_ALL):
    losses, dz = steps
    w = params["w"]
    made = {
        "loss": losses.mean() + weight_decay * np.sum(w * w),
        "dw": X.T @ dz + 2 * weight_decay * w,
        "db": dz.sum(),
    }
    return {part: made[part] for part in parts.split()}


def _answer(made):
    return made["loss"], {"w": made["dw"], "b": made["db"]}


def _loss_with(params, X, y, penalty):
    return _steps(params, X, y)[0].mean() + penalty


def _dw_with(params, X, y, penalty):
    return X.T @ _steps(params, X, y)[1] + penalty


@mistake(_MODEL, _ALL, "the bias is not added to the logits", LOGITS)
def no_bias(params, X, y, weight_decay=0.0):
    return _collected(params, X, _steps(params, X, y, z=X @ params["w"]), weight_decay)


@mistake(_MODEL, _ALL, "the bias is taken off the logits, not added", LOGITS)
def bias_taken_off(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, z=X @ params["w"] - params["b"])
    return _collected(params, X, steps, weight_decay)


@mistake(_MODEL, _ALL, "the bias multiplies the logits, where it should be added", LOGITS)
def bias_multiplied(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, z=X @ params["w"] * params["b"])
    return _collected(params, X, steps, weight_decay)


# The loss alone cannot tell these two apart, the gradients can: so the whole answer is asked.
@mistake(_MODEL, "*", "the two labels are exchanged", TWO_LABELS)
def labels_exchanged(params, X, y, weight_decay=0.0):
    return _answer(_collected(params, X, _steps(params, X, 1 - y), weight_decay))


@mistake(_MODEL, "*", "the logits have the wrong sign", LOGITS)
def logits_turned(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, z=-(X @ params["w"] + params["b"]))
    return _answer(_collected(params, X, steps, weight_decay))


@mistake(_MODEL, _GRADS, "the gradients are summed over the rows, not averaged", LOSS_MEAN)
def not_divided(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dz_of=lambda p, y: p - y)
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the gradients are divided by N twice", AVERAGED)
def divided_twice(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dz_of=lambda p, y: (p - y) / len(p) ** 2)
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the gradients are made from y less p: the sign is turned", SIGN)
def sign_of_dz(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dz_of=lambda p, y: (y - p) / len(p))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the gradients have a factor p (1 − p) too much", TWO_BACK)
def times_slope(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dz_of=lambda p, y: (p - y) * p * (1 - p) / len(p))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the gradients leave the labels out", TWO_BACK)
def labels_lost(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dz_of=lambda p, y: p / len(p))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the gradients use answers 0 or 1, not probabilities", TWO_BACK)
def perceptron(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dz_of=lambda p, y: ((p > 0.5) - y) / len(p))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, "loss", "loss is summed over the batch, not averaged", LOSS_MEAN)
def loss_summed(params, X, y, weight_decay=0.0):
    penalty = weight_decay * np.sum(params["w"] ** 2)
    return _steps(params, X, y)[0].sum() + penalty


@mistake(_MODEL, "loss", "loss has the wrong sign in its part of the data", SIGN)
def loss_turned(params, X, y, weight_decay=0.0):
    penalty = weight_decay * np.sum(params["w"] ** 2)
    return -_steps(params, X, y)[0].mean() + penalty


@mistake(_MODEL, "loss", "loss overflows: exp(z) is taken of large z", OVERFLOW)
def loss_overflows(params, X, y, weight_decay=0.0):
    z = X @ params["w"] + params["b"]
    return (np.log(1 + np.exp(z)) - y * z).mean() + weight_decay * np.sum(params["w"] ** 2)


@mistake(_MODEL, "loss", "loss is 0 times log(0), NaN, for sure answers", LOSS_FLOOR)
def loss_with_log_0(params, X, y, weight_decay=0.0):
    p = 1 / (1 + np.exp(-(X @ params["w"] + params["b"])))
    data_loss = -(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()
    return data_loss + weight_decay * np.sum(params["w"] ** 2)


@mistake(_MODEL, "loss", "loss has no penalty in it", PENALTY_LOST)
def loss_without_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, 0.0)


@mistake(_MODEL, "loss", "loss charges the bias, too", PENALTY_LOST)
def loss_charges_bias(params, X, y, weight_decay=0.0):
    squares = np.sum(params["w"] ** 2) + params["b"] ** 2
    return _loss_with(params, X, y, weight_decay * squares)


@mistake(_MODEL, "loss", "loss has the penalty taken off", PENALTY_LOST)
def loss_penalty_taken_off(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, -weight_decay * np.sum(params["w"] ** 2))


@mistake(_MODEL, "loss", "loss has the penalty halved", PENALTY_STRENGTH)
def loss_half_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, 0.5 * weight_decay * np.sum(params["w"] ** 2))


@mistake(_MODEL, "loss", "loss has the penalty divided by N", PENALTY_STRENGTH)
def loss_penalty_over_N(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * np.sum(params["w"] ** 2) / len(X))


@mistake(_MODEL, "loss", "loss has the penalty divided by 2N", PENALTY_STRENGTH)
def loss_penalty_over_2N(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * np.sum(params["w"] ** 2) / (2 * len(X)))


@mistake(_MODEL, "loss", "loss has a mean of squares as penalty, not their sum", PENALTY_STRENGTH)
def loss_mean_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * np.mean(params["w"] ** 2))


@mistake(_MODEL, "loss", "loss has the length of w as penalty, not its square", PENALTY_SQUARES)
def loss_root_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * np.linalg.norm(params["w"]))


@mistake(_MODEL, "loss", "loss has Σ|w| as penalty, not Σw²", PENALTY_SQUARES)
def loss_absolute_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * np.sum(np.abs(params["w"])))


@mistake(_MODEL, "dw", "dw has no penalty in it", PENALTY_LOST)
def dw_no_penalty(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, 0.0)


@mistake(_MODEL, "dw", "dw has the penalty without its factor 2", PENALTY_STRENGTH)
def dw_no_two(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, weight_decay * params["w"])


@mistake(_MODEL, "dw", "dw has the penalty divided by N", PENALTY_STRENGTH)
def dw_penalty_over_N(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, 2 * weight_decay * params["w"] / len(X))


@mistake(_MODEL, "dw", "dw has the penalty without its factor 2, divided by N", PENALTY_STRENGTH)
def dw_no_two_over_N(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, weight_decay * params["w"] / len(X))


@mistake(_MODEL, "dw", "dw has the penalty taken off, not added", PENALTY_LOST)
def dw_penalty_taken_off(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, -2 * weight_decay * params["w"])


@mistake(_MODEL, "dw", "dw has the slope of |w| as penalty, not that of its square", PENALTY_SLOPE)
def dw_penalty_of_signs(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, weight_decay * np.sign(params["w"]))


@mistake(_MODEL, "dw", "dw has 2 weight_decay added to each entry: w is lost", PENALTY_SLOPE)
def dw_constant_penalty(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, 2 * weight_decay)


@mistake(_MODEL, "dw", "dw is not summed over the rows", NOT_SUMMED)
def dw_not_summed(params, X, y, weight_decay=0.0):
    return X * _steps(params, X, y)[1][:, None] + 2 * weight_decay * params["w"]


@mistake(_MODEL, "dw", "dw sums X and dz apart, before the product", SUM_BEFORE_PRODUCT)
def dw_sums_apart(params, X, y, weight_decay=0.0):
    return X.mean(axis=0) * _steps(params, X, y)[1].sum() + 2 * weight_decay * params["w"]


@mistake(_MODEL, "dw", "dw is a column: it keeps an axis of length 1", SHAPE_KEPT)
def dw_column(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, 2 * weight_decay * params["w"])[:, None]


@mistake(_MODEL, "db", "db has a penalty, but the bias pays none", PENALTY_LOST)
def db_charged(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum() + 2 * weight_decay * params["b"]


@mistake(_MODEL, "db", "db is averaged once too often", AVERAGED)
def db_mean(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].mean()


@mistake(_MODEL, "db", "db is not divided by N", LOSS_MEAN)
def db_not_divided(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum() * len(X)


@mistake(_MODEL, "db", "db is not summed over the rows", NOT_SUMMED)
def db_not_summed(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1]


@mistake(_MODEL, "db", "db keeps an axis of length 1", SHAPE_KEPT)
def db_keepdims(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum(keepdims=True)


@mistake(_MODEL, "db", "db is multiplied by the bias", ROWS_COLLECTED)
def db_times_b(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum() * params["b"]


@mistake(_MODEL, "db", "db sums the entries of dw", ROWS_COLLECTED)
def db_from_dw(params, X, y, weight_decay=0.0):
    return _dw_with(params, X, y, 2 * weight_decay * params["w"]).sum()


@mistake(_MODEL, "db", "db is always 0", ROWS_COLLECTED)
def db_zero(params, X, y, weight_decay=0.0):
    return 0.0
