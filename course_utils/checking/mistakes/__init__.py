"""The catalogue of mistakes: wrong answers that run, each with what a student is told.

A file of this folder holds the mistakes of one family of layers. To add one is
to write the wrong lines and to say what is wrong:

    @mistake("linear_backward", "db", "db is averaged over the batch", AVERAGED)
    def db_mean(dY, cache):
        return dY.mean(axis=0)

The function takes what the answer takes, with the cache of the reference's
forward, and gives the named part (or a dictionary of several parts). All other
parts are the reference's. Where the whole answer is needed (an update rule that
keeps a state), the part is ``"*"`` and the function is a whole answer.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass

WHOLE = "*"


@dataclass(frozen=True)
class Advice:
    """Three hints, from a question to nearly there; shared by mistakes of one kind."""

    key: str
    hints: tuple[str, str, str]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer to an exercise.

    Args:
        id: ``"linear_backward/db_mean"``.
        name: function of the exercise.
        parts: returned arrays that are wrong; ``("*",)`` for a whole answer.
        says: the sentence a student sees, without a full stop.
        advice: the hints. Mistakes with the same numbers share it.
        wrong: the wrong lines.
    """

    id: str
    name: str
    parts: tuple[str, ...]
    says: str
    advice: Advice
    wrong: Callable


_CATALOGUE: dict[str, Mistake] = {}
_ELSEWHERE: dict[str, str] = {}  # name of an exercise's function -> module with its mistakes


def mistake(name: str, parts: str, says: str, advice: Advice) -> Callable[[Callable], Callable]:
    """Add the decorated wrong lines to the catalogue.

    Args:
        name: function of the exercise.
        parts: name of the wrong array, several separated by spaces, or ``"*"``.
        says: the sentence a student sees, without a full stop.
        advice: the hints.

    Raises:
        ValueError: the exercise has a mistake of this name already.
    """

    def add(wrong: Callable) -> Callable:
        key = f"{name}/{wrong.__name__}"
        if key in _CATALOGUE:
            raise ValueError(f"mistake {key}: there is one of this name already")
        _CATALOGUE[key] = Mistake(key, name, tuple(parts.split()), says, advice, wrong)
        return wrong

    return add


def keep_mistakes_in(module: str, *names: str) -> None:
    """Say that the mistakes of some exercises are in a module that is imported when asked for.

    For exercises on a library that takes long to import, and that not everybody has.

    Args:
        module: its full name.
        names: functions of the exercises.
    """
    _ELSEWHERE.update(dict.fromkeys(names, module))


def catalogue(name: str | None = None) -> list[Mistake]:
    """All mistakes, or those of one exercise's function, in the order of the files."""
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}")
    for module in {m for n, m in _ELSEWHERE.items() if name in (None, n)}:
        importlib.import_module(module)
    return [m for m in _CATALOGUE.values() if name in (None, m.name)]


def find_advice(mistake_id: str) -> Advice | None:
    """The hints of a mistake, None if there is none with this id."""
    catalogue(mistake_id.split("/")[0])
    known = _CATALOGUE.get(mistake_id)
    return known.advice if known else None
