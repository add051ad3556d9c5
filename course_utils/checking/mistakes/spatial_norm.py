"""Slips in spatial batch norm.

The cache of the reference: the shape of X, and batch norm's cache with a row for each pixel.
"""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SUMMED_WRONG_AXIS
from course_utils.checking.mistakes.advice_conv import (
    CHANNELS_LAST,
    EPS,
    LOCAL_SCALE,
    MEAN_OF,
    PATHS,
    RUNNING,
    SPREAD,
    STATISTICS_AXIS,
    STRETCH,
    TEST_MODE,
    X_HAT,
)

FORWARD, BACKWARD = "spatial_batch_norm_forward", "spatial_batch_norm_backward"
ALL = (0, 2, 3)


def _wide(vector):
    """(C,) beside (N, C, H, W)."""
    return np.reshape(vector, (1, -1, 1, 1))


def _normed(X, gamma, beta, running, training, eps, axes=ALL):
    mean, var = _wide(running["mean"]), _wide(running["var"])
    if training:
        mean, var = X.mean(axis=axes, keepdims=True), X.var(axis=axes, keepdims=True)
    return _wide(gamma) * (X - mean) / np.sqrt(var + eps) + _wide(beta)


def _with_running(X, gamma, beta, running, training, eps, mean, var):
    """A whole answer whose Y is right and whose new running statistics are given."""
    Y = _normed(X, gamma, beta, running, training, eps)
    return Y, {"mean": mean, "var": var} if training else dict(running), None


@mistake(FORWARD, "Y", "every pixel has its own statistics, over the images only", STATISTICS_AXIS)
def per_pixel(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, beta, running, training, eps, axes=0)


@mistake(FORWARD, "Y", "every image has statistics of its own", STATISTICS_AXIS)
def per_image(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, beta, running, training, eps, axes=(2, 3))


@mistake(FORWARD, "Y", "all channels of an image are normalized together", STATISTICS_AXIS)
def like_layer_norm(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, beta, running, training, eps, axes=(1, 2, 3))


@mistake(FORWARD, "Y", "all channels share one mean and one variance", STATISTICS_AXIS)
def channels_together(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, beta, running, training, eps, axes=None)


