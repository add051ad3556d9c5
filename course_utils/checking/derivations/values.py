"""Values with a derivative, and the arithmetic that the derivative needs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Value(NamedTuple):
    """An array, its derivative (None if it is 0) and how many axes are matrix axes."""

    a: np.ndarray
    t: np.ndarray | None
    rank: int


def boxed(a):
    """An array, also where NumPy has unwrapped an array of one fraction."""
    return a if a is None or isinstance(a, np.ndarray) else np.array(a, dtype=object)


def plus(a, b):
    """The sum of two derivatives, either of which may be None for 0."""
    if a is None or b is None:
        return b if a is None else a
    return a + b


def times(t, a):
    """A derivative, None for 0, times an array."""
    return None if t is None else t * a


def outer(x: Value, y: Value) -> Value:
    """The outer product of two vectors."""
    a, b = x.a[..., None], y.a[..., None, :]
    ta = None if x.t is None else x.t[..., None]
    tb = None if y.t is None else y.t[..., None, :]
    return Value(a * b, plus(times(ta, b), times(tb, a)), 2)
