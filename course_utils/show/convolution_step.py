"""One step of a convolution with all its numbers: the window, the kernel, the sum."""

from __future__ import annotations

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from course_utils.show.cells import draw_cells
from course_utils.show.picture import Picture
from course_utils.show.style import VERMILION, entitle, new_figure, styled
from course_utils.words import number

_CELL = 0.42  # inches


def convolution_step(
    X: np.ndarray,
    kernel: np.ndarray,
    Y: np.ndarray,
    *,
    place: tuple[int, int] = (0, 0),
    stride: int = 1,
    title: str = "",
) -> Picture:
    """Draw a picture, a kernel and the result as numbers, with one window and its sum framed.

    Args:
        X: picture, (H, W).
        kernel: (KH, KW).
        Y: what the convolution gave, (H_out, W_out), without a bias.
        place: row and column of the number of Y that is framed.
        stride: pixels from one window to the next.
        title: what the figure is to show.

    Returns:
        The picture; its words spell the sum out.

    Raises:
        ValueError: a place outside of Y, or a window outside of X.
    """
    X, kernel, Y = (np.asarray(array) for array in (X, kernel, Y))
    p, q = place
    if not (0 <= p < Y.shape[0] and 0 <= q < Y.shape[1]):
        raise ValueError(f"place: expected a row and a column of Y {Y.shape}, got {place}")
    top, left = p * stride, q * stride
    window = X[top : top + kernel.shape[0], left : left + kernel.shape[1]]
    if window.shape != kernel.shape:
        raise ValueError(
            f"place: expected a window inside X {X.shape}, got one of {kernel.shape} from "
            f"row {top}, column {left}; another stride, or X without its padding?"
        )
    tables = {"picture X": X, "kernel K": kernel, "result Y": Y}
    columns = [table.shape[1] for table in tables.values()]
    with styled():
        height = _CELL * max(len(table) for table in tables.values()) + (0.8 if title else 0.5)
        figure = new_figure(_CELL * sum(columns) + 1.6, height)
        figure.get_layout_engine().set(w_pad=0.12)
        grid = figure.subplots(1, 3, width_ratios=columns)
        for axes, (name, table) in zip(grid, tables.items(), strict=True):
            _draw_table(axes, table, name)
        _frame(grid[0], top, left, kernel.shape)
        _frame(grid[1], 0, 0, kernel.shape)
        _frame(grid[2], p, q, (1, 1))
        entitle(figure, title)
    return Picture(figure, _told(window, kernel, Y[p, q], (top, left), place, title))


def _draw_table(axes: Axes, table: np.ndarray, name: str) -> None:
    texts = [[number(value) for value in row] for row in table]
    limit = float(np.abs(table).max(initial=0)) * 1.6  # never so dark that a number is hard to read
    draw_cells(
        axes, table.astype(float), texts, mpl.colormaps["PuOr"], (-limit, limit), fontsize=10
    )
    axes.set(xticks=(), yticks=(), aspect="equal", title=name)
    axes.spines[:].set_visible(False)


def _frame(axes: Axes, top: int, left: int, shape: tuple[int, ...]) -> None:
    height, width = shape
    look = {"fill": False, "edgecolor": VERMILION, "linewidth": 2.5, "clip_on": False}
    axes.add_patch(Rectangle((left - 0.5, top - 0.5), width, height, **look))


def _told(window, kernel, result, corner, place, title: str) -> str:
    products = [f"{number(x)}·{_signed(k)}" for x, k in zip(window.flat, kernel.flat, strict=True)]
    lead = f"{title}: " if title else ""
    return (
        f"{lead}the kernel of {kernel.shape[0]} by {kernel.shape[1]} lies on the picture with its "
        f"first corner in row {corner[0]}, column {corner[1]}; "
        f"{' + '.join(products)} = {number(result)} stands in row {place[0]}, "
        f"column {place[1]} of the result."
    )


def _signed(value: float) -> str:
    return f"({number(value)})" if value < 0 else number(value)
