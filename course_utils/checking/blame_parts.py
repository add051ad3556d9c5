"""Compare one part of a net with its reference on the inputs that it really gets."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from course_utils.checking.compare import compare_part
from course_utils.checking.exercises import Exercise, Probe
from course_utils.checking.gradient_check import layer_gradient_check
from course_utils.checking.returns import name_returns
from course_utils.checking.verdict import NOTE, WRONG, Finding

FLOAT32_RTOL, FLOAT64_RTOL = 1e-4, 1e-6
CACHE = "Y is right, but the cache does not hold what the way back needs."


@dataclass
class Call:
    """One call of a forward: its arguments, and the gradients that came back to it."""

    args: tuple
    kwargs: dict = field(default_factory=dict)
    upstreams: list = field(default_factory=list)


@dataclass(frozen=True)
class Part:
    """A layer of a chain: the student's pair of functions, and the right one.

    Args:
        name: what to call it, ``"linear"``; its place is added where a name repeats.
        forward: ``forward(X, *args) -> (Y, cache)``.
        backward: ``backward(dY, cache) -> dX`` or ``(dX, …)``.
        reference_forward: the right forward.
        reference_backward: the right backward.
        args: what the forward takes beside X: weights, labels.
    """

    name: str
    forward: Callable
    backward: Callable
    reference_forward: Callable
    reference_backward: Callable
    args: tuple = ()


@dataclass(frozen=True)
class Fault:
    """What is wrong with one function; both empty if nothing is."""

    message: str = ""
    convention: str = ""  # another number that is as right


def forward_fault(part: Part, calls: list[Call], exercise: Exercise | None) -> Fault:
    """What is wrong with the forward on these calls."""
    return _first(_forward_once(part, call, exercise) for call in calls)


def backward_fault(
    part: Part, calls: list[Call], exercise: Exercise | None, forward_is_wrong: bool
) -> tuple[Fault, Fault]:
    """What is wrong with the backward, and with the cache that the forward hands it."""
    faults, caches = [], []
    for call in calls:
        for upstream in call.upstreams:
            fault, cache = _backward_once(part, call, upstream, exercise, forward_is_wrong)
            faults.append(fault)
            caches.append(cache)
    return _first(faults), _first(caches)


def attempt(function: Callable, *args, **kwargs) -> tuple[Any, str]:
    """The result on copies of the arguments, and what went wrong: raised or changed in place."""
    args = copy.deepcopy(args)
    before = copy.deepcopy(args)
    try:
        with np.errstate(all="ignore"):
            result = function(*args, **kwargs)
    except Exception as error:  # a part that raises is a wrong part, and told as one
        return None, f"{type(error).__name__}: {error}".rstrip(": ")
    if not _same(before, args):
        return result, "an argument was changed in place, but its owner still needs it."
    return result, ""


def _forward_once(part: Part, call: Call, exercise) -> Fault:
    right = part.reference_forward(*copy.deepcopy(call.args), **call.kwargs)
    got, trouble = attempt(part.forward, *call.args, **call.kwargs)
    if trouble:
        return Fault(trouble)
    if exercise is None and isinstance(right, tuple):
        if not (isinstance(got, tuple) and len(got) == len(right)):
            return Fault(f"expected {len(right)} values, (Y, cache), got {type(got).__name__}.")
        got, right = got[0], right[0]
    names = exercise.returns if exercise else ("Y",)
    return _compared(names, got, right, call, None, exercise)


def _backward_once(part, call, upstream, exercise, forward_is_wrong) -> tuple[Fault, Fault]:
    _, right_cache = part.reference_forward(*copy.deepcopy(call.args), **call.kwargs)
    right = part.reference_backward(copy.deepcopy(upstream), copy.deepcopy(right_cache))
    names = exercise.returns if exercise else _gradient_names(part, right)

    def fault_with(cache) -> Fault:
        got, trouble = attempt(part.backward, upstream, cache)
        return Fault(trouble) if trouble else _compared(names, got, right, call, upstream, exercise)

    made, trouble = attempt(part.forward, *call.args, **call.kwargs)
    # The student's own cache first: its form is free.
    own = fault_with(made[1]) if isinstance(made, tuple) and len(made) == 2 else Fault("no cache")
    if not own.message:
        return own, Fault()
    other = fault_with(right_cache)
    if not other.message:
        # It reads a right cache rightly, so what it was given is to blame.
        return other, Fault() if forward_is_wrong else Fault(CACHE)
    if forward_is_wrong and _fits(part, call):
        return Fault(), Fault()
    if forward_is_wrong or trouble:
        return other, Fault()
    return own, Fault(CACHE) if _is_odd(made, right_cache, call.args) else Fault()


def _is_odd(made: tuple, right_cache: Any, args: tuple) -> bool:
    """Whether a cache looks like the right one, but holds arrays from nowhere.

    Asked where the backward is wrong, too, and so cannot tell. A cache of another
    form, or one that holds the input in place of the output, may be as good.
    """
    Y, cache = made
    held, wanted = list(_arrays(cache)), list(_arrays(right_cache))
    if [np.shape(a) for a in held] != [np.shape(a) for a in wanted]:
        return False
    known = [*_arrays(args), *_arrays(Y), *wanted]
    known += [a > 0 for a in known]
    return not all(any(_is_like(a, k) for k in known) for a in held)


def _is_like(a: np.ndarray, b: np.ndarray) -> bool:
    return a.shape == b.shape and np.allclose(a, b, rtol=FLOAT32_RTOL, equal_nan=True)


def _arrays(value: Any):
    """The arrays inside a nested value."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, (tuple, list, dict)):
        for entry in value.values() if isinstance(value, dict) else value:
            yield from _arrays(entry)


