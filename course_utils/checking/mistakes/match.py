"""Find the mistakes of the catalogue that give exactly what an answer gave."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.checking.asking import ask, references
from course_utils.checking.case import Case
from course_utils.checking.compare import scale_of
from course_utils.checking.exercises import Exercise, Probe
from course_utils.checking.mistakes import WHOLE, Mistake, catalogue
from course_utils.checking.verdict import WRONG


def find_mistakes(case: Case) -> list[Mistake]:
    """Mistakes whose values of this part agree with the answer's on every probe.

    Returns:
        In the order of the catalogue; more than one if they give the same numbers.
    """
    found = [
        (mistake, named)
        for mistake, named in _values(case.exercise)
        if case.part in named[0] and _fits(case, case.part, named)
    ]
    # A slip in a whole answer must agree in all its parts: an update rule that is
    # wrong from step 2 on says more at step 3 than at step 2.
    whole = [m for m, n in found if m.parts == (WHOLE,) and _fits_as_a_whole(case, n)]
    partial = [m for m, _ in found if m.parts != (WHOLE,)]
    if case.exercise.sequential:
        return whole + partial
    return whole + partial + [m for m, _ in found if m.parts == (WHOLE,) and m not in whole]


def find_partly(case: Case) -> tuple[Mistake, list[str]] | None:
    """A mistake that explains most of what is wrong, where a second one hides it elsewhere.

    Kinds of probes are taken as wholes: a mistake counts where it agrees on every probe of
    a kind. It has to explain at least two wrong probes, and more than half of those where
    the answer gave numbers (NaN and inf tell nothing about a first slip).

    Returns:
        The mistake that explains most, and the kinds of probes that it leaves unexplained;
        None if there is none.
    """
    kinds: dict[str, list[int]] = {}
    for i, trial in enumerate(case.trials):
        kinds.setdefault(trial.probe.about, []).append(i)
    wrong = {i for i, trial in enumerate(case.trials) if trial.finding.status == WRONG}
    finite = [i for i in wrong if case.trials[i].finding.cause != "nonfinite"]
    best, most, left = None, max(1, len(finite) // 2), []
    for mistake, named in _values(case.exercise):
        if case.part not in named[0]:
            continue
        explained = {
            i
            for kind in kinds.values()
            if all(_agree_on(case, named, i) for i in kind)
            for i in kind
            if i in wrong
        }
        if len(explained) > most:
            best, most = mistake, len(explained)
            left = [kind for kind, rows in kinds.items() if wrong.intersection(rows) - explained]
    return None if best is None else (best, left)


def _agree_on(case: Case, named: list[dict[str, Any]], i: int) -> bool:
    trial = case.trials[i]
    return _agree(trial.got, named[i].get(case.part), trial.probe.rtol)


def _fits(case: Case, part: str, named: list[dict[str, Any]]) -> bool:
    """Whether a mistake gives this part as the answer did, wherever it was judged wrong or right.

    Probes on which the answer only follows another convention (NOTE) are passed over.
    """
    return all(
        _agree(t.got, n.get(part), t.probe.rtol)
        for t, n in zip(case.trials, named, strict=False)
        if t.finding.cause != "convention"
    )


def _fits_as_a_whole(case: Case, named: list[dict[str, Any]]) -> bool:
    return len(case.whole) == len(named) and all(
        _agree(got.get(part), value, trial.probe.rtol)
        for trial, got, values in zip(case.trials, case.whole, named, strict=False)
        for part, value in values.items()
    )


_computed: dict[tuple, list[tuple[Mistake, list[dict[str, Any]]]]] = {}


def _values(exercise: Exercise) -> list[tuple[Mistake, list[dict[str, Any]]]]:
    """What each mistake of an exercise gives on its probes; those that raise are left out."""
    key = (exercise.id, exercise.name, exercise.seed)
    if key not in _computed:
        probes = exercise.probes()
        values = [(m, values_on(exercise, m, probes)) for m in catalogue(exercise.name)]
        _computed[key] = [(m, named) for m, named in values if named is not None]
    return _computed[key]


def values_on(
    exercise: Exercise, mistake: Mistake, probes: list[Probe]
) -> list[dict[str, Any]] | None:
    """What a mistake gives on probes, wrong parts only; None if it raises."""
    answer, peers = as_answer(exercise, mistake), references()
    try:
        named = [ask(exercise, probe, answer, peers) for probe in probes]
    except Exception:  # a mistake that ends in an exception is told as one
        return None
    if mistake.parts == (WHOLE,):
        return named
    return [{part: n[part] for part in mistake.parts if part in n} for n in named]


def as_answer(exercise: Exercise, mistake: Mistake) -> Callable:
    """The mistake as a whole answer: its wrong parts, and the reference's for the rest."""
    if mistake.parts == (WHOLE,):
        return mistake.wrong
    names = exercise.returns

    @functools.wraps(exercise.reference)
    def answer(*args, **kwargs):
        right = exercise.reference(*args, **kwargs)
        wrong = mistake.wrong(*args, **kwargs)
        if not isinstance(wrong, Mapping):
            wrong = {mistake.parts[0]: wrong}
        values = list(right) if isinstance(right, tuple) else [right]
        for part, value in wrong.items():
            _put(values, names, part, value)
        return tuple(values) if isinstance(right, tuple) else values[0]

    return answer


def _put(values: list, names: tuple[str, ...], part: str, value: Any) -> None:
    """Replace one part among returned values; ``dW1`` may stand in a dictionary ``grads``."""
    if part in names:
        values[names.index(part)] = value
        return
    at = names.index("grads")
    values[at] = {**values[at], part.removeprefix("d"): value}


def _agree(got: Any, wrong: Any, rtol: float) -> bool:
    """Whether two values are the same numbers in the same shape; NaN agrees with NaN."""
    try:
        got, wrong = np.asarray(got, dtype=float), np.asarray(wrong, dtype=float)
    except (TypeError, ValueError):
        return False
    if got.shape != wrong.shape:
        return False
    with np.errstate(invalid="ignore", over="ignore"):
        near = np.abs(got - wrong) <= rtol * scale_of(wrong)
    return bool(np.all(near | (got == wrong) | (np.isnan(got) & np.isnan(wrong))))
