"""Slips in the loss and the gradients of softmax regression."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SHAPE_KEPT, SIGN, SUMMED_WRONG_AXIS
from course_utils.checking.mistakes.advice_dense import (
    LOSS_BACK,
    LOSS_FLOOR,
    LOSS_LABEL,
    LOSS_MEAN,
    NOT_SUMMED,
    OVERFLOW,
    SOFTMAX_AXIS,
    SOFTMAX_FORMULA,
    SUMMED_AWAY,
    TRANSPOSED,
)
from course_utils.checking.mistakes.advice_linear import LOGITS, ROWS_COLLECTED
from course_utils.checking.mistakes.advice_nets import (
    PENALTY_LOST,
    PENALTY_SLOPE,
    PENALTY_SQUARES,
    PENALTY_STRENGTH,
)

_MODEL = "softmax_regression_loss_and_grads"
_ALL, _GRADS = "loss dW db", "dW db"


def _steps(params, X, y, *, Z=None, axis=1, dZ_of=lambda P, one_hot: (P - one_hot) / len(P)):
    """The losses of all rows and their gradient, both without any penalty."""
    Z = X @ params["W"] + params["b"] if Z is None else Z
    shifted = Z - Z.max(axis=axis, keepdims=True)
    E = np.exp(shifted)
    totals = E.sum(axis=axis, keepdims=True)
    one_hot = np.eye(Z.shape[1], dtype=Z.dtype)[y]
    losses = ((np.log(totals) - shifted) * one_hot).sum(axis=1)
    return losses, dZ_of(E / totals, one_hot)


def _squares(params):
    return np.sum(params["W"] ** 2)


def _collected(params, X, steps, weight_decay, parts=_ALL):
    losses, dZ = steps
    made = {
        "loss": losses.mean() + weight_decay * _squares(params),
        "dW": X.T @ dZ + 2 * weight_decay * params["W"],
        "db": dZ.sum(axis=0),
    }
    return {part: made[part] for part in parts.split()}


def _loss_with(params, X, y, penalty):
    return _steps(params, X, y)[0].mean() + penalty


def _dW_with(params, X, y, penalty):
    return X.T @ _steps(params, X, y)[1] + penalty


@mistake(_MODEL, _ALL, "the biases are not added to the logits", LOGITS)
def no_bias(params, X, y, weight_decay=0.0):
    return _collected(params, X, _steps(params, X, y, Z=X @ params["W"]), weight_decay)


@mistake(_MODEL, _ALL, "the logits pass a ReLU before the loss", LOGITS)
def relu_on_logits(params, X, y, weight_decay=0.0):
    Z = X @ params["W"] + params["b"]
    losses, dZ = _steps(params, X, y, Z=np.maximum(Z, 0))
    return _collected(params, X, (losses, dZ * (Z > 0)), weight_decay)


@mistake(_MODEL, _ALL, "the logits have the wrong sign", LOGITS)
def logits_turned(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, Z=-(X @ params["W"] + params["b"]))
    return _collected(params, X, steps, weight_decay)


@mistake(_MODEL, _ALL, "the probabilities sum to 1 over the batch, not the classes", SOFTMAX_AXIS)
def over_the_batch(params, X, y, weight_decay=0.0):
    return _collected(params, X, _steps(params, X, y, axis=0), weight_decay)


@mistake(_MODEL, _ALL, "each class has a sigmoid of its own in place of softmax", SOFTMAX_FORMULA)
def sigmoids(params, X, y, weight_decay=0.0):
    Z = X @ params["W"] + params["b"]
    one_hot = np.eye(Z.shape[1], dtype=Z.dtype)[y]
    P = np.exp(-np.maximum(-Z, 0)) / (1 + np.exp(-np.abs(Z)))
    losses = np.maximum(Z, 0) + np.log1p(np.exp(-np.abs(Z))) - one_hot * Z
    steps = losses.sum(axis=1), (P - one_hot) / len(Z)
    return _collected(params, X, steps, weight_decay)


@mistake(_MODEL, _GRADS, "the gradients are not divided by N", LOSS_MEAN)
def not_divided(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dZ_of=lambda P, one_hot: P - one_hot)
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the gradients are divided by N twice", AVERAGED)
def divided_twice(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dZ_of=lambda P, one_hot: (P - one_hot) / len(P) ** 2)
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the gradients are divided by N·C, all entries of dZ", LOSS_MEAN)
def divided_by_size(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dZ_of=lambda P, one_hot: (P - one_hot) / P.size)
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the sign of dZ is turned: one-hot less P", SIGN)
def sign_of_dZ(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dZ_of=lambda P, one_hot: (one_hot - P) / len(P))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "the −1 at the label is missing in dZ", LOSS_BACK)
def no_minus_one(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dZ_of=lambda P, one_hot: P / len(P))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "dZ has 1 taken off whole columns: [:, y]", LOSS_BACK)
def whole_columns(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dZ_of=lambda P, one_hot: (P - one_hot.max(axis=0)) / len(P))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, _GRADS, "dZ is multiplied by P (1 − P), as behind a sigmoid", LOSS_BACK)
def times_slope(params, X, y, weight_decay=0.0):
    steps = _steps(params, X, y, dZ_of=lambda P, one_hot: (P - one_hot) * P * (1 - P) / len(P))
    return _collected(params, X, steps, weight_decay, _GRADS)


@mistake(_MODEL, "loss", "loss is summed over the batch, not averaged", LOSS_MEAN)
def loss_summed(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[0].sum() + weight_decay * _squares(params)


@mistake(_MODEL, "loss", "loss is divided by N·C, not by N", LOSS_MEAN)
def loss_over_size(params, X, y, weight_decay=0.0):
    C = params["b"].size
    return _steps(params, X, y)[0].mean() / C + weight_decay * _squares(params)


@mistake(_MODEL, "loss", "loss has the wrong sign in its part of the data", SIGN)
def loss_turned(params, X, y, weight_decay=0.0):
    return -_steps(params, X, y)[0].mean() + weight_decay * _squares(params)


@mistake(_MODEL, "loss", "loss sums over all classes, not the label's alone", LOSS_LABEL)
def loss_of_all_classes(params, X, y, weight_decay=0.0):
    C = params["b"].size
    losses = sum(_steps(params, X, np.full_like(y, c))[0] for c in range(C))
    return losses.mean() + weight_decay * _squares(params)


@mistake(_MODEL, "loss", "loss is NaN or inf for large logits: exp needs a shift", OVERFLOW)
def loss_overflows(params, X, y, weight_decay=0.0):
    E = np.exp(X @ params["W"] + params["b"])
    P = E / E.sum(axis=1, keepdims=True)
    data_loss = -np.log(P[np.arange(len(y)), y]).mean()
    return data_loss + weight_decay * _squares(params)


@mistake(_MODEL, "loss", "loss is infinite when a probability becomes 0: log(0)", LOSS_FLOOR)
def loss_log_of_zero(params, X, y, weight_decay=0.0):
    data_loss = -np.log(np.exp(-_steps(params, X, y)[0])).mean()
    return data_loss + weight_decay * _squares(params)


@mistake(_MODEL, "loss", "loss has no penalty in it", PENALTY_LOST)
def loss_without_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, 0.0)


@mistake(_MODEL, "loss", "loss charges the biases, too", PENALTY_LOST)
def loss_charges_biases(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * (_squares(params) + np.sum(params["b"] ** 2)))


@mistake(_MODEL, "loss", "loss has the penalty taken off", PENALTY_LOST)
def loss_penalty_taken_off(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, -weight_decay * _squares(params))


@mistake(_MODEL, "loss", "loss has the penalty halved", PENALTY_STRENGTH)
def loss_half_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, 0.5 * weight_decay * _squares(params))


@mistake(_MODEL, "loss", "loss has the penalty divided by N", PENALTY_STRENGTH)
def loss_penalty_over_N(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * _squares(params) / len(X))


@mistake(_MODEL, "loss", "loss has the mean of squares as penalty, not their sum", PENALTY_STRENGTH)
def loss_mean_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * np.mean(params["W"] ** 2))


@mistake(_MODEL, "loss", "loss has the length of W as penalty, not its square", PENALTY_SQUARES)
def loss_root_penalty(params, X, y, weight_decay=0.0):
    return _loss_with(params, X, y, weight_decay * np.linalg.norm(params["W"]))


@mistake(_MODEL, "dW", "dW has no penalty in it", PENALTY_LOST)
def dW_no_penalty(params, X, y, weight_decay=0.0):
    return _dW_with(params, X, y, 0.0)


@mistake(_MODEL, "dW", "dW has the penalty without its factor 2", PENALTY_STRENGTH)
def dW_no_two(params, X, y, weight_decay=0.0):
    return _dW_with(params, X, y, weight_decay * params["W"])


@mistake(_MODEL, "dW", "dW has the penalty divided by N", PENALTY_STRENGTH)
def dW_penalty_over_N(params, X, y, weight_decay=0.0):
    return _dW_with(params, X, y, 2 * weight_decay * params["W"] / len(X))


@mistake(_MODEL, "dW", "dW has the penalty taken off, not added", PENALTY_LOST)
def dW_penalty_taken_off(params, X, y, weight_decay=0.0):
    return _dW_with(params, X, y, -2 * weight_decay * params["W"])


@mistake(_MODEL, "dW", "dW has the slope of |W| as penalty, not that of its square", PENALTY_SLOPE)
def dW_penalty_of_signs(params, X, y, weight_decay=0.0):
    return _dW_with(params, X, y, weight_decay * np.sign(params["W"]))


@mistake(_MODEL, "dW", "dW is transposed", TRANSPOSED)
def dW_transposed(params, X, y, weight_decay=0.0):
    return _dW_with(params, X, y, 2 * weight_decay * params["W"]).T


@mistake(_MODEL, "dW", "dW holds the gradient of the last row alone", ROWS_COLLECTED)
def dW_last_row(params, X, y, weight_decay=0.0):
    dZ = _steps(params, X, y)[1]
    return np.outer(X[-1], dZ[-1]) + 2 * weight_decay * params["W"]


@mistake(_MODEL, "db", "db has a penalty, but biases pay none", PENALTY_LOST)
def db_charged(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum(axis=0) + 2 * weight_decay * params["b"]


@mistake(_MODEL, "db", "db is averaged once too often", AVERAGED)
def db_mean(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].mean(axis=0)


@mistake(_MODEL, "db", "db is not divided by N", LOSS_MEAN)
def db_not_divided(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum(axis=0) * len(X)


@mistake(_MODEL, "db", "db is summed over the classes, not over the batch", SUMMED_WRONG_AXIS)
def db_axis_1(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum(axis=1)


@mistake(_MODEL, "db", "db is summed over everything, to one number", SUMMED_AWAY)
def db_one_number(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum()


@mistake(_MODEL, "db", "db is not summed over the batch", NOT_SUMMED)
def db_not_summed(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1]


@mistake(_MODEL, "db", "db keeps an axis of length 1", SHAPE_KEPT)
def db_keepdims(params, X, y, weight_decay=0.0):
    return _steps(params, X, y)[1].sum(axis=0, keepdims=True)


@mistake(_MODEL, "db", "db sums the columns of dW", ROWS_COLLECTED)
def db_from_dW(params, X, y, weight_decay=0.0):
    return _dW_with(params, X, y, 2 * weight_decay * params["W"]).sum(axis=0)
