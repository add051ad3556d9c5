"""One slice of an argument, or its sum or mean along an axis, where something is to be computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.relation import Relation, everywhere


def equal_to_a_slice_of_an_input(case: Case) -> Relation | None:
    """Simply the first or last slice of an argument, its sum, mean or largest, or its transpose."""
    for name, array in case.arrays(case.trials[0].probe).items():
        letters = case.exercise.shapes.get(name, "").split()
        for told, take in _slices(name, array.ndim, letters):

            def value(trial: Trial, name: str = name, take: Callable = take) -> np.ndarray | None:
                found = case.arrays(trial.probe).get(name)
                return None if found is None else take(np.asarray(found, float))

            if everywhere(case, value):
                return Relation(f"is part of {name}", f"these are just the numbers of {told}")
    return None


def _slices(name: str, ndim: int, letters: list[str]) -> Iterator[tuple[str, Callable]]:
    if ndim == 2:
        yield f"{name}, transposed", lambda a: a.T
    for axis in range(ndim if ndim > 1 else 0):
        along = f"axis {axis}" + (f" ({letters[axis]})" if len(letters) == ndim else "")
        yield f"{name} at the first place along {along}", lambda a, k=axis: np.take(a, 0, k)
        yield f"{name} at the last place along {along}", lambda a, k=axis: np.take(a, -1, k)
        yield f"{name}, summed along {along}", lambda a, k=axis: a.sum(k)
        yield f"{name}, averaged along {along}", lambda a, k=axis: a.mean(k)
        yield f"{name}, the largest along {along}", lambda a, k=axis: a.max(k)
