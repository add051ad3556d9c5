"""Runs with many settings: one line for each run across parallel axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import LogLocator, MaxNLocator

from course_utils.show.cells import good_is_dark
from course_utils.show.picture import Picture
from course_utils.show.plane import HALO
from course_utils.show.style import BLACK, GREY, entitle, new_figure, styled
from course_utils.show.table import column_of, setting_name, settings_of, sign_of
from course_utils.show.wording import counted
from course_utils.words import listed, number

_WIDE = 20.0  # numbers with a larger ratio have a logarithmic axis
_MANY = 7  # a tick at each value, or at round numbers where there are more


@dataclass(frozen=True)
class _Scale:
    """One vertical axis: where each run crosses it, from 0 to 1, and its ticks."""

    name: str
    heights: np.ndarray
    ticks: np.ndarray
    tick_names: list[str]
    values: list[str]


def parallel(
    table: Any, columns: Sequence[str], value: str, *, best: str = "max", title: str = ""
) -> Picture:
    """Draw each run as a line across parallel axes, one for each setting, dark where it is good.

    Args:
        table: a pandas DataFrame with a row for each run, or a mapping name to column.
        columns: the settings, from left to right; the value comes last by itself.
        value: column of what was measured.
        best: ``"max"`` or ``"min"``.
        title: what the figure is to show.

    Returns:
        The picture: the best run is thick; runs without a finite value are grey, dotted
        and end before the last axis. Numbers over a wide range have a logarithmic
        axis; words stand in the order in which they occur.

    Raises:
        ValueError: a column that is not there, no rows, or another `best`.
    """
    sign, measured = sign_of(best), column_of(table, value).astype(float)
    scales = [_scale(name, column_of(table, name)) for name in [*columns, value]]
    with styled():
        figure = new_figure(min(10.0, 1.5 * len(scales) + 1.2), 3.9)
        axes = figure.subplots()
        colours = _draw_runs(axes, scales, measured, sign)
        _draw_scales(axes, scales)
        figure.colorbar(colours, ax=axes, label=value, pad=0.12 / len(scales))
        entitle(figure, title)
    lead = f"{title}: " if title else ""
    return Picture(figure, f"{lead}{_told(scales, measured, sign)}")


def _scale(name: str, column: np.ndarray) -> _Scale:
    settings, spoken = settings_of(column), [setting_name(v) for v in column.tolist()]
    if column.dtype.kind not in "iuf":
        at = {setting: float(k) for k, setting in enumerate(settings)}
        ends = (0.0, len(settings) - 1.0)
        heights = _between(np.array([at[entry] for entry in column.tolist()]), ends)
        return _Scale(name, heights, _between(np.arange(len(settings)), ends), settings, spoken)
    numbers = np.where(np.isfinite(column), column, np.nan).astype(float)
    known = np.unique(numbers[np.isfinite(numbers)])
    if not len(known):
        return _Scale(name, numbers, np.empty(0), [], spoken)
    log = known[0] > 0 and known[-1] / known[0] > _WIDE
    ticks = known if len(known) <= _MANY else _even_ticks(known[0], known[-1], log)
    warp = np.log if log else np.asarray
    ends = (float(warp(known[0])), float(warp(known[-1])))
    tick_names = [setting_name(float(v)) for v in ticks]
    return _Scale(
        name, _between(warp(numbers), ends), _between(warp(ticks), ends), tick_names, spoken
    )


def _even_ticks(low: float, high: float, log: bool) -> np.ndarray:
    """Round numbers between two ends."""
    locator = LogLocator(subs=(1,)) if log else MaxNLocator(5, steps=[1, 2, 5, 10])
    ticks = locator.tick_values(low, high)
    return ticks[(ticks >= low) & (ticks <= high)]


def _between(numbers: np.ndarray, ends: tuple[float, float]) -> np.ndarray:
    """Positions from 0 to 1; the middle where all are equal."""
    low, high = ends
    return (numbers - low) / (high - low) if high > low else np.where(numbers == low, 0.5, np.nan)


def _draw_runs(axes: Axes, scales: Sequence[_Scale], measured: np.ndarray, sign: int):
    """Draw the lines, the best one last; returns the colours, for a colour bar."""
    finite = np.isfinite(measured)
    low, high = (measured[finite].min(), measured[finite].max()) if finite.any() else (0, 1)
    norm = Normalize(low, high if high > low else low + 1)
    colours = ScalarMappable(norm, good_is_dark(sign))
    heights = np.stack([scale.heights for scale in scales])  # (axes, runs)
    for run in _order(measured, sign):
        if not finite[run]:
            axes.plot(heights[:, run], color=GREY, linewidth=1.0, linestyle=":")
        else:
            axes.plot(heights[:, run], color=colours.to_rgba(measured[run]), linewidth=1.4)
    if finite.any():
        best = _order(measured, sign)[-1]
        axes.plot(heights[:, best], color="white", linewidth=6.5)
        axes.plot(heights[:, best], color=BLACK, linewidth=4.0)
    return colours


def _order(measured: np.ndarray, sign: int) -> np.ndarray:
    """Runs from the worst to the best; those that are not finite first."""
    return np.argsort(np.where(np.isfinite(measured), sign * measured, -np.inf), kind="stable")


def _draw_scales(axes: Axes, scales: Sequence[_Scale]) -> None:
    for place, scale in enumerate(scales):
        axes.axvline(place, color="0.3", linewidth=0.9, zorder=3)
        for height, name in zip(scale.ticks, scale.tick_names, strict=True):
            axes.plot(
                [place - 0.02, place + 0.02], [height] * 2, color="0.3", linewidth=0.9, zorder=3
            )
            look = {"textcoords": "offset points", "va": "center", "fontsize": 9, "zorder": 6}
            axes.annotate(name, (place, height), (5, 0), path_effects=HALO, **look)
    axes.set_xticks(range(len(scales)), [scale.name for scale in scales])
    axes.set(yticks=(), xlim=(-0.15, len(scales) - 0.55), ylim=(-0.04, 1.04))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _told(scales: Sequence[_Scale], measured: np.ndarray, sign: int) -> str:
    """How many runs, the three best and the worst with their settings, what failed."""
    settings, value = scales[:-1], scales[-1].name
    finite = np.isfinite(measured)
    told = f"{counted(len(measured), 'run')} over {listed([scale.name for scale in settings])}. "
    if not finite.any():
        return told + f"None has a finite {value}."

    def run(k: int) -> str:
        pairs = listed([f"{scale.name} {scale.values[k]}" for scale in settings])
        return f"{number(measured[k])} with {pairs}"

    order = [int(k) for k in _order(measured, sign) if finite[k]]
    best, rest = order[::-1][:3], order[:-3]
    told += f"Best {value}: {'; '.join(map(run, best))}."
    if rest:
        told += f" Worst: {run(rest[0])}."
    if failed := int((~finite).sum()):
        told += f" Not finite: {counted(failed, 'run')}."
    return told
