"""How ours and theirs are compared: each judge says a word or two about all seeds of a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

CLASSES = 10  # of every data set in the reference
GUESSING = math.log(CLASSES)  # the loss of a net that calls all classes equally likely, nats
NEAR_GUESSING = 0.01  # nats
NOTHING_LEARNT = 0.25  # accuracy; guessing has 0.1

MET, NOT_MET = "met", "not met"
SHOWN, NOT_SHOWN = "shown", "not shown"

Judge = Callable[[Sequence[Mapping[str, Any]], str, "float | None"], str]


def at_least(results: Sequence[Mapping[str, Any]], measure: str, theirs: float | None) -> str:
    """Whether the mean over the seeds reaches their figure; nothing to say without one."""
    if theirs is None:
        return ""
    return MET if np.mean([result[measure] for result in results]) >= theirs else NOT_MET


def beside(results: Sequence[Mapping[str, Any]], measure: str, theirs: float | None) -> str:
    """Nothing to say: two numbers of which the larger is not the better."""
    return ""


def at_most(results: Sequence[Mapping[str, Any]], measure: str, theirs: float | None) -> str:
    """Whether no seed takes more than a goal, such as minutes; nothing to say without one."""
    if theirs is None:
        return ""
    return MET if max(result[measure] for result in results) <= theirs else NOT_MET


def stuck(results: Sequence[Mapping[str, Any]], measure: str, theirs: float | None) -> str:
    """Whether every seed ends at the loss of guessing."""
    losses = [result["validation_loss"] for result in results]
    return _shown(all(abs(loss - GUESSING) < NEAR_GUESSING for loss in losses))


def diverged(results: Sequence[Mapping[str, Any]], measure: str, theirs: float | None) -> str:
    """Whether every seed was stopped because its loss ran away, or ends no better than guessing."""
    return _shown(all(ran_away(result) or result[measure] < NOTHING_LEARNT for result in results))


def learns(results: Sequence[Mapping[str, Any]], measure: str, theirs: float | None) -> str:
    """Whether every seed learns where theirs did not."""
    return _shown(
        all(not ran_away(result) and result[measure] > NOTHING_LEARNT for result in results)
    )


def ran_away(result: Mapping[str, Any]) -> bool:
    """Whether training was stopped by a loss that grew without bounds."""
    return str(result.get("stopped_because", "")).startswith("diverged")


def _shown(true: bool) -> str:
    return SHOWN if true else NOT_SHOWN
