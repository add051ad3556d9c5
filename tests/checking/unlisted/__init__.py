"""Answers written without a look at the catalogue of mistakes: a blind test of the judge."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Wrong:
    """A wrong answer; a useful verdict holds one of the phrases of `must` (lower case)."""

    exercise: str
    answer: Callable
    must: tuple[str, ...]
    odd: bool = False  # of the second round: slips that hardly stand in any list


@dataclass(frozen=True)
class Right:
    """A right answer in an unusual form."""

    exercise: str
    answer: Callable


WRONG: list[Wrong] = []
RIGHT: list[Right] = []


def into(entries: list, make: Callable):
    """A decorator that enters an answer into a list, as what `make` makes of it."""

    def enter(answer: Callable) -> Callable:
        entries.append(make(answer))
        return answer

    return enter


def wrong(exercise: str, *must: str):
    """Enter a wrong answer, with what a useful verdict would say."""

    return into(WRONG, lambda answer: Wrong(exercise, answer, must))


def odd(exercise: str, *must: str):
    """Enter a wrong answer of the second round."""

    return into(WRONG, lambda answer: Wrong(exercise, answer, must, odd=True))


def right(exercise: str):
    """Enter a right answer."""

    return into(RIGHT, lambda answer: Right(exercise, answer))