@mistake(FORWARD, "Y", "X is reshaped into rows without moving the channels last", CHANNELS_LAST)
def reshaped(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    rows = X.reshape(-1, X.shape[1])
    mean, var = (rows.mean(0), rows.var(0)) if training else (running["mean"], running["var"])
    return (gamma * (rows - mean) / np.sqrt(var + eps) + beta).reshape(X.shape)


@mistake(FORWARD, "Y", "rows are reshaped into images without moving channels back", CHANNELS_LAST)
def reshaped_back(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    Y = _normed(X, gamma, beta, running, training, eps)
    return Y.transpose(0, 2, 3, 1).reshape(X.shape)


@mistake(FORWARD, "Y", "Y is left with the channels last", CHANNELS_LAST)
def channels_left_last(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, beta, running, training, eps).transpose(0, 2, 3, 1)


@mistake(FORWARD, "Y", "gamma is left out", STRETCH)
def spatial_no_gamma(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, np.ones_like(gamma), beta, running, training, eps)


@mistake(FORWARD, "Y", "beta is left out", STRETCH)
def spatial_no_beta(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, np.zeros_like(beta), running, training, eps)


@mistake(FORWARD, "Y", "eps is not handed on: the default is used", EPS)
def eps_default(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, beta, running, training, 1e-5)


@mistake(FORWARD, "Y", "X is divided by the variance, without a root", SPREAD)
def spatial_no_root(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    var = X.var(axis=ALL) if training else running["var"]
    centred = _normed(X, 1.0, 0.0, running, training, eps)
    return _wide(gamma) * centred / np.sqrt(_wide(var) + eps) + _wide(beta)


@mistake(FORWARD, "Y", "with training = False the batch's own statistics are still used", TEST_MODE)
def spatial_batch_in_use(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _normed(X, gamma, beta, running, True, eps)


@mistake(FORWARD, "*", "the weights are swapped: the old value gets 1 − momentum", RUNNING)
def spatial_momentum(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    m = momentum
    mean = (1 - m) * running["mean"] + m * X.mean(axis=ALL)
    var = (1 - m) * running["var"] + m * X.var(axis=ALL)
    return _with_running(X, gamma, beta, running, training, eps, mean, var)


@mistake(FORWARD, "*", "momentum is not handed on: the default is used", RUNNING)
def momentum_default(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean = 0.9 * running["mean"] + 0.1 * X.mean(axis=ALL)
    var = 0.9 * running["var"] + 0.1 * X.var(axis=ALL)
    return _with_running(X, gamma, beta, running, training, eps, mean, var)


@mistake(FORWARD, "*", "the running statistics are returned as they came, never renewed", RUNNING)
def spatial_not_stored(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    return _with_running(X, gamma, beta, running, training, eps, running["mean"], running["var"])


@mistake(FORWARD, "*", "the running variance is a mean of each image's variance", RUNNING)
def variance_per_image(X, gamma, beta, running, *, training=True, momentum=0.9, eps=1e-5):
    mean = momentum * running["mean"] + (1 - momentum) * X.mean(axis=ALL)
    inside = X.var(axis=(2, 3)).mean(axis=0)
    var = momentum * running["var"] + (1 - momentum) * inside
    return _with_running(X, gamma, beta, running, training, eps, mean, var)


def _back(dY, cache, axes=ALL, mean=1.0, var=1.0, count=1.0):
    """dX, means over `axes`; a factor for each way through the statistics."""
    shape, (rows, gamma, inverse_std, _) = cache
    N, C, H, W = shape
    X_hat = rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    dX_hat = dY * _wide(gamma)
    through_mean = count * dX_hat.mean(axis=axes, keepdims=True)
    through_var = count * X_hat * (dX_hat * X_hat).mean(axis=axes, keepdims=True)
    return (dX_hat - mean * through_mean - var * through_var) * _wide(inverse_std)


def _X_hat(cache):
    (N, C, H, W), (rows, *_) = cache
    return rows.reshape(N, H, W, C).transpose(0, 3, 1, 2)


@mistake(BACKWARD, "dX", "dX takes its means over the images only, pixel by pixel", STATISTICS_AXIS)
def dX_per_pixel(dY, cache):
    return _back(dY, cache, axes=0)


@mistake(BACKWARD, "dX", "dX takes its means within each image", STATISTICS_AXIS)
def dX_per_image(dY, cache):
    return _back(dY, cache, axes=(2, 3))


@mistake(BACKWARD, "dX", "the sums are divided by N, not by N·H·W", MEAN_OF)
def dX_only_N(dY, cache):
    return _back(dY, cache, count=dY[0, 0].size)


@mistake(BACKWARD, "dX", "the sums are divided by H·W, not by N·H·W", MEAN_OF)
def dX_only_pixels(dY, cache):
    return _back(dY, cache, count=len(dY))


@mistake(BACKWARD, "dX", "dX takes mean and variance for constants", PATHS)
def spatial_constants(dY, cache):
    return _back(dY, cache, mean=0, var=0)


@mistake(BACKWARD, "dX", "dX lacks the way through the variance", PATHS)
def spatial_no_variance(dY, cache):
    return _back(dY, cache, var=0)


@mistake(BACKWARD, "dX", "dX lacks gamma", LOCAL_SCALE)
def spatial_dX_no_gamma(dY, cache):
    shape, (rows, gamma, inverse_std, training) = cache
    return _back(dY, (shape, (rows, np.ones_like(gamma), inverse_std, training)))


@mistake(BACKWARD, "dX", "dY is reshaped into rows without moving the channels last", CHANNELS_LAST)
def dY_reshaped(dY, cache):
    shape, _ = cache
    N, C, H, W = shape
    mixed = dY.reshape(N, H, W, C).transpose(0, 3, 1, 2)
    return _back(mixed, cache)


@mistake(BACKWARD, "dX", "dX is reshaped into images without moving channels back", CHANNELS_LAST)
def dX_reshaped(dY, cache):
    return _back(dY, cache).transpose(0, 2, 3, 1).reshape(dY.shape)


@mistake(BACKWARD, "dgamma", "dgamma is summed over the images only", SUMMED_WRONG_AXIS)
def dgamma_images_only(dY, cache):
    return (dY * _X_hat(cache)).sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma is summed over the pixels only", SUMMED_WRONG_AXIS)
def dgamma_pixels_only(dY, cache):
    return (dY * _X_hat(cache)).sum(axis=(2, 3))


@mistake(BACKWARD, "dgamma", "dgamma is averaged over images and pixels", AVERAGED)
def spatial_dgamma_mean(dY, cache):
    return (dY * _X_hat(cache)).mean(axis=ALL)


@mistake(BACKWARD, "dgamma", "dgamma mixes channels: reshaped, not transposed", CHANNELS_LAST)
def dgamma_mixed(dY, cache):
    rows = cache[1][0]
    return (dY.reshape(rows.shape) * rows).sum(axis=0)


@mistake(BACKWARD, "dgamma", "dgamma lacks X_hat: it is dbeta", X_HAT)
def spatial_dgamma_is_dbeta(dY, cache):
    return dY.sum(axis=ALL)


@mistake(BACKWARD, "dbeta", "dbeta is summed over the images only", SUMMED_WRONG_AXIS)
def dbeta_images_only(dY, cache):
    return dY.sum(axis=0)


@mistake(BACKWARD, "dbeta", "dbeta is averaged over images and pixels", AVERAGED)
def spatial_dbeta_mean(dY, cache):
    return dY.mean(axis=ALL)


@mistake(BACKWARD, "dbeta", "dbeta mixes channels: reshaped, not transposed", CHANNELS_LAST)
def dbeta_mixed(dY, cache):
    return dY.reshape(-1, dY.shape[1]).sum(axis=0)
