"""A question whose answer is a formula, a line of text."""

from __future__ import annotations

import ast
import difflib
import functools
import numbers
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.checking.derivations import judge_lines, tree
from course_utils.checking.derivations.equation import Ground, holds, same, two_sides
from course_utils.checking.derivations.language import FUNCTIONS, parse_line
from course_utils.checking.derivations.pieces import parse_piece, split_at_equals
from course_utils.checking.derivations.point import Point
from course_utils.checking.derivations.refusals import RefusedError, check_characters, refuse
from course_utils.checking.derivations.repair import find_slip
from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.shapes import Layout, ShapeError, lay_out
from course_utils.checking.derivations.smallest import smallest_failure
from course_utils.checking.questions.slip import Slip, as_slips, slip_hint
from course_utils.checking.verdict import RIGHT, WRONG, Finding
from course_utils.words import listed

_POINTS, _LONGEST, _LARGEST = 4, 300, 1e9
_CALLABLE = {*FUNCTIONS, "sum", "diff", "ones"}


@dataclass(frozen=True)
class FormulaQuestion:
    """What is asked, the symbols to write it in, one right form, and known wrong ones.

    Args:
        asked: the symbol that the formula gives, ``"odds"``.
        symbols: those it is written in with the letters of their shapes, ``{"z0": ""}``.
        truth: one right form, in the language of derivation lines; every equal form is
            accepted.
        positive: symbols that are drawn above 0.
        also: other ways to write the left side, ``("P0/P1",)``.
        slips: wrong formulas with what is told about each.
        examples: numbers for the case that is told when nothing explains a wrong formula.
        sizes: sets of sizes, where symbols are arrays.
    """

    asked: str
    symbols: Mapping[str, str]
    truth: str
    positive: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    slips: Mapping[str, Slip | str] = field(default_factory=dict)
    examples: tuple[Mapping[str, float], ...] = ()
    sizes: tuple[Mapping[str, int], ...] = ({},) * _POINTS

    @property
    def name(self) -> str:
        """The asked symbol without letters."""
        return self.asked.split("[")[0]

    @functools.cached_property
    def derivation(self) -> Derivation:
        """The question as a derivation with one rule, to judge and to compile lines with."""
        return Derivation(
            name=self.name,
            symbols=self.symbols,
            rules=(f"{self.asked} = {self.truth}",),
            wanted=(),
            positive=self.positive,
            sizes=self.sizes,
        )

    def finding(self, answer: Any) -> Finding:
        """Judge what an answer returned."""
        try:
            return self._judged(self._line(_text_of(answer)))
        except RefusedError as error:
            return Finding("", WRONG, "refused", str(error))
        except RecursionError:
            return Finding("", WRONG, "refused", "The formula is nested too deeply.")

    def hint_for(self, answer: Any) -> str:
        """The hint of the slip behind an answer, ``""`` if there is none."""
        return slip_hint(self.slips, self.finding(answer))

    def about_error(self, error: BaseException) -> str:
        """What is told about an exception of an answer, ``""`` for the usual."""
        if isinstance(error, NameError) and error.name in {*self.symbols, *_CALLABLE}:
            return f"Return the formula as text, in quotes: {error.name} has no value here."
        return ""

    def _judged(self, line: str) -> Finding:
        judged = judge_lines(self.derivation, [line], explain=False)[0]
        if judged.good:
            return Finding("", RIGHT)
        if judged.line is None or judged.cause != "values":
            return Finding("", WRONG, judged.cause, judged.message)
        return self._false(*judged.line.sides)

    def _line(self, text: str) -> str:
        """The answer as a line of a derivation.

        Raises:
            RefusedError: it is none, or speaks of things that are not declared.
        """
        check_characters(text)
        *lefts, right = split_at_equals(text)
        if len(lefts) > 1:
            refuse("One formula is asked for, not a chain of steps: there is more than one =.")
        left = lefts[0].strip() if lefts else self.asked
        if left.replace(" ", "") in {name.replace(" ", "") for name in self.also}:
            left = self.asked
        if left.split("[")[0].strip() != self.name:
            refuse(f"The left side is `{left}`: write {self.asked} = …, or the right side alone.")
        self._check_names(right)
        return f"{left} = {right}"

    def _check_names(self, right: str) -> None:
        """Refuse names that are neither symbols nor functions, and the asked one itself.

        Raises:
            RefusedError: with the names that there are.
        """
        if re.search(r"\blambda\b", right):  # a word of Python, so it would not be read at all
            refuse(f"lambda is a word of Python. {self._known(self._nearest('lambda'))}")
        if bare := re.search(rf"\b({'|'.join(FUNCTIONS)})\s+\w", right):
            refuse(f"{bare[1]} takes brackets: {bare[1]}(…).")
        top = parse_piece(right)
        calls = [n.func for n in ast.walk(top) if isinstance(n, ast.Call)]
        if any(isinstance(f, ast.Name) and f.id == "diff" for f in calls):
            refuse("diff is not part of this formula: carry the derivative out.")
        # What is called, and what stands before a dot, is told by the language itself.
        told = {id(f) for f in calls}
        told |= {id(n.value) for n in ast.walk(top) if isinstance(n, ast.Attribute)}
        names = [n for n in ast.walk(top) if isinstance(n, ast.Name) and id(n) not in told]
        for name in (n.id for n in names):
            if name not in self.symbols and not self._may_be_a_letter(name):
                refuse(self._about_name(name))

    def _about_name(self, name: str) -> str:
        if name == self.name:
            return f"{name} is what is asked for. {self._known()}"
        if name in ("e", "E"):
            return f"The number e is written with exp: exp(x). {self._known()}"
        if name in _CALLABLE:
            return f"{name} is a function: write {name}(…)."
        return f"{name} is not known here. {self._known(self._nearest(name))}"

    def _may_be_a_letter(self, name: str) -> bool:
        return name in self.sizes[0] or (bool(self.sizes[0]) and len(name) == 1)

    def _nearest(self, name: str) -> str:
        same_letters = [s for s in self.symbols if s.lower() == name.lower()]
        near = difflib.get_close_matches(name, list(self.symbols), 1, 0.6)
        return (same_letters or near or [""])[0]

    def _known(self, meant: str = "") -> str:
        question = f"Do you mean {meant}? " if meant else ""
        return f"{question}Write the formula with {listed(list(self.symbols))}."

    def _false(self, left: tree.Node, right: tree.Node) -> Finding:
        """Explain a formula that is false."""
        ground = Ground(self.derivation)
        for wrong, slip in as_slips(self.slips).items():
            if self._equal(right, self._parsed(wrong), ground):
                return Finding("", WRONG, "slip", slip.says, {"slip": wrong})
        mend = find_slip(left, right, ground, pairs=False)
        if mend is not None:
            message = mend.message.replace("right side", "formula")
            return Finding("", WRONG, mend.keys[0], message, {"keys": mend.keys})
        layout = lay_out(left, right, ground.kinds)
        return Finding("", WRONG, "values", self._by_numbers(left, right, layout, ground))

    def _parsed(self, formula: str) -> tree.Node:
        return parse_line(f"{self.asked} = {formula}", self.derivation.names).sides[1]

    def _equal(self, right: tree.Node, other: tree.Node, ground: Ground) -> bool:
        try:
            return holds(other, right, lay_out(other, right, ground.kinds), ground)
        except ShapeError:
            return False

    def _by_numbers(self, left, right, layout: Layout, ground: Ground) -> str:
        """The case of an example, or of small whole numbers, where a formula is false."""
        if any(self.symbols.values()):
            return f"Not equal. {smallest_failure(left, right, layout, ground)}"
        for point in self._cases():
            a, b = two_sides(left, right, layout, point)
            if np.isfinite(a) and not same(a, b):
                numbers_there = [f"{n} = {float(point.value(n)):g}" for n in self.symbols]
                yours = f"yours gives {float(b):.4g}" if np.isfinite(b) else "yours has no value"
                told = f"{self.name} is {float(a):.4g}, {yours}."
                return f"Not equal. For {listed(numbers_there)}: {told}"
        return "Not equal: the two differ at random numbers."

    def _cases(self):
        rules, goal = self.derivation.parsed_rules, self.derivation.goal
        for example in self.examples:
            given = {name: np.asarray(float(v)) for name, v in example.items()}
            yield Point({}, given, rules, goal)
        for kind in ("whole", "float"):
            yield from (self.derivation.point(k, kind) for k in range(len(self.sizes)))


def _text_of(answer: Any) -> str:
    """The answer as text; a number is a formula, too.

    Raises:
        RefusedError: it is neither.
    """
    if isinstance(answer, str):
        text = answer.strip()
        if "\n" in text:
            refuse("One line is asked for, not several.")
        if len(text) > _LONGEST:
            refuse(f"The formula is longer than {_LONGEST} characters. A shorter one will do.")
        return text
    if isinstance(answer, numbers.Real) and not isinstance(answer, bool):
        # NaN is below nothing; beyond that the language reads no numbers either.
        return repr(float(answer)) if abs(answer) < _LARGEST else refuse("This is no number.")
    if answer is None:
        refuse("Nothing came back: the function must return the formula, in quotes.")
    if answer is Ellipsis:
        refuse("The dots ... still stand where the formula belongs.")
    if isinstance(answer, (list, tuple)):
        refuse("Return the formula itself, one text in quotes, without brackets around it.")
    told = "function" if callable(answer) else type(answer).__name__
    refuse(f"A formula is asked for, as text in quotes, not a {told}.")
