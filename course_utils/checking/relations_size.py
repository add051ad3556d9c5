"""The right numbers times something, plus something, or those of another array."""

from __future__ import annotations

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close, scale_of
from course_utils.checking.factors import recognise
from course_utils.checking.relation import (
    Relation,
    everywhere,
    named_numbers,
    seen_at,
    shaped_like,
    slope,
)


def times_a_factor(case: Case) -> Relation | None:
    """The right array times −1, 2, N, 1/N, keep …"""
    used = [t for t in case.trials if np.any(t.expected)]
    measured = [slope(t.got, t.expected) for t in used]
    if len(used) < 2 or not all(
        close(t.got, m * t.expected, t.probe.rtol) for t, m in zip(used, measured, strict=True)
    ):
        return None
    if all(abs(m) < 1e-12 for m in measured):
        return Relation("zero", "all zeros")
    if all(abs(m - 1) < 1e-3 for m in measured):
        return None  # nearly right: digits are lost, no factor is at work
    rtol = 100 * max(t.probe.rtol for t in used) if np.ndim(used[0].expected) else 1e-6
    in_reach = [named_numbers(case, i) for i, t in enumerate(case.trials) if np.any(t.expected)]
    factor = recognise(measured, in_reach, min(rtol, 1e-3))
    if factor is None:
        if np.ndim(used[0].expected) == 0:
            return None
        return Relation("ratio varies", "proportional to the right values, by a factor that varies")
    return Relation(
        f"ratio {factor.told}", f"exactly {factor.told} times the right value" + seen_at(factor)
    )


def equal_to_an_input(case: Case) -> Relation | None:
    """Simply the numbers of an argument, perhaps times a factor."""
    for name in case.arrays(case.trials[0].probe):
        pairs = [(t, shaped_like(case.arrays(t.probe).get(name), t)) for t in case.trials]
        if any(a is None or not np.any(a) for _, a in pairs):
            continue
        measured = [slope(t.got, a) for t, a in pairs]
        if any(abs(m) < 1e-12 for m in measured) or not all(
            close(t.got, m * a, t.probe.rtol) for (t, a), m in zip(pairs, measured, strict=True)
        ):
            continue
        if np.allclose(measured, 1, rtol=1e-4):
            return Relation(f"is {name}", f"these are just the numbers of {name}")
        factor = recognise(measured, [case.numbers(t.probe) for t in case.trials])
        if factor is not None:
            return Relation(
                f"is {name} times", f"this is {factor.told} times {name}" + seen_at(factor)
            )
    return None


def the_other_way_round(case: Case) -> Relation | None:
    """An array minus the right one: what should be kept is dropped, and the reverse."""
    for name in case.arrays(case.trials[0].probe):

        def rest(trial: Trial, name: str = name) -> np.ndarray | None:
            array = shaped_like(case.arrays(trial.probe).get(name), trial)
            return None if array is None else array - trial.expected

        if everywhere(case, rest):
            return Relation(
                f"rest of {name}",
                f"{name} minus the right value: what should be kept is dropped, and the reverse",
            )
    return None


def a_term_more_or_less(case: Case) -> Relation | None:
    """The right array plus or minus a multiple of an argument, or a constant."""
    for name in case.arrays(case.trials[0].probe):
        pairs = [(t, shaped_like(case.arrays(t.probe).get(name), t)) for t in case.trials]
        if any(a is None for _, a in pairs):
            continue
        measured = [slope(np.asarray(t.got) - t.expected, a) for t, a in pairs]
        fits = all(
            close(np.asarray(t.got) - m * a, t.expected, t.probe.rtol)
            for (t, a), m in zip(pairs, measured, strict=True)
        )
        used = [i for i, m in enumerate(measured) if abs(m) > 1e-9]
        if not fits or not used:
            continue
        numbers = [case.numbers(t.probe) for t in case.trials]
        factor = recognise([measured[i] for i in used], [numbers[i] for i in used])
        if factor is not None:
            return Relation(f"term {name}", _told_term(factor.told, name) + seen_at(factor))
    return _a_constant_more(case)


def times_an_array(case: Case) -> Relation | None:
    """The right array multiplied or divided, entry by entry, by an array in reach."""
    if np.ndim(case.trials[0].expected) == 0:
        return None
    for name in case.arrays(case.trials[0].probe):
        for told, change in _elementwise(name):
            if everywhere(case, lambda t, n=name, c=change: _changed(case, t, n, c)):
                return Relation(f"times {told}", f"the right value times {told}")
    return None


def _told_term(factor: str, name: str) -> str:
    if factor == "−1":
        return f"{name} is missing from the sum, or taken off once too often"
    if factor.startswith("−"):
        return f"a term {factor[1:]} times {name} is missing"
    return f"a term {factor} times {name} is too much"


def _a_constant_more(case: Case) -> Relation | None:
    single = np.size(case.trials[0].expected) < 2
    measured = []
    for trial in case.trials:
        difference = np.asarray(trial.got, float) - trial.expected
        if np.ptp(difference) > trial.probe.rtol * scale_of(trial.expected):
            return None
        measured.append(float(difference.mean()))
    factor = recognise(measured, [case.numbers(t.probe) for t in case.trials])
    if single and (factor is None or not factor.seen):
        return None  # every single number differs by "a constant": only a named one says something
    if factor is None:
        return Relation("offset", "the right values plus one number that is the same for all")
    value = "value" if single else "values"
    sign = f"minus {factor.told[1:]}" if factor.told.startswith("−") else f"plus {factor.told}"
    return Relation(f"offset {factor.told}", f"the right {value} {sign}{seen_at(factor)}")


def _elementwise(name: str):
    yield name, lambda e, a: e * a
    yield f"1/{name}", lambda e, a: e / a
    yield f"{name}²", lambda e, a: e * a**2
    yield f"1/{name}²", lambda e, a: e / a**2
    yield f"(1 − {name})", lambda e, a: e * (1 - a)
    yield f"1/(1 − {name})", lambda e, a: e / (1 - a)
    yield f"1/({name}(1 − {name}))", lambda e, a: e / (a * (1 - a))
    yield f"1/(1 + {name})", lambda e, a: e / (1 + a)
    yield f"1/(1 − {name}²)", lambda e, a: e / (1 - a**2)
    yield f"√{name}", lambda e, a: e * np.sqrt(a)
    yield f"1/√{name}", lambda e, a: e / np.sqrt(a)
    yield f"1/√(1 − {name}²)", lambda e, a: e / np.sqrt(1 - a**2)


def _changed(case: Case, trial: Trial, name: str, change) -> np.ndarray | None:
    array = case.arrays(trial.probe).get(name)
    if array is None or array.ndim > np.ndim(trial.expected):
        return None
    shape = np.shape(trial.expected)
    if array.ndim and array.shape != shape[len(shape) - array.ndim :]:
        return None
    return change(np.asarray(trial.expected, float), np.asarray(array, float))
