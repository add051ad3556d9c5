"""Reading columns of a table of runs: a pandas DataFrame, or lists in a dictionary."""

from __future__ import annotations

from numbers import Real
from typing import Any

import numpy as np

from course_utils.words import listed, number


def column_of(table: Any, name: str) -> np.ndarray:
    """Give one column as an array.

    Args:
        table: a pandas DataFrame, or a mapping name to column, (K,).
        name: which.

    Returns:
        (K,), numbers, or strings where one entry is no number.

    Raises:
        ValueError: no such column, or no rows.
    """
    known = list(table.keys())
    if name not in known:
        raise ValueError(f"table: expected a column {name!r}; there are {listed(known)}")
    entries = list(table[name])
    if not entries:
        raise ValueError(f"table: expected at least one row, got none in {name!r}")
    if all(isinstance(entry, Real) and not isinstance(entry, bool) for entry in entries):
        return np.array(entries)
    return np.array([str(entry) for entry in entries], dtype=object)


def settings_of(column: np.ndarray) -> list:
    """The different values of a column: numbers in order, words as they first occur."""
    if column.dtype.kind in "iuf":
        return np.unique(column).tolist()
    return list(dict.fromkeys(column.tolist()))


def setting_name(value: Any) -> str:
    """How a setting is written: ``"0.001"``, ``"1200"``, ``"adam"``."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g}" if float(value).is_integer() and abs(value) < 1e6 else number(value)
    return str(value)


def sign_of(best: str) -> int:
    """1 where large is good, −1 where small is.

    Raises:
        ValueError: neither ``"max"`` nor ``"min"``.
    """
    if best not in ("max", "min"):
        raise ValueError(f'best: expected "max" or "min", got {best!r}')
    return 1 if best == "max" else -1
