"""What a backward does with the upstream gradient: not at all, twice, or only in part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close
from course_utils.checking.experiments import answer_follows
from course_utils.checking.relation import Relation, everywhere, has_one_upstream


def upstream_not_used_once(case: Case) -> Relation | None:
    """A backward is linear in the upstream gradient: twice the upstream, twice the result."""
    if not has_one_upstream(case):
        return None
    name = case.exercise.argument_names[0]
    for power, key, told in (
        (0, "no upstream", f"it does not change when {name} is doubled: {name} is not used"),
        (2, "upstream squared", f"it grows fourfold when {name} is doubled: {name} is used twice"),
    ):
        if not _scales_with_upstream(case, power):
            continue
        if power == 0 and all(answer_follows(case, t.probe, name) for t in case.trials):
            told = (
                f"it does not change when {name} is doubled, but does when its signs change: are "
                f"only the signs of {name}, or comparisons of it, used?"
            )
            return Relation("signs of upstream", told)
        return Relation(key, told)
    return None


def one_of_the_samples(case: Case) -> Relation | None:
    """A sum over the batch (or over time) of which only one term was kept."""
    if not has_one_upstream(case) or np.ndim(case.trials[0].probe.upstream) < 2:
        return None
    letters = case.exercise.shapes.get(case.exercise.argument_names[0], "").split()
    for axis, letter in enumerate(letters[:2]):
        if letter in case.letters or letter not in ("N", "T"):
            continue
        thing = {"N": "sample", "T": "time step"}[letter]
        for which, told in ((-1, "last"), (0, "first")):
            if everywhere(case, lambda t, a=axis, w=which: _only(case, t, a, w)):
                return Relation(
                    f"{told} {thing}",
                    f"only the {told} {thing} counts: the others are overwritten or left out",
                )
            if everywhere(case, lambda t, a=axis, w=which: t.expected - _only(case, t, a, w)):
                return Relation(f"without {told} {thing}", f"the {told} {thing} is left out")
    return None


def _scales_with_upstream(case: Case, power: int) -> bool:
    for trial in case.trials:
        doubled = replace(trial.probe, upstream=2 * np.asarray(trial.probe.upstream))
        if np.ndim(trial.probe.upstream) == 0:
            doubled = replace(trial.probe, upstream=2 * trial.probe.upstream)
        again = case.answer(doubled).get(case.part)
        # Where the right value is 0, a constant would look as if the upstream were not used.
        if not np.any(trial.expected):
            return False
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
