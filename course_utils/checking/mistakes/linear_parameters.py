"""Slips in the gradients of the linear layer's parameters."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import (
    AVERAGED,
    FORWARD_CACHE_MIXED,
    SHAPE_KEPT,
    SIGN,
    SUMMED_WRONG_AXIS,
    UPSTREAM_LOST,
)
from course_utils.checking.mistakes.advice_dense import (
    FACTOR,
    LEFT_EARLY,
    MEAN_FOR_SUM,
    NOT_SUMMED,
    OVERWRITTEN,
    PENALTY_HERE,
    SUM_BEFORE_PRODUCT,
    SUMMED_AWAY,
    TRANSPOSED,
)


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


@mistake("linear_backward", "db", "db is a column, with an axis of length 1", SHAPE_KEPT)
def db_column(dY, cache):
    return dY.sum(axis=0)[:, None]


@mistake("linear_backward", "db", "db does not use dY: it counts the samples", UPSTREAM_LOST)
def db_counts(dY, cache):
    return np.full(dY.shape[1], float(len(dY)))


@mistake("linear_backward", "db", "db does not use dY: it is all ones", UPSTREAM_LOST)
def db_ones(dY, cache):
    return np.ones(dY.shape[1])


@mistake("linear_backward", "db", "db is not summed over the batch: it is dY itself", NOT_SUMMED)
def db_not_summed(dY, cache):
    return dY


@mistake("linear_backward", "db", "db is summed over batch and units, to one number", SUMMED_AWAY)
def db_all(dY, cache):
    return dY.sum()


@mistake(
    "linear_backward", "db", "db has that one number, the sum of all dY, everywhere", SUMMED_AWAY
)
def db_all_filled(dY, cache):
    return np.full(dY.shape[1], dY.sum())


@mistake(
    "linear_backward", "db", "db holds the last sample only: each round overwrites it", OVERWRITTEN
)
def db_last(dY, cache):
    return dY[-1]


@mistake(
    "linear_backward", "db", "db holds the first sample only: the loop ends too early", LEFT_EARLY
)
def db_first(dY, cache):
    return dY[0]


@mistake("linear_backward", "db", "db has the wrong sign", SIGN)
def db_sign(dY, cache):
    return -dY.sum(axis=0)


@mistake("linear_backward", "db", "db is summed from dW, not from dY", FACTOR)
def db_from_dW(dY, cache):
    return (cache[0].T @ dY).sum(axis=0)


@mistake(
    "linear_backward", "db", "db is the largest of each column of dY, not the sum", MEAN_FOR_SUM
)
def db_max(dY, cache):
    return dY.max(axis=0)


@mistake("linear_backward", "dW", "dW is averaged over the batch", AVERAGED)
def dW_mean(dY, cache):
    X, W = cache
    return X.T @ dY / len(X)


@mistake("linear_backward", "dW", "dW is transposed", TRANSPOSED)
def dW_transposed(dY, cache):
    X, W = cache
    return dY.T @ X


@mistake("linear_backward", "dW", "dW has the wrong sign", SIGN)
def dW_sign(dY, cache):
    X, W = cache
    return -X.T @ dY


@mistake("linear_backward", "dW", "dW does not use dY: it sums up X alone", UPSTREAM_LOST)
def dW_no_upstream(dY, cache):
    X, W = cache
    return X.T @ np.ones_like(dY)


@mistake("linear_backward", "dW", "dW leaves X out: it sums up dY alone", FORWARD_CACHE_MIXED)
def dW_no_input(dY, cache):
    X, W = cache
    return np.ones_like(X).T @ dY


@mistake("linear_backward", "dW", "dW is made from W where X belongs", FORWARD_CACHE_MIXED)
def dW_from_W(dY, cache):
    X, W = cache
    return W * dY.sum(axis=0)


@mistake(
    "linear_backward", "dW", "dW holds the last sample only: each round overwrites it", OVERWRITTEN
)
def dW_last(dY, cache):
    X, W = cache
    return np.outer(X[-1], dY[-1])


@mistake(
    "linear_backward", "dW", "dW holds the first sample only: the loop ends too early", LEFT_EARLY
)
def dW_first(dY, cache):
    X, W = cache
    return np.outer(X[0], dY[0])


@mistake(
    "linear_backward",
    "dW",
    "dW sums X and dY over the batch before the product",
    SUM_BEFORE_PRODUCT,
)
def dW_sums_first(dY, cache):
    X, W = cache
    return np.outer(X.sum(axis=0), dY.sum(axis=0))


@mistake("linear_backward", "dW", "dW averages X and dY before the product", SUM_BEFORE_PRODUCT)
def dW_means_first(dY, cache):
    X, W = cache
    return np.outer(X.mean(axis=0), dY.mean(axis=0))


@mistake("linear_backward", "dW", "dW keeps the samples apart", NOT_SUMMED)
def dW_per_sample(dY, cache):
    X, W = cache
    return X[:, :, None] * dY[:, None, :]


@mistake(
    "linear_backward", "dW", "dW has W itself added, a penalty that nobody asked for", PENALTY_HERE
)
def dW_penalty(dY, cache):
    X, W = cache
    return X.T @ dY + W
