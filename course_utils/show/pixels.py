"""Turning rows of numbers into images that matplotlib draws: grey or in colour."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

_DIGIT = (28, 28)


def image_shape(image: np.ndarray, shape: Sequence[int] | None = None) -> tuple[int, ...]:
    """The shape of one image: its own, or as given where it is a flat row of numbers.

    Args:
        image: (D,), (H, W), (H, W, 3) or (3, H, W).
        shape: (H, W) or (H, W, 3) for a flat one; (28, 28) if None.

    Returns:
        (H, W) or (H, W, 3).

    Raises:
        ValueError: numbers that do not fill the shape, or no image's shape.
    """
    image = np.asarray(image)
    if image.ndim == 1:
        wanted = tuple(shape or _DIGIT)
        if image.size != np.prod(wanted):
            raise ValueError(
                f"image: expected {np.prod(wanted)} numbers for shape {wanted}, got {image.size}; "
                "say shape=(H, W) or (H, W, 3)?"
            )
        return wanted
    own = image.shape
    if image.ndim == 3 and own[0] == 3 and own[2] != 3:
        own = (*own[1:], 3)
    if len(own) == 3 and own[2] == 1:
        own = own[:2]
    if len(own) == 2 or (len(own) == 3 and own[2] == 3):
        return own
    raise ValueError(f"image: expected (H, W), (H, W, 3) or (3, H, W), got {image.shape}")


def as_image(
    image: np.ndarray,
    shape: Sequence[int] | None = None,
    ends: tuple[float, float] | None = None,
) -> tuple[np.ndarray, dict]:
    """One image as pixels, and how to draw them.

    Args:
        image: (D,), (H, W), (H, W, 3) or (3, H, W); bytes, or floats of any range.
        shape: (H, W) or (H, W, 3) for a flat one.
        ends: the numbers that are drawn as white and black; its own if None. Colours
            that are bytes, or floats from 0 to 1, stay as they are.

    Returns:
        The pixels, (H, W) or (H, W, 3), and options for imshow. Grey images are drawn
        as ink: small is white.
    """
    image = np.asarray(image)
    shape = image_shape(image, shape)
    if image.ndim == 3 and image.shape[0] == 3 and image.shape[2] != 3:
        image = np.moveaxis(image, 0, -1)
    pixels = image.reshape(shape)
    if len(shape) == 2:
        low, high = ends or (None, None)
        return pixels, {"cmap": "gray_r", "vmin": low, "vmax": high}
    if pixels.dtype == np.uint8:
        return pixels, {}
    pixels = np.nan_to_num(pixels.astype(float), nan=0.0, posinf=0.0, neginf=0.0)
    low, high = ends or (pixels.min(), pixels.max())
    if low < 0 or high > 1:
        top = 255.0 if low >= 0 and 2 < high <= 255 else None
        low, high = (0.0, top) if top else (low, high)
        pixels = (pixels - low) / ((high - low) or 1.0)
    return np.clip(pixels, 0, 1), {}
