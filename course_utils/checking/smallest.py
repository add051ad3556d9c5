"""The smallest case that fails: few whole numbers, to be followed by hand."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from course_utils.checking.case import Case
from course_utils.checking.compare import close
from course_utils.checking.exercises import Draw, Probe

TRIES = 3
SURE = 4  # random cases that must agree before a size is blamed
LARGEST = 20  # numbers; a case with more is no help to anybody at midnight


def smallest_case(case: Case) -> str:
    """The failing probe with the fewest numbers, in words; "" if none is small enough."""
    for sizes in _growing(case.exercise.smallest):
        for seed in range(TRIES):
            draw = Draw(np.random.default_rng(seed), small=True)
            try:
                probe = case.exercise.probe(draw, sizes)
            except ValueError:  # an exercise may have no question of these sizes
                break
            if _count(probe) > LARGEST:
                break
            right, got = case.reference(probe).get(case.part), _answer(case, probe)
            if right is not None and not _same(got, right) and _shown(got) != _shown(right):
                return _needed(case, sizes) + _told(case, probe, got, right)
    return ""


def _growing(smallest: Mapping[str, int]) -> Iterator[dict[str, int]]:
    """Sizes from the smallest on, each letter up to two larger, few numbers first."""
    steps = itertools.product(range(3), repeat=len(smallest))
    for step in sorted(steps, key=lambda s: (sum(s), s)):
        if sum(step) <= 3:
            yield {k: v + more for (k, v), more in zip(smallest.items(), step, strict=True)}


def _needed(case: Case, sizes: Mapping[str, int]) -> str:
    """Say which size had to grow before it failed: the slip is in that sum or loop.

    Only if it is always right at the smaller size and always wrong at the larger:
    with few numbers, an input that shows the slip may just not have come up.
    """
    smallest = case.exercise.smallest
    grown = [letter for letter in sizes if sizes[letter] > smallest[letter]]
    if len(grown) != 1:
        return ""
    (letter,) = grown
    roomy = {k: v if k == letter else v + 1 for k, v in sizes.items()}
    if any(_fails(case, {**roomy, letter: smallest[letter]}, seed) for seed in range(SURE)):
        return ""
    if not all(_fails(case, {**roomy, letter: sizes[letter]}, seed) for seed in range(SURE)):
        return ""
    return f"Right for {letter} = {smallest[letter]}, wrong from {letter} = {sizes[letter]} on. "


def _fails(case: Case, sizes: Mapping[str, int], seed: int) -> bool:
    try:
        probe = case.exercise.probe(Draw(np.random.default_rng([seed, 1])), sizes)
    except ValueError:
        return False
    right = case.reference(probe).get(case.part)
    return right is not None and not _same(_answer(case, probe), right)


def _answer(case: Case, probe: Probe) -> Any:
    try:
        return case.answer(probe).get(case.part)
    except Exception:  # an answer may fail on a tiny input: that is not the case we look for
        return None


def _same(got: Any, right: Any) -> bool:
    try:
        return got is None or close(np.asarray(got, float), right, 1e-6)
    except (TypeError, ValueError):
        return True


def _count(probe: Probe) -> int:
    upstream = probe.upstream if isinstance(probe.upstream, tuple) else (probe.upstream,)
    arrays = [*probe.args, *upstream, *probe.kwargs.values()]
    flat = [v for a in arrays for v in (a.values() if isinstance(a, dict) else [a])]
    return sum(np.size(a) for a in flat if a is not None)


def _told(case: Case, probe: Probe, got: Any, right: Any) -> str:
    given = dict(zip(case.exercise.input_names, probe.args, strict=False))
    if case.exercise.forward is not None:
        upstream = probe.upstream if isinstance(probe.upstream, tuple) else (probe.upstream,)
        given |= dict(zip(case.exercise.argument_names, upstream, strict=False))
    given |= probe.kwargs
    spread = {}
    for name, value in given.items():
        for key, entry in value.items() if isinstance(value, dict) else [(name, value)]:
            # Two dictionaries may share their keys: params and grads do.
            spread[key if key not in spread else f'{name}["{key}"]'] = entry
    told = ", ".join(f"{name} = {_shown(value)}" for name, value in spread.items())
    return f"By hand: {told} should give {case.part} = {_shown(right)}, you have {_shown(got)}."


def _shown(value: Any) -> str:
    if value is None:
        return "None"
    array = np.asarray(value)
    while array.ndim > 2 and len(array) == 1:
        array = array[0]  # one image with one channel is shown as a matrix
    if array.dtype.kind == "f":
        array = np.round(array.astype(float), 4) + 0.0
        if array.ndim == 0:
            return f"{float(array):g}"
    formatter = {"float_kind": lambda v: f"{v:g}"}
    return np.array2string(array, separator=", ", formatter=formatter).replace("\n", "")
