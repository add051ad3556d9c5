"""Runs over two settings as a heat map."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.cells import draw_cells, frame, good_is_dark
from course_utils.show.picture import Picture
from course_utils.show.style import GREY, VERMILION, entitle, new_figure, styled
from course_utils.show.table import column_of, setting_name, settings_of, sign_of
from course_utils.words import listed, number


def sweep_heat(
    table: Any, x: str, y: str, value: str, *, best: str = "max", title: str = ""
) -> Picture:
    """Draw a value over two settings, a number in each cell, the best one framed.

    Args:
        table: a pandas DataFrame with a row for each run, or a mapping name to column.
        x: column of the setting from left to right.
        y: column of the setting from top to bottom.
        value: column of what was measured; several runs in a cell are averaged.
        best: ``"max"`` or ``"min"``.
        title: what the figure is to show.

    Returns:
        The picture: dark is good; a cell in which a run is not finite is hatched.

    Raises:
        ValueError: a column that is not there, no rows, or another `best`.
    """
    sign = sign_of(best)
    across, down, measured = (column_of(table, name) for name in (x, y, value))
    xs, ys = settings_of(across), settings_of(down)
    means, runs = np.full((len(ys), len(xs)), np.nan), np.zeros((len(ys), len(xs)), int)
    for row, column in np.ndindex(means.shape):
        here = measured[(down == ys[row]) & (across == xs[column])].astype(float)
        runs[row, column] = len(here)
        if len(here) and np.isfinite(here).all():
            means[row, column] = here.mean()
    xs, ys = [setting_name(v) for v in xs], [setting_name(v) for v in ys]
    with styled():
        figure = new_figure(min(9.0, 2.4 + 0.75 * len(xs)), min(7.0, 1.6 + 0.42 * len(ys)))
        axes = figure.subplots()
        drawn = _draw(axes, means, runs, sign)
        axes.set(xlabel=x, ylabel=y)
        axes.set_xticks(range(len(xs)), xs)
        entitle(figure, title)
        axes.set_yticks(range(len(ys)), ys)
        if np.isfinite(means).any():
            figure.colorbar(drawn, ax=axes, label=value)
    lead = f"{title}: " if title else ""
    told = _told(means, runs, (x, xs), (y, ys), sign)
    return Picture(figure, f"{lead}{value} over {x} (across) and {y} (down): {told}")


def _draw(axes: Axes, means: np.ndarray, runs: np.ndarray, sign: int):
    finite = np.isfinite(means)
    limits = (means[finite].min(), means[finite].max()) if finite.any() else (0.0, 1.0)
    drawn = draw_cells(axes, means, _texts(means, runs), good_is_dark(sign), limits)
    for row, column in np.argwhere(~finite & (runs > 0)):
        frame(axes, row, column, hatch="////", edgecolor="0.8", linewidth=0)
    if finite.any():
        row, column = _best(means, sign)
        frame(axes, row, column, edgecolor=VERMILION, linewidth=3)
    axes.spines[:].set_color(GREY)
    return drawn


def _best(means: np.ndarray, sign: int) -> tuple[int, int]:
    row, column = np.unravel_index(np.nanargmax(sign * means), means.shape)
    return int(row), int(column)


def _texts(means: np.ndarray, runs: np.ndarray) -> list[list[str]]:
    """Numbers with as many digits as tell them apart, three or four; ``failed`` without one."""
    finite = means[np.isfinite(means)]
    digits = 3
    if len(finite) > 1 and np.ptp(finite) > 0:
        # Accuracies between 0.97 and 0.98 need one digit more than those between 0.1 and 0.98.
        digits = 4 if np.abs(finite).max() / np.ptp(finite) > 30 else 3

    def text(mean: float, count: int) -> str:
        return f"{mean:.{digits}g}" if np.isfinite(mean) else "failed" if count else ""

    rows = zip(means, runs, strict=True)
    return [[text(m, n) for m, n in zip(*row, strict=True)] for row in rows]


def _told(means: np.ndarray, runs: np.ndarray, across, down, sign: int) -> str:
    """Best, worst, and all cells row by row."""
    (x, xs), (y, ys) = across, down
    if not np.isfinite(means).any():
        return "no cell has a finite value."

    def at(row: int, column: int) -> str:
        return f"{number(means[row, column])} at {x} = {xs[column]} and {y} = {ys[row]}"

    def cell(row: int, column: int) -> str:
        if np.isfinite(means[row, column]):
            return number(means[row, column])
        return "not finite" if runs[row, column] else "not run"

    rows = [
        f"{y} = {ys[row]}: {', '.join(cell(row, column) for column in range(len(xs)))}"
        for row in range(len(ys))
    ]
    averaged = f" A cell is the mean of up to {runs.max()} runs." if runs.max() > 1 else ""
    return (
        f"best {at(*_best(means, sign))}, worst {at(*_best(means, -sign))}.{averaged} "
        f"Row by row, for {x} = {listed(xs)}: {'; '.join(rows)}."
    )
