"""What common exceptions mean, in the words and letters of the course.

Each entry of `_KNOWN` looks at the text of an exception and says what it means,
and what to look at; never the line that would be right.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from course_utils.checking.plain_names import (
    Scene,
    Sizes,
    called_otherwise,
    lost_library,
    missing_key,
    no_name,
    no_value_yet,
    not_a_function,
    several_values,
    unpacked,
    with_none,
)


def in_plain_words(
    error: BaseException,
    sizes: Sizes,
    given: Mapping[str, Any],
    names: Mapping[str, Any] | None = None,
    code: str = "",
) -> str:
    """What an exception means, with its kind in front; its own text where nothing is known.

    Args:
        error: what an answer raised.
        sizes: the size behind each letter, ``{"N": 5}``.
        given: the arguments of the call by name.
        names: the names that could be used in the line that raised it, with their values.
        code: that line.
    """
    kind = type(error).__name__
    scene = Scene(str(error), sizes, given, names or {}, code)
    for kinds, pattern, tell in _KNOWN:
        found = re.search(pattern, scene.text) if kinds.intersection(_kinds(error)) else None
        told = tell(scene, found) if found else ""
        if told:
            return f"{kind}: {told}"
    return f"{kind}: {error}".rstrip(": ")


def _kinds(error: BaseException) -> set[str]:
    return {c.__name__ for c in type(error).__mro__}


def _inner_sizes(what: str) -> Callable:
    def tell(scene: Scene, found: re.Match) -> str:
        first, second = (_with_letter(int(n), scene.sizes) for n in found.groups())
        return (
            f"{what} of arrays whose inner sizes do not meet, {first} and {second}. "
            "A transpose is missing, or the order is wrong."
        )

    return tell


def _rows_and_layer(scene: Scene, found: re.Match) -> str:
    first, second = (_with_letter(int(n), scene.sizes) for n in found.groups())
    return (
        f"rows of {first} numbers meet a layer, or a matrix, that takes {second}: these shapes "
        "cannot be multiplied."
    )


def _matmul(scene: Scene, found: re.Match) -> str:
    second, first = (_with_letter(int(n), scene.sizes) for n in found.groups())
    return (
        f"a product @ of arrays whose inner sizes do not meet, {first} and {second}. "
        "A transpose is missing, or the order is wrong."
    )


def _entry_by_entry(scene: Scene, found: re.Match) -> str:
    shapes = [_numbers(s) for s in re.findall(r"\([\d,]*\)", found[1])]
    told = " and ".join(_lettered(s, scene.sizes) for s in shapes)
    return f"arrays of shapes {told} do not fit entry by entry.{_which_axis(shapes, scene.sizes)}"


def _which_axis(shapes: list[list[int]], sizes: Sizes) -> str:
    """Where one array lacks an axis of the other: which axis NumPy has matched it with."""
    if len(shapes) != 2:
        return ""
    large, small = sorted(shapes, key=len, reverse=True)
    if len(small) != 1 or len(large) < 2 or small[0] not in large[:-1]:
        return ""
    last, own = (_with_letter(n, sizes).split(" = ")[0] for n in (large[-1], small[0]))
    return (
        f" NumPy lines up the last axes: {own} with {last}. After a sum, mean or maximum, "
        "keepdims=True keeps the axis, with length 1; a vector needs axes of length 1 behind it."
    )


def _truth(scene: Scene, found: re.Match) -> str:
    return (
        "`if`, `and`, `or`, `not` and Python's own max and min ask for one True or False, and an "
        "array has one for every entry. What works entry by entry is needed here."
    )


def _caret(scene: Scene, found: re.Match) -> str:
    return "^ is no power in Python, but a comparison bit by bit. A power is written **."


def _needs_whole(scene: Scene, found: re.Match) -> str:
    return (
        "a size, a place or a number of rounds is a whole number, and this is a float. "
        "/ gives a float even where it comes out even; // gives a whole number."
    )


def _no_place(scene: Scene, found: re.Match) -> str:
    place, axis, size = (int(n) for n in found.groups())
    own = _with_letter(size, scene.sizes)
    return (
        f"index {place} on axis {axis}, which has {own} entries: 0 to {size - 1}. A loop that "
        "goes by another axis or by a fixed number, one step too far, or two indices exchanged?"
    )


def _not_square(scene: Scene, found: re.Match) -> str:
    return "only a square matrix can be inverted or solved with, and this one is not square."


def _no_graph(scene: Scene, found: re.Match) -> str:
    return (
        "nothing on the way to this number records gradients: it was computed under no_grad, "
        "or was detached, or all parameters on the way are frozen."
    )


def _axes_of_tensordot(scene: Scene, found: re.Match) -> str:
    return (
        "np.tensordot: the axes that are summed have other lengths in the two arrays. The wrong "
        "axes, or a window that is cut off at the edge?"
    )


def _nothing_left(scene: Scene, found: re.Match) -> str:
    return (
        f"there is no number to take the {found[1]} of: the array is empty. A slice that begins "
        "beyond the end, or ends where it begins?"
    )


def _whole_for_floats(scene: Scene, found: re.Match) -> str:
    return (
        "this works on floats, and got whole numbers. Are two arguments exchanged (labels where "
        "logits belong), or was an array made of whole numbers?"
    )


def _labels_as_floats(scene: Scene, found: re.Match) -> str:
    return "labels and places have to be whole numbers here, and got floats."


def _with_letter(size: int, sizes: Sizes) -> str:
    letters = [letter for letter, value in sizes.items() if value == size]
    return f"{letters[0]} = {size}" if len(letters) == 1 else str(size)


def _numbers(shape: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", shape)]


def _lettered(shape: list[int], sizes: Sizes) -> str:
    """``(N, D) = (5, 6)`` where every size has one letter, else ``(5, 6)``."""
    letters = [_with_letter(n, sizes).split(" = ")[0] for n in shape]
    comma = "," if len(shape) == 1 else ""
    plain = ", ".join(map(str, shape)) + comma
    if any(letter.isdigit() for letter in letters):
        return f"({plain})"
    return f"({', '.join(letters)}{comma}) = ({plain})"


# Names of the exceptions, what their text holds, and what to say then; the first that fits.
_KNOWN: tuple[tuple[frozenset[str], str, Callable[[Scene, re.Match], str]], ...] = tuple(
    (frozenset(kinds.split()), pattern, tell)
    for kinds, pattern, tell in (
        ("ValueError", r"matmul.*\(size (\d+) is different from (\d+)\)", _matmul),
        (
            "ValueError",
            r"shapes .* not aligned: (\d+) \(dim \d\) != (\d+)",
            _inner_sizes("np.dot"),
        ),
        (
            "RuntimeError",
            r"cannot be multiplied \(\d+x(\d+) and (\d+)x\d+\)",
            _rows_and_layer,
        ),
        ("ValueError", r"broadcast together with shapes ((?:\([\d,]*\) ?)+)", _entry_by_entry),
        ("ValueError", r"truth value of an array", _truth),
        ("RuntimeError", r"Boolean value of Tensor", _truth),
        ("TypeError", r"bitwise_xor|unsupported operand type\(s\) for \^", _caret),
        ("TypeError", r"'(?:numpy\.)?float(?:64|32)?' object cannot be interpreted", _needs_whole),
        ("TypeError", r"slice indices must be integers", _needs_whole),
        (
            "ValueError",
            r"(too many|not enough) values to unpack \(expected (\d+)(?:, got (\d+))?\)",
            unpacked,
        ),
        ("KeyError", r"^['\"]?\w+['\"]?$", missing_key),
        (
            "UnboundLocalError",
            r"local variable '(\w+)'",
            no_value_yet,
        ),
        ("NameError", r"name '(\w+)' is not defined", no_name),
        ("IndexError", r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)", _no_place),
        (
            "AttributeError",
            r"'(tuple|dict|\w*Result)' object has no attribute '(\w+)'",
            several_values,
        ),
        ("AttributeError", r"'(\w+)' object has no attribute '(\w+)'", lost_library),
        (
            "TypeError",
            r"^(?:[\w.]*\.)?(\w+)\(\) (takes .* given|missing .* argument.*|got an unexpected.*)$",
            called_otherwise,
        ),
        ("TypeError", r"'([\w.]+)' object is not callable", not_a_function),
        ("TypeError", r"unsupported operand type.*'NoneType'", with_none),
        ("ValueError", r"shape-mismatch for sum", _axes_of_tensordot),
        ("ValueError", r"zero-size array to reduction operation (\w+)", _nothing_left),
        ("ValueError", r"attempt to get (argmax|argmin) of an empty", _nothing_left),
        ("LinAlgError", r"must be square", _not_square),
        (
            "NotImplementedError RuntimeError",
            r"not implemented for '(?:Long|Int|Byte)'",
            _whole_for_floats,
        ),
        ("RuntimeError", r"expected scalar type Long but found", _labels_as_floats),
        ("IndexError", r"arrays used as indices must be", _labels_as_floats),
        ("RuntimeError", r"does not require grad", _no_graph),
    )
)
