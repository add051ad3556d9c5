"""The registry of exercises: what is asked, with which reference, on which probes.

An exercise is data. A lesson's exercises stand in ``lesson_NN.py`` beside this
file, and only those files know the layers of `course_utils.nn`; everything
else in `course_utils.checking` works on any exercise.
"""

from __future__ import annotations

import functools
import importlib
import inspect
import json
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.told import Told


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


class Draw:
    """Draws the numbers of a probe: normal ones, or small whole ones to follow by hand.

    Args:
        rng: the generator.
        dtype: dtype of arrays.
        small: draw whole numbers from −3 to 3 without 0, as floats.
    """

    def __init__(self, rng: np.random.Generator, dtype=float, small: bool = False) -> None:
        self.rng, self.dtype, self.small = rng, dtype, small

    def array(self, *shape: int) -> np.ndarray:
        """An array of this shape."""
        if not self.small:
            return self.rng.standard_normal(shape).astype(self.dtype)
        magnitude = self.rng.integers(1, 4, shape)
        return (magnitude * self.rng.choice([-1, 1], shape)).astype(self.dtype)

    def number(self, low: float = 0.2, high: float = 1.8) -> float:
        """A number between the bounds; 2 if small."""
        return 2.0 if self.small else float(self.rng.uniform(low, high))

    def labels(self, shape: int | tuple[int, ...], classes: int) -> np.ndarray:
        """Whole numbers from 0 to classes − 1."""
        return self.rng.integers(0, classes, shape)


Call = Callable[..., Any]
Runner = Callable[[Call, Probe, Mapping[str, Callable]], dict[str, Any]]
Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Exercise:
    """One blank of a lesson.

    Args:
        id: ``"3.2"``: the lesson and a number.
        name: name of the function the student writes.
        points: what it is worth.
        reference: a right answer, served while the blank is open.
        hints: three steps, from a question to nearly there, never the answer.
        make: makes a probe from a `Draw` and sizes.
        sizes: sizes of the probes, ``({"N": 5, "D": 6}, …)``, all distinct within a
            probe so that a wrong axis shows, and each letter with several values, so
            that N is not taken for 2. The last one is drawn in float32 as well.
        smallest: sizes of the smallest probe that makes sense.
        special: more probes with the hard inputs: ties, zeros, extremes.
        shapes: letters for the shape of every argument and returned array,
            ``{"dW": "D M", "loss": ""}``.
        returns: names of what is returned, in order; a ``cache`` is free in form.
        judged_by: judges an answer where probes are not the way (a derivation is read
            line by line), as ``judged_by(exercise, answer)``; else `make` is needed.
        hint_about: gives a hint about a wrong answer itself, as
            ``hint_about(answer, step)``, in place of `hints`.
        run: calls the answer on a probe and names what came back; the default
            passes ``probe.args`` and names the returned values by `returns`.
        forward: name of the forward function whose cache this backward reads.
        convention: is asked about wrong values of the right shape, as
            ``convention(probe, part, got, expected)``; a remark if they are as
            right as the reference's (another slope at a kink), else "".
        sequential: the parts follow from one another, so only the first wrong one is
            explained.
        seed: found by the probe designer: with it all known mistakes differ.
        planned: the section of the lesson that asks this is not written yet.
    """

    id: str
    name: str
    points: float
    reference: Callable
    hints: tuple[str, str, str]
    make: Callable[[Draw, Sizes], Probe] | None = None
    sizes: tuple[Sizes, ...] = ()
    smallest: Sizes = field(default_factory=dict)
    returns: tuple[str, ...] = ()
    special: Callable[[Draw], list[Probe]] | None = None
    shapes: Mapping[str, str] = field(default_factory=dict)
    judged_by: Callable[[Exercise, Callable], Any] | None = None
    hint_about: Callable[[Callable, int], str] | None = None
    run: Runner | None = None
    forward: str | None = None
    convention: Callable[[Probe, str, np.ndarray, np.ndarray], str] | None = None
    sequential: bool = False
    seed: int = 0
    planned: bool = False

    @property
    def lesson(self) -> str:
        """Two digits of the lesson this belongs to."""
        return f"{int(self.id.split('.')[0]):02d}"

    @property
    def argument_names(self) -> tuple[str, ...]:
        """Names of the answer's arguments, as the reference has them."""
        return tuple(inspect.signature(self.reference).parameters)

    @property
    def input_names(self) -> tuple[str, ...]:
        """Names of a probe's arguments: those of the forward where this is a backward."""
        forward = next((e for e in _REGISTRY.values() if e.name == self.forward), None)
        return (forward or self).argument_names

    def probes(self, seed: int | None = None) -> list[Probe]:
        """The probes, the same ones every time.

        Args:
            seed: other numbers of the same kind; by default those that all see.
        """
        seed = self.seed if seed is None else seed
        rng = np.random.default_rng([seed, *_order(self.id)])
        made = [self.probe(Draw(rng), sizes) for sizes in self.sizes]
        made.append(self.probe(Draw(rng, dtype=np.float32), self.sizes[-1]))
        return made + (self.special(Draw(rng)) if self.special else [])

    def probe(self, draw: Draw, sizes: Sizes) -> Probe:
        """One probe of the given sizes; float32 is told and compared with more room."""
        made = replace(self.make(draw, sizes), sizes=dict(sizes))
        if draw.dtype == np.float32:
            about = "float32 numbers" if made.about == Probe.about else made.about
            made = replace(made, about=about, rtol=max(made.rtol, 1e-4))
        return made


_REGISTRY: dict[str, Exercise] = {}

# Found by course_utils.checking.designer: with these seeds all known mistakes differ.
SEEDS = Path(__file__).with_name("seeds.json")


@functools.cache
def _seeds() -> dict[str, int]:
    return json.loads(SEEDS.read_text(encoding="utf-8")) if SEEDS.exists() else {}


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
        if (new.make is None) == (new.judged_by is None):
            raise ValueError(f"exercise {new.id}: expected either make or judged_by")
        _REGISTRY[new.id] = replace(new, seed=_seeds().get(new.id, new.seed))
    _in_order.cache_clear()


def all_exercises() -> dict[str, Exercise]:
    """Every exercise by id, lessons in order."""
    _import_lessons()
    return dict(_in_order())


@functools.cache
def _in_order() -> tuple[tuple[str, Exercise], ...]:
    """The registry, sorted once: answers ask for it at every call inside a training loop."""
    return tuple(sorted(_REGISTRY.items(), key=lambda item: _order(item[0])))


@functools.cache
def _import_lessons() -> None:
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")


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


class UnknownExerciseError(Told, KeyError):
    """No exercise has this id. (A KeyError whose message is not shown in quotes.)"""

    def __str__(self) -> str:
        return self.args[0]


def _order(exercise_id: str) -> tuple[int, ...]:
    return tuple(int(number) for number in exercise_id.split("."))
