"""Slips in dropout: whole answers, since masks are judged by what they have in common."""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises.normalization import asked
from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import UPSTREAM_LOST
from course_utils.checking.mistakes.advice_conv import (
    DROP_BACK,
    DROP_MASK,
    DROP_RNG,
    DROP_SCALE,
    DROP_SHARE,
    IN_USE,
)

FORWARD, BACKWARD = "dropout_forward", "dropout_backward"


def _kept(X, keep, rng, shape=None):
    return (rng.random(shape or X.shape) < keep).astype(X.dtype)


@mistake(FORWARD, "*", "kept entries are not divided by keep", DROP_SCALE)
def no_scale(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng) if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "kept entries are multiplied by keep, not divided", DROP_SCALE)
def multiplied(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng) * float(keep) if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "kept entries are divided by 1 − keep, not by keep", DROP_SCALE)
def divided_by_the_rest(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng) / float(1 - keep) if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "kept entries are divided by the root of keep", DROP_SCALE)
def divided_by_root(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng) / float(keep) ** 0.5 if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "kept and dropped are exchanged: a share 1 − keep survives", DROP_SHARE)
def exchanged(X, keep, rng, *, training=True):
    mask = (1 - _kept(X, keep, rng)) / float(keep) if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "the random numbers are normal, not uniform from 0 to 1", DROP_SHARE)
def normal_numbers(X, keep, rng, *, training=True):
    kept = (rng.standard_normal(X.shape) < keep).astype(X.dtype)
    mask = kept / float(keep) if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "one row of the mask serves the whole batch", DROP_MASK)
def one_row(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng, X.shape[1:]) / float(keep) if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "a whole row is kept or dropped at once", DROP_MASK)
def whole_rows(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng, (len(X), 1)) / float(keep) if training else np.ones_like(X)
    return X * mask, mask


@mistake(FORWARD, "*", "the rng that is given is not used: the same mask in every call", DROP_RNG)
def own_generator(X, keep, rng, *, training=True):
    mask = _kept(X, keep, np.random.default_rng(0)) / float(keep) if training else 1.0
    return X * mask, mask


@mistake(FORWARD, "*", "the rng that is given is not used: a new generator draws", DROP_RNG)
def unseeded_generator(X, keep, rng, *, training=True):
    mask = _kept(X, keep, np.random.default_rng()) / float(keep) if training else 1.0
    return X * mask, mask


@mistake(FORWARD, "*", "with training = False entries are still dropped", IN_USE)
def dropped_in_use(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng) / float(keep)
    return X * mask, mask


@mistake(FORWARD, "*", "with training = False X is multiplied by keep, once too often", IN_USE)
def scaled_in_use(X, keep, rng, *, training=True):
    mask = _kept(X, keep, rng) / float(keep) if training else float(keep)
    return X * mask, mask


@mistake(FORWARD, "*", "with training = False X is divided by keep", IN_USE)
def divided_in_use(X, keep, rng, *, training=True):
    mask = (_kept(X, keep, rng) if training else 1.0) / float(keep)
    return X * mask, mask


@mistake(FORWARD, "*", "nothing is dropped: all entries survive", DROP_SHARE)
def nothing_dropped(X, keep, rng, *, training=True):
    mask = np.ones_like(X)
    return X * mask, mask


@mistake(BACKWARD, "*", "dX has the mask without the division by keep", DROP_SCALE)
def back_no_scale(dY, cache):
    return dY * (cache > 0)


@mistake(BACKWARD, "*", "dX is divided by keep twice", DROP_SCALE)
def back_scaled_twice(dY, cache):
    return dY * cache**2


@mistake(BACKWARD, "*", "dX is multiplied by keep, not divided", DROP_SCALE)
def back_multiplied(dY, cache):
    return dY * (cache > 0) * asked().args[1]


@mistake(BACKWARD, "*", "the mask is not applied to dY", DROP_BACK)
def back_no_mask(dY, cache):
    return dY / asked().args[1]


@mistake(BACKWARD, "*", "dY is passed on as it came: no mask, no division", DROP_BACK)
def back_passed_on(dY, cache):
    return dY.copy()


@mistake(BACKWARD, "*", "the mask is turned round: dropped entries get the gradient", DROP_BACK)
def back_turned_round(dY, cache):
    return dY * (cache == 0) / asked().args[1]


@mistake(BACKWARD, "*", "the mask is read off Y ≠ 0, which fails where X is 0", DROP_BACK)
def back_from_output(dY, cache):
    return dY * (asked().args[0] * cache != 0) * cache


@mistake(BACKWARD, "*", "the mask is made from dY > 0, as if this were ReLU", DROP_BACK)
def back_like_relu(dY, cache):
    return dY * (dY > 0) / asked().args[1]


@mistake(BACKWARD, "*", "dX is the mask alone: dY is not used", UPSTREAM_LOST)
def back_mask_alone(dY, cache):
    return cache.copy()
