"""Lines with an interval around each point: what repeats of an experiment agree on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from course_utils.show.lines import legend_beside, legend_width, log_scale
from course_utils.show.picture import Picture
from course_utils.show.style import MARKERS, entitle, line_look, new_figure, styled
from course_utils.show.table import setting_name
from course_utils.words import listed, number

Measured = tuple[Sequence[float], Sequence[float], Sequence[float]]


def intervals(
    x: Sequence[float],
    series: Mapping[str, Measured],
    *,
    x_label: str,
    y_label: str,
    log_x: bool = False,
    chance: float | None = None,
    title: str = "",
) -> Picture:
    """Draw several lines over the same positions, each with a band from low to high.

    Args:
        x: positions, (K,).
        series: name of each line to its (mean, low, high), (K,) each.
        x_label: with its unit.
        y_label: with its unit.
        log_x: logarithmic x axis, with a tick at each position.
        chance: height of a dotted line, what guessing gives; None for none.
        title: what is to be seen.

    Returns:
        The picture; its words say where two bands do not overlap.

    Raises:
        ValueError: no line, or lists of different lengths.
    """
    x = np.asarray(x, float)
    series = {name: np.asarray(values, float) for name, values in series.items()}
    if not series or any(v.shape != (3, len(x)) for v in series.values()):
        shapes = listed([v.shape for v in series.values()]) or "none"
        raise ValueError(f"series: expected three lists of K = {len(x)} each, got {shapes}")
    with styled():
        beside = len(series) > 2  # two bands leave room for a legend, three do not
        figure = new_figure(6.4 + (legend_width(series) if beside else 0), 3.8)
        axes = figure.subplots()
        for which, (name, (mean, low, high)) in enumerate(series.items()):
            look = line_look(which)
            axes.plot(x, mean, marker=MARKERS[which % len(MARKERS)], label=name, **look)
            axes.fill_between(x, low, high, color=look["color"], alpha=0.15, linewidth=0)
        if chance is not None:
            axes.axhline(chance, color="black", linewidth=0.8, linestyle=":")
            axes.annotate(
                "guessing", (1, chance), xycoords=("axes fraction", "data"), ha="right", va="top"
            )
        if log_x:
            log_scale(axes.xaxis)
            axes.set_xticks(x, [setting_name(v) for v in x])
            axes.minorticks_off()
        axes.set(xlabel=x_label, ylabel=y_label)
        axes.grid(True)
        if beside:
            legend_beside(axes)
        else:
            axes.legend(loc="upper left")
        entitle(figure, title)
    lead = f"{title}: " if title else ""
    return Picture(figure, f"{lead}{y_label} over {x_label}. {_told(x, series)}")


def _told(x: np.ndarray, series: Mapping[str, np.ndarray]) -> str:
    told = []
    for name, values in series.items():
        each = [
            f"{setting_name(at)}: {number(mean)} ({number(low)} to {number(high)})"
            for at, mean, low, high in zip(x, *values, strict=True)
        ]
        told.append(f"{name}: {', '.join(each)}.")
    first, *others = series
    for other in others:
        (_, low, _), (_, _, high) = series[first], series[other]
        apart = [setting_name(at) for at, a, b in zip(x, low, high, strict=True) if a > b]
        if apart:
            told.append(f"The interval of {first} lies above that of {other} at {listed(apart)}.")
    return " ".join(told)
