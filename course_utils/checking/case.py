"""All that is known about one wrong array: what an explainer looks at."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.checking.exercises import Exercise, Probe
from course_utils.checking.verdict import WRONG, Finding


@dataclass(frozen=True)
class Trial:
    """What one probe brought: the answer's value of a part, the right one, the finding."""

    probe: Probe
    got: Any
    expected: np.ndarray
    finding: Finding


@dataclass(frozen=True)
class Case:
    """One returned array of one answer, on every probe.

    Args:
        exercise: what was asked.
        part: name of the array.
        trials: one per probe, in the order of the probes.
        answer: puts a probe to the answer, gives what it returns by name.
        reference: the same for the right answer.
        forward: gives the forward's output for a probe (backward exercises).
        whole: all that the answer returned, by name, one for each trial.
        others: the right values of the other parts by name, one for each trial.
    """

    exercise: Exercise
    part: str
    trials: Sequence[Trial]
    answer: Callable[[Probe], dict[str, Any]]
    reference: Callable[[Probe], dict[str, Any]]
    forward: Callable[[Probe], dict[str, Any]] = field(default=lambda probe: {})
    whole: Sequence[dict[str, Any]] = ()
    others: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    @functools.cached_property
    def comparable(self) -> list[Trial]:
        """Trials whose value has the right shape and is finite."""
        return [t for t in self.trials if _comparable(t)]

    @property
    def wrong(self) -> list[Trial]:
        """Trials whose value is wrong."""
        return [t for t in self.trials if t.finding.status == WRONG]

    @property
    def letters(self) -> list[str]:
        """Letter of each axis of this part, ``["D", "M"]``; "" where none is known."""
        ndim = np.ndim(self.trials[0].expected)
        letters = self.exercise.shapes.get(self.part, "").split()
        return letters if len(letters) == ndim else [""] * ndim

    def numbers(self, probe: Probe) -> dict[str, float]:
        """Single numbers that a slip may multiply or divide by: sizes, rates, scalars."""
        named = {**dict(zip(self.exercise.input_names, probe.args, strict=False)), **probe.kwargs}
        if self.exercise.forward is not None and not isinstance(probe.upstream, tuple):
            named[self.exercise.argument_names[0]] = probe.upstream
        scalars = {k: float(v) for k, v in named.items() if _is_number(v)}
        return {**{k: float(v) for k, v in probe.sizes.items()}, **scalars}

    def arrays(self, probe: Probe) -> dict[str, np.ndarray]:
        """Arrays in reach of the answer by name: arguments, upstream gradient, forward output."""
        key = id(probe)
        if key not in self._arrays:
            # The probe is kept beside them, so that its id stays its own.
            self._arrays[key] = (probe, self._in_reach(probe))
        return self._arrays[key][1]

    @functools.cached_property
    def _arrays(self) -> dict[int, tuple[Probe, dict[str, np.ndarray]]]:
        """By probe, since a relation asks for them again and again."""
        return {}

    def _in_reach(self, probe: Probe) -> dict[str, np.ndarray]:
        found: dict[str, np.ndarray] = {}
        for name, value in zip(self.exercise.input_names, probe.args, strict=False):
            for key, array in _arrays_in(name, value):  # params and grads share their keys
                found[key if key not in found else f'{name}["{key}"]'] = array
        backward = self.exercise.forward is not None
        if backward and isinstance(probe.upstream, np.ndarray) and probe.upstream.ndim:
            found[self.exercise.argument_names[0]] = np.asarray(probe.upstream)
        for name, value in self.forward(probe).items():
            array = np.asarray(value)
            # A cache holds mostly arguments: those have a better name already.
            if array.ndim and not any(array is a or _equal(array, a) for a in found.values()):
                found[name] = array
        return {k: v for k, v in found.items() if v.dtype.kind == "f"}


def _arrays_in(name: str, value: Any):
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _arrays_in(str(key), entry)
    elif isinstance(value, np.ndarray) and value.ndim:
        yield name, value


def _equal(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape == other.shape and bool(np.array_equal(one, other))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.floating)) and not isinstance(value, bool)


def _comparable(trial: Trial) -> bool:
    try:
        got = np.asarray(trial.got, dtype=float)
    except (TypeError, ValueError):
        return False
    return got.shape == np.shape(trial.expected) and bool(np.isfinite(got).all())
