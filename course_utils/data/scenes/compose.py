"""Compositions: which things there are and in which third of the picture each one is."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from .difficulty import Difficulty
from .draws import Draws
from .things import CELLS, CONTAINERS, SHAPES, THIRDS

SPLITS = ("train", "validation", "test", "unseen")
_TENTHS = {"train": range(8), "validation": (8,), "test": (9,)}
_INSIDE_ONE_IN = 5  # of the scenes with two kinds where one fits into the other
_CONTAINER = np.isin(SHAPES, CONTAINERS)
_ABSENT = -1


@dataclass(frozen=True)
class Compositions:
    """Many compositions, a row for each, a column for each thing; -1 where there is none.

    Args:
        colour: number in `COLOURS`, (n, K).
        shape: number in `SHAPES`, (n, K).
        large: 0 or 1, (n, K).
        cell: 3 row + column, in thirds, (n, K).
        inside: whether the second thing is inside the first, (n,).
    """

    colour: np.ndarray
    shape: np.ndarray
    large: np.ndarray
    cell: np.ndarray
    inside: np.ndarray

    def __len__(self):
        return len(self.inside)

    def __getitem__(self, rows) -> Compositions:
        return Compositions(*(getattr(self, f.name)[rows] for f in fields(self)))

    @staticmethod
    def joined(parts: list[Compositions]) -> Compositions:
        """Several one below the other."""
        columns = ([getattr(p, f.name) for p in parts] for f in fields(Compositions))
        return Compositions(*map(np.concatenate, columns))

    @property
    def present(self) -> np.ndarray:
        """Where there is a thing, (n, K)."""
        return self.cell != _ABSENT


def held_out(colours: int, shapes: int) -> frozenset[tuple[int, int]]:
    """The pairs (colour, shape) that only the split "unseen" shows: one shape of each colour.

    Args:
        colours: how many there are, at least 2.
        shapes: how many there are, at least 2.
    """
    return frozenset((colour, colour % shapes) for colour in range(colours))


def compose(difficulty: Difficulty, split: str, count: int, draws: Draws) -> Compositions:
    """Draw compositions that belong to a split.

    Which of the three splits a composition belongs to follows from itself alone, by a hash:
    so no two splits share one, whatever the seeds and the numbers of scenes.

    Args:
        difficulty: what may be in them.
        split: one of `SPLITS`.
        count: how many.
        draws: where chance comes from.
    """
    parts, found = [], 0
    while found < count:
        drawn = _candidates(difficulty, split == "unseen", 2 * count, draws)
        if split != "unseen":
            drawn = drawn[np.isin(tenth(drawn), _TENTHS[split])]
        parts.append(drawn)
        found += len(drawn)
    return Compositions.joined(parts)[:count]


def tenth(compositions: Compositions) -> np.ndarray:
    """A number from 0 to 9 that follows from the set of things with their places, (n,)."""
    c = compositions
    things = ((c.colour * len(SHAPES) + c.shape) * 2 + c.large) * CELLS + c.cell + 1
    # A sum does not ask in which order the things stand.
    codes = np.where(c.present, _mixed(things.astype(np.uint64)), np.uint64(0))
    total = codes.sum(axis=1, dtype=np.uint64) + c.inside.astype(np.uint64)
    return ((_mixed(total) >> np.uint64(32)) * np.uint64(10) >> np.uint64(32)).astype(int)


def _mixed(x: np.ndarray) -> np.ndarray:
    """64 bits that each depend on all bits of x (splitmix64; Steele, Lea and Flood 2014)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def _candidates(d: Difficulty, unseen: bool, n: int, draws: Draws) -> Compositions:
    """Compositions of no split yet; if unseen, the first kind is a pair held out."""
    low, high = d.kinds
    kinds = low + draws.below(high - low + 1, n)  # (n,)
    colour, shape = _pairs(d, unseen, n, draws)  # (n, high)
    large = np.ones((n, high), int) if d.sizes == 1 else draws.below(2, n, high)
    most = np.where(kinds == 1, d.most_alone, d.most_together)
    counts = 1 + draws.below(most[:, None], n, high)
    counts *= np.arange(high) < kinds[:, None]  # (n, high)
    cells = draws.distinct(n, (CELLS,) * CELLS)  # (n, 9)
    if d.aligned and high > 1:
        two = (kinds == 2) & (counts[:, :2] == 1).all(axis=1)
        cells[two, 1] = _in_line(cells[two, 0], draws.below(4, n)[two])
    inside = np.zeros(n, bool)
    if d.inside and high > 1:
        inside = (kinds == 2) & (draws.below(_INSIDE_ONE_IN, n) == 0)
        inside &= _CONTAINER[shape[:, 0]] & (colour[:, 0] != colour[:, 1])
        counts[inside, :2] = 1
        large[inside, :2] = (1, 0)
        cells[inside, 1] = cells[inside, 0]
    ends = counts.cumsum(axis=1)  # (n, high)
    slot = np.arange(max(d.most_alone, high * d.most_together))  # (K,)
    kind = (slot[None, :, None] >= ends[:, None, :]).sum(axis=2)  # (n, K)
    present = slot < ends[:, -1:]
    kind[~present] = 0

    def of_kind(values):
        return np.where(present, np.take_along_axis(values, kind, axis=1), _ABSENT)

    cell = np.where(present, cells[:, : len(slot)], _ABSENT)
    return Compositions(of_kind(colour), of_kind(shape), of_kind(large), cell, inside)


def _pairs(d: Difficulty, unseen: bool, n: int, draws: Draws) -> tuple[np.ndarray, np.ndarray]:
    """Colours and shapes of the kinds, (n, high) each; no kind twice in a row."""
    out = held_out(d.colours, d.shapes)
    every = [(c, s) for c in range(d.colours) for s in range(d.shapes)]
    kept = [pair for pair in every if pair not in out]
    pairs = np.array(sorted(out) + kept if unseen else kept)
    bounds = [len(pairs)] * d.kinds[1]
    if unseen:
        bounds[0] = len(out)
    chosen = draws.distinct(n, tuple(bounds))
    return pairs[chosen, 0], pairs[chosen, 1]


def _in_line(cell: np.ndarray, which: np.ndarray) -> np.ndarray:
    """One of the four other cells of the same row (which = 0, 1) or column (2, 3)."""
    row, column = np.divmod(cell, THIRDS)
    on = which % 2 + 1
    across = which < 2
    row = np.where(across, row, (row + on) % THIRDS)
    column = np.where(across, (column + on) % THIRDS, column)
    return THIRDS * row + column
