"""Drawing into the axes of a plane: regions, boundaries, training points, marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patheffects import withStroke

from course_utils.show.regions import Plane, Probabilities, Range, answers
from course_utils.show.style import CLASS_COLOURS, CLASS_MARKERS

_PALEST, _FULLEST = 0.10, 0.62
HALO = (withStroke(linewidth=3, foreground="white"),)
_TEXT = {"va": "center", "path_effects": HALO}
_SMALL = {**_TEXT, "fontsize": 8, "color": "0.25", "clip_on": True}


def class_names(names: Sequence[str] | None, count: int) -> list[str]:
    """Names of classes as they were given, or ``class 0``, ``class 1`` …

    Raises:
        ValueError: fewer names than classes.
    """
    if names is None:
        return [f"class {c}" for c in range(count)]
    if len(names) < count:
        raise ValueError(f"names: expected one for each of {count} classes, got {len(names)}")
    return [str(name) for name in names]


def panel_height(width: float, x_range: Range, y_range: Range) -> float:
    """Height of a panel in which both axes have one scale, within reason."""
    ratio = (y_range[1] - y_range[0]) / (x_range[1] - x_range[0])
    return width * float(np.clip(ratio, 0.5, 1.3))


def draw_plane(
    axes: Axes,
    plane: Plane,
    names: Sequence[str],
    levels: Sequence[float] = (0.5, 0.9),
    named: bool = True,
    avoid: Sequence = (),
) -> None:
    """Draw regions, boundaries, level lines and names into given axes.

    Args:
        axes: where to.
        plane: what.
        names: of the classes, (C,).
        levels: of the winner's probability.
        named: write each name into its region.
        avoid: points, (K, 2), that names keep away from.
    """
    ends = (plane.x[0], plane.x[-1], plane.y[0], plane.y[-1])
    ratio = (ends[3] - ends[2]) / (ends[1] - ends[0])
    # One scale on both axes keeps right angles right; not where a panel would become a strip.
    aspect = "equal" if 0.4 <= ratio <= 2.5 else "auto"
    shown = {"origin": "lower", "extent": ends, "aspect": aspect, "interpolation": "bilinear"}
    axes.imshow(_colours(plane), **shown)
    boundary = _draw_boundaries(axes, plane)
    taken = [np.asarray(point, dtype=float) for point in avoid]
    for level in levels:
        _draw_level(axes, plane, level, boundary, taken)
    if named:
        for c in range(plane.P.shape[2]):
            if plane.share(c) > 0.01:
                axes.text(*plane.inside(c, avoid), names[c], ha="center", **_TEXT)
    axes.axis(ends)


def _draw_boundaries(axes: Axes, plane: Plane) -> np.ndarray:
    """Draw where two classes are equally probable; returns the points of these lines, (K, 2)."""
    found = []
    for c in range(plane.P.shape[2] - 1):  # the last class has no boundary that another has not
        others = np.delete(plane.P, c, axis=2).max(axis=2)
        lead = plane.P[:, :, c] - others
        found += _contour(axes, plane, lead, 0.0, colors="black", linewidths=1.6)
    return np.concatenate(found) if found else np.empty((0, 2))


def _draw_level(axes: Axes, plane: Plane, level: float, boundary: np.ndarray, taken: list) -> None:
    """Draw where the winner has this probability, with a number where there is room for it."""
    C = plane.P.shape[2]
    if level <= 1 / C + 1e-9:  # nobody wins with less; at 1/2 two classes have their boundary
        return
    # Above one half the winner is who has this much: each class's own line is smooth.
    heights = [plane.P[:, :, c] for c in range(C)] if level >= 0.5 else [plane.confidence]
    look = {"colors": "0.25", "linewidths": 0.8, "linestyles": "--"}
    room = 0.08 * np.array([np.ptp(plane.x), np.ptp(plane.y)])
    for height in heights:
        drawn = _contour(axes, plane, height, level, **look)
        for line in sorted(drawn, key=len, reverse=True)[:1]:
            at = _for_number(line, boundary)
            if all((np.abs(at - other) > room).any() for other in taken):
                axes.text(*at, f"{level:g}", ha="center", **_SMALL)
                taken.append(at)


def _for_number(line: np.ndarray, boundary: np.ndarray) -> np.ndarray:
    """The point of a line for its number: far from the boundary, or else in the middle."""
    if not len(boundary):
        return line[len(line) // 2]
    span = np.ptp(boundary, axis=0).max() or 1.0
    apart = (line[:, None, :] - boundary[None, :: 1 + len(boundary) // 200, :]) / span
    distance = np.sqrt((apart**2).sum(axis=2)).min(axis=1)
    far = np.flatnonzero(distance >= 0.95 * distance.max())
    return line[far[len(far) // 2]]


def _colours(plane: Plane) -> np.ndarray:
    """A colour for each cell, (H, W, 3): the winner's, the fuller the surer it is."""
    C = plane.P.shape[2]
    base = np.array([to_rgb(CLASS_COLOURS[c % len(CLASS_COLOURS)]) for c in range(C)])
    lowest = 1 / C if C > 1 else 0.0
    sure = np.clip((plane.confidence - lowest) / (1 - lowest), 0, 1)
    depth = (_PALEST + (_FULLEST - _PALEST) * sure)[:, :, None]
    painted = 1 - depth * (1 - base[plane.winner])
    return np.where(plane.winner[:, :, None] < 0, 0.85, painted)


