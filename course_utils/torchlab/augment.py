"""Pictures changed at random while training: mirrored, shifted, with a piece cut out.

All functions take and give tensors (N, C, H, W) of any dtype, and change nothing in place.
"""

from dataclasses import dataclass
from math import prod

import torch
from torch.nn.functional import pad


@dataclass(frozen=True)
class Augment:
    """Mirror, shift and cut out, in this order; what is 0 is left out.

    Args:
        image_shape: (H, W, C), or (H, W) for grey pictures.
        flip: probability that a picture is mirrored left to right.
        shift: the most pixels that a picture moves, along each axis.
        cutout: side of the square that is cut out, pixels.
        shift_fill: value of the pixels that a shift leaves empty, such as 0 for black;
            None repeats the nearest pixel of the border.
        cutout_fill: value of the square.

    Raises:
        ValueError: a setting out of range.

    Source:
        DeVries and Taylor, Improved regularization of convolutional neural networks with
        cutout, 2017; flips and shifts as in Krizhevsky et al., NIPS 2012.
    """

    image_shape: tuple[int, ...]
    flip: float = 0.0
    shift: int = 0
    cutout: int = 0
    shift_fill: float | None = None
    cutout_fill: float = 0

    def __post_init__(self):
        if len(self.image_shape) not in (2, 3) or min(self.image_shape) < 1:
            raise ValueError(f"image_shape: expected (H, W, C) or (H, W), got {self.image_shape}")
        _expect_probability(self.flip)
        _expect_pixels("shift", self.shift)
        _expect_pixels("cutout", self.cutout)

    def __call__(self, X, generator):
        """Change each picture of a batch at random.

        Args:
            X: rows (N, H*W*C), as the data sets hold them, or pictures (N, C, H, W).
            generator: torch.Generator, on the CPU.

        Returns:
            A new tensor of the shape and dtype of X.

        Raises:
            ValueError: a batch of another shape.
        """
        height, width, channels = (*self.image_shape, 1)[:3]
        as_rows = X.ndim == 2
        if X.shape[1:] not in ((prod(self.image_shape),), (channels, height, width)):
            raise ValueError(
                f"X: expected rows (N, {prod(self.image_shape)}) or pictures "
                f"(N, {channels}, {height}, {width}), got {tuple(X.shape)}"
            )
        if as_rows:
            X = X.reshape(-1, height, width, channels).permute(0, 3, 1, 2)
        if self.flip:
            X = flip_left_right(X, generator, self.flip)
        if self.shift:
            X = shift_pictures(X, generator, self.shift, self.shift_fill)
        if self.cutout:
            X = cut_out(X, generator, self.cutout, self.cutout_fill)
        return X.permute(0, 2, 3, 1).reshape(len(X), -1) if as_rows else X.contiguous()


def flip_left_right(X, generator, probability=0.5):
    """Mirror some pictures left to right.

    Args:
        X: (N, C, H, W).
        generator: torch.Generator, on the CPU.
        probability: of being mirrored, for each picture.

    Returns:
        A new tensor, (N, C, H, W).

    Raises:
        ValueError: a probability out of range.
    """
    _expect_probability(probability)
    mirrored = torch.rand(len(X), generator=generator) < probability  # (N,)
    return torch.where(mirrored.to(X.device)[:, None, None, None], X.flip(3), X)


def shift_pictures(X, generator, pixels, fill=None):
    """Move each picture by up to some pixels along both axes, and fill what is left empty.

    Repeating the border leaves no frame around a photo, and a frame is what a fully
    connected net would notice first.

    Args:
        X: (N, C, H, W).
        generator: torch.Generator, on the CPU.
        pixels: the most that a picture moves; all moves from -pixels to pixels are
            equally likely.
        fill: value of the empty pixels; None repeats the nearest pixel of the border.

    Returns:
        A new tensor, (N, C, H, W).

    Raises:
        ValueError: pixels below 0.
    """
    _expect_pixels("pixels", pixels)
    N, _, H, W = X.shape
    if fill is None:  # PyTorch's own repetition knows no bytes
        wide = X.index_select(2, _repeated(H, pixels, X.device))
        wide = wide.index_select(3, _repeated(W, pixels, X.device))
    else:
        wide = pad(X, (pixels,) * 4, value=fill)  # (N, C, H + 2 pixels, W + 2 pixels)
    windows = wide.unfold(2, H, 1).unfold(3, W, 1)  # (N, C, rows, columns, H, W), a view
    top, left = torch.randint(0, 2 * pixels + 1, (2, N), generator=generator).to(X.device)
    return windows[torch.arange(N, device=X.device), :, top, left]


def _repeated(length, pixels, device):
    """Positions 0, 0, 0, 1, 2 ... along an axis that is longer by some pixels at both ends."""
    return torch.arange(-pixels, length + pixels, device=device).clamp(0, length - 1)


def cut_out(X, generator, size, fill=0):
    """Paint a square of each picture over; near a border a part of it falls outside.

    Args:
        X: (N, C, H, W).
        generator: torch.Generator, on the CPU.
        size: side of the square, pixels; its centre may be any pixel.
        fill: value of the painted pixels.

    Returns:
        A new tensor, (N, C, H, W).

    Raises:
        ValueError: a size below 0.
    """
    _expect_pixels("size", size)
    N, _, H, W = X.shape

    def inside(length):
        centre = torch.randint(0, length, (N, 1), generator=generator)
        first = centre - size // 2  # (N, 1)
        place = torch.arange(length)
        return ((place >= first) & (place < first + size)).to(X.device)  # (N, length)

    rows, columns = inside(H), inside(W)
    return X.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], fill)


def _expect_probability(value):
    if not 0 <= value <= 1:
        raise ValueError(f"flip: expected a probability from 0 to 1, got {value!r}")


def _expect_pixels(name, value):
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{name}: expected a whole number of pixels from 0 on, got {value!r}")
