"""Slips in layer norm. The cache of the reference: X_hat, gamma, 1 / deviation."""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises.normalization import asked
from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN, SUMMED_WRONG_AXIS
from course_utils.checking.mistakes.advice_conv import (
    CENTRED,
    EPS,
    LOCAL_SCALE,
    MEAN_OF,
    PATHS,
    SPREAD,
    STATISTICS_AXIS,
    STRETCH,
    X_HAT,
)

FORWARD, BACKWARD = "layer_norm_forward", "layer_norm_backward"


def _centred(X):
    return X - X.mean(axis=1, keepdims=True)


def _var(X, **how):
    return X.var(axis=1, keepdims=True, **how)


@mistake(FORWARD, "Y", "columns are normalized: that is batch norm", STATISTICS_AXIS)
def columns(X, gamma, beta, *, eps=1e-5):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta


@mistake(FORWARD, "Y", "one mean and one variance are taken of the whole array", STATISTICS_AXIS)
def everything(X, gamma, beta, *, eps=1e-5):
    return gamma * (X - X.mean()) / np.sqrt(X.var() + eps) + beta


@mistake(FORWARD, "Y", "the mean is that of a row, the variance that of a column", STATISTICS_AXIS)
def variance_of_columns(X, gamma, beta, *, eps=1e-5):
    return gamma * _centred(X) / np.sqrt(X.var(axis=0) + eps) + beta


@mistake(FORWARD, "Y", "eps is added to the root, not to the variance", EPS)
def ln_eps_outside_root(X, gamma, beta, *, eps=1e-5):
    return gamma * _centred(X) / (np.sqrt(_var(X)) + eps) + beta


@mistake(FORWARD, "Y", "eps is not added", EPS)
def ln_no_eps(X, gamma, beta, *, eps=1e-5):
    return gamma * _centred(X) / np.sqrt(_var(X)) + beta


@mistake(FORWARD, "Y", "gamma is left out", STRETCH)
def ln_no_gamma(X, gamma, beta, *, eps=1e-5):
    return _centred(X) / np.sqrt(_var(X) + eps) + beta


@mistake(FORWARD, "Y", "beta is left out", STRETCH)
def ln_no_beta(X, gamma, beta, *, eps=1e-5):
    return gamma * _centred(X) / np.sqrt(_var(X) + eps)


@mistake(FORWARD, "Y", "X is stretched by gamma before it is normalized", STRETCH)
def gamma_first(X, gamma, beta, *, eps=1e-5):
    return _centred(gamma * X) / np.sqrt(_var(gamma * X) + eps) + beta


@mistake(FORWARD, "Y", "X is divided by the variance, without a root", SPREAD)
def ln_no_root(X, gamma, beta, *, eps=1e-5):
    return gamma * _centred(X) / (_var(X) + eps) + beta


@mistake(FORWARD, "Y", "the variance is divided by D − 1, not by D", SPREAD)
def ln_unbiased(X, gamma, beta, *, eps=1e-5):
    return gamma * _centred(X) / np.sqrt(_var(X, ddof=1) + eps) + beta


@mistake(FORWARD, "Y", "the mean is not taken off X", CENTRED)
def ln_not_centred(X, gamma, beta, *, eps=1e-5):
    return gamma * X / np.sqrt(_var(X) + eps) + beta


@mistake(FORWARD, "Y", "the variance is a mean of X², without the mean taken off", CENTRED)
def ln_mean_of_squares(X, gamma, beta, *, eps=1e-5):
    return gamma * _centred(X) / np.sqrt((X**2).mean(axis=1, keepdims=True) + eps) + beta


def _dX(dX_hat, X_hat, inverse_std, direct=1.0, mean=1.0, var=1.0):
    """dX with a factor for each of the three ways back."""
    through_mean = dX_hat.mean(axis=1, keepdims=True)
    through_var = X_hat * (dX_hat * X_hat).mean(axis=1, keepdims=True)
    return (direct * dX_hat - mean * through_mean - var * through_var) * inverse_std


