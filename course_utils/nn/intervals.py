"""How sure is an accuracy? A mean over repeats, and how far chance may have moved it."""

import math

import numpy as np


def mean_and_interval(hits, t):
    """Average an accuracy over repeated trainings, with an interval around it.

    Each repeat trains anew on training pictures drawn anew, and is measured on the same N
    test pictures. So the N answers of one repeat are no independent trials: the repeats are.

    Args:
        hits: (R, N), bool: whether repeat r named test picture n rightly; R at least 2.
        t: how many standard errors the interval reaches to each side, Student's t for
            R - 1 degrees of freedom: 4.30 for R = 3, 2.78 for R = 5, at 95 %.

    Returns:
        mean, low, high: three floats, low = mean - t s / sqrt(R), high = mean + t s / sqrt(R),
        with s the standard deviation of the R accuracies, divided by R - 1.

    Raises:
        ValueError: fewer than two repeats, or another shape.

    Source:
        Student, The probable error of a mean, Biometrika 1908.
    """
    hits = np.asarray(hits)
    if hits.ndim != 2 or len(hits) < 2:
        raise ValueError(f"hits: expected (R, N) with R of two or more, got {hits.shape}")
    accuracies = hits.mean(axis=1)  # (R,)
    mean = float(accuracies.mean())
    half = float(t) * float(accuracies.std(ddof=1)) / math.sqrt(len(hits))
    return mean, mean - half, mean + half
