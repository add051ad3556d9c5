"""What a relation is, and the questions that all kinds of relations ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close


@dataclass(frozen=True)
class Relation:
    """What the wrong numbers have to do with the right ones: a key and a sentence's end."""

    key: str
    told: str


def everywhere(case: Case, value: Callable[[Trial], np.ndarray | None]) -> bool:
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


def slope(got, of) -> float:
    """The factor c for which c·of is nearest to got."""
    got, of = np.ravel(np.asarray(got, float)), np.ravel(np.asarray(of, float))
    return float(got @ of / (of @ of)) if np.any(of) else 0.0


def shaped_like(array: np.ndarray | None, trial: Trial) -> np.ndarray | None:
    """The array if it has the part's shape."""
    same = array is not None and array.ndim and array.shape == np.shape(trial.expected)
    return np.asarray(array, float) if same else None


def has_one_upstream(case: Case) -> bool:
    """Whether this is a backward that takes a single upstream gradient."""
    upstream = case.trials[0].probe.upstream
    return case.exercise.forward is not None and not isinstance(upstream, tuple)


def seen_at(factor) -> str:
    """At which sizes a factor was seen, in brackets."""
    return f" ({factor.seen})" if factor.seen else ""


def named_numbers(case: Case, i: int) -> dict[str, float]:
    """Numbers in reach on a trial: sizes and settings, and right values of other parts."""
    others = {
        name: float(values[i])
        for name, values in case.others.items()
        if len(values) > i and np.ndim(values[i]) == 0 and values[i] is not None
    }
    own = case.numbers(case.trials[i].probe)
    # A part that only repeats a setting is told as the setting: those come first.
    return {**own, **{k: v for k, v in others.items() if k.isidentifier() and k not in own}}
