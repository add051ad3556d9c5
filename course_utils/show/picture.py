"""A figure together with words that say what it shows."""

from __future__ import annotations

import base64
import functools
import html
import io

import numpy as np
from matplotlib.figure import Figure

from course_utils.show.style import styled

DPI = 110
_QUICK_DPI = 100


class Picture:
    """What every plot of the course returns: displayed as an image with alt text.

    JupyterLab shows alt text only for images inside HTML, nbconvert reads it
    from the metadata, a terminal prints the words: so all three are given.

    Args:
        figure: what is drawn.
        alt: what is to be seen, in words, computed from the data.
    """

    def __init__(self, figure: Figure, alt: str) -> None:
        if not alt.strip():
            raise ValueError("Picture: expected a description of the figure, got an empty text")
        self.figure, self.alt = figure, alt

    @functools.cached_property
    def png(self) -> bytes:
        """The figure as PNG, with at most 256 colours: a quarter of the size, no visible loss."""
        from PIL import Image

        raw = io.BytesIO()
        with styled():
            self.figure.savefig(raw, format="png", dpi=DPI, metadata={"Software": None})
        image = Image.open(raw).convert("RGB")
        small = io.BytesIO()
        image.quantize(256, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
        return min(raw.getvalue(), small.getvalue(), key=len)

    def quick_png(self) -> bytes:
        """The figure as PNG in less time and more bytes, for one that changes under the hand."""
        raw = io.BytesIO()
        with styled():
            self.figure.savefig(raw, format="rgba", dpi=_QUICK_DPI)
            width, height = (round(_QUICK_DPI * inches) for inches in self.figure.get_size_inches())
        return fast_png(np.frombuffer(raw.getvalue(), np.uint8).reshape(height, width, 4))

    def html(self, png: bytes) -> str:
        """An image element with the alt text.

        Args:
            png: the figure, drawn at any resolution.
        """
        # Shown at 100 dots an inch; drawn at DPI, it stays sharp when zoomed.
        width = round(self.figure.get_figwidth() * 100)
        alt = html.escape(self.alt, quote=True)
        encoded = base64.b64encode(png).decode("ascii")
        return (
            f'<img alt="{alt}" style="width:{width}px;max-width:100%" '
            f'src="data:image/png;base64,{encoded}">'
        )

    def _repr_mimebundle_(self, include=None, exclude=None):
        data = {
            "text/plain": self.alt,
            "text/html": self.html(self.png),
            "image/png": base64.b64encode(self.png).decode("ascii"),
        }
        return data, {"image/png": {"alt": self.alt}}

    def __repr__(self) -> str:
        return self.alt


def fast_png(pixels: np.ndarray) -> bytes:
    """Encode pixels with little compression.

    Args:
        pixels: (H, W, 4), uint8.
    """
    from PIL import Image

    raw = io.BytesIO()
    Image.fromarray(np.asarray(pixels)).convert("RGB").save(raw, format="png", compress_level=1)
    return raw.getvalue()
