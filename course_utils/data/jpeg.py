"""One JPEG picture out of bytes that somebody else made, at the size that a net wants."""

from __future__ import annotations

import io
import struct

import numpy as np

from .errors import ContentError

MOST_PIXELS = 50_000_000  # a camera's picture; a header may promise gigabytes


def decode_jpeg(name: str, content: bytes, size: int | None = None) -> np.ndarray:
    """Unpack a picture, and squash it to a square if asked.

    Args:
        name: how errors call it.
        content: a JPEG file.
        size: height and width to give, in pixels; None keeps those of the file.

    Returns:
        (H, W, 3) uint8: red, green, blue.

    Raises:
        ContentError: no whole JPEG picture, or one of absurd size.
    """
    from PIL import Image  # here, because only those who read photographs need it

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise ContentError(
                    f"holds {name} of {picture.width}×{picture.height} pixels; "
                    f"at most {MOST_PIXELS:,} were expected"
                )
            if size is None or picture.size == (size, size):
                return np.asarray(picture.convert("RGB"))
            # The decoder can halve a picture at no cost; the filter does the rest.
            picture.draft("RGB", (2 * size, 2 * size))
            square = picture.convert("RGB").resize((size, size), Image.Resampling.BICUBIC)
            return np.asarray(square)
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise ContentError(f"holds {name}, which is no whole JPEG picture ({error})") from None
