"""Slips in the means of the way back through batch norm and layer norm, and where a net begins."""

from __future__ import annotations

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_conv import (
    LOCAL_SCALE,
    MEAN_OF,
    STATISTICS_AXIS,
    X_HAT,
)
from course_utils.checking.mistakes.advice_nets import NET_LOSS_BACK
from course_utils.checking.mistakes.two_layer_steps import NET, collected, squares, steps_of


def _batch_back(dY, cache, count, along):
    _, gamma, inverse_std, training = cache
    if not training:
        return dY * gamma * inverse_std
    return gamma * inverse_std * (dY - dY.sum(axis=0) / count - along / count)


@mistake("batch_norm_backward", "dX", "dX takes off dgamma / N without its X_hat", X_HAT)
def overlap_without_x_hat(dY, cache):
    return _batch_back(dY, cache, len(dY), (dY * cache[0]).sum(axis=0))


@mistake("batch_norm_backward", "dX", "dX divides the two sums by N − 1, not by N", MEAN_OF)
def sums_over_n_minus_one(dY, cache):
    return _batch_back(dY, cache, len(dY) - 1, cache[0] * (dY * cache[0]).sum(axis=0))


def _layer_back(G, mean, along, cache):
    X_hat, _, inverse_std = cache
    return (G - mean - X_hat * along) * inverse_std


@mistake("layer_norm_backward", "dX", "dX has gamma in its straight way only", LOCAL_SCALE)
def gamma_not_in_means(dY, cache):
    along = (dY * cache[0]).mean(axis=1, keepdims=True)
    return _layer_back(dY * cache[1], dY.mean(axis=1, keepdims=True), along, cache)


@mistake("layer_norm_backward", "dX", "dX takes one mean over the batch", STATISTICS_AXIS)
def one_mean_over_the_batch(dY, cache):
    G = dY * cache[1]
    return _layer_back(G, G.mean(axis=0), (G * cache[0]).mean(axis=1, keepdims=True), cache)


@mistake("layer_norm_backward", "dX", "dX takes the overlap over the batch", STATISTICS_AXIS)
def overlap_over_the_batch(dY, cache):
    G = dY * cache[1]
    return _layer_back(G, G.mean(axis=1, keepdims=True), (G * cache[0]).mean(axis=0), cache)


def _back_from(params, X, y, weight_decay, with_penalty):
    """The gradients when the loss stands where 1 belongs."""
    steps = steps_of(params, X, y)
    loss = steps["losses"].mean() + with_penalty * weight_decay * squares(params)
    data = collected(params, X, steps, 0.0, _GRADS)
    penalty = {"dW1": 2 * weight_decay * params["W1"], "dW2": 2 * weight_decay * params["W2"]}
    return {part: loss * g + penalty.get(part, 0.0) for part, g in data.items()}


_GRADS = "dW1 db1 dW2 db2"


@mistake(NET, _GRADS, "the way back begins with the loss, where 1 belongs", NET_LOSS_BACK)
def upstream_is_the_loss(params, X, y, weight_decay=0.0):
    return _back_from(params, X, y, weight_decay, with_penalty=False)


@mistake(NET, _GRADS, "the way back begins with loss and penalty, where 1 belongs", NET_LOSS_BACK)
def upstream_is_the_whole_loss(params, X, y, weight_decay=0.0):
    return _back_from(params, X, y, weight_decay, with_penalty=True)
