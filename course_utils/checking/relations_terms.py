"""Two terms of a sum that went wrong apart: the one with a setting in it, and the rest."""

from __future__ import annotations

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close, scale_of
from course_utils.checking.factors import Factor, recognise
from course_utils.checking.relation import Relation, named_numbers, seen_at
from course_utils.checking.variation import float_inputs, settings, with_input


def terms_by_a_setting(case: Case) -> Relation | None:
    """The part that goes with a number such as weight_decay, and the part without, each scaled."""
    if np.ndim(case.trials[0].expected) == 0:
        return None  # two factors from one number say nothing
    first = case.trials[0].probe
    for name, value in (*float_inputs(case, first), *settings(first)):
        if np.ndim(value) == 0:
            found = _scaled_apart(case, name)
            if found is not None:
                return found
    return None


def _scaled_apart(case: Case, name: str) -> Relation | None:
    fits = [_fit(case, trial, name) for trial in case.trials]
    if any(fit is None for fit in fits):
        return None
    numbers = [named_numbers(case, i) for i in range(len(case.trials))]
    found = []
    for k in (0, 1):
        used = [i for i, fit in enumerate(fits) if fit[k] is not None]
        measured = [fits[i][k] for i in used]
        if len(used) < 2:
            return None
        if all(abs(m) < 1e-9 for m in measured):
            found.append(Factor("0"))
            continue
        is_one = all(abs(m - 1) < 1e-6 for m in measured)
        factor = Factor("1") if is_one else recognise(measured, [numbers[i] for i in used])
        if factor is None:
            return None
        found.append(factor)
    rest, part = found
    if rest.told == part.told:
        return None  # one factor for all: told as such
    told = f"{_told(f'the term with {name}', part)}, {_told('the rest', rest)}"
    return Relation(f"terms of {name}", told)


def _told(what: str, factor: Factor) -> str:
    if factor.told == "1":
        return f"{what} is right"
    if factor.told == "0":
        return f"{what} is missing"
    return f"{what} is exactly {factor.told} times what it should be{seen_at(factor)}"


def _fit(case: Case, trial: Trial, name: str) -> tuple[float | None, float | None] | None:
    """The factors of the rest and of the term; None for one that is 0 here; None if no fit."""
    expected = np.asarray(trial.expected, float)
    without = case.reference(with_input(case, trial.probe, name, lambda _: 0.0)).get(case.part)
    twice = case.reference(with_input(case, trial.probe, name, lambda v: 2 * v)).get(case.part)
    if np.shape(without) != expected.shape or np.shape(twice) != expected.shape:
        return None
    rest = np.asarray(without, float)
    term = expected - rest
    if not close(np.asarray(twice, float), rest + 2 * term, max(trial.probe.rtol, 1e-6)):
        return None  # the setting acts in another way than by a term of a sum
    got = np.asarray(trial.got, float)
    tiny = 1e-9 * scale_of(expected)
    columns = [c.ravel() for c in (rest, term) if np.abs(c).max() > tiny]
    if len(columns) == 2 and np.linalg.matrix_rank(np.stack(columns), tol=1e-6) < 2:
        return None
    if not columns:
        return None
    solved = np.linalg.lstsq(np.stack(columns, axis=1), got.ravel(), rcond=None)[0]
    fitted = sum(c * s for c, s in zip(columns, solved, strict=True)).reshape(got.shape)
    if not close(got, fitted, trial.probe.rtol):
        return None
    factors = iter(float(s) for s in solved)
    a, b = (next(factors) if np.abs(c).max() > tiny else None for c in (rest, term))
    return a, b