def _fits(part: Part, call: Call) -> bool:
    """Whether a backward is right for its own, wrong forward: then that one alone is to blame."""
    try:
        args = [a.astype(float) if _is_float(a) else a for a in call.args]
        return layer_gradient_check(part.forward, part.backward, *args, samples=12).passed
    except Exception:  # it does not even run: no defence
        return False


def _compared(names, got, right, call: Call, upstream, exercise) -> Fault:
    """The first part of a result that is wrong, in words."""
    try:
        got, right = name_returns(names, got), name_returns(names, right)
    except Exception as error:
        return Fault(str(error))
    single = any(_is_float(a) and a.dtype == np.float32 for a in (*call.args, upstream))
    probe = Probe(
        call.args, kwargs=call.kwargs, upstream=upstream,
        rtol=FLOAT32_RTOL if single else FLOAT64_RTOL,
    )  # fmt: skip
    remark = ""
    for name, expected in right.items():
        if expected is None or isinstance(expected, dict):
            continue  # a state belongs to its rule
        if name not in got:
            return Fault(f"{name} is missing.")
        finding = compare_part(
            exercise or SimpleNamespace(shapes={}), probe, name, got[name], np.asarray(expected)
        )
        if finding.status == WRONG:
            finding = _by_convention(exercise, probe, finding, got[name], expected)
        if finding.status == WRONG:
            return Fault(f"{name}: {finding.message}")
        if finding.cause == "convention":
            remark = f"{name}: {finding.message}"
    return Fault("", remark)


def _by_convention(exercise, probe, finding: Finding, got, expected) -> Finding:
    if finding.cause != "values" or exercise is None or exercise.convention is None:
        return finding
    with np.errstate(all="ignore"):
        remark = exercise.convention(probe, finding.part, np.asarray(got), np.asarray(expected))
    return Finding(finding.part, NOTE, "convention", remark) if remark else finding


def _gradient_names(part: Part, right: Any) -> tuple[str, ...]:
    count = len(right) if isinstance(right, tuple) else 1
    try:
        names = [f"d{name}" for name in inspect.signature(part.reference_forward).parameters]
    except (TypeError, ValueError):
        names = []
    return tuple((names + [f"gradient {i + 1}" for i in range(len(names), count)])[:count])


def _first(faults) -> Fault:
    """The first that is wrong, else the first with a remark, else none."""
    faults = list(faults)
    wrong = [f for f in faults if f.message] or [f for f in faults if f.convention]
    return wrong[0] if wrong else Fault()


def _is_float(value: Any) -> bool:
    return isinstance(value, np.ndarray) and value.dtype.kind == "f"


def _same(before: Any, after: Any) -> bool:
    """Whether nested arrays are what they were."""
    if isinstance(before, np.ndarray):
        return np.array_equal(before, after, equal_nan=before.dtype.kind == "f")
    if isinstance(before, (tuple, list)):
        return len(before) == len(after) and all(map(_same, before, after))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_same(before[k], after[k]) for k in before)
    return True
