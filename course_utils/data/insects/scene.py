"""One picture: ground, clutter, an insect with its shadow, what hides it, light and noise."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..framing import middle
from .ant import draw_ant
from .bee import draw_bee
from .body import Pose
from .canvas import Canvas
from .clutter import draw_behind, draw_in_front
from .ground import ground
from .shapes import oval

_DRAW: tuple[Callable, ...] = (draw_ant, draw_bee)
_LENGTHS = ((0.56, 0.9), (0.5, 0.8))  # of the body in units of the side: a bee is stouter
_MID = 118.0  # grey level that contrast leaves alone
_PARTS = np.array([(0.33, 0.0), (0.1, 0.0), (-0.15, 0.0), (-0.35, 0.0)])
_WHOLE = oval((0, 0), 1.1, 0.42)  # what casts the shadow


def draw_picture(rng: np.random.Generator, label: int, side: int, kept: int) -> np.ndarray:
    """Draw one insect.

    All that is to be seen is the same at every size, apart from the noise.

    Args:
        rng: decides about everything but the label.
        label: 0 for an ant, 1 for a bee.
        side: of the whole drawing, pixels.
        kept: side of its middle that is returned.

    Returns:
        uint8 (kept, kept, 3).
    """
    bearing = rng.uniform(0, 2 * np.pi)
    light = np.array([np.cos(bearing), np.sin(bearing)])
    canvas = ground(rng, side)
    draw_behind(canvas, rng, light)
    canvas.soften(rng.uniform(0, 0.022))
    pose = _pose(rng, label, light)
    _cast_shadow(canvas, pose, rng)
    _DRAW[label](canvas, pose, rng)
    draw_in_front(canvas, rng, light, pose.place(_PARTS))
    lit = _lit(canvas.finished(rng.uniform(0, 0.012)), rng, light)
    noisy = lit + rng.uniform(1, 6) * rng.standard_normal(lit.shape, dtype=np.float32)
    pixels = np.clip(np.rint(noisy), 0, 255).astype(np.uint8)
    return middle(pixels, kept)


def _pose(rng: np.random.Generator, label: int, light: np.ndarray) -> Pose:
    length = rng.uniform(*_LENGTHS[label])
    turn, tilt = _rotation(rng.uniform(0, 2 * np.pi)), _rotation(rng.uniform(0, np.pi))
    foreshortened = tilt @ np.diag([1.0, rng.uniform(0.72, 1.0)]) @ tilt.T
    return Pose(
        length * foreshortened @ turn, 0.5 + rng.uniform(-0.08, 0.08, 2), rng.normal(0, 0.4),
        light, length,
    )  # fmt: skip


def _rotation(angle: float) -> np.ndarray:
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def _cast_shadow(canvas: Canvas, pose: Pose, rng: np.random.Generator) -> None:
    """A soft patch beside the body, away from the light."""
    outline = pose.place(_WHOLE) - rng.uniform(0.02, 0.07) * pose.light
    canvas.darken(outline, rng.uniform(0.3, 0.8), rng.uniform(0.4, 0.8))


def _lit(pixels: np.ndarray, rng: np.random.Generator, light: np.ndarray) -> np.ndarray:
    """Brighter towards the light, darker in the corners, warm or cold, soft or hard."""
    place = (np.arange(len(pixels), dtype=np.float32) + 0.5) / len(pixels) - 0.5
    x, y = place[None, :], place[:, None]
    slope, fall = rng.uniform(0, 0.6), rng.uniform(0, 0.9)
    level = rng.uniform(0.95, 1.3) * (
        1 + slope * (x * light[0] + y * light[1]) - fall * (x * x + y * y)
    )
    warmth = 1 + rng.normal(0, 0.06) * np.array([1.0, 0.1, -1.0])
    contrast = rng.uniform(0.85, 1.2)
    lit = pixels * np.float32(contrast) + np.float32(_MID * (1 - contrast))
    lit *= level.astype(np.float32)[..., None]
    lit *= warmth.astype(np.float32)
    return lit
