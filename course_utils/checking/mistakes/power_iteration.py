"""Slips in the power iteration."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_pca import (
    OTHER_METHOD,
    RAYLEIGH,
    STEPS,
    UNIT_VECTOR,
)

POWER = "power_iteration"
BOTH = "eigenvalue eigenvector"


def _unit(v):
    return v / np.linalg.norm(v)


def _after(S, v, steps):
    """The unit vector after so many steps."""
    v = _unit(v)
    for _ in range(steps):
        v = _unit(S @ v)
    return v


def _pair(S, v):
    return {"eigenvalue": v @ S @ v, "eigenvector": v}


# The eigenvalue alone may be a step behind, below: only both together are a step too few.
@mistake(POWER, WHOLE, "one step too few is made", STEPS)
def one_too_few(S, v, steps):
    return tuple(_pair(S, _after(S, v, steps - 1)).values())


@mistake(POWER, BOTH, "one step too many is made", STEPS)
def one_too_many(S, v, steps):
    return _pair(S, _after(S, v, steps + 1))


@mistake(POWER, BOTH, "every step starts from v again: there is never more than one", STEPS)
def never_more_than_one(S, v, steps):
    return _pair(S, _after(S, v, 1))


@mistake(POWER, WHOLE, "this is the start v: no step has changed it", STEPS)
def only_the_start(S, v, steps):
    return tuple(_pair(S, _unit(v)).values())


@mistake(POWER, BOTH, "each step multiplies with S twice", STEPS)
def two_products(S, v, steps):
    return _pair(S, _after(S, v, 2 * steps))


@mistake(
    POWER, "eigenvector", "eigenvector is not brought to length 1 after the last step", UNIT_VECTOR
)
def last_not_unit(S, v, steps):
    return S @ _after(S, v, steps - 1)


@mistake(POWER, BOTH, "v is not brought to length 1 at any step", UNIT_VECTOR)
def never_unit(S, v, steps):
    for _ in range(steps):
        v = S @ v
    return _pair(S, v)


@mistake(POWER, "eigenvector", "eigenvector is brought to length 1 only at the start", UNIT_VECTOR)
def unit_at_the_start(S, v, steps):
    v = _unit(v)
    for _ in range(steps):
        v = S @ v
    return v


@mistake(
    POWER, BOTH, "v is brought to length 1 only at the end: until then it overflows", UNIT_VECTOR
)
def unit_at_the_end(S, v, steps):
    for _ in range(steps):
        v = S @ v
    return _pair(S, _unit(v))


@mistake(
    POWER, "eigenvector", "eigenvector is divided by its largest entry, not its length", UNIT_VECTOR
)
def by_largest_entry(S, v, steps):
    v = _after(S, v, steps)
    return v / np.abs(v).max()


@mistake(POWER, "eigenvector", "eigenvector is divided by the sum of its entries", UNIT_VECTOR)
def by_sum(S, v, steps):
    v = _after(S, v, steps)
    return v / v.sum()


@mistake(POWER, "eigenvector", "eigenvector is divided by the sum of absolute entries", UNIT_VECTOR)
def by_absolute_sum(S, v, steps):
    v = _after(S, v, steps)
    return v / np.abs(v).sum()


@mistake(POWER, "eigenvector", "eigenvector is divided by the square of its length", UNIT_VECTOR)
def by_squared_length(S, v, steps):
    w = S @ _after(S, v, steps - 1)
    return w / (w @ w)


@mistake(
    POWER, "eigenvector", "eigenvector is divided by the eigenvalue, not by its length", UNIT_VECTOR
)
def by_eigenvalue(S, v, steps):
    w = S @ _after(S, v, steps - 1)
    return w / (_unit(w) @ S @ _unit(w))


@mistake(POWER, "eigenvalue", "eigenvalue is the length of S v: a length has no sign", RAYLEIGH)
def length_of_product(S, v, steps):
    return np.linalg.norm(S @ _after(S, v, steps))


@mistake(
    POWER, "eigenvalue", "eigenvalue is the length of the last product: it has no sign", RAYLEIGH
)
def last_length(S, v, steps):
    return np.linalg.norm(S @ _after(S, v, steps - 1))


@mistake(
    POWER, "eigenvalue", "eigenvalue is the length of the last product: it has no sign", RAYLEIGH
)
def last_length_from_v(S, v, steps):
    for _ in range(steps):
        w = S @ v  # v itself, however long, at the first step
        v = _unit(w)
    return np.linalg.norm(w)


@mistake(POWER, "eigenvalue", "eigenvalue is that of the vector before the last step", STEPS)
def one_step_behind(S, v, steps):
    v = _after(S, v, steps - 1)
    return v @ S @ v


@mistake(POWER, "eigenvalue", "eigenvalue is squared", RAYLEIGH)
def squared(S, v, steps):
    v = _after(S, v, steps)
    return (v @ S @ v) ** 2


@mistake(POWER, "eigenvalue", "eigenvalue is the square of the length of S v", RAYLEIGH)
def squared_length(S, v, steps):
    w = S @ _after(S, v, steps)
    return w @ w


@mistake(POWER, "eigenvalue", "eigenvalue has lost its sign", RAYLEIGH)
def absolute(S, v, steps):
    v = _after(S, v, steps)
    return abs(v @ S @ v)


@mistake(POWER, "eigenvalue", "eigenvalue is the mean of S v / v, entry by entry", RAYLEIGH)
def mean_of_ratios(S, v, steps):
    v = _after(S, v, steps)
    return np.mean(S @ v / v)


@mistake(POWER, "eigenvalue", "eigenvalue is the ratio of two first entries", RAYLEIGH)
def first_ratio(S, v, steps):
    v = _after(S, v, steps)
    return (S @ v)[0] / v[0]


@mistake(POWER, "eigenvalue", "eigenvalue is the largest entry of S v", RAYLEIGH)
def largest_entry(S, v, steps):
    return np.max(S @ _after(S, v, steps))


@mistake(POWER, "eigenvalue", "eigenvalue is taken at the start v, not where the steps lead", STEPS)
def at_the_start(S, v, steps):
    v = _unit(v)
    return v @ S @ v


@mistake(POWER, "eigenvalue", "eigenvalue is v · S v of a v that is not of length 1", RAYLEIGH)
def of_a_long_vector(S, v, steps):
    w = S @ _after(S, v, steps - 1)
    return w @ S @ w


@mistake(POWER, "eigenvalue", "eigenvalue is the trace of S, the sum of all eigenvalues", RAYLEIGH)
def trace(S, v, steps):
    return np.trace(S)


@mistake(POWER, "eigenvalue", "eigenvalue has an entry for each input", RAYLEIGH)
def not_summed(S, v, steps):
    v = _after(S, v, steps)
    return v * (S @ v)


@mistake(POWER, BOTH, "these are exact, from eigh, not what the steps lead to", OTHER_METHOD)
def exact(S, v, steps):
    values, vectors = np.linalg.eigh(S)
    i = np.argmax(np.abs(values))
    return {"eigenvalue": values[i], "eigenvector": vectors[:, i]}


@mistake(
    POWER, BOTH, "these belong to the last eigenvalue of eigh, from no step at all", OTHER_METHOD
)
def last_of_eigh(S, v, steps):
    values, vectors = np.linalg.eigh(S)
    return {"eigenvalue": values[-1], "eigenvector": vectors[:, -1]}


@mistake(POWER, BOTH, "S v is added to v: each step multiplies with S + 1", OTHER_METHOD)
def added(S, v, steps):
    v = _unit(v)
    for _ in range(steps):
        v = _unit(v + S @ v)
    return _pair(S, v)


@mistake(POWER, BOTH, "each step divides by S: this leads to the smallest eigenvalue", OTHER_METHOD)
def inverse(S, v, steps):
    v = _unit(v)
    for _ in range(steps):
        v = _unit(np.linalg.solve(S, v))
    return _pair(S, v)
