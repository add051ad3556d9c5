"""A point: numbers for all symbols of a derivation, and the true derivatives there."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.evaluate import Evaluator
from course_utils.checking.derivations.refusals import refuse


class Point:
    """Values of the given arrays; all others follow from the forward rules.

    Args:
        sizes: the number behind every size letter.
        given: arrays that are drawn: inputs, labels, scalars, the upstream gradient.
        rules: for each defined symbol its letters, ranges and expression.
        goal: ``("L", "")`` for a loss that a rule defines, else ``("Y", "dY")``: the loss
            is the sum of ``dY * Y``.
        exact: numbers are fractions.
    """

    def __init__(self, sizes, given: Mapping[str, np.ndarray], rules, goal, exact=False) -> None:
        self.sizes, self.rules, self.goal, self.exact = sizes, dict(rules), goal, exact
        self.given = dict(given)
        self._values: dict[str, np.ndarray] = {}
        self._tangents: dict[tuple[str, str], np.ndarray | None] = {}
        self.memos: dict = {}

    def learn_from(self, other: Point) -> None:
        """Take over what another point with the same numbers has found already."""
        self._values.update(other._values)
        self._tangents.update(other._tangents)

    def number(self, value):
        """A number in the kind of this point."""
        return Fraction(value) if self.exact else float(value)

    def value(self, name: str) -> np.ndarray:
        """The array of a symbol, a forward quantity or a gradient."""
        if name in self.given:
            return self.given[name]
        if name not in self._values:
            with np.errstate(all="ignore"):
                if name in self.rules:
                    self._values[name] = self._follow(name, "")[0]
                else:
                    self._values[name] = self._gradient(name.removeprefix("d"))
        return self._values[name]

    def tangent(self, name: str, by: str) -> np.ndarray | None:
        """The derivative of one symbol by all entries of another; None if it is 0."""
        key = (name, by)
        if key not in self._tangents:
            with np.errstate(all="ignore"):
                self._tangents[key] = self._find_tangent(name, by)
        return self._tangents[key]

    def _find_tangent(self, name: str, by: str) -> np.ndarray | None:
        if name == by:
            shape = self.value(by).shape
            count = int(np.prod(shape, dtype=int))
            unit = np.eye(count, dtype=object if self.exact else float)
            return unit.reshape((count, *shape))
        if name in self.rules:
            return self._follow(name, by)[1]
        if name not in self.given:
            refuse(f"diff goes through the forward rules; {name} is a gradient itself.")
        return None

    def _follow(self, name: str, by: str):
        """The value of a rule's left side, and its derivative."""
        rule = self.rules[name]
        ranges = {i: counted(size, self.sizes, True) for i, size in rule.ranges.items()}
        ordered = {i: ranges[i] for i in rule.letters}
        ordered |= {i: n for i, n in ranges.items() if i not in ordered}
        a, t, rank = Evaluator(self, ordered, by).value(rule.expression)
        lengths = [ranges[i] for i in rule.letters] + [1] * (len(ordered) - len(rule.letters))
        full = (*lengths, *a.shape[len(ordered) :])
        shape = (*lengths[: len(rule.letters)], *a.shape[len(ordered) :])
        a = np.broadcast_to(a, full).reshape(shape)
        if t is not None:
            t = np.broadcast_to(t, (t.shape[0], *full)).reshape((t.shape[0], *shape))
        return a, t

    def _gradient(self, name: str) -> np.ndarray:
        out, upstream = self.goal
        shape = self.value(name).shape
        t = self.tangent(out, name)
        if t is None:
            return np.full(shape, self.number(0))
        if upstream:
            weight = self.value(upstream)
            t = (t * weight).reshape(t.shape[0], -1).sum(axis=1)
        return t.reshape(shape)


class Rule:
    """How a symbol follows from others.

    Args:
        letters: the indices of the left side.
        ranges: the size letter of every index letter, bound ones too.
        expression: the right side.
    """

    def __init__(self, letters: tuple[str, ...], ranges, expression: tree.Node) -> None:
        self.letters, self.ranges, self.expression = letters, dict(ranges), expression


def counted(size: str, sizes: Mapping[str, int], free: bool) -> int:
    """The number behind ``"H"`` or ``"H|P"``: as far as all go if free, else as any goes."""
    return (min if free else max)(sizes[part] for part in size.split("|"))
