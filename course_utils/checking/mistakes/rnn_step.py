"""Slips in one step of the plain recurrent net."""

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
from course_utils.checking.mistakes.advice_sequences import (
    GRADIENT_CARRIED,
    OLD_STATE,
    SHARED_BY_SAMPLES,
    STEP_SQUASH,
    STEP_SUM,
    TANH_SLOPE,
    WEIGHT_TURNED,
)

_ALL = "dx dh_prev dWx dWh db"


@mistake("rnn_step_forward", "h", "the bias is not added", STEP_SUM)
def no_bias(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx + h_prev @ Wh)


@mistake("rnn_step_forward", "h", "the bias is added twice", STEP_SUM)
def bias_twice(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx + b + h_prev @ Wh + b)


@mistake("rnn_step_forward", "h", "the old state is not used", STEP_SUM)
def no_memory(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx + b)


@mistake("rnn_step_forward", "h", "the input is not used", STEP_SUM)
def no_input(x, h_prev, Wx, Wh, b):
    return np.tanh(h_prev @ Wh + b)


@mistake("rnn_step_forward", "h", "the old state is added without its weights", STEP_SUM)
def memory_without_weights(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx + h_prev + b)


@mistake("rnn_step_forward", "h", "input and memory are multiplied, not added", STEP_SUM)
def multiplied(x, h_prev, Wx, Wh, b):
    return np.tanh((x @ Wx) * (h_prev @ Wh) + b)


@mistake("rnn_step_forward", "h", "the tanh is missing", STEP_SQUASH)
def no_tanh(x, h_prev, Wx, Wh, b):
    return x @ Wx + h_prev @ Wh + b


@mistake("rnn_step_forward", "h", "a sigmoid stands where tanh belongs", STEP_SQUASH)
def sigmoid(x, h_prev, Wx, Wh, b):
    return 1 / (1 + np.exp(-(x @ Wx + h_prev @ Wh + b)))


@mistake("rnn_step_forward", "h", "a ReLU stands where tanh belongs", STEP_SQUASH)
def relu(x, h_prev, Wx, Wh, b):
    return np.maximum(x @ Wx + h_prev @ Wh + b, 0)


@mistake("rnn_step_forward", "h", "tanh is applied twice", STEP_SQUASH)
def tanh_twice(x, h_prev, Wx, Wh, b):
    return np.tanh(np.tanh(x @ Wx + h_prev @ Wh + b))


@mistake("rnn_step_forward", "h", "the bias is added after the tanh", STEP_SQUASH)
def bias_outside(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx + h_prev @ Wh) + b


@mistake("rnn_step_forward", "h", "the memory is added after the tanh", STEP_SQUASH)
def memory_outside(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx + b) + h_prev @ Wh


@mistake("rnn_step_forward", "h", "the old state is added to the new one", STEP_SQUASH)
def old_state_added(x, h_prev, Wx, Wh, b):
    return h_prev + np.tanh(x @ Wx + h_prev @ Wh + b)


@mistake("rnn_step_forward", "h", "Wh is transposed", WEIGHT_TURNED)
def Wh_turned(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx + h_prev @ Wh.T + b)


def step_back(dh, cache, slope=lambda h, h_prev: 1 - h**2):
    """The gradients of a step, with another slope of tanh."""
    x, h_prev, Wx, Wh, h = cache
    return behind(dh * slope(h, h_prev), cache)


def behind(dA, cache):
    """What follows from the gradient of the sum inside tanh."""
    x, h_prev, Wx, Wh, h = cache
    values = (dA @ Wx.T, dA @ Wh.T, x.T @ dA, h_prev.T @ dA, dA.sum(axis=0))
    return dict(zip(_ALL.split(), values, strict=True))


@mistake("rnn_step_backward", _ALL, "the slope of tanh is missing", TANH_SLOPE)
def no_slope(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: 1)


@mistake("rnn_step_backward", _ALL, "1 − h is taken for the slope of tanh", TANH_SLOPE)
def slope_without_square(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: 1 - h)


@mistake("rnn_step_backward", _ALL, "1 + h² is taken for the slope of tanh", TANH_SLOPE)
def slope_plus(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: 1 + h**2)


@mistake("rnn_step_backward", _ALL, "h² is taken for the slope of tanh", TANH_SLOPE)
def slope_square(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: h**2)


