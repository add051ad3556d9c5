"""Square pictures out of larger ones: scaled, then the middle, with room to move if asked for."""

from __future__ import annotations

import numpy as np

# As ImageNet's nets are evaluated: the short side scaled to 256, then the middle 224.
_SCALED, _KEPT = 256, 224
SMALLEST = 32


def scaled_side(size: int) -> int:
    """The short side that a picture is scaled to before its middle is taken.

    Args:
        size: side of the part that a net sees, pixels; 224 gives 256.
    """
    return round(size * _SCALED / _KEPT)


def check_framing(size: int, margin: int, largest: int) -> None:
    """Refuse what no picture can be cut to.

    Args:
        size: side of the part that a net sees, pixels.
        margin: pixels kept beyond it on each side.
        largest: the most that `size` may be.

    Raises:
        ValueError: out of range.
    """
    if isinstance(size, bool) or not isinstance(size, (int, np.integer)):
        raise ValueError(f"size: expected a whole number of pixels, got {size!r}")
    if not SMALLEST <= size <= largest:
        raise ValueError(f"size: expected {SMALLEST} to {largest} pixels, got {size}")
    most = (scaled_side(size) - size) // 2
    if isinstance(margin, bool) or not isinstance(margin, (int, np.integer)):
        raise ValueError(f"margin: expected a whole number of pixels, got {margin!r}")
    if not 0 <= margin <= most:
        raise ValueError(
            f"margin: expected 0 to {most} pixels, got {margin}; pictures are scaled to "
            f"{scaled_side(size)} pixels before the middle {size} are taken"
        )


def middle(pictures: np.ndarray, side: int) -> np.ndarray:
    """The middle of each picture, a view.

    Args:
        pictures: (..., H, W, C).
        side: of the square that is kept, pixels, at most H and W.

    Returns:
        (..., side, side, C).

    Raises:
        ValueError: larger than the pictures.
    """
    H, W = pictures.shape[-3:-1]
    if not 1 <= side <= min(H, W):
        raise ValueError(f"side: expected 1 to {min(H, W)} pixels, got {side}")
    top, left = (H - side) // 2, (W - side) // 2
    return pictures[..., top : top + side, left : left + side, :]
