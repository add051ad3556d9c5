"""What exceptions about names, keys and calls mean, in the words of the course."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Sizes = Mapping[str, int]


@dataclass(frozen=True)
class Scene:
    """What is known where an exception was raised.

    Args:
        text: the exception's own text.
        sizes: the size behind each letter, ``{"N": 5}``.
        given: the arguments of the call by name, as they were before it.
        names: the names that could be used in the line that raised it, with their values.
        code: that line.
    """

    text: str
    sizes: Sizes
    given: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""


def unpacked(scene: Scene, found: re.Match) -> str:
    """More or fewer names on the left of = than values on the right."""
    many, wanted, got = found[1] == "too many", found[2], found[3]
    cache = scene.given.get("cache") if "cache" in scene.code else None
    if isinstance(cache, (tuple, list)):
        return f"{wanted} names stand on the left; the cache has {len(cache)} entries."
    got = got or ("more" if many else "fewer")
    return f"{wanted} names stand on the left, but {got} values on the right."


def missing_key(scene: Scene, found: re.Match) -> str:
    """A key that a dictionary among the arguments has not."""
    key = found[0].strip("'\"")
    keyed = [(name, value) for name, value in scene.given.items() if isinstance(value, dict)]
    lacking = [(name, value) for name, value in keyed if key not in value]
    if not lacking:
        return ""
    told = [
        f"{name} has {', '.join(map(str, value))}" if value else f"{name} is empty here"
        for name, value in lacking
    ]
    return f"{key!r}: there is no such key. {'; '.join(told)}."


def no_name(scene: Scene, found: re.Match) -> str:
    """A name that nothing stands behind."""
    same = [name for name in scene.names if name.lower() == found[1].lower()]
    near = same or difflib.get_close_matches(found[1], scene.names, 2, 0.6)
    meant = f" Do you mean {' or '.join(near)}?" if near else ""
    return (
        f"{found[1]} has no value here.{meant} A name of another cell or function, a typing "
        "error, or a line further down that should stand above?"
    )


def no_value_yet(scene: Scene, found: re.Match) -> str:
    """A name of the function that has no value yet."""
    return (
        f"{found[1]} is used before it has a value in this function. Is it set only in one "
        "branch of an `if`, or only inside a loop, or below?"
    )


def several_values(scene: Scene, found: re.Match) -> str:
    """An attribute asked of a tuple, a dictionary, or a named result."""
    what = "several values together" if found[1] != "dict" else "a dictionary"
    return f"this is {what} ({found[1]}), which has no .{found[2]}: take the part that is meant."


def called_otherwise(scene: Scene, found: re.Match) -> str:
    """A line with def that takes other arguments than the lesson gives."""
    return (
        f"the lesson calls {found[1]} with {', '.join(scene.given)}: leave the line with def as "
        f"it was. (It {found[2].strip()}.)"
        if scene.given
        else ""
    )


def not_a_function(scene: Scene, found: re.Match) -> str:
    """A name of a function that was given a value, or ( ) behind an array."""
    for name in re.findall(r"([A-Za-z_]\w*)\s*\(", scene.code):
        value = scene.names.get(name)
        if name in scene.names and not callable(value):
            return (
                f"{name} is called here like a function, but holds {_one(value)}: another line or "
                "cell has given that name a value. Take another name there, and run it again."
            )
    if found[1] in ("ndarray", "numpy.ndarray"):
        return "an array is called like a function: is a * missing, or do ( ) stand for [ ]?"
    return ""


def lost_library(scene: Scene, found: re.Match) -> str:
    """np or torch under which something else stands; an attribute of None."""
    for name in ("np", "torch"):
        value = scene.names.get(name)
        if f"{name}.{found[2]}" in scene.code and name in scene.names and not _is_module(value):
            return (
                f"{name} is not the library here, but holds {_one(value)}: another line or cell "
                "has given that name a value. Run the setup cell again."
            )
    if found[1] == "NoneType":
        return (
            f"something that is None is asked for its .{found[2]}: a function without return, or "
            "a value that was never set?"
        )
    return ""


def with_none(scene: Scene, found: re.Match) -> str:
    """None in a sum or product."""
    used = re.findall(r"[A-Za-z_]\w*", scene.code)
    none = [n for n in dict.fromkeys(used) if n in scene.names and scene.names[n] is None]
    what = f"{none[0]} is None here" if none else "one of the two is None"
    return f"{what}: a function without return, or a value that was never set?"


def _one(value: Any) -> str:
    return "None" if value is None else f"one {type(value).__name__}"


def _is_module(value: Any) -> bool:
    return type(value).__name__ == "module"
