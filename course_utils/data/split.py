"""Dividing labelled examples so that every part has the same mixture of classes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def stratified_split(
    y: np.ndarray, sizes: Sequence[int], rng: np.random.Generator
) -> tuple[np.ndarray, ...]:
    """Draw disjoint parts whose class counts are those of the whole, right to one.

    Args:
        y: integer labels, (N,).
        sizes: how many examples each part gets; the sum may be less than N.
        rng: decides which; the same state gives the same parts.

    Returns:
        One array of row numbers, int64 (size,), for each size, in random
        order. A class with n of the N labels is n·size/N times in a part,
        rounded up or down.

    Raises:
        ValueError: labels or sizes that cannot be split.
        TypeError: `rng` is no numpy.random.Generator.
    """
    y = np.asarray(y)
    sizes = _checked_sizes(y, sizes)
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"rng: expected a numpy.random.Generator, got {type(rng).__name__}; "
            "np.random.default_rng(seed) makes one"
        )
    _, label, totals = np.unique(y, return_inverse=True, return_counts=True)
    # What no part asks for is a part too: otherwise the counts would not add up.
    table = _class_counts(totals, [*sizes, len(y) - sum(sizes)])
    parts: list[list[np.ndarray]] = [[] for _ in sizes]
    for c, counts in enumerate(table):
        rows = rng.permutation(np.flatnonzero(label == c))
        for part, piece in zip(parts, np.split(rows, np.cumsum(counts[:-1])), strict=False):
            part.append(piece)  # the last piece, not asked for, is left out
    return tuple(rng.permutation(np.concatenate(part)) for part in parts)


def _class_counts(totals: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """Whole numbers nearest to totals[c]·sizes[k]/N with exactly these row and column sums."""
    share = np.multiply.outer(totals, np.asarray(sizes, dtype=np.int64))  # (C, K)
    counts = share // totals.sum()
    short = np.asarray(sizes) - counts.sum(axis=0)  # examples each part still misses
    for c, missing in enumerate(totals - counts.sum(axis=1)):
        # At most one more per class and part. Serving the neediest parts first
        # always works out (Ryser 1957: 0-1 matrices with given sums).
        neediest = np.argsort(-short, kind="stable")[:missing]
        counts[c, neediest] += 1
        short[neediest] -= 1
    return counts


def _checked_sizes(y: np.ndarray, sizes: Sequence[int]) -> list[int]:
    if y.ndim != 1 or y.dtype.kind not in "iu":
        cause = "; one-hot rows? use y.argmax(axis=1)" if y.ndim == 2 else ""
        raise ValueError(
            f"y: expected integer labels (N,), got {y.dtype} with shape {y.shape}{cause}"
        )
    for size in sizes:
        if isinstance(size, bool) or not isinstance(size, (int, np.integer)) or size < 1:
            cause = "; a share of the whole? write the count" if isinstance(size, float) else ""
            raise ValueError(f"sizes: expected whole numbers above 0, got {size!r}{cause}")
    total = sum(map(int, sizes))
    if total > len(y):
        raise ValueError(f"sizes: expected a sum of at most N = {len(y)}, got {total}")
    if not total:
        raise ValueError("sizes: expected at least one, got none")
    return [int(size) for size in sizes]
