"""Pictures with two captions below each: what a net said, and what is true."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.nn.caption_scores import edit_distance
from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.pixels import image_shape
from course_utils.show.style import BLUE, VERMILION, entitle, new_figure, styled
from course_utils.show.wording import counted

_LETTER, _LINE = 0.067, 0.155  # inches that a letter and a line of a caption take
_MARK = 0.24  # inches that "✓ right" above a picture takes


def captioned(
    pictures: np.ndarray,
    sampled: Sequence[str],
    truths: Sequence[str | Sequence[str]],
    *,
    right: Sequence[bool] | None = None,
    columns: int = 4,
    size: float = 2.1,
    title: str = "",
) -> Picture:
    """Draw pictures with the sampled and a true caption below each.

    Args:
        pictures: (N, H, W, 3) or (N, 3, H, W), or grey, (N, H, W).
        sampled: what was said of each, (N,).
        truths: what is true of each, (N,): a caption, or several, of which the one nearest to
            the sampled caption is shown, the first of equally near ones.
        right: whether each sampled caption is right, (N,), told by word and sign. None: no
            verdict, as for photos, of which many things are true.
        columns: pictures in a row.
        size: width of a picture, inches.
        title: what they are.

    Returns:
        The picture; its words hold all captions and verdicts.

    Raises:
        ValueError: no pictures, captions or verdicts that do not fit them, or no truth.
    """
    truths = _nearest(sampled, truths)
    _expect_fit(len(pictures), sampled=sampled, truths=truths, right=right)
    N, columns = len(pictures), min(columns, len(pictures))
    rows = -(-N // columns)
    below = [_lines(said, true, size) for said, true in zip(sampled, truths, strict=True)]
    H, W, *colour = image_shape(pictures[0])
    height = size * H / W + _LINE * max(text.count("\n") + 1 for text in below) + 0.14
    height += 0 if right is None else _MARK
    with styled():
        figure = new_figure((size + 0.14) * columns + 0.1, height * rows + (0.4 if title else 0.1))
        for which, axes in enumerate(figure.subplots(rows, columns, squeeze=False).flat):
            if which >= N:
                axes.set_axis_off()
                continue
            draw_image(axes, pictures[which])
            axes.set(xticks=(), yticks=(), anchor="N")
            axes.spines[:].set_visible(False)
            axes.set_xlabel(below[which], fontsize=8.5, x=0, ha="left", labelpad=3)
            if right is not None:
                _judge(axes, bool(right[which]))
        entitle(figure, title)
    kind = f"{H} by {W} pixels{' in colour' if colour else ''}"
    alt = f"{title or 'Pictures with captions'}: {counted(N, 'picture')} of {kind}"
    if right is not None:
        alt += f", {int(np.sum(right))} of {N} captions right"
    return Picture(figure, f"{alt}. {_told(sampled, truths, right)}")


def _nearest(sampled: Sequence[str], truths: Sequence[str | Sequence[str]]) -> list[str]:
    """Of the captions of each picture the one with the fewest words to change."""
    if len(sampled) != len(truths):
        raise ValueError(
            f"truths: expected one entry for each of {len(sampled)} sampled captions, got "
            f"{len(truths)}; all captions in one list?"
        )
    chosen = []
    for said, true in zip(sampled, truths, strict=True):
        several = [true] if isinstance(true, str) else list(true)
        if not several:
            raise ValueError("truths: expected a caption or more for each picture, got none")
        words = said.split()
        chosen.append(min(several, key=lambda one: edit_distance(words, one.lower().split())))
    return chosen


def _expect_fit(N: int, **given: Sequence | None) -> None:
    if N == 0:
        raise ValueError("pictures: expected at least one, got none; an empty selection?")
    for name, values in given.items():
        if values is not None and len(values) != N:
            raise ValueError(f"{name}: expected one for each of {N} pictures, got {len(values)}")


def _lines(said: str, true: str, size: float) -> str:
    """Both captions, each in as many lines as it takes, the later ones indented."""
    across = max(14, int(size / _LETTER))
    look = {"width": across, "subsequent_indent": "   "}
    both = (f"sampled: {said or '(nothing)'}", f"true: {true}")
    return "\n".join(line for text in both for line in textwrap.wrap(text, **look))


def _judge(axes: Axes, right: bool) -> None:
    text, colour = ("✓ right", BLUE) if right else ("✗ wrong", VERMILION)
    axes.set_title(text, loc="left", fontsize=9.5, fontweight="bold", color=colour, pad=3)


def _told(sampled: Sequence[str], truths: Sequence[str], right: Sequence[bool] | None) -> str:
    told = []
    for which, (said, true) in enumerate(zip(sampled, truths, strict=True)):
        verdict = "" if right is None else f" ({'right' if right[which] else 'wrong'})"
        said = said or "nothing"
        both = f"sampled and true: {said}" if said == true else f"sampled: {said}"
        other = "" if said == true else f"; true: {true}"
        told.append(f"{which + 1}, {both}{verdict}{other}.")
    return " ".join(told)
