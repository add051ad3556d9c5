"""Tell an exception that an answer raised: what it means, where, and on which shapes."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from course_utils.checking.plain_words import in_plain_words
from course_utils.checking.returns import WrongReturnError
from course_utils.checking.verdict import WRONG, Finding


def broken(
    error: BaseException, answer: Callable, given: Mapping[str, Any], sizes: Mapping[str, int]
) -> Finding:
    """The finding to tell about an exception.

    Args:
        error: what the answer raised.
        answer: the function, to find its own line in the traceback.
        given: the arguments of the call by name, as they were before it.
        sizes: the size behind each letter, ``{"N": 5}``.

    Returns:
        A finding about the whole call.
    """
    if isinstance(error, WrongReturnError):
        return Finding("", WRONG, "returns", str(error))
    line = _line_of(error, answer)
    code = line.line if line else None
    told = in_plain_words(error, sizes, given, _names_at(error, answer), code or "")
    at = f"\nin line {line.lineno} of the cell: `{line.line}`" if line and line.line else ""
    if line is None and _reached(error, answer):
        at = "\nIn no line of yours: it came up when what your function gave was used."
    shapes = [told for key, value in given.items() for told in _shapes(key, value)]
    came = f"\nThe arguments were {', '.join(shapes)}." if shapes else ""
    evidence = {"type": type(error).__name__, "line": line.lineno if line else None, "code": code}
    return Finding("", WRONG, "exception", told + at + came, evidence)


def _shapes(name: str, value: Any) -> list[str]:
    """``["cache[0] (5, 6)", "cache[1] (6, 7)"]``: the arrays within an argument."""
    if isinstance(value, (tuple, list)):
        return [told for i, v in enumerate(value) for told in _shapes(f"{name}[{i}]", v)]
    if isinstance(value, dict):
        return [told for key, v in value.items() for told in _shapes(f'{name}["{key}"]', v)]
    shape = getattr(value, "shape", None)  # of an array, or of another library's tensor
    return [f"{name} {tuple(shape)}"] if isinstance(shape, tuple) else []


def _names_at(error: BaseException, answer: Callable) -> dict[str, Any]:
    """The names that the student's innermost line could use, with their values."""
    code = getattr(inspect.unwrap(answer), "__code__", None)
    names: dict[str, Any] = {}
    trace = error.__traceback__
    while trace is not None and code is not None:
        frame, trace = trace.tb_frame, trace.tb_next
        if frame.f_code.co_filename == code.co_filename:
            names = {**frame.f_globals, **frame.f_locals}
    return {name: value for name, value in names.items() if not name.startswith("_")}


def _reached(error: BaseException, answer: Callable) -> bool:
    """Whether the function itself could be called: else the fault is its line with def."""
    function = inspect.unwrap(answer)
    wrong_call = isinstance(error, TypeError) and f"{function.__name__}() " in str(error)
    return hasattr(function, "__code__") and not wrong_call


def _line_of(error: BaseException, answer: Callable):
    """The innermost frame that is the student's own, not NumPy's and not ours."""
    told = getattr(error, "student_line", None)  # of an answer that ran in another process
    if told is not None:
        return told
    code = getattr(inspect.unwrap(answer), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if code is not None and f.filename == code.co_filename]
    return own[-1] if own else None
