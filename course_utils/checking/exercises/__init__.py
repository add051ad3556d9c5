"""The registry of exercises: what is asked, with which reference, on which probes.

An exercise is data. A lesson's exercises stand in ``lesson_NN.py`` beside this
file, and only those files know the layers of `course_utils.nn`; everything
else in `course_utils.checking` works on any exercise.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Probe:
    """One question put to an answer.

    Args:
        args: positional arguments (arrays are copied before every call).
        about: what is special about it, told when only this probe fails:
            ``"logits near ±1000"``.
        sizes: the size behind each letter of the shapes, ``{"N": 5, "D": 6}``;
            all distinct, so that a wrong axis shows.
        kwargs: keyword arguments.
        upstream: the gradient that arrives from above, for backward functions.
        rtol: allowed difference, relative to the largest number of the array.
    """

    args: tuple
    about: str = "ordinary numbers"
    sizes: Mapping[str, int] = field(default_factory=dict)
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    upstream: Any = None
    rtol: float = 1e-5


Call = Callable[..., Any]
Runner = Callable[[Call, Probe, Mapping[str, Callable]], dict[str, Any]]


@dataclass(frozen=True)
class Exercise:
    """One blank of a lesson.

    Args:
        id: ``"3.2"``: the lesson and a number.
        name: name of the function the student writes.
        points: what it is worth.
        reference: a right answer, served while the blank is open.
        probes: makes the probes, the same ones every time.
        shapes: letters for the shape of every argument and returned array,
            ``{"dW": "D M", "loss": ""}``.
        returns: names of what is returned, in order; a ``cache`` is free in form.
        hints: three steps, from a question to nearly there, never the answer.
        run: calls the answer on a probe and names what came back; the default
            passes ``probe.args`` and names the returned values by `returns`.
        forward: name of the forward function whose cache this backward reads.
        convention: is asked about wrong values of the right shape, as
            ``convention(probe, part, got, expected)``; a remark if they are as
            right as the reference's (another slope at a kink), else "".
    """

    id: str
    name: str
    points: float
    reference: Callable
    probes: Callable[[], list[Probe]]
    returns: tuple[str, ...]
    hints: tuple[str, str, str]
    shapes: Mapping[str, str] = field(default_factory=dict)
    run: Runner | None = None
    forward: str | None = None
    convention: Callable[[Probe, str, np.ndarray, np.ndarray], str] | None = None

    @property
    def lesson(self) -> str:
        """Two digits of the lesson this belongs to."""
        return f"{int(self.id.split('.')[0]):02d}"

    @property
    def argument_names(self) -> tuple[str, ...]:
        """Names of the arguments, as the reference has them."""
        return tuple(inspect.signature(self.reference).parameters)


_REGISTRY: dict[str, Exercise] = {}


def register(*exercises: Exercise) -> None:
    """Add exercises to the registry.

    Raises:
        ValueError: the id or the function's name is taken, or there are not three hints.
    """
    for new in exercises:
        for old in _REGISTRY.values():
            if old.id == new.id or old.name == new.name:
                raise ValueError(
                    f"exercise {new.id} {new.name}: id and name must be unique, "
                    f"but {old.id} {old.name} is registered already"
                )
        if len(new.hints) != 3:
            raise ValueError(f"exercise {new.id}: expected 3 hints, got {len(new.hints)}")
        _REGISTRY[new.id] = new


def all_exercises() -> dict[str, Exercise]:
    """Every exercise by id, lessons in order."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
    return dict(sorted(_REGISTRY.items(), key=lambda item: _order(item[0])))


def find_exercise(exercise_id: str) -> Exercise:
    """The exercise with this id.

    Raises:
        KeyError: there is none; the message lists those of the same lesson.
    """
    known = all_exercises()
    exercise_id = str(exercise_id)
    if exercise_id not in known:
        lesson = exercise_id.split(".")[0]
        near = [i for i in known if i.split(".")[0] == lesson] or list(known)
        raise UnknownExerciseError(f"no exercise {exercise_id!r}; there are {', '.join(near)}")
    return known[exercise_id]


class UnknownExerciseError(KeyError):
    """No exercise has this id. (A KeyError whose message is not shown in quotes.)"""

    def __str__(self) -> str:
        return self.args[0]


def _order(exercise_id: str) -> tuple[int, ...]:
    return tuple(int(number) for number in exercise_id.split("."))
