"""What-if questions: is the answer right for another input than the one it got?"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close
from course_utils.checking.exercises import Probe
from course_utils.checking.factors import Factor, recognise
from course_utils.checking.relation import slope
from course_utils.checking.variation import float_inputs, settings, whole_inputs, with_input


def as_if_input_were(case: Case) -> str:
    """The substitution that makes the answer right on every probe, ``"X were |X|"``; or ""."""
    first = case.trials[0].probe
    for name, value in (*float_inputs(case, first), *settings(first)):
        for told, change in _changes(name, value):
            if _explains(case, name, change):
                return told
    for one, other in _of_one_shape(case, first):
        if _exchange_explains(case, one, other):
            return f"{one} and {other} were exchanged"
    for name, value in whole_inputs(case, first):
        for told, change in _changes_of_labels(name, value):
            if _explains(case, name, change):
                return told
    return ""


def as_if_only_one_sample(case: Case) -> tuple[str, Factor] | None:
    """Whether the answer is that of the first or the last sample alone, times a factor."""
    if case.letters[:1] == ["N"] or any(t.probe.sizes.get("N", 0) < 2 for t in case.trials):
        return None
    for told, rows in (("last", slice(-1, None)), ("first", slice(0, 1))):
        alone = [_on_rows(case, t, rows) for t in case.trials]
        if any(a is None or not np.any(a) for a in alone):
            continue
        measured = [slope(t.got, a) for t, a in zip(case.trials, alone, strict=True)]
        if not all(
            close(t.got, m * a, t.probe.rtol)
            for t, m, a in zip(case.trials, measured, alone, strict=True)
        ):
            continue
        factor = recognise(measured, [case.numbers(t.probe) for t in case.trials])
        if factor is not None:
            return told, factor
    return None


def _on_rows(case: Case, trial: Trial, rows: slice) -> np.ndarray | None:
    """The right values when only some samples are there."""
    shapes = case.exercise.shapes

    def cut(name: str, value: Any) -> Any:
        has_samples = shapes.get(name, "").split()[:1] == ["N"] and isinstance(value, np.ndarray)
        return value[rows] if has_samples else value

    names = case.exercise.input_names
    args = tuple(cut(n, v) for n, v in zip(names, trial.probe.args, strict=False))
    upstream = cut(case.exercise.argument_names[0], trial.probe.upstream)
    try:
        value = case.reference(replace(trial.probe, args=args, upstream=upstream)).get(case.part)
    except Exception:  # an exercise may ask for several samples
        return None
    return value if np.shape(value) == np.shape(trial.expected) else None


def _of_one_shape(case: Case, probe: Probe) -> Iterator[tuple[str, str]]:
    """Pairs of inputs that could stand in each other's place."""
    inputs = dict((*float_inputs(case, probe), *settings(probe)))
    for one, other in itertools.combinations(inputs, 2):
        if np.shape(inputs[one]) == np.shape(inputs[other]):
            yield one, other


def _exchange_explains(case: Case, one: str, other: str) -> bool:
    differs = False
    for trial in case.trials:
        inputs = dict((*float_inputs(case, trial.probe), *settings(trial.probe)))
        if one not in inputs or other not in inputs:
            return False
        swapped = with_input(case, trial.probe, one, lambda _, v=inputs[other]: v)
        right = _reference_on(
            case, replace(trial, probe=swapped), other, lambda _, v=inputs[one]: v
        )
        if right is None or not close(trial.got, right, trial.probe.rtol):
            return False
        differs |= not close(right, trial.expected, trial.probe.rtol)
    return differs


def _explains(case: Case, name: str, change: Callable[[Any], Any]) -> bool:
    differs = False
    for trial in case.trials:
        other = _reference_on(case, trial, name, change)
        if other is None or not close(trial.got, other, trial.probe.rtol):
            return False
        differs |= not close(other, trial.expected, trial.probe.rtol)
    return differs


