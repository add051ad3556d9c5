"""Small histograms side by side: activations layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.picture import Picture
from course_utils.show.plane import label_outside
from course_utils.show.style import BLUE, entitle, new_figure, styled
from course_utils.show.wording import percent
from course_utils.words import number

_CUT = 0.001  # share of the values at each end that may fall outside the axes
_ZEROS = 0.02  # a larger share of exact zeros is told apart, or its bar would hide all others


def histograms(
    series: Mapping[str, np.ndarray],
    *,
    bins: int = 40,
    columns: int | None = None,
    x_label: str = "activation",
    title: str = "",
) -> Picture:
    """Draw a histogram of each array, all on the same axes.

    Args:
        series: name, ``"layer 1"``, to numbers of any shape.
        bins: bars in each panel.
        columns: panels in a row; at most six if None.
        x_label: what the numbers are.
        title: what the figure is to show.

    Returns:
        The picture. Values that are exactly 0, as ReLU makes them, are counted in words
        and left out of the bars; so are those that are not finite.
    """
    flat = {name: np.ravel(np.asarray(values, dtype=float)) for name, values in series.items()}
    columns = min(columns or 6, len(flat))
    rows = -(-len(flat) // columns)
    edges = np.linspace(*_range(list(flat.values())), bins + 1)
    with styled():
        figure = new_figure(1.75 * columns + 0.5, 1.9 * rows + 0.5)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axes in grid.flat[len(flat) :]:
            axes.set_axis_off()
        for axes, (name, values) in zip(grid.flat, flat.items(), strict=False):
            _draw(axes, values, edges)
            axes.set_title(f"{name}\n{_note(values)}", fontsize=9)
        label_outside(grid, (x_label, "share"))
        entitle(figure, title)
    lead = f"{title}: " if title else f"Histograms of {x_label}: "
    return Picture(figure, lead + "; ".join(_told(name, v) for name, v in flat.items()) + ".")


def _range(all_values: list[np.ndarray]) -> tuple[float, float]:
    """Ends that hold nearly all values, so that one outlier does not squeeze the rest."""
    pooled = np.concatenate([values[np.isfinite(values)] for values in all_values])
    if not len(pooled):
        return 0.0, 1.0
    low, high = np.quantile(pooled, [_CUT, 1 - _CUT])
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _draw(axes: Axes, values: np.ndarray, edges: np.ndarray) -> None:
    drawn = values[np.isfinite(values)]
    if _share_of_zeros(values) > _ZEROS:
        drawn = drawn[drawn != 0]
    drawn = np.clip(drawn, edges[0], edges[-1])  # what lies outside counts in the last bars
    heights = np.histogram(drawn, edges)[0] / max(len(values), 1)
    axes.bar(edges[:-1], heights, np.diff(edges), align="edge", color=BLUE, linewidth=0)
    axes.locator_params(nbins=4)


def _share_of_zeros(values: np.ndarray) -> float:
    return float((values == 0).mean()) if len(values) else 0.0


def _note(values: np.ndarray) -> str:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return "nothing finite" if len(values) else "nothing"
    zeros = _share_of_zeros(values)
    apart = f", {percent(zeros)} zero" if zeros > _ZEROS else ""
    return f"sd {number(finite.std())}{apart}"


def _told(name: str, values: np.ndarray) -> str:
    finite = values[np.isfinite(values)]
    if not len(finite):
        return f"{name} has no finite values"
    low, high = np.quantile(finite, [0.05, 0.95])
    told = f"{name} mean {number(finite.mean())}, sd {number(finite.std())}, "
    told += f"nine tenths between {number(low)} and {number(high)}"
    zeros = _share_of_zeros(values)
    told += f", {percent(zeros)} exactly 0" if zeros > _ZEROS else ""
    lost = len(values) - len(finite)
    return told + (f", {percent(lost / len(values))} not finite" if lost else "")
