"""Answers as a tired student writes them: wrong ones that no list knew, right ones of odd form.

The wrong ones were written without a look at the catalogue; those that it named at once
were taken out again. Beside each stand words that its verdict has to hold: they were read
and found true and helpful. Where only "By hand" or a place is asked for, the slip is not
named: the verdict says where it is wrong, or gives a case to follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.checking.unlisted import Right, into


@dataclass(frozen=True)
class Wrong:
    """A wrong answer, and what its verdict has to say."""

    exercise: str
    answer: Callable
    told: str


WRONG: list[Wrong] = []
RIGHT: list[Right] = []


def wrong(exercise: str, told: str):
    """Enter a wrong answer, with words of a true and helpful verdict."""

    return into(WRONG, lambda answer: Wrong(exercise, answer, told))


def right(exercise: str):
    """Enter a right answer."""

    return into(RIGHT, lambda answer: Right(exercise, answer))
