"""Decision regions in the plane, as numbers: which class wins where, and where regions meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

Probabilities = Callable[[np.ndarray], np.ndarray]
Range = tuple[float, float]

_GRID, _ZOOMS = 161, 24
_EQUAL = 0.01  # probabilities that differ by less are equal
NOWHERE = -1  # in place of a class, where the probabilities are not finite


@dataclass(frozen=True)
class Plane:
    """Probabilities on a grid over a part of the plane.

    Args:
        x: positions of the columns, (W,).
        y: positions of the rows, lowest first, (H,).
        P: probabilities, (H, W, C).
        winner: the most probable class, (H, W); −1 where the probabilities are not finite.
    """

    x: np.ndarray
    y: np.ndarray
    P: np.ndarray
    winner: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """Probability of the winner, (H, W)."""
        return self.P.max(axis=2)

    def share(self, c: int) -> float:
        """The share of the grid where class c wins."""
        return float((self.winner == c).mean())

    def middle(self, c: int) -> tuple[float, float]:
        """The mean of the places where class c wins."""
        rows, columns = np.nonzero(self.winner == c)
        return float(self.x[columns].mean()), float(self.y[rows].mean())

    def inside(self, c: int, avoid: Sequence = ()) -> tuple[float, float]:
        """A place deep inside the region of class c, for its name; away from points if it can."""
        region = self.winner == c
        free = region.copy()
        for x, y in avoid:
            near_x = np.abs(self.x - x) < 0.16 * np.ptp(self.x)
            near_y = np.abs(self.y - y) < 0.08 * np.ptp(self.y)
            free[np.ix_(near_y, near_x)] = False
        row, column = deepest(free if free.any() else region)
        return float(self.x[column]), float(self.y[row])

    def at_rim(self, c: int) -> tuple[float, float]:
        """A place in the region of class c near the frame, if the region gets there."""
        size = len(self.x)
        band = np.zeros((size, size), dtype=bool)
        band[size // 16 : -size // 16, size // 9 : -size // 9] = True
        band[size // 6 : -size // 6, size // 4 : -size // 4] = False
        region = self.winner == c
        row, column = deepest(region & band if (region & band).any() else region)
        return float(self.x[column]), float(self.y[row])


def asked(probabilities: Probabilities, points: np.ndarray) -> np.ndarray:
    """Ask for the probabilities at points, and refuse what has not a row for each.

    Args:
        probabilities: takes (K, 2), returns (K, C), or (K,), then that of class 1.
        points: (K, 2).

    Returns:
        (K, C), float64.

    Raises:
        ValueError: another shape came back.
    """
    P = np.asarray(probabilities(points), dtype=float)
    if P.shape == (len(points),):
        return np.stack([1 - P, P], axis=1)
    if P.ndim != 2 or len(P) != len(points):
        raise ValueError(
            f"probabilities: expected (K, C) or (K,) for points (K, 2) = {points.shape}, "
            f"got {P.shape}; a row for each point?"
        )
    return P


def answers(probabilities: Probabilities, points: np.ndarray) -> np.ndarray:
    """The most probable class of each point, (K,); −1 where the probabilities are not finite."""
    return _winner(asked(probabilities, points))


def _winner(P: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(P).all(axis=-1), P.argmax(axis=-1), NOWHERE)


def look_at(
    probabilities: Probabilities, x_range: Range, y_range: Range, grid: int = _GRID
) -> Plane:
    """Evaluate probabilities on a grid.

    Args:
        probabilities: takes (K, 2), returns (K, C) or (K,).
        x_range: left and right end.
        y_range: lower and upper end.
        grid: points along each axis.

    Returns:
        The plane.

    Raises:
        ValueError: a range without length, or probabilities of another shape.
    """
    for name, (low, high) in (("x_range", x_range), ("y_range", y_range)):
        if not low < high:
            raise ValueError(
                f"{name}: expected (low, high), got {(low, high)}; the wrong way round?"
            )
    x, y = np.linspace(*x_range, grid), np.linspace(*y_range, grid)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    P = asked(probabilities, points).reshape(grid, grid, -1)
    return Plane(x, y, P, _winner(P))


def meeting_points(
    probabilities: Probabilities, x_range: Range, y_range: Range
) -> list[tuple[tuple[float, float], tuple[int, ...]]]:
    """Find the points where the regions of three or more classes meet.

    Args:
        probabilities: takes (K, 2), returns (K, C).
        x_range: left and right end.
        y_range: lower and upper end.

    Returns:
        For each point: its coordinates, and the classes that meet there. Empty for two classes.
    """
    return meetings(probabilities, look_at(probabilities, x_range, y_range))


def meetings(probabilities: Probabilities, plane: Plane) -> list:
    """The same for a plane that is there already."""
    w = plane.winner
    corners = np.stack([w[:-1, :-1], w[:-1, 1:], w[1:, :-1], w[1:, 1:]])
    several = (np.diff(np.sort(corners, axis=0), axis=0) != 0).sum(axis=0) >= 2
    several &= (corners != NOWHERE).all(axis=0)
    cell = np.array([np.ptp(plane.x), np.ptp(plane.y)]) / (len(plane.x) - 1)
    found: list[tuple[tuple[float, float], tuple[int, ...]]] = []
    for row, column in zip(*np.nonzero(several), strict=True):
        start = np.array([plane.x[column], plane.y[row]]) + cell / 2
        point = _narrowed(probabilities, start, 2 * cell)
        if all((np.abs(np.subtract(point, known)) > 2 * cell).any() for known, _ in found):
            P = asked(probabilities, np.array([point]))[0]
            equal = np.flatnonzero(P.max() - P < _EQUAL)
            # Where probabilities jump, none are equal: those of the grid's cells then.
            classes = equal if len(equal) > 2 else np.unique(corners[:, row, column])
            found.append((point, tuple(int(c) for c in classes)))
    return found


def _narrowed(probabilities: Probabilities, start: np.ndarray, reach: np.ndarray):
    """Where the three largest probabilities are equal: smaller and smaller boxes.

    Probabilities that jump are nowhere equal; then the start is as good as any.
    """
    steps = np.linspace(-1, 1, 9)
    around = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    middle = start
    for _ in range(_ZOOMS):
        points = middle + reach * around
        ranked = np.sort(asked(probabilities, points), axis=1)
        apart = ranked[:, -1] - ranked[:, -3]
        middle = points[np.argmin(apart)]
        reach = reach * 0.5
    x, y = middle if apart.min() < _EQUAL else start
    return float(x), float(y)


def crossings(plane: Plane) -> list[tuple[tuple[float, float], tuple[int, int]]]:
    """Where boundaries reach the frame: going round it, each change of the winner.

    Returns:
        For each: its coordinates, and the two classes, the smaller number first.
    """

    def round_it(grid: np.ndarray) -> np.ndarray:
        return np.concatenate([grid[0, :-1], grid[:-1, -1], grid[-1, :0:-1], grid[:0:-1, 0]])

    winner, P = round_it(plane.winner), round_it(plane.P)
    points = round_it(np.stack(np.meshgrid(plane.x, plane.y), axis=-1))
    after = np.roll(winner, -1)
    found = []
    for k in np.flatnonzero((winner != after) & (winner >= 0) & (after >= 0)):
        j = (k + 1) % len(winner)
        a, b = int(winner[k]), int(after[k])
        lead, lag = P[k, a] - P[k, b], P[j, b] - P[j, a]
        part = lead / (lead + lag) if lead + lag > 0 else 0.5  # where the two are equal
        x, y = points[k] + part * (points[j] - points[k])
        found.append(((float(x), float(y)), (min(a, b), max(a, b))))
    return found


def deepest(mask: np.ndarray) -> tuple[int, int]:
    """The cell of a region that is furthest from its rim: peel it until nothing is left.

    Args:
        mask: (H, W), at least one True.

    Returns:
        Row and column.
    """
    last = mask
    while mask.any():
        last = mask
        padded = np.pad(mask, 1)
        mask = (
            padded[1:-1, 1:-1] & padded[:-2, 1:-1] & padded[2:, 1:-1]
            & padded[1:-1, :-2] & padded[1:-1, 2:]
        )  # fmt: skip
    rows, columns = np.nonzero(last)
    # Of several that are equally deep, the one nearest to their middle.
    nearest = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
    return int(rows[nearest]), int(columns[nearest])
