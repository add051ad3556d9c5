"""Walks away from a point of the plane: how the probabilities change along straight lines."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D

from course_utils.show.picture import Picture, fast_png
from course_utils.show.plane import (
    HALO,
    class_names,
    draw_plane,
    draw_points,
    label_outside,
    legend,
    panel_height,
    point_look,
)
from course_utils.show.regions import Probabilities, Range, asked, look_at
from course_utils.show.style import BLACK, CLASS_COLOURS, DASHES, entitle, new_figure, styled
from course_utils.show.wording import place
from course_utils.words import number

_STEPS, _MAP, _PANEL = 101, 4.2, 2.3
_STILL = 0.01  # a smaller change of a probability is not worth a word


class PointWalk:
    """The probabilities along straight lines from a point that can be moved.

    What does not depend on the point is drawn once, so that moving it is quick.

    Args:
        probabilities: takes points (K, 2), returns (K, C) or (K,).
        directions: name to a vector, (2,); its length is set to 1.
        x_range: left and right end of the map.
        y_range: lower and upper end of the map.
        length: how far to walk; a third of the longer range if None.
        names: of the classes, (C,).
        points: training points for the map, (K, 2).
        labels: their classes, (K,).
        axis_names: of the two coordinates.
        title: what the figure is to show.

    Raises:
        ValueError: a direction of length 0, or probabilities of another shape.
    """

    def __init__(
        self,
        probabilities: Probabilities,
        directions: Mapping[str, Sequence[float]],
        *,
        x_range: Range,
        y_range: Range,
        length: float | None = None,
        names: Sequence[str] | None = None,
        points: np.ndarray | None = None,
        labels: Sequence[int] | None = None,
        axis_names: tuple[str, str] = ("x1", "x2"),
        title: str = "",
    ) -> None:
        self.probabilities, self.title = probabilities, title
        self.directions = {name: _unit(name, vector) for name, vector in directions.items()}
        spans = x_range[1] - x_range[0], y_range[1] - y_range[0]
        self.distance = np.linspace(0, length or max(spans) / 3, _STEPS)
        plane = look_at(probabilities, x_range, y_range)
        self.names = class_names(names, plane.P.shape[2])
        rows, columns = _grid(len(directions))
        with styled():
            height = max(panel_height(_MAP, x_range, y_range), 1.75 * rows) + 0.7
            figure = new_figure(_MAP + _PANEL * columns, height)
            widths = {"width_ratios": [_MAP / _PANEL, *[1] * columns]}
            cells = figure.add_gridspec(rows, 1 + columns, **widths)
            self._map = figure.add_subplot(cells[:, 0])
            draw_plane(self._map, plane, self.names, named=False)
            for c in np.unique(plane.winner[plane.winner >= 0]):
                self._map.text(*plane.at_rim(c), self.names[c], ha="center", path_effects=HALO)
            draw_points(self._map, points, labels, probabilities)
            label_outside(np.array([[self._map]]), axis_names)
            panels = [
                [figure.add_subplot(cells[r, 1 + c]) for c in range(columns)] for r in range(rows)
            ]
            self._panels = np.array(panels)
            self._make_moving_parts()
            self._legend(figure, with_points=labels is not None)
            entitle(figure, title)
        self.figure = figure
        self._rest: tuple | None = None  # a canvas, and its pixels without what moves

    def _legend(self, figure, with_points: bool) -> None:
        handles = []
        for c, name in enumerate(self.names):
            look = {**point_look(c, 6), **_look(c)} if with_points else _look(c)
            handles.append(Line2D([], [], label=name, **look))
        legend(figure, handles)

    def _make_moving_parts(self) -> None:
        """Rays, the point and the probabilities, all empty; `at` fills them."""
        star = {"color": BLACK, "markersize": 14, "markeredgecolor": "white", "zorder": 5}
        digit = {"ha": "center", "va": "center", "path_effects": HALO, "weight": "bold"}
        self._rays, self._numbers, self._lines = [], [], []
        for which, name in enumerate(self.directions, 1):
            axes = self._panels.flat[which - 1]
            self._rays.append(self._map.plot([], [], color=BLACK, linewidth=1.3)[0])
            self._numbers.append(self._map.text(0, 0, str(which), zorder=6, **digit))
            self._lines.append([axes.plot([], [], **_look(c))[0] for c in range(len(self.names))])
            axes.set(xlim=(0, self.distance[-1]), ylim=(-0.03, 1.03), yticks=(0, 0.5, 1))
            axes.set_title(f"{which}  {name}")
            axes.grid(True)
        self._star = self._map.plot([], [], "*", **star)[0]
        for axes in self._panels.flat[len(self.directions) :]:
            axes.set_axis_off()
        label_outside(self._panels, ("distance from the point", "probability"))

    def at(self, point: Sequence[float]) -> Picture:
        """Draw the walks from a point.

        Args:
            point: (2,).

        Returns:
            The picture: left the map with the point and its numbered rays, right the
            probabilities along each ray. It shares its figure with the next one.
        """
        point = np.asarray(point, dtype=float)
        self._star.set_data([point[0]], [point[1]])
        told = []
        for which, (name, direction) in enumerate(self.directions.items()):
            ray = point + self.distance[:, None] * direction
            P = asked(self.probabilities, ray)
            self._rays[which].set_data(*ray.T)
            self._place_number(which, ray)
            for c, line in enumerate(self._lines[which]):
                line.set_data(self.distance, P[:, c])
            told.append(_told(name, self.names, self.distance, P))
        P = asked(self.probabilities, point[None])[0]
        pairs = zip(self.names, P.round(3), strict=True)
        here = ", ".join(f"{name} {number(p)}" for name, p in pairs)
        lead = f"{self.title}: " if self.title else ""
        alt = f"{lead}probabilities at {place(point)}: {here}. {' '.join(told)}"
        return _Moved(self, alt)

    def quick_png(self) -> bytes:
        """The figure as it is now: only what moves is drawn anew, over a copy of the rest."""
        moving = [*self._rays, *itertools.chain(*self._lines), *self._numbers, self._star]
        with styled():
            if self._rest is None:
                canvas = FigureCanvasAgg(self.figure)
                for artist in moving:
                    artist.set_visible(False)
                canvas.draw()
                self._rest = canvas, canvas.copy_from_bbox(self.figure.bbox)
                for artist in moving:
                    artist.set_visible(True)
            canvas, rest = self._rest
            canvas.restore_region(rest)
            for artist in moving:
                artist.axes.draw_artist(artist)
        return fast_png(canvas.buffer_rgba())

    def _place_number(self, which: int, ray: np.ndarray) -> None:
        """Put the number of a ray at its end, or where it leaves the map; none on a stub."""
        left, right, low, high = self._map.axis()
        margin = 0.04 * np.array([right - left, high - low])
        after, before = np.array([left, low]) + margin, np.array([right, high]) - margin
        inside = np.flatnonzero(((ray > after) & (ray < before)).all(axis=1))
        end = ray[inside[-1]] if len(inside) else ray[0]
        stub = np.abs(end - ray[0]).max() < margin.max()
        self._numbers[which].set(position=end, text="" if stub else str(which + 1))


class _Moved(Picture):
    """The walk as it is now; it shares its figure, so it is made quickly, and soon out of date."""

    def __init__(self, walk: PointWalk, alt: str) -> None:
        super().__init__(walk.figure, alt)
        self._walk = walk

    def quick_png(self) -> bytes:
        return self._walk.quick_png()


def walk_from_point(
    probabilities: Probabilities,
    point: Sequence[float],
    directions: Mapping[str, Sequence[float]],
    **options,
) -> Picture:
    """Draw a point in the plane, and the probabilities along straight lines from it.

    Args:
        probabilities: takes points (K, 2), returns (K, C) or (K,).
        point: where the walks begin, (2,).
        directions: name to a vector, (2,); its length is set to 1.
        **options: x_range and y_range, which are needed, and the others of `PointWalk`.

    Returns:
        The picture: left the map with the point and its numbered rays, right the
        probabilities along each ray against the distance walked.

    Raises:
        ValueError: a direction of length 0, or probabilities of another shape.
    """
    return PointWalk(probabilities, directions, **options).at(point)


def _unit(name: str, vector: Sequence[float]) -> np.ndarray:
    vector = np.asarray(vector, dtype=float)
    length = np.linalg.norm(vector)
    if vector.shape != (2,) or not length > 0:
        raise ValueError(f"directions: expected {name!r} to be (2,), longer than 0, got {vector}")
    return vector / length


def _grid(count: int) -> tuple[int, int]:
    columns = 1 if count == 1 else 2 if count <= 6 else 3
    return -(-count // columns), columns


def _look(c: int) -> dict:
    return {
        "color": CLASS_COLOURS[c % len(CLASS_COLOURS)],
        "linestyle": DASHES[c % len(DASHES)],
    }


def _told(name: str, names: Sequence[str], distance: np.ndarray, P: np.ndarray) -> str:
    """The walk along one ray: each class from start to end, and where the lead changes."""
    told = []
    for c, p in enumerate(P.T.round(3)):
        course = f"{names[c]} from {number(p[0])} to {number(p[-1])}"
        if np.ptp(p) < _STILL:
            course = f"{names[c]} stays at {number(p[-1])}"
        elif p.max() > max(p[0], p[-1]) + _STILL:
            course += (
                f" with a peak of {number(p.max())} at distance {number(distance[p.argmax()])}"
            )
        told.append(course)
    ranked = np.sort(P, axis=1)
    ahead = ranked[:, -1] - ranked[:, -2] > _STILL if P.shape[1] > 1 else np.ones(len(P), bool)
    leaders, where = P.argmax(axis=1)[ahead], distance[ahead]
    told += [
        f"{names[leaders[k + 1]]} leads from distance {number((where[k] + where[k + 1]) / 2)} on"
        for k in np.flatnonzero(np.diff(leaders))
    ]
    return f"{name}: {', '.join(told)}."
