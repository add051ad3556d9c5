"""Slips in the backward of max and average pooling.

The caches of the reference: winners (or a shape), the shape of X, size, stride.
"""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises.normalization import asked
from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import UPSTREAM_LOST
from course_utils.checking.mistakes.advice_conv import (
    CONTRIBUTIONS,
    PLACES,
    SHARE,
    TIES,
    WINNER,
)
from course_utils.checking.mistakes.pooling import windows

MAX, MEAN = "max_pool_backward", "average_pool_backward"


def _spread(shares, shape, stride, overwrite=False):
    """Put what each pixel of each window gets, (N, C, H_out, W_out, size, size), into an image."""
    dX = np.zeros(shape, shares.dtype)
    size = shares.shape[-1]
    for p, q in np.ndindex(shares.shape[2:4]):
        at = dX[:, :, p * stride : p * stride + size, q * stride : q * stride + size]
        at[...] = shares[:, :, p, q] if overwrite else at + shares[:, :, p, q]
    return dX


def _one_hot(winners, size):
    """1 at the winner of each window, (N, C, H_out, W_out, size, size)."""
    flat = winners[..., None] == np.arange(size * size)
    return flat.reshape(*winners.shape, size, size).astype(float)


def _of(dY):
    return dY[..., None, None]


def _equal(dY, size):
    return np.broadcast_to(_of(dY), (*dY.shape, size, size))


@mistake(MAX, "dX", "the gradient is spread over the window, as for a mean", WINNER)
def spread_equally(dY, cache):
    _, shape, size, stride = cache
    return _spread(_equal(dY, size) / size**2, shape, stride)


@mistake(MAX, "dX", "every pixel of the window gets the whole gradient", WINNER)
def whole_to_all(dY, cache):
    _, shape, size, stride = cache
    return _spread(_equal(dY, size), shape, stride)


@mistake(MAX, "dX", "row and column of the winner are exchanged", WINNER)
def row_column_exchanged(dY, cache):
    winners, shape, size, stride = cache
    return _spread(_of(dY) * _one_hot(winners, size).swapaxes(4, 5), shape, stride)


@mistake(MAX, "dX", "the gradient always goes to the first pixel of the window", WINNER)
def first_pixel(dY, cache):
    winners, shape, size, stride = cache
    return _spread(_of(dY) * _one_hot(0 * winners, size), shape, stride)


@mistake(MAX, "dX", "the gradient goes to the smallest number of the window", WINNER)
def to_the_smallest(dY, cache):
    _, shape, size, stride = cache
    flat = windows(asked().args[0], size, stride).reshape(*dY.shape, -1)
    return _spread(_of(dY) * _one_hot(flat.argmin(axis=-1), size), shape, stride)


@mistake(MAX, "dX", "every tied pixel gets the whole gradient", TIES)
def all_tied(dY, cache):
    _, shape, size, stride = cache
    views = windows(asked().args[0], size, stride)
    return _spread(_of(dY) * (views == _of(views.max(axis=(4, 5)))), shape, stride)


@mistake(MAX, "dX", "numbers close to the maximum get the gradient, too", TIES)
def nearly_tied(dY, cache):
    _, shape, size, stride = cache
    views = windows(asked().args[0], size, stride)
    return _spread(_of(dY) * np.isclose(views, _of(views.max(axis=(4, 5)))), shape, stride)


@mistake(MAX, "dX", "dX is overwritten where windows overlap, not added to", CONTRIBUTIONS)
def max_overwritten(dY, cache):
    winners, shape, size, stride = cache
    return _spread(_of(dY) * _one_hot(winners, size), shape, stride, overwrite=True)


@mistake(
    MAX, "dX", "dX is overwritten where windows overlap, and tied pixels get all", CONTRIBUTIONS
)
def tied_and_overwritten(dY, cache):
    _, shape, size, stride = cache
    views = windows(asked().args[0], size, stride)
    largest = views == _of(views.max(axis=(4, 5)))
    return _spread(_of(dY) * largest, shape, stride, overwrite=True)


@mistake(MAX, "dX", "dX is overwritten where windows overlap, not added to", CONTRIBUTIONS)
def shared_and_overwritten(dY, cache):
    _, shape, size, stride = cache
    views = windows(asked().args[0], size, stride)
    largest = views == _of(views.max(axis=(4, 5)))
    shares = largest / largest.sum(axis=(4, 5), keepdims=True)
    return _spread(_of(dY) * shares, shape, stride, overwrite=True)


