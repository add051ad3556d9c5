"""Slips in the L2 penalty."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_dense import NOT_SUMMED, SUMMED_AWAY, TRANSPOSED
from course_utils.checking.mistakes.advice_nets import (
    PENALTY_SLOPE,
    PENALTY_SQUARES,
    PENALTY_STRENGTH,
)


@mistake("l2_penalty_forward", "penalty", "penalty is halved", PENALTY_STRENGTH)
def halved(W, weight_decay):
    return 0.5 * weight_decay * np.sum(W * W)


@mistake("l2_penalty_forward", "penalty", "penalty is doubled", PENALTY_STRENGTH)
def doubled(W, weight_decay):
    return 2 * weight_decay * np.sum(W * W)


@mistake("l2_penalty_forward", "penalty", "penalty does not use weight_decay", PENALTY_STRENGTH)
def no_strength(W, weight_decay):
    return np.sum(W * W)


@mistake("l2_penalty_forward", "penalty", "penalty squares weight_decay, too", PENALTY_STRENGTH)
def strength_squared(W, weight_decay):
    return np.sum((weight_decay * W) ** 2)


@mistake(
    "l2_penalty_forward",
    "penalty",
    "penalty is a mean over the weights, not a sum",
    PENALTY_STRENGTH,
)
def mean(W, weight_decay):
    return weight_decay * np.mean(W * W)


@mistake(
    "l2_penalty_forward",
    "penalty",
    "penalty is divided by the number of rows of W",
    PENALTY_STRENGTH,
)
def divided_by_rows(W, weight_decay):
    return weight_decay * np.sum(W * W) / len(W)


@mistake(
    "l2_penalty_forward",
    "penalty",
    "penalty sums absolute values, not squares",
    PENALTY_SQUARES,
)
def absolute(W, weight_decay):
    return weight_decay * np.sum(np.abs(W))


@mistake(
    "l2_penalty_forward",
    "penalty",
    "penalty is the root of the sum of squares",
    PENALTY_SQUARES,
)
def root(W, weight_decay):
    return weight_decay * np.sqrt(np.sum(W * W))


@mistake(
    "l2_penalty_forward", "penalty", "penalty squares the sum, not each weight", PENALTY_SQUARES
)
def square_of_sum(W, weight_decay):
    return weight_decay * np.sum(W) ** 2


@mistake(
    "l2_penalty_forward",
    "penalty",
    "penalty sums the weights without squaring them",
    PENALTY_SQUARES,
)
def no_square(W, weight_decay):
    return weight_decay * np.sum(W)


@mistake(
    "l2_penalty_forward",
    "penalty",
    "penalty sums W Wᵀ, which multiplies rows with rows",
    PENALTY_SQUARES,
)
def rows_with_rows(W, weight_decay):
    return weight_decay * np.sum(W @ W.T)


@mistake("l2_penalty_forward", "penalty", "penalty has one entry for each weight", NOT_SUMMED)
def not_summed(W, weight_decay):
    return weight_decay * W * W


@mistake("l2_penalty_forward", "penalty", "penalty has one entry for each column", NOT_SUMMED)
def column_sums(W, weight_decay):
    return weight_decay * np.sum(W * W, axis=0)


@mistake("l2_penalty_forward", "penalty", "penalty has one entry for each row", NOT_SUMMED)
def row_sums(W, weight_decay):
    return weight_decay * np.sum(W * W, axis=1)


@mistake("l2_penalty_forward", "penalty", "penalty is negative and rewards large weights", SIGN)
def negative(W, weight_decay):
    return -weight_decay * np.sum(W * W)


@mistake(
    "l2_penalty_backward", "dW", "dW has lost the 2, though the slope of w² is 2w", PENALTY_STRENGTH
)
def no_two(dpenalty, cache):
    W, weight_decay = cache
    return dpenalty * weight_decay * W


@mistake(
    "l2_penalty_backward", "dW", "dW is halved, though the penalty has no 1/2", PENALTY_STRENGTH
)
def half(dpenalty, cache):
    W, weight_decay = cache
    return 0.5 * dpenalty * weight_decay * W


@mistake("l2_penalty_backward", "dW", "dW does not use weight_decay", PENALTY_STRENGTH)
def no_strength_back(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * W


@mistake("l2_penalty_backward", "dW", "dW uses weight_decay twice", PENALTY_STRENGTH)
def strength_twice(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay**2 * W


@mistake("l2_penalty_backward", "dW", "dW is divided by the number of weights", PENALTY_STRENGTH)
def mean_back(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay * W / W.size


@mistake("l2_penalty_backward", "dW", "dW is divided by the number of rows of W", PENALTY_STRENGTH)
def divided_by_rows_back(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay * W / len(W)


@mistake("l2_penalty_backward", "dW", "dW does not use dpenalty", UPSTREAM_LOST)
def upstream_lost(dpenalty, cache):
    W, weight_decay = cache
    return 2 * weight_decay * W


@mistake(
    "l2_penalty_backward", "dW", "dW adds dpenalty instead of multiplying with it", UPSTREAM_LOST
)
def upstream_added(dpenalty, cache):
    W, weight_decay = cache
    return dpenalty + 2 * weight_decay * W


@mistake("l2_penalty_backward", "dW", "dW has the wrong sign and makes the weights grow", SIGN)
def sign(dpenalty, cache):
    W, weight_decay = cache
    return -2 * dpenalty * weight_decay * W


@mistake(
    "l2_penalty_backward",
    "dW",
    "dW is the slope of |W|: only the signs of W are left",
    PENALTY_SLOPE,
)
def signs(dpenalty, cache):
    W, weight_decay = cache
    return dpenalty * weight_decay * np.sign(W)


@mistake(
    "l2_penalty_backward",
    "dW",
    "dW holds absolute values: negative weights have lost their sign",
    PENALTY_SLOPE,
)
def absolute_back(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay * np.abs(W)


@mistake(
    "l2_penalty_backward",
    "dW",
    "dW squares the weights: it is the penalty, not its slope",
    PENALTY_SLOPE,
)
def squared_back(dpenalty, cache):
    W, weight_decay = cache
    return dpenalty * weight_decay * W * W


@mistake(
    "l2_penalty_backward",
    "dW",
    "dW has a square and a 2: the exponent was not lowered",
    PENALTY_SLOPE,
)
def exponent_kept(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay * W * W


@mistake("l2_penalty_backward", "dW", "dW leaves W out: every weight gets the same", PENALTY_SLOPE)
def constant(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay * np.ones_like(W)


@mistake(
    "l2_penalty_backward",
    "dW",
    "dW is divided by the length of W, the slope of the root",
    PENALTY_SLOPE,
)
def slope_of_root(dpenalty, cache):
    W, weight_decay = cache
    return dpenalty * weight_decay * W / np.sqrt(np.sum(W * W))


@mistake("l2_penalty_backward", "dW", "dW is summed up to one number", SUMMED_AWAY)
def summed_back(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay * np.sum(W)


@mistake("l2_penalty_backward", "dW", "dW gives every weight the sum of all weights", PENALTY_SLOPE)
def sum_everywhere(dpenalty, cache):
    W, weight_decay = cache
    return 2 * dpenalty * weight_decay * np.full_like(W, np.sum(W))


@mistake("l2_penalty_backward", "dW", "dW is transposed", TRANSPOSED)
def transposed(dpenalty, cache):
    W, weight_decay = cache
    return (2 * dpenalty * weight_decay * W).T
