"""Whether an equation holds: shapes first, then values at the points of a derivation."""

from __future__ import annotations

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.evaluate import Evaluator
from course_utils.checking.derivations.functions import RATIONAL, WITH_KINK
from course_utils.checking.derivations.point import Point, Rule, counted
from course_utils.checking.derivations.refusals import refuse
from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.shapes import Kinds, Layout

_TOLERANCE = 1e-9
_MOST_CELLS, _MOST_LETTERS, _MOST_FRACTIONS = 3_000_000, 14, 30_000


class Ground:
    """A derivation together with the helpers that its lines have defined so far."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation
        self.names, self.kinds = derivation.names, derivation.kinds
        self.lets: dict[str, Rule] = {}
        self._points: dict[tuple, Point] = {}

    def add(self, name: str, rule: Rule, dims: tuple[str, ...]) -> None:
        """Make a helper known."""
        shapes = {**self.names.symbols, name: dims}
        self.names = type(self.names)(shapes, self.names.whole, self.names.sizes)
        self.kinds = Kinds(shapes, self.kinds.related, self.kinds.defaults)
        self.lets[name] = rule

    def point(self, which: int = 0, kind: str = "float") -> Point:
        """A point that knows the helpers. Points without helpers are shared by all lines."""
        if not self.lets and kind == "float":
            return self.derivation.points[which]
        key = (which, kind, tuple(self.lets))
        if key not in self._points:
            made = self.derivation.point(which, kind, lets=self.lets)
            if kind == "float":  # what is known already need not be found again
                made.learn_from(self.derivation.points[which])
            self._points[key] = made
        return self._points[key]

    @property
    def count(self) -> int:
        """Number of points."""
        return len(self.derivation.sizes)


def two_sides(left, right, layout: Layout, point: Point, letters=None):
    """Both sides of an equation as arrays of one shape.

    Args:
        left: an expression.
        right: another.
        layout: what `lay_out` said of them.
        point: where.
        letters: all letters in a fixed order, so that values found before can be used again.
    """
    order = letters or sorted(layout.ranges)
    ranges = {
        i: counted(layout.ranges[i], point.sizes, i in layout.free) if i in layout.ranges else 1
        for i in order
    }
    memo = point.memos.setdefault(tuple(ranges.items()), {})
    evaluator = Evaluator(point, ranges, memo=memo)
    free = [i for i in order if i in layout.free]
    with np.errstate(all="ignore"):
        a, b = evaluator.array(left, free), evaluator.array(right, free)
    # One number may stand for all entries of a row or a matrix.
    return a, b.reshape(b.shape + (1,) * (a.ndim - b.ndim))


def same(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays agree: exactly if they hold fractions, else to nine digits."""
    if a.dtype == object or b.dtype == object:
        return bool(np.all(a == b))
    if not np.all(np.isfinite(b)):
        return False
    room = _TOLERANCE * max(1.0, float(np.max(np.abs(a), initial=0.0)))
    return bool(np.all(np.abs(a - b) <= room))


def holds(left, right, layout: Layout, ground: Ground) -> bool:
    """Whether an equation whose shapes fit holds at every point.

    Raises:
        RefusedError: it has too many letters to be evaluated.
    """
    check_size(layout, ground.derivation.sizes)
    return all(same(*two_sides(left, right, layout, ground.point(k))) for k in range(ground.count))


def check_size(layout: Layout, all_sizes) -> None:
    """Refuse an equation with more letters than a line of a derivation ever needs.

    Raises:
        RefusedError: too many letters, or too many entries.
    """
    for sizes in all_sizes:
        cells = 1
        for size in layout.ranges.values():
            cells *= max(1, counted(size, sizes, False))
        if cells > _MOST_CELLS or len(layout.ranges) > _MOST_LETTERS:
            refuse("Too many different index letters in one line: split it with let.")


def holds_exactly(left, right, layout: Layout, ground: Ground) -> bool | None:
    """Whether an equation holds in exact arithmetic; None where it has no such values.

    Polynomials are compared at small whole numbers, where floats are exact; with a
    division, in fractions.
    """
    used = parts_of(left, right, ground)
    divides = False
    for node in used:
        if not _is_rational(node):
            return None
        divides |= isinstance(node, tree.Bin) and node.op in ("/", "**")
    if not divides:
        a, b = two_sides(left, right, layout, ground.point(0, "whole"))
        return bool(np.all(a == b))
    point = ground.point(0, "exact")
    given = sum(array.size for array in point.given.values())
    cells = np.prod([counted(s, point.sizes, False) for s in layout.ranges.values()], dtype=int)
    if given * cells > _MOST_FRACTIONS:
        return None
    try:
        return same(*two_sides(left, right, layout, point))
    except (ZeroDivisionError, TypeError):
        return None


def parts_of(left, right, ground: Ground) -> list[tree.Node]:
    """All parts of both sides and of the rules that they rest on."""
    rules = {**ground.derivation.parsed_rules, **ground.lets}
    seen: set[str] = set()
    todo, found = [left, right], []
    while todo:
        for node in tree.walk(todo.pop()):
            found.append(node)
            name = node.name if isinstance(node, tree.Sym) else ""
            if not name or name in seen:
                continue
            seen.add(name)
            needs = [name]
            is_gradient = name not in ground.derivation.symbols and name not in rules
            if is_gradient and name != ground.derivation.goal[1]:
                needs = [ground.derivation.goal[0]]
            todo += [rules[n].expression for n in needs if n in rules]
    return found


def _is_rational(node: tree.Node) -> bool:
    match node:
        case tree.Call(fn):
            return fn in RATIONAL or fn in ("where", "delta", "ones", "outer", "max", "min")
        case tree.Bin("**", _, power):
            power = power.x if isinstance(power, tree.Neg) else power
            return isinstance(power, tree.Num) and power.value.denominator == 1
    return True


def differs_only_at_kink(left, right, layout: Layout, ground: Ground) -> bool:
    """Whether a true equation takes another value where ReLU has no derivative."""
    parts = [*tree.walk(left), *tree.walk(right)]
    bent = any(
        isinstance(part, tree.Cmp) or (isinstance(part, tree.Call) and part.fn in WITH_KINK)
        for part in parts
    )
    if not bent:
        return False
    return not same(*two_sides(left, right, layout, ground.point(0, "kink")))


def numbers_of(layout: Layout, sizes) -> dict[str, int]:
    """How far every letter runs at given sizes."""
    return {i: counted(size, sizes, i in layout.free) for i, size in layout.ranges.items()}
