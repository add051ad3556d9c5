"""Bars side by side: the same numbers before and after something was done to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.style import COLOURS, entitle, new_figure, styled
from course_utils.words import listed, number


def bars(
    panels: Mapping[str, Sequence[float]],
    names: Sequence[str],
    *,
    title: str = "",
) -> Picture:
    """Draw one panel of bars for each list of numbers, each bar with its value.

    Args:
        panels: title of a panel to its numbers, (C,).
        names: what each bar stands for, (C,).
        title: what the figure is to show.

    Returns:
        The picture.
    """
    with styled():
        figure = new_figure(2.6 * len(panels) + 0.4, 2.6)
        axes_of = figure.subplots(1, len(panels), squeeze=False)[0]
        drawings = zip(axes_of, COLOURS, panels.items(), strict=False)
        for axes, colour, (heading, values) in drawings:
            drawn = axes.bar(range(len(values)), values, color=colour)
            axes.bar_label(drawn, labels=[number(v) for v in values], padding=2)
            axes.axhline(0, color="black", linewidth=0.8)
            axes.set(title=heading, xticks=range(len(values)), xticklabels=names)
            axes.margins(y=0.18)
        entitle(figure, title)
    told = "; ".join(f"{heading}: {_pairs(names, v)}" for heading, v in panels.items())
    lead = f"{title}: " if title else "Bars: "
    return Picture(figure, f"{lead}{told}.")


def _pairs(names: Sequence[str], values: Sequence[float]) -> str:
    pairs = zip(names, np.asarray(values, float), strict=True)
    return listed([f"{name} {number(v)}" for name, v in pairs])
