"""Closed-form relations between wrong numbers and right ones.

Each relation is a function of a `Case`; it returns a `Relation` if it holds on
every probe, else None. They are asked in the order of `RELATIONS`, simple
before far-fetched; to add one is to write it and to put it into the list.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close, scale_of
from course_utils.checking.factors import recognise
from course_utils.checking.substitutions import as_if_input_were
from course_utils.checking.verdict import WRONG

ENOUGH = 3  # probes that a relation must hold on when others cannot be asked


@dataclass(frozen=True)
class Relation:
    """What the wrong numbers have to do with the right ones: a key and a sentence's end."""

    key: str
    told: str


def find_relation(case: Case) -> Relation | None:
    """The first relation that holds on every probe, if the shapes are right.

    Probes where the answer is NaN or inf are left out if enough others remain:
    a wrong base of the logarithm is one even if logits of 1000 overflow besides.
    """
    usable = case.comparable
    if len(usable) < len(case.trials):
        if len(usable) < ENOUGH or not any(t.finding.status == WRONG for t in usable):
            return None
        case = replace(case, trials=usable)
    if len(usable) < 2:
        return None
    for relation in RELATIONS:
        found = relation(case)
        if found is not None:
            return found
    return None


def times_a_factor(case: Case) -> Relation | None:
    """The right array times −1, 2, N, 1/N, keep …"""
    used = [t for t in case.trials if np.any(t.expected)]
    measured = [_slope(t.got, t.expected) for t in used]
    if len(used) < 2 or not all(
        close(t.got, m * t.expected, t.probe.rtol) for t, m in zip(used, measured, strict=True)
    ):
        return None
    if all(abs(m) < 1e-12 for m in measured):
        return Relation("zero", "all zeros")
    rtol = 100 * max(t.probe.rtol for t in used) if np.ndim(used[0].expected) else 1e-6
    factor = recognise(measured, [case.numbers(t.probe) for t in used], min(rtol, 1e-3))
    if factor is None:
        if np.ndim(used[0].expected) == 0:
            return None
        return Relation("ratio varies", "proportional to the right values, by a factor that varies")
    return Relation(
        f"ratio {factor.told}", f"exactly {factor.told} times the right value" + _at(factor)
    )


def other_order(case: Case) -> Relation | None:
    """The right numbers reversed, turned, transposed, shifted, or in blocks of another order."""
    if np.ndim(case.trials[0].expected) == 0:
        return None
    for key, told, move in _moves(case):
        if _everywhere(case, lambda t, move=move: move(np.asarray(t.expected))):
            return Relation(key, told)
    if all(_same_numbers(t) for t in case.trials):
        return Relation(
            "order", "the right numbers in another order: a reshape where a transpose belongs?"
        )
    return None


def right_but_for_signs(case: Case) -> Relation | None:
    """The right magnitudes with some signs turned."""
    if np.ndim(case.trials[0].expected) and all(
        close(np.abs(t.got), np.abs(t.expected), t.probe.rtol) for t in case.trials
    ):
        return Relation("signs", "right but for the sign of some numbers")
    return None


def upstream_not_used_once(case: Case) -> Relation | None:
    """A backward is linear in the upstream gradient: twice the upstream, twice the result."""
    if not _has_one_upstream(case):
        return None
    name = case.exercise.argument_names[0]
    for power, key, told in (
        (0, "no upstream", f"it does not change when {name} is doubled: {name} is not used"),
        (2, "upstream squared", f"it grows fourfold when {name} is doubled: {name} is used twice"),
    ):
        if _scales_with_upstream(case, power):
            return Relation(key, told)
    return None


def one_of_the_samples(case: Case) -> Relation | None:
    """A sum over the batch (or over time) of which only one term was kept."""
    if not _has_one_upstream(case) or np.ndim(case.trials[0].probe.upstream) < 2:
        return None
    letters = case.exercise.shapes.get(case.exercise.argument_names[0], "").split()
    for axis, letter in enumerate(letters[:2]):
        if letter in case.letters or letter not in ("N", "T"):
            continue
        thing = {"N": "sample", "T": "time step"}[letter]
        for which, told in ((-1, "last"), (0, "first")):
            if _everywhere(case, lambda t, a=axis, w=which: _only(case, t, a, w)):
                return Relation(
                    f"{told} {thing}",
                    f"only the {told} {thing} counts: the others are overwritten or left out",
                )
            if _everywhere(case, lambda t, a=axis, w=which: t.expected - _only(case, t, a, w)):
                return Relation(f"without {told} {thing}", f"the {told} {thing} is left out")
    return None


