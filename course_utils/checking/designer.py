"""Design probes: find numbers on which all known mistakes differ, from the truth and each other.

Sizes are chosen by hand, all distinct; what is left to chance is found by trying
seeds. The seeds found are stored in ``exercises/seeds.json`` and verified by the
tests; ``python -m course_utils.checking.designer`` finds them anew.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course_utils.checking.asking import ask, references
from course_utils.checking.compare import scale_of
from course_utils.checking.exercises import SEEDS, Exercise, all_exercises
from course_utils.checking.mistakes import Mistake, catalogue
from course_utils.checking.mistakes.match import values_on

MARGIN = 0.01  # a hundred times the largest tolerance
SEEDS_TRIED = 40


@dataclass(frozen=True)
class Design:
    """How well the probes of one exercise tell its mistakes apart.

    Args:
        seed: of the probes.
        margin: the smallest difference between two mistakes, or one and the truth,
            relative to the largest number of the array; mistakes that share their
            advice and their numbers are not counted.
        same_as_right: mistakes that no probe tells from the truth.
        same_as_other: pairs of mistakes of different advice with the same numbers.
    """

    seed: int
    margin: float
    same_as_right: tuple[str, ...]
    same_as_other: tuple[tuple[str, str], ...]

    @property
    def good(self) -> bool:
        """Whether all that must differ does, clearly."""
        return self.margin >= MARGIN and not self.same_as_right and not self.same_as_other


def design(exercise: Exercise) -> Design:
    """Try seeds and give the first good one, else the best."""
    tried: list[Design] = []
    for seed in range(SEEDS_TRIED):
        tried.append(examine(replace(exercise, seed=seed)))
        if tried[-1].good:
            return tried[-1]
    return max(tried, key=lambda d: (-len(d.same_as_right), -len(d.same_as_other), d.margin))


def examine(exercise: Exercise) -> Design:
    """How well the probes of this exercise, with its seed, tell its mistakes apart."""
    probes = exercise.probes()
    peers = references()
    right = [ask(exercise, probe, exercise.reference, peers) for probe in probes]
    known = [(m, values_on(exercise, m, probes)) for m in catalogue(exercise.name)]
    known = [(m, values) for m, values in known if values is not None]
    margins, same_as_right, same_as_other = [1.0], [], []
    for mistake, values in known:
        distance = max(_distances(values, right), default=0.0)
        margins.append(distance)
        if distance < 1e-4:
            same_as_right.append(mistake.id)
    for (one, its), (other, others) in itertools.combinations(known, 2):
        distance = max(_distances(its, others), default=1.0)
        if one.advice.key == other.advice.key and distance < MARGIN:
            continue
        margins.append(distance)
        if distance < 1e-4:
            same_as_other.append((one.id, other.id))
    return Design(exercise.seed, min(margins), tuple(same_as_right), tuple(same_as_other))


def _distances(ones: list[dict[str, Any]], others: list[dict[str, Any]]) -> Iterable[float]:
    """For each part that both have: how far apart they are, on the probe where it shows most."""
    for part in ones[0].keys() & others[0].keys():
        yield max(
            _distance(one[part], other[part]) for one, other in zip(ones, others, strict=True)
        )


def _distance(one: Any, other: Any) -> float:
    try:
        one, other = np.asarray(one, dtype=float), np.asarray(other, dtype=float)
    except (TypeError, ValueError):
        return 1.0
    if one.shape != other.shape or (np.isnan(one) != np.isnan(other)).any():
        return 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        apart = np.nan_to_num(np.abs(one - other), nan=0.0, posinf=1e300)
    return min(1.0, float(np.max(apart, initial=0.0)) / scale_of(other))


def both_name_the_same(mistakes: list[Mistake], intended: Mistake) -> bool:
    """Whether what was recognised leads to the advice that was meant."""
    return bool(mistakes) and mistakes[0].advice.key == intended.advice.key


def main() -> None:
    """Find a seed for every exercise, store them, and tell what cannot be told apart."""
    seeds = {}
    for exercise in all_exercises().values():
        if exercise.make is None:
            continue
        found = design(exercise)
        seeds[exercise.id] = found.seed
        count = len(catalogue(exercise.name))
        print(
            f"{exercise.id:<6} {exercise.name:<34} seed {found.seed:>2}, {count:>3} mistakes",
            end="",
        )
        print(f", margin {found.margin:.3g}")
        for mistake in found.same_as_right:
            print(f"       not told from the truth: {mistake}")
        for one, other in found.same_as_other:
            print(f"       same numbers, other advice: {one} = {other}")
    SEEDS.write_text(json.dumps(seeds, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
