"""Pixels as a pretrained net expects them: its range, its mean and spread, channels first."""

import math

import numpy as np


def prepare_pictures(X, image_shape, mean, std):
    """Bring rows of bytes to the form that a pretrained net was trained with.

    Args:
        X: rows of pixels, (N, H*W*C), uint8: row by row of the picture, the C channels of a
            pixel side by side.
        image_shape: (H, W, C).
        mean: of each channel, C numbers on the scale 0 to 1.
        std: of each channel, C numbers on the same scale, above 0.

    Returns:
        (N, C, H, W), float32: (x / 255 - mean) / std.

    Raises:
        TypeError: no bytes; scaled already?
        ValueError: rows of another length, other numbers of channels, a std of zero.
    """
    X, (H, W, C) = np.asarray(X), image_shape
    if X.dtype != np.uint8:
        raise TypeError(f"X: expected uint8, got {X.dtype}; scaled already?")
    if X.ndim != 2 or X.shape[1] != math.prod(image_shape):
        raise ValueError(f"X: expected rows (N, {math.prod(image_shape)}), got {X.shape}")
    if len(mean) != C or len(std) != C or min(std) <= 0:
        raise ValueError(f"mean, std: expected {C} numbers each, std above 0, got {mean}, {std}")
    pictures = X.reshape(len(X), H, W, C).astype(np.float32) / np.float32(255)
    pictures -= np.asarray(mean, np.float32)  # (N, H, W, C): beside the channels, the last axis
    pictures /= np.asarray(std, np.float32)
    return np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))  # (N, C, H, W)
