"""Name the guilty parts of a net whose result is wrong.

Each part is asked on the inputs that it gets in a right net, so the mistakes of
the others do not reach it; then the parts found are swapped for the reference
in the student's net, which must mend it, and none of them may be left out.
"""

from __future__ import annotations

import copy
import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.checking.blame_parts import (
    Call,
    Fault,
    Part,
    backward_fault,
    forward_fault,
)
from course_utils.checking.blame_report import Blame
from course_utils.checking.compare import close
from course_utils.checking.exercises import Exercise, all_exercises
from course_utils.checking.judge import judge
from course_utils.checking.verdict import WRONG, Finding
from course_utils.words import listed

_WAYS = ("forward", "backward")


class Layers(dict):
    """Functions by name, as a mapping and as attributes."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


def blame(
    layers: Any,
    build: Callable[[Layers], Any],
    *,
    references: Mapping[str, Callable] | None = None,
    explain: bool = True,
) -> Blame:
    """Find the functions that make a net wrong.

    Args:
        layers: the student's functions by name: a mapping such as ``globals()``, a
            module or an object.
        build: makes a net of functions and gives its result, the same at each call:
            ``lambda layers: FullyConnectedNet(sizes, rng=default_rng(0),
            layers=layers).loss_and_grads(X, y)``.
        references: the right functions by name; by default those of all exercises.
        explain: ask the judge what is wrong with the guilty ones.

    Returns:
        The smallest set of functions that have to be replaced, and what is wrong with each.

    Raises:
        ValueError: there is nothing to compare, or the net with all references
            does not give finite numbers, the same each time.
    """
    exercises = {e.name: e for e in all_exercises().values()}
    right = dict(references or {name: e.reference for name, e in exercises.items()})
    own = _own(layers, right)
    if not own:
        raise ValueError(f"blame: expected functions among {listed(list(right))}, found none")
    truth, calls = _truth(right, build)
    used = [name for name in own if name in calls]
    faults = _faults(used, own, right, calls, exercises)
    # Where another convention is as right, the reference's stands in, to be comparable.
    as_good = {n: right[n] for n in used if not faults[n].message and faults[n].convention}
    own = {**own, **as_good}

    def mended_by(swapped: Sequence[str]) -> bool:
        try:
            with np.errstate(all="ignore"):
                got = build(Layers({**right, **own, **{name: right[name] for name in swapped}}))
        except Exception:  # caches that do not fit, or the mistake itself
            return False
        return _equal(got, truth)

    suspects = [name for name in used if faults[name].message]
    guilty = [] if mended_by(()) else _smallest(used, suspects, mended_by)
    unnoticed = tuple(name for name in suspects if name not in guilty)
    findings = tuple(_finding(n, faults[n], exercises.get(n), own, explain) for n in guilty)
    cleared = tuple(n for n in used if n not in guilty and n not in unnoticed)
    return Blame(tuple(guilty), cleared, findings, unnoticed)


def blame_chain(
    parts: Sequence[Part | tuple], X: np.ndarray, dY: Any = None, *, explain: bool = False
) -> Blame:
    """Find the wrong functions of a chain of layers, each with its place.

    The right chain gives each part its true input and its true gradient from
    above. If every part but the guilty ones agrees with its reference on these,
    the chain is right once those are replaced.

    Args:
        parts: `Part` objects or tuples like them, in the order of the way there.
        X: the input of the first.
        dY: the gradient that arrives at the last; random where None.
        explain: ask the judge what is wrong with the guilty ones.

    Returns:
        Names such as ``"linear 3 backward"``.
    """
    parts = _numbered([p if isinstance(p, Part) else Part(*p) for p in parts])
    calls, caches, Y = [], [], X
    for part in parts:
        calls.append(Call((Y, *part.args)))
        Y, cache = part.reference_forward(*copy.deepcopy(calls[-1].args))
        caches.append(cache)
    if dY is None:
        dY = np.random.default_rng(0).standard_normal(np.shape(Y)) if np.ndim(Y) else 1.0
    for part, call, cache in zip(reversed(parts), reversed(calls), reversed(caches), strict=True):
        call.upstreams.append(dY)
        grads = part.reference_backward(copy.deepcopy(dY), copy.deepcopy(cache))
        dY = grads[0] if isinstance(grads, tuple) else grads
    known = {e.reference: e for e in all_exercises().values()}
    faults, findings = {}, []
    for part, call in zip(parts, calls, strict=True):
        asked = [known.get(f) for f in (part.reference_forward, part.reference_backward)]
        found = _pair_faults(part, [call], *asked)
        functions = (part.forward, part.backward)
        for way, fault, task, f in zip(_WAYS, found, asked, functions, strict=True):
            name = f"{part.name} {way}"
            faults[name] = fault
            if fault.message:
                findings.append(_finding(name, fault, task, {name: f}, explain))
    guilty = tuple(name for name, fault in faults.items() if fault.message)
    return Blame(guilty, tuple(n for n in faults if n not in guilty), tuple(findings))


def _own(layers: Any, right: Mapping[str, Callable]) -> dict[str, Callable]:
    """The student's functions of which the right one is known."""
    find = layers.get if isinstance(layers, Mapping) else lambda n: getattr(layers, n, None)
    return {name: find(name) for name in right if callable(find(name))}


