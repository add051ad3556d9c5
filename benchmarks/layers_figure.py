"""The figure of benchmarks/layers.py: the ratio of each layer at each size."""

import numpy as np

from benchmarks.layers_page import MAIN, layers_of, mean_ratio
from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, ORANGE, VERMILION, new_figure, styled

TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20)


def draw(runs):
    """Draw bars of the ratios on a logarithmic axis, one for each size.

    Args:
        runs: from (threads, dtype) to what layers.measure gives.

    Returns:
        A Picture.
    """
    rows = runs[MAIN]["rows"]
    main, other = (
        np.array([row["ours"] / row["torch"] for row in runs[run]["rows"]])
        for run in (MAIN, (1, "float64"))
    )
    names = [f"{row['layer']}  {row['size']}" for row in rows]
    lowest, highest = min(*main, *other), max(*main, *other)
    with styled():
        figure = new_figure(9, 0.21 * len(rows) + 1.2)
        axes = figure.subplots()
        places = np.arange(len(rows))
        colours = [BLUE if ratio <= 1 else VERMILION for ratio in main]
        # Bars from 1, so that twice as fast is as long as half as fast.
        axes.barh(places, main - 1, left=1, color=colours, height=0.7)
        axes.plot(other, places, "D", color=ORANGE, markersize=4, label="float64")
        axes.axvline(1, color="black", linewidth=1)
        ticks = [t for t in TICKS if lowest / 2 < t < 2 * highest]
        axes.set(xscale="log", xticks=ticks, xticklabels=[f"{t:g}" for t in ticks])
        axes.set(yticks=places, yticklabels=names, ylim=(len(rows) - 0.4, -0.6))
        axes.minorticks_off()
        axes.tick_params(axis="y", labelsize=7.5, length=0)
        axes.set_xlabel("time, ours / torch, one thread: bars float32")
        axes.legend(loc="lower right")
    told = [f"{layer} {mean_ratio(runs[MAIN], layer):.2f}" for layer in layers_of(runs[MAIN])]
    alt = (
        f"Bars of the time ours / torch for {len(rows)} layers and sizes, float32, one thread. "
        f"Ours is faster in {np.sum(main <= 1)}. Geometric means: {'; '.join(told)}."
    )
    return Picture(figure, alt)
