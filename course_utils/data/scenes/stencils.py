"""Shapes as pixels, by whole numbers only: how much of each pixel a shape covers."""

from __future__ import annotations

import functools

import numpy as np

FULL = 16  # points of a pixel that are tried: 4 by 4
HALF = FULL // 2
_UNIT = 1000
# (x, y) in thousandths of the side, y downwards. The star is a regular one, stretched to
# touch all four edges of its box, a little fatter than a pentagram, to be seen when small.
_TRIANGLE = ((500, 0), (1000, 1000), (0, 1000))
_STAR = (
    (500, 0), (639, 336), (1000, 382), (724, 619), (809, 1000),
    (500, 805), (191, 1000), (276, 619), (0, 382), (361, 336),
)  # fmt: skip


@functools.lru_cache(maxsize=256)
def stencil(shape: str, side: int) -> np.ndarray:
    """How many of a pixel's 16 points lie in a shape.

    Args:
        shape: one of `SHAPES`.
        side: height and width in pixels.

    Returns:
        uint8 (side, side), 0 to 16, not to be changed.
    """
    # Points at odd eighths of a pixel: X = 1, 3, ..., 8 side - 1, in a box from 0 to S.
    S = 8 * side
    Y, X = np.mgrid[1:S:2, 1:S:2].astype(np.int64)
    inside = _INSIDE[shape](X, Y, S)
    covered = inside.reshape(side, 4, side, 4).sum(axis=(1, 3)).astype(np.uint8)
    covered.flags.writeable = False
    return covered


def _circle(X, Y, S):
    return (2 * X - S) ** 2 + (2 * Y - S) ** 2 <= S * S


def _ring(X, Y, S):
    return _circle(X, Y, S) & (4 * ((2 * X - S) ** 2 + (2 * Y - S) ** 2) >= S * S)


def _cross(X, Y, S):
    return (3 * abs(2 * X - S) <= S) | (3 * abs(2 * Y - S) <= S)


def _polygon(corners):
    """Even-odd rule: a point is inside if a ray to the right meets an odd number of edges."""

    def inside(X, Y, S):
        odd = np.zeros(X.shape, bool)
        for (x0, y0), (x1, y1) in zip(corners, (*corners[1:], corners[0]), strict=True):
            if y0 > y1:
                x0, y0, x1, y1 = x1, y1, x0, y0
            crosses = (S * y0 <= _UNIT * Y) & (S * y1 > _UNIT * Y)
            # Left of the edge: X U < S x0 + (Y U - S y0) (x1 - x0) / (y1 - y0).
            left = (_UNIT * X - S * x0) * (y1 - y0) < (_UNIT * Y - S * y0) * (x1 - x0)
            odd ^= crosses & left
        return odd

    return inside


_INSIDE = {
    "circle": _circle,
    "square": lambda X, Y, S: np.ones(X.shape, bool),
    "triangle": _polygon(_TRIANGLE),
    "cross": _cross,
    "star": _polygon(_STAR),
    "ring": _ring,
}
