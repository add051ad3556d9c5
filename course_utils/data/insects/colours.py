"""Colours of bodies and of what lies around: the same for both insects."""

from __future__ import annotations

import colorsys

import numpy as np

# Hue and saturation of black, brown, red, amber and straw; the brightness is drawn apart.
_BODIES = ((0.07, 0.35), (0.06, 0.6), (0.03, 0.7), (0.09, 0.75), (0.12, 0.6))
# Leaves, moss, soil, sand, bark, stone, petals (pink, violet, yellow, white).
_SURROUNDINGS = {
    "leaf": ((0.27, 0.55, 0.5), (0.22, 0.6, 0.55), (0.33, 0.4, 0.42), (0.16, 0.5, 0.6)),
    "soil": ((0.07, 0.4, 0.36), (0.06, 0.3, 0.5), (0.09, 0.25, 0.45)),
    "sand": ((0.1, 0.3, 0.75), (0.11, 0.2, 0.8), (0.08, 0.25, 0.66)),
    "bark": ((0.06, 0.35, 0.4), (0.07, 0.2, 0.5), (0.05, 0.45, 0.45)),
    "stone": ((0.6, 0.05, 0.55), (0.1, 0.08, 0.62), (0.05, 0.1, 0.45)),
    "petal": ((0.92, 0.35, 0.9), (0.76, 0.35, 0.8), (0.14, 0.65, 0.92), (0.1, 0.06, 0.94)),
}
SURROUNDINGS = tuple(_SURROUNDINGS)


def rgb(hue: float, saturation: float, value: float) -> np.ndarray:
    """Red, green and blue, 0 to 255, of a colour given as hue, saturation and value."""
    channels = colorsys.hsv_to_rgb(hue % 1, np.clip(saturation, 0, 1), np.clip(value, 0, 1))
    return 255 * np.array(channels)


def body_colour(rng: np.random.Generator, value: float | None = None) -> np.ndarray:
    """A colour that an ant may have, and a bee.

    Args:
        rng: decides.
        value: brightness from 0 to 1; drawn if None.
    """
    hue, saturation = _BODIES[rng.integers(len(_BODIES))]
    value = rng.uniform(0.12, 0.75) if value is None else value
    return rgb(hue + rng.normal(0, 0.012), saturation + rng.normal(0, 0.08), value)


def around(rng: np.random.Generator, kind: str) -> np.ndarray:
    """A colour of the things around.

    Args:
        rng: decides.
        kind: one of `SURROUNDINGS`.
    """
    palette = _SURROUNDINGS[kind]
    hue, saturation, value = palette[rng.integers(len(palette))]
    return rgb(
        hue + rng.normal(0, 0.015), saturation + rng.normal(0, 0.06), value + rng.normal(0, 0.08)
    )


def mixed(one: np.ndarray, other: np.ndarray, share: float) -> np.ndarray:
    """A colour between two; share 0 is the first."""
    return one + (other - one) * share


WHITE = np.array([255.0, 250.0, 240.0])
BLACK = np.array([14.0, 11.0, 10.0])
