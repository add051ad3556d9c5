"""Which pixels a unit of each layer sees."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.patches import Rectangle

from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.style import COLOURS, DASHES, entitle, new_figure, styled


def receptive_fields(
    image: np.ndarray, fields: Mapping[str, tuple[int, int, int, int]], *, title: str = ""
) -> Picture:
    """Draw a picture with a frame around the pixels that one unit of each layer sees.

    Args:
        image: (H, W) or (H, W, 3).
        fields: layer to (top, left, height, width) in pixels, from the input on; frames may
            reach over the edge, where the picture was padded.
        title: what the figure is to show.

    Returns:
        The picture; its words tell the size and the place of each frame.

    Raises:
        ValueError: a field without pixels.
    """
    H, W = np.shape(image)[:2]
    for name, (_, _, height, width) in fields.items():
        if height < 1 or width < 1:
            raise ValueError(f"fields[{name!r}]: expected 1 pixel or more, got {height} by {width}")
    with styled():
        figure = new_figure(5.6, 3.9)
        axes = figure.subplots()
        draw_image(axes, image)
        for which, (name, (top, left, height, width)) in enumerate(fields.items()):
            axes.add_patch(
                Rectangle(
                    (left - 0.5, top - 0.5), width, height, fill=False, clip_on=False,
                    edgecolor=COLOURS[which % len(COLOURS)],
                    linestyle=DASHES[which % len(DASHES)], linewidth=2.2,
                    label=f"{name}: {height}×{width}",
                )
            )  # fmt: skip
        axes.set(xlabel="column", ylabel="row")
        axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5))
        entitle(figure, title)
    told = "; ".join(
        f"{name} sees {height} by {width} pixels from row {top}, column {left}"
        f"{', over the edge' if _beyond(H, W, top, left, height, width) else ''}"
        for name, (top, left, height, width) in fields.items()
    )
    return Picture(figure, f"{title or 'Receptive fields'}, in a picture of {H} by {W}: {told}.")


def _beyond(H: int, W: int, top: int, left: int, height: int, width: int) -> bool:
    return top < 0 or left < 0 or top + height > H or left + width > W
