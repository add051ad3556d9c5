"""What both insects are drawn with: a pose, rounded parts, legs and antennae."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .canvas import Canvas
from .colours import BLACK, WHITE, mixed
from .shapes import bend, smooth_path

# Layers of a rounded part from its rim to its brightest place: size, how far towards the
# light, and how much of the way from dark (-1) over the colour (0) to white (1).
_LAYERS = ((1.0, 0.0, -0.5), (0.9, 0.05, -0.18), (0.72, 0.13, 0.0), (0.48, 0.24, 0.14))


@dataclass(frozen=True)
class Pose:
    """Where and how a body lies in the picture.

    A body is drawn along x from -0.5 (its end) to 0.5 (its head), y to its right.

    Args:
        matrix: turns, scales and foreshortens, (2, 2).
        centre: where the origin comes to lie, (2,), in units of the picture's side.
        curvature: how much the body is bent, radians for its length.
        light: unit vector towards the light, (2,), in the picture.
        length: of the body in units of the side, for the width of its limbs.
    """

    matrix: np.ndarray
    centre: np.ndarray
    curvature: float
    light: np.ndarray
    length: float

    def place(self, points: np.ndarray) -> np.ndarray:
        """From the body's units, (K, 2), to those of the picture."""
        return bend(points, self.curvature) @ self.matrix.T + self.centre


def draw_solid(
    canvas: Canvas, pose: Pose, outline: np.ndarray, colour: np.ndarray, gloss: float
) -> None:
    """Draw a rounded part: dark at its rim, brighter towards the light.

    Args:
        canvas: drawn on.
        pose: of the body.
        outline: (K, 2), in the body's units.
        colour: red, green and blue, 0 to 255.
        gloss: strength of the highlight, 0 to 1.
    """
    placed = pose.place(outline)
    middle = placed.mean(axis=0)
    spokes = placed - middle
    radius = np.abs(spokes).mean()
    for size, shift, tone in _LAYERS:
        towards = mixed(colour, BLACK if tone < 0 else WHITE, abs(tone))
        canvas.fill(middle + size * spokes + shift * radius * pose.light, towards)
    if gloss > 0:
        spot = middle + 0.2 * spokes + 0.48 * radius * pose.light
        canvas.fill(spot, WHITE, 0.7 * gloss)


def draw_limb(
    canvas: Canvas, pose: Pose, joints: np.ndarray, width: float, colour: np.ndarray
) -> None:
    """Draw a leg or an antenna: a dark line that gets thinner, with a brighter one on it.

    Args:
        canvas: drawn on.
        pose: of the body.
        joints: (K, 2), in the body's units.
        width: at its root, in the body's units.
        colour: red, green and blue, 0 to 255.
    """
    path = pose.place(smooth_path(joints))
    widths = np.linspace(1.0, 0.45, len(path)) * max(width * pose.length, 0.005)
    canvas.stroke(path, widths, mixed(colour, BLACK, 0.55))
    canvas.stroke(path + 0.15 * widths[:, None] * pose.light, 0.5 * widths, colour)


def leg(rng: np.random.Generator, hip, side: int, angle: float, length: float) -> np.ndarray:
    """The joints of a leg that is bent at its knee and at its ankle, (4, 2).

    Args:
        rng: decides about the step that the insect is in.
        hip: (x, y) on the left side.
        side: 1 or -1, for left and right.
        angle: where it points, radians from the head's direction.
        length: of the whole leg, in the body's units.
    """
    angle = angle + rng.normal(0, 0.16)
    knee = 0.5 if angle < np.pi / 2 else -0.5
    turns = np.cumsum([angle, -knee * rng.uniform(0.3, 1.2), knee * rng.uniform(0.7, 1.6)])
    parts = length * np.array([0.42, 0.36, 0.22])
    steps = parts[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    joints = np.concatenate([np.reshape(hip, (1, 2)), hip + np.cumsum(steps, axis=0)])
    return joints * (1, side)


def antenna(rng: np.random.Generator, root, side: int, first: float, second: float) -> np.ndarray:
    """The joints of an elbowed antenna, (5, 2).

    Args:
        rng: decides how it is held.
        root: (x, y) on the left side.
        side: 1 or -1, for left and right.
        first: length up to the elbow, in the body's units.
        second: length beyond it.
    """
    outwards = rng.uniform(0.5, 1.2)
    inwards = outwards - rng.uniform(0.5, 1.3)
    turns = np.array([outwards, inwards, inwards - 0.2, inwards - 0.35])
    parts = np.array([first, second / 3, second / 3, second / 3])
    steps = parts[:, None] * np.stack([np.cos(turns), np.sin(turns)], axis=1)
    joints = np.concatenate([np.reshape(root, (1, 2)), root + np.cumsum(steps, axis=0)])
    return joints * (1, side)


def draw_fuzz(
    canvas: Canvas, pose: Pose, rng: np.random.Generator, outline: np.ndarray,
    colour: np.ndarray, count: int, length: float,
) -> None:  # fmt: skip
    """Draw short hairs all over a part, standing off its rim.

    Args:
        canvas: drawn on.
        pose: of the body.
        rng: decides where they grow.
        outline: of the part, (K, 2), in the body's units.
        colour: red, green and blue, 0 to 255.
        count: of hairs.
        length: of a hair, in the body's units.
    """
    middle = outline.mean(axis=0)
    spokes = (outline - middle)[rng.integers(len(outline), size=count)]
    spokes *= np.sqrt(rng.uniform(0.15, 1.0, (count, 1)))
    roots = middle + spokes
    away = spokes / np.maximum(np.hypot(*spokes.T), 1e-6)[:, None] + rng.normal(0, 0.4, (count, 2))
    away[:, 0] -= 0.35  # hairs are combed towards the end of the body
    starts, ends = pose.place(roots), pose.place(roots + length * away)
    for part, tone in ((slice(0, None, 2), 0.0), (slice(1, None, 2), 0.35)):
        canvas.hairs(starts[part], ends[part], mixed(colour, WHITE, tone), 0.75)