@mistake(
    "rnn_step_backward", _ALL, "the slope is made with the sum before tanh, not with h", TANH_SLOPE
)
def slope_before_tanh(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: 1 - np.arctanh(h) ** 2)


@mistake("rnn_step_backward", _ALL, "the slope is made with the old state, not with h", TANH_SLOPE)
def slope_old_state(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: 1 - h_prev**2)


@mistake("rnn_step_backward", _ALL, "tanh is applied again to h for its slope", TANH_SLOPE)
def slope_tanh_again(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: 1 - np.tanh(h) ** 2)


@mistake("rnn_step_backward", _ALL, "the slope is that of the sigmoid, not of tanh", TANH_SLOPE)
def slope_sigmoid(dh, cache):
    return step_back(dh, cache, lambda h, h_prev: h * (1 - h))


@mistake("rnn_step_backward", _ALL, "dh is not used, only the slope of tanh", UPSTREAM_LOST)
def upstream_lost(dh, cache):
    return step_back(np.ones_like(dh), cache)


@mistake("rnn_step_backward", _ALL, "the slope of tanh is taken at dh, not at h", UPSTREAM_LOST)
def slope_at_dh(dh, cache):
    return behind(1 - np.tanh(dh) ** 2, cache)


@mistake("rnn_step_backward", "dh_prev", "Wh is not transposed on the way back", WEIGHT_TURNED)
def Wh_not_turned(dh, cache):
    return dh * (1 - cache[4] ** 2) @ cache[3]


@mistake("rnn_step_backward", "dh_prev", "dh is added to dh_prev once more", GRADIENT_CARRIED)
def dh_added(dh, cache):
    return step_back(dh, cache)["dh_prev"] + dh


@mistake("rnn_step_backward", "dh_prev", "dh is handed on, not sent through Wh", GRADIENT_CARRIED)
def not_through_Wh(dh, cache):
    return dh * (1 - cache[4] ** 2)


@mistake("rnn_step_backward", "dWh", "dWh is made with the new state, not the old", OLD_STATE)
def dWh_new_state(dh, cache):
    return cache[4].T @ (dh * (1 - cache[4] ** 2))


@mistake("rnn_step_backward", "dWh", "dWh is transposed", WEIGHT_TURNED)
def dWh_turned(dh, cache):
    return step_back(dh, cache)["dWh"].T


@mistake("rnn_step_backward", "dWh", "dWh is made from Wh, not from the state", FORWARD_CACHE_MIXED)
def dWh_from_Wh(dh, cache):
    dA = dh * (1 - cache[4] ** 2)
    return cache[3].T @ (dA.T @ dA)


@mistake("rnn_step_backward", "dWx", "dWx is averaged over the batch", AVERAGED)
def dWx_mean(dh, cache):
    return step_back(dh, cache)["dWx"] / len(dh)


@mistake("rnn_step_backward", "dWh", "dWh is averaged over the batch", AVERAGED)
def dWh_mean(dh, cache):
    return step_back(dh, cache)["dWh"] / len(dh)


@mistake("rnn_step_backward", "dWx", "dWx is transposed", SUMMED_WRONG_AXIS)
def dWx_turned(dh, cache):
    return step_back(dh, cache)["dWx"].T


@mistake("rnn_step_backward", "db", "db is averaged over the batch", AVERAGED)
def db_mean(dh, cache):
    return step_back(dh, cache)["db"] / len(dh)


@mistake(
    "rnn_step_backward", "db", "db is summed over the units, not over the batch", SUMMED_WRONG_AXIS
)
def db_axis_1(dh, cache):
    return (dh * (1 - cache[4] ** 2)).sum(axis=1)


@mistake("rnn_step_backward", "db", "db is not summed over the batch", SHAPE_KEPT)
def db_not_summed(dh, cache):
    return dh * (1 - cache[4] ** 2)


@mistake("rnn_step_backward", "dx", "dx has the wrong sign", SIGN)
def dx_turned(dh, cache):
    return -step_back(dh, cache)["dx"]


@mistake("rnn_step_backward", "dWx dWh db", "only the last sample counts", SHARED_BY_SAMPLES)
def last_sample_only(dh, cache):
    x, h_prev, Wx, Wh, h = cache
    named = step_back(dh[-1:], (x[-1:], h_prev[-1:], Wx, Wh, h[-1:]))
    return {part: named[part] for part in ("dWx", "dWh", "db")}
