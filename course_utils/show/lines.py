"""Line plots: any series over any axis, and the learning curves of a training run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.picture import Picture
from course_utils.show.style import MARKERS, line_look, new_figure, styled
from course_utils.words import course_of

Series = tuple[Sequence[float], Sequence[float]]


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
        size: inches.

    Returns:
        The picture.
    """
    with styled():
        figure = new_figure(*size)
        axes = figure.subplots()
        draw_lines(axes, series, x_label, y_label, marks)
        axes.set_title(title)
        if log_x:
            axes.set_xscale("log")
        if log_y:
            axes.set_yscale("log")
    told = "; ".join(course_of(name, x, y, x_label) for name, (x, y) in series.items())
    lead = f"Line plot, {title}: " if title else f"Line plot of {y_label}: "
    return Picture(figure, f"{lead}{told}.")


def curves(history, *, title: str = "") -> Picture:
    """Draw loss and accuracy of a training run, epoch by epoch.

    Args:
        history: a `course_utils.nn.History`.
        title: what was trained.

    Returns:
        The picture: loss left, accuracy right, training and validation in each.
    """
    epochs = history.column("epoch")
    halves = {
        "loss (nats)": ("train_loss", "validation_loss"),
        "accuracy": ("train_accuracy", "validation_accuracy"),
    }
    told = []
    with styled():
        figure = new_figure(9.0, 3.4)
        for axes, (y_label, columns) in zip(figure.subplots(1, 2), halves.items(), strict=True):
            series = {c.split("_")[0]: (epochs, history.column(c)) for c in columns}
            draw_lines(axes, series, "epoch", y_label)
            quantity = y_label.split(" ")[0]
            told += [
                course_of(f"{name} {quantity}", x, y, "epoch") for name, (x, y) in series.items()
            ]
        figure.suptitle(title, fontsize=11)
    return Picture(figure, f"Learning curves{', ' + title if title else ''}: {'; '.join(told)}.")


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
    axes.set_xlabel(x_label)
    axes.set_ylabel(y_label)
    axes.grid(True)
    if len(series) > 1:
        axes.legend()