def equal_to_an_input(case: Case) -> Relation | None:
    """Simply the numbers of an argument, perhaps times a factor."""
    for name in case.arrays(case.trials[0].probe):
        pairs = [(t, _shaped_like(case.arrays(t.probe).get(name), t)) for t in case.trials]
        if any(a is None or not np.any(a) for _, a in pairs):
            continue
        measured = [_slope(t.got, a) for t, a in pairs]
        if any(abs(m) < 1e-12 for m in measured) or not all(
            close(t.got, m * a, t.probe.rtol) for (t, a), m in zip(pairs, measured, strict=True)
        ):
            continue
        if np.allclose(measured, 1, rtol=1e-4):
            return Relation(f"is {name}", f"these are just the numbers of {name}")
        factor = recognise(measured, [case.numbers(t.probe) for t in case.trials])
        if factor is not None:
            return Relation(f"is {name} times", f"this is {factor.told} times {name}" + _at(factor))
    return None


def a_term_more_or_less(case: Case) -> Relation | None:
    """The right array plus or minus a multiple of an argument, or a constant."""
    for name in case.arrays(case.trials[0].probe):
        pairs = [(t, _shaped_like(case.arrays(t.probe).get(name), t)) for t in case.trials]
        if any(a is None for _, a in pairs):
            continue
        measured = [_slope(np.asarray(t.got) - t.expected, a) for t, a in pairs]
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
            return Relation(f"term {name}", _told_term(factor.told, name) + _at(factor))
    return _a_constant_more(case)


def the_other_way_round(case: Case) -> Relation | None:
    """An array minus the right one: what should be kept is dropped, and the reverse."""
    for name in case.arrays(case.trials[0].probe):

        def rest(trial: Trial, name: str = name) -> np.ndarray | None:
            array = _shaped_like(case.arrays(trial.probe).get(name), trial)
            return None if array is None else array - trial.expected

        if _everywhere(case, rest):
            return Relation(
                f"rest of {name}",
                f"{name} minus the right value: what should be kept is dropped, and the reverse",
            )
    return None


def times_an_array(case: Case) -> Relation | None:
    """The right array multiplied or divided, entry by entry, by an array in reach."""
    if np.ndim(case.trials[0].expected) == 0:
        return None
    for name in case.arrays(case.trials[0].probe):
        for told, change in _elementwise(name):
            if _everywhere(case, lambda t, n=name, c=change: _changed(case, t, n, c)):
                return Relation(f"times {told}", f"the right value times {told}")
    return None


def as_if_input_were_another(case: Case) -> Relation | None:
    """Exactly what would be right for another input: |X| in place of X, 1 − p in place of p."""
    told = as_if_input_were(case)
    return Relation(f"as if {told}", f"this would be right if {told}") if told else None


RELATIONS: list[Callable[[Case], Relation | None]] = [
    times_a_factor,
    equal_to_an_input,
    other_order,
    upstream_not_used_once,
    one_of_the_samples,
    the_other_way_round,
    a_term_more_or_less,
    times_an_array,
    as_if_input_were_another,
    right_but_for_signs,
]


def _has_one_upstream(case: Case) -> bool:
    upstream = case.trials[0].probe.upstream
    return case.exercise.forward is not None and not isinstance(upstream, tuple)


def _at(factor) -> str:
    return f" ({factor.seen})" if factor.seen else ""


def _slope(got, of) -> float:
    """The factor c for which c·of is nearest to got."""
    got, of = np.ravel(np.asarray(got, float)), np.ravel(np.asarray(of, float))
    return float(got @ of / (of @ of)) if np.any(of) else 0.0


def _everywhere(case: Case, value: Callable[[Trial], np.ndarray | None]) -> bool:
    """Whether `value` gives what the answer gave, on every probe, and differs from the truth."""
    differs = False
    for trial in case.trials:
        try:
            with np.errstate(all="ignore"):
                other = value(trial)
        except (ValueError, TypeError, KeyError, IndexError):
            return False
        if other is None or np.shape(other) != np.shape(trial.expected):
            return False
        if not close(trial.got, other, trial.probe.rtol):
            return False
        differs |= not close(other, trial.expected, trial.probe.rtol)
    return differs


