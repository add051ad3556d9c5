"""Eigenvectors by multiplying again and again, and principal components found that way."""

import warnings

import numpy as np

from ._checks import expect_floats, expect_generator, expect_shape, expect_whole
from .pca import ROUNDING, centred_examples, signs_fixed


def power_iteration(S, v, steps):
    """Find the eigenvector of largest eigenvalue by multiplying with S again and again.

    Args:
        S: symmetric matrix, (D, D), float.
        v: where to start, (D,), float, any length but 0.
        steps: how many multiplications, 0 or more; after each the length is made 1.

    Returns:
        eigenvalue: the Rayleigh quotient v · S v of the vector returned: a number with
        its sign, of the largest size of all eigenvalues if the steps were enough.
        eigenvector, (D,), of length 1. Each step shrinks what is wrong with it by the
        factor |second eigenvalue / first|.

    Raises:
        TypeError: S or v does not hold floats, or steps is no whole number.
        ValueError: S is not symmetric, shapes do not fit, v is 0, steps is negative.

    Source:
        von Mises and Pollaczek-Geiringer, Praktische Verfahren der Gleichungsauflösung, 1929.
    """
    _expect_symmetric(S)
    expect_floats("v", v)
    expect_shape("v", v, (len(S),), "(D,)", "with D from S")
    expect_whole("steps", steps, 0)
    length = np.linalg.norm(v)
    if not 0 < length < np.inf:
        raise ValueError(f"v: expected a vector of a length above 0, got length {length:g}")
    v = v / length  # (D,)
    for _ in range(steps):
        w = S @ v  # (D,)
        length = np.linalg.norm(w)
        if length == 0:  # S maps v to 0: v is an eigenvector already, with eigenvalue 0
            break
        v = w / length
    return v @ S @ v, v


def power_pca(X, k, rng, *, steps=1000, tol=1e-10):
    """Find principal components one at a time, by power iteration.

    A step costs two products of X with a vector; the matrix of covariances is never
    built. What lies along the components found before is taken out after each step
    (deflation), so that the next one comes first.

    Args:
        X: examples, (N, D), float, at least two of them.
        k: how many components, from 1 to min(N, D).
        rng: numpy.random.Generator, draws where to start.
        steps: at most so many for each component.
        tol: a component is done when a step moves it by no more than this length.

    Returns:
        mean, (D,), components, (k, D), and variances, (k,), as pca_fit. Warns where the
        steps were not enough: two variances nearly alike.

    Raises:
        TypeError: X does not hold floats, k or steps is no whole number, or rng is no generator.
        ValueError: as pca_fit; steps below 1.

    Source:
        X^T (X v), for a centred X, is (N - 1) S v with the matrix of covariances S.
    """
    mean, centred = centred_examples(X, k)
    expect_generator(rng)
    expect_whole("steps", steps, 1)
    found, squares = np.zeros((k, X.shape[1])), np.zeros(k)
    for i in range(k):
        start = rng.standard_normal(X.shape[1])
        noise = ROUNDING * squares.max(initial=0)
        found[i], moved = _settled(centred, start, found[:i], steps, tol, noise)
        squares[i] = np.sum((centred @ found[i]) ** 2)
        if moved > tol:
            warnings.warn(
                f"component {i}: step {steps} still moved it by {moved:.1g}, more than tol; "
                "the next variance is nearly as large. More steps?",
                RuntimeWarning,
                stacklevel=2,
            )
    results = mean, signs_fixed(found), squares / (len(X) - 1)
    return tuple(a.astype(X.dtype) for a in results)


def _settled(centred, v, found, steps, tol, noise):
    """Iterate until the direction rests: a unit vector outside of found, and its last move."""
    v, moved = _unit(_outside(v, found)), 0.0
    for _ in range(steps):
        # In every step, as rounding lets the components found before grow again.
        w = _outside(centred.T @ (centred @ v), found)  # (D,)
        if np.linalg.norm(w) <= noise:  # no variance is left: any direction is as good
            return v, 0.0
        w = _unit(w)
        v, moved = w, np.linalg.norm(w - v)
        if moved <= tol:
            break
    return v, moved


def _outside(w, found):
    """What is left of w, (D,), when the unit rows of found, (i, D), are taken out."""
    return w - (found @ w) @ found


def _unit(w):
    return w / np.linalg.norm(w)


def _expect_symmetric(S):
    expect_floats("S", S)
    if S.ndim != 2 or S.shape[0] != S.shape[1]:
        raise ValueError(f"S: expected a square matrix (D, D), got {S.shape}; X instead of X^T X?")
    difference = np.abs(S - S.T).max(initial=0)
    if not difference <= np.sqrt(np.finfo(S.dtype).eps) * np.abs(S).max(initial=0):
        raise ValueError(
            f"S: expected a symmetric matrix, but S and S^T differ by up to {difference:.2g}"
        )
