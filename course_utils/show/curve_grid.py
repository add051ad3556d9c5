"""Learning curves of many runs, one small panel each, on the same axes."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from course_utils.show.lines import log_scale
from course_utils.show.picture import Picture
from course_utils.show.plane import label_outside, legend
from course_utils.show.style import BLACK, MARKERS, entitle, line_look, new_figure, styled
from course_utils.words import number

_LEAVES = 3.0  # times the highest first loss: what lies above would flatten all the rest
_WIDTH, _HEIGHT, _NOTE = 2.7, 1.75, 34


@dataclass(frozen=True)
class _Run:
    """One panel: positions, a line for each name, and whether the run was given up."""

    x: np.ndarray
    series: dict[str, np.ndarray]
    diverged: bool

    def finite(self, name: str) -> int:
        """How many numbers of a line there are before the first that is not finite."""
        bad = np.flatnonzero(~np.isfinite(self.series[name]))
        return int(bad[0]) if len(bad) else len(self.x)

    @property
    def stops(self) -> float | None:
        """The first position at which some line is not finite."""
        ends = [n for n in map(self.finite, self.series) if n < len(self.x)]
        return float(self.x[min(ends)]) if ends else None


def curve_grid(
    runs: Mapping[str, Any],
    *,
    quantity: str = "loss",
    notes: Mapping[str, str] | None = None,
    columns: int | None = None,
    log_y: bool | None = None,
    x_label: str = "epoch",
    y_label: str | None = None,
    title: str = "",
) -> Picture:
    """Draw the learning curves of many runs in small panels with the same axes.

    Args:
        runs: name to a `course_utils.nn.History`, or to (x, series) with positions
            (K,) and a mapping name to heights (K,), ``{"train": …, "validation": …}``.
        quantity: ``"loss"`` or ``"accuracy"``.
        notes: name of a run to a short diagnosis, which stands under its name.
        columns: panels in a row; if None, four for 4 or 8 runs, otherwise three.
        log_y: logarithmic heights; for losses, if None.
        x_label: what is counted.
        y_label: of the heights; by the quantity, if None.
        title: what the figure is to show.

    Returns:
        The picture. A run that is no longer finite ends in a cross, a loss that rises
        above three times the highest first one in a triangle at the upper edge.

    Raises:
        ValueError: another quantity, or a note for a run that is not there.
    """
    if quantity not in ("loss", "accuracy"):
        raise ValueError(f'quantity: expected "loss" or "accuracy", got {quantity!r}')
    if unknown := set(notes or {}) - set(runs):
        raise ValueError(f"notes: no run is called {sorted(unknown)[0]!r}; there are {list(runs)}")
    taken = {name: _taken(run, quantity) for name, run in runs.items()}
    columns = min(columns or (4 if len(runs) in (4, 8) else 3), len(runs))
    rows = -(-len(runs) // columns)
    y_label = y_label or ("loss (nats)" if quantity == "loss" else quantity)
    limit = _limit(taken.values()) if quantity == "loss" else np.inf
    log_y = quantity == "loss" if log_y is None else log_y
    with styled():
        lines_of_notes = max((len(_wrapped(note)) for note in (notes or {}).values()), default=0)
        height = rows * (_HEIGHT + 0.17 * lines_of_notes) + 0.7
        figure = new_figure(_WIDTH * columns + 0.4, height)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axes in grid.flat[len(taken) :]:
            axes.set_axis_off()
        for axes, (name, run) in zip(grid.flat, taken.items(), strict=False):
            _draw(axes, run, limit)
            _head(axes, name, (notes or {}).get(name, ""))
        _scale(grid, taken.values(), limit, log_y)
        label_outside(grid, (x_label, y_label))
        legend(figure, _handles(taken.values(), limit))
        entitle(figure, title)
    told = [
        _told(name, run, (notes or {}).get(name, ""), quantity, x_label)
        for name, run in taken.items()
    ]
    lead = f"{title}: " if title else ""
    return Picture(figure, f"{lead}{quantity} of {len(runs)} runs. {' '.join(told)}")


def _taken(run: Any, quantity: str) -> _Run:
    """A history or a pair as numbers; a line that was not measured at all is left out."""
    if hasattr(run, "column"):
        x = run.column("epoch")
        series = {name: run.column(f"{name}_{quantity}") for name in ("train", "validation")}
    else:
        x, series = run
    arrays = {name: np.asarray(y, dtype=float) for name, y in series.items()}
    measured = {name: y for name, y in arrays.items() if not np.isnan(y).all()} or arrays
    gave_up = "diverged" in getattr(run, "stopped_because", "")
    return _Run(np.asarray(x, dtype=float), measured, gave_up)


def _limit(runs) -> float:
    """Above this a loss leaves the panel; inf if none does."""
    firsts = [y[0] for run in runs for y in run.series.values() if len(y) and np.isfinite(y[0])]
    limit = _LEAVES * max(firsts, default=np.inf)
    beyond = any((y[np.isfinite(y)] > limit).any() for run in runs for y in run.series.values())
    return limit if beyond else np.inf


def _draw(axes: Axes, run: _Run, limit: float) -> None:
    for which, (name, y) in enumerate(run.series.items()):
        n = run.finite(name)
        look = line_look(which)
        dot = {"marker": MARKERS[which % len(MARKERS)], "markersize": 5} if n == 1 else {}
        axes.plot(run.x[:n], np.minimum(y[:n], 1e3 * limit), **look, **dot, linewidth=1.6)
        above = np.flatnonzero(y[:n] > limit)
        if len(above):
            spot = {"marker": "^", "markersize": 8, "color": look["color"]}
            axes.plot(run.x[above[0]], 0.95, transform=axes.get_xaxis_transform(), **spot)
        elif n and (n < len(y) or run.diverged):
            spot = {"marker": "X", "markersize": 8, "color": look["color"], "clip_on": False}
            axes.plot(run.x[n - 1], y[n - 1], **spot, markeredgecolor="white", zorder=5)
    if not any(map(run.finite, run.series)):
        axes.text(0.5, 0.5, "not finite", transform=axes.transAxes, ha="center", color="0.3")
    axes.grid(True)


def _head(axes: Axes, name: str, note: str) -> None:
    """The name, and the note in smaller letters between it and the panel."""
    lines = _wrapped(note)
    axes.set_title(name, pad=5 + 11 * len(lines))
    place = {"xy": (0.5, 1), "xycoords": "axes fraction", "textcoords": "offset points"}
    look = {"ha": "center", "va": "bottom", "fontsize": 8.5, "color": "0.25"}
    axes.annotate("\n".join(lines), xytext=(0, 3), **place, **look)


def _wrapped(note: str) -> list[str]:
    return textwrap.wrap(note, _NOTE)


def _scale(grid: np.ndarray, runs, limit: float, log_y: bool) -> None:
    """Set the shared axes."""
    axes = grid[0, 0]
    drawn = [y[: run.finite(name)] for run in runs for name, y in run.series.items()]
    heights = np.concatenate([*drawn, np.empty(0)])
    if log_y and (heights > 0).any():
        for panel in grid.flat:
            log_scale(panel.yaxis)
    if np.isfinite(limit):
        lowest = heights[heights > 0].min() if log_y else heights.min()
        axes.set_ylim(0.8 * lowest if log_y else lowest - 0.05 * (limit - lowest), limit)
    if all(np.array_equal(run.x, np.round(run.x)) for run in runs):
        for panel in grid.flat:
            panel.xaxis.set_major_locator(MaxNLocator(4, integer=True))


def _handles(runs: Sequence[_Run], limit: float) -> list[Line2D]:
    names = list(dict.fromkeys(name for run in runs for name in run.series))
    handles = [Line2D([], [], label=name, **line_look(k)) for k, name in enumerate(names)]
    sign = {"linestyle": "none", "color": BLACK, "markersize": 8}
    if any(run.diverged or run.stops is not None for run in runs):
        handles.append(Line2D([], [], marker="X", label="diverged", **sign))
    if np.isfinite(limit):
        handles.append(Line2D([], [], marker="^", label="leaves the panel", **sign))
    return handles


def _told(name: str, run: _Run, note: str, quantity: str, along: str) -> str:
    """A run in a few words: start, end and best of each line, where it stops, the note."""
    told = []
    for line, y in run.series.items():
        y = y[: run.finite(line)]
        if not len(y):
            continue
        at = int(y.argmin() if quantity == "loss" else y.argmax())
        course = f"{line} from {number(y[0])} to {number(y[-1])}"
        if at not in (0, len(y) - 1):
            word = "lowest" if quantity == "loss" else "highest"
            course += f", {word} {number(y[at])} at {along} {number(run.x[at])}"
        told.append(course)
    if run.stops is not None:
        told.append(f"not finite from {along} {number(run.stops)} on")
    elif run.diverged:
        told.append("given up as diverged")
    told += [note] if note else []
    return f"{name}: {'; '.join(told)}."
