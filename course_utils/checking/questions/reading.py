"""An answer read as a number, with the digits that it gives."""

from __future__ import annotations

import math
import numbers
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from course_utils.checking.derivations.refusals import RefusedError
from course_utils.checking.derivations.shapes import ShapeError
from course_utils.checking.questions.constant import constant

EXACT, ROUNDED, CUT, ONE_DIGIT = "exact", "rounded", "cut", "one digit"
_TINY = 1e-12
_SHOWN, _LONGEST = 60, 500
_DECIMAL = re.compile(r"[+-]?(\d[\d_]*(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}([,\s]\d{3})+(\.\d*)?")


class NotANumberError(Exception):
    """An answer is no number. The message is for the student."""


@dataclass(frozen=True)
class Reading:
    """A number as it was given.

    Args:
        value: its value.
        step: worth of one unit in the last digit given, 0 if the number is exact.
        digits: how many digits are given, leading zeros apart.
    """

    value: float
    step: float = 0.0
    digits: int = 0

    def agreement(self, number: float, rtol: float) -> str:
        """How it agrees with a number.

        Args:
            number: to compare with.
            rtol: relative difference that is none, for float32 and the like.

        Returns:
            ``"exact"``; ``"rounded"`` or ``"cut"`` (off): the same to the digits given, two
            or more; ``"one digit"``: the same, but one digit tells little; ``""``.
        """
        gap = abs(self.value - number)
        if gap <= max(rtol * abs(number), _TINY):
            return EXACT
        if gap <= 0.5 * self.step * (1 + 1e-9) and self.value:
            # 0.30 arrives as 0.3: one digit is enough where the next one is right as well.
            enough = self.digits > 1 or gap <= 0.05 * self.step
            return ROUNDED if enough else ONE_DIGIT
        toward_zero = abs(self.value) < abs(number) and self.value * number > 0
        return CUT if toward_zero and gap < self.step * (1 - 1e-9) and self.digits > 1 else ""


def read_number(answer: Any, unit: str = "") -> Reading:
    """An answer as a number.

    Args:
        answer: int, float, NumPy number or array without axes, Fraction, Decimal, or text
            such as ``"0.5"``, ``"2/7"``, ``"33.3 %"``.
        unit: may stand behind a number in text, ``"parameters"``.

    Raises:
        NotANumberError: it is none; the message says what it is.
    """
    if isinstance(answer, str):
        return _finite(_from_text(answer, unit), answer)
    if getattr(answer, "ndim", None) == 0 and hasattr(answer, "item") and not _has_digits(answer):
        return read_number(answer.item(), unit)
    _refuse_others(answer)
    if isinstance(answer, numbers.Rational) and not isinstance(answer, numbers.Integral):
        return Reading(float(answer))
    try:
        return _finite(_with_digits(Decimal(str(answer))), str(answer))
    except (OverflowError, ValueError):  # more digits than Python turns into text
        raise NotANumberError("This number is far too large.") from None


def _has_digits(answer: Any) -> bool:
    """Whether it is a NumPy number, whose text shows as many digits as its dtype holds."""
    return isinstance(answer, numbers.Real)


def _with_digits(decimal: Decimal) -> Reading:
    if not decimal.is_finite():
        return Reading(float(decimal))
    digits, exponent = decimal.as_tuple()[1:]
    return Reading(float(decimal), 10.0 ** min(exponent, 300), len(digits))


def _finite(read: Reading, shown: str) -> Reading:
    if math.isnan(read.value):
        raise NotANumberError("nan is not a number: was 0 divided by 0, or a root or log of less?")
    if math.isinf(read.value):
        message = f"{_short(shown)} is too large, or not finite: was something divided by 0?"
        raise NotANumberError(message)
    return read


def _from_text(text: str, unit: str) -> Reading:
    body = text[:_LONGEST].replace("−", "-").strip().lstrip("≈~= ")
    if not body or len(text) > _LONGEST:
        raise NotANumberError("The text is too long for a number." if body else "An empty text.")
    percent = body.endswith("%") and unit != "%"
    body = body.removesuffix("%").rstrip()
    body = body.removesuffix(unit).rstrip() if unit else body
    if _THOUSANDS.fullmatch(body):
        body = re.sub(r"[,\s]", "", body)
    if _DECIMAL.fullmatch(body):
        read = _with_digits(Decimal(body))
    else:
        read = Reading(_value_of(body, text))
    scale = 0.01 if percent else 1.0
    return Reading(read.value * scale, read.step * scale, read.digits)


def _value_of(body: str, text: str) -> float:
    if re.fullmatch(r"[+-]?\d+,\d+", body):
        message = f"`{_short(text)}`: decimals are written with a point, as in 0.0625."
        raise NotANumberError(message)
    try:
        return constant(body)
    except (RefusedError, ShapeError, RecursionError):
        message = (
            f"`{_short(text)}` is not read as a number. Write it in digits, "
            "such as 0.0625, 1 / 16 or 6.25 %."
        )
        raise NotANumberError(message) from None


def _short(text: str) -> str:
    flat = " ".join(text.replace("`", "'").split())
    return flat if len(flat) <= _SHOWN else f"{flat[:_SHOWN]}…"


def _refuse_others(answer: Any) -> None:
    """Refuse all that is no real number.

    Raises:
        NotANumberError: with what was expected and what came.
    """
    if isinstance(answer, numbers.Real) and not isinstance(answer, bool):
        return
    if isinstance(answer, Decimal):
        return
    raise NotANumberError(_about(answer))


def _about(answer: Any) -> str:
    if answer is None:
        return "Nothing came back: the function must return the number."
    if answer is Ellipsis:
        return "The dots ... still stand where the number belongs."
    if isinstance(answer, bool) or type(answer).__name__ in ("bool_", "bool"):
        return f"A number is asked for, not {answer}."
    if isinstance(answer, (tuple, list)) or hasattr(answer, "shape"):
        return _about_several(answer)
    if isinstance(answer, numbers.Complex):
        return f"A real number is asked for, not the complex {answer}."
    if callable(answer):
        return "A number is asked for, not a function: call it with ( )."
    return f"A number is asked for, not an object of type {type(answer).__name__}."


def _about_several(answer: Any) -> str:
    if isinstance(answer, tuple) and len(answer) == 2 and all(type(v) is int for v in answer):
        return "One number is asked for, not two. Decimals are written with a point, not a comma."
    if hasattr(answer, "shape"):
        return f"One number is asked for, not an array of shape {tuple(answer.shape)}."
    return f"One number is asked for, not a {type(answer).__name__} of {len(answer)}."
