"""From compositions to pixels: places, strokes and noise, in whole numbers only."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .compose import Compositions
from .difficulty import Difficulty
from .draws import Draws
from .stencils import FULL, HALF, stencil
from .things import COLOURS, SHAPES, THIRDS, Scene

_COLOURS = np.array(list(COLOURS.values()), np.uint8)  # (C, 3)
_PAPER, _PAPER_SPREAD = 232, 16
_GREY, _GREY_SPREAD = 110, 80  # of strokes


@dataclass(frozen=True)
class Layout:
    """Where everything is in n pictures, in pixels.

    Args:
        things: what they are.
        top: first row of each thing, (n, K).
        left: first column, (n, K).
        side: height and width, (n, K).
        strokes: ends of the strokes, (n, S, 4), those in front last.
    """

    things: Compositions
    top: np.ndarray
    left: np.ndarray
    side: np.ndarray
    strokes: np.ndarray

    def __getitem__(self, rows) -> Layout:
        return Layout(*(getattr(self, f.name)[rows] for f in fields(self)))


def sides(size: int) -> tuple[int, int, int]:
    """Pixels across a small thing, a large one, and one with another inside.

    Args:
        size: height and width of the picture.
    """
    return size * 6 // 32, size * 9 // 32, size * 18 // 32


def lay_out(things: Compositions, d: Difficulty, size: int, draws: Draws) -> Layout:
    """Draw where in its third each thing is, and the strokes.

    Args:
        things: n compositions.
        d: says how many strokes.
        size: height and width of the pictures.
        draws: where chance comes from.
    """
    side = np.array(sides(size)[:2])[np.maximum(things.large, 0)]  # (n, K)
    if side.shape[1] > 1:
        side[things.inside, 0] = sides(size)[2]
    row, column = np.divmod(np.maximum(things.cell, 0), THIRDS)
    top, left = (_start(third, side, size, draws) for third in (row, column))
    inside = things.inside
    if inside.any():  # in the very middle
        middle = (side[inside, 0] - side[inside, 1]) // 2
        top[inside, 1] = top[inside, 0] + middle
        left[inside, 1] = left[inside, 0] + middle
    count = d.strokes_behind + d.strokes_in_front
    return Layout(things, top, left, side, draws.below(size, len(things), count, 4))


def _start(third: np.ndarray, side: np.ndarray, size: int, draws: Draws) -> np.ndarray:
    """The first pixel of a thing, so that its middle, and if it fits itself, is in a third.

    The last row and column of each third stay free: no two things touch.
    """
    begin, end = third * size // THIRDS, (third + 1) * size // THIRDS
    low, high = begin, end - side - 1
    # A thing wider than a third: its middle is in it, and it does not leave the picture.
    wide = side > end - begin
    low = np.where(wide, np.maximum(0, -((side - 2 * begin) // 2)), low)
    high = np.where(wide, np.minimum(size - side, (2 * end - side - 1) // 2), high)
    return low + draws.below(high - low + 1, *side.shape)


def render(
    layout: Layout, veiled: np.ndarray, d: Difficulty, size: int, draws: Draws
) -> np.ndarray:
    """Draw the pictures: paper, strokes, things, strokes, noise.

    Args:
        layout: of n pictures.
        veiled: whether the strokes meant for it are in front, (count,): of so many pictures,
            from the first on. Where False they are behind.
        d: says how many strokes are in front, and how much noise there is.
        size: height and width.
        draws: where chance comes from.

    Returns:
        uint8 (count, 3, size, size).
    """
    n, count = len(layout.things), len(veiled)
    paper = (_PAPER + draws.below(_PAPER_SPREAD, n)).astype(np.uint8)[:count]
    greys = (_GREY + draws.below(_GREY_SPREAD, n, layout.strokes.shape[1])).astype(np.uint8)
    layout, greys = layout[:count], greys[:count]  # drawn for all: the first stay the same
    pictures = np.empty((count, size, size, 3), np.uint8)  # colours last: a pixel is one piece
    pictures[:] = paper[:, None, None, None]
    _draw_strokes(pictures, layout.strokes, greys, np.ones(count, bool))
    _draw_things(pictures, layout)
    front = slice(d.strokes_behind, None)
    _draw_strokes(pictures, layout.strokes[:, front], greys[:, front], veiled)
    pictures = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
    return _with_noise(pictures, d.noise, draws) if d.noise else pictures


def _draw_things(pictures: np.ndarray, layout: Layout) -> None:
    present = layout.things.present
    if layout.things.inside.any():  # the container first, what is inside over it
        container = np.zeros_like(present)
        container[:, 0] = layout.things.inside
        layers = (present & container, present & ~container)
    else:
        layers = (present,)
    for layer in layers:
        for shape, name in enumerate(SHAPES):
            for side in np.unique(layout.side):
                which = layer & (layout.things.shape == shape) & (layout.side == side)
                _paste(pictures, layout, which, stencil(name, int(side)))


def _paste(pictures: np.ndarray, layout: Layout, which: np.ndarray, covered: np.ndarray) -> None:
    """Blend one stencil into all pictures that have it, at its places."""
    n, slot = np.nonzero(which)
    if not len(n):
        return
    i, j = np.nonzero(covered)
    n, y = n[:, None], layout.top[n, slot][:, None] + i
    x = layout.left[n[:, 0], slot][:, None] + j
    colour = _COLOURS[layout.things.colour[n[:, 0], slot]][:, None, :].astype(np.int32)
    share = covered[i, j][None, :, None].astype(np.int32)  # of FULL
    under = pictures[n, y, x]
    blend = (share * colour + (FULL - share) * under + HALF) // FULL
    pictures[n, y, x] = blend


def _draw_strokes(
    pictures: np.ndarray, ends: np.ndarray, greys: np.ndarray, where: np.ndarray
) -> None:
    n = np.flatnonzero(where)
    for k in range(ends.shape[1]):
        y, x = stroke_pixels(ends[n, k], pictures.shape[1])
        pictures[n[:, None], y, x] = greys[n, k, None, None]


def stroke_pixels(ends: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The pixels of straight strokes, one pixel wide for every 32 of the picture.

    Args:
        ends: (n, 4): row, column, row, column.
        size: height and width of the picture.

    Returns:
        Rows and columns, (n, L) each, some of them twice.
    """
    steps = np.arange(size)
    last = size - 1
    y, x = (
        (ends[:, k, None] * (last - steps) + ends[:, k + 2, None] * steps + last // 2) // last
        for k in (0, 1)
    )
    wide = range(max(1, size // 32))
    y = np.concatenate([y + o for o in wide for _ in wide], axis=1)
    x = np.concatenate([x + o for _ in wide for o in wide], axis=1)
    return np.minimum(y, last), np.minimum(x, last)


def _with_noise(pictures: np.ndarray, noise: int, draws: Draws) -> np.ndarray:
    off = draws.octets(pictures.size).reshape(pictures.shape).astype(np.uint16)
    off *= 2 * noise + 1
    off >>= 8  # 0 to 2 noise
    off = off.view(np.int16)
    off += pictures
    off -= noise
    return np.clip(off, 0, 255).astype(np.uint8)


def owners(scene: Scene) -> np.ndarray:
    """Which thing each pixel shows.

    Args:
        scene: a scene.

    Returns:
        int8 (H, W): the number of the thing in `scene.things` that covers at least half of
        the pixel and is not hidden there; -1 where there is none.
    """
    owner = np.full((scene.size, scene.size), -1, np.int8)
    for number, thing in enumerate(scene.things):
        box = owner[thing.top : thing.top + thing.side, thing.left : thing.left + thing.side]
        box[stencil(thing.shape, thing.side) >= HALF] = number
    if scene.veil:
        owner[stroke_pixels(np.array(scene.veil), scene.size)] = -1
    return owner
