"""The smallest numbers at which a line is false, to follow by hand."""

from __future__ import annotations

import itertools

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.equation import Ground, same, two_sides
from course_utils.checking.derivations.point import Point
from course_utils.checking.derivations.shapes import Layout

_MOST_NUMBERS = 12
_MOST_WITH_INPUTS = 6
_TRIES = 6  # with few numbers, a slip may just not show


def smallest_failure(left, right, layout: Layout, ground: Ground) -> str:
    """One entry where the two sides differ, with all numbers if they are few."""
    derivation = ground.derivation
    smallest = [derivation.smallest] if derivation.smallest else []
    both = [*[(s, seed) for s in smallest for seed in range(_TRIES)], (derivation.sizes[0], 0)]
    # Whole numbers are easy to follow, but through tanh they all become nearly 1.
    for kind, (sizes, seed) in itertools.product(("whole", "float"), both):
        point = derivation.point(seed, kind, sizes, ground.lets)
        a, b = two_sides(left, right, layout, point)
        b = np.broadcast_to(b, a.shape)
        if not same(a, b) and _tells(a, b):
            return _told(left, right, layout, point, ground, a, b)
    return "The two sides differ at random numbers."


def _differing(a, b) -> tuple:
    """Where the two sides differ first."""
    return np.unravel_index(np.argmax(~np.isclose(a, b)), a.shape) if a.shape else ()


def _tells(a, b) -> bool:
    """Whether the two numbers differ as they are printed; near a tanh of 1 they may not."""
    at = _differing(a, b)
    return _number(a[at]) != _number(b[at])


def _told(left, right, layout: Layout, point: Point, ground: Ground, a, b) -> str:
    at = _differing(a, b)
    sizes = sorted({s for part in layout.ranges.values() for s in part.split("|")})
    sizes = sorted({*sizes, *layout.dims})
    small = ", ".join(f"{s} = {point.sizes[s]}" for s in sizes if s in point.sizes)
    names = sorted(tree.symbols_in(right))
    # What the line forgot is among the inputs: they are shown where they are few.
    above = ground.derivation.upstream
    inputs = [*ground.derivation.symbols, *([f"d{above}"] if above else [])]
    inputs = [name for name in inputs if name not in names]
    arrays = {name: point.value(name) for name in [*inputs, *names]}
    if sum(array.size for array in arrays.values()) > _MOST_WITH_INPUTS:
        arrays = {name: arrays[name] for name in names}
    numbers = ""
    if sum(array.size for array in arrays.values()) <= _MOST_NUMBERS:
        shown = [f"{name} = {_array(array)}" for name, array in arrays.items()]
        numbers = f" and {', '.join(shown)}" if shown else ""
    entry = f"[{','.join(str(int(k)) for k in at)}]" if len(at) else ""
    where = f"For {small}{numbers}" if small else f"For{numbers.removeprefix(' and')}"
    name = tree.to_text(left) if not entry else f"entry {entry} of the left side"
    return f"{where}: {name} is {_number(a[at])}, the right side gives {_number(b[at])}."


def _array(array: np.ndarray) -> str:
    if array.size == 1:
        return _number(array.reshape(-1)[0])
    return str(
        [[_short(v) for v in row] for row in array]
        if array.ndim == 2
        else [_short(v) for v in array.reshape(-1)]
    ).replace("'", "")


def _short(value) -> str:
    return _number(value)


def _number(value) -> str:
    return f"{float(value):.4g}"
