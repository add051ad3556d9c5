"""An ant from above: three parts with a narrow waist, elbowed antennae, no wings."""

from __future__ import annotations

import numpy as np

from .body import Pose, antenna, draw_fuzz, draw_limb, draw_solid, leg
from .canvas import Canvas
from .colours import BLACK, body_colour, mixed
from .shapes import oval

_HIPS = ((0.19, 0.035), (0.125, 0.04), (0.055, 0.035))
_ANGLES = (0.85, 1.6, 2.35)  # of the front, middle and hind legs, radians from ahead
_LENGTHS = (0.42, 0.43, 0.58)


def draw_ant(canvas: Canvas, pose: Pose, rng: np.random.Generator) -> None:
    """Draw an ant; no two have the same build, colours or step.

    Args:
        canvas: drawn on.
        pose: of the body.
        rng: decides.
    """
    front = body_colour(rng)
    rear = body_colour(rng) if rng.random() < 0.4 else mixed(front, BLACK, rng.uniform(0, 0.5))
    gloss = rng.uniform(0, 0.8)
    limbs = mixed(front, BLACK, rng.uniform(0, 0.4))
    reach, thick = rng.uniform(0.8, 1.15), rng.uniform(0.022, 0.036)
    for hip, angle, length in zip(_HIPS, _ANGLES, _LENGTHS, strict=True):
        for side in (1, -1):
            joints = leg(rng, np.array(hip), side, angle, reach * length)
            draw_limb(canvas, pose, joints, thick, limbs)
    head = _head(canvas, pose, rng, front, limbs, thick)
    gaster = _gaster(canvas, pose, rng, rear, gloss)
    trunk = oval((0.12, 0), rng.uniform(0.26, 0.32), rng.uniform(0.1, 0.14), 0.25)
    draw_solid(canvas, pose, oval((-0.055, 0), 0.07, rng.uniform(0.05, 0.075)), front, 0)
    draw_solid(canvas, pose, trunk, front, 0.6 * gloss)
    if rng.random() < 0.5:  # many ants have some hair
        for part, count in ((trunk, 20), (gaster, 50), (head, 14)):
            draw_fuzz(canvas, pose, rng, part, mixed(rear, BLACK, 0.2), count, 0.03)


def _head(canvas, pose, rng, colour, limbs, thick) -> np.ndarray:
    width = rng.uniform(0.16, 0.22)
    outline = oval((0.355, 0), rng.uniform(0.19, 0.23), width, -0.15)
    for side in (1, -1):
        joints = antenna(
            rng, np.array((0.41, 0.04)), side, rng.uniform(0.14, 0.2), rng.uniform(0.2, 0.28)
        )
        draw_limb(canvas, pose, joints, 0.75 * thick, limbs)
        jaw = np.array([(0.44, 0.05 * side), (0.49, 0.055 * side), (0.51, 0.01 * side)])
        draw_limb(canvas, pose, jaw, 0.025, limbs)
    draw_solid(canvas, pose, outline, colour, 0.3)
    for side in (1, -1):
        eye = oval((0.37, side * 0.4 * width), 0.055, 0.035)
        canvas.fill(pose.place(eye), BLACK)
    return outline


def _gaster(canvas, pose, rng, colour, gloss) -> np.ndarray:
    length, width = rng.uniform(0.36, 0.44), rng.uniform(0.2, 0.3)
    outline = oval((-0.08 - length / 2, 0), length, width, 0.12)
    draw_solid(canvas, pose, outline, colour, gloss)
    # The plates of the gaster overlap, and their rims shine or are dark: nearly stripes.
    strength = rng.uniform(0, 0.55)
    rim = mixed(colour, BLACK if rng.random() < 0.6 else np.full(3, 235.0), 0.8)
    for where in np.linspace(-0.25, 0.3, 4)[: rng.integers(2, 5)]:
        half = 0.5 * width * np.sqrt(max(0.0, 1 - (2 * where) ** 2)) * 0.96
        y = np.linspace(-half, half, 7)
        x = -0.08 - length * (0.5 + where) - 0.05 * (1 - (y / max(half, 1e-6)) ** 2)
        canvas.stroke(pose.place(np.stack([x, y], axis=1)), 0.022 * pose.length, rim, strength)
    return outline
