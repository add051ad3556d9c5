"""Slips of transfer learning in the order of operations: brackets, channels, powers."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_transfer import (
    AXES_OF_PICTURES,
    ONE_FACTOR_EACH,
    SAME_STATISTICS,
)


def _pixels(X, image_shape):
    return X.reshape(-1, *image_shape) / 255


@mistake(
    "prepare_pictures",
    "pictures",
    "brackets are lost: mean is divided by std, the pixels are not",
    SAME_STATISTICS,
)
def only_mean_divided(X, image_shape, mean, std):
    return (_pixels(X, image_shape) - np.array(mean) / np.array(std)).transpose(0, 3, 1, 2)


@mistake(
    "prepare_pictures",
    "pictures",
    "channels are reversed before mean and std are used",
    AXES_OF_PICTURES,
)
def reversed_before(X, image_shape, mean, std):
    pixels = _pixels(X, image_shape)[..., ::-1]
    return ((pixels - np.array(mean)) / np.array(std)).transpose(0, 3, 1, 2)


@mistake(
    "rates_by_depth",
    "rates",
    "below is multiplied by a falling count, not a power",
    ONE_FACTOR_EACH,
)
def falling_count(depth, learning_rate, below):
    return learning_rate * below * np.arange(depth, 0, -1.0)
