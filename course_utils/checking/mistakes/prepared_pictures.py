"""Slips in preparing pictures for a pretrained net."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_transfer import (
    AXES_OF_PICTURES,
    SAME_SCALE,
    SAME_STATISTICS,
)

NAME, PART = "prepare_pictures", "pictures"


def _stored(X, image_shape):
    """Floats from 0 to 255, (N, H, W, C)."""
    return X.reshape(-1, *image_shape).astype(float)


def _first(pictures):
    return pictures.transpose(0, 3, 1, 2)


@mistake(NAME, PART, "the bytes are not divided by 255", SAME_SCALE)
def not_divided(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) - mean) / std)


@mistake(NAME, PART, "the bytes are divided by 256, so that white is not 1", SAME_SCALE)
def divided_by_256(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 256 - mean) / std)


@mistake(NAME, PART, "mean is taken off the bytes before they are divided by 255", SAME_SCALE)
def mean_off_bytes(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) - mean) / 255 / std)


@mistake(NAME, PART, "the pixels run from −1 to 1, whatever mean and std say", SAME_STATISTICS)
def from_minus_one(X, image_shape, mean, std):
    return _first(_stored(X, image_shape) / 127.5 - 1)


@mistake(NAME, PART, "the division by 255 is one of whole numbers", SAME_SCALE)
def whole_division(X, image_shape, mean, std):
    return _first((_stored(X // 255, image_shape) - mean) / std)


@mistake(NAME, PART, "each picture is divided by its own largest pixel, not by 255", SAME_SCALE)
def own_largest(X, image_shape, mean, std):
    largest = X.max(axis=1).reshape(-1, 1, 1, 1).astype(float).clip(1)
    return _first((_stored(X, image_shape) / largest - mean) / std)


@mistake(NAME, PART, "mean is not subtracted", SAME_STATISTICS)
def no_mean(X, image_shape, mean, std):
    return _first(_stored(X, image_shape) / 255 / std)


@mistake(NAME, PART, "std does not divide", SAME_STATISTICS)
def no_std(X, image_shape, mean, std):
    return _first(_stored(X, image_shape) / 255 - mean)


@mistake(NAME, PART, "neither mean nor std is used: pixels from 0 to 1", SAME_STATISTICS)
def only_scaled(X, image_shape, mean, std):
    return _first(_stored(X, image_shape) / 255)


@mistake(NAME, PART, "mean is added, not subtracted", SAME_STATISTICS)
def mean_added(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 + mean) / std)


@mistake(NAME, PART, "std multiplies where it should divide", SAME_STATISTICS)
def times_std(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - mean) * std)


@mistake(NAME, PART, "it is divided by the variance, std squared", SAME_STATISTICS)
def variance(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - mean) / np.square(std))


@mistake(NAME, PART, "it is divided by the root of std", SAME_STATISTICS)
def root_of_std(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - mean) / np.sqrt(std))


@mistake(NAME, PART, "std divides before mean is subtracted", SAME_STATISTICS)
def std_first(X, image_shape, mean, std):
    return _first(_stored(X, image_shape) / 255 / std - mean)


@mistake(NAME, PART, "the first channel's mean and std are used for all", SAME_STATISTICS)
def first_channel(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - mean[0]) / std[0])


@mistake(NAME, PART, "mean and std are averaged over the channels", SAME_STATISTICS)
def averaged_channels(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - np.mean(mean)) / np.mean(std))


@mistake(NAME, PART, "these are mean and std of the batch, not those given", SAME_STATISTICS)
def of_the_batch(X, image_shape, mean, std):
    pictures = _stored(X, image_shape) / 255
    spread = pictures.std(axis=(0, 1, 2))
    return _first((pictures - pictures.mean(axis=(0, 1, 2))) / spread)


@mistake(NAME, PART, "these are mean and std of each picture, not those given", SAME_STATISTICS)
def of_each_picture(X, image_shape, mean, std):
    pictures = _stored(X, image_shape) / 255
    spread = pictures.std(axis=(1, 2, 3), keepdims=True)
    centred = pictures - pictures.mean(axis=(1, 2, 3), keepdims=True)
    return _first(centred / np.where(spread > 0, spread, 1))


@mistake(NAME, PART, "mean and std go to the channels in reverse order", SAME_STATISTICS)
def statistics_reversed(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - mean[::-1]) / std[::-1])


@mistake(
    NAME, PART, "rows are reshaped to channels first, but stored channels last", AXES_OF_PICTURES
)
def reshaped_only(X, image_shape, mean, std):
    H, W, C = image_shape
    pictures = X.reshape(-1, C, H, W).astype(float) / 255
    mean, std = (np.reshape(v, (C, 1, 1)) for v in (mean, std))
    return (pictures - mean) / std


@mistake(NAME, PART, "the channels are left last", AXES_OF_PICTURES)
def channels_last(X, image_shape, mean, std):
    return (_stored(X, image_shape) / 255 - mean) / std


@mistake(NAME, PART, "rows and columns are exchanged: the picture is turned over", AXES_OF_PICTURES)
def rows_and_columns(X, image_shape, mean, std):
    return ((_stored(X, image_shape) / 255 - mean) / std).transpose(0, 3, 2, 1)


@mistake(NAME, PART, "the rows are reshaped as W by H, not H by W", AXES_OF_PICTURES)
def wide_for_high(X, image_shape, mean, std):
    H, W, C = image_shape
    return _first((_stored(X, (W, H, C)) / 255 - mean) / std)


@mistake(NAME, PART, "the channels come out in reverse: blue, green, red", AXES_OF_PICTURES)
def blue_first(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - mean) / std)[:, ::-1]


@mistake(NAME, PART, "the pictures are upside down", AXES_OF_PICTURES)
def upside_down(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - mean) / std)[:, :, ::-1]


@mistake(NAME, PART, "mean and std are exchanged", SAME_STATISTICS)
def mean_and_std_exchanged(X, image_shape, mean, std):
    return _first((_stored(X, image_shape) / 255 - std) / mean)


@mistake(NAME, PART, "the result is cut off at 0 and 1", SAME_STATISTICS)
def cut_off(X, image_shape, mean, std):
    return _first(((_stored(X, image_shape) / 255 - mean) / std).clip(0, 1))
