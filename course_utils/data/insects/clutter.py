"""Things around an insect, and in front of it: stones, leaves, grass, twigs, petals, seeds."""

from __future__ import annotations

import numpy as np

from .canvas import Canvas
from .colours import BLACK, WHITE, around, body_colour, mixed
from .shapes import lens, oval, pebble, teardrop, turned

_SHADOW = 0.3  # opacity


def draw_behind(canvas: Canvas, rng: np.random.Generator, light: np.ndarray) -> None:
    """Draw what the insect stands among.

    Args:
        canvas: drawn on.
        rng: decides what, where and how many.
        light: unit vector towards the light, (2,).
    """
    things = [(_stone, 4), (_leaf, 2), (_blade, 4), (_twig, 2), (_petal, 2), (_seeds, 2)]
    queue = [draw for draw, most in things for _ in range(int(rng.integers(0, most + 1)))]
    for k in rng.permutation(len(queue)):
        queue[k](canvas, rng, light, rng.uniform(-0.05, 1.05, 2))


def draw_in_front(
    canvas: Canvas, rng: np.random.Generator, light: np.ndarray, keep: np.ndarray
) -> None:
    """Draw what hides a little of the insect.

    Args:
        canvas: drawn on.
        rng: decides what and where.
        light: unit vector towards the light, (2,).
        keep: (K, 2), points that stay clear of leaves, such as the middle of each part.
    """
    for _ in range(int(rng.integers(0, 3))):
        draw = (_blade, _blade, _leaf, _petal)[rng.integers(4)]
        place = rng.uniform(0, 1, 2)
        if draw is _blade or np.hypot(*(keep - place).T).min() > 0.24:
            draw(canvas, rng, light, place)


def _stone(canvas: Canvas, rng, light, place) -> None:
    shape = pebble(rng, 0.35) * rng.uniform(0.02, 0.12) * (1, rng.uniform(0.6, 1))
    shape = turned(shape, rng.uniform(0, np.pi))
    colour = around(rng, ("stone", "soil", "sand")[rng.integers(3)])
    size = np.abs(shape).mean()
    canvas.fill(place + shape - 0.4 * size * light, BLACK, _SHADOW)
    for scale, shift, tone in ((1.0, 0.0, -0.35), (0.88, 0.12, 0.0), (0.55, 0.4, 0.16)):
        towards = mixed(colour, BLACK if tone < 0 else WHITE, abs(tone))
        canvas.fill(place + scale * shape + shift * size * light, towards)


def _leaf(canvas: Canvas, rng, light, place) -> None:
    length, width = rng.uniform(0.2, 0.55), rng.uniform(0.09, 0.2)
    angle, kind = rng.uniform(0, 2 * np.pi), "leaf" if rng.random() < 0.7 else "bark"
    colour = around(rng, kind)
    outline = turned(lens(length, width, rng.uniform(0.35, 0.6)), angle) + place
    canvas.fill(outline - 0.018 * light, BLACK, _SHADOW)
    canvas.fill(outline, colour)
    half = outline[: len(outline) // 2]
    rib = (half + outline[::-1][: len(half)]) / 2
    canvas.fill(np.concatenate([half, rib[::-1]]), mixed(colour, WHITE, 0.16))
    pale = mixed(colour, WHITE, 0.4)
    canvas.stroke(rib, 0.008, pale)
    for k in range(2, len(half) - 3, 2):
        for edge in (half, outline[::-1]):
            canvas.stroke(np.stack([rib[k], edge[k + 2]]), 0.005, pale, 0.7)


def _blade(canvas: Canvas, rng, light, place) -> None:
    t = np.linspace(0, 1, 10)
    length, sway = rng.uniform(0.4, 1.1), rng.normal(0, 0.25)
    path = turned(np.stack([length * t, sway * t**2], axis=1), rng.uniform(0, 2 * np.pi)) + place
    widths = rng.uniform(0.014, 0.04) * (1 - t**2) + 0.002
    colour = around(rng, "leaf" if rng.random() < 0.8 else "sand")
    canvas.stroke(path - 0.015 * light, widths, BLACK, _SHADOW)
    canvas.stroke(path, widths, mixed(colour, BLACK, 0.2))
    canvas.stroke(path + 0.2 * widths[:, None] * light, 0.45 * widths, mixed(colour, WHITE, 0.2))


def _twig(canvas: Canvas, rng, light, place) -> None:
    """As thin, dark and jointed as a leg."""
    count = int(rng.integers(3, 7))
    steps = rng.uniform(0.06, 0.2, (count, 1)) * _directions(rng.normal(0, 0.5, count))
    path = turned(np.cumsum(steps, axis=0), rng.uniform(0, 2 * np.pi)) + place
    widths = np.linspace(rng.uniform(0.012, 0.03), 0.006, count)
    colour = body_colour(rng)
    canvas.stroke(path - 0.012 * light, widths, BLACK, _SHADOW)
    canvas.stroke(path, widths, mixed(colour, BLACK, 0.35))
    canvas.stroke(path + 0.2 * widths[:, None] * light, 0.4 * widths, colour)


def _petal(canvas: Canvas, rng, light, place) -> None:
    """Fallen petals and seeds with wings: as clear and as pointed as a bee's wing."""
    length = rng.uniform(0.12, 0.4)
    outline = teardrop(length, length * rng.uniform(0.3, 0.5))
    outline = turned(outline, rng.uniform(0, 2 * np.pi)) + place
    colour = mixed(around(rng, "petal"), WHITE, rng.uniform(0, 0.5))
    canvas.fill(outline - 0.01 * light, BLACK, 0.12)
    canvas.fill(outline, colour, rng.uniform(0.2, 0.9))
    rim = np.concatenate([outline, outline[:1]])
    canvas.hairs(rim[:-1], rim[1:], mixed(colour, BLACK, 0.5), 0.5)
    tips = outline[[5, 8, 12, 16, 20]]
    canvas.hairs(np.repeat(outline[:1], 5, axis=0), tips, mixed(colour, BLACK, 0.5), 0.35)


def _seeds(canvas: Canvas, rng, light, place) -> None:
    """One to four dark, shining grains in a row, some with stripes: nearly a body."""
    colour, count = body_colour(rng), int(rng.integers(1, 5))
    angle, striped = rng.uniform(0, 2 * np.pi), rng.random() < 0.5
    step = np.zeros(2)
    for _ in range(count):
        length = rng.uniform(0.05, 0.16)
        grain = turned(oval((0, 0), length, length * rng.uniform(0.4, 0.8)), angle)
        at = place + step
        canvas.fill(at + grain - 0.012 * light, BLACK, _SHADOW)
        canvas.fill(at + grain, mixed(colour, BLACK, 0.45))
        canvas.fill(at + 0.75 * grain + 0.1 * length * light, colour)
        if striped:
            y = np.linspace(-0.3, 0.3, 5) * length
            for x in (-0.2, 0.05, 0.28):
                band = turned(np.stack([x * length + 0 * y, y], axis=1), angle)
                canvas.stroke(at + band, 0.09 * length, mixed(colour, BLACK, 0.8), 0.8)
        canvas.fill(at + 0.2 * grain + 0.2 * length * light, WHITE, 0.35)
        step = step + _directions(np.array([angle + rng.normal(0, 0.25)]))[0] * length * 0.95


def _directions(angles: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(angles), np.sin(angles)], axis=1)
