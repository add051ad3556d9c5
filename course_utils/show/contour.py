"""Paths of optimizers over the contour lines of a function of two numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.lines import draw_lines, legend_beside, log_scale
from course_utils.show.picture import Picture
from course_utils.show.plane import label_outside
from course_utils.show.style import MARKERS, entitle, line_look, new_figure, styled
from course_utils.show.wording import counted, place
from course_utils.words import number

Range = tuple[float, float]

_WIDTH, _HEIGHT = 3.0, 2.6
_STEPS_SEEN = 100  # with more, markers would hide the path


def paths_on_contour(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    paths: Mapping[str, np.ndarray],
    *,
    x_range: Range,
    y_range: Range,
    labels: tuple[str, str] = ("w1", "w2"),
    title: str = "",
    level: float | None = None,
    columns: int | None = None,
    with_values: bool = False,
    value_name: str = "value",
) -> Picture:
    """Draw one panel for each path, over the contour lines of f.

    Args:
        f: takes two arrays of one shape, returns an array of that shape.
        paths: name to points, (K, 2), the first being the start.
        x_range: left and right end.
        y_range: lower and upper end.
        labels: names of the two numbers.
        title: what the figure is to show.
        level: the description counts the steps to a value below this.
        columns: panels in a row; if None, at most four, and three for 5, 6 or 9.
        with_values: one more panel below, the values of all paths step by step.
        value_name: what f is, on the axis of that panel.

    Returns:
        The picture; panels share their axes. A path that ends outside is cut at the
        frame, with an arrow in the direction in which it leaves.
    """
    paths = {name: np.asarray(path, dtype=float) for name, path in paths.items()}
    columns = min(columns or (3 if len(paths) in (5, 6, 9) else 4), len(paths))
    rows = -(-len(paths) // columns)
    extra = 2.6 if with_values else 0.0
    with styled():
        figure = new_figure(_WIDTH * columns + 0.3, _HEIGHT * rows + 0.3 + extra)
        ratios = [_HEIGHT] * rows + [extra] * with_values
        cells = figure.add_gridspec(rows + with_values, columns, height_ratios=ratios)
        grid = _panels(figure, cells, rows, columns)
        grid[0, 0].set(xlim=x_range, ylim=y_range)
        draw_contours(grid.flat[: len(paths)], f, x_range, y_range)
        for which, (axes, (name, path)) in enumerate(zip(grid.flat, paths.items(), strict=False)):
            _draw_path(axes, path, which)
            axes.set_title(name)
        for axes in grid.flat[len(paths) :]:
            axes.set_axis_off()
        label_outside(grid, labels)
        if with_values:
            _draw_values(figure.add_subplot(cells[rows, :]), f, paths, value_name)
        entitle(figure, title)
    box = (x_range, y_range)
    told = [_told(name, f, path, level, box) for name, path in paths.items()]
    lead = f"{title}: " if title else ""
    start = place(next(iter(paths.values()))[0])
    return Picture(figure, f"{lead}paths from {start}: {'; '.join(told)}.")


def _panels(figure, cells, rows: int, columns: int) -> np.ndarray:
    """Axes that are shared, (rows, columns), with tick labels only at the left and the foot."""
    grid = np.empty((rows, columns), dtype=object)
    for row, column in np.ndindex(rows, columns):
        axes = figure.add_subplot(cells[row, column], sharex=grid[0, 0], sharey=grid[0, 0])
        axes.tick_params(labelleft=column == 0, labelbottom=row == rows - 1)
        grid[row, column] = axes
    return grid


def draw_contours(all_axes, f: Callable, x_range: Range, y_range: Range) -> None:
    """Draw grey contour lines of f, dense where it is small, into each of the axes."""
    x, y = np.meshgrid(np.linspace(*x_range, 160), np.linspace(*y_range, 120))
    heights = f(x, y)
    low, high = float(heights.min()), float(heights.max())
    if low >= 0 and high > 0:
        levels = np.geomspace(max(low, high * 1e-4), high, 14)
    else:  # below zero there are no equal ratios: the same, counted from the lowest point
        levels = low + np.geomspace(1e-4, 1, 14) * ((high - low) or 1.0)
    for axes in all_axes:
        axes.contour(x, y, heights, levels=levels, colors="0.75", linewidths=0.7)


def _draw_path(axes: Axes, path: np.ndarray, which: int) -> None:
    """Draw a path with a marker at each step if they are few, and an arrow where it leaves."""
    axes.set_autoscale_on(False)
    inside, edge = leaving(path, axes.get_xlim(), axes.get_ylim())
    kept = path[:inside]
    colour = line_look(which)["color"]
    line = kept if edge is None else np.vstack([kept, edge])
    few = len(path) <= _STEPS_SEEN
    axes.plot(*line.T, color=colour, linewidth=1.0 if few else 0.7)
    if few:
        axes.plot(*kept.T, MARKERS[which % len(MARKERS)], markersize=3, color=colour)
    axes.plot(*path[0], "k*", markersize=9)
    if not inside:
        axes.text(0.5, 0.5, "outside", transform=axes.transAxes, ha="center", color="0.3")
    if edge is not None:
        arrow = {"arrowstyle": "-|>", "color": colour, "linewidth": 1.6, "mutation_scale": 14}
        towards = edge + (edge - kept[-1]) * 1e-3
        tail = edge - (edge - kept[-1]) * 0.2
        axes.annotate("", towards, tail, arrowprops=arrow, annotation_clip=False)
    elif inside < len(path) and inside:
        axes.plot(*kept[-1], "X", markersize=8, color=colour, markeredgecolor="white")


def leaving(path: np.ndarray, x_range: Range, y_range: Range) -> tuple[int, np.ndarray | None]:
    """Where a path leaves a frame and does not come back.

    Args:
        path: points, (K, 2); they may be infinite or NaN.
        x_range: left and right end of the frame.
        y_range: lower and upper end.

    Returns:
        How many points there are up to the last one inside, and the point of the frame
        where the next step crosses it; None if it stays inside or jumps to no number.
    """
    low, high = np.transpose([sorted(x_range), sorted(y_range)])
    with np.errstate(invalid="ignore"):
        seen = np.flatnonzero(((path >= low) & (path <= high)).all(axis=1))
    if not len(seen) or seen[-1] == len(path) - 1:
        return len(path) if len(seen) else 0, None
    last = int(seen[-1])
    step = path[last + 1] - path[last]
    if not np.isfinite(step).all():
        return last + 1, None
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(step > 0, (high - path[last]) / step, (low - path[last]) / step)
    share = share[np.isfinite(share) & (step != 0)].min()
    return last + 1, path[last] + share * step


def _draw_values(axes: Axes, f: Callable, paths: Mapping[str, np.ndarray], name: str) -> None:
    values = {name: _values(f, path) for name, path in paths.items()}
    series = {name: (np.arange(len(v)), v) for name, v in values.items()}
    draw_lines(axes, series, "step", name)
    finite = np.concatenate([v[np.isfinite(v)] for v in values.values()])
    if len(finite) and (finite > 0).all():
        log_scale(axes.yaxis)
        # One path that grows without end would make all others one flat line.
        top = 100 * max([v[0] for v in values.values() if np.isfinite(v[0])], default=np.inf)
        axes.set_ylim(0.7 * max(finite.min(), 1e-16), min(1.3 * finite.max(), top))
    if len(values) > 1:
        legend_beside(axes)


def _values(f: Callable, path: np.ndarray) -> np.ndarray:
    """f along a path, (K,); NaN where it is not finite."""
    with np.errstate(over="ignore", invalid="ignore"):
        values = np.asarray(f(path[:, 0], path[:, 1]), dtype=float)
    return np.where(np.isfinite(values), values, np.nan)


def _told(name: str, f: Callable, path: np.ndarray, level: float | None, box) -> str:
    values, steps = _values(f, path), counted(len(path) - 1, "step")
    n, edge = leaving(path, *box)
    value = f"value {number(values[-1])}" if np.isfinite(values[-1]) else "no finite value"
    if n == 0:
        told = f"{name} is outside the figure, {value} after {steps}"
    elif n < len(path):
        where = f" at {place(edge)}" if edge is not None else ""
        told = f"{name} leaves the figure{where} after {counted(n - 1, 'step')} for good, "
        told += f"{value} after {steps}"
    else:
        told = f"{name} ends at {place(path[-1])} with {value} after {steps}"
    turns = int((np.diff(np.sign(np.diff(path[:n, 1]))) != 0).sum())
    if turns > 2:
        told += f", swinging to and fro ({turns} turns)"
    if level is not None:
        below = np.flatnonzero(values < level)
        reached = f"after {below[0]}" if len(below) else "never"
        told += f", below {number(level)} {reached}"
    return told
