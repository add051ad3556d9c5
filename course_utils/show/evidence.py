"""Where in a picture an answer comes from: maps of the same size below the pictures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.style import GREY, entitle, new_figure, styled
from course_utils.show.wording import percent


def evidence(
    images: np.ndarray,
    maps: Mapping[str, np.ndarray],
    captions: Sequence[str],
    *,
    title: str = "",
) -> Picture:
    """Draw pictures, and below each what every pixel has to do with the answer.

    Args:
        images: (N, H, W), grey; above the middle of its range a pixel counts as ink.
        maps: method to its maps, (N, H, W); signed or not.
        captions: what stands above each picture, (N,).
        title: what the figure is to show.

    Returns:
        The picture: purple speaks for the answer, brown against it, white is without
        effect; the outline of the ink is grey. Each map has its own scale.

    Raises:
        ValueError: maps or captions that do not fit the pictures.
    """
    images = np.asarray(images)
    maps = {name: np.asarray(values, dtype=float) for name, values in maps.items()}
    for name, given in maps.items():
        if images.ndim != 3 or given.shape != images.shape:
            raise ValueError(
                f"maps[{name!r}]: expected the shape of images, (N, H, W), got {given.shape} "
                f"for {images.shape}"
            )
    if len(captions) != len(images):
        raise ValueError(f"captions: expected one for each of {len(images)}, got {len(captions)}")
    with styled():
        figure = new_figure(1.45 * len(images) + 1.3, 1.5 * (len(maps) + 1) + 0.5)
        grid = figure.subplots(len(maps) + 1, len(images), squeeze=False)
        for axes, image, caption in zip(grid[0], images, captions, strict=True):
            draw_image(axes, image)
            axes.set(title=caption, xticks=(), yticks=())
        for row, (name, values) in zip(grid[1:], maps.items(), strict=True):
            for axes, image, one in zip(row, images, values, strict=True):
                _draw(axes, image, one)
            row[0].set_ylabel(name, rotation=0, ha="right", va="center")
        entitle(figure, title)
    told = "; ".join(
        f"{caption}: {_told(images[n], {name: values[n] for name, values in maps.items()})}"
        for n, caption in enumerate(captions)
    )
    return Picture(figure, f"{title or 'Evidence'}. {told}.")


def _draw(axes: Axes, image: np.ndarray, values: np.ndarray) -> None:
    limit = float(np.abs(values).max(initial=0)) or 1.0
    axes.imshow(values, cmap="PuOr", vmin=-limit, vmax=limit)
    middle = (float(image.min()) + float(image.max())) / 2
    if image.min() < middle < image.max():
        axes.contour(image, levels=[middle], colors=[GREY], linewidths=0.8)
    axes.set(xticks=(), yticks=())


def _told(image: np.ndarray, maps: Mapping[str, np.ndarray]) -> str:
    ink = image > (float(image.min()) + float(image.max())) / 2
    parts = []
    for name, values in maps.items():
        total = float(np.abs(values).sum())
        if not total:
            parts.append(f"{name} is zero everywhere")
            continue
        row, column = np.unravel_index(int(np.abs(values).argmax()), values.shape)
        sign = "for" if values[row, column] > 0 else "against"
        share = percent(float(np.abs(values)[ink].sum()) / total)
        parts.append(
            f"{name} is largest at row {row}, column {column} ({sign}), {share} on the ink"
        )
    return ", ".join(parts)
