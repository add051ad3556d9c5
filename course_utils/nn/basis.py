"""Basis functions: new columns made from the inputs, so that a linear model can bend."""

import numpy as np

from ._checks import expect_floats, expect_shape


def gaussian_basis(X, centres, width):
    """Measure how near each row of X is to each centre: 1 at the centre, 0 far away.

    Args:
        X: inputs, (N, D), float.
        centres: points, (M, D), float.
        width: distance over which a bump falls off, above 0, in the units of X.

    Returns:
        Phi, (N, M), of X's dtype, from 0 to 1.

    Raises:
        TypeError: X or centres do not hold floats.
        ValueError: shapes that do not fit, no centre, a width of 0 or less.

    Source:
        Phi[n,m] = exp(-|X[n] - centres[m]|^2 / (2 width^2)).
    """
    expect_floats("X", X)
    expect_floats("centres", centres)
    expect_shape("X", X, (None, None), "(N, D)")
    expect_shape("centres", centres, (None, X.shape[1]), "(M, D)", "with the D of X")
    if len(centres) == 0:
        raise ValueError("centres: expected at least one point, got none")
    if not width > 0:
        raise ValueError(f"width: expected a number above 0, got {width}")
    # Centre by centre: (N, M, D) differences at once would need D times the memory of Phi.
    squares = [((X - centre) ** 2).sum(axis=1) for centre in centres]  # M arrays (N,)
    exponents = np.stack(squares, axis=1) / (-2.0 * float(width) ** 2)  # (N, M)
    return np.exp(exponents).astype(X.dtype, copy=False)


def polynomial_basis(x, degree):
    """Give the powers of each number: a row 1, x, x^2, ... for each x.

    Args:
        x: inputs, (N,), float.
        degree: the highest power, a whole number from 0.

    Returns:
        Phi, (N, M) with M = degree + 1 columns, x^0 to x^degree, of x's dtype.

    Raises:
        TypeError: x does not hold floats, or degree is no whole number.
        ValueError: x is not one-dimensional, or degree is negative.

    Source:
        Phi[n,m] = x[n]^m, with 0^0 = 1.
    """
    expect_floats("x", x)
    expect_shape("x", x, (None,), "(N,)")
    _expect_degree(degree)
    return np.stack([x**power for power in range(degree + 1)], axis=1)  # (N, M)


def monomials(X, degree):
    """Give all products of powers of two inputs up to a total degree.

    Args:
        X: points of the plane, (N, 2), float.
        degree: the largest sum of both exponents, a whole number from 0.

    Returns:
        Phi, (N, M) with M = (degree + 1)(degree + 2)/2 columns, of X's dtype, sorted by
        total degree and within it by falling power of x1:
        1, x1, x2, x1^2, x1 x2, x2^2, x1^3, ...

    Raises:
        TypeError: X does not hold floats, or degree is no whole number.
        ValueError: X is not (N, 2), or degree is negative.

    Source:
        x1^a x2^b for all a + b <= degree.
    """
    expect_floats("X", X)
    expect_shape("X", X, (None, 2), "(N, 2)")
    first, second = (polynomial_basis(column, degree) for column in X.T)  # (N, degree + 1) each
    columns = [
        first[:, total - b] * second[:, b] for total in range(degree + 1) for b in range(total + 1)
    ]
    return np.stack(columns, axis=1)  # (N, M)


def _expect_degree(degree):
    if isinstance(degree, bool) or not isinstance(degree, int | np.integer):
        raise TypeError(f"degree: expected a whole number, got {type(degree).__name__}")
    if degree < 0:
        raise ValueError(f"degree: expected 0 or more, got {degree}")
