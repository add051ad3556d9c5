"""Experiments on an answer: change one input, and see what should change and what does.

They need no list of mistakes and no formula. An answer that does not change
when W is doubled, although the right one does, does not use W, whatever else
it does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking.case import Case
from course_utils.checking.compare import close
from course_utils.checking.exercises import Probe
from course_utils.checking.variation import float_inputs, with_input

_FOLD = {0: "stay", 1: "double", 2: "grow fourfold", 3: "grow eightfold", -1: "halve"}
_PROBES = 3  # as many as settle it; each experiment costs two calls of the answer


def experiment(case: Case) -> str:
    """The first experiment whose outcome is wrong, as a sentence; "" if all agree."""
    probes = [t.probe for t in case.comparable if not t.probe.about.startswith("float32")]
    for probe in probes[:1]:
        for name, _ in float_inputs(case, probe):
            told = _dependence(case, probes[:_PROBES], name)
            if told:
                return told
    return _mixed_samples(case, probes[:_PROBES])


def _dependence(case: Case, probes: list[Probe], name: str) -> str:
    """Compare how the result follows when one input is doubled."""
    outcomes = {_powers(case, probe, name) for probe in probes}
    if len(outcomes) != 1:
        return ""
    mine, right = outcomes.pop()
    part = case.part
    if mine == right:
        return ""
    if mine == 0 and all(answer_follows(case, probe, name, _a_little) for probe in probes):
        return (
            f"{part} does not change when {name} is doubled, but should: only proportions in "
            f"{name} count. Is something divided by its own size, where it should not be?"
        )
    if mine == 0 and all(answer_follows(case, probe, name) for probe in probes):
        return (
            f"{part} does not change when {name} is doubled, but should; with other signs or in "
            "another order it does: are only comparisons (argmax, >) or signs of it used?"
        )
    if mine == 0:
        return f"{part} does not change when {name} is doubled, but should: is {name} used?"
    if right == 0:
        return f"{part} changes when {name} is doubled, but should not depend on its size."
    if mine is None or right is None:
        return ""
    return (
        f"When {name} is doubled, {part} should {_FOLD[right]}, and yours "
        f"{_third_person(_FOLD[mine])}."
    )


def _powers(case: Case, probe: Probe, name: str) -> tuple[int | None, int | None]:
    """By which power of 2 the answer's part and the right one follow; None if by none."""
    twice = with_input(case, probe, name, lambda value: 2 * value)
    expected = case.reference(twice).get(case.part)
    if expected is None:  # the reference refuses twice as much: nothing to compare with
        return None, None
    mine = _power(case.answer(probe).get(case.part), case.answer(twice).get(case.part))
    return mine, _power(case.reference(probe).get(case.part), expected)


def turned(value: Any) -> Any:
    """Other signs, and another order."""
    return -np.flip(value).copy()


def _a_little(value: Any) -> Any:
    """Every entry larger by another share, so little that hardly a comparison turns."""
    return value * (1 + 1e-3 * np.sin(np.arange(np.size(value)) + 1.0).reshape(np.shape(value)))


def answer_follows(case: Case, probe: Probe, name: str, change: Callable = turned) -> bool:
    """Whether the answer's part changes when an input does."""
    other = with_input(case, probe, name, change)
    before, after = case.answer(probe).get(case.part), case.answer(other).get(case.part)
    try:
        return not np.array_equal(np.asarray(before, float), np.asarray(after, float))
    except (TypeError, ValueError):
        return False


def _power(before: Any, after: Any) -> int | None:
    try:
        before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    except (TypeError, ValueError):
        return None
    if before.shape != after.shape or not np.isfinite(after).all() or not np.any(before):
        return None
    return next((k for k in _FOLD if close(after, 2.0**k * before, 1e-6)), None)


def _mixed_samples(case: Case, probes: list[Probe]) -> str:
    """Whether a row of the result changes when another row of an input does."""
    if not case.letters or case.letters[0] != "N":
        return ""
    for probe in probes:
        for name, value in float_inputs(case, probe):
            if case.exercise.shapes.get(name, "").split()[:1] != ["N"] or len(value) < 2:
                continue
            other = with_input(case, probe, name, _first_row_changed)
            mine = case.answer(probe).get(case.part), case.answer(other).get(case.part)
            right = case.reference(probe).get(case.part), case.reference(other).get(case.part)
            if not _rest_changes(*right) and _rest_changes(*mine):
                return (
                    f"The other rows of {case.part} change when only the first sample of {name} "
                    "does: samples are mixed. A mean, sum or maximum taken over too much?"
                )
    return ""


def _first_row_changed(value: np.ndarray) -> np.ndarray:
    value = value.copy()
    value[0] = 1.5 * value[0] + 0.25
    return value


def _rest_changes(before: Any, after: Any) -> bool:
    if before is None or after is None:
        return False
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    return before.shape != after.shape or not close(after[1:], before[1:], 1e-7)


def _third_person(verb: str) -> str:
    first, _, rest = verb.partition(" ")
    return f"{first}s {rest}".strip()
