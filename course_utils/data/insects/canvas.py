"""A surface to draw on in units of its side, larger than the picture it becomes."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

_FINE = 3  # pixels drawn for one that is kept, along each axis
_COARSE, _LARGE = 2, 160


class Canvas:
    """Filled outlines and tapered strokes, edges smoothed by drawing larger than needed.

    Points are (x, y) in units of the side, x to the right and y downwards.

    Args:
        side: of the finished picture, pixels.
        image: what is there already, or None for black.
    """

    def __init__(self, side: int, image: Image.Image | None = None) -> None:
        self.side = side
        self.pixels = side * (_FINE if side < _LARGE else _COARSE)
        shape = (self.pixels, self.pixels)
        blank = Image.new("RGB", shape) if image is None else image.resize(shape, _SMOOTH)
        self._take(blank)

    def _take(self, image: Image.Image) -> None:
        self.image = image
        self._pen = ImageDraw.Draw(image, "RGBA")  # so that colours may let others shine through

    def fill(self, outline: np.ndarray, colour: np.ndarray, opacity: float = 1.0) -> None:
        """Fill an outline.

        Args:
            outline: corners, (K, 2).
            colour: red, green and blue, 0 to 255.
            opacity: 0 to 1.
        """
        corners = (outline * self.pixels).ravel().tolist()
        self._pen.polygon(corners, fill=as_fill(colour, opacity))

    def stroke(
        self, path: np.ndarray, widths: np.ndarray | float, colour: np.ndarray, opacity: float = 1.0
    ) -> None:
        """Draw a line of changing width along a path.

        Args:
            path: (K, 2).
            widths: the full width at each point, (K,), or one for all.
            colour: red, green and blue, 0 to 255.
            opacity: 0 to 1.
        """
        self.fill(ribbon(path, widths), colour, opacity)

    def hairs(
        self, starts: np.ndarray, ends: np.ndarray, colour: np.ndarray, opacity: float
    ) -> None:
        """Draw many thin lines.

        Args:
            starts: (K, 2).
            ends: (K, 2).
            colour: red, green and blue, 0 to 255.
            opacity: 0 to 1.
        """
        fill = as_fill(colour, opacity)
        width = max(1, self.pixels // 250)
        for line in (np.hstack([starts, ends]) * self.pixels).tolist():
            self._pen.line(line, fill=fill, width=width)

    def soften(self, radius: float) -> None:
        """Put what has been drawn out of focus.

        Args:
            radius: how far a point spreads, in units of the side.
        """
        self._take(softened(self.image, radius))

    def darken(self, outline: np.ndarray, strength: float, blur: float) -> None:
        """Cast a soft shadow: one outline in another, each a little darker.

        Args:
            outline: of the whole shadow, (K, 2).
            strength: how much darker it is in its middle, 0 to 1.
            blur: share of the shadow that is not full, 0 to 1.
        """
        middle = outline.mean(axis=0)
        for size in np.linspace(1, 1 - blur, _STEPS):
            self.fill(middle + size * (outline - middle), _SHADE, strength / _STEPS)

    def finished(self, radius: float) -> np.ndarray:
        """The picture, uint8 (side, side, 3).

        Args:
            radius: how far a point spreads, in units of the side.
        """
        return np.asarray(softened(self.image.reduce(self.pixels // self.side), radius))


_NORMAL = np.array([-1.0, 1.0])  # (dx, dy) turned by a right angle is (-dy, dx)
_SMOOTH = Image.Resampling.BICUBIC
_SHADE = np.array([12.0, 10.0, 14.0])
_STEPS = 6  # of a shadow, from its rim to its middle


def softened(image: Image.Image, radius: float) -> Image.Image:
    """An image out of focus; `radius` in units of its side."""
    small = max(8, round(1 / max(radius, 1e-6)))
    if small >= image.width:
        return image
    return image.resize((small, small), Image.Resampling.BOX).resize(image.size, _SMOOTH)


def as_fill(colour: np.ndarray, opacity: float) -> tuple[int, ...]:
    """Red, green, blue and opacity as Pillow takes them."""
    return (*(min(255, max(0, int(c))) for c in colour.tolist()), round(255 * min(opacity, 1.0)))


def ribbon(path: np.ndarray, widths: np.ndarray | float) -> np.ndarray:
    """The outline of a line of changing width.

    Args:
        path: (K, 2), at least two points.
        widths: the full width at each, (K,), or one for all.

    Returns:
        Corners, (2 K, 2): along one side and back along the other.
    """
    # This runs fifty times in a picture: np.gradient would take a third of its time.
    along = np.empty_like(path)
    along[1:-1] = path[2:] - path[:-2]
    along[0], along[-1] = path[1] - path[0], path[-1] - path[-2]
    length = np.sqrt((along * along).sum(axis=1)) + 1e-9
    across = along[:, ::-1] * _NORMAL * (np.multiply(0.5, widths) / length)[:, None]
    return np.concatenate([path + across, (path - across)[::-1]])
