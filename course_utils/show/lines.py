"""Line plots: any series over any axis, and the learning curves of a training run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter

from course_utils.show.picture import Picture
from course_utils.show.style import MARKERS, entitle, line_look, new_figure, styled
from course_utils.words import course_of

Series = tuple[Sequence[float], Sequence[float]]

_MANY = 4  # lines among which there is seldom room for a legend


def lines(
    series: Mapping[str, Series],
    *,
    x_label: str,
    y_label: str,
    title: str = "",
    log_x: bool = False,
    log_y: bool = False,
    marks: Mapping[str, float] | None = None,
    size: tuple[float, float] = (6.4, 3.4),
) -> Picture:
    """Draw lines into one pair of axes.

    Args:
        series: name of each line to its (x, y), both (K,).
        x_label: with its unit.
        y_label: with its unit.
        title: what the figure is to show.
        log_x: logarithmic x axis.
        log_y: logarithmic y axis.
        marks: name to height of thin horizontal lines, ``{"ln 10": 2.3026}``.
        size: inches; a legend beside the axes comes on top.

    Returns:
        The picture; the legend of four or more lines stands beside them.
    """
    width, height = size
    if len(series) >= _MANY:
        width += legend_width(series)
    with styled():
        figure = new_figure(width, height)
        axes = figure.subplots()
        draw_lines(axes, series, x_label, y_label, marks)
        axes.set_title(title)
        if log_x:
            log_scale(axes.xaxis)
        if log_y:
            log_scale(axes.yaxis)
    told = "; ".join(course_of(name, x, y, x_label) for name, (x, y) in series.items())
    lead = f"Line plot, {title}: " if title else f"Line plot of {y_label}: "
    return Picture(figure, f"{lead}{told}.")


def curves(history, *, title: str = "") -> Picture:
    """Draw loss and accuracy of a training run, epoch by epoch.

    Args:
        history: a `course_utils.nn.History`.
        title: what was trained.

    Returns:
        The picture: loss left, on a logarithmic axis, so that the gap between
        training and validation shows; accuracy right, from where epoch 1 left it.
    """
    epochs = history.column("epoch")
    told = []
    with styled():
        figure = new_figure(9.0, 3.4)
        for axes, quantity in zip(figure.subplots(1, 2), ("loss", "accuracy"), strict=True):
            series = {
                name: (epochs, history.column(f"{name}_{quantity}"))
                for name in ("train", "validation")
            }
            draw_lines(axes, series, "epoch", "loss (nats)" if quantity == "loss" else quantity)
            if quantity == "loss":
                log_scale(axes.yaxis)
            else:
                _zoom_past_the_start(axes, series)
            told += [
                course_of(f"{name} {quantity}", x, y, "epoch") for name, (x, y) in series.items()
            ]
        entitle(figure, title)
    return Picture(figure, f"Learning curves{', ' + title if title else ''}: {'; '.join(told)}.")


def _zoom_past_the_start(axes: Axes, series: Mapping[str, Series]) -> None:
    """Epoch 0 is guessing: on its scale all that is learnt later would be one flat line."""
    later = np.concatenate([np.asarray(y, float)[1:] for _, y in series.values()])
    later = later[np.isfinite(later)]
    if len(later) and np.ptp(later) > 0:
        margin = 0.08 * np.ptp(later)
        axes.set_ylim(later.min() - margin, later.max() + margin)


def log_scale(axis: Axis) -> None:
    """A logarithmic axis with plain numbers at 1, 2 and 5 of each decade, or at decades alone."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log"})
    low, high = sorted(axis.get_data_interval())
    subs = (1, 2, 5) if low > 0 and high / low < 1000 else (1,)
    axis.set_major_locator(LogLocator(subs=subs))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def draw_lines(
    axes: Axes,
    series: Mapping[str, Series],
    x_label: str,
    y_label: str,
    marks: Mapping[str, float] | None = None,
) -> None:
    """Draw series into given axes; each differs from the next in colour, dash and marker."""
    for which, (name, (x, y)) in enumerate(series.items()):
        marker = MARKERS[which % len(MARKERS)] if np.size(x) <= 30 else None
        axes.plot(x, y, label=name, marker=marker, markersize=4, **line_look(which))
    for name, height in (marks or {}).items():
        axes.axhline(height, color="black", linewidth=0.8, linestyle=":")
        axes.annotate(
            name, (1, height), xycoords=("axes fraction", "data"), ha="right", va="bottom"
        )
    if all(np.array_equal(x, np.round(x)) for x, _ in series.values()):
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))  # no half epochs or layers
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(True)
    if len(series) >= _MANY:
        legend_beside(axes)
    elif len(series) > 1:
        axes.legend()


def legend_beside(axes: Axes) -> None:
    """A legend to the right of the axes, where it covers nothing."""
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def legend_width(names: Iterable[str]) -> float:
    """Inches that a legend beside the axes takes."""
    return 0.7 + 0.075 * max(len(name) for name in names)