def _contour(axes: Axes, plane: Plane, height: np.ndarray, level: float, **look) -> list:
    """Draw the lines of one height, if there are any, and give their points, each (K, 2)."""
    height = np.ma.masked_invalid(height)
    if height.count() == 0 or not height.min() < level < height.max():
        return []  # matplotlib would warn
    drawn = axes.contour(plane.x, plane.y, height, levels=[level], **look)
    return [segment for segment in drawn.allsegs[0] if len(segment) > 1]


def draw_points(
    axes: Axes,
    points: np.ndarray | None,
    labels: Sequence[int] | None,
    probabilities: Probabilities,
) -> np.ndarray | None:
    """Draw training points, a marker for each class, and a ring around those it has wrong.

    Returns:
        Which points are right, (K,); None without points or labels.

    Raises:
        ValueError: labels that do not fit the points.
    """
    if points is None:
        return None
    axes.set_autoscale_on(False)  # the plane decides what is seen
    points = np.asarray(points, dtype=float)
    if labels is None:
        axes.plot(*points.T, "k.", markersize=4)
        return None
    labels = np.asarray(labels)
    if labels.shape != (len(points),):
        raise ValueError(f"labels: expected (K,) = ({len(points)},), got {labels.shape}")
    size = 5.5 if len(points) <= 150 else 4.0 if len(points) <= 400 else 3.0
    for c in np.unique(labels):
        axes.plot(*points[labels == c].T, **point_look(int(c), size))
    right = answers(probabilities, points) == labels
    ring = {"markerfacecolor": "none", "markeredgecolor": "black", "markeredgewidth": 0.9}
    axes.plot(*points[~right].T, "o", markersize=size + 4, **ring)
    return right


def point_look(c: int, size: float) -> dict:
    """Marker and colour of the points of class c."""
    return {
        "linestyle": "none",
        "marker": CLASS_MARKERS[c % len(CLASS_MARKERS)],
        "markersize": size,
        "color": CLASS_COLOURS[c % len(CLASS_COLOURS)],
        "markeredgecolor": "white",
        "markeredgewidth": 0.6,
    }


def draw_marks(axes: Axes, marks: Mapping | None, lines: Mapping | None) -> None:
    """Draw named points and named lines."""
    limits = axes.axis()
    for name, path in (lines or {}).items():
        path = np.asarray(path, dtype=float)
        axes.plot(*path.T, color="black", linestyle=(0, (5, 2)), linewidth=1.4)
        _name(axes, name, path[-1])
    for name, point in (marks or {}).items():
        axes.plot(*point, "*", color="black", markersize=13, markeredgecolor="white", zorder=5)
        _name(axes, name, point)
    axes.axis(limits)


def _name(axes: Axes, name: str, point: Sequence[float]) -> None:
    """A name beside a point, towards the middle of the axes, so that it is not cut off."""
    left, right, low, high = axes.axis()
    x_way = "right" if point[0] > (left + 2 * right) / 3 else "left"
    y_way = "top" if point[1] > (low + 2 * high) / 3 else "bottom"
    offset = (-7 if x_way == "right" else 7, -5 if y_way == "top" else 5)
    inside = (float(np.clip(point[0], left, right)), float(np.clip(point[1], low, high)))
    axes.annotate(
        name, inside, offset, textcoords="offset points", ha=x_way, va=y_way,
        path_effects=HALO, zorder=6,
    )  # fmt: skip


def label_outside(grid: np.ndarray, axis_names: tuple[str, str]) -> None:
    """Name the axes at the left and at the foot of a grid of panels, its last row perhaps short."""
    for row, column in np.ndindex(grid.shape):
        axes = grid[row, column]
        if column == 0:
            axes.set_ylabel(axis_names[1])
        last = row == len(grid) - 1 or not grid[row + 1, column].axison
        if axes.axison and last:
            axes.set_xlabel(axis_names[0])
            axes.tick_params(labelbottom=True)


def class_handles(names: Sequence[str]) -> list[Line2D]:
    """For a legend: the markers of the classes, and the ring around what is wrong."""
    handles = [Line2D([], [], label=name, **point_look(c, 7)) for c, name in enumerate(names)]
    ring = {"marker": "o", "markersize": 10, "markerfacecolor": "none", "linestyle": "none"}
    return [*handles, Line2D([], [], label="wrong", color="black", **ring)]


def legend(figure: Figure, handles: Sequence[Line2D]) -> None:
    """A legend under the figure, with as many columns as fit."""
    longest = max(len(handle.get_label()) for handle in handles)
    columns = max(1, int(figure.get_figwidth() / (0.5 + 0.08 * longest)))
    figure.legend(handles=handles, loc="outside lower center", ncols=min(len(handles), columns))
