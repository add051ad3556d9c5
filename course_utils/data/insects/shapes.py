"""Outlines and paths as points, in units of their own, before they are placed."""

from __future__ import annotations

import numpy as np

_K = 26  # corners of a closed outline
_ANGLES = np.linspace(0, 2 * np.pi, _K, endpoint=False)
CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)  # (K, 2)


def oval(centre, length: float, width: float, taper: float = 0.0) -> np.ndarray:
    """An ellipse along x, or an egg.

    Args:
        centre: (x, y).
        length: along x.
        width: along y.
        taper: how much narrower it is at its right end than at its left, -1 to 1.

    Returns:
        (K, 2).
    """
    points = CIRCLE * (length / 2, width / 2)
    points[:, 1] *= 1 - taper * CIRCLE[:, 0]
    return points + centre


def lens(length: float, width: float, belly: float = 0.5) -> np.ndarray:
    """A leaf's outline from (0, 0) to (length, 0), pointed at both ends.

    Args:
        length: along x.
        width: the most it has along y.
        belly: where along the length it is widest, 0 to 1.

    Returns:
        (2 k, 2), one side and back along the other.
    """
    t = np.linspace(0, 1, 12)
    rise = np.sin(np.pi * t ** (np.log(0.5) / np.log(belly)))
    upper = np.stack([length * t, width / 2 * rise], axis=1)
    return np.concatenate([upper, upper[::-1] * (1, -1)])


def teardrop(length: float, width: float) -> np.ndarray:
    """A wing's outline from its root (0, 0) along x, rounded at the far end, (2 k, 2)."""
    t = np.linspace(0, 1, 14)
    front = np.sqrt(t) * np.sqrt(np.maximum(0, 1 - t**5)) * 0.42
    back = t**0.9 * np.sqrt(np.maximum(0, 1 - t**3)) * 0.78
    upper = np.stack([length * t, -width * front], axis=1)
    lower = np.stack([length * t, width * back], axis=1)
    return np.concatenate([upper, lower[::-1]])


def pebble(rng: np.random.Generator, roughness: float) -> np.ndarray:
    """A closed outline about the origin, of radius about 1, (K, 2).

    Args:
        rng: decides about its bumps.
        roughness: size of the bumps, 0 for a circle.
    """
    radius = np.ones(_K)
    for k in (2, 3, 4, 5):
        radius += roughness / k * rng.normal() * np.cos(k * _ANGLES + rng.uniform(0, 2 * np.pi))
    return CIRCLE * np.clip(radius, 0.3, 1.8)[:, None]


def bend(points: np.ndarray, curvature: float) -> np.ndarray:
    """Bend the x axis into an arc through the origin.

    Args:
        points: (K, 2).
        curvature: radians for each unit of length.
    """
    if abs(curvature) < 1e-6:
        return points
    angle = points[:, 0] * curvature
    radius = 1 / curvature - points[:, 1]
    return np.stack([radius * np.sin(angle), 1 / curvature - radius * np.cos(angle)], axis=1)


def turned(points: np.ndarray, angle: float) -> np.ndarray:
    """Turn points about the origin by an angle in radians, from x towards y."""
    c, s = np.cos(angle), np.sin(angle)
    return points @ np.array([[c, s], [-s, c]])


def smooth_path(corners: np.ndarray, steps: int = 4) -> np.ndarray:
    """A path through corners with the edges rounded off.

    Args:
        corners: (K, 2).
        steps: points on the way between two corners.
    """
    t = np.linspace(0, len(corners) - 1, steps * (len(corners) - 1) + 1)
    k = np.arange(len(corners))
    path = np.stack([np.interp(t, k, corners[:, i]) for i in (0, 1)], axis=1)
    inner = (path[:-2] + 2 * path[1:-1] + path[2:]) / 4
    return np.concatenate([path[:1], inner, path[-1:]])
