"""Paths of optimizers over the contour lines of a function of two numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.style import MARKERS, line_look, new_figure, styled
from course_utils.words import listed, number


def paths_on_contour(
    f: Callable[[np.ndarray, np.ndarray], np.ndarray],
    paths: Mapping[str, np.ndarray],
    *,
    x_range: tuple[float, float],
    y_range: tuple[float, float],
    labels: tuple[str, str] = ("w1", "w2"),
    title: str = "",
    level: float | None = None,
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

    Returns:
        The picture; it shares its axes, and a path that leaves them is cut off.
    """
    x, y = np.meshgrid(np.linspace(*x_range, 160), np.linspace(*y_range, 120))
    heights = f(x, y)
    levels = np.geomspace(max(heights.min(), heights.max() * 1e-4), heights.max(), 14)
    told = []
    with styled():
        figure = new_figure(3.0 * len(paths) + 0.3, 2.9)
        all_axes = figure.subplots(1, len(paths), sharex=True, sharey=True, squeeze=False)[0]
        for which, (axes, (name, path)) in enumerate(zip(all_axes, paths.items(), strict=True)):
            axes.contour(x, y, heights, levels=levels, colors="0.75", linewidths=0.7)
            axes.plot(*np.transpose(path), **{**line_look(which), "linestyle": "-"}, linewidth=1.0)
            marker = MARKERS[which % len(MARKERS)]
            axes.plot(*np.transpose(path), marker, markersize=3, color=line_look(which)["color"])
            axes.plot(*path[0], "k*", markersize=9)
            axes.set(title=name, xlabel=labels[0], xlim=x_range, ylim=y_range)
            told.append(_told(name, f, np.asarray(path), level))
        all_axes[0].set_ylabel(labels[1])
        figure.suptitle(title, fontsize=11)
    lead = f"{title}: " if title else ""
    return Picture(figure, f"{lead}paths from {_point(path[0])}: {'; '.join(told)}.")


def _told(name: str, f: Callable, path: np.ndarray, level: float | None) -> str:
    values = f(path[:, 0], path[:, 1])
    turns = int((np.diff(np.sign(np.diff(path[:, 1]))) != 0).sum())
    told = f"{name} ends at {_point(path[-1])} with value {number(values[-1])}"
    told += f" after {len(path) - 1} steps"
    if turns > 2:
        told += f", swinging to and fro ({turns} turns)"
    if level is not None:
        below = np.flatnonzero(values < level)
        reached = f"after {below[0]}" if len(below) else "never"
        told += f", below {number(level)} {reached}"
    return told


def _point(point: np.ndarray) -> str:
    return f"({listed([number(v) for v in point]).replace(' and ', ', ')})"
