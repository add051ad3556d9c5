"""The setting or size that decides whether an answer is right, found by changing it alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close
from course_utils.checking.exercises import Draw, Probe
from course_utils.checking.variation import with_input
from course_utils.checking.verdict import WRONG


def by_setting(case: Case) -> str:
    """A setting or size that parts the right probes from the wrong ones, ``"right for …"``.

    With a few probes, a size may part them by chance. So a wrong probe is asked again
    with this one number taken from a right probe, and the other way round: only if
    that turns both is it told.
    """
    wrong = [t for t in case.trials if t.finding.status == WRONG]
    right = [t for t in case.trials if t.finding.status != WRONG]
    for name, good, bad in _candidates(case, right, wrong):
        told = _parted(name, good, bad)
        if told and _decides(case, name, right, wrong):
            return told
    return ""


def _candidates(
    case: Case, right: list[Trial], wrong: list[Trial]
) -> Iterator[tuple[str, set[float], set[float]]]:
    numbers = {id(t): {**t.probe.kwargs, **case.numbers(t.probe)} for t in (*right, *wrong)}
    first = numbers[id(wrong[0])]
    sizes = wrong[0].probe.sizes
    # Settings before sizes: a probe's settings may hang on its sizes, never the reverse.
    for name in sorted(first, key=lambda n: n in sizes):
        values = [numbers[id(t)].get(name) for t in (*right, *wrong)]
        if all(isinstance(v, (bool, int, float)) for v in values):
            good = {float(numbers[id(t)][name]) for t in right}
            yield name, good, {float(numbers[id(t)][name]) for t in wrong}


def _parted(name: str, good: set[float], bad: set[float]) -> str:
    if min(bad) > max(good):
        return f"right for {name} ≤ {max(good):g}, wrong for {name} ≥ {min(bad):g}."
    if max(bad) < min(good):
        return f"right for {name} ≥ {min(good):g}, wrong for {name} ≤ {max(bad):g}."
    return ""


def _decides(case: Case, name: str, right: list[Trial], wrong: list[Trial]) -> bool:
    """Whether this number alone turns a wrong probe right, and a right one wrong.

    A setting that no probe can be asked with alone (a padding goes with the shape of dY)
    is believed; a size is not: there are too many of them.
    """
    mended = _fails(case, _with_number(case, wrong[0], name, right[0]))
    spoilt = _fails(case, _with_number(case, right[0], name, wrong[0]))
    if mended is None and spoilt is None:
        return name in wrong[0].probe.kwargs
    return mended is not True and spoilt is not False


def _with_number(case: Case, trial: Trial, name: str, other: Trial) -> Probe | None:
    """The probe of a trial, with one number as in the other trial's."""
    if name not in trial.probe.sizes:
        value = {**other.probe.kwargs, **case.numbers(other.probe)}[name]
        if isinstance(other.probe.kwargs.get(name), (bool, int)):
            value = other.probe.kwargs[name]
        return with_input(case, trial.probe, name, lambda _: value)
    sizes = {**trial.probe.sizes, name: other.probe.sizes[name]}
    try:
        made = case.exercise.probe(Draw(np.random.default_rng(0)), sizes)
    except (ValueError, TypeError, KeyError, IndexError):  # no question of these sizes
        return None
    same = {n: v for n, v in trial.probe.kwargs.items() if n in made.kwargs}
    return replace(made, kwargs={**made.kwargs, **same})


def _fails(case: Case, probe: Probe | None) -> bool | None:
    if probe is None:
        return None
    expected, got = case.reference(probe).get(case.part), case.answer(probe).get(case.part)
    if expected is None or got is None:
        return None
    try:
        return not close(np.asarray(got, float), np.asarray(expected, float), probe.rtol)
    except (TypeError, ValueError):
        return None
