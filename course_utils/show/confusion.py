"""Confusion matrices: which classes are taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.show.cells import draw_cells
from course_utils.show.picture import Picture
from course_utils.show.style import entitle, new_figure, styled
from course_utils.show.wording import percent
from course_utils.words import listed

_TOLD, _NUMBERED = 5, 20


def confusion(
    matrix: np.ndarray, names: Sequence[str] | None = None, *, title: str = ""
) -> Picture:
    """Draw how often each class was taken for each.

    Args:
        matrix: (C, C), row the label, column the answer, whole numbers.
        names: of the classes, (C,); 0, 1, 2 … if None.
        title: what the figure is to show.

    Returns:
        The picture: errors in orange, the right answers muted on the diagonal, and
        beside each row the share of it that is right.

    Raises:
        ValueError: no square matrix, negative counts, or names that do not fit.
    """
    matrix = np.asarray(matrix)
    C = len(matrix) if matrix.ndim else 0
    if matrix.shape != (C, C) or C == 0:
        raise ValueError(f"matrix: expected (C, C), rows the label, got {matrix.shape}")
    if (matrix < 0).any() or not np.array_equal(matrix, np.round(matrix)):
        raise ValueError(
            "matrix: expected counts, whole numbers from 0 on; shares instead of counts?"
        )
    names = [str(c) for c in range(C)] if names is None else [str(name) for name in names]
    if len(names) != C:
        raise ValueError(f"names: expected one for each of {C} classes, got {len(names)}")
    matrix = matrix.astype(int)
    with styled():
        side = float(np.clip(1.6 + 0.42 * C, 3.4, 8.0))
        figure = new_figure(side + 0.4, side + 0.2)
        axes = figure.subplots()
        drawn = _draw(axes, matrix, names)
        if C > _NUMBERED:
            figure.colorbar(drawn, ax=axes, label="wrong answers", shrink=0.8)
        entitle(figure, title)
    lead = f"{title}: " if title else "Confusion matrix: "
    told = confusions_told(matrix, names)
    return Picture(figure, f"{lead}rows are the label, columns the answer. {told}")


def _draw(axes: Axes, matrix: np.ndarray, names: Sequence[str]):
    C = len(matrix)
    errors = np.ma.masked_where(np.eye(C, dtype=bool), matrix)
    top = float(errors.max()) if errors.count() and errors.max() > 0 else 1.0
    texts = [[_cell(n, C) for n in row] for row in matrix]
    fontsize = float(np.clip(13 - 0.4 * C, 7, 10))
    drawn = draw_cells(
        axes, errors.astype(float), texts, mpl.colormaps["Oranges"], (0.0, top), fontsize=fontsize
    )
    axes.set_aspect("equal")
    for c in range(C):
        axes.add_patch(Rectangle((c - 0.5, c - 0.5), 1, 1, color="0.9", zorder=1))
    axes.set(xticks=range(C), yticks=range(C), yticklabels=names, xlabel="answer", ylabel="label")
    axes.set_xticklabels(names, **_slant(names))
    right = axes.secondary_yaxis("right")
    right.set_yticks(range(C), [_share(share) for share in _right(matrix)])
    right.tick_params(length=0, labelsize=9)
    right.spines["right"].set_visible(False)
    axes.annotate("right", (1, 1), (6, 5), xycoords="axes fraction", textcoords="offset points")
    return drawn


def _cell(count: int, C: int) -> str:
    return f"{count}" if count and _NUMBERED >= C else ""


def _share(share: float) -> str:
    return "–" if np.isnan(share) else percent(share)


def _slant(names: Sequence[str]) -> dict:
    """Long names would run into each other."""
    return {"rotation": 45, "ha": "right"} if max(map(len, names)) > 4 else {}


def _right(matrix: np.ndarray) -> np.ndarray:
    """The share of each row on the diagonal, (C,); NaN for a label that does not occur."""
    totals = matrix.sum(axis=1)
    return np.where(totals > 0, matrix.diagonal() / np.maximum(totals, 1), np.nan)


def confusions_told(matrix: np.ndarray, names: Sequence[str]) -> str:
    """A sentence: accuracy, the most frequent confusions, the weakest and the strongest label.

    Args:
        matrix: (C, C), row the label, column the answer, whole numbers.
        names: of the classes, (C,).
    """
    total, right = int(matrix.sum()), int(matrix.trace())
    if not total:
        return "There are no answers."
    told = f"{right} of {total} answers are right ({percent(right / total)})"
    errors = np.where(np.eye(len(matrix), dtype=bool), 0, matrix)
    if not errors.any():
        return f"{told}; nothing is confused."
    order = np.argsort(-errors, axis=None, kind="stable")[:_TOLD]
    pairs = [divmod(int(k), len(matrix)) for k in order if errors.flat[k] > 0]
    mixed = [f"{names[a]} taken for {names[b]} {_times(errors[a, b])}" for a, b in pairs]
    told += f"; the most frequent confusions: {listed(mixed)}"
    shares = _right(matrix)
    worst, best = int(np.nanargmin(shares)), int(np.nanargmax(shares))
    told += f"; weakest label {names[worst]} ({percent(shares[worst])} right)"
    return f"{told}, strongest {names[best]} ({percent(shares[best])} right)."


def _times(count: int) -> str:
    return "once" if count == 1 else "twice" if count == 2 else f"{count} times"
