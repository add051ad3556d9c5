"""Pictures of pictures: digits, first-layer weights, wrong answers with their probabilities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, GREY, VERMILION, new_figure, styled
from course_utils.words import listed, number


def digit_grid(
    X: np.ndarray,
    y: Sequence[int] | None = None,
    *,
    columns: int = 10,
    title: str = "",
    shape: tuple[int, int] = (28, 28),
) -> Picture:
    """Draw images in rows, each under its label.

    Args:
        X: images, (N, H·W), any numbers; small is white.
        y: labels, (N,), or None.
        columns: images in a row.
        title: what they are.
        shape: (H, W).

    Returns:
        The picture.
    """
    rows = -(-len(X) // columns)
    with styled():
        figure = new_figure(0.85 * columns, (1.05 if y is not None else 0.85) * rows + 0.3)
        for which, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
            axes.set_axis_off()
            if which < len(X):
                axes.imshow(np.reshape(X[which], shape), cmap="gray_r")
                axes.set_title("" if y is None else str(y[which]))
        figure.suptitle(title, fontsize=11)
    labels = f", row by row: {', '.join(str(label) for label in y)}" if y is not None else ""
    what = title or "Images"
    return Picture(figure, f"{what}: {len(X)} images of {shape[0]} by {shape[1]} pixels{labels}.")


def weight_images(
    W: np.ndarray,
    *,
    count: int = 32,
    columns: int = 8,
    title: str = "First-layer weights",
    shape: tuple[int, int] = (28, 28),
) -> Picture:
    """Draw the weights into the units of a first layer, each unit as an image.

    The units with the largest weights come first: those say most.

    Args:
        W: (D, M) with D = H·W.
        count: how many units to draw.
        columns: images in a row.
        title: what they are.
        shape: (H, W).

    Returns:
        The picture; brown is negative, purple positive, white zero.
    """
    norms = np.linalg.norm(W, axis=0)  # (M,)
    chosen = np.argsort(-norms, kind="stable")[:count]
    # A few outliers would turn all the rest pale.
    limit = float(np.quantile(np.abs(W[:, chosen]), 0.998)) or 1.0
    rows = -(-len(chosen) // columns)
    with styled():
        figure = new_figure(0.95 * columns + 0.7, 0.95 * rows + 0.4)
        grid = figure.subplots(rows, columns, squeeze=False)
        for which, axes in enumerate(grid.flat):
            axes.set_axis_off()
            if which < len(chosen):
                image = np.reshape(W[:, chosen[which]], shape)
                drawn = axes.imshow(image, cmap="PuOr", vmin=-limit, vmax=limit)
        figure.colorbar(drawn, ax=grid, shrink=0.9, label="weight", extend="both")
        figure.suptitle(title, fontsize=11)
    alt = (
        f"{title}: {len(chosen)} of {W.shape[1]} units, those with the largest weights, as images "
        f"of {shape[0]} by {shape[1]}; weights between {number(W[:, chosen].min())} and "
        f"{number(W[:, chosen].max())}, {_where_they_lie(W[:, chosen], shape)}."
    )
    return Picture(figure, alt)


def _where_they_lie(W: np.ndarray, shape: tuple[int, int]) -> str:
    """How much of the squared weight is in the middle half of the image, each way."""
    H, width = shape
    energy = (W**2).sum(axis=1).reshape(shape)
    middle = energy[H // 4 : H - H // 4, width // 4 : width - width // 4].sum()
    return f"{middle / (energy.sum() or 1.0):.0%} of their squared size in the middle quarter"


def mistakes(
    X: np.ndarray,
    y: np.ndarray,
    P: np.ndarray,
    *,
    count: int = 8,
    columns: int = 4,
    shape: tuple[int, int] = (28, 28),
) -> Picture:
    """Draw wrongly classified images, the most confident first, with all their probabilities.

    Args:
        X: images, (N, H·W).
        y: labels, (N,).
        P: probabilities, (N, C).
        count: how many to draw.
        columns: images in a row.
        shape: (H, W).

    Returns:
        The picture; in the bars the label is blue, the wrong answer vermilion.
    """
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
            _digit_and_bars(grid[2 * row : 2 * row + 2, column], X[n], y[n], P[n], shape)
    told = listed([f"a {y[n]} taken for {answer[n]} ({P[n, answer[n]]:.0%})" for n in chosen])
    alt = (
        f"{len(wrong)} of {len(y)} images are classified wrongly; the {len(chosen)} most confident "
        f"mistakes, each with bars of its probabilities: {told}."
    )
    return Picture(figure, alt)


def _digit_and_bars(pair, image, label: int, p: np.ndarray, shape) -> None:
    above, below = pair
    answer = int(p.argmax())
    above.imshow(np.reshape(image, shape), cmap="gray_r")
    above.set_title(f"{label} taken for {answer}")
    below.set_axis_on()
    colours = [BLUE if c == label else VERMILION if c == answer else GREY for c in range(len(p))]
    hatches = ["///" if c == label else None for c in range(len(p))]
    below.bar(range(len(p)), p, color=colours, hatch=hatches, edgecolor="white", linewidth=0)
    below.set(ylim=(0, 1), yticks=(0, 1), xticks=range(len(p)))
    below.tick_params(labelsize=7, length=2)


def _nothing_wrong(count: int) -> Picture:
    with styled():
        figure = new_figure(4, 1)
        axes = figure.subplots()
        axes.set_axis_off()
        axes.text(0.5, 0.5, f"all {count} are right", ha="center", va="center")
    return Picture(figure, f"No image is classified wrongly: all {count} are right.")
