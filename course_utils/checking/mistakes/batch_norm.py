"""Slips in the forward of batch norm."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_conv import (
    CENTRED,
    EPS,
    RUNNING,
    SPREAD,
    STATISTICS_AXIS,
    STRETCH,
    TEST_MODE,
)

NAME = "batch_norm_forward"


def _statistics(X, running, training):
    return (X.mean(axis=0), X.var(axis=0)) if training else (running["mean"], running["var"])


def _running(X, gamma, beta, running, change, training, momentum, eps):
    """A whole answer whose Y is right and whose new running statistics are `change`'s."""
    mean, var = _statistics(X, running, training)
    Y = gamma * (X - mean) / np.sqrt(var + eps) + beta
    new = change(running["mean"], running["var"], X) if training else dict(running)
    return Y, new, None


@mistake(NAME, "Y", "eps is added to the root, not to the variance", EPS)
def eps_outside_root(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * (X - mean) / (np.sqrt(var) + eps) + beta


@mistake(NAME, "Y", "eps is not added", EPS)
def no_eps(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * (X - mean) / np.sqrt(var) + beta


@mistake(NAME, "Y", "eps is squared under the root", EPS)
def eps_squared(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * (X - mean) / np.sqrt(var + eps**2) + beta


@mistake(NAME, "Y", "each row is normalized over its features, not each column", STATISTICS_AXIS)
def rows(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = X.mean(axis=1, keepdims=True), X.var(axis=1, keepdims=True)
    mean, var = (mean, var) if training else (running["mean"], running["var"])
    return gamma * (X - mean) / np.sqrt(var + eps) + beta


@mistake(NAME, "Y", "one mean and one variance are taken of the whole array", STATISTICS_AXIS)
def whole_array(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = (X.mean(), X.var()) if training else (running["mean"], running["var"])
    return gamma * (X - mean) / np.sqrt(var + eps) + beta


@mistake(NAME, "Y", "gamma is left out", STRETCH)
def no_gamma(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return (X - mean) / np.sqrt(var + eps) + beta


@mistake(NAME, "Y", "beta is left out", STRETCH)
def no_beta(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * (X - mean) / np.sqrt(var + eps)


@mistake(NAME, "Y", "gamma and beta have changed places", STRETCH)
def gamma_beta_swapped(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return beta * (X - mean) / np.sqrt(var + eps) + gamma


@mistake(NAME, "Y", "beta is added first and stretched by gamma, too", STRETCH)
def beta_stretched(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * ((X - mean) / np.sqrt(var + eps) + beta)


@mistake(NAME, "Y", "X is divided by the variance, without a root", SPREAD)
def no_root(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * (X - mean) / (var + eps) + beta


@mistake(NAME, "Y", "the variance is divided by N − 1, not by N", SPREAD)
def unbiased(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    var = X.var(axis=0, ddof=1) if training else var
    return gamma * (X - mean) / np.sqrt(var + eps) + beta


@mistake(NAME, "Y", "X is multiplied by the deviation, not divided", SPREAD)
def multiplied(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * (X - mean) * np.sqrt(var + eps) + beta


@mistake(NAME, "Y", "X is centred only, not divided by the deviation", SPREAD)
def centred_only(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, _ = _statistics(X, running, training)
    return gamma * (X - mean) + beta


@mistake(NAME, "Y", "the mean is not taken off X", CENTRED)
def not_centred(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    _, var = _statistics(X, running, training)
    return gamma * X / np.sqrt(var + eps) + beta


@mistake(NAME, "Y", "the variance is a mean of X², without the mean taken off", CENTRED)
def mean_of_squares(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    var = (X**2).mean(axis=0) if training else var
    return gamma * (X - mean) / np.sqrt(var + eps) + beta


@mistake(NAME, "Y", "only X / deviation is shifted: the mean is taken off undivided", CENTRED)
def mean_undivided(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    return gamma * (X / np.sqrt(var + eps) - mean) + beta


@mistake(NAME, "Y", "with training = False the batch's own statistics are still used", TEST_MODE)
def batch_in_use(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return gamma * (X - X.mean(axis=0)) / np.sqrt(X.var(axis=0) + eps) + beta


@mistake(NAME, "Y", "while training the running statistics are used, not the batch's", TEST_MODE)
def running_in_training(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return gamma * (X - running["mean"]) / np.sqrt(running["var"] + eps) + beta


@mistake(NAME, "Y", "Y is made of the updated running statistics, not of the batch's", TEST_MODE)
def updated_in_training(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = running["mean"], running["var"]
    if training:
        mean = momentum * mean + (1 - momentum) * X.mean(axis=0)
        var = momentum * var + (1 - momentum) * X.var(axis=0)
    return gamma * (X - mean) / np.sqrt(var + eps) + beta


@mistake(NAME, "*", "the weights are swapped: the old value gets 1 − momentum", RUNNING)
def momentum_swapped(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    def change(mean, var, X):
        m = momentum
        return {
            "mean": (1 - m) * mean + m * X.mean(axis=0),
            "var": (1 - m) * var + m * X.var(axis=0),
        }

    return _running(X, gamma, beta, running, change, training, momentum, eps)


@mistake(NAME, "*", "the running variance collects standard deviations", RUNNING)
def running_std(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    def change(mean, var, X):
        m = momentum
        return {
            "mean": m * mean + (1 - m) * X.mean(axis=0),
            "var": m * var + (1 - m) * X.std(axis=0),
        }

    return _running(X, gamma, beta, running, change, training, momentum, eps)


@mistake(NAME, "*", "the running variance collects variances divided by N − 1", RUNNING)
def running_unbiased(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    def change(mean, var, X):
        m = momentum
        return {
            "mean": m * mean + (1 - m) * X.mean(axis=0),
            "var": m * var + (1 - m) * X.var(axis=0, ddof=1),
        }

    return _running(X, gamma, beta, running, change, training, momentum, eps)


@mistake(NAME, "*", "eps is put into the running variance already", RUNNING)
def running_with_eps(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    def change(mean, var, X):
        m = momentum
        return {
            "mean": m * mean + (1 - m) * X.mean(axis=0),
            "var": m * var + (1 - m) * (X.var(axis=0) + eps),
        }

    return _running(X, gamma, beta, running, change, training, momentum, eps)


@mistake(NAME, "*", "the running statistics are returned as they came, never renewed", RUNNING)
def not_stored(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    def change(mean, var, X):
        return {"mean": mean, "var": var}

    return _running(X, gamma, beta, running, change, training, momentum, eps)


@mistake(NAME, "*", "only the last batch is kept: the old statistics are lost", RUNNING)
def last_batch(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    def change(mean, var, X):
        return {"mean": X.mean(axis=0), "var": X.var(axis=0)}

    return _running(X, gamma, beta, running, change, training, momentum, eps)


@mistake(NAME, "*", "the batch is added whole, without its weight 1 − momentum", RUNNING)
def added_whole(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    def change(mean, var, X):
        return {
            "mean": momentum * mean + X.mean(axis=0),
            "var": momentum * var + X.var(axis=0),
        }

    return _running(X, gamma, beta, running, change, training, momentum, eps)


@mistake(NAME, "*", "the running statistics change with training = False, too", RUNNING)
def updated_in_use(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean, var = _statistics(X, running, training)
    m = momentum
    new = {
        "mean": m * running["mean"] + (1 - m) * X.mean(axis=0),
        "var": m * running["var"] + (1 - m) * X.var(axis=0),
    }
    return gamma * (X - mean) / np.sqrt(var + eps) + beta, new, None
