"""What one run gives: numbers, histories and arrays, or the error that ended it."""

from __future__ import annotations

import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

FINISHED, FAILED = "finished", "failed"
_LINES = 12  # of a traceback that are kept


@dataclass
class Outcome:
    """How one run ended; made of plain text and arrays, so that it goes through any pipe.

    Args:
        status: "finished" or "failed".
        seconds: how long the function ran; NaN if nobody could measure it.
        result: what the function returned without its arrays, as JSON.
        arrays: {name: array}; a name inside a dictionary is written "weights.W1".
        error: for a failed run {"type", "message", "traceback"}.
    """

    status: str
    seconds: float
    result: str = "{}"
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    error: dict[str, str] | None = None


def finished(value: Any, seconds: float) -> Outcome:
    """Make the outcome of a run from what the function returned.

    Args:
        value: a dictionary of numbers, text, None, lists, arrays, and dictionaries of these.
        seconds: how long it took.

    Returns:
        An Outcome with the status "finished".

    Raises:
        TypeError: something else; the message says where and what to do.
    """
    if not isinstance(value, Mapping):
        raise TypeError(
            f"result: expected a dictionary such as {{'accuracy': 0.93}}, got "
            f"{type(value).__name__}; is the return missing?"
        )
    arrays: dict[str, np.ndarray] = {}
    plain = _plain_mapping(value, "", arrays)
    return Outcome(FINISHED, seconds, json.dumps(plain), arrays)


def failed(error: BaseException, seconds: float) -> Outcome:
    """Make the outcome of a run from the exception that ended it."""
    # The first entry of the traceback is the sweep's own line that called the function.
    inside = error.__traceback__.tb_next if error.__traceback__ else None
    lines = "".join(traceback.format_exception(type(error), error, inside)).splitlines()
    about = {
        "type": type(error).__name__,
        "message": str(error),
        "traceback": "\n".join(lines[-_LINES:]),
    }
    return Outcome(FAILED, seconds, error=about)


def _plain(value: Any, where: str, arrays: dict[str, np.ndarray]) -> Any:
    """Turn a value into what JSON can hold; arrays are put aside."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        value = value.item()
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list | tuple):
        return [_plain_item(item, f"{where}[{i}]") for i, item in enumerate(value)]
    if isinstance(value, Mapping):
        return _plain_mapping(value, f"{where}.", arrays)
    raise TypeError(
        f"result: {where}: expected a number, text, None, a list, an array or a dictionary of "
        f"these, got {type(value).__name__}; {_advice(value)}"
    )


def _plain_item(value: Any, where: str) -> Any:
    if isinstance(value, np.ndarray) and value.ndim:
        raise TypeError(
            f"result: {where}: expected a number in a list, got an array; make one array of all "
            "with np.stack, or give each a name in a dictionary"
        )
    return _plain(value, where, {})


def _plain_mapping(
    values: Mapping[str, Any], prefix: str, arrays: dict[str, np.ndarray]
) -> dict[str, Any]:
    plain = {}
    for name, value in values.items():
        if not isinstance(name, str):
            raise TypeError(f"result: expected names that are text, got {prefix}{name!r}")
        if isinstance(value, np.ndarray) and value.ndim:
            if value.dtype.hasobject:
                raise TypeError(
                    f"result: {prefix}{name}: expected an array of numbers or text, got one of "
                    "objects; rows of different lengths? Use a list of lists"
                )
            arrays[prefix + name] = np.array(value)  # a copy: the run may go on using its own
        else:
            plain[name] = _plain(value, prefix + name, arrays)
    return plain


def _advice(value: Any) -> str:
    if hasattr(value, "to_dict"):
        return "use .to_dict()"
    if hasattr(value, "detach"):
        return "use .item() for one number and .detach().cpu().numpy() for more"
    return "return numbers, not the object"
