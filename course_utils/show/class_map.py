"""Maps of a classifier in the plane: who wins where, how surely, and the points it learnt from."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.plane import (
    class_handles,
    class_names,
    draw_marks,
    draw_plane,
    draw_points,
    label_outside,
    legend,
    panel_height,
)
from course_utils.show.regions import (
    NOWHERE,
    Plane,
    Probabilities,
    Range,
    crossings,
    look_at,
    meetings,
)
from course_utils.show.style import (
    CLASS_COLOURS,
    entitle,
    letters_across,
    new_figure,
    styled,
)
from course_utils.show.wording import percent, place
from course_utils.words import listed, number

_FEW = 6
_LINE = 0.19  # inches, of a heading


def class_map(
    probabilities: Probabilities,
    *,
    x_range: Range,
    y_range: Range,
    points: np.ndarray | None = None,
    labels: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
    marks: Mapping[str, tuple[float, float]] | None = None,
    lines: Mapping[str, np.ndarray] | None = None,
    levels: Sequence[float] = (0.5, 0.9),
    axis_names: tuple[str, str] = ("x1", "x2"),
    title: str = "",
) -> Picture:
    """Draw which class wins where, and how surely.

    Args:
        probabilities: takes points (K, 2), returns (K, C), or (K,) for two classes, then
            the probability of class 1.
        x_range: left and right end.
        y_range: lower and upper end.
        points: training points, (K, 2).
        labels: their classes, (K,), integers; each class has its own marker.
        names: of the classes, (C,); ``class 0`` and so on if None.
        marks: name to a point that is marked by a star.
        lines: name to points, (K, 2), joined by a dashed line.
        levels: lines are drawn where the winner's probability is this, and labelled.
        axis_names: of the two coordinates.
        title: what the figure is to show.

    Returns:
        The picture: a colour for each class, the fuller the surer; the boundary is
        black; a point on the wrong side has a ring around it.

    Raises:
        ValueError: probabilities of another shape, labels that do not fit the points.
    """
    return class_maps(
        {"": probabilities}, x_range=x_range, y_range=y_range, points=points, labels=labels,
        names=names, marks=marks, lines=lines, levels=levels, axis_names=axis_names, title=title,
    )  # fmt: skip


def class_maps(
    panels: Mapping[str, Probabilities],
    *,
    x_range: Range,
    y_range: Range,
    points: np.ndarray | None = None,
    labels: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
    marks: Mapping[str, tuple[float, float]] | None = None,
    lines: Mapping[str, np.ndarray] | None = None,
    levels: Sequence[float] = (0.5, 0.9),
    axis_names: tuple[str, str] = ("x1", "x2"),
    columns: int | None = None,
    title: str = "",
) -> Picture:
    """Draw several classifiers of the same plane side by side.

    Args:
        panels: name of each panel to its probabilities, as in `class_map`.
        columns: panels in a row; at most three if None.
        x_range, y_range, points, labels, names, marks, lines, levels, axis_names, title:
            as in `class_map`, the same in all panels.

    Returns:
        The picture; above each panel the share of the points that it has right.

    Raises:
        ValueError: probabilities of another shape, labels that do not fit the points.
    """
    planes = {name: look_at(f, x_range, y_range) for name, f in panels.items()}
    names = class_names(names, max(plane.P.shape[2] for plane in planes.values()))
    columns = min(columns or (2 if len(planes) == 4 else 3), len(planes))
    rows = -(-len(planes) // columns)
    avoid = [*(marks or {}).values(), *(path[-1] for path in (lines or {}).values())]
    told = []
    with styled():
        width = 4.6 if len(planes) == 1 else 3.1
        above = max(len(_wrapped(name, width)) for name in planes) + (labels is not None)
        height = panel_height(width, x_range, y_range) + _LINE * above
        around = 0.85 if title else 0.65
        figure = new_figure(width * columns + 0.3, height * rows + around)
        grid = figure.subplots(rows, columns, squeeze=False, sharex=True, sharey=True)
        for axes in grid.flat[len(planes) :]:
            axes.set_axis_off()
        for axes, (heading, plane) in zip(grid.flat, planes.items(), strict=False):
            named = labels is None or len(names) > len(CLASS_COLOURS)  # or colours would repeat
            draw_plane(axes, plane, names, levels, named, avoid)
            right = draw_points(axes, points, labels, panels[heading])
            draw_marks(axes, marks, lines)
            axes.set_title(_heading(heading, right, width))
            told.append(_told(heading, panels[heading], plane, names, right, levels))
        label_outside(grid, axis_names)
        if labels is not None:
            legend(figure, class_handles(names))
        entitle(figure, title)
    lead = f"{title}: " if title else "Decision regions: "
    told_marks = f" {_told_marks(marks, lines)}" if marks or lines else ""
    where = f"{axis_names[0]} from {number(x_range[0])} to {number(x_range[1])}, "
    where += f"{axis_names[1]} from {number(y_range[0])} to {number(y_range[1])}. "
    return Picture(figure, f"{lead}{where}{' '.join(told)}{told_marks}")


def _wrapped(name: str, width: float) -> list[str]:
    return textwrap.wrap(name, letters_across(width))


def _heading(name: str, right: np.ndarray | None, width: float) -> str:
    """Name and share of right points in lines of their own, no wider than the panel."""
    share = [] if right is None else [f"{percent(right.mean())} of {len(right)} points right"]
    return "\n".join(_wrapped(name, width) + share)


def _told(name: str, probabilities: Probabilities, plane: Plane, names, right, levels) -> str:
    """One classifier in words: shares, meeting points, where boundaries leave, sureness, points."""
    told = [_shares(plane, names)]
    for point, classes in meetings(probabilities, plane)[:_FEW]:
        told.append(f"{listed([names[c] for c in classes])} meet at {place(point)}")
    told += _boundaries(plane, names)
    if levels and plane.share(NOWHERE) < 1:
        sure = float((plane.confidence >= max(levels)).mean())
        told.append(
            f"the winner has at least {number(max(levels))} on {percent(sure)} of the plane"
        )
    if right is not None:
        told.append(
            f"{int(right.sum())} of {len(right)} points are right ({percent(right.mean())})"
        )
    return f"{name}: {'; '.join(told)}." if name else f"{'; '.join(told)}."


def _shares(plane: Plane, names: Sequence[str]) -> str:
    """``"the most probable class is cat on 60% of the plane, around (1, 2), dog on …"``."""
    shares = {c: plane.share(c) for c in range(plane.P.shape[2])}
    present = [c for c, share in shares.items() if share > 0]
    told = []
    for c in present:
        whole = "" if told else " of the plane"
        told.append(f"{names[c]} on {percent(shares[c])}{whole}{_around(plane, c)}")
    if len(present) == 1 and shares[present[0]] == 1:
        told = [f"{names[present[0]]} everywhere"]
    absent = [names[c] for c, share in shares.items() if share == 0]
    if absent and present:
        told.append(f"{listed(absent)} nowhere")
    lead = f"the most probable class is {', '.join(told)}" if present else ""
    if lost := plane.share(NOWHERE):
        grey = f"the probabilities are not finite on {percent(lost)} of the plane (grey)"
        lead = f"{lead}; {grey}" if lead else grey
    return lead


def _around(plane: Plane, c: int) -> str:
    """Where the middle of a region is; nothing for a ring, which does not contain its middle."""
    x, y = plane.middle(c)
    inside = plane.winner[np.abs(plane.y - y).argmin(), np.abs(plane.x - x).argmin()] == c
    return f", around {place((x, y))}" if inside else ""


def _boundaries(plane: Plane, names: Sequence[str]) -> list[str]:
    """Where boundaries reach the frame, those of the same two classes together."""
    found = crossings(plane)
    if not found:
        several = len(np.unique(plane.winner[plane.winner >= 0])) > 1
        return ["no boundary reaches the frame: one region encloses the others"] if several else []
    pairs: dict[tuple[int, int], list[str]] = {}
    for point, classes in found[:_FEW]:
        pairs.setdefault(classes, []).append(place(point))
    told = [f"{names[a]} and {names[b]} at {listed(at)}" for (a, b), at in pairs.items()]
    more = f", and at {len(found) - _FEW} more places" if len(found) > _FEW else ""
    return [f"boundaries reach the frame, between {'; between '.join(told)}{more}"]


def _told_marks(marks: Mapping | None, lines: Mapping | None) -> str:
    told = [f"{name} at {place(point)}" for name, point in (marks or {}).items()]
    told += [
        f"line {name} from {place(path[0])} to {place(path[-1])}"
        for name, path in (lines or {}).items()
    ]
    return f"Marked: {'; '.join(told)}."
