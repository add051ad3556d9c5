"""Images with captions, each marked as right or wrong."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.pixels import image_shape
from course_utils.show.style import BLUE, VERMILION, entitle, new_figure, styled
from course_utils.show.wording import counted

_LETTER, _LINE = 0.082, 0.17  # inches that a letter and a line of a caption take


def gallery(
    images: np.ndarray,
    captions: Sequence[str] | None = None,
    *,
    right: Sequence[bool] | None = None,
    columns: int = 5,
    size: float = 1.5,
    shape: Sequence[int] | None = None,
    title: str = "",
) -> Picture:
    """Draw images with a caption below each, framed where they are right or wrong.

    Args:
        images: (N, H, W), (N, H, W, 3) or (N, 3, H, W), or flat rows, (N, D).
        captions: a sentence or a word for each, (N,); long ones are broken into lines.
        right: whether each is right, (N,): a blue frame and ✓, or a dashed vermilion
            frame and ✗.
        columns: images in a row.
        size: width of an image, inches.
        shape: (H, W) or (H, W, 3) of flat images; (28, 28) if None.
        title: what they are.

    Returns:
        The picture.

    Raises:
        ValueError: no images, or captions or marks that do not fit them.
    """
    N = len(images)
    if N == 0:
        raise ValueError("images: expected at least one, got none; an empty selection?")
    for name, given in (("captions", captions), ("right", right)):
        if given is not None and len(given) != N:
            raise ValueError(f"{name}: expected one for each of {N} images, got {len(given)}")
    texts = _texts(captions, right, N)
    wrapped = [textwrap.wrap(text, max(8, int(size / _LETTER))) for text in texts]
    columns = min(columns, N)
    rows = -(-N // columns)
    H, W, *colour = image_shape(images[0], shape)
    height = size * H / W + _LINE * max(map(len, wrapped)) + 0.12
    with styled():
        figure = new_figure((size + 0.1) * columns + 0.1, height * rows + (0.4 if title else 0.1))
        for which, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
            if which >= N:
                axes.set_axis_off()
                continue
            draw_image(axes, images[which], shape)
            axes.set(xticks=(), yticks=(), anchor="N")  # what is left over is the caption's
            axes.set_xlabel("\n".join(wrapped[which]), fontsize=9, labelpad=3)
            _frame(axes, None if right is None else bool(right[which]))
        entitle(figure, title)
    kind = f"{H} by {W} pixels{' in colour' if colour else ''}"
    alt = f"{title or 'Images'}: {counted(N, 'image')} of {kind}"
    if right is not None:
        alt += f", {int(np.sum(right))} of {N} right"
    return Picture(figure, f"{alt}{_told(captions, right)}.")


def _texts(captions: Sequence[str] | None, right: Sequence[bool] | None, N: int) -> list[str]:
    texts = [str(text) for text in captions] if captions is not None else [""] * N
    if right is None:
        return texts
    return [f"{'✓' if r else '✗'} {text}".strip() for r, text in zip(right, texts, strict=True)]


def _frame(axes: Axes, right: bool | None) -> None:
    axes.spines[:].set_visible(right is not None)
    if right is not None:
        axes.spines[:].set(color=BLUE if right else VERMILION, linewidth=3)
        axes.spines[:].set_linestyle("-" if right else "--")


def _told(captions: Sequence[str] | None, right: Sequence[bool] | None) -> str:
    if captions is None:
        wrong = [] if right is None else [k + 1 for k, r in enumerate(right) if not r]
        return f"; wrong are numbers {', '.join(map(str, wrong))}" if wrong else ""
    marks = [""] * len(captions)
    if right is not None:
        marks = [" (right)" if r else " (wrong)" for r in right]
    told = [f"{str(text).rstrip('.')}{mark}" for text, mark in zip(captions, marks, strict=True)]
    return f". Row by row: {'; '.join(told)}"