def _partner(name: str) -> str:
    return f"{name.removesuffix('_backward')}_forward"


def _truth(right, build) -> tuple[Any, dict[str, list[Call]]]:
    """The right result, and the calls that each function gets on the way to it."""
    calls: dict[str, list[Call]] = {}
    made: list[tuple[Any, Call]] = []  # caches are kept alive, so that their identity is theirs

    def watched(name: str, function: Callable) -> Callable:
        def run(*args, **kwargs):
            if name.endswith("_backward") and len(args) == 2:
                calls.setdefault(name, [])
                for call in [call for cache, call in made if cache is args[1]]:
                    call.upstreams.append(copy.deepcopy(args[0]))
                return function(*args, **kwargs)
            call = Call(copy.deepcopy(args), copy.deepcopy(kwargs))
            calls.setdefault(name, []).append(call)
            result = function(*args, **kwargs)
            if isinstance(result, tuple) and len(result) == 2:
                made.append((result[1], call))
            return result

        return run

    truth = build(Layers({name: watched(name, f) for name, f in right.items()}))
    again = build(Layers(right))
    if not _equal(again, truth):
        raise ValueError(
            "blame: two equal nets gave different results, or NaN; build must draw its weights "
            "from a new generator with a fixed seed at each call"
        )
    return truth, calls


def _faults(used, own, right, calls, exercises) -> dict[str, Fault]:
    """What is wrong with each function, on the inputs that it really gets."""
    faults = dict.fromkeys(used, Fault())
    for name in used:
        if name.endswith("_backward") and _partner(name) in right:
            there = _partner(name)
            part = Part(name, own.get(there, right[there]), own[name], right[there], right[name])
            asked = exercises.get(there), exercises.get(name)
            faults[there], faults[name] = _pair_faults(part, calls.get(there, []), *asked)
        elif not faults[name].message and calls[name]:
            part = Part(name, own[name], own[name], right[name], right[name])
            faults[name] = forward_fault(part, calls[name], exercises.get(name))
    return {name: faults[name] for name in used}


def _pair_faults(part: Part, calls, forward_asks, backward_asks) -> tuple[Fault, Fault]:
    there = forward_fault(part, calls, forward_asks)
    back, cache = backward_fault(part, calls, backward_asks, bool(there.message))
    return (there if there.message or not cache.message else cache), back


def _smallest(used, suspects, mended_by) -> list[str]:
    """The smallest set that mends the net; those that are wrong by themselves come first."""
    if mended_by(suspects):
        needed = list(suspects)
        for name in suspects:
            fewer = [n for n in needed if n != name]
            needed = fewer if fewer and mended_by(fewer) else needed
        return needed
    for size in range(1, len(used) + 1):
        sets = sorted(itertools.combinations(used, size), key=lambda s: -len({*s} & {*suspects}))
        found = next((s for s in sets if mended_by(s)), None)
        if found:
            # A pair shares a cache: one of it may have been swapped for the other's sake only.
            return [n for n in found if n in suspects] or list(found)
    return list(suspects)


def _finding(name, fault: Fault, exercise: Exercise | None, own, explain: bool) -> Finding:
    """The judge's words where it finds the function wrong, else what was seen in the net."""
    message = fault.message or "replaced by the reference, it mends the net."
    if explain and exercise is not None:
        peers = {n: f for n, f in own.items() if n == exercise.forward}
        verdict = judge(exercise, own[name], peers)
        told = [_in_words(f) for f in verdict.findings if f.status == WRONG]
        message = "the blank is still open." if verdict.open else " ".join(told) or message
    return Finding(name, WRONG, "blame", message)


def _in_words(finding: Finding) -> str:
    named = not finding.part or finding.message.startswith(f"{finding.part} ")
    return finding.message if named else f"{finding.part}: {finding.message}"


def _numbered(parts: list[Part]) -> list[Part]:
    """Parts whose names are all different: a repeated one gets its place, from 1."""
    names = [part.name for part in parts]
    return [
        Part(
            f"{p.name} {i}" if names.count(p.name) > 1 else p.name,
            p.forward, p.backward, p.reference_forward, p.reference_backward, tuple(p.args),
        )
        for i, p in enumerate(parts, start=1)
    ]  # fmt: skip


def _equal(got: Any, truth: Any) -> bool:
    """Whether two nested results hold the same numbers, to rounding; NaN equals nothing."""
    if isinstance(truth, Mapping):
        same = isinstance(got, Mapping) and got.keys() == truth.keys()
        return same and all(_equal(got[k], truth[k]) for k in truth)
    if isinstance(truth, (tuple, list)):
        same = isinstance(got, (tuple, list)) and len(got) == len(truth)
        return same and all(map(_equal, got, truth))
    if truth is None or isinstance(truth, str):
        return got == truth
    rtol = 1e-4 if np.asarray(truth).dtype == np.float32 else 1e-7
    try:
        return close(np.asarray(got), np.asarray(truth), rtol)
    except (TypeError, ValueError):
        return False
