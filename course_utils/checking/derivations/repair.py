"""The search for the one or two edits that mend a false line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, islice

import numpy as np

from course_utils.checking.derivations import edits_brackets, tree
from course_utils.checking.derivations import edits_functions as functions
from course_utils.checking.derivations import edits_index as index
from course_utils.checking.derivations import edits_matrix as matrix
from course_utils.checking.derivations import edits_offset as offsets
from course_utils.checking.derivations import edits_value as value
from course_utils.checking.derivations.edits import Edit, Scene
from course_utils.checking.derivations.equation import Ground, check_size, holds, same, two_sides
from course_utils.checking.derivations.known import recognised
from course_utils.checking.derivations.language import read_name_of
from course_utils.checking.derivations.refusals import RefusedError
from course_utils.checking.derivations.shapes import ShapeError, lay_out

_INDEX = (
    *(index.exchanged, index.exchanged_throughout, index.sums, index.reach, index.renamed),
    offsets.offsets,
)
_MATRIX = (matrix.products, matrix.transposes, matrix.kinds_of_product, matrix.axis_sums)
_VALUE = (
    *(value.signs, edits_brackets.brackets),
    *(functions.functions, functions.lost, functions.extra_derivatives),
    *(value.surplus, value.numbers, functions.derivatives, functions.wrong_derivatives),
)
_LATE = (index.replaced, index.deltas, functions.complements, value.scales)
_LAST = (value.factors, value.symbols, value.operators, value.terms)
# As first of two edits: those that people combine. The second may be any of these, too.
_FIRST = (*_INDEX, *_MATRIX, *_VALUE, index.replaced)
_SECOND = (*_INDEX, *_MATRIX, *_VALUE, index.replaced, index.deltas, functions.complements)
_MOST_PAIRS, _MOST_FIRST, _MOST_OF_A_KIND, _MOST_SINGLES = 1200, 30, 6, 4000

# An array put in and another taken out mends any line; that is no explanation.
_NEVER_FIRST = {
    "factor_missing",
    "term_missing",
    "symbol",
    "operator",
    "size",
    "number",
    "brackets",
}


@dataclass(frozen=True)
class Slip:
    """What went wrong in a false line.

    Args:
        keys: kinds of slip, one or two: ``("exchange",)``.
        message: for the student; does not print the mended line.
        mended: the mended right side, for the third hint.
    """

    keys: tuple[str, ...]
    message: str
    mended: tree.Node


def find_slip(
    left: tree.Node, right: tree.Node, ground: Ground, *, pairs: bool = True
) -> Slip | None:
    """The slip that explains why an equation is false, if one or two edits mend it.

    Args:
        left: of the equation.
        right: of the equation.
        ground: what it stands on.
        pairs: try two edits together. Of a formula in two or three numbers they would
            make any other.
    """
    known = recognised(left, right, ground)
    if known:
        return Slip(("known",), known[0].says, known[1])
    search = _Search(left, right, ground)
    whole = search.factor_of(right)
    if whole:
        return search.slip((), whole)
    scaled: list[tuple[Edit, tuple]] = []
    fitting: list[Edit] = []
    for edit in islice(search.singles(), _MOST_SINGLES):
        found = search.judge(edit.node)
        if found is True:
            return search.slip((edit,), None)
        if found is not None:
            fitting.append(edit)
            if found and not scaled and (factor := search.factor_of(edit.node)):
                scaled.append((edit, factor))
    if scaled:
        return search.slip(scaled[0][:1], scaled[0][1])
    return search.pair(fitting) if pairs else None


class _Search:
    def __init__(self, left, right, ground: Ground) -> None:
        self.left, self.right, self.ground = left, right, ground
        self.letters = sorted(tree.all_letters(left) | tree.all_letters(right))
        self.letters += [
            plain for i in self.letters if (plain := tree.shown(i)) not in self.letters
        ]
        self.seen: set[tree.Node] = {right}
        # The left side itself put in on the right would mend every line.
        name = read_name_of(left)
        self.own = "" if name in tree.symbols_in(right) else name

    def scene(self, right) -> Scene:
        return Scene(self.left, right, self.ground.kinds, self.ground.derivation)

    def singles(self) -> Iterator[Edit]:
        scene = self.scene(self.right)
        for make in (*_INDEX, *_MATRIX, *_VALUE, *_LATE, *_LAST):
            yield from make(scene)

    def judge(self, right: tree.Node) -> bool | str | None:
        """True if it mends the line; None if it has no shape; "ratio" if only scaled."""
        if right in self.seen or self.own in tree.symbols_in(right):
            return None
        self.seen.add(right)
        try:
            layout = lay_out(self.left, right, self.ground.kinds)
            check_size(layout, self.ground.derivation.sizes)
            a, b = two_sides(self.left, right, layout, self.ground.point(), self.letters)
            if same(a, b):
                return holds(self.left, right, layout, self.ground)
        except (ShapeError, RefusedError):
            return None
        return "ratio" if _one_ratio(a, b) is not None else ""

    def factor_of(self, right: tree.Node) -> tuple[str, tree.Node] | None:
        """The number by which a right side is off, if it has a name at every point."""
        try:
            layout = lay_out(self.left, right, self.ground.kinds)
            found: set[str] | None = None
            for k in range(self.ground.count):
                point = self.ground.point(k)
                ratio = _one_ratio(*two_sides(self.left, right, layout, point))
                if ratio is None:
                    return None
                names = {n for n, v in self._named(point).items() if abs(v / ratio - 1) < 1e-8}
                found = names if found is None else found & names
        except (ShapeError, RefusedError):
            return None
        if not found:
            return None
        name = min(found, key=len)
        return name, _scaled(right, name, self.ground)

    def _named(self, point) -> dict[str, float]:
        """Numbers that people lose: 2, N, 1/N, lam and their products."""
        base = {"1": 1.0, "2": 2.0}
        base |= {name: float(n) for name, n in point.sizes.items()}
        for name, dims in self.ground.kinds.shapes.items():
            if not dims and name in self.ground.derivation.positive:
                base[name] = float(point.value(name))
        named = {}
        for a, x in base.items():
            for b, y in base.items():
                for sign in ("", "-"):
                    worth = -x / y if sign else x / y
                    named.setdefault(f"{sign}{a}" if b == "1" else f"{sign}{a}/{b}", worth)
                    if "1" not in (a, b) and (a == "2" or (a, b) == ("N", "N")):
                        product = -x * y if sign else x * y
                        over, under = ("4", "4") if a == b == "2" else (f"{a}*{b}", f"({a}*{b})")
                        named.setdefault(f"{sign}{over}", product)
                        named.setdefault(f"{sign}1/{under}", 1 / product)
        del named["1"]
        return named

    def slip(self, edits: tuple[Edit, ...], factor) -> Slip:
        keys = tuple(edit.key for edit in edits)
        messages = [edit.message for edit in edits]
        mended = edits[-1].node if edits else self.right
        if factor:
            name, mended = factor
            keys += ("sign",) if name == "-1" else ("factor",)
            messages.append(_factor_message(name))
        message = messages[0]
        if len(messages) > 1:
            message = f"Two slips: {messages[0]} And: {messages[1]}"
        return Slip(keys, message, mended)

    def _firsts(self, fitting: list[Edit]) -> list[Edit]:
        """Edits to begin with: some of every kind; those that give a shape, if any do."""
        if not fitting:
            scene = self.scene(self.right)
            fitting = list(chain.from_iterable(make(scene) for make in _FIRST))
        counts: dict[str, int] = {}
        chosen = []
        for edit in fitting:
            if edit.key in _NEVER_FIRST:
                continue
            counts[edit.key] = counts.get(edit.key, 0) + 1
            if counts[edit.key] <= _MOST_OF_A_KIND:
                chosen.append(edit)
        return chosen[:_MOST_FIRST]

    def pair(self, fitting: list[Edit]) -> Slip | None:
        """Two edits together, by a bounded search."""
        first = self._firsts(fitting)
        each = max(40, _MOST_PAIRS // max(1, len(first)))
        for one in first:
            scene = self.scene(one.node)
            second = chain.from_iterable(make(scene) for make in _SECOND)
            for two in islice(second, each):
                if self.judge(two.node) is True:
                    return self.slip((one, two), None)
        return None


def _one_ratio(a: np.ndarray, b: np.ndarray) -> float | None:
    """The number c with a = c b, None if there is none."""
    if a.shape != b.shape:
        b = np.broadcast_to(b, a.shape)
    if not np.all(np.isfinite(b)):
        return None
    where = np.abs(b) > 1e-12
    if not where.any():
        return None
    at = np.unravel_index(np.argmax(np.abs(b)), b.shape) if b.shape else ()
    ratio = float(a[at] / b[at])
    room = 1e-9 * max(1.0, float(np.max(np.abs(a))))
    return ratio if ratio and np.all(np.abs(a - ratio * b) <= room) else None


def _factor_message(name: str) -> str:
    if name == "-1":
        return "The sign of the whole right side is wrong."
    minus = " and the sign is wrong" if name.startswith("-") else ""
    name = name.removeprefix("-")
    if name.startswith("1/"):
        size = name[2:].strip("()")
        return f"1/{name[2:]} is missing{minus}: the right side is {size} times too large."
    if "/" in name:
        over, under = name.split("/")
        return f"A factor {over}/{under} is missing{minus}."
    return f"A factor {name} is missing{minus}: the right side is {name} times too small."


def _scaled(right: tree.Node, name: str, ground: Ground) -> tree.Node:
    def number(word: str) -> tree.Node:
        if word.isdigit():
            return tree.Num(Fraction(word))
        return tree.Size(word) if word in ground.names.sizes else tree.Sym(word)

    made = tree.Neg(right) if name.startswith("-") else right
    over, _, under = name.removeprefix("-").partition("/")
    for word in over.split("*"):
        made = made if word == "1" else tree.Bin("*", number(word), made)
    for word in under.strip("()").split("*") if under else ():
        made = tree.Bin("/", made, number(word))
    return made
