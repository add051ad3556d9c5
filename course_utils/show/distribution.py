"""How many got how many points: one histogram, with the middle of the class marked."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, VERMILION, entitle, new_figure, styled
from course_utils.show.wording import counted, percent
from course_utils.words import number

_BARS = 20  # at most


def distribution(points: Sequence[float], top: float, *, title: str = "") -> Picture:
    """Draw a histogram of points.

    Args:
        points: what each got, (K,), from 0 to top.
        top: points there are.
        title: what the figure is to show.

    Returns:
        The picture; its words give mean, quartiles, and the ends.

    Raises:
        ValueError: no points at all, or top is not positive.
    """
    values = np.asarray(points, float)
    if not len(values) or not top > 0:
        raise ValueError(
            f"distribution: expected points of at least one, and top > 0, got {len(values)} points "
            f"and top = {top:g}"
        )
    width = max(1.0, np.ceil(top / _BARS))
    edges = np.arange(0, top + width, width)
    if edges[-2] >= top:  # a whole number of bars: the best stand in the last one
        edges = edges[:-1]
    heights = np.histogram(np.clip(values, edges[0], edges[-1]), edges)[0]
    median = float(np.median(values))
    with styled():
        figure = new_figure(6.4, 3.0)
        axes = figure.subplots()
        axes.bar(edges[:-1], heights, width * 0.94, align="edge", color=BLUE)
        axes.axvline(median, color=VERMILION, linestyle="--", label=f"median {number(median)}")
        axes.set(xlabel=f"points (of {top:g})", ylabel="hand-ins", xlim=(0, edges[-1]))
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.legend(loc="upper left")
        entitle(figure, title)
    return Picture(figure, _told(values, top, title))


def _told(values: np.ndarray, top: float, title: str) -> str:
    low, middle, high = (number(q) for q in np.quantile(values, [0.25, 0.5, 0.75]))
    lead = f"{title}: " if title else ""
    full = int((values >= top).sum())
    return (
        f"{lead}{counted(len(values), 'hand-in')} from {number(values.min())} to "
        f"{number(values.max())} of {top:g} points, mean {number(values.mean())}, median {middle}; "
        f"the middle half lies between {low} and {high}, and {percent(full / len(values))} "
        "have all points."
    )
