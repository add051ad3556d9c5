"""Computational graphs: values going forward, gradients coming back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, VERMILION, new_figure, styled
from course_utils.words import listed, number


@dataclass(frozen=True)
class Node:
    """One number of a graph.

    Args:
        name: how it is called, ``"q"``.
        value: what comes out on the way there.
        grad: derivative of the last node with respect to it.
        formula: how it is made, ``"x + y"``; "" for an input.
        inputs: names of the nodes it is made of.
    """

    name: str
    value: float
    grad: float
    formula: str = ""
    inputs: tuple[str, ...] = ()


def graph(nodes: Sequence[Node], *, title: str = "") -> Picture:
    """Draw a computational graph from left to right.

    Args:
        nodes: each after those it is made of.
        title: what is computed.

    Returns:
        The picture: in each box the value (blue, above) and the gradient (vermilion, below).

    Raises:
        ValueError: a node is made of one that does not come before it.
    """
    places = _places(nodes)
    columns = 1 + max(x for x, _ in places.values())
    rows = 1 + max(y for _, y in places.values())
    with styled():
        figure = new_figure(1.9 * columns + 0.4, 1.15 * rows + 0.6)
        axes = figure.subplots()
        axes.set_axis_off()
        axes.set(xlim=(-0.5, columns - 0.5), ylim=(-0.55, rows - 0.45))
        for node in nodes:
            for source in node.inputs:
                _arrow(axes, places[source], places[node.name])
        for node in nodes:
            _box(axes, places[node.name], node)
        axes.set_title(title)
    told = "; ".join(_told(node) for node in nodes)
    return Picture(figure, f"Computational graph{', ' + title if title else ''}: {told}.")


def _places(nodes: Sequence[Node]) -> dict[str, tuple[float, float]]:
    """Column: one more than the furthest input. Row: the middle of the inputs' rows."""
    depth: dict[str, int] = {}
    for node in nodes:
        missing = [name for name in node.inputs if name not in depth]
        if missing:
            raise ValueError(f"graph: {node.name} is made of {listed(missing)}, which comes later")
        depth[node.name] = 1 + max((depth[name] for name in node.inputs), default=-1)
    places: dict[str, tuple[float, float]] = {}
    starts = [node.name for node in nodes if not node.inputs]
    for row, name in enumerate(reversed(starts)):
        places[name] = (0, row)
    for node in nodes:
        if node.inputs:
            heights = [places[name][1] for name in node.inputs]
            places[node.name] = (depth[node.name], sum(heights) / len(heights))
    return places


def _box(axes: Axes, place: tuple[float, float], node: Node) -> None:
    x, y = place
    look = {"boxstyle": "round,pad=0.02", "facecolor": "white", "edgecolor": "0.4"}
    box = FancyBboxPatch((x - 0.34, y - 0.3), 0.68, 0.6, **look)
    axes.add_patch(box)
    made = f"{node.name} = {node.formula}" if node.formula else node.name
    axes.text(x, y + 0.16, made, ha="center", va="center", fontsize=9)
    axes.text(x, y - 0.01, number(node.value), ha="center", va="center", color=BLUE)
    grad = f"d{node.name} = {number(node.grad)}"
    axes.text(x, y - 0.2, grad, ha="center", va="center", color=VERMILION, fontsize=9)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate(
        "",
        xy=(end[0] - 0.37, end[1]),
        xytext=(start[0] + 0.37, start[1]),
        arrowprops={"arrowstyle": "->", "color": "0.4"},
    )


def _told(node: Node) -> str:
    made = f" = {node.formula}" if node.formula else ""
    return f"{node.name}{made} = {number(node.value)}, gradient {number(node.grad)}"
