"""Points of several classes in the plane, in panels side by side: maps of features."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.style import CLASS_COLOURS, CLASS_MARKERS, entitle, new_figure, styled
from course_utils.show.wording import percent
from course_utils.words import listed


def scatter(
    points: Mapping[str, np.ndarray],
    labels: Sequence[int],
    names: Sequence[str],
    *,
    axis_names: tuple[str, str] = ("component 1", "component 2"),
    title: str = "",
) -> Picture:
    """Draw points with their classes, one panel for each way of placing them.

    Args:
        points: name of each panel to its points, (N, 2).
        labels: classes of the points, (N,), whole numbers from 0 on.
        names: of the classes, (C,).
        axis_names: of both axes of every panel.
        title: what is to be seen.

    Returns:
        The picture; its words say for each panel how often a point's nearest other point is
        of the same class.

    Raises:
        ValueError: no panel, or points that do not fit the labels.
    """
    labels = np.asarray(labels)
    points = {name: np.asarray(P, float) for name, P in points.items()}
    if not points or any(P.shape != (len(labels), 2) for P in points.values()):
        shapes = listed([P.shape for P in points.values()]) or "none"
        raise ValueError(f"points: expected (N, 2) with N = {len(labels)}, got {shapes}")
    with styled():
        figure = new_figure(3.6 * len(points) + 0.8, 3.5)
        panels = figure.subplots(1, len(points), squeeze=False)[0]
        for axes, (name, P) in zip(panels, points.items(), strict=True):
            for c, told in enumerate(names):
                look = {"marker": CLASS_MARKERS[c % len(CLASS_MARKERS)], "s": 16, "alpha": 0.75}
                colour = CLASS_COLOURS[c % len(CLASS_COLOURS)]
                axes.scatter(*P[labels == c].T, color=colour, label=told, linewidth=0, **look)
            axes.set(title=name, xlabel=axis_names[0], ylabel=axis_names[1])
        panels[-1].legend(loc="center left", bbox_to_anchor=(1, 0.5))
        entitle(figure, title)
    told = [
        f"{name}: of {percent(_same_class(P, labels))} of {len(P)} points the nearest other "
        "point is of the same class"
        for name, P in points.items()
    ]
    lead = f"{title}: " if title else ""
    return Picture(figure, f"{lead}points of the classes {listed(names)}. {'; '.join(told)}.")


def _same_class(P: np.ndarray, labels: np.ndarray) -> float:
    """The share of points whose nearest other point has their class."""
    if len(P) < 2:
        return 0.0
    squares = (P**2).sum(axis=1)
    distances = squares[:, None] + squares - 2 * P @ P.T
    np.fill_diagonal(distances, np.inf)
    return float(np.mean(labels[distances.argmin(axis=1)] == labels))
