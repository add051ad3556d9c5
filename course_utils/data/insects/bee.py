"""A bee from above: stout, striped and hairy, with two pairs of clear wings."""

from __future__ import annotations

import numpy as np

from .body import Pose, antenna, draw_fuzz, draw_limb, draw_solid, leg
from .canvas import Canvas
from .colours import BLACK, WHITE, body_colour, mixed
from .shapes import oval, teardrop, turned

_HIPS = ((0.24, 0.08), (0.15, 0.1), (0.06, 0.09))
_ANGLES = (0.8, 1.6, 2.4)
_LENGTHS = (0.3, 0.32, 0.42)
_HIND, _FORE = np.array([0.13, 0.09]), np.array([0.2, 0.09])  # roots of the wings


def draw_bee(canvas: Canvas, pose: Pose, rng: np.random.Generator) -> None:
    """Draw a bee; no two have the same build, colours or way to hold their wings.

    Args:
        canvas: drawn on.
        pose: of the body.
        rng: decides.
    """
    front = body_colour(rng)
    rear = body_colour(rng) if rng.random() < 0.4 else mixed(front, BLACK, rng.uniform(0, 0.5))
    gloss = rng.uniform(0, 0.8)
    limbs = mixed(front, BLACK, rng.uniform(0, 0.4))
    reach, thick = rng.uniform(0.8, 1.15), rng.uniform(0.028, 0.045)
    for hip, angle, length in zip(_HIPS, _ANGLES, _LENGTHS, strict=True):
        for side in (1, -1):
            joints = leg(rng, np.array(hip), side, angle, reach * length)
            draw_limb(canvas, pose, joints, thick, limbs)
    fuzz = mixed(front, np.array([215.0, 175.0, 110.0]), rng.uniform(0, 0.6))
    abdomen = _abdomen(canvas, pose, rng, rear, gloss)
    head = _head(canvas, pose, rng, front, limbs, thick)
    width = rng.uniform(0.25, 0.32)
    thorax = oval((0.17, 0), rng.uniform(0.27, 0.33), width)
    draw_solid(canvas, pose, thorax, front, 0.2 * gloss)
    hair = rng.uniform(0.025, 0.05)
    for part, count in ((abdomen, 60), (thorax, 130), (head, 40)):
        draw_fuzz(canvas, pose, rng, part, fuzz, count, hair)
    _wings(canvas, pose, rng)


def _head(canvas, pose, rng, colour, limbs, thick) -> np.ndarray:
    width = rng.uniform(0.19, 0.25)
    outline = oval((0.38, 0), rng.uniform(0.14, 0.18), width)
    for side in (1, -1):
        joints = antenna(
            rng, np.array((0.42, 0.04)), side, rng.uniform(0.07, 0.11), rng.uniform(0.12, 0.18)
        )
        draw_limb(canvas, pose, joints, 0.6 * thick, limbs)
    draw_solid(canvas, pose, outline, colour, 0)
    for side in (1, -1):
        eye = oval((0.385, side * 0.4 * width), 0.12, 0.06)
        draw_solid(canvas, pose, eye, BLACK + 18, 0.5)
    return outline


def _abdomen(canvas, pose, rng, colour, gloss) -> np.ndarray:
    length, width = rng.uniform(0.46, 0.56), rng.uniform(0.25, 0.33)
    outline = oval((0.06 - length / 2, 0), length, width, 0.18)
    draw_solid(canvas, pose, outline, colour, 0)
    dark, pale = mixed(colour, BLACK, 0.85), mixed(colour, np.array([240.0, 200.0, 120.0]), 0.6)
    band = dark if colour.mean() > 85 else pale
    count = int(rng.integers(3, 6))
    strength = rng.uniform(0.35, 0.95)
    for where in np.linspace(-0.24, 0.38, count):
        half = 0.5 * width * np.sqrt(max(0.0, 1 - (2 * where) ** 2)) * 0.97
        y = np.linspace(-half, half, 9)
        x = 0.06 - length * (0.5 + where) - 0.05 * (1 - (y / max(half, 1e-6)) ** 2)
        broad = rng.uniform(0.4, 0.62) * 0.62 * length / count * pose.length
        canvas.stroke(pose.place(np.stack([x, y], axis=1)), broad, band, strength)
    if gloss > 0.3:
        spot = oval((0.06 - 0.4 * length, 0), 0.3 * length, 0.2 * width)
        canvas.fill(pose.place(spot) + 0.06 * pose.length * pose.light, WHITE, 0.25 * gloss)
    return outline


def _wings(canvas, pose, rng) -> None:
    """Hind wings first, then the fore wings over them; folded over the back or spread."""
    spread = rng.uniform(0.12, 1.25)
    opacity = rng.uniform(0.16, 0.5)
    tint = mixed(WHITE, np.array([190.0, 150.0, 95.0]), rng.uniform(0, 0.8))
    vein = mixed(tint, BLACK, 0.7)
    length, width = rng.uniform(0.58, 0.72), rng.uniform(0.2, 0.26)
    for root, size, further in ((_HIND, 0.7, 0.22), (_FORE, 1.0, 0.0)):
        for side in (1, -1):
            angle = np.pi - spread - rng.normal(0, 0.06) + further * (1 if spread > 0.4 else 0)
            wing = turned(teardrop(size * length, size * width) * (1, -1), angle)
            wing = pose.place((wing + root) * (1, side))
            canvas.fill(wing, tint, opacity)
            rim = np.concatenate([wing, wing[:1]])
            canvas.hairs(rim[:-1], rim[1:], vein, min(1.0, 1.6 * opacity))
            k = len(wing)
            tips = wing[[k // 2 - 3, k // 2 - 1, k // 2 + 3]]
            canvas.hairs(np.repeat(wing[:1], 3, axis=0), tips, vein, opacity)
