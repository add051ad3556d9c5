"""Slips in the Hessian of logistic regression."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import SIGN
from course_utils.checking.mistakes.advice_linear import (
    CURVATURE_MEAN,
    CURVATURE_PENALTY,
    CURVATURE_SHAPE,
    CURVATURE_SLOPE,
)

_HESSIAN = "logistic_hessian"


def _weighted(X, weights):
    """The sum over the rows of weight times x xᵀ, over N."""
    return X.T @ (np.asarray(weights, dtype=X.dtype)[:, None] * X) / len(X)


def _penalty(X, weight_decay):
    return 2 * weight_decay * np.eye(X.shape[1], dtype=X.dtype)


def _data(X, p):
    return _weighted(X, p * (1 - p))


@mistake(_HESSIAN, "H", "H has no p (1 − p): each row counts in full", CURVATURE_SLOPE)
def no_slope(X, p, weight_decay=0.0):
    return _weighted(X, np.ones_like(p)) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H weighs the rows with p, not with p (1 − p)", CURVATURE_SLOPE)
def p_alone(X, p, weight_decay=0.0):
    return _weighted(X, p) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H weighs the rows with 1 − p, not with p (1 − p)", CURVATURE_SLOPE)
def one_less_p(X, p, weight_decay=0.0):
    return _weighted(X, 1 - p) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H weighs the rows with p², not with p (1 − p)", CURVATURE_SLOPE)
def p_squared(X, p, weight_decay=0.0):
    return _weighted(X, p * p) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H weighs the rows with 1 − p², the slope of tanh", CURVATURE_SLOPE)
def slope_of_tanh(X, p, weight_decay=0.0):
    return _weighted(X, 1 - p * p) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H has the slope p (1 − p) squared: it multiplies X twice", CURVATURE_SLOPE)
def slope_squared(X, p, weight_decay=0.0):
    return _weighted(X, (p * (1 - p)) ** 2) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H takes the root of p (1 − p)", CURVATURE_SLOPE)
def slope_root(X, p, weight_decay=0.0):
    return _weighted(X, np.sqrt(p * (1 - p))) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H divides by p (1 − p) instead of multiplying", CURVATURE_SLOPE)
def slope_divided(X, p, weight_decay=0.0):
    return _weighted(X, 1 / (p * (1 - p))) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H takes 1/4 for every slope: a bound, not the curvature", CURVATURE_SLOPE)
def quarter(X, p, weight_decay=0.0):
    return _weighted(X, np.full_like(p, 0.25)) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H gives all rows the mean of p (1 − p)", CURVATURE_SLOPE)
def mean_slope(X, p, weight_decay=0.0):
    return _weighted(X, np.full_like(p, np.mean(p * (1 - p)))) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H is taken at one common p, the mean", CURVATURE_SLOPE)
def mean_p(X, p, weight_decay=0.0):
    slope = np.mean(p) * (1 - np.mean(p))
    return _weighted(X, np.full_like(p, slope)) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H sends p through the sigmoid again", CURVATURE_SLOPE)
def sigmoid_again(X, p, weight_decay=0.0):
    q = 1 / (1 + np.exp(-p))
    return _data(X, q) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H has the wrong sign in its part of the data", SIGN)
def sign(X, p, weight_decay=0.0):
    return -_data(X, p) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H is summed over the rows, not averaged", CURVATURE_MEAN)
def not_divided(X, p, weight_decay=0.0):
    return len(X) * _data(X, p) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H is divided by N twice", CURVATURE_MEAN)
def divided_twice(X, p, weight_decay=0.0):
    return _data(X, p) / len(X) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H is divided by the number of columns, not of rows", CURVATURE_MEAN)
def divided_by_D(X, p, weight_decay=0.0):
    return _data(X, p) * len(X) / X.shape[1] + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H is divided by the sum of all p (1 − p), not by N", CURVATURE_MEAN)
def weights_sum_to_one(X, p, weight_decay=0.0):
    return _data(X, p) / np.mean(p * (1 - p)) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H has a factor 2 in its part of the data", CURVATURE_MEAN)
def doubled(X, p, weight_decay=0.0):
    return 2 * _data(X, p) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H is halved in its part of the data", CURVATURE_MEAN)
def halved(X, p, weight_decay=0.0):
    return _data(X, p) / 2 + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H has the penalty divided by N as well", CURVATURE_PENALTY)
def penalty_over_N(X, p, weight_decay=0.0):
    return _data(X, p) + _penalty(X, weight_decay) / len(X)


@mistake(_HESSIAN, "H", "H has no penalty in it", CURVATURE_PENALTY)
def no_penalty(X, p, weight_decay=0.0):
    return _data(X, p)


@mistake(_HESSIAN, "H", "H has weight_decay on its diagonal, without the 2", CURVATURE_PENALTY)
def no_two(X, p, weight_decay=0.0):
    return _data(X, p) + _penalty(X, weight_decay) / 2


@mistake(_HESSIAN, "H", "H has the penalty at every entry, not on the diagonal", CURVATURE_PENALTY)
def penalty_everywhere(X, p, weight_decay=0.0):
    return _data(X, p) + 2 * weight_decay


@mistake(
    _HESSIAN,
    "H",
    "H has the penalty without its 2, and at every entry",
    CURVATURE_PENALTY,
)
def penalty_everywhere_no_two(X, p, weight_decay=0.0):
    return _data(X, p) + weight_decay


@mistake(_HESSIAN, "H", "H has the penalty taken off, not added", CURVATURE_PENALTY)
def penalty_taken_off(X, p, weight_decay=0.0):
    return _data(X, p) - _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H leaves the first weight out of the penalty", CURVATURE_PENALTY)
def first_weight_free(X, p, weight_decay=0.0):
    penalty = _penalty(X, weight_decay)
    penalty[0, 0] = 0
    return _data(X, p) + penalty


@mistake(_HESSIAN, "H", "H leaves the last weight out of the penalty", CURVATURE_PENALTY)
def last_weight_free(X, p, weight_decay=0.0):
    penalty = _penalty(X, weight_decay)
    penalty[-1, -1] = 0
    return _data(X, p) + penalty


@mistake(_HESSIAN, "H", "H has its diagonal alone: the mixed derivatives are 0", CURVATURE_SHAPE)
def diagonal_only(X, p, weight_decay=0.0):
    return np.diag(np.diag(_data(X, p))) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H has one triangle only: entry [i, j] must equal [j, i]", CURVATURE_SHAPE)
def upper_triangle(X, p, weight_decay=0.0):
    return np.triu(_data(X, p) + _penalty(X, weight_decay))


@mistake(_HESSIAN, "H", "H has one triangle only: entry [i, j] must equal [j, i]", CURVATURE_SHAPE)
def lower_triangle(X, p, weight_decay=0.0):
    return np.tril(_data(X, p) + _penalty(X, weight_decay))


@mistake(_HESSIAN, "H", "H has its mixed derivatives twice", CURVATURE_SHAPE)
def mixed_twice(X, p, weight_decay=0.0):
    H = _data(X, p) + _penalty(X, weight_decay)
    return 2 * H - np.diag(np.diag(H))


@mistake(_HESSIAN, "H", "H is the diagonal of H as a vector", CURVATURE_SHAPE)
def diagonal_as_vector(X, p, weight_decay=0.0):
    return np.diag(_data(X, p) + _penalty(X, weight_decay))


@mistake(_HESSIAN, "H", "H pairs rows with rows, not weights with weights", CURVATURE_SHAPE)
def rows_with_rows(X, p, weight_decay=0.0):
    return (X * (p * (1 - p))[:, None]) @ X.T / len(X) + 2 * weight_decay * np.eye(len(X))


@mistake(_HESSIAN, "H", "H has one number for each weight: X occurs once only", CURVATURE_SHAPE)
def X_once(X, p, weight_decay=0.0):
    return X.T @ (p * (1 - p)) / len(X) + 2 * weight_decay


@mistake(_HESSIAN, "H", "H multiplies two means of X: one product for each row", CURVATURE_SHAPE)
def product_of_means(X, p, weight_decay=0.0):
    m = X.T @ (p * (1 - p)) / len(X)
    return np.outer(m, m) + _penalty(X, weight_decay)


@mistake(_HESSIAN, "H", "H is that of the last row alone", CURVATURE_SHAPE)
def last_row(X, p, weight_decay=0.0):
    return p[-1] * (1 - p[-1]) * np.outer(X[-1], X[-1]) + _penalty(X, weight_decay)
