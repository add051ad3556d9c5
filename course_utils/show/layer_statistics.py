"""How activations and gradients fare from layer to layer: do they fade, explode or die?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from course_utils.show.lines import log_scale
from course_utils.show.picture import Picture
from course_utils.show.plane import legend
from course_utils.show.style import MARKERS, entitle, line_look, new_figure, styled
from course_utils.show.wording import percent
from course_utils.words import listed, number

_TICKS = 12  # a tick for each of so many layers
# Key of the numbers: what they are, on the axis and in words.
_PANELS = {
    "activations": "standard deviation of activations",
    "gradients": "standard deviation of gradients",
    "dead": "share of dead units",
}


def layer_statistics(
    stats: Mapping[str, Mapping[str, Sequence[float]]], *, title: str = ""
) -> Picture:
    """Draw numbers of each layer, one line for each net: before and after a mend.

    Args:
        stats: name of a net to its numbers, lists with one number for each layer from
            the input on: ``"activations"`` and ``"gradients"`` (standard deviations,
            drawn on logarithmic axes), ``"dead"`` (share of units that are always 0).
            What no net has gets no panel.
        title: what the figure is to show.

    Returns:
        The picture. A standard deviation of 0 has no place on a logarithmic axis: a
        triangle at the foot stands for it.

    Raises:
        ValueError: another key, or no numbers at all.
    """
    unknown = [key for of_net in stats.values() for key in of_net if key not in _PANELS]
    if unknown:
        raise ValueError(f"stats: expected {listed(list(_PANELS))}, got {unknown[0]!r}")
    keys = [key for key in _PANELS if any(key in of_net for of_net in stats.values())]
    if not keys:
        raise ValueError(f"stats: expected lists for {listed(list(_PANELS))}, got none")
    with styled():
        figure = new_figure(3.4 * len(keys) + 0.2, 3.5)
        for axes, key in zip(figure.subplots(1, len(keys), squeeze=False)[0], keys, strict=True):
            numbers = {name: of_net[key] for name, of_net in stats.items() if key in of_net}
            looks = {name: _look(which) for which, name in enumerate(stats)}
            _draw(axes, {name: np.asarray(y, float) for name, y in numbers.items()}, looks, key)
        if len(stats) > 1:
            legend(figure, [Line2D([], [], label=name, **_look(k)) for k, name in enumerate(stats)])
        entitle(figure, title)
    told = [_told(key, stats) for key in keys]
    lead = f"{title}: " if title else "Layer by layer: "
    return Picture(figure, lead + " ".join(told))


def _look(which: int) -> dict:
    marker = {"marker": MARKERS[which % len(MARKERS)], "markersize": 4.5}
    return {**line_look(which), **marker}


def _draw(axes: Axes, numbers: Mapping[str, np.ndarray], looks: Mapping, key: str) -> None:
    log = key != "dead"
    for name, y in numbers.items():
        layers = np.arange(1, len(y) + 1)
        shown = np.isfinite(y) & ((y > 0) | (not log))
        axes.plot(layers[shown], y[shown], **looks[name])
        if log:
            zero = {**looks[name], "marker": "v", "markersize": 8, "linestyle": "none"}
            at_foot = axes.get_xaxis_transform()
            axes.plot(layers[y == 0], np.full((y == 0).sum(), 0.03), transform=at_foot, **zero)
    if log and any((y[np.isfinite(y)] > 0).any() for y in numbers.values()):
        log_scale(axes.yaxis)
    if not log:
        axes.set_ylim(-0.03, 1.03)
    axes.set(xlabel="layer", ylabel=_PANELS[key])
    depth = max(len(y) for y in numbers.values())
    axes.set_xlim(0.5, depth + 0.5)
    if depth <= _TICKS:
        axes.set_xticks(range(1, depth + 1))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(True)


def _told(key: str, stats: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    nets = {name: np.asarray(of_net[key], float) for name, of_net in stats.items() if key in of_net}
    told = [f"{name}, {_course(y, dead=key == 'dead')}" for name, y in nets.items()]
    return f"{_PANELS[key].capitalize()}: {'; '.join(told)}."


def _course(y: np.ndarray, dead: bool) -> str:
    """First and last layer, the factor from layer to layer, where it is 0 or not finite."""
    seen = np.flatnonzero(np.isfinite(y))
    if not len(seen):
        return "not finite in any layer"
    spoken = percent if dead else number
    first, last = seen[0], seen[-1]
    told = f"{spoken(y[first])} in layer {first + 1}"
    if last > first:
        told += f" and {spoken(y[last])} in layer {last + 1}"
    if dead and y[seen].max() > max(y[first], y[last]):
        top = seen[y[seen].argmax()]
        told += f", most in layer {top + 1}: {percent(y[top])}"
    positive = np.flatnonzero(np.isfinite(y) & (y > 0))
    if not dead and len(positive) > 2:
        slope = np.polyfit(positive, np.log(y[positive]), 1)[0]
        told += f", about times {number(np.exp(slope))} from layer to layer"
    if not dead and (y == 0).any():
        told += f", 0 in {_layers(y == 0)}"
    if len(seen) < len(y):
        told += f", not finite in {_layers(~np.isfinite(y))}"
    return told


def _layers(where: np.ndarray) -> str:
    numbers = [int(k) + 1 for k in np.flatnonzero(where)]
    return f"layer{'s' if len(numbers) > 1 else ''} {listed(numbers)}"
