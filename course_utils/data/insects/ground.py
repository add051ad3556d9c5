"""What an insect walks on: soil, sand, bark, stone, a leaf or a flower."""

from __future__ import annotations

import numpy as np
from PIL import Image

from .canvas import Canvas
from .colours import BLACK, SURROUNDINGS, WHITE, around, mixed
from .shapes import CIRCLE, lens, turned

_GRAIN = 96  # pixels of the texture, whatever the size of the picture
_OCTAVES = ((3, 16.0), (9, 11.0), (28, 8.0), (_GRAIN, 6.0))  # cells along a side, grey levels


def ground(rng: np.random.Generator, side: int) -> Canvas:
    """A canvas covered with ground, nothing on it yet.

    Args:
        rng: decides which ground.
        side: of the finished picture, pixels.
    """
    kind = SURROUNDINGS[rng.integers(len(SURROUNDINGS))]
    first, second = around(rng, kind), around(rng, kind)
    canvas = Canvas(side, _texture(rng, first, second, rng.uniform(0.6, 1.7)))
    if kind == "leaf" and rng.random() < 0.7:
        _veins(canvas, rng, mixed(first, WHITE, rng.uniform(0.15, 0.45)))
    elif kind == "petal" and rng.random() < 0.8:
        _flower(canvas, rng, first)
    elif kind == "bark" and rng.random() < 0.7:
        _cracks(canvas, rng, mixed(first, BLACK, 0.5))
    return canvas


def _texture(rng, first: np.ndarray, second: np.ndarray, roughness: float) -> Image.Image:
    """Two colours in soft patches, with lighter and darker grains of several sizes."""
    patches = np.clip(0.5 + 0.35 * _field(rng, 4), 0, 1)[..., None]
    light = sum(height * _field(rng, cells) for cells, height in _OCTAVES)
    pixels = mixed(first, second, patches) + roughness * light[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _field(rng, cells: int) -> np.ndarray:
    """Random heights, smooth between `cells` along each side, (_GRAIN, _GRAIN)."""
    coarse = Image.fromarray(rng.standard_normal((cells, cells), dtype=np.float32))
    return np.asarray(coarse.resize((_GRAIN, _GRAIN), Image.Resampling.BICUBIC))


def _veins(canvas: Canvas, rng, colour: np.ndarray) -> None:
    """The ribs of one large leaf, all across the picture."""
    angle, middle = rng.uniform(0, 2 * np.pi), rng.uniform(0.25, 0.75, 2)
    slope, gap = rng.uniform(0.5, 1.1), rng.uniform(0.1, 0.2)
    t = np.linspace(-1.2, 1.2, 9)
    rib = np.stack([t, 0.04 * t**2], axis=1)
    canvas.stroke(turned(rib, angle) + middle, 0.022, colour, 0.8)
    reach = np.linspace(0, 1, 5)
    for start in np.arange(-1.1, 1.1, gap):
        for sign in (1, -1):
            branch = np.stack([start + slope * reach - 0.2 * reach**2, sign * reach], axis=1)
            canvas.stroke(turned(branch, angle) + middle, 0.009, colour, 0.7)


def _flower(canvas: Canvas, rng, colour: np.ndarray) -> None:
    """Petals around a middle that may lie outside the picture."""
    middle, count = rng.uniform(0.05, 0.95, 2), int(rng.integers(5, 14))
    length, width = rng.uniform(0.5, 0.9), rng.uniform(0.22, 0.4)
    for angle in np.arange(count) * 2 * np.pi / count + rng.uniform(0, 1):
        petal = turned(lens(length, width, 0.62), angle + rng.normal(0, 0.06)) + middle
        canvas.fill(petal + 0.012, BLACK, 0.22)
        canvas.fill(petal, mixed(colour, WHITE, rng.uniform(0, 0.3)))
        t = np.linspace(0.1, 0.9, 5)[:, None] * length
        rib = turned(np.hstack([t, 0 * t]), angle) + middle
        canvas.stroke(rib, 0.008, mixed(colour, BLACK, 0.3), 0.5)
    heart = around(rng, "petal" if rng.random() < 0.5 else "soil")
    for _ in range(40):
        dot = CIRCLE * rng.uniform(0.008, 0.02) + middle + rng.normal(0, 0.05, 2)
        canvas.fill(dot, mixed(heart, BLACK, rng.uniform(0, 0.5)))


def _cracks(canvas: Canvas, rng, colour: np.ndarray) -> None:
    """Nearly parallel dark lines."""
    angle = rng.uniform(0, np.pi)
    for _ in range(int(rng.integers(5, 14))):
        t = np.linspace(0, rng.uniform(0.3, 1.2), 7)
        line = np.stack([t, rng.normal(0, 0.012, 7).cumsum()], axis=1)
        widths = rng.uniform(0.006, 0.02) * np.sin(np.linspace(0.2, 3, 7))
        canvas.stroke(turned(line, angle) + rng.uniform(-0.2, 1, 2), widths, colour, 0.7)
