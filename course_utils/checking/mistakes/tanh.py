"""Slips in tanh."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_dense import (
    LOCAL_SLOPE,
    OTHER_CURVE,
    OVERFLOW,
    SLOPE_PREACTIVATION,
)


def _sigmoid(X):
    return 1 / (1 + np.exp(-X))


@mistake(
    "tanh_forward", "Y", "Y overflows: exp(X) and exp(−X) over each other are inf / inf", OVERFLOW
)
def overflow(X):
    up, down = np.exp(X), np.exp(-X)
    return (up - down) / (up + down)


@mistake("tanh_forward", "Y", "Y overflows for large X: exp(2X) stands above and below", OVERFLOW)
def overflow_up(X):
    return (np.exp(2 * X) - 1) / (np.exp(2 * X) + 1)


@mistake(
    "tanh_forward",
    "Y",
    "Y overflows for very negative X: exp(−2X) stands above and below",
    OVERFLOW,
)
def overflow_down(X):
    return (1 - np.exp(-2 * X)) / (1 + np.exp(-2 * X))


@mistake("tanh_forward", "Y", "Y is the sigmoid: it goes from 0 to 1", OTHER_CURVE)
def is_sigmoid(X):
    return _sigmoid(X)


@mistake("tanh_forward", "Y", "Y is tanh(X/2): 2 sigmoid(X) − 1 is too flat by half", OTHER_CURVE)
def too_flat(X):
    return 2 * _sigmoid(X) - 1


@mistake("tanh_forward", "Y", "Y is 2 sigmoid(2X): the −1 is missing", OTHER_CURVE)
def minus_one_lost(X):
    return 2 * _sigmoid(2 * X)


@mistake("tanh_forward", "Y", "Y is the sinh: the denominator is missing", OTHER_CURVE)
def is_sinh(X):
    return np.sinh(X)


@mistake("tanh_forward", "Y", "Y is the tangent of an angle, tan", OTHER_CURVE)
def is_tangent(X):
    return np.tan(X)


@mistake("tanh_forward", "Y", "Y is the arctan, which goes beyond 1", OTHER_CURVE)
def is_arctan(X):
    return np.arctan(X)


@mistake("tanh_forward", "Y", "Y is X cut off at −1 and 1", OTHER_CURVE)
def cut_off(X):
    return np.clip(X, -1, 1)


@mistake("tanh_forward", "Y", "Y is turned upside down, as tanh(−X) is", OTHER_CURVE)
def upside_down(X):
    return np.tanh(-X)


@mistake("tanh_forward", "Y", "Y is the slope 1 − tanh², which the way back needs", OTHER_CURVE)
def is_slope_of_tanh(X):
    return 1 - np.tanh(X) ** 2


@mistake("tanh_forward", "Y", "Y is sinh over cosh turned over: cosh over sinh", OTHER_CURVE)
def turned_over(X):
    return 1 / np.tanh(X)


@mistake("tanh_backward", "dX", "dX has no square in the slope: 1 − Y", LOCAL_SLOPE)
def square_lost(dY, Y):
    return dY * (1 - Y)


@mistake("tanh_backward", "dX", "dX squares the wrong thing: (1 − Y)², not 1 − Y²", LOCAL_SLOPE)
def square_outside(dY, Y):
    return dY * (1 - Y) ** 2


@mistake("tanh_backward", "dX", "dX has a plus in the slope: 1 + Y²", LOCAL_SLOPE)
def plus(dY, Y):
    return dY * (1 + Y**2)


@mistake("tanh_backward", "dX", "dX has lost the 1: the slope is not Y²", LOCAL_SLOPE)
def one_lost(dY, Y):
    return dY * Y**2


@mistake("tanh_backward", "dX", "dX uses the slope of the sigmoid, Y (1 − Y)", LOCAL_SLOPE)
def slope_of_sigmoid(dY, Y):
    return dY * Y * (1 - Y)


@mistake("tanh_backward", "dX", "dX has lost the brackets around 1 − Y²", LOCAL_SLOPE)
def brackets_lost(dY, Y):
    return dY * 1 - Y**2


@mistake("tanh_backward", "dX", "dX is dY itself: the slope is missing", LOCAL_SLOPE)
def no_slope(dY, Y):
    return dY


@mistake("tanh_backward", "dX", "dX is multiplied by Y, not by the slope", LOCAL_SLOPE)
def times_output(dY, Y):
    return dY * Y


@mistake("tanh_backward", "dX", "dX is made from X where Y belongs: 1 − X²", SLOPE_PREACTIVATION)
def from_X(dY, Y):
    return dY * (1 - np.arctanh(Y) ** 2)


@mistake(
    "tanh_backward",
    "dX",
    "dX applies tanh again, but the cache holds Y already",
    SLOPE_PREACTIVATION,
)
def applied_again(dY, Y):
    return dY * (1 - np.tanh(Y) ** 2)


@mistake(
    "tanh_backward", "dX", "dX is made from dY where Y belongs: 1 − tanh(dY)²", SLOPE_PREACTIVATION
)
def of_dY(dY, Y):
    return 1 - np.tanh(dY) ** 2


@mistake("tanh_backward", "dX", "dX has Y and dY exchanged: Y (1 − dY²)", SLOPE_PREACTIVATION)
def exchanged(dY, Y):
    return Y * (1 - dY**2)


@mistake("tanh_backward", "dX", "dX does not use dY: it is the slope alone", UPSTREAM_LOST)
def upstream_lost(dY, Y):
    return 1 - Y**2


@mistake("tanh_backward", "dX", "dX has the wrong sign, from Y² − 1", SIGN)
def sign(dY, Y):
    return dY * (Y**2 - 1)


@mistake("tanh_backward", "dX", "dX is averaged over the batch", AVERAGED)
def averaged(dY, Y):
    return dY * (1 - Y**2) / len(Y)
