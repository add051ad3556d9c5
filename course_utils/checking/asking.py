"""Put a probe to an answer: copies of the arguments in, results by name out."""

from __future__ import annotations

import contextlib
import copy
import io
import warnings
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.checking.exercises import Exercise, Probe, all_exercises
from course_utils.checking.returns import name_returns
from course_utils.checking.verdict import WRONG, Finding
from course_utils.words import listed


def references() -> dict[str, Callable]:
    """The reference of every exercise, by the name of its function."""
    return {e.name: e.reference for e in all_exercises().values()}


def ask(
    exercise: Exercise,
    probe: Probe,
    function: Callable,
    peers: Mapping[str, Callable],
    about_call: list[Finding] | None = None,
    given: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Put one probe to one function.

    Args:
        exercise: says how to ask.
        probe: the question; its arrays are copied first.
        function: the answer.
        peers: functions of other exercises by name, for the cache a backward reads.
        about_call: collects findings about changed inputs.
        given: takes the arguments of the latest call, to be told beside an exception.

    Returns:
        What came back, by name.
    """
    about_call = [] if about_call is None else about_call
    given = {} if given is None else given

    def call(*args, free: tuple[str, ...] = (), shared: tuple[str, ...] = (), **kwargs):
        """Call the answer; `free` arguments may be changed, `shared` ones are not even copied."""
        names = [*exercise.argument_names, *[""] * len(args)]
        named = list(zip(names, args, strict=False))
        args = tuple(a if name in shared else copy.deepcopy(a) for name, a in named)
        before = [
            (name, a if name in shared else copy.deepcopy(a))
            for (name, _), a in zip(named, args, strict=True)
        ]
        given.update((name, a) for name, a in before if name)
        result = function(*args, **kwargs)
        for (name, old), new in zip(before, args, strict=True):
            if name and name not in free and name not in shared:
                about_call.extend(_changed(name, old, new))
        return result

    run = exercise.run or default_run(exercise)
    with np.errstate(all="ignore"):
        return run(call, probe, peers)


def forward_values(partner: Exercise, probe: Probe) -> dict[str, Any]:
    """What the right forward gives on a backward's probe, with the arrays of its cache by name."""
    values = ask(partner, probe, partner.reference, references())
    if partner.run is None and "cache" in partner.returns:
        result = partner.reference(*(copy.deepcopy(a) for a in probe.args), **probe.kwargs)
        cache = result[partner.returns.index("cache")]
        entries = cache if isinstance(cache, tuple) else (cache,)
        for index, entry in enumerate(entries):
            if isinstance(entry, np.ndarray) and entry.ndim:
                values[f"cache[{index}]" if isinstance(cache, tuple) else "cache"] = entry
    return values


def default_run(exercise: Exercise):
    """The usual way to ask: pass the probe's arguments, name what is returned."""

    def run(call, probe, peers):
        if exercise.forward is None:
            return name_returns(exercise.returns, call(*probe.args, **probe.kwargs))
        _, cache = peers[exercise.forward](*(copy.deepcopy(a) for a in probe.args))
        return name_returns(exercise.returns, call(probe.upstream, cache, **probe.kwargs))

    return run


def _changed(name: str, old: Any, new: Any) -> list[Finding]:
    """Findings for every array inside an argument that is not what it was."""
    if isinstance(old, (tuple, list)):
        pairs = zip(old, new, strict=False)
        return [f for i, (a, b) in enumerate(pairs) for f in _changed(f"{name}[{i}]", a, b)]
    if isinstance(old, dict):
        return [f for key in old for f in _changed(f'{name}["{key}"]', old[key], new.get(key))]
    if not isinstance(old, np.ndarray) or np.array_equal(old, new, equal_nan=old.dtype.kind == "f"):
        return []
    return [Finding("", WRONG, "mutated", _told_changed([name]), {"argument": name})]


def together(about_call: list[Finding]) -> list[Finding]:
    """One finding for each thing that is wrong about the calls: all changed arguments in one."""
    unique = {(f.part, f.cause): f for f in about_call}
    names = list(dict.fromkeys(f.evidence["argument"] for f in about_call if f.cause == "mutated"))
    if len(names) > 1:
        evidence = {"argument": names[0], "arguments": names}
        unique["", "mutated"] = Finding("", WRONG, "mutated", _told_changed(names), evidence)
    return list(unique.values())


def _told_changed(names: list[str]) -> str:
    were, owner, it = ("was", "its", "it") if len(names) == 1 else ("were", "their", "them")
    return (
        f"{listed(names)} {were} changed in place, but {owner} owner still needs {it}. "
        f"Work on a copy ({names[0]}.copy()), or make a new array."
    )


@contextlib.contextmanager
def quietly():
    """Hide what an answer prints and warns while it is probed."""
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
