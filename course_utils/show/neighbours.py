"""Pictures beside their nearest neighbours: what one measure of likeness finds, and another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, VERMILION, entitle, new_figure, styled
from course_utils.show.wording import counted
from course_utils.words import listed

_SIDE = 0.82  # inches of a picture


def neighbours(
    asked: np.ndarray,
    asked_labels: Sequence[int],
    others: np.ndarray,
    labels: Sequence[int],
    found: Mapping[str, np.ndarray],
    *,
    names: Sequence[str],
    shape: Sequence[int] | None = None,
    title: str = "",
) -> Picture:
    """Draw pictures, and to the right of each its nearest neighbours by several measures.

    Args:
        asked: pictures that neighbours are wanted of, (N, …) as for `gallery`.
        asked_labels: their classes, (N,).
        others: pictures to choose from, (M, …).
        labels: their classes, (M,).
        found: name of each measure to the rows of `others` that it finds, (N, k), the
            nearest first.
        names: of the classes, (C,).
        shape: (H, W) or (H, W, 3) of flat pictures.
        title: what is to be seen.

    Returns:
        The picture: a blue frame where the neighbour is of the same class, a dashed
        vermilion one where it is not.

    Raises:
        ValueError: no measure, or rows that do not fit.
    """
    N = len(asked)
    found = {name: np.asarray(rows) for name, rows in found.items()}
    if not found or any(rows.ndim != 2 or len(rows) != N for rows in found.values()):
        shapes = listed([rows.shape for rows in found.values()]) or "none"
        raise ValueError(f"found: expected (N, k) with N = {N} for each measure, got {shapes}")
    asked_labels, labels = np.asarray(asked_labels), np.asarray(labels)
    same = {name: labels[rows] == asked_labels[:, None] for name, rows in found.items()}
    widths = [1, *(w for rows in found.values() for w in (0.25, *[1] * rows.shape[1]))]
    with styled():
        figure = new_figure(_SIDE * sum(widths) + 0.2, _SIDE * N + (0.6 if title else 0.3))
        panels = figure.subplots(
            N, len(widths), squeeze=False, gridspec_kw={"width_ratios": widths}
        )
        for axes in panels.flat:
            axes.set_axis_off()
        for n, row in enumerate(panels):
            draw_image(row[0], asked[n], shape)
            column = 1
            for name, rows in found.items():
                for i, m in enumerate(rows[n]):
                    axes = row[column + 1 + i]
                    draw_image(axes, others[m], shape)
                    _frame(axes, bool(same[name][n, i]))
                if n == 0:
                    row[column + 1].set_title(f"nearest by {name}", loc="left", fontsize=9)
                column += 1 + rows.shape[1]
        panels[0][0].set_title("asked", fontsize=9)
        entitle(figure, title)
    told = [
        f"by {name} {int(s.sum())} of {s.size} are of the same class" for name, s in same.items()
    ]
    kinds = ", ".join(names[label] for label in asked_labels)
    lead = f"{title}: " if title else ""
    alt = f"{lead}{counted(N, 'picture')} ({kinds}), each beside its nearest neighbours; "
    return Picture(figure, f"{alt}{listed(told)}.")


def _frame(axes, same: bool) -> None:
    axes.set_axis_on()
    axes.set(xticks=(), yticks=())
    axes.spines[:].set_visible(True)
    axes.spines[:].set(color=BLUE if same else VERMILION, linewidth=2.5)
    axes.spines[:].set_linestyle("-" if same else (0, (3, 1.5)))
