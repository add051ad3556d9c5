"""Many small pictures packed into a few larger ones, a hundred in each."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from course_utils.show.pixels import image_shape

COLUMNS = ROWS = 10
PER_SHEET = COLUMNS * ROWS
BUDGET = 8_500_000  # characters that all sheets together may take, as base64
_BLOCK = 16  # pixels that JPEG codes together; cells are filled up to it, so that none bleeds
_SAMPLE = 200
_SHOWN, _SHOWN_LARGE = 128, 168  # pixels on the screen: about so large small ones, large ones
# Tried in turn until the budget holds: largest side, JPEG quality, colour at half the detail.
_WAYS = (
    *((224, 90, False), (224, 85, False), (224, 80, True), (176, 80, True), (128, 80, True)),
    *((96, 75, True), (64, 70, True), (32, 60, True)),
)


@dataclass(frozen=True)
class Sheets:
    """Packed pictures; number k is in sheet k // 100, left to right and top to bottom.

    Args:
        uris: the sheets as data addresses.
        size: (width, height) of a picture in its cell, pixels.
        cell: (width, height) of a cell, pixels.
        scale: by how much a picture is enlarged on the screen.
    """

    uris: tuple[str, ...]
    size: tuple[int, int]
    cell: tuple[int, int]
    scale: float


def pack(
    pictures: np.ndarray,
    order: np.ndarray,
    shape: Sequence[int] | None = None,
    budget: int = BUDGET,
) -> Sheets:
    """Pack pictures in a given order, as well as the budget allows.

    Colour becomes JPEG, grey stays exact as PNG if that fits.

    Args:
        pictures: (N, H, W), (N, H, W, 3), (N, 3, H, W), or rows (N, D); bytes, or floats of
            any range. Grey ones are drawn as ink: small is white.
        order: their numbers in the order wanted, (N,).
        shape: (H, W) or (H, W, 3) of rows; (28, 28) if None.
        budget: characters that all sheets may take.

    Raises:
        ValueError: rows that do not fill the shape, or no picture's shape.
    """
    pictures = np.asarray(pictures)
    H, W, *colour = image_shape(pictures[0], shape)
    look = _Look(pictures, (H, W, *colour))
    sample = look.bytes(order[np.linspace(0, len(order) - 1, min(len(order), _SAMPLE)).astype(int)])
    ways = [("PNG", *_WAYS[0])] if not colour else []
    ways += [("JPEG", *way) for way in _WAYS]
    each = budget * 3 / 4 / len(order)  # bytes; base64 makes four characters of three
    way = next((w for w in ways if len(_sheet(sample, w)) <= each * len(sample)), ways[-1])
    parts = [order[k : k + PER_SHEET] for k in range(0, len(order), PER_SHEET)]
    kind = f"data:image/{way[0].lower()};base64,"
    uris = tuple(kind + base64.b64encode(_sheet(look.bytes(p), way)).decode() for p in parts)
    width, height = _size(W, H, way[1])
    return Sheets(uris, (width, height), (_filled(width), _filled(height)), _scale(width, height))


@dataclass
class _Look:
    """Pictures of any kind as bytes, all in the same scale."""

    pictures: np.ndarray
    shape: tuple[int, ...]

    def __post_init__(self):
        self._ends = (0.0, 255.0)
        if self.pictures.dtype != np.uint8:
            low, high = float(np.nanmin(self.pictures)), float(np.nanmax(self.pictures))
            within = (0.0, 1.0) if low >= 0 and high <= 1 else (0.0, 255.0)
            self._ends = within if low >= 0 and high <= within[1] else (low, high)

    def bytes(self, which: np.ndarray) -> np.ndarray:
        """(n, H, W) or (n, H, W, 3), uint8."""
        chosen = self.pictures[which]
        if chosen.ndim == 4 and chosen.shape[1] == 3 and chosen.shape[3] != 3:
            chosen = np.moveaxis(chosen, 1, -1)
        chosen = chosen.reshape(len(chosen), *self.shape)
        if chosen.dtype != np.uint8:
            low, high = self._ends
            scaled = (np.nan_to_num(chosen.astype(float)) - low) / ((high - low) or 1.0)
            chosen = np.rint(255 * np.clip(scaled, 0, 1)).astype(np.uint8)
        return chosen if len(self.shape) == 3 else 255 - chosen


def _sheet(pixels: np.ndarray, way: tuple) -> bytes:
    """One file with all the pictures given, in rows of ten."""
    kind, largest, quality, halved = way
    n, H, W = pixels.shape[:3]
    width, height = _size(W, H, largest)
    if (width, height) != (W, H):
        scaled = (Image.fromarray(p).resize((width, height), Image.Resampling.BOX) for p in pixels)
        pixels = np.stack([np.asarray(picture) for picture in scaled])
    more = [(0, 0)] * (pixels.ndim - 3)
    fill = ((0, -n % COLUMNS), (0, -height % _BLOCK), (0, -width % _BLOCK), *more)
    cells = np.pad(pixels, fill, mode="edge")  # the border repeated: nothing to ring against
    grid = cells.reshape(-1, COLUMNS, *cells.shape[1:]).swapaxes(1, 2)
    image = Image.fromarray(grid.reshape(-1, COLUMNS * cells.shape[2], *cells.shape[3:]))
    file = io.BytesIO()
    if kind == "PNG":
        image.save(file, kind, optimize=True)
    else:
        # Without optimize=True, for which Pillow sets aside too little room for pure noise.
        image.save(file, kind, quality=quality, subsampling=2 if halved else 0)
    return file.getvalue()


def _size(width: int, height: int, largest: int) -> tuple[int, int]:
    share = min(1.0, largest / max(width, height))
    return max(1, round(width * share)), max(1, round(height * share))


def _filled(length: int) -> int:
    return -(-length // _BLOCK) * _BLOCK


def _scale(width: int, height: int) -> float:
    """Small pictures grow by a whole number, so that their pixels stay squares."""
    longest = max(width, height)
    if longest > _SHOWN:
        return _SHOWN_LARGE / longest
    return float(_SHOWN // longest) if 2 * longest <= _SHOWN else _SHOWN / longest
