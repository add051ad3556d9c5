"""A table drawn as coloured cells with numbers in them."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap, Normalize
from matplotlib.patches import Rectangle


def frame(axes: Axes, row: int, column: int, **look) -> None:
    """Draw a frame just inside a cell."""
    axes.add_patch(Rectangle((column - 0.48, row - 0.48), 0.96, 0.96, fill=False, **look))


def good_is_dark(sign: int) -> Colormap:
    """Viridis without its palest end, which would vanish on white paper.

    Args:
        sign: 1 where large is good, −1 where small is.
    """
    shades = mpl.colormaps["viridis_r"](np.linspace(0.08, 1, 256))
    return ListedColormap(shades[::sign])


def draw_cells(
    axes: Axes,
    values: np.ndarray,
    texts: Sequence[Sequence[str]],
    cmap: Colormap,
    limits: tuple[float, float],
    *,
    fontsize: float = 9,
):
    """Draw a table; each text is black or white, whichever is read better on its cell.

    Args:
        axes: where to.
        values: (R, K); masked or NaN cells stay white.
        texts: what is written into the cells, R rows of K.
        cmap: a value's colour.
        limits: the values of the first and of the last colour.
        fontsize: points.

    Returns:
        The image, for a colour bar.
    """
    values = np.ma.masked_invalid(values)
    norm = Normalize(*limits if limits[0] < limits[1] else (limits[0], limits[0] + 1))
    drawn = axes.imshow(values, cmap=cmap, norm=norm, aspect="auto")
    for (row, column), value in np.ndenumerate(values.filled(np.nan)):
        colour = "black" if np.isnan(value) or _bright(cmap(norm(value))) else "white"
        look = {"ha": "center", "va": "center", "fontsize": fontsize, "color": colour}
        axes.text(column, row, texts[row][column], **look)
    axes.tick_params(length=0)
    return drawn


def _bright(colour: Sequence[float]) -> bool:
    """Whether black is read better than white: relative luminance (WCAG 2) above 0.18."""
    rgb = np.asarray(colour[:3])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722)) > 0.18
