"""What the curves of training and validation advise: under-fit, over-fit, stop earlier."""

from __future__ import annotations

import numpy as np

from course_utils.checking.recorder.diagnosis import REMARK
from course_utils.checking.recorder.rule import found, rule
from course_utils.checking.recorder.rules_learning import BROKEN

# All three are remarks: nothing is broken, and the numbers depend on the task.
HIGH_LOSS = 0.35  # of ln C: 0.8 nats at ten classes
FLAT_FALL, FLAT_EPOCHS = 0.03, 5  # of the loss, over the last third of the run
NOT_A_PLATEAU = 0.95  # of ln C: above it, learning has not begun yet
SMALL_GAP = 0.1
OVER_FIT_RISE, OVER_FIT_GAP = 0.15, 0.05
STOP_RISE, PATIENCE = 0.05, 5
LAST = 3  # epochs whose lowest loss is meant: one or two may be high by chance


@rule("under-fit", needs=("train loss", "train accuracy", "classes"), severity=REMARK,
      unless=(*BROKEN, "learning-rate-too-small", "labels-apart", "not-learning", "softmax-twice",
              "loss-oscillates", "loss-summed"))  # fmt: skip
def under_fit(run):
    """The training loss has stopped falling while it is still high."""
    losses, accuracies = run.known("train_loss"), run.known("train_accuracy")
    other = run.known("validation_accuracy")
    third = losses[-max(FLAT_EPOCHS, len(losses) // 3) :]
    if len(losses) < 2 * FLAT_EPOCHS or not losses[-1] < NOT_A_PLATEAU * run.log_classes:
        return None
    flat = np.ptp(third) < FLAT_FALL * third[0]
    gap = accuracies[-1] - other[-1] if len(other) else 0.0
    if not flat or losses[-1] < HIGH_LOSS * run.log_classes or gap > SMALL_GAP:
        return None
    return found(
        f"The training loss has come to rest at {losses[-1]:.2f}, with an accuracy of "
        f"{100 * accuracies[-1]:.0f} % on the training examples themselves: the net is too small "
        "for the task, or held back.",
        "More units or layers, a weaker penalty on the weights, or another learning rate; more "
        "data will not help.",
        loss=float(losses[-1]), accuracy=float(accuracies[-1]),
    )  # fmt: skip


@rule("over-fit", needs=("train loss", "validation loss"), severity=REMARK,
      unless=(*BROKEN, "labels-apart", "loss-oscillates"))  # fmt: skip
def over_fit(run):
    """Validation loss rises far above its lowest while training loss goes on falling."""
    best, rise, epochs_ago, fell = _after_the_best(run)
    train, other = run.known("train_accuracy"), run.known("validation_accuracy")
    gap = train[-1] - other[-1] if len(train) and len(other) else 1.0
    if rise < OVER_FIT_RISE or epochs_ago < LAST or gap < OVER_FIT_GAP or not fell:
        return None
    return found(
        f"In the last {LAST} epochs the validation loss was at least {100 * rise:.0f} % "
        f"above its lowest, in epoch {best}, while the training loss went on "
        "falling: the net learns its examples by heart.",
        "More data, a penalty on the weights or dropout; and keep the parameters of the best "
        "epoch.",
        best_epoch=best, rise=rise,
    )  # fmt: skip


@rule("early-stop", needs=("train loss", "validation loss"), severity=REMARK,
      unless=(*BROKEN, "labels-apart", "loss-oscillates", "over-fit"))  # fmt: skip
def early_stop(run):
    """The best epoch was some time ago."""
    best, rise, epochs_ago, fell = _after_the_best(run)
    if rise < STOP_RISE or epochs_ago < PATIENCE or not fell:
        return None
    if "not improved" in run.stopped_because:
        return None  # fit has stopped for just that reason, and kept the best parameters
    return found(
        f"The validation loss was lowest in epoch {best}, {epochs_ago} epochs "
        f"before the end; in the last {LAST} it was at least {100 * rise:.0f} % higher.",
        "Stop there and keep those parameters: early_stopping in fit does both.",
        best_epoch=best, rise=rise,
    )  # fmt: skip


def _after_the_best(run):
    """The best epoch, how far the last ones are above it, epochs since, did training fall."""
    train, losses = run.column("train_loss"), run.column("validation_loss")
    rows = np.flatnonzero(np.isfinite(train) & np.isfinite(losses))  # measured in both
    if len(rows) <= LAST:
        return 0, 0.0, 0, False
    train, losses = train[rows], losses[rows]
    best = int(np.argmin(losses))
    end = float(np.min(losses[-LAST:]))
    rise = end / float(losses[best]) - 1 if losses[best] > 0 else 0.0
    return _number_of(run, rows[best]), rise, len(rows) - 1 - best, train[-1] < train[best]


def _number_of(run, row):
    """What a reader calls the epoch in this row: the first is 1, 0 is before it."""
    return int(row) if run.row_0 else int(row) + 1
