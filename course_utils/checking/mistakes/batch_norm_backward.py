"""Slips in the backward of batch norm.

The cache of the reference: X_hat, gamma, 1 / deviation, training.
"""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises.normalization import asked
from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import (
    AVERAGED,
    SHAPE_KEPT,
    SIGN,
    SUMMED_WRONG_AXIS,
    UPSTREAM_LOST,
)
from course_utils.checking.mistakes.advice_conv import (
    LOCAL_SCALE,
    MEAN_OF,
    PATHS,
    STATISTICS_AXIS,
    X_HAT,
)

NAME = "batch_norm_backward"


def _dX(dX_hat, X_hat, inverse_std, direct=1.0, mean=1.0, var=1.0):
    """dX with a factor for each of the three ways back."""
    through_mean = dX_hat.mean(axis=0)
    through_var = X_hat * (dX_hat * X_hat).mean(axis=0)
    return (direct * dX_hat - mean * through_mean - var * through_var) * inverse_std


@mistake(NAME, "dX", "dX lacks the way through the variance", PATHS)
def no_variance(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=0)


@mistake(NAME, "dX", "dX lacks the way through the mean", PATHS)
def no_mean(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, mean=0)


@mistake(NAME, "dX", "dX takes mean and variance for constants", PATHS)
def constants(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return dY * gamma * inverse_std


@mistake(NAME, "dX", "dX lacks the straight way: only mean and variance are there", PATHS)
def no_straight_way(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, direct=0)


@mistake(NAME, "dX", "dX lacks gamma", LOCAL_SCALE)
def dX_no_gamma(dY, cache):
    X_hat, _, inverse_std, _ = cache
    return _dX(dY, X_hat, inverse_std)


@mistake(NAME, "dX", "dX is multiplied by gamma twice", LOCAL_SCALE)
def dX_gamma_twice(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return gamma * _dX(dY * gamma, X_hat, inverse_std)


@mistake(NAME, "dX", "dX is not divided by the deviation", LOCAL_SCALE)
def dX_no_deviation(dY, cache):
    X_hat, gamma, _, _ = cache
    return _dX(dY * gamma, X_hat, 1.0)


@mistake(NAME, "dX", "dX is divided by the variance, not by its root", LOCAL_SCALE)
def dX_variance(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std**2)


@mistake(NAME, "dX", "dX is multiplied by the deviation, not divided", LOCAL_SCALE)
def dX_multiplied(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, 1 / inverse_std)


@mistake(NAME, "dX", "the variance path has the exponent −1/2, not −3/2", LOCAL_SCALE)
def exponent(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=1 / inverse_std**2)


@mistake(NAME, "dX", "only the straight way has gamma, the two means lack it", LOCAL_SCALE)
def means_without_gamma(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    means = dY.mean(axis=0) + X_hat * (dY * X_hat).mean(axis=0)
    return (dY * gamma - means) * inverse_std


@mistake(NAME, "dX", "sums stand where means over the batch belong", MEAN_OF)
def sums(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, mean=len(dY), var=len(dY))


@mistake(NAME, "dX", "sums over the batch are divided by D, not by N", MEAN_OF)
def divided_by_D(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    share = len(dY) / dY.shape[1]
    return _dX(dY * gamma, X_hat, inverse_std, mean=share, var=share)


@mistake(NAME, "dX", "the variance path is divided by N − 1", MEAN_OF)
def dX_unbiased(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=len(dY) / (len(dY) - 1))


@mistake(NAME, "dX", "the variance path lacks the ½ of the root", MEAN_OF)
def variance_twice(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=2)


@mistake(NAME, "dX", "the variance path lacks the 2 of the square", MEAN_OF)
def variance_half(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=0.5)


@mistake(NAME, "dX", "the variance path is added, not taken off", SIGN)
def variance_plus(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=-1)


@mistake(NAME, "dX", "the mean path is added, not taken off", SIGN)
def mean_plus(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX(dY * gamma, X_hat, inverse_std, mean=-1)


@mistake(NAME, "dX", "dX takes its means over the features, not over the batch", STATISTICS_AXIS)
def dX_axis_1(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    return _dX((dY * gamma).T, X_hat.T, 1.0).T * inverse_std


@mistake(NAME, "dX", "the variance path holds X − mean where X_hat belongs", X_HAT)
def dX_centred(dY, cache):
    X_hat, gamma, inverse_std, _ = cache
    dX_hat = dY * gamma
    through_var = X_hat / inverse_std * (dX_hat * X_hat).mean(axis=0)
    return (dX_hat - dX_hat.mean(axis=0) - through_var) * inverse_std


@mistake(NAME, "dgamma", "dgamma is made with X, not with X_hat", X_HAT)
def dgamma_X(dY, cache):
    return (dY * asked().args[0]).sum(axis=0)


@mistake(NAME, "dgamma", "dgamma is made with X − mean: the division is missing", X_HAT)
def dgamma_centred(dY, cache):
    X_hat, _, inverse_std, _ = cache
    return (dY * X_hat / inverse_std).sum(axis=0)


@mistake(NAME, "dgamma", "dgamma is made with the output Y, not with X_hat", X_HAT)
def dgamma_Y(dY, cache):
    X_hat, gamma, _, _ = cache
    return (dY * (gamma * X_hat + asked().args[2])).sum(axis=0)


@mistake(NAME, "dgamma", "dgamma lacks X_hat: it is dbeta", X_HAT)
def dgamma_is_dbeta(dY, cache):
    return dY.sum(axis=0)


@mistake(NAME, "dgamma", "dgamma is averaged over the batch", AVERAGED)
def dgamma_mean(dY, cache):
    return (dY * cache[0]).mean(axis=0)


@mistake(NAME, "dgamma", "dgamma is summed over the features", SUMMED_WRONG_AXIS)
def dgamma_axis_1(dY, cache):
    return (dY * cache[0]).sum(axis=1)


@mistake(NAME, "dgamma", "dgamma is multiplied by gamma itself", LOCAL_SCALE)
def dgamma_gamma(dY, cache):
    return (dY * cache[1] * cache[0]).sum(axis=0)


@mistake(NAME, "dgamma", "dgamma does not use dY", UPSTREAM_LOST)
def dgamma_no_upstream(dY, cache):
    return cache[0].sum(axis=0)


@mistake(NAME, "dbeta", "dbeta is averaged over the batch", AVERAGED)
def dbeta_mean(dY, cache):
    return dY.mean(axis=0)


@mistake(NAME, "dbeta", "dbeta is summed over the features", SUMMED_WRONG_AXIS)
def dbeta_axis_1(dY, cache):
    return dY.sum(axis=1)


@mistake(NAME, "dbeta", "dbeta keeps an axis of length 1", SHAPE_KEPT)
def dbeta_keepdims(dY, cache):
    return dY.sum(axis=0, keepdims=True)


@mistake(NAME, "dbeta", "dbeta is multiplied by gamma", LOCAL_SCALE)
def dbeta_gamma(dY, cache):
    return (dY * cache[1]).sum(axis=0)


@mistake(NAME, "dbeta", "dbeta does not use dY: it counts the samples", UPSTREAM_LOST)
def dbeta_counts(dY, cache):
    return np.full(dY.shape[1], float(len(dY)))