@mistake(BACKWARD, "dX", "dX takes its means over the batch: that is batch norm", STATISTICS_AXIS)
def dX_axis_0(dY, cache):
    X_hat, gamma, inverse_std = cache
    dX_hat = dY * gamma
    means = dX_hat.mean(axis=0) + X_hat * (dX_hat * X_hat).mean(axis=0)
    return (dX_hat - means) * inverse_std


@mistake(BACKWARD, "dX", "the sums over a row are divided by N, not by D", MEAN_OF)
def divided_by_N(dY, cache):
    X_hat, gamma, inverse_std = cache
    share = dY.shape[1] / len(dY)
    return _dX(dY * gamma, X_hat, inverse_std, mean=share, var=share)


@mistake(BACKWARD, "dX", "sums stand where means over the row belong", MEAN_OF)
def ln_sums(dY, cache):
    X_hat, gamma, inverse_std = cache
    D = dY.shape[1]
    return _dX(dY * gamma, X_hat, inverse_std, mean=D, var=D)


@mistake(BACKWARD, "dX", "the variance path lacks the 2 of the square", MEAN_OF)
def ln_variance_half(dY, cache):
    X_hat, gamma, inverse_std = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=0.5)


@mistake(BACKWARD, "dX", "gamma comes in after the means, not before them", LOCAL_SCALE)
def gamma_last(dY, cache):
    X_hat, gamma, inverse_std = cache
    return gamma * _dX(dY, X_hat, inverse_std)


@mistake(BACKWARD, "dX", "dX lacks gamma", LOCAL_SCALE)
def ln_dX_no_gamma(dY, cache):
    X_hat, _, inverse_std = cache
    return _dX(dY, X_hat, inverse_std)


@mistake(BACKWARD, "dX", "dX is not divided by the deviation", LOCAL_SCALE)
def ln_dX_no_deviation(dY, cache):
    X_hat, gamma, _ = cache
    return _dX(dY * gamma, X_hat, 1.0)


@mistake(BACKWARD, "dX", "dX takes mean and variance for constants", PATHS)
def ln_constants(dY, cache):
    X_hat, gamma, inverse_std = cache
    return dY * gamma * inverse_std


@mistake(BACKWARD, "dX", "dX lacks the way through the variance", PATHS)
def ln_no_variance(dY, cache):
    X_hat, gamma, inverse_std = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=0)


@mistake(BACKWARD, "dX", "dX lacks the way through the mean", PATHS)
def ln_no_mean(dY, cache):
    X_hat, gamma, inverse_std = cache
    return _dX(dY * gamma, X_hat, inverse_std, mean=0)


@mistake(BACKWARD, "dX", "the variance path is added, not taken off", SIGN)
def ln_variance_plus(dY, cache):
    X_hat, gamma, inverse_std = cache
    return _dX(dY * gamma, X_hat, inverse_std, var=-1)


@mistake(BACKWARD, "dgamma", "dgamma is summed over the features", SUMMED_WRONG_AXIS)
def ln_dgamma_axis_1(dY, cache):
    return (dY * cache[0]).sum(axis=1)


@mistake(BACKWARD, "dgamma", "dgamma is averaged over the batch", AVERAGED)
def ln_dgamma_mean(dY, cache):
    return (dY * cache[0]).mean(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma lacks X_hat: it is dbeta", X_HAT)
def ln_dgamma_is_dbeta(dY, cache):
    return dY.sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is made with X, not with X_hat", X_HAT)
def ln_dgamma_X(dY, cache):
    return (dY * asked().args[0]).sum(axis=0)


@mistake(BACKWARD, "dbeta", "dbeta is summed over the features", SUMMED_WRONG_AXIS)
def ln_dbeta_axis_1(dY, cache):
    return dY.sum(axis=1)


@mistake(BACKWARD, "dbeta", "dbeta is averaged over the batch", AVERAGED)
def ln_dbeta_mean(dY, cache):
    return dY.mean(axis=0)


@mistake(BACKWARD, "dbeta", "dbeta is multiplied by gamma", LOCAL_SCALE)
def ln_dbeta_gamma(dY, cache):
    return (dY * cache[1]).sum(axis=0)
