"""Small measurements of arrays, cheap enough to take during training."""

from __future__ import annotations

import zlib
from collections.abc import Mapping

import numpy as np

# Entries of an array that a norm is estimated from: its error is then about 2 %, far less
# than any threshold cares for, at some microseconds whatever the size of the layer.
ENTRIES = 1000
ROWS_MEASURED = 1000  # of a data set, evenly spread, for mean and standard deviation


def array(value) -> np.ndarray:
    """Give a NumPy array of anything array-like, a torch tensor with a gradient too.

    Args:
        value: array, list, number or tensor.

    Returns:
        The same numbers, without a copy where that is possible.
    """
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return np.asarray(value)


def fingerprint(value) -> int:
    """Hash all bytes of an array; equal arrays have equal fingerprints.

    Args:
        value: array-like.

    Returns:
        A 32-bit checksum.
    """
    return zlib.crc32(np.ascontiguousarray(array(value)))


def fingerprints(arrays: Mapping) -> dict:
    """Hash each array of a mapping, by key."""
    return {key: fingerprint(value) for key, value in arrays.items()}


def batch_fingerprint(X, y) -> int:
    """Hash three examples of a batch and all its labels: which batch is it?

    Args:
        X: (N, ...), examples.
        y: (N,), labels; None without.
    """
    X = array(X)
    n = len(X)
    check = 0
    for row in {0, n // 2, n - 1} if n else ():
        check = zlib.crc32(np.ascontiguousarray(X[row]), check)
    return check if y is None else zlib.crc32(np.ascontiguousarray(array(y)), check)


def spread_entries(value) -> np.ndarray:
    """Copy up to ENTRIES entries of an array, always the same ones for a size.

    Args:
        value: array of any shape.

    Returns:
        (entries,), float64.
    """
    flat = array(value).reshape(-1)
    if flat.size <= ENTRIES:
        return flat.astype(float)
    return flat.take(_chosen(flat.size)).astype(float)


_CHOSEN: dict[int, np.ndarray] = {}


def _chosen(size: int) -> np.ndarray:
    """Positions drawn once: an even stride would see one column of a matrix only."""
    if size not in _CHOSEN:
        _CHOSEN[size] = np.sort(np.random.default_rng(size).integers(0, size, ENTRIES))
    return _CHOSEN[size]


def rms(value: np.ndarray) -> float:
    """Root of the mean square of all entries; 0.0 for none."""
    flat = value.reshape(-1)
    return float(np.sqrt(np.dot(flat, flat) / flat.size)) if flat.size else 0.0


def spread_rows(n: int, at_most: int = ROWS_MEASURED) -> np.ndarray:
    """Row numbers, evenly spread over n rows."""
    return np.linspace(0, n - 1, min(n, at_most)).astype(int)


def row_hashes(X) -> list[int]:
    """Hash each row; 0 for a row that is the same number throughout (a blank image).

    Args:
        X: (N, ...).

    Returns:
        N hashes; equal rows of the same dtype have equal ones.
    """
    rows = np.ascontiguousarray(X).reshape(len(X), -1)
    blank = (rows == rows[:, :1]).all(axis=1)
    return [0 if empty else hash(row.tobytes()) for row, empty in zip(rows, blank, strict=True)]
