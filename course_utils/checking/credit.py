"""What a wrong array is still worth: its shape a little, ordinary numbers most of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.checking.case import Trial
from course_utils.checking.exercises import Exercise
from course_utils.checking.verdict import WRONG

# Shares of what a part is worth. The rest is for the hard inputs: ties, zeros, extremes.
FOR_SHAPE = 0.1
FOR_ORDINARY_NUMBERS = 0.75

_ABOUT_FORM = ("missing", "type", "dtype", "shape")


def credit(exercise: Exercise, trials: Sequence[Trial]) -> float:
    """The share of its points that one returned array earns.

    Args:
        exercise: says how many of its probes are ordinary; the special ones follow them.
        trials: one per probe, in the order of the probes.

    Returns:
        1 if all are right; `FOR_ORDINARY_NUMBERS` if only hard inputs go wrong; `FOR_SHAPE`
        if every array has the right form and its numbers are at least an attempt; else 0.
    """
    wrong = [t for t in trials if t.finding.status == WRONG]
    if not wrong:
        return 1.0
    ordinary = trials[: len(exercise.sizes) + 1]  # each size; the last in float32 as well
    if all(t.finding.status != WRONG for t in ordinary):
        return FOR_ORDINARY_NUMBERS
    if any(t.finding.cause in _ABOUT_FORM for t in wrong):
        return 0.0
    return FOR_SHAPE if all(_is_an_attempt(t) for t in trials) else 0.0


def _is_an_attempt(trial: Trial) -> bool:
    """Whether the array is neither one number repeated, nor NaN, nor an argument handed back.

    A single number has no shape to be right, and earns nothing for it.
    """
    got, expected = np.asarray(trial.got), np.asarray(trial.expected)
    if expected.ndim == 0 or expected.size < 2 or np.all(expected == expected.flat[0]):
        return False
    if np.all(got == got.flat[0]) or not np.isfinite(got).any():
        return False
    given = [*trial.probe.args, *trial.probe.kwargs.values(), trial.probe.upstream]
    return not any(isinstance(a, np.ndarray) and np.array_equal(a, got) for a in given)
