"""Slips in the way back through batch norm with frozen statistics.

The cache of the reference: X_hat, gamma, 1 / deviation.
"""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises.normalization import asked
from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import (
    AVERAGED,
    SHAPE_KEPT,
    SUMMED_WRONG_AXIS,
    UPSTREAM_LOST,
)
from course_utils.checking.mistakes.advice_transfer import ONLY_STRAIGHT, SLOPE_OF_NORM

BACKWARD = "frozen_norm_backward"


def _batch_dX(dX_hat, X_hat, inverse_std, mean=1.0, var=1.0):
    """dX with a factor for each way through statistics of a batch."""
    ways = mean * dX_hat.mean(axis=0) + var * X_hat * (dX_hat * X_hat).mean(axis=0)
    return (dX_hat - ways) * inverse_std


@mistake(
    BACKWARD, "dX", "this is dX of a batch norm in training, with all three ways", ONLY_STRAIGHT
)
def three_ways(dY, cache):
    X_hat, gamma, inverse_std = cache
    return _batch_dX(dY * gamma, X_hat, inverse_std)


@mistake(
    BACKWARD, "dX", "a way through the mean is taken off, but the mean is given", ONLY_STRAIGHT
)
def way_through_mean(dY, cache):
    X_hat, gamma, inverse_std = cache
    return _batch_dX(dY * gamma, X_hat, inverse_std, var=0)


@mistake(BACKWARD, "dX", "a way through the variance is taken off, but it is given", ONLY_STRAIGHT)
def way_through_var(dY, cache):
    X_hat, gamma, inverse_std = cache
    return _batch_dX(dY * gamma, X_hat, inverse_std, mean=0)


@mistake(BACKWARD, "dX", "dX is 0, as if frozen layers stopped the gradient", ONLY_STRAIGHT)
def stopped(dY, cache):
    return np.zeros_like(dY)


@mistake(
    BACKWARD, "dX", "dY is handed on unchanged: gamma and the deviation are missing", SLOPE_OF_NORM
)
def handed_on(dY, cache):
    return dY.copy()


@mistake(BACKWARD, "dX", "dX lacks gamma", SLOPE_OF_NORM)
def dX_no_gamma(dY, cache):
    return dY * cache[2]


@mistake(BACKWARD, "dX", "dX is divided by gamma", SLOPE_OF_NORM)
def dX_divided_by_gamma(dY, cache):
    return dY / cache[1] * cache[2]


@mistake(BACKWARD, "dX", "dX is not divided by the deviation", SLOPE_OF_NORM)
def dX_no_deviation(dY, cache):
    return dY * cache[1]


@mistake(BACKWARD, "dX", "dX is multiplied by the deviation, not divided", SLOPE_OF_NORM)
def dX_multiplied(dY, cache):
    return dY * cache[1] / cache[2]


@mistake(BACKWARD, "dX", "dX is divided by the variance, not by its root", SLOPE_OF_NORM)
def dX_variance(dY, cache):
    return dY * cache[1] * cache[2] ** 2


@mistake(BACKWARD, "dX", "dX is multiplied by X_hat", SLOPE_OF_NORM)
def dX_times_X_hat(dY, cache):
    return dY * cache[0] * cache[1] * cache[2]


@mistake(BACKWARD, "dX", "dX does not use dY", UPSTREAM_LOST)
def dX_no_upstream(dY, cache):
    return np.ones_like(dY) * cache[1] * cache[2]


@mistake(BACKWARD, "dX", "dX is averaged over the batch", AVERAGED)
def dX_averaged(dY, cache):
    return dY * cache[1] * cache[2] / len(dY)


@mistake(BACKWARD, "dgamma", "dgamma lacks X_hat: it is dbeta", SLOPE_OF_NORM)
def dgamma_is_dbeta(dY, cache):
    return dY.sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is made with X, not with X_hat", SLOPE_OF_NORM)
def dgamma_X(dY, cache):
    return (dY * asked().args[0]).sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is made with X − mean: the division is missing", SLOPE_OF_NORM)
def dgamma_centred(dY, cache):
    return (dY * cache[0] / cache[2]).sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is made with the output Y, not with X_hat", SLOPE_OF_NORM)
def dgamma_Y(dY, cache):
    return (dY * (cache[1] * cache[0] + asked().args[2])).sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is multiplied by gamma itself", SLOPE_OF_NORM)
def dgamma_gamma(dY, cache):
    return (dY * cache[1] * cache[0]).sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is 0: frozen statistics do not freeze gamma", ONLY_STRAIGHT)
def dgamma_zero(dY, cache):
    return np.zeros_like(cache[1])


@mistake(BACKWARD, "dgamma", "dgamma is averaged over the batch", AVERAGED)
def dgamma_mean(dY, cache):
    return (dY * cache[0]).mean(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is summed over the features", SUMMED_WRONG_AXIS)
def dgamma_axis_1(dY, cache):
    return (dY * cache[0]).sum(axis=1)


@mistake(BACKWARD, "dgamma", "dgamma is not summed over the batch", SUMMED_WRONG_AXIS)
def dgamma_not_summed(dY, cache):
    return dY * cache[0]


@mistake(BACKWARD, "dgamma", "dgamma does not use dY", UPSTREAM_LOST)
def dgamma_no_upstream(dY, cache):
    return cache[0].sum(axis=0)


@mistake(BACKWARD, "dbeta", "dbeta is multiplied by gamma", SLOPE_OF_NORM)
def dbeta_gamma(dY, cache):
    return (dY * cache[1]).sum(axis=0)


@mistake(BACKWARD, "dbeta", "dbeta is 0: frozen statistics do not freeze beta", ONLY_STRAIGHT)
def dbeta_zero(dY, cache):
    return np.zeros_like(cache[1])


@mistake(BACKWARD, "dbeta", "dbeta is averaged over the batch", AVERAGED)
def dbeta_mean(dY, cache):
    return dY.mean(axis=0)


@mistake(BACKWARD, "dbeta", "dbeta is summed over the features", SUMMED_WRONG_AXIS)
def dbeta_axis_1(dY, cache):
    return dY.sum(axis=1)


@mistake(BACKWARD, "dbeta", "dbeta keeps an axis of length 1", SHAPE_KEPT)
def dbeta_keepdims(dY, cache):
    return dY.sum(axis=0, keepdims=True)
