"""Slips in max and average pooling."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_conv import (
    CHANNELS,
    PLACES,
    SHARE,
    WINDOW,
)

MAX, MEAN = "max_pool_forward", "average_pool_forward"


def windows(X, size, stride):
    views = np.lib.stride_tricks.sliding_window_view(X, (size, size), axis=(2, 3))
    return views[:, :, ::stride, ::stride]


def _max(X, size, stride):
    return windows(X, size, stride or size).max(axis=(4, 5))


def _mean(X, size, stride):
    return windows(X, size, stride or size).mean(axis=(4, 5))


@mistake(MAX, "Y", "the smallest number of a window is kept, not the largest", WINDOW)
def smallest(X, *, size=2, stride=None):
    return -_max(-X, size, stride)


@mistake(MAX, "Y", "the mean of a window is kept, not the largest number", WINDOW)
def mean_kept(X, *, size=2, stride=None):
    return _mean(X, size, stride)


@mistake(MAX, "Y", "the maximum starts from 0: negative windows give 0", WINDOW)
def starts_from_zero(X, *, size=2, stride=None):
    return np.maximum(_max(X, size, stride), 0)


@mistake(MAX, "Y", "the largest magnitude is kept, whatever its sign", WINDOW)
def largest_magnitude(X, *, size=2, stride=None):
    return _max(np.abs(X), size, stride)


@mistake(MAX, "Y", "the windows lack their last row and column", WINDOW)
def window_too_small(X, *, size=2, stride=None):
    return windows(X, size, stride or size)[..., :-1, :-1].max(axis=(4, 5))


@mistake(MAX, "Y", "the maximum goes over the channels, too", CHANNELS)
def max_over_channels(X, *, size=2, stride=None):
    Y = _max(X, size, stride)
    return np.broadcast_to(Y.max(axis=1, keepdims=True), Y.shape)


@mistake(MAX, "Y", "stride is not used: the windows stand side by side", PLACES)
def max_stride_is_size(X, *, size=2, stride=None):
    return _max(X, size, size)


@mistake(MAX, "Y", "windows start at p, not at p times stride", PLACES)
def max_starts_without_stride(X, *, size=2, stride=None):
    right = _max(X, size, stride)
    return _max(X, size, 1)[:, :, : right.shape[2], : right.shape[3]]


@mistake(MAX, "Y", "one row and one column of windows is missing: no + 1", PLACES)
def max_one_short(X, *, size=2, stride=None):
    return _max(X, size, stride)[:, :, :-1, :-1]


@mistake(MAX, "Y", "an incomplete window at the edge counts, too", PLACES)
def max_incomplete(X, *, size=2, stride=None):
    stride = stride or size
    more = [-(n - size) % stride if n > size else 0 for n in X.shape[2:]]
    wide = np.pad(X, ((0, 0), (0, 0), (0, more[0]), (0, more[1])), constant_values=-np.inf)
    return _max(wide, size, stride)


@mistake(MEAN, "Y", "the window is summed, not averaged", SHARE)
def summed(X, *, size=2, stride=None):
    return _mean(X, size, stride) * size**2


@mistake(MEAN, "Y", "the sum is divided by size, not by size²", SHARE)
def divided_by_size(X, *, size=2, stride=None):
    return _mean(X, size, stride) * size


@mistake(MEAN, "Y", "the sum is divided by stride², not by size²", SHARE)
def divided_by_stride(X, *, size=2, stride=None):
    return _mean(X, size, stride) * size**2 / (stride or size) ** 2


@mistake(MEAN, "Y", "the largest number of a window is kept, not the mean", WINDOW)
def largest_kept(X, *, size=2, stride=None):
    return _max(X, size, stride)


@mistake(MEAN, "Y", "the windows lack their last row and column", WINDOW)
def mean_window_too_small(X, *, size=2, stride=None):
    return windows(X, size, stride or size)[..., :-1, :-1].mean(axis=(4, 5))


@mistake(MEAN, "Y", "the mean goes over the channels, too", CHANNELS)
def mean_over_channels(X, *, size=2, stride=None):
    Y = _mean(X, size, stride)
    return np.broadcast_to(Y.mean(axis=1, keepdims=True), Y.shape)


@mistake(MEAN, "Y", "stride is not used: the windows stand side by side", PLACES)
def mean_stride_is_size(X, *, size=2, stride=None):
    return _mean(X, size, size)


@mistake(MEAN, "Y", "windows start at p, not at p times stride", PLACES)
def mean_starts_without_stride(X, *, size=2, stride=None):
    right = _mean(X, size, stride)
    return _mean(X, size, 1)[:, :, : right.shape[2], : right.shape[3]]


@mistake(MEAN, "Y", "one row and one column of windows is missing: no + 1", PLACES)
def mean_one_short(X, *, size=2, stride=None):
    return _mean(X, size, stride)[:, :, :-1, :-1]
