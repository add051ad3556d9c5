"""Slips in the sigmoid."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_dense import (
    LOCAL_SLOPE,
    OTHER_CURVE,
    OVERFLOW,
    SIGMOID_FORMULA,
    SLOPE_PREACTIVATION,
)


def _sigmoid(X):
    return 1 / (1 + np.exp(-X))


@mistake(
    "sigmoid_forward",
    "Y",
    "Y has the wrong sign in the exponent: exp(X), not exp(−X)",
    SIGMOID_FORMULA,
)
def sign_of_exponent(X):
    return 1 / (1 + np.exp(X))


@mistake("sigmoid_forward", "Y", "Y has exp(−X) above the fraction bar", SIGMOID_FORMULA)
def wrong_numerator(X):
    return np.exp(-X) / (1 + np.exp(-X))


@mistake("sigmoid_forward", "Y", "Y has lost the brackets around 1 + exp(−X)", SIGMOID_FORMULA)
def brackets_lost(X):
    return 1 / 1 + np.exp(-X)


@mistake("sigmoid_forward", "Y", "Y has no 1 in the denominator", SIGMOID_FORMULA)
def one_lost(X):
    return 1 / np.exp(-X)


@mistake("sigmoid_forward", "Y", "Y has a minus in the denominator: 1 − exp(−X)", SIGMOID_FORMULA)
def minus_below(X):
    return 1 / (1 - np.exp(-X))


@mistake("sigmoid_forward", "Y", "Y is made with powers of 2, not of e", SIGMOID_FORMULA)
def powers_of_two(X):
    return 1 / (1 + 2.0**-X)


@mistake(
    "sigmoid_forward", "Y", "Y overflows for large X: exp(X) / (1 + exp(X)) is inf / inf", OVERFLOW
)
def overflow(X):
    return np.exp(X) / (1 + np.exp(X))


@mistake("sigmoid_forward", "Y", "Y is the tanh: it goes from −1 to 1", OTHER_CURVE)
def is_tanh(X):
    return np.tanh(X)


@mistake(
    "sigmoid_forward", "Y", "Y is (1 + tanh(X)) / 2: twice as steep as the sigmoid", OTHER_CURVE
)
def twice_as_steep(X):
    return (1 + np.tanh(X)) / 2


@mistake("sigmoid_forward", "Y", "Y is a step: 0 or 1, nothing between", OTHER_CURVE)
def step(X):
    return (X > 0).astype(X.dtype)


@mistake("sigmoid_forward", "Y", "Y is the straight-line sigmoid, cut off at 0 and 1", OTHER_CURVE)
def straight_lines(X):
    return np.clip(0.2 * X + 0.5, 0, 1)


@mistake("sigmoid_forward", "Y", "Y is a softmax over each row", OTHER_CURVE)
def softmax_of_rows(X):
    E = np.exp(X - X.max(axis=1, keepdims=True))
    return E / E.sum(axis=1, keepdims=True)


@mistake("sigmoid_forward", "Y", "Y is the slope Y (1 − Y), which the way back needs", OTHER_CURVE)
def is_the_slope(X):
    Y = _sigmoid(X)
    return Y * (1 - Y)


@mistake(
    "sigmoid_backward", "dX", "dX is made from X where Y belongs: dY X (1 − X)", SLOPE_PREACTIVATION
)
def from_X(dY, Y):
    X = np.log(Y) - np.log1p(-Y)
    return dY * X * (1 - X)


@mistake(
    "sigmoid_backward",
    "dX",
    "dX applies the sigmoid again, but the cache holds Y already",
    SLOPE_PREACTIVATION,
)
def applied_again(dY, Y):
    S = _sigmoid(Y)
    return dY * S * (1 - S)


@mistake("sigmoid_backward", "dX", "dX is made from dY where Y belongs", SLOPE_PREACTIVATION)
def from_dY(dY, Y):
    S = _sigmoid(dY)
    return S * (1 - S)


@mistake("sigmoid_backward", "dX", "dX has lost the factor Y", LOCAL_SLOPE)
def factor_Y_lost(dY, Y):
    return dY * (1 - Y)


@mistake("sigmoid_backward", "dX", "dX has lost the factor 1 − Y", LOCAL_SLOPE)
def factor_rest_lost(dY, Y):
    return dY * Y


@mistake("sigmoid_backward", "dX", "dX has a plus in the slope: Y (1 + Y)", LOCAL_SLOPE)
def plus(dY, Y):
    return dY * Y * (1 + Y)


@mistake("sigmoid_backward", "dX", "dX uses the slope of tanh, 1 − Y²", LOCAL_SLOPE)
def slope_of_tanh(dY, Y):
    return dY * (1 - Y**2)


@mistake("sigmoid_backward", "dX", "dX has lost the brackets around 1 − Y", LOCAL_SLOPE)
def brackets_lost_back(dY, Y):
    return dY * Y * 1 - Y


@mistake("sigmoid_backward", "dX", "dX is dY itself: the slope is missing", LOCAL_SLOPE)
def no_slope(dY, Y):
    return dY


@mistake("sigmoid_backward", "dX", "dX has a square too much in the slope: Y² (1 − Y)", LOCAL_SLOPE)
def square_too_much(dY, Y):
    return dY * Y**2 * (1 - Y)


@mistake(
    "sigmoid_backward", "dX", "dX masks as ReLU does: where Y is below 1/2 it is 0", LOCAL_SLOPE
)
def masked(dY, Y):
    return dY * (Y > 0.5)


@mistake("sigmoid_backward", "dX", "dX does not use dY: it is the slope alone", UPSTREAM_LOST)
def upstream_lost(dY, Y):
    return Y * (1 - Y)


@mistake("sigmoid_backward", "dX", "dX adds the slope to dY instead of multiplying", UPSTREAM_LOST)
def slope_added(dY, Y):
    return dY + Y * (1 - Y)


@mistake("sigmoid_backward", "dX", "dX has the wrong sign, from Y (Y − 1)", SIGN)
def sign(dY, Y):
    return dY * Y * (Y - 1)


@mistake("sigmoid_backward", "dX", "dX is averaged over the batch", AVERAGED)
def averaged(dY, Y):
    return dY * Y * (1 - Y) / len(Y)
