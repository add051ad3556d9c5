"""A question whose answer is a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from course_utils.checking.questions.reading import (
    CUT,
    EXACT,
    ONE_DIGIT,
    ROUNDED,
    NotANumberError,
    Reading,
    read_number,
)
from course_utils.checking.questions.relations import related, told
from course_utils.checking.questions.slip import Slip, as_slips, slip_hint
from course_utils.checking.verdict import NOTE, RIGHT, WRONG, Finding

# Nearer than this, and the way was right but for some rounding on it.
_NEAR = 0.025
_ANOTHER_WAY = "Work it out again for a smaller case, one that can be counted or drawn."


@dataclass(frozen=True)
class NumberQuestion:
    """What is asked, which number is right, and which wrong ones are known.

    Args:
        value: the right number; a Fraction is told as one.
        unit: what it counts or is measured in, ``"parameters"``; may stand in a text answer.
        rtol: relative difference that is none.
        slips: wrong numbers (or text such as ``"2/7"``) with what is told about each.
        whole: a whole number is asked for: nothing is rounded.
        between: the least and the largest number that make sense.
        test: a sentence on how to test any answer, told with a wrong one that nothing
            explains. It must not hold the right number.
    """

    value: int | float | Fraction
    unit: str = ""
    rtol: float = 1e-6
    slips: Mapping[Any, Slip | str] = field(default_factory=dict)
    whole: bool = False
    between: tuple[float, float] | None = None
    test: str = _ANOTHER_WAY

    def finding(self, answer: Any) -> Finding:
        """Judge what an answer returned; no message about a wrong one holds the right number."""
        try:
            read = read_number(answer, self.unit)
        except NotANumberError as error:
            return Finding("", WRONG, "returns", str(error))
        agreement = self._agreement(read, float(self.value))
        if agreement == EXACT:
            return Finding("", RIGHT)
        if agreement in (ROUNDED, CUT):
            return Finding("", NOTE, agreement, self._more_digits(agreement))
        return self._wrong(read, agreement)

    def hint_for(self, answer: Any) -> str:
        """The hint of the slip behind an answer, ``""`` if there is none."""
        return slip_hint(self.slips, self.finding(answer))

    def about_error(self, error: BaseException) -> str:
        """What is told about an exception of an answer, ``""`` for the usual."""
        return ""

    def _agreement(self, read: Reading, number: float) -> str:
        found = read.agreement(number, 0.0 if self.whole else self.rtol)
        return found if found == EXACT or not self.whole else ""

    def _more_digits(self, agreement: str) -> str:
        exact = Fraction(self.value)
        digits = f"{float(self.value):.6g}"
        if 1 < exact.denominator < 1000 and Fraction(digits) != exact:
            digits = f"{digits}…, exactly {exact.numerator}/{exact.denominator}"
        elif Fraction(digits) != exact:
            digits += "…"
        way = "Right to the digits given" if agreement == ROUNDED else "Right, but cut off"
        unit = f" {self.unit}" if self.unit else ""
        return f"{way}. With more of them it is {digits}{unit}."

    def _wrong(self, read: Reading, agreement: str) -> Finding:
        evidence = {"got": read.value}
        found = self._slip(read)
        if found is not None:
            key, slip = found
            return Finding("", WRONG, "slip", slip.says, {**evidence, "slip": key})
        if agreement == ONE_DIGIT:
            message = "One digit is not enough to tell whether this is right: give two or more."
            return Finding("", WRONG, "digits", message, evidence)
        return Finding("", WRONG, *self._explained(read), evidence)

    def _explained(self, read: Reading) -> tuple[str, str]:
        """Cause and message where no known slip fits."""
        if self.whole and not read.value.is_integer():
            return "whole", "A whole number is asked for."
        relations = related(read, self.value, whole=self.whole, rtol=self.rtol)
        if relations:
            exact = read.agreement(relations[0].value, self.rtol) == EXACT
            return relations[0].key, told(relations, exact)
        if self.between and not self.between[0] <= read.value <= self.between[1]:
            low, high = self.between
            return "range", f"It lies between {low:g} and {high:g}. {self.test}"
        if abs(read.value - float(self.value)) <= _NEAR * abs(float(self.value)):
            if self.whole:
                return "near", "Close, but a count is exact. What is the difference made of?"
            return "near", "Close, but not the same. Was a number rounded on the way?"
        return "values", f"Not this number. {self.test}"

    def _slip(self, read: Reading) -> tuple[Any, Slip] | None:
        """The known wrong number that was given, the nearest if the digits fit several."""
        fitting = []
        for key, slip in as_slips(self.slips).items():
            wrong = read_number(key).value
            if self._agreement(read, wrong) in (EXACT, ROUNDED, CUT):
                fitting.append((abs(read.value - wrong), key, slip))
        if not fitting:
            return None
        return min(fitting, key=lambda found: found[0])[1:]
