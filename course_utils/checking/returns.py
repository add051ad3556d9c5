"""Give names to what an answer returned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


class WrongReturnError(Exception):
    """The answer did not return what the exercise asks for."""


def unpack(result: Any, names: Sequence[str]) -> tuple:
    """The returned values as a tuple with one entry for each name.

    Raises:
        WrongReturnError: another number of values, or none; the message names them.
    """
    if len(names) == 1:
        return (result,)
    if isinstance(result, (tuple, list)) and len(result) == len(names):
        return tuple(result)
    got = f"{len(result)} values" if isinstance(result, (tuple, list)) else kind_of(result)
    raise WrongReturnError(f"expected {len(names)} values, ({', '.join(names)}), got {got}.")


def name_returns(names: Sequence[str], result: Any) -> dict[str, Any]:
    """What an answer returned, by name.

    Args:
        names: as in ``Exercise.returns``. A ``cache`` is left out: its form is
            free. A dictionary called ``grads`` is spread: ``grads["W1"]``
            becomes ``dW1``.
        result: what the answer returned.

    Raises:
        WrongReturnError: another number of values than names.
    """
    named: dict[str, Any] = {}
    values = unpack(result, names)
    _refuse_a_cache_first(names, values)
    for name, value in zip(names, values, strict=True):
        if name == "grads":
            if not isinstance(value, dict):
                raise WrongReturnError(f"grads: expected a dictionary, got {kind_of(value)}.")
            named.update({f"d{key}": entry for key, entry in value.items()})
        elif name != "cache":
            named[name] = value
    return named


def _refuse_a_cache_first(names: Sequence[str], values: tuple) -> None:
    """Where an array is asked for and the cache stands, and the array stands at its place."""
    if "cache" not in names:
        return
    last = values[list(names).index("cache")]
    swapped = isinstance(values[0], (tuple, dict)) and not isinstance(last, (tuple, dict, list))
    if swapped and names[0] != "cache" and last is not None:
        raise WrongReturnError(
            f"expected ({', '.join(names)}) in this order, but {names[0]} is a "
            f"{type(values[0]).__name__} and cache is one {type(last).__name__}: exchanged?"
        )


def kind_of(value: Any) -> str:
    """``one ndarray``, or a guess at why there is nothing."""
    return f"one {type(value).__name__}" if value is not None else "None (no `return`?)"
