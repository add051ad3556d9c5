"""Slips in cross-entropy with smoothed labels."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice import SIGN
from course_utils.checking.mistakes.advice_transfer import (
    MEAN_OF_ROWS,
    SPREAD_OVER_ALL,
    STABLE_LOG,
    TARGET_EVERYWHERE,
)

NAME, BOTH = "smoothed_loss_and_gradient", "loss dZ"


def log_softmax(Z, axis=1):
    """The logarithm of softmax along an axis."""
    shifted = Z - Z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def onehot(Z, y):
    """A row for each label, 1 at the right class."""
    return np.eye(Z.shape[1], dtype=Z.dtype)[y]


def target(Z, y, s):
    """The right target."""
    return (1 - s) * onehot(Z, y) + s / Z.shape[1]


def with_target(Z, Q, Q_of_gradient=None):
    """Loss and gradient with a target, or two."""
    log_P = log_softmax(Z)
    loss = -(Q * log_P).sum() / len(Z)
    return {
        "loss": loss,
        "dZ": (np.exp(log_P) - (Q if Q_of_gradient is None else Q_of_gradient)) / len(Z),
    }


@mistake(NAME, BOTH, "the share goes to the wrong classes only, C − 1 of them", SPREAD_OVER_ALL)
def wrong_classes_only(Z, y, smoothing):
    hot = onehot(Z, y)
    return with_target(Z, (1 - smoothing) * hot + smoothing / (Z.shape[1] - 1) * (1 - hot))


@mistake(NAME, BOTH, "the wrong classes have s / C, the right one no part of it", SPREAD_OVER_ALL)
def right_has_none(Z, y, smoothing):
    hot = onehot(Z, y)
    return with_target(Z, (1 - smoothing) * hot + smoothing / Z.shape[1] * (1 - hot))


@mistake(NAME, BOTH, "the right class keeps 1: the target sums to more than 1", SPREAD_OVER_ALL)
def keeps_one(Z, y, smoothing):
    return with_target(Z, onehot(Z, y) + smoothing / Z.shape[1])


@mistake(NAME, BOTH, "every class gets the whole share: it is not divided by C", SPREAD_OVER_ALL)
def not_divided(Z, y, smoothing):
    return with_target(Z, (1 - smoothing) * onehot(Z, y) + smoothing)


@mistake(NAME, BOTH, "the share is divided by N, not by C", SPREAD_OVER_ALL)
def divided_by_N(Z, y, smoothing):
    return with_target(Z, (1 - smoothing) * onehot(Z, y) + smoothing / len(Z))


@mistake(NAME, BOTH, "the share is taken off, but given to no class", SPREAD_OVER_ALL)
def given_to_none(Z, y, smoothing):
    return with_target(Z, (1 - smoothing) * onehot(Z, y))


@mistake(NAME, BOTH, "s and 1 − s are exchanged: nearly all is spread", SPREAD_OVER_ALL)
def exchanged(Z, y, smoothing):
    return with_target(Z, target(Z, y, 1 - smoothing))


@mistake(NAME, WHOLE, "the labels are not smoothed at all", TARGET_EVERYWHERE)
def not_smoothed(Z, y, smoothing):
    found = with_target(Z, onehot(Z, y))
    return found["loss"], found["dZ"]


@mistake(NAME, BOTH, "the target is the same for all classes: the label is lost", SPREAD_OVER_ALL)
def label_lost(Z, y, smoothing):
    return with_target(Z, np.full_like(Z, 1 / Z.shape[1]))


@mistake(
    NAME, "loss", "the loss counts the right class only: log P there, smoothed", TARGET_EVERYWHERE
)
def right_class_only(Z, y, smoothing):
    log_P, rows = log_softmax(Z), np.arange(len(Z))
    return -(target(Z, y, smoothing)[rows, y] * log_P[rows, y]).mean()


@mistake(NAME, "loss", "the loss is the plain one, without smoothing", TARGET_EVERYWHERE)
def plain_loss(Z, y, smoothing):
    return -log_softmax(Z)[np.arange(len(Z)), y].mean()


@mistake(
    NAME, "dZ", "dZ is that of plain labels, the loss that of smoothed ones", TARGET_EVERYWHERE
)
def plain_gradient(Z, y, smoothing):
    return with_target(Z, onehot(Z, y))["dZ"]


@mistake(NAME, "loss", "P is smoothed inside the log, not the target", TARGET_EVERYWHERE)
def P_smoothed(Z, y, smoothing):
    P = (1 - smoothing) * np.exp(log_softmax(Z)) + smoothing / Z.shape[1]
    return -np.log(P[np.arange(len(Z)), y]).mean()


@mistake(NAME, "dZ", "the gradient of plain labels is made smaller by 1 − s", TARGET_EVERYWHERE)
def gradient_scaled(Z, y, smoothing):
    return (1 - smoothing) * with_target(Z, onehot(Z, y))["dZ"]


@mistake(NAME, "loss", "the target's own entropy is taken off: the divergence", TARGET_EVERYWHERE)
def divergence(Z, y, smoothing):
    Q = target(Z, y, smoothing)
    entropy = -(Q * np.log(np.where(Q > 0, Q, 1))).sum() / len(Z)
    return with_target(Z, Q)["loss"] - entropy


@mistake(NAME, "loss", "log P is not multiplied by the target: P and log P are", TARGET_EVERYWHERE)
def entropy_of_P(Z, y, smoothing):
    log_P = log_softmax(Z)
    return -(np.exp(log_P) * log_P).sum() / len(Z)


@mistake(NAME, "dZ", "dZ is P alone: the target is not subtracted", TARGET_EVERYWHERE)
def P_alone(Z, y, smoothing):
    return np.exp(log_softmax(Z)) / len(Z)


@mistake(NAME, "dZ", "dZ is minus the target: P is missing", TARGET_EVERYWHERE)
def minus_target(Z, y, smoothing):
    return -target(Z, y, smoothing) / len(Z)


@mistake(NAME, "dZ", "dZ is made of log P, not of P", TARGET_EVERYWHERE)
def with_log_P(Z, y, smoothing):
    return (log_softmax(Z) - target(Z, y, smoothing)) / len(Z)


@mistake(NAME, "dZ", "the sign of dZ is turned round: target minus P", SIGN)
def gradient_sign(Z, y, smoothing):
    return -with_target(Z, target(Z, y, smoothing))["dZ"]


@mistake(NAME, "loss", "the minus is missing: the loss is negative", SIGN)
def loss_sign(Z, y, smoothing):
    return -with_target(Z, target(Z, y, smoothing))["loss"]


@mistake(NAME, "loss", "the loss is summed over the rows, not averaged", MEAN_OF_ROWS)
def loss_summed(Z, y, smoothing):
    return with_target(Z, target(Z, y, smoothing))["loss"] * len(Z)


@mistake(NAME, "loss", "the loss is averaged over the classes, too", MEAN_OF_ROWS)
def loss_mean_of_all(Z, y, smoothing):
    return with_target(Z, target(Z, y, smoothing))["loss"] / Z.shape[1]


@mistake(NAME, "dZ", "dZ is not divided by N", MEAN_OF_ROWS)
def gradient_summed(Z, y, smoothing):
    return with_target(Z, target(Z, y, smoothing))["dZ"] * len(Z)


@mistake(NAME, "dZ", "dZ is divided by N twice", MEAN_OF_ROWS)
def divided_twice(Z, y, smoothing):
    return with_target(Z, target(Z, y, smoothing))["dZ"] / len(Z)


@mistake(NAME, "dZ", "dZ is divided by C, not by N", MEAN_OF_ROWS)
def divided_by_C(Z, y, smoothing):
    return with_target(Z, target(Z, y, smoothing))["dZ"] * len(Z) / Z.shape[1]


@mistake(NAME, "dZ", "dZ is divided by N and by C", MEAN_OF_ROWS)
def divided_by_all(Z, y, smoothing):
    return with_target(Z, target(Z, y, smoothing))["dZ"] / Z.shape[1]


@mistake(NAME, "loss", "the logarithm is that of base 2", STABLE_LOG)
def base_two(Z, y, smoothing):
    return with_target(Z, target(Z, y, smoothing))["loss"] / np.log(2)


@mistake(NAME, BOTH, "softmax is taken down the columns, over the batch", STABLE_LOG)
def over_the_batch(Z, y, smoothing):
    log_P, Q = log_softmax(Z, axis=0), target(Z, y, smoothing)
    return {"loss": -(Q * log_P).sum() / len(Z), "dZ": (np.exp(log_P) - Q) / len(Z)}


@mistake(NAME, BOTH, "exp of the logits themselves: they overflow for large ones", STABLE_LOG)
def overflowing(Z, y, smoothing):
    P = np.exp(Z) / np.exp(Z).sum(axis=1, keepdims=True)
    Q = target(Z, y, smoothing)
    return {"loss": -(Q * np.log(P)).sum() / len(Z), "dZ": (P - Q) / len(Z)}


@mistake(NAME, "loss", "log of P that has become 0: the log is taken after softmax", STABLE_LOG)
def log_of_zero(Z, y, smoothing):
    P = np.exp(log_softmax(Z))
    return -(target(Z, y, smoothing) * np.log(P)).sum() / len(Z)


@mistake(NAME, "loss", "a small number is added to P before the log", STABLE_LOG)
def log_of_padded(Z, y, smoothing):
    P = np.exp(log_softmax(Z))
    return -(target(Z, y, smoothing) * np.log(P + 1e-12)).sum() / len(Z)
