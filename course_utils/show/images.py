"""Pictures of pictures: digits and photos, and wrong answers with their probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.picture import Picture
from course_utils.show.pixels import as_image, image_shape
from course_utils.show.style import BLUE, GREY, VERMILION, entitle, new_figure, styled
from course_utils.words import listed, with_article


def digit_grid(
    X: np.ndarray,
    y: Sequence[int] | None = None,
    *,
    columns: int = 10,
    title: str = "",
    shape: Sequence[int] | None = None,
) -> Picture:
    """Draw images in rows, each under its label.

    Args:
        X: images, (N, H·W), (N, H, W) or in colour, (N, H, W, 3); of grey ones, small
            is white.
        y: labels, (N,), numbers or names, or None.
        columns: images in a row.
        title: what they are.
        shape: (H, W) or (H, W, 3) of flat images; (28, 28) if None.

    Returns:
        The picture.
    """
    rows = -(-len(X) // columns)
    with styled():
        figure = new_figure(0.85 * columns, (1.05 if y is not None else 0.85) * rows + 0.3)
        for which, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
            axes.set_axis_off()
            if which < len(X):
                draw_image(axes, X[which], shape)
                axes.set_title("" if y is None else str(y[which]), **small_if_long(y))
        entitle(figure, title)
    labels = f", row by row: {', '.join(str(label) for label in y)}" if y is not None else ""
    H, W, *colour = image_shape(X[0], shape)
    kind = f"{H} by {W} pixels{' in colour' if colour else ''}"
    return Picture(figure, f"{title or 'Images'}: {len(X)} images of {kind}{labels}.")


def draw_image(axes: Axes, image: np.ndarray, shape: Sequence[int] | None = None) -> None:
    """Draw one image into given axes.

    Args:
        axes: where to.
        image: (D,), (H, W), (H, W, 3) or (3, H, W).
        shape: (H, W) or (H, W, 3) of a flat one; (28, 28) if None.
    """
    pixels, look = as_image(image, shape)
    axes.imshow(pixels, **look)


def small_if_long(y: Sequence | None) -> dict[str, float]:
    """A font size for labels above small images: names need more room than digits."""
    longest = max((len(str(label)) for label in y), default=0) if y is not None else 0
    return {"fontsize": 10 if longest < 8 else 8}


def mistakes(
    X: np.ndarray,
    y: np.ndarray,
    P: np.ndarray,
    *,
    count: int = 8,
    columns: int = 4,
    shape: Sequence[int] | None = None,
    names: Sequence[str] | None = None,
) -> Picture:
    """Draw wrongly classified images, the most confident first, with all their probabilities.

    Args:
        X: images, (N, H·W), (N, H, W) or in colour, (N, H, W, 3).
        y: labels, (N,).
        P: probabilities, (N, C).
        count: how many to draw.
        columns: images in a row.
        shape: (H, W) or (H, W, 3) of flat images; (28, 28) if None.
        names: of the classes, (C,); their numbers if None.

    Returns:
        The picture; in the bars the label is blue, the wrong answer vermilion.
    """
    names = [str(c) for c in range(P.shape[1])] if names is None else names
    answer = P.argmax(axis=1)  # (N,)
    wrong = np.flatnonzero(answer != y)
    if not len(wrong):
        return _nothing_wrong(len(y))
    chosen = wrong[np.argsort(-P[wrong, answer[wrong]], kind="stable")][:count]
    columns = min(columns, len(chosen))
    rows = -(-len(chosen) // columns)
    with styled():
        figure = new_figure(2.3 * columns, 2.75 * rows)
        grid = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=[1.5, 1] * rows)
        for axes in grid.flat:
            axes.set_axis_off()
        for which, n in enumerate(chosen):
            row, column = divmod(which, columns)
            pair = grid[2 * row : 2 * row + 2, column]
            draw_image(pair[0], X[n], shape)
            pair[0].set_title(f"{names[y[n]]} taken for {names[answer[n]]}", **small_if_long(names))
            _draw_bars(pair[1], int(y[n]), P[n], names)
    pairs = [(names[y[n]], names[answer[n]], P[n, answer[n]]) for n in chosen]
    told = listed(
        [f"{with_article(label)} taken for {other} ({p:.0%})" for label, other, p in pairs]
    )
    alt = (
        f"{len(wrong)} of {len(y)} images are classified wrongly; the {len(chosen)} most confident "
        f"mistakes, each with bars of its probabilities: {told}."
    )
    return Picture(figure, alt)


def _draw_bars(axes: Axes, label: int, p: np.ndarray, names: Sequence[str]) -> None:
    axes.set_axis_on()
    answer = int(p.argmax())
    colours = [BLUE if c == label else VERMILION if c == answer else GREY for c in range(len(p))]
    hatches = ["///" if c == label else None for c in range(len(p))]
    axes.bar(range(len(p)), p, color=colours, hatch=hatches, edgecolor="white", linewidth=0)
    axes.set(ylim=(0, 1), yticks=(0, 1))
    upright = {"rotation": 90} if max(map(len, names)) > 2 else {}
    axes.set_xticks(range(len(p)), names, **upright)
    axes.tick_params(labelsize=7, length=2)


def _nothing_wrong(count: int) -> Picture:
    with styled():
        figure = new_figure(4, 1)
        axes = figure.subplots()
        axes.set_axis_off()
        axes.text(0.5, 0.5, f"all {count} are right", ha="center", va="center")
    return Picture(figure, f"No image is classified wrongly: all {count} are right.")
