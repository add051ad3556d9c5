"""Tell an exception that an answer raised: what it means, where, and on which shapes."""

from __future__ import annotations

import inspect
import re
import traceback
from collections.abc import Callable, Mapping
from typing import Any

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
    told = _in_plain_words(error, sizes) or f"{type(error).__name__}: {error}".rstrip(": ")
    line = _line_of(error, answer)
    at = f"\nin line {line.lineno} of the cell: `{line.line}`" if line and line.line else ""
    shapes = [told for key, value in given.items() for told in _shapes(key, value)]
    came = f"\nThe arguments were {', '.join(shapes)}." if shapes else ""
    evidence = {"type": type(error).__name__, "line": line.lineno if line else None}
    return Finding("", WRONG, "exception", told + at + came, evidence)


def _in_plain_words(error: BaseException, sizes: Mapping[str, int]) -> str:
    """NumPy's messages about shapes, with the letters of the course; "" for all others."""
    text = str(error)
    if inner := re.search(r"matmul.*\(size (\d+) is different from (\d+)\)", text):
        second, first = (_with_letter(int(n), sizes) for n in inner.groups())
        return (
            f"{type(error).__name__}: a product @ of arrays whose inner sizes do not meet, {first} "
            f"and {second}. A transpose is missing, or the order is wrong."
        )
    if inner := re.search(r"shapes .* not aligned: (\d+) \(dim \d\) != (\d+)", text):
        first, second = (_with_letter(int(n), sizes) for n in inner.groups())
        return (
            f"{type(error).__name__}: np.dot of arrays whose inner sizes do not meet, {first} "
            f"and {second}. A transpose is missing, or the order is wrong."
        )
    if shapes := re.search(r"broadcast together with shapes ((?:\([\d,]*\) ?)+)", text):
        told = " and ".join(_lettered(s, sizes) for s in re.findall(r"\([\d,]*\)", shapes[1]))
        return f"{type(error).__name__}: arrays of shapes {told} do not fit entry by entry."
    return ""


def _with_letter(size: int, sizes: Mapping[str, int]) -> str:
    letters = [letter for letter, value in sizes.items() if value == size]
    return f"{letters[0]} = {size}" if len(letters) == 1 else str(size)


def _lettered(shape: str, sizes: Mapping[str, int]) -> str:
    """``"(5,6)"`` becomes ``"(N, D) = (5, 6)"`` where every size has one letter."""
    numbers = [int(n) for n in re.findall(r"\d+", shape)]
    letters = [_with_letter(n, sizes).split(" = ")[0] for n in numbers]
    plain = ", ".join(map(str, numbers)) + ("," if len(numbers) == 1 else "")
    if any(letter.isdigit() for letter in letters):
        return f"({plain})"
    return f"({', '.join(letters)}{',' if len(letters) == 1 else ''}) = ({plain})"


def _shapes(name: str, value: Any) -> list[str]:
    """``["cache[0] (5, 6)", "cache[1] (6, 7)"]``: the arrays within an argument."""
    if isinstance(value, (tuple, list)):
        return [told for i, v in enumerate(value) for told in _shapes(f"{name}[{i}]", v)]
    if isinstance(value, dict):
        return [told for key, v in value.items() for told in _shapes(f'{name}["{key}"]', v)]
    shape = getattr(value, "shape", None)  # of an array, or of another library's tensor
    return [f"{name} {tuple(shape)}"] if isinstance(shape, tuple) else []


def _line_of(error: BaseException, answer: Callable):
    """The innermost frame that is the student's own, not NumPy's and not ours."""
    told = getattr(error, "student_line", None)  # of an answer that ran in another process
    if told is not None:
        return told
    code = getattr(inspect.unwrap(answer), "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if code is not None and f.filename == code.co_filename]
    return own[-1] if own else None
