"""The same answer on numbers of another kind: single precision, another storage order."""

import functools

import numpy as np


def _deep(change, value):
    if isinstance(value, dict):
        return {key: _deep(change, entry) for key, entry in value.items()}
    if isinstance(value, tuple):
        return tuple(_deep(change, entry) for entry in value)
    return change(value)


def in_float32(answer):
    """The same, computed in single precision."""

    def lower(value):
        is_double = isinstance(value, np.ndarray) and value.dtype == np.float64
        return value.astype(np.float32) if is_double else value

    @functools.wraps(answer)
    def wrapped(*args, **kwargs):
        return answer(*(_deep(lower, a) for a in args), **kwargs)

    return wrapped


def in_fortran_order(answer):
    """The same, on arrays stored column by column."""

    def stored(value):
        return np.asfortranarray(value) if isinstance(value, np.ndarray) else value

    @functools.wraps(answer)
    def wrapped(*args, **kwargs):
        return answer(*(_deep(stored, a) for a in args), **kwargs)

    return wrapped


def strided(array):
    """The same numbers as a view of every second entry of a larger array."""
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), 7.0, array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def frozen(array):
    """The same numbers, not to be written to."""
    array = np.array(array)
    array.flags.writeable = False
    return array
