"""Slips in basis functions: Gaussian bumps and powers."""

from __future__ import annotations

import math

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_dense import (
    NOT_SUMMED,
    SUMMED_AWAY,
    TRANSPOSED,
    WHOLE_NUMBERS,
)
from course_utils.checking.mistakes.advice_linear import (
    BUMP_CURVE,
    BUMP_DISTANCE,
    BUMP_WIDTH,
    POWERS_KIND,
    POWERS_RANGE,
)

_BUMPS, _POWERS = "gaussian_basis", "polynomial_basis"


def _differences(X, centres):
    return X[:, None, :] - centres  # (N, M, D)


def _squares(X, centres):
    return (_differences(X, centres) ** 2).sum(axis=2)  # (N, M)


def _bumps(X, centres, width):
    return np.exp(-_squares(X, centres) / (2 * width**2))


@mistake(
    _BUMPS, "Phi", "Phi grows with the distance: the minus in the exponent is lost", BUMP_CURVE
)
def no_minus(X, centres, width):
    return np.exp(_squares(X, centres) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi leaves exp out", BUMP_CURVE)
def no_exp(X, centres, width):
    return -_squares(X, centres) / (2 * width**2)


@mistake(_BUMPS, "Phi", "Phi holds the squared distances alone", BUMP_CURVE)
def distances_alone(X, centres, width):
    return _squares(X, centres)


@mistake(_BUMPS, "Phi", "Phi is divided by the area under the bump, as a density is", BUMP_CURVE)
def density(X, centres, width):
    return _bumps(X, centres, width) / (math.sqrt(2 * math.pi) * width)


@mistake(_BUMPS, "Phi", "Phi is divided by the volume under the bump, as a density is", BUMP_CURVE)
def density_of_all(X, centres, width):
    return _bumps(X, centres, width) / (math.sqrt(2 * math.pi) * width) ** X.shape[1]


@mistake(_BUMPS, "Phi", "Phi is normalised: each row sums to 1", BUMP_CURVE)
def rows_sum_to_one(X, centres, width):
    Phi = _bumps(X, centres, width)
    return Phi / Phi.sum(axis=1, keepdims=True)


@mistake(_BUMPS, "Phi", "Phi has a column of ones more, which is not asked for", BUMP_CURVE)
def column_of_ones(X, centres, width):
    return np.hstack([np.ones((len(X), 1)), _bumps(X, centres, width)])


@mistake(_BUMPS, "Phi", "Phi has lost the 2 beneath the fraction bar", BUMP_WIDTH)
def no_two(X, centres, width):
    return np.exp(-_squares(X, centres) / width**2)


@mistake(_BUMPS, "Phi", "Phi does not square the width", BUMP_WIDTH)
def width_not_squared(X, centres, width):
    return np.exp(-_squares(X, centres) / (2 * width))


@mistake(_BUMPS, "Phi", "Phi neither squares the width nor has the 2", BUMP_WIDTH)
def over_the_width(X, centres, width):
    return np.exp(-_squares(X, centres) / width)


@mistake(_BUMPS, "Phi", "Phi squares the 2 together with the width", BUMP_WIDTH)
def two_squared(X, centres, width):
    return np.exp(-_squares(X, centres) / (2 * width) ** 2)


@mistake(
    _BUMPS, "Phi", "Phi multiplies by width² instead of dividing: brackets missing", BUMP_WIDTH
)
def brackets_missing(X, centres, width):
    return np.exp(-_squares(X, centres) / 2 * width**2)


@mistake(_BUMPS, "Phi", "Phi multiplies by the width instead of dividing by its square", BUMP_WIDTH)
def times_width(X, centres, width):
    return np.exp(-width * _squares(X, centres))


@mistake(_BUMPS, "Phi", "Phi does not use the width", BUMP_WIDTH)
def no_width(X, centres, width):
    return np.exp(-_squares(X, centres) / 2)


@mistake(_BUMPS, "Phi", "Phi uses neither the width nor the 2", BUMP_WIDTH)
def neither_width_nor_two(X, centres, width):
    return np.exp(-_squares(X, centres))


@mistake(_BUMPS, "Phi", "Phi takes the distance, not its square", BUMP_DISTANCE)
def not_squared(X, centres, width):
    return np.exp(-np.sqrt(_squares(X, centres)) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi is exp(−distance/width), a peak and not a bump", BUMP_DISTANCE)
def peak(X, centres, width):
    return np.exp(-np.sqrt(_squares(X, centres)) / width)


@mistake(_BUMPS, "Phi", "Phi sums |differences| where their squares belong", BUMP_DISTANCE)
def absolute(X, centres, width):
    return np.exp(-np.abs(_differences(X, centres)).sum(axis=2) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi squares the sum of |differences|, not each difference", BUMP_DISTANCE)
def absolute_squared(X, centres, width):
    return np.exp(-(np.abs(_differences(X, centres)).sum(axis=2) ** 2) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi sums the differences first and squares then", BUMP_DISTANCE)
def summed_then_squared(X, centres, width):
    return np.exp(-(_differences(X, centres).sum(axis=2) ** 2) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi takes the mean over the coordinates, not the sum", BUMP_DISTANCE)
def mean_of_squares(X, centres, width):
    return np.exp(-(_differences(X, centres) ** 2).mean(axis=2) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi squares the distance twice", BUMP_DISTANCE)
def squared_twice(X, centres, width):
    return np.exp(-(_squares(X, centres) ** 2) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi adds X and centre where the difference belongs", BUMP_DISTANCE)
def added(X, centres, width):
    return np.exp(-_squares(X, -centres) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi has a number for each coordinate: they are not summed", NOT_SUMMED)
def not_summed(X, centres, width):
    return np.exp(-(_differences(X, centres) ** 2) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi sums over the rows of X, not over the coordinates", SUMMED_AWAY)
def summed_over_rows(X, centres, width):
    return np.exp(-(_differences(X, centres) ** 2).sum(axis=0) / (2 * width**2))


@mistake(_BUMPS, "Phi", "Phi has the centres as rows: it is transposed", TRANSPOSED)
def transposed(X, centres, width):
    return _bumps(X, centres, width).T


def _power(x, exponents):
    return x[:, None] ** np.asarray(exponents, dtype=x.dtype)


@mistake(_POWERS, "Phi", "Phi starts at x¹: every power is one too high", POWERS_RANGE)
def starts_at_one(x, degree):
    return _power(x, np.arange(1, degree + 2))


@mistake(_POWERS, "Phi", "Phi has no column of ones, x⁰", POWERS_RANGE)
def no_ones(x, degree):
    return _power(x, np.arange(1, degree + 1))


@mistake(_POWERS, "Phi", "Phi ends one power too early", POWERS_RANGE)
def last_missing(x, degree):
    return _power(x, np.arange(degree))


@mistake(_POWERS, "Phi", "Phi ends one power too late", POWERS_RANGE)
def one_more(x, degree):
    return _power(x, np.arange(degree + 2))


@mistake(_POWERS, "Phi", "Phi has the highest power first", POWERS_RANGE)
def falling(x, degree):
    return _power(x, np.arange(degree + 1))[:, ::-1]


@mistake(_POWERS, "Phi", "Phi has zeros in its first column, where x⁰ = 1 belongs", POWERS_RANGE)
def first_column_zero(x, degree):
    Phi = _power(x, np.arange(degree + 1))
    Phi[:, 0] = 0
    return Phi


@mistake(_POWERS, "Phi", "Phi has x in its first column, where x⁰ = 1 belongs", POWERS_RANGE)
def first_column_x(x, degree):
    Phi = _power(x, np.arange(degree + 1))
    Phi[:, 0] = x
    return Phi


@mistake(_POWERS, "Phi", "Phi has the column of ones twice: later powers are late", POWERS_RANGE)
def ones_twice(x, degree):
    return _power(x, np.maximum(np.arange(degree + 1) - 1, 0))


@mistake(_POWERS, "Phi", "Phi has the highest power in every column", POWERS_KIND)
def highest_everywhere(x, degree):
    return _power(x, np.full(degree + 1, degree))


@mistake(_POWERS, "Phi", "Phi holds one array many times: x is multiplied into it", POWERS_KIND)
def one_array(x, degree):
    return _power(x, np.full(degree + 1, degree + 1))


@mistake(_POWERS, "Phi", "Phi holds multiples m·x, not powers", POWERS_KIND)
def multiples(x, degree):
    return x[:, None] * np.arange(degree + 1)


@mistake(_POWERS, "Phi", "Phi has base and exponent exchanged", POWERS_KIND)
def exchanged(x, degree):
    return np.arange(degree + 1.0) ** x[:, None]


@mistake(_POWERS, "Phi", "Phi drops the sign of x", POWERS_KIND)
def absolute_x(x, degree):
    return _power(np.abs(x), np.arange(degree + 1))


@mistake(
    _POWERS, "Phi", "Phi takes powers by exp and log, which negative x do not have", POWERS_KIND
)
def by_logarithms(x, degree):
    return np.exp(np.log(x)[:, None] * np.arange(degree + 1))


@mistake(_POWERS, "Phi", "Phi adds the powers up from column to column", POWERS_KIND)
def running_sums(x, degree):
    return np.cumsum(_power(x, np.arange(degree + 1)), axis=1)


@mistake(_POWERS, "Phi", "Phi divides by factorials, as a Taylor series does", POWERS_KIND)
def factorials(x, degree):
    return _power(x, np.arange(degree + 1)) / [math.factorial(m) for m in range(degree + 1)]


@mistake(_POWERS, "Phi", "Phi squares the column before, so x³ is skipped", POWERS_KIND)
def squared_on(x, degree):
    return _power(x, np.array([0, *(2.0**m for m in range(degree))]))


@mistake(_POWERS, "Phi", "Phi has even powers only", POWERS_KIND)
def even_only(x, degree):
    return _power(x, 2 * np.arange(degree + 1))


@mistake(_POWERS, "Phi", "Phi has the powers as rows: it is transposed", TRANSPOSED)
def powers_as_rows(x, degree):
    return _power(x, np.arange(degree + 1)).T


@mistake(_POWERS, "Phi", "Phi is made of whole numbers, which cut off fractions", WHOLE_NUMBERS)
def whole_numbers(x, degree):
    return _power(x, np.arange(degree + 1)).astype(int)