def _moves(case: Case) -> Iterator[tuple[str, str, Callable[[np.ndarray], np.ndarray]]]:
    letters = case.letters
    ndim = len(letters)
    if ndim >= 2:
        yield (
            "rotated",
            "the right numbers turned by 180° in the last two axes (flipped twice)",
            lambda a: a[..., ::-1, ::-1],
        )
    for axis, letter in enumerate(letters):
        name = f"axis {axis}" + (f" ({letter})" if letter else "")
        yield (
            f"reversed {letter or axis}",
            f"the right numbers in reversed order along {name}",
            lambda a, axis=axis: np.flip(a, axis),
        )
        for by in (1, -1):
            yield (
                f"shifted {letter or axis}",
                f"the right numbers shifted by one along {name}",
                lambda a, axis=axis, by=by: np.roll(a, by, axis),
            )
    for first, second in itertools.combinations(range(ndim), 2):
        yield (
            "transposed",
            f"the right numbers with axes {first} and {second} exchanged",
            lambda a, i=first, j=second: np.swapaxes(a, i, j),
        )
    yield from _block_orders()


def _block_orders():
    """The four gates of an LSTM stand side by side: i, f, o, g."""
    names = "ifog"
    for order in itertools.permutations(range(4)):
        if order != (0, 1, 2, 3):
            told = ", ".join(names[k] for k in order)
            yield (
                f"blocks {''.join(names[k] for k in order)}",
                f"the right numbers with the four blocks of the last axis in the order {told}",
                lambda a, order=order: _reordered(a, order),
            )


def _reordered(array: np.ndarray, order) -> np.ndarray | None:
    if array.shape[-1] % 4:
        return None
    blocks = np.split(array, 4, axis=-1)
    return np.concatenate([blocks[k] for k in order], axis=-1)


def _same_numbers(trial: Trial) -> bool:
    got, expected = np.sort(np.ravel(trial.got)), np.sort(np.ravel(trial.expected))
    return got.size > 3 and close(got, expected, trial.probe.rtol)


def _scales_with_upstream(case: Case, power: int) -> bool:
    for trial in case.trials:
        doubled = replace(trial.probe, upstream=2 * np.asarray(trial.probe.upstream))
        if np.ndim(trial.probe.upstream) == 0:
            doubled = replace(trial.probe, upstream=2 * trial.probe.upstream)
        again = case.answer(doubled).get(case.part)
        if np.shape(again) != np.shape(trial.got) or not np.any(trial.got):
            return False
        if not close(again, 2.0**power * np.asarray(trial.got), trial.probe.rtol):
            return False
    return True


def _only(case: Case, trial: Trial, axis: int, which: int) -> np.ndarray:
    """The right array when all but one slice of the upstream gradient are 0."""
    upstream = np.zeros_like(trial.probe.upstream)
    index = [slice(None)] * upstream.ndim
    index[axis] = which
    upstream[tuple(index)] = trial.probe.upstream[tuple(index)]
    return case.reference(replace(trial.probe, upstream=upstream))[case.part]


def _shaped_like(array: np.ndarray | None, trial: Trial) -> np.ndarray | None:
    """The array if it has the part's shape."""
    same = array is not None and array.ndim and array.shape == np.shape(trial.expected)
    return np.asarray(array, float) if same else None


def _told_term(factor: str, name: str) -> str:
    if factor == "−1":
        return f"{name} is missing from the sum, or taken off once too often"
    if factor.startswith("−"):
        return f"a term {factor[1:]} times {name} is missing"
    return f"a term {factor} times {name} is too much"


def _a_constant_more(case: Case) -> Relation | None:
    if np.size(case.trials[0].expected) < 2:
        return None
    measured = []
    for trial in case.trials:
        difference = np.asarray(trial.got, float) - trial.expected
        if np.ptp(difference) > trial.probe.rtol * scale_of(trial.expected):
            return None
        measured.append(float(difference.mean()))
    factor = recognise(measured, [case.numbers(t.probe) for t in case.trials])
    if factor is None:
        return Relation("offset", "the right values plus one number that is the same for all")
    return Relation(f"offset {factor.told}", f"the right values plus {factor.told}" + _at(factor))


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


def _changed(case: Case, trial: Trial, name: str, change) -> np.ndarray | None:
    array = case.arrays(trial.probe).get(name)
    if array is None or array.ndim > np.ndim(trial.expected):
        return None
    shape = np.shape(trial.expected)
    if array.ndim and array.shape != shape[len(shape) - array.ndim :]:
        return None
    return change(np.asarray(trial.expected, float), np.asarray(array, float))
