"""What the filters of a net answer to one picture, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.style import entitle, new_figure, styled
from course_utils.show.wording import percent


def feature_maps(
    image: np.ndarray, maps: Mapping[str, np.ndarray], *, count: int = 8, title: str = ""
) -> Picture:
    """Draw a picture, and below it what each step of a net makes of it, a row for each step.

    Args:
        image: (H, W) or (H, W, 3).
        maps: step to its maps, (F, H, W), from the input on.
        count: maps in a row, those that vary most, in their own order.
        title: what the figure is to show.

    Returns:
        The picture; its words tell size, filters and the share of zeros of each step. In a
        row all maps share one scale: purple positive, brown negative, white zero.

    Raises:
        ValueError: maps of another rank.
    """
    maps = {name: np.asarray(values) for name, values in maps.items()}
    for name, values in maps.items():
        if values.ndim != 3:
            raise ValueError(
                f"maps[{name!r}]: expected (F, H, W), got {values.shape}; of one picture: maps[0]?"
            )
    columns = min(count, max(len(values) for values in maps.values()))
    with styled():
        figure = new_figure(0.98 * columns + 1.3, 0.98 * (len(maps) + 1) + 0.4)
        grid = figure.subplots(len(maps) + 1, columns, squeeze=False)
        for axes in grid.flat:
            axes.set(xticks=(), yticks=())
            axes.spines[:].set_visible(False)
        draw_image(grid[0, 0], image)
        _name(grid[0, 0], "the picture")
        for row, (name, values) in zip(grid[1:], maps.items(), strict=True):
            limit = float(np.abs(values).max(initial=0)) or 1.0
            for axes, one in zip(row, _liveliest(values, columns), strict=False):
                axes.imshow(one, cmap="PuOr", vmin=-limit, vmax=limit)
            _name(row[0], f"{name}\n{values.shape[1]}×{values.shape[2]}")
        entitle(figure, title)
    told = "; ".join(
        f"{name}: {len(values)} maps of {values.shape[1]} by {values.shape[2]}, "
        f"{percent(float(np.mean(values == 0)))} of the values zero"
        for name, values in maps.items()
    )
    return Picture(figure, f"{title or 'Feature maps'}: {told}.")


def _liveliest(values: np.ndarray, count: int) -> np.ndarray:
    """The maps that vary most, in their own order."""
    order = np.argsort(-values.std(axis=(1, 2)), kind="stable")[:count]
    return values[np.sort(order)]


def _name(axes, text: str) -> None:
    axes.set_ylabel(text, rotation=0, ha="right", va="center", fontsize=9)
