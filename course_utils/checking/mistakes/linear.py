"""Slips in the linear layer."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import (
    AVERAGED,
    BIAS,
    FORWARD_CACHE_MIXED,
    SHAPE_KEPT,
    SIGN,
    SUMMED_WRONG_AXIS,
    UPSTREAM_LOST,
)


@mistake("linear_forward", "Y", "the bias is not added", BIAS)
def no_bias(X, W, b):
    return X @ W


@mistake("linear_forward", "Y", "the bias is taken off, not added", BIAS)
def bias_subtracted(X, W, b):
    return X @ W - b


@mistake("linear_backward", "db", "db is averaged over the batch", AVERAGED)
def db_mean(dY, cache):
    return dY.mean(axis=0)


@mistake(
    "linear_backward", "db", "db is summed over the units, not over the batch", SUMMED_WRONG_AXIS
)
def db_axis_1(dY, cache):
    return dY.sum(axis=1)


@mistake("linear_backward", "db", "db keeps an axis of length 1", SHAPE_KEPT)
def db_keepdims(dY, cache):
    return dY.sum(axis=0, keepdims=True)


@mistake("linear_backward", "db", "db does not use dY: it counts the samples", UPSTREAM_LOST)
def db_counts(dY, cache):
    return np.full(dY.shape[1], float(len(dY)))


@mistake("linear_backward", "dW", "dW is averaged over the batch", AVERAGED)
def dW_mean(dY, cache):
    X, W = cache
    return X.T @ dY / len(X)


@mistake("linear_backward", "dX", "dX has the wrong sign", SIGN)
def dX_sign(dY, cache):
    X, W = cache
    return -dY @ W.T


@mistake("linear_backward", "dX", "dX is made from X where W belongs", FORWARD_CACHE_MIXED)
def dX_from_X(dY, cache):
    X, W = cache
    return (dY @ dY.T) @ X / len(X)
