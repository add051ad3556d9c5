"""An answer that calls the course's own answer is none: found by the names that it uses."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from typing import Any

from course_utils.checking.exercises import Exercise
from course_utils.checking.inner_code import with_inner
from course_utils.checking.verdict import WRONG, Finding, Verdict, settle

_OURS = "course_utils."


def borrows(exercise: Exercise, function: Callable) -> bool:
    """Whether a function uses the course's own function of the same exercise.

    Only what its code names is looked at, not what it reaches in roundabout ways: this is
    for somebody who takes the library for a part of the exercise. A grader withholds the
    reference itself.

    Args:
        exercise: what was asked.
        function: the answer.
    """
    return _imports(function, exercise.name) or any(
        getattr(value, "__name__", "") == exercise.name
        and str(getattr(value, "__module__", "")).startswith(_OURS)
        for value in _named_by(function)
    )


def borrowed(exercise: Exercise) -> Verdict:
    """What such an answer is told; it earns nothing."""
    message = (
        f"this calls the course's own {exercise.name}. It stands in while the blank is open, "
        "so that the lesson runs; the exercise is to write it yourself."
    )
    finding = Finding("", WRONG, "borrowed", message)
    return settle(exercise.id, exercise.name, exercise.points, [finding])


def _imports(function: Callable, name: str) -> bool:
    """Whether a function imports the course in its own lines, and names this function there."""
    code = getattr(function, "__code__", None)
    inner = with_inner(code) if isinstance(code, types.CodeType) else ()
    names = {n for one in inner for n in one.co_names}
    return name in names and any(f"{n}.".startswith(_OURS) for n in names)


def _named_by(function: Callable) -> Iterator[Any]:
    """Values of the names that a function's code uses: globals, closures, parts of modules."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, types.CodeType):
        return
    for inner in with_inner(code):
        named = [function.__globals__[n] for n in inner.co_names if n in function.__globals__]
        modules = [value for value in named if isinstance(value, types.ModuleType)]
        yield from named
        yield from (vars(m)[n] for m in modules for n in inner.co_names if n in vars(m))
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # not bound yet
            continue
