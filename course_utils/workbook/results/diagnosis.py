"""What became of a run, in a few words, from its history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from course_utils.nn.history import History

from .judges import GUESSING, NOTHING_LEARNT, ran_away

AWAY = 1.5  # times the first training loss: thrown further away than it began
NEVER_LEFT = 0.05  # nats around the loss of guessing
OVER_FIT = 1.5  # validation loss over training loss
STILL_FALLING = 0.95  # training loss over that of the epoch before
HIGH = 0.95  # training accuracy: what is below has not even learnt its examples


def fate(values: Mapping[str, Any]) -> str:
    """Say what became of a run.

    Args:
        values: what it gave, with its history.

    Returns:
        "diverged", "thrown to guessing", "did not learn", "under-fits", "over-fits" or
        "fits"; under-fitting says whether the training loss was still falling.
    """
    history = History.from_dict(values["history"])
    train, validation = history.column("train_loss"), history.column("validation_loss")
    accuracy = history.column("train_accuracy")
    if ran_away(values):
        return "diverged"
    if accuracy[-1] < NOTHING_LEARNT:
        later = train[1:]
        left = np.nanmax(later) > AWAY * max(train[0], GUESSING) or (
            abs(train[0] - GUESSING) > NEVER_LEFT
        )
        return "thrown to guessing" if left else "did not learn"
    if accuracy[-1] < HIGH:
        falling = train[-1] < STILL_FALLING * train[-2]
        return "under-fits, still falling" if falling else "under-fits"
    return "over-fits" if validation[-1] > OVER_FIT * train[-1] else "fits"
