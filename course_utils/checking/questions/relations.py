"""How a wrong number is related to the right one: slips that need no list."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from course_utils.checking.questions.reading import CUT, EXACT, ROUNDED, Reading

_MOST = 2
# A factor ln 2 is near 0.7: only an answer with three good digits can be told from it.
_FINE = 0.005
_BASE = "Is a logarithm to base {} taken for the natural one, or the other way round?"


@dataclass(frozen=True)
class Relation:
    """A number that is easily taken for the right one.

    Args:
        key: short, ``"double"``.
        value: the wrong number.
        phrase: what it is, without giving it: ``"twice the right number"``.
        tip: a question that helps, ``""`` for none.
        fine: only told of answers with three good digits.
    """

    key: str
    value: float
    phrase: str
    tip: str = ""
    fine: bool = False


def related(read: Reading, right: float | Fraction, *, whole: bool, rtol: float) -> list[Relation]:
    """The relations that explain a wrong number, the likeliest first, at most two.

    Args:
        read: the wrong number.
        right: the right one; as a fraction or a whole number it is no logarithm.
        whole: whether it counts something.
        rtol: relative difference that is none.
    """
    found = []
    known = [*_relations(float(right), whole), *(_bases(right) if type(right) is float else ())]
    for relation in known:
        fits = read.agreement(relation.value, rtol)
        coarse = relation.fine and read.step > 2 * _FINE * abs(read.value)
        if fits == EXACT or (fits in (ROUNDED, CUT) and not coarse and not whole):
            found.append(relation)
    return found[:_MOST]


def told(relations: list[Relation], exact: bool) -> str:
    """Relations in a sentence, with the tip of the first."""
    start = "This is" if exact else "To the digits given this is"
    phrases = " and ".join(relation.phrase for relation in relations)
    return f"{start} {phrases}. {relations[0].tip}".strip()


def _relations(right: float, whole: bool) -> Iterator[Relation]:
    if right == 0:
        return
    yield Relation("sign", -right, "the right number with the wrong sign")
    yield from _shares(right)
    if whole:
        for value in (right - 1, right + 1):
            tip = "Is something counted twice, or left out?"
            yield Relation("off by one", value, "one off the right number", tip)
    yield Relation("double", 2 * right, "twice the right number")
    yield Relation("half", right / 2, "half the right number")
    tip = "What stands above the line, and what below?"
    yield Relation("reciprocal", 1 / right, "1 divided by the right number", tip)
    yield Relation("square", right**2, "the square of the right number")
    if right > 0:
        yield Relation("root", math.sqrt(right), "the square root of the right number")
    for power in (1, -1, 3, -3, 6, -6):
        phrase = "the right number but for a power of ten"
        tip = "Where does the decimal point belong?"
        yield Relation("power of ten", right * 10.0**power, phrase, tip)


def _shares(right: float) -> Iterator[Relation]:
    """Percent and fraction confused, and the share of the rest."""
    tip = "Is it in percent? Then return it as text, with the sign %."
    tip = tip if 0 < right <= 1 else "Is a percent taken for a whole?"
    yield Relation("percent", 100 * right, "a hundred times the right number", tip)
    tip = "Is it divided by 100 once too often?"
    yield Relation("percent", right / 100, "a hundredth of the right number", tip)
    if 0 < right < 1:
        tip = "Is it the share of what is left over?"
        yield Relation("complement", 1 - right, "1 minus the right number", tip)


def _bases(right: float) -> Iterator[Relation]:
    for base in (2, 10):
        for factor in (math.log(base), 1 / math.log(base)):
            phrase = f"off by a factor ln {base}"
            tip = _BASE.format(base)
            yield Relation(f"log {base}", right * factor, phrase, tip, fine=True)
