"""Nearest neighbours by angle: which pictures does a net find alike?"""

import numpy as np

from ._checks import expect_floats


def nearest_neighbours(Q, F, k):
    """Find the rows of F that point most nearly where each row of Q points.

    Args:
        Q: features that are asked about, (N, D), float.
        F: features to choose from, (M, D), float.
        k: how many, 1 to M.

    Returns:
        neighbours, (N, k), integers: rows of F, the nearest first, of equal ones the lowest
        row; and their cosine similarities, (N, k), from -1 to 1. A row of zeros points
        nowhere: its similarity to anything is 0.

    Raises:
        TypeError: Q or F holds no floats.
        ValueError: rows of different lengths, k out of range.

    Source:
        cos(q, f) = q · f / (|q| |f|).
    """
    expect_floats("Q", Q)
    expect_floats("F", F)
    if Q.ndim != 2 or F.ndim != 2 or Q.shape[1] != F.shape[1]:
        raise ValueError(f"Q, F: expected (N, D) and (M, D), got {Q.shape} and {F.shape}")
    if not 1 <= k <= len(F):
        raise ValueError(f"k: expected 1 to M = {len(F)}, got {k!r}")
    similarity = _of_length_one(Q) @ _of_length_one(F).T  # (N, M)
    neighbours = np.argsort(-similarity, axis=1, kind="stable")[:, :k]  # (N, k)
    return neighbours, np.take_along_axis(similarity, neighbours, axis=1)


def _of_length_one(X):
    lengths = np.linalg.norm(X, axis=1, keepdims=True)  # (N, 1)
    return X / np.where(lengths > 0, lengths, 1)
