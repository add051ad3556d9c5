"""Probes with one input changed, for experiments and for what-if questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils.checking.case import Case
from course_utils.checking.exercises import Probe


def float_inputs(case: Case, probe: Probe) -> Iterator[tuple[str, Any]]:
    """Names of what can be doubled: float arrays and numbers among the arguments, the upstream."""
    if isinstance(probe.upstream, (float, np.ndarray)) and case.exercise.forward is not None:
        yield case.exercise.argument_names[0], probe.upstream
    for name, value in zip(case.exercise.input_names, probe.args, strict=False):
        entries = value.items() if isinstance(value, dict) else [(name, value)]
        for key, entry in entries:
            if isinstance(entry, float) or (
                isinstance(entry, np.ndarray) and entry.dtype.kind == "f"
            ):
                yield key, entry


def whole_inputs(case: Case, probe: Probe) -> Iterator[tuple[str, np.ndarray]]:
    """Names of arrays of whole numbers, or of True and False, among the arguments."""
    for name, value in zip(case.exercise.input_names, probe.args, strict=False):
        if isinstance(value, np.ndarray) and value.ndim and value.dtype.kind in "iub":
            yield name, value


def settings(probe: Probe) -> Iterator[tuple[str, float]]:
    """Keyword arguments that are numbers, such as a rate; to double one may make no sense."""
    yield from ((k, v) for k, v in probe.kwargs.items() if isinstance(v, float))


def with_input(case: Case, probe: Probe, name: str, change: Callable[[Any], Any]) -> Probe:
    """The probe with one input changed."""
    if case.exercise.forward is not None and name == case.exercise.argument_names[0]:
        return replace(probe, upstream=change(probe.upstream))
    args = []
    for key, value in zip(case.exercise.input_names, probe.args, strict=False):
        if isinstance(value, dict) and name in value:
            args.append({**value, name: change(value[name])})
        else:
            args.append(change(value) if key == name else value)
    kwargs = {k: change(v) if k == name else v for k, v in probe.kwargs.items()}
    return replace(probe, args=tuple(args), kwargs=kwargs)
