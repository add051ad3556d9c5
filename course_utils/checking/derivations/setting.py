"""A derivation: what is given, the forward rules, and what is asked.

The truth is never typed in: every gradient is found from the forward rules, so a
new derivation needs no more than those.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.language import Names, parse_line
from course_utils.checking.derivations.point import Point, Rule
from course_utils.checking.derivations.shapes import Dims, Inspector, Kinds, ShapeError

_DRAW = {"float": "normal", "whole": "small whole numbers", "exact": "fractions", "kink": "zeros"}


@dataclass(frozen=True)
class Derivation:
    """What a student derives.

    Args:
        name: a short key, ``"linear"``.
        symbols: shapes of what is given, ``{"X": "N D", "lam": ""}``.
        rules: the forward rules in the language of the lines, in order.
        wanted: the gradients asked for, ``("dW",)``.
        sizes: two or more sets of sizes, with different ratios, so that N is not taken for 2.
        upstream: the forward quantity whose gradient arrives from above (``"Y"``: dY is
            given); ``""`` if a rule defines the loss ``L``.
        labels: symbols that hold whole numbers, with the size they stay under, ``{"y": "C"}``.
        positive: symbols that are drawn above 0.
        binary: symbols that hold 0 and 1, such as the targets of two classes.
        whole: sizes that are numbers but no lengths, such as a stride.
        related: sizes along one direction, ``("H U P", "W V Q")``.
        ranges: sizes of index letters that stand alone nowhere in the rules, ``{"p": "P"}``.
        given: gradients that may stand in the last line without a line of their own.
        smallest: the smallest sizes that make sense, for the smallest failing case.
        title: one sentence for the student.
        known: false lines that people write and that no single edit mends.
    """

    name: str
    symbols: Mapping[str, str]
    rules: tuple[str, ...]
    wanted: tuple[str, ...]
    sizes: tuple[Mapping[str, int], ...]
    upstream: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    positive: tuple[str, ...] = ()
    binary: tuple[str, ...] = ()
    whole: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    ranges: Mapping[str, str] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    smallest: Mapping[str, int] = field(default_factory=dict)
    title: str = ""
    known: tuple = ()

    def __hash__(self) -> int:
        return hash((self.name, self.rules, self.wanted))

    @functools.cached_property
    def shapes(self) -> dict[str, Dims]:
        """Size letters of every symbol, forward quantity and gradient."""
        return self._read[0]

    @functools.cached_property
    def parsed_rules(self) -> dict[str, Rule]:
        """The forward rules by the name they define, in order."""
        return self._read[1]

    @functools.cached_property
    def _read(self):
        shapes = {name: tuple(dims.split()) for name, dims in self.symbols.items()}
        rules: dict[str, Rule] = {}
        for text in self.rules:
            names = Names(shapes, frozenset(self.labels), self._size_names)
            name, rule, dims = define(f"let {text}", names, self._kinds(shapes))
            shapes[name], rules[name] = dims, rule
        if self.upstream:
            shapes["L"] = ()
            rules["L"] = _loss_through(self.upstream, rules[self.upstream])
        # Without a loss there is nothing to take the gradient of.
        for name in list(shapes) if "L" in shapes else ():
            if name not in self.labels and name != "L":
                shapes[f"d{name}"] = shapes[name]
        return shapes, rules

    @property
    def _size_names(self) -> frozenset[str]:
        return frozenset(self.sizes[0])

    def _kinds(self, shapes, defaults=None) -> Kinds:
        related = tuple(frozenset(group.split()) for group in self.related)
        return Kinds(shapes, related, {**self.ranges, **(defaults or {})})

    @functools.cached_property
    def names(self) -> Names:
        """What the lines may speak of."""
        return Names(self.shapes, frozenset(self.labels), self._size_names)

    @functools.cached_property
    def kinds(self) -> Kinds:
        """What is known of shapes; letters of the forward rules keep their ranges."""
        defaults = {}
        for rule in self.parsed_rules.values():
            defaults |= {tree.shown(i): size for i, size in rule.ranges.items()}
        return self._kinds(self.shapes, defaults)

    @property
    def goal(self) -> tuple[str, str]:
        """The quantity differentiated and the gradient that arrives at it."""
        return (self.upstream, f"d{self.upstream}") if self.upstream else ("L", "")

    @functools.cached_property
    def points(self) -> tuple[Point, ...]:
        """Random points, one for each set of sizes."""
        return tuple(self.point(k) for k in range(len(self.sizes)))

    def point(self, which: int = 0, kind: str = "float", sizes=None, lets=()) -> Point:
        """A point with fixed seeds.

        Args:
            which: number of the set of sizes.
            kind: ``"float"``; ``"whole"``: small whole numbers as floats; ``"exact"``:
                small whole numbers as fractions; ``"kink"``: some entries exactly 0.
            sizes: other sizes.
            lets: rules of helpers, by name.

        Raises:
            ValueError: no such kind.
        """
        if kind not in _DRAW:
            raise ValueError(f"point: expected kind in {', '.join(_DRAW)}, got {kind!r}")
        sizes = dict(sizes or self.sizes[which])
        rng = np.random.default_rng([which, len(self.name), sum(map(ord, self.name))])
        given = {}
        names = [*self.symbols, *([self.goal[1]] if self.upstream else [])]
        for name in names:
            shape = tuple(sizes[letter] for letter in self.shapes[name])
            given[name] = self._drawn(name, shape, kind, rng, sizes)
        rules = {**self.parsed_rules, **dict(lets)}
        return Point(sizes, given, rules, self.goal, exact=kind == "exact")

    def _drawn(self, name, shape, kind, rng, sizes) -> np.ndarray:
        if name in self.labels:
            return rng.integers(0, sizes[self.labels[name]], shape)
        if name in self.binary:
            return _both(shape, exact=kind == "exact", rng=rng)
        if kind in ("whole", "exact"):
            low = 1 if name in self.positive else -3
            array = rng.integers(low, 4, shape)
            array = np.where(array == 0, 2, array)
            if kind == "whole":
                return array.astype(float)
            return np.array([Fraction(int(v)) for v in array.flat], object).reshape(shape)
        array = rng.uniform(0.3, 1.7, shape) if name in self.positive else rng.normal(size=shape)
        array = np.asarray(array)
        if kind == "kink" and name != self.goal[1]:
            # A row of 0 in every array of inputs, and biases 0: sums through them are 0, too.
            array = array.copy()
            if array.ndim:
                array[0 if array.ndim > 1 else ...] = 0.0
        return array


def _both(shape, exact: bool, rng) -> np.ndarray:
    """1 and 0 in random order, as many of each as can be; a single number is 1."""
    array = rng.permutation((np.arange(int(np.prod(shape, dtype=int))) + 1) % 2).reshape(shape)
    if exact:
        return np.array([Fraction(int(v)) for v in array.flat], object).reshape(shape)
    return array.astype(float)


def _loss_through(name: str, rule: Rule) -> Rule:
    """A loss whose gradient by `name` is what arrives from above: the sum of dY * Y."""
    at = tuple(tree.Letter(i) for i in rule.letters)
    arrived, out = tree.Sym(f"d{name}"), tree.Sym(name)
    term = tree.Bin("*", tree.Index(arrived, at), tree.Index(out, at))
    return Rule((), {i: rule.ranges[i] for i in rule.letters}, tree.Sum(rule.letters, term))


def define(text: str, names: Names, kinds: Kinds) -> tuple[str, Rule, Dims]:
    """Read ``let name[…] = …``.

    Returns:
        The name, its rule, and the size letters of its shape.

    Raises:
        RefusedError: it is not of the language.
        ShapeError: its indices or shapes do not fit.
    """
    line = parse_line(text, names)
    left, right = line.sides[:2]
    letters = (
        tuple(i.name for i in left.at if isinstance(i, tree.Letter))
        if (isinstance(left, tree.Index))
        else ()
    )
    extra = sorted(tree.free_letters(right) - set(letters))
    if extra or len(set(letters)) < len(letters):
        listed = ", ".join(map(tree.shown, extra)) or "a letter used twice"
        raise ShapeError("free", f"let {line.let}[…]: left and right differ in {listed}.")
    inspector = Inspector(kinds)
    dims = inspector.dims(right)
    ranges = inspector.ranges(frozenset(letters) | tree.all_letters(right))
    shape = tuple(ranges[i].split("|")[0] for i in letters) + dims
    return line.let, Rule(letters, ranges, right), shape
