"""First-layer weights as images, one for each unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.style import entitle, new_figure, styled
from course_utils.words import number


def weight_images(
    W: np.ndarray,
    *,
    count: int = 32,
    columns: int = 8,
    title: str = "First-layer weights",
    shape: Sequence[int] = (28, 28),
    in_order: bool = False,
) -> Picture:
    """Draw the weights into the units of a first layer, each unit as an image.

    The units with the largest weights come first: those say most. Principal components
    are drawn in the same way, in their own order.

    Args:
        W: (D, M) with D = H·W, or H·W·3 for colour images.
        count: how many units to draw.
        columns: images in a row.
        title: what they are.
        shape: (H, W) or (H, W, 3).
        in_order: draw the first units instead of those with the largest weights.

    Returns:
        The picture. Grey: brown is negative, purple positive, white zero, one scale
        for all. Colour: grey is zero, and each unit has its own scale, the same for its
        three channels.

    Raises:
        ValueError: D does not fill the shape.
    """
    W = np.asarray(W)
    if W.ndim != 2 or len(W) != np.prod(shape):
        wanted = " * ".join(map(str, shape))
        raise ValueError(f"W: expected (D, M) with D = {wanted}, got {W.shape}; transposed?")
    M = W.shape[1]
    largest = np.argsort(-np.linalg.norm(W, axis=0), kind="stable")
    chosen = (np.arange(M) if in_order else largest)[:count]
    images = np.moveaxis(W[:, chosen].reshape(*shape, -1), -1, 0)  # (count, H, W[, 3])
    columns = min(columns, len(chosen))
    rows = -(-len(chosen) // columns)
    with styled():
        figure = new_figure(0.95 * columns + 0.7, 0.95 * rows + 0.4)
        grid = figure.subplots(rows, columns, squeeze=False)
        for axes in grid.flat:
            axes.set_axis_off()
        if len(shape) == 3:
            for axes, image in zip(grid.flat, images, strict=False):
                axes.imshow(around_grey(image))
        else:
            _draw_grey(figure, grid, images)
        entitle(figure, title)
    which = f"{len(chosen)} of {M} units, those with the largest weights"
    if in_order:  # they may be components, or templates of classes: the title says what
        which = f"the first {len(chosen)} of {M}, in order" if len(chosen) < M else f"all {M}"
    alt = (
        f"{title}: {which}, as images of {shape[0]} by {shape[1]}"
        f"{' in colour' if len(shape) == 3 else ''}; weights between "
        f"{number(images.min())} and {number(images.max())}, {_where_they_lie(images)}."
    )
    return Picture(figure, alt + (_colourfulness(images) if len(shape) == 3 else ""))


def _draw_grey(figure, grid: np.ndarray, images: np.ndarray) -> None:
    # A few outliers would turn all the rest pale.
    limit = float(np.nanquantile(np.abs(images), 0.998)) or 1.0
    for axes, image in zip(grid.flat, images, strict=False):
        drawn = axes.imshow(image, cmap="PuOr", vmin=-limit, vmax=limit)
    figure.colorbar(drawn, ax=grid, shrink=0.9, label="weight", extend="both")


def around_grey(image: np.ndarray) -> np.ndarray:
    """Weights as colours: 0 is grey, the largest one in size black or full.

    Args:
        image: (H, W, 3), any numbers.

    Returns:
        (H, W, 3), from 0 to 1.
    """
    image = np.nan_to_num(image.astype(float), nan=0.0, posinf=0.0, neginf=0.0)
    return 0.5 + 0.5 * image / (np.abs(image).max() or 1.0)


def _where_they_lie(images: np.ndarray) -> str:
    """How much of the squared weight is in the middle half of the image, each way."""
    energy = (images.astype(float) ** 2).sum(axis=0)
    H, width = energy.shape[:2]
    middle = energy[H // 4 : H - H // 4, width // 4 : width - width // 4].sum()
    return f"{middle / (energy.sum() or 1.0):.0%} of their squared size in the middle quarter"


def _colourfulness(images: np.ndarray) -> str:
    """Whether units look for light and dark, or for colours."""
    images = images.astype(float)
    grey = images.mean(axis=3, keepdims=True)
    alike = (3 * grey**2).sum() / ((images**2).sum() or 1.0)
    return f" Brightness, the same in all three channels, makes {alike:.0%} of it, colour the rest."
