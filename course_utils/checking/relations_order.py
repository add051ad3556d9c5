"""The right numbers at other places, or with other signs."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close
from course_utils.checking.relation import Relation, everywhere


def other_order(case: Case) -> Relation | None:
    """The right numbers reversed, turned, transposed, shifted, or in blocks of another order."""
    if np.ndim(case.trials[0].expected) == 0:
        return None
    for key, told, move in _moves(case):
        if everywhere(case, lambda t, move=move: move(np.asarray(t.expected))):
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
    for axis, letter in enumerate(letters):
        name = f"axis {axis}" + (f" ({letter})" if letter else "")
        yield (
            f"sorted {letter or axis}",
            f"the right numbers, but sorted along {name}",
            lambda a, axis=axis: np.sort(a, axis),
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
