"""Sets of drawings: numbered, seeded, balanced, and different in each split."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np

from ..framing import check_framing, scaled_side

CLASS_NAMES = ("ant", "bee")
SPLITS = ("train", "validation", "test")
VERSION = 1  # raise it with every change of what a seed gives
LARGEST = 448
_STREAM = 20170901  # keeps these drawings apart from all else that is drawn with the same seed


@dataclass(frozen=True, eq=False)
class Drawings:
    """Drawings and what they show; `len` counts them.

    Args:
        pictures: uint8 (N, H, W, 3), red, green and blue, 0 to 255.
        labels: int64 (N,), 0 for an ant and 1 for a bee.
        split: one of `SPLITS`.
        seed: what they were drawn with.
    """

    pictures: np.ndarray
    labels: np.ndarray
    split: str
    seed: int

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        side = self.pictures.shape[1]
        return f"Drawings({len(self):,} of the split {self.split}; {side}×{side} pixels)"

    @property
    def sha256(self) -> str:
        """Of the pixels and labels: the same drawings, the same hash."""
        digest = hashlib.sha256(f"{VERSION} {self.pictures.shape}".encode())
        digest.update(np.ascontiguousarray(self.pictures))
        digest.update(self.labels.astype("<i8"))
        return digest.hexdigest()


def draw_insects(
    count: int, split: str = "train", *, size: int = 96, margin: int = 0, seed: int = 0
) -> Drawings:
    """Draw ants and bees on clutter, as many of each.

    Body, pose, colours, surroundings, light and noise are drawn at random; both insects
    take their colours from the same ones. Drawing k depends on seed, split and k only:
    the first ten of twenty are the ten of ten, and at another size the same things are to
    be seen. Splits never share a drawing.

    Args:
        count: how many.
        split: "train", "validation" or "test".
        size: side of the pictures, 32 to 448 pixels.
        margin: pixels kept beyond it on each side, as for `load_hymenoptera`.
        seed: whole number from 0 on; another seed gives other drawings.

    Returns:
        Drawings; of two neighbours, 2 k and 2 k + 1, one is an ant and one is a bee.

    Raises:
        ValueError: a number out of range or an unknown split.
    """
    from .scene import draw_picture  # here, because Pillow is not needed before

    check_framing(size, margin, LARGEST)
    _check_counts(count, split, seed)
    kept = size + 2 * margin
    pictures = np.empty((count, kept, kept, 3), dtype=np.uint8)
    labels = np.empty(count, dtype=np.int64)
    for k in range(count):
        stream = [_STREAM, VERSION, seed, SPLITS.index(split)]
        pair_is_turned = np.random.default_rng([*stream, 0, k // 2]).integers(2)
        labels[k] = (k + pair_is_turned) % 2
        rng = np.random.default_rng([*stream, 1, k])
        pictures[k] = draw_picture(rng, int(labels[k]), scaled_side(size), kept)
    return Drawings(pictures, labels, split, seed)


def _check_counts(count: int, split: str, seed: int) -> None:
    for name, value, least in (("count", count, 1), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < least:
            raise ValueError(f"{name}: expected a whole number from {least} on, got {value!r}")
    if split not in SPLITS:
        raise ValueError(f"split: expected one of {', '.join(SPLITS)}, got {split!r}")
