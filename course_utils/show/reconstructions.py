"""Images rebuilt from a few principal components, row by row below the originals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.pixels import as_image
from course_utils.show.style import entitle, new_figure, styled
from course_utils.show.wording import counted
from course_utils.words import number


def reconstructions(
    originals: np.ndarray,
    rebuilt: Mapping[int, np.ndarray],
    *,
    shape: Sequence[int] | None = None,
    title: str = "",
) -> Picture:
    """Draw images, and below them what is left of them with few components.

    Args:
        originals: images, (N, H·W) or (N, H, W), or in colour.
        rebuilt: number of components to images of the same shape.
        shape: (H, W) or (H, W, 3) of flat images; (28, 28) if None.
        title: what the figure is to show.

    Returns:
        The picture: a row of originals, then one row for each number of components,
        with its mean squared error per pixel.

    Raises:
        ValueError: rebuilt images of another shape.
    """
    originals = np.asarray(originals)
    errors = {}
    for k, images in rebuilt.items():
        if np.shape(images) != originals.shape:
            raise ValueError(f"rebuilt[{k}]: expected {originals.shape}, got {np.shape(images)}")
        errors[k] = float(((np.asarray(images, float) - originals.astype(float)) ** 2).mean())
    rows = {"original": originals}
    rows |= {f"{counted(k, 'component')}\nerror {number(errors[k])}": v for k, v in rebuilt.items()}
    low, high = float(originals.min()), float(originals.max())
    with styled():
        figure = new_figure(0.8 * len(originals) + 1.5, 0.86 * len(rows) + 0.4)
        grid = figure.subplots(len(rows), len(originals), squeeze=False)
        for line, (name, images) in zip(grid, rows.items(), strict=True):
            for axes, image in zip(line, images, strict=True):
                pixels, look = as_image(image, shape, (low, high))
                axes.imshow(pixels, **look)
                axes.set(xticks=(), yticks=())
                axes.spines[:].set_visible(False)
            line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize=9)
        entitle(figure, title)
    told = [f"{counted(k, 'component')} {number(error)}" for k, error in errors.items()]
    lead = f"{title}: " if title else ""
    alt = f"{lead}{counted(len(originals), 'image')} and what is rebuilt of them, a row for each "
    return Picture(
        figure, f"{alt}number of components; mean squared error per pixel: {', '.join(told)}."
    )
