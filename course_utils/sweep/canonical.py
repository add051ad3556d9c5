"""One text for one configuration, so that a run can be found again by what it was run with.

The rule: values that Python code can tell apart are different configurations. So ``1``, ``1.0``
and ``True`` are three, and ``(3, 3)`` is not ``[3, 3]``. NumPy's numbers become Python's first,
and the order of a dictionary's names means nothing. What a function is given is rebuilt from
the text, so two runs with the same text had the same input.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .errors import SweepError

SEED = "seed"  # the name under which a function is given its seed
_TUPLE = "()"  # JSON has no tuples: {"()": [...]}
_PLAIN = (type(None), bool, int, float, str)

_ADVICE = (
    (np.ndarray, "for a short list of numbers use .tolist(); name a large array and look it up "
     "in the function"),
    ((set, frozenset), "a set has no order: use sorted(...)"),
    ((bytes, bytearray), "use text"),
    (complex, "use two floats"),
)  # fmt: skip


@dataclass(frozen=True)
class Configuration:
    """A configuration as text; equal texts are equal configurations.

    Args:
        text: canonical JSON.
        names: in the order in which they were given, for the columns of tables.
    """

    text: str
    names: tuple[str, ...] = field(default=(), compare=False)

    @property
    def values(self) -> dict[str, Any]:
        """The configuration as a new dictionary, tuples and all."""
        values = decode(json.loads(self.text))
        return {name: values[name] for name in self.names or values}


def configuration(values: Mapping[str, Any]) -> Configuration:
    """Check a configuration and write it as canonical text.

    Args:
        values: {name: value}. A value is None, a bool, an int, a float, text, a NumPy number,
            or a list, tuple or dictionary of these.

    Returns:
        The Configuration.

    Raises:
        SweepError: a name or value that is not allowed; the message says where.

    Example:
        >>> configuration({"rate": 0.1, "size": (3, 3)}).text
        '{"rate":0.1,"size":{"()":[3,3]}}'
    """
    if isinstance(values, Configuration):
        return values
    if not isinstance(values, Mapping):
        raise SweepError(
            f"configuration: expected a dictionary such as {{'hidden': 10}}, got "
            f"{type(values).__name__}; make a list of them with grid(...) or sample(...)"
        )
    if SEED in values:
        raise SweepError(
            "configuration: 'seed' is not a part of it; say sweep(..., seeds=...), which gives "
            "each configuration the same seeds"
        )
    try:
        return Configuration(canonical_text(values, "configuration"), tuple(map(str, values)))
    except RecursionError:
        raise SweepError("configuration: a list or dictionary contains itself") from None


def canonical_text(value: Any, where: str) -> str:
    """Write a value as canonical JSON; ``where`` names it in an error."""
    encoded = encode(value, where)
    # repr of a float has all the digits that bring it back, so no two floats share a text.
    return json.dumps(encoded, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest(text: str, length: int) -> str:
    """Hexadecimal digits of the SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:length]


def encode(value: Any, where: str) -> Any:
    """Turn a value into what JSON can hold, tuples marked; see `decode`.

    Args:
        value: as for `configuration`.
        where: how to call it in an error.

    Returns:
        None, bool, int, float, str, or a list or dictionary of these.

    Raises:
        SweepError: something that has no canonical text.
    """
    if isinstance(value, np.generic):
        value = value.item()  # np.float32(0.1) becomes 0.10000000149011612, which it is
    if type(value) in _PLAIN:
        return value
    if type(value) is list:
        return [encode(item, f"{where}[{i}]") for i, item in enumerate(value)]
    if type(value) is tuple:
        return {_TUPLE: [encode(item, f"{where}[{i}]") for i, item in enumerate(value)]}
    if isinstance(value, Mapping):
        return {_key(key, where): encode(item, f"{where}[{key!r}]") for key, item in value.items()}
    raise SweepError(
        f"{where}: expected None, True or False, a number, text, or a list, tuple or dictionary "
        f"of these, got {type(value).__name__}; {_advice(value)}"
    )


def decode(value: Any) -> Any:
    """Undo `encode`."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {_TUPLE}:
        return tuple(decode(item) for item in value[_TUPLE])
    return {key: decode(item) for key, item in value.items()}


def _key(key: Any, where: str) -> str:
    if isinstance(key, np.str_):
        key = key.item()
    if type(key) is not str or key == _TUPLE:
        raise SweepError(
            f"{where}: expected names that are text other than {_TUPLE!r}, got {key!r}; JSON "
            f"cannot tell 1 from '1' as a name"
        )
    return key


def _advice(value: Any) -> str:
    for kind, advice in _ADVICE:
        if isinstance(value, kind):
            return advice
    if callable(value):
        return "a function has no text: give a name, such as 'relu', and look it up in the function"
    return "give a name or numbers, and build the object in the function"