@mistake(MAX, "dX", "a pixel that wins two windows gets one gradient only", CONTRIBUTIONS)
def one_win_counts(dY, cache):
    winners, shape, size, stride = cache
    dX = np.zeros(shape, dY.dtype)
    for n, c, p, q in np.ndindex(dY.shape):
        u, v = divmod(winners[n, c, p, q], size)
        dX[n, c, p * stride + u, q * stride + v] = dY[n, c, p, q]
    return dX


@mistake(MAX, "dX", "dX is done for the first image only", CONTRIBUTIONS)
def max_first_image(dY, cache):
    winners, shape, size, stride = cache
    dX = _spread(_of(dY) * _one_hot(winners, size), shape, stride)
    dX[1:] = 0
    return dX


@mistake(MAX, "dX", "on the way back windows start at p, not at p times stride", PLACES)
def max_back_without_stride(dY, cache):
    winners, shape, size, _ = cache
    return _spread(_of(dY) * _one_hot(winners, size), shape, 1)


@mistake(MAX, "dX", "dX marks the winners with 1: dY is not used", UPSTREAM_LOST)
def winners_only(dY, cache):
    winners, shape, size, stride = cache
    return _spread(_one_hot(winners, size), shape, stride)


@mistake(MAX, "dX", "dY is multiplied by the maximum itself", UPSTREAM_LOST)
def times_maximum(dY, cache):
    winners, shape, size, stride = cache
    Y = windows(asked().args[0], size, stride).max(axis=(4, 5))
    return _spread(_of(dY * Y) * _one_hot(winners, size), shape, stride)


@mistake(MEAN, "dX", "every pixel gets the whole gradient, not its share", SHARE)
def not_shared(dY, cache):
    _, shape, size, stride = cache
    return _spread(_equal(dY, size), shape, stride)


@mistake(MEAN, "dX", "the share is 1/size, not 1/size²", SHARE)
def share_of_size(dY, cache):
    _, shape, size, stride = cache
    return _spread(_equal(dY, size) / size, shape, stride)


@mistake(MEAN, "dX", "the share is 1/stride², not 1/size²", SHARE)
def share_of_stride(dY, cache):
    _, shape, size, stride = cache
    return _spread(_equal(dY, size) / stride**2, shape, stride)


@mistake(MEAN, "dX", "the whole gradient goes to the first pixel of the window", SHARE)
def share_to_first(dY, cache):
    _, shape, size, stride = cache
    first = _one_hot(np.zeros(dY.shape, int), size)
    return _spread(_of(dY) * first, shape, stride)


@mistake(MEAN, "dX", "the whole gradient goes to the largest number, as in max pooling", SHARE)
def share_to_largest(dY, cache):
    _, shape, size, stride = cache
    flat = windows(asked().args[0], size, stride).reshape(*dY.shape, -1)
    return _spread(_of(dY) * _one_hot(flat.argmax(axis=-1), size), shape, stride)


@mistake(MEAN, "dX", "dX is overwritten where windows overlap, not added to", CONTRIBUTIONS)
def mean_overwritten(dY, cache):
    _, shape, size, stride = cache
    return _spread(_equal(dY, size) / size**2, shape, stride, overwrite=True)


@mistake(MEAN, "dX", "overlapping windows are averaged, not summed", CONTRIBUTIONS)
def overlap_averaged(dY, cache):
    _, shape, size, stride = cache
    times = _spread(np.ones((*dY.shape, size, size)), shape, stride)
    return _spread(_equal(dY, size) / size**2, shape, stride) / np.maximum(times, 1)


@mistake(MEAN, "dX", "dX is done for the first image only", CONTRIBUTIONS)
def mean_first_image(dY, cache):
    _, shape, size, stride = cache
    dX = _spread(_equal(dY, size) / size**2, shape, stride)
    dX[1:] = 0
    return dX


@mistake(MEAN, "dX", "on the way back windows start at p, not at p times stride", PLACES)
def mean_back_without_stride(dY, cache):
    _, shape, size, _ = cache
    return _spread(_equal(dY, size) / size**2, shape, 1)


@mistake(MEAN, "dX", "dX does not use dY", UPSTREAM_LOST)
def mean_no_upstream(dY, cache):
    _, shape, size, stride = cache
    return _spread(np.full((*dY.shape, size, size), 1 / size**2), shape, stride)
