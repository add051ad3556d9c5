"""Slips in a single neuron."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import (
    FORWARD_CACHE_MIXED,
    SIGN,
    UPSTREAM_LOST,
)
from course_utils.checking.mistakes.advice_dense import (
    ACTIVATION_TOO_MUCH,
    FACTOR,
    LEFT_EARLY,
    NEURON_BIAS,
    NEURON_SUM,
    NOT_SUMMED,
    OVERWRITTEN,
    SUMMED_AWAY,
    WHOLE_NUMBERS,
)


@mistake("neuron_forward", "y", "y has no bias in it", NEURON_BIAS)
def no_bias(x, w, b):
    return x @ w


@mistake("neuron_forward", "y", "y is lowered by the bias, not raised", NEURON_BIAS)
def bias_subtracted(x, w, b):
    return x @ w - b


@mistake("neuron_forward", "y", "y has the bias once for every input", NEURON_BIAS)
def bias_per_input(x, w, b):
    return np.sum(x * w + b)


@mistake("neuron_forward", "y", "y is multiplied by the bias", NEURON_BIAS)
def bias_multiplied(x, w, b):
    return (x @ w) * b


@mistake(
    "neuron_forward", "y", "y has the bias inside the product, added to the weights", NEURON_BIAS
)
def bias_on_weights(x, w, b):
    return x @ (w + b)


@mistake("neuron_forward", "y", "y is not summed: each product got its own bias", NOT_SUMMED)
def not_summed(x, w, b):
    return x * w + b


@mistake(
    "neuron_forward", "y", "y is made from the mean of the products, not their sum", NEURON_SUM
)
def mean_of_products(x, w, b):
    return np.mean(x * w) + b


@mistake(
    "neuron_forward", "y", "y adds the weights to the inputs instead of multiplying", NEURON_SUM
)
def added_not_multiplied(x, w, b):
    return np.sum(x + w) + b


@mistake(
    "neuron_forward", "y", "y multiplies the two sums: all inputs meet all weights", NEURON_SUM
)
def sums_multiplied(x, w, b):
    return x.sum() * w.sum() + b


@mistake("neuron_forward", "y", "y leaves the weights out: only the inputs are summed", NEURON_SUM)
def no_weights(x, w, b):
    return x.sum() + b


@mistake("neuron_forward", "y", "y is the largest product instead of the sum of all", NEURON_SUM)
def largest_product(x, w, b):
    return np.max(x * w) + b


@mistake("neuron_forward", "y", "y is the product of all the products, not their sum", NEURON_SUM)
def product_of_products(x, w, b):
    return np.prod(x * w) + b


@mistake(
    "neuron_forward", "y", "y holds the last product only: each round overwrites it", OVERWRITTEN
)
def last_product(x, w, b):
    return x[-1] * w[-1] + b


@mistake(
    "neuron_forward", "y", "y holds the first product only: the loop ends too early", LEFT_EARLY
)
def first_product(x, w, b):
    return x[0] * w[0] + b


@mistake("neuron_forward", "y", "y misses the first input: the loop starts at 1", LEFT_EARLY)
def starts_at_one(x, w, b):
    return x[1:] @ w[1:] + b


@mistake("neuron_forward", "y", "y misses the last input: the loop stops one too early", LEFT_EARLY)
def stops_early(x, w, b):
    return x[:-1] @ w[:-1] + b


@mistake("neuron_forward", "y", "y has passed a ReLU that nobody asked for", ACTIVATION_TOO_MUCH)
def relu_too_much(x, w, b):
    return max(x @ w + b, 0.0)


@mistake("neuron_forward", "y", "y has passed a sigmoid that nobody asked for", ACTIVATION_TOO_MUCH)
def sigmoid_too_much(x, w, b):
    return 1 / (1 + np.exp(-(x @ w + b)))


@mistake("neuron_forward", "y", "y is cut to a whole number", WHOLE_NUMBERS)
def whole_number(x, w, b):
    return int(x @ w + b)


@mistake("neuron_backward", "dx", "dx is made from x where w belongs", FORWARD_CACHE_MIXED)
def dx_from_x(dy, cache):
    x, w = cache
    return dy * x


@mistake("neuron_backward", "dx", "dx does not use dy and is w alone", UPSTREAM_LOST)
def dx_no_upstream(dy, cache):
    x, w = cache
    return w


@mistake("neuron_backward", "dx", "dx has the wrong sign", SIGN)
def dx_sign(dy, cache):
    x, w = cache
    return -dy * w


@mistake(
    "neuron_backward", "dx", "dx is multiplied by x as well: that factor belongs to dw", FACTOR
)
def dx_both_factors(dy, cache):
    x, w = cache
    return dy * w * x


@mistake("neuron_backward", "dx", "dx adds dy to w instead of multiplying", UPSTREAM_LOST)
def dx_added(dy, cache):
    x, w = cache
    return dy + w


@mistake("neuron_backward", "dx", "dx leaves w out: every input gets dy", FORWARD_CACHE_MIXED)
def dx_only_upstream(dy, cache):
    x, w = cache
    return dy * np.ones_like(x)


@mistake("neuron_backward", "dx", "dx is summed up to one number", SUMMED_AWAY)
def dx_summed(dy, cache):
    x, w = cache
    return dy * w.sum()


@mistake("neuron_backward", "dw", "dw is made from w where x belongs", FORWARD_CACHE_MIXED)
def dw_from_w(dy, cache):
    x, w = cache
    return dy * w


@mistake("neuron_backward", "dw", "dw does not use dy and is x alone", UPSTREAM_LOST)
def dw_no_upstream(dy, cache):
    x, w = cache
    return x


@mistake("neuron_backward", "dw", "dw has the wrong sign", SIGN)
def dw_sign(dy, cache):
    x, w = cache
    return -dy * x


@mistake("neuron_backward", "dw", "dw is divided by the number of inputs", FACTOR)
def dw_mean(dy, cache):
    x, w = cache
    return dy * x / len(x)


@mistake("neuron_backward", "dw", "dw is summed up to one number", SUMMED_AWAY)
def dw_dot(dy, cache):
    x, w = cache
    return dy * x.sum()


@mistake("neuron_backward", "dw", "dw adds dy to x instead of multiplying", UPSTREAM_LOST)
def dw_added(dy, cache):
    x, w = cache
    return dy + x


@mistake("neuron_backward", "db", "db does not use dy and is 1", UPSTREAM_LOST)
def db_one(dy, cache):
    return 1.0


@mistake("neuron_backward", "db", "db is 0, as if the bias touched nothing", NEURON_BIAS)
def db_zero(dy, cache):
    return 0.0


@mistake("neuron_backward", "db", "db has the wrong sign", SIGN)
def db_sign(dy, cache):
    return -dy


@mistake("neuron_backward", "db", "db counts dy once for every input", NEURON_BIAS)
def db_per_input(dy, cache):
    return dy * len(cache[0])


@mistake(
    "neuron_backward", "db", "db has one entry for each input, but b is one number", NEURON_BIAS
)
def db_vector(dy, cache):
    return dy * np.ones_like(cache[0])


@mistake(
    "neuron_backward", "db", "db is multiplied by the inputs: that factor belongs to dw", FACTOR
)
def db_times_inputs(dy, cache):
    return dy * cache[0].sum()
