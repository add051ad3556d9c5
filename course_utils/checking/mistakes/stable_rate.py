"""Slips in the largest stable learning rate."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import SIGN
from course_utils.checking.mistakes.advice_linear import TWO_OVER_IT, WHICH_EIGENVALUE

_RATE = "largest_stable_rate"


def _eigenvalues(H):
    return np.linalg.eigvalsh(H)


@mistake(_RATE, "rate", "rate uses the smallest eigenvalue, not the largest", WHICH_EIGENVALUE)
def smallest(H):
    return 2 / _eigenvalues(H)[0]


@mistake(_RATE, "rate", "rate uses the trace, the sum of all eigenvalues", WHICH_EIGENVALUE)
def trace(H):
    return 2 / np.trace(H)


@mistake(_RATE, "rate", "rate uses the mean of the eigenvalues", WHICH_EIGENVALUE)
def mean(H):
    return 2 / np.trace(H) * len(H)


@mistake(
    _RATE, "rate", "rate uses the determinant, the product of the eigenvalues", WHICH_EIGENVALUE
)
def determinant(H):
    return 2 / np.linalg.det(H)


@mistake(_RATE, "rate", "rate uses the Frobenius norm: all eigenvalues are in it", WHICH_EIGENVALUE)
def frobenius(H):
    return 2 / np.linalg.norm(H)


@mistake(_RATE, "rate", "rate uses the largest sum of a row, a bound only", WHICH_EIGENVALUE)
def row_sums(H):
    return 2 / np.abs(H).sum(axis=1).max()


@mistake(_RATE, "rate", "rate uses the largest entry of H", WHICH_EIGENVALUE)
def largest_entry(H):
    return 2 / H.max()


@mistake(_RATE, "rate", "rate uses the first entry of H", WHICH_EIGENVALUE)
def first_entry(H):
    return 2 / H[0, 0]


@mistake(
    _RATE, "rate", "rate takes the first eigenvalue, in whatever order they come", WHICH_EIGENVALUE
)
def first_as_it_comes(H):
    return 2 / np.linalg.eigvals(H)[0].real


@mistake(
    _RATE, "rate", "rate takes the last eigenvalue, in whatever order they come", WHICH_EIGENVALUE
)
def last_as_it_comes(H):
    return 2 / np.linalg.eigvals(H)[-1].real


@mistake(_RATE, "rate", "rate uses the smallest eigenvalue, and has lost the 2", WHICH_EIGENVALUE)
def smallest_no_two(H):
    return 1 / _eigenvalues(H)[0]


@mistake(_RATE, "rate", "rate uses the trace, and has lost the 2", WHICH_EIGENVALUE)
def trace_no_two(H):
    return 1 / np.trace(H)


@mistake(_RATE, "rate", "rate uses the Frobenius norm, and has lost the 2", WHICH_EIGENVALUE)
def frobenius_no_two(H):
    return 1 / np.linalg.norm(H)


@mistake(_RATE, "rate", "rate uses the second largest eigenvalue", WHICH_EIGENVALUE)
def second_largest(H):
    return 2 / _eigenvalues(H)[-2:][0]


@mistake(_RATE, "rate", "rate has one number for each eigenvalue", WHICH_EIGENVALUE)
def all_of_them(H):
    return 2 / _eigenvalues(H)


@mistake(_RATE, "rate", "rate is the best one, not the largest: both ends count", WHICH_EIGENVALUE)
def best_rate(H):
    return 2 / (_eigenvalues(H)[0] + _eigenvalues(H)[-1])


@mistake(_RATE, "rate", "rate uses the largest distance between eigenvalues", WHICH_EIGENVALUE)
def spread(H):
    # One eigenvalue alone is no distance away from itself.
    apart = np.ptp(_eigenvalues(H))
    return 2 / apart if apart else np.inf


@mistake(_RATE, "rate", "rate is 1 over the largest eigenvalue, not 2 over it", TWO_OVER_IT)
def no_two(H):
    return 1 / _eigenvalues(H)[-1]


@mistake(_RATE, "rate", "rate has the 2 beneath the fraction bar", TWO_OVER_IT)
def two_below(H):
    return 1 / (2 * _eigenvalues(H)[-1])


@mistake(_RATE, "rate", "rate is the largest eigenvalue itself", TWO_OVER_IT)
def eigenvalue_itself(H):
    return _eigenvalues(H)[-1]


@mistake(_RATE, "rate", "rate grows with the eigenvalue: it is turned upside down", TWO_OVER_IT)
def upside_down(H):
    return _eigenvalues(H)[-1] / 2


@mistake(_RATE, "rate", "rate is twice the largest eigenvalue", TWO_OVER_IT)
def twice(H):
    return 2 * _eigenvalues(H)[-1]


@mistake(_RATE, "rate", "rate divides by the root of the eigenvalue", TWO_OVER_IT)
def root(H):
    return 2 / np.sqrt(_eigenvalues(H)[-1])


@mistake(_RATE, "rate", "rate is the root of what it should be", TWO_OVER_IT)
def root_of_all(H):
    return np.sqrt(2 / _eigenvalues(H)[-1])


@mistake(_RATE, "rate", "rate divides by the square of the eigenvalue", TWO_OVER_IT)
def squared(H):
    return 2 / _eigenvalues(H)[-1] ** 2


@mistake(_RATE, "rate", "rate has a minus: the eigenvalues of H are positive", SIGN)
def negative(H):
    return -2 / _eigenvalues(H)[-1]
