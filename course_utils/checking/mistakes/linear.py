"""Slips in the linear layer: forward, and the gradient of its input."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import (
    AVERAGED,
    BIAS,
    FORWARD_CACHE_MIXED,
    SIGN,
    UPSTREAM_LOST,
)
from course_utils.checking.mistakes.advice_dense import (
    ACTIVATION_TOO_MUCH,
    FACTOR,
    LEFT_EARLY,
    MEAN_FOR_SUM,
    OVERWRITTEN,
    SUMMED_AWAY,
    TRANSPOSED,
    WHOLE_NUMBERS,
)


@mistake("linear_forward", "Y", "the bias is not added", BIAS)
def no_bias(X, W, b):
    return X @ W


@mistake("linear_forward", "Y", "the bias is taken off, not added", BIAS)
def bias_subtracted(X, W, b):
    return X @ W - b


@mistake("linear_forward", "Y", "the bias is added twice", BIAS)
def bias_twice(X, W, b):
    return X @ W + 2 * b


@mistake("linear_forward", "Y", "the bias is added once for every input", BIAS)
def bias_per_input(X, W, b):
    return X @ W + X.shape[1] * b


@mistake("linear_forward", "Y", "the sum of all biases is added to every column", BIAS)
def bias_summed(X, W, b):
    return X @ W + b.sum()


@mistake("linear_forward", "Y", "b[0] is added to every column", BIAS)
def bias_first(X, W, b):
    return X @ W + b[0]


@mistake("linear_forward", "Y", "Y is multiplied by the bias", BIAS)
def bias_multiplied(X, W, b):
    return X @ W * b


@mistake("linear_forward", "Y", "the bias is added to the weights, before the product", BIAS)
def bias_on_weights(X, W, b):
    return X @ (W + b)


@mistake("linear_forward", "Y", "the bias is added to the first row only", BIAS)
def bias_first_row(X, W, b):
    Y = X @ W
    Y[0] += b
    return Y


@mistake("linear_forward", "Y", "Y is divided by the number of inputs", MEAN_FOR_SUM)
def mean_over_inputs(X, W, b):
    return X @ W / X.shape[1] + b


@mistake(
    "linear_forward", "Y", "Y holds the last input's share only: each round overwrites", OVERWRITTEN
)
def last_input(X, W, b):
    return np.outer(X[:, -1], W[-1]) + b


@mistake("linear_forward", "Y", "Y misses the last input: the loop stops one too early", LEFT_EARLY)
def stops_early(X, W, b):
    return X[:, :-1] @ W[:-1] + b


@mistake("linear_forward", "Y", "Y misses the first input: the loop starts at 1", LEFT_EARLY)
def starts_at_one(X, W, b):
    return X[:, 1:] @ W[1:] + b


@mistake("linear_forward", "Y", "Y is computed for the first row only", LEFT_EARLY)
def first_row(X, W, b):
    Y = np.zeros_like(X @ W)
    Y[0] = X[0] @ W + b
    return Y


@mistake("linear_forward", "Y", "Y is transposed", TRANSPOSED)
def transposed(X, W, b):
    return (X @ W + b).T


@mistake("linear_forward", "Y", "Y has passed a ReLU that nobody asked for", ACTIVATION_TOO_MUCH)
def relu_too_much(X, W, b):
    return np.maximum(X @ W + b, 0)


@mistake("linear_forward", "Y", "Y is cut to whole numbers", WHOLE_NUMBERS)
def whole_numbers(X, W, b):
    return (X @ W + b).astype(int)


@mistake("linear_backward", "dX", "dX has the wrong sign", SIGN)
def dX_sign(dY, cache):
    X, W = cache
    return -dY @ W.T


@mistake("linear_backward", "dX", "dX is made from X where W belongs", FORWARD_CACHE_MIXED)
def dX_from_X(dY, cache):
    X, W = cache
    return (dY @ dY.T) @ X / len(X)


@mistake("linear_backward", "dX", "dX is averaged over the batch", AVERAGED)
def dX_mean(dY, cache):
    X, W = cache
    return dY @ W.T / len(X)


@mistake("linear_backward", "dX", "dX is transposed", TRANSPOSED)
def dX_transposed(dY, cache):
    X, W = cache
    return W @ dY.T


@mistake("linear_backward", "dX", "dX does not use dY: it sums up W alone", UPSTREAM_LOST)
def dX_no_upstream(dY, cache):
    X, W = cache
    return np.ones_like(dY) @ W.T


@mistake("linear_backward", "dX", "dX leaves W out: it sums up dY alone", FORWARD_CACHE_MIXED)
def dX_no_weights(dY, cache):
    X, W = cache
    return dY @ np.ones_like(W).T


@mistake(
    "linear_backward",
    "dX",
    "dX holds the last unit's share only: each round overwrites",
    OVERWRITTEN,
)
def dX_last_unit(dY, cache):
    X, W = cache
    return np.outer(dY[:, -1], W[:, -1])


@mistake("linear_backward", "dX", "dX is computed for the first row only", LEFT_EARLY)
def dX_first_row(dY, cache):
    X, W = cache
    dX = np.zeros_like(X)
    dX[0] = dY[0] @ W.T
    return dX


@mistake(
    "linear_backward", "dX", "dX is masked where X is negative, as in a ReLU", ACTIVATION_TOO_MUCH
)
def dX_masked(dY, cache):
    X, W = cache
    return dY @ W.T * (X > 0)


@mistake(
    "linear_backward", "dX", "dX is multiplied by X as well: that factor belongs to dW", FACTOR
)
def dX_times_X(dY, cache):
    X, W = cache
    return dY @ W.T * X


@mistake("linear_backward", "dX", "dX is summed over the batch: one row instead of N", SUMMED_AWAY)
def dX_summed(dY, cache):
    X, W = cache
    return (dY @ W.T).sum(axis=0)