def _reference_on(case: Case, trial: Trial, name: str, change) -> np.ndarray | None:
    try:
        with np.errstate(all="ignore"):
            return case.reference(with_input(case, trial.probe, name, change))[case.part]
    except Exception:  # the reference refuses some inputs: then the answer was not made from it
        return None


def _changes(name: str, value: Any) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    if np.ndim(value) == 0:
        yield f"{name} were 0", lambda v: 0.0
        yield f"{name} were 1", lambda v: 1.0
        yield f"{name} were 1 − {name}", lambda v: 1 - v
        yield f"{name} were twice as large", lambda v: 2 * v
        yield f"{name} were half as large", lambda v: v / 2
        yield f"{name} were −{name}", lambda v: -v
        yield f"{name} were {name}²", lambda v: v * v
        yield f"{name} were √{name}", lambda v: v**0.5
        yield f"{name} were 1/{name}", lambda v: 1 / v
        return
    yield f"{name} were all zeros", np.zeros_like
    yield f"{name} were all ones", np.ones_like
    yield f"{name} were −{name}", lambda a: -a
    yield f"{name} were |{name}|", np.abs
    yield f"{name} were max({name}, 0)", lambda a: np.maximum(a, 0)
    yield f"{name} were {name}²", lambda a: a * a
    yield f"{name} were half as large", lambda a: a / 2
    yield f"{name} were twice as large", lambda a: 2 * a
    yield f"{name} were exp({name})", np.exp
    for axis in range(value.ndim):
        along = f" along axis {axis}" if value.ndim > 1 else ""
        yield f"{name} were reversed{along}", lambda a, k=axis: np.flip(a, k).copy()
        yield f"{name} were shifted by one{along}", lambda a, k=axis: np.roll(a, 1, k)
        yield f"{name} were shifted by −1{along}", lambda a, k=axis: np.roll(a, -1, k)
        yield (
            f"{name} were summed to one number{along}",
            lambda a, k=axis: np.broadcast_to(a.sum(k, keepdims=True), a.shape).copy(),
        )
        yield (
            f"{name} had its mean taken off{along}",
            lambda a, k=axis: a - a.mean(k, keepdims=True),
        )
        for which, told in ((0, "first"), (-1, "last")):
            yield (
                f"{name} held its {told} {'row' if value.ndim > 1 and axis == 0 else 'entry'} "
                f"everywhere{along}",
                lambda a, k=axis, w=which: _repeated(np.take(a, [w], k), a),
            )
        yield (
            f"{name} held its mean everywhere{along}",
            lambda a, k=axis: _repeated(a.mean(k, keepdims=True), a),
        )
    if value.ndim >= 2:
        yield f"{name} were turned by 180°", lambda a: np.ascontiguousarray(a[..., ::-1, ::-1])


def _changes_of_labels(name: str, value: np.ndarray) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """The same for labels, tokens and masks: arrays of whole numbers, or of True and False."""
    if value.dtype == bool:
        yield f"{name} were turned round (True for False)", np.logical_not
        yield f"{name} were True everywhere", np.ones_like
        return
    if np.isin(value, (0, 1)).all():
        yield f"{name} were 1 − {name}", lambda a: 1 - a
    yield f"{name} were all zeros", np.zeros_like
    for axis in range(value.ndim):
        along = f" along axis {axis}" if value.ndim > 1 else ""
        yield f"{name} were reversed{along}", lambda a, k=axis: np.flip(a, k).copy()
        yield f"{name} were shifted by one{along}", lambda a, k=axis: np.roll(a, 1, k)
        yield f"{name} were shifted by −1{along}", lambda a, k=axis: np.roll(a, -1, k)


def _repeated(slice_of_it: np.ndarray, array: np.ndarray) -> np.ndarray:
    return np.broadcast_to(slice_of_it, array.shape).astype(array.dtype)
