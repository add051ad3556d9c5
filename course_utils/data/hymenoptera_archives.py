"""Photographs of ants and bees out of an archive: the published zip, or a smaller copy in a tar."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from .archives import read_members
from .errors import ContentError
from .jpeg import decode_jpeg

CLASS_NAMES = ("ant", "bee")
PARTS = ("train", "val")
COUNTS = {"train": (123, 121), "val": (70, 83)}  # of each class
SQUARE = 256  # side of the pictures, pixels

_FOLDERS = ("ants", "bees")
# One folder at most stands before: a zip packed on a Mac has a second tree, __MACOSX, with
# small files of the same names. Other endings are passed over: the published archive holds
# a GIF among its ants, which says that an image was not found.
_NAME = re.compile(r"(?:[^/]+/)?(train|val)/(ants|bees)/([^/.][^/]*\.jpe?g)", re.IGNORECASE)
_PHOTO_BYTES = 8 << 20
_ARCHIVE_BYTES = 120 << 20


def read_squares(path: Path) -> dict[str, np.ndarray]:
    """Read all photographs and make them squares of one size.

    The short side is scaled to 256 pixels and the middle 256×256 are kept. Turned
    pictures stay as their pixels are stored, as in the published results.

    Args:
        path: the archive, a zip or a tar, packed or not.

    Returns:
        X_train and X_val, uint8 (N, 256, 256, 3); y_train and y_val, int64 (N,), 0 for
        ants and 1 for bees; sorted by class, in each by name.

    Raises:
        ContentError: damaged, not the expected number of photographs, or no JPEG.
        OSError: it cannot be read.
    """
    found: dict[str, dict[tuple[int, str], np.ndarray]] = {part: {} for part in PARTS}
    for name, content in read_members(path, _most_bytes, limit=_ARCHIVE_BYTES):
        part, folder, file = _NAME.fullmatch(name).groups()
        place = _FOLDERS.index(folder.lower()), file
        if place in found[part.lower()]:
            raise ContentError(f"holds two photographs {part}/{folder}/{file}")
        found[part.lower()][place] = _square(name, content)
    arrays = {}
    for part, photos in found.items():
        _check_counts(part, [label for label, _ in photos])
        chosen = sorted(photos)
        arrays[f"X_{part}"] = np.stack([photos[place] for place in chosen])
        arrays[f"y_{part}"] = np.array([label for label, _ in chosen], dtype=np.int64)
    return arrays


def _most_bytes(name: str) -> int:
    return _PHOTO_BYTES if _NAME.fullmatch(name) else 0


def _square(name: str, content: bytes) -> np.ndarray:
    from PIL import Image  # here, because most lessons never need it

    photo = decode_jpeg(name, content)
    height, width = photo.shape[:2]
    short = min(height, width)
    left, top = (width - short) / 2, (height - short) / 2
    box = (left, top, left + short, top + short)
    square = Image.fromarray(photo).resize((SQUARE, SQUARE), Image.Resampling.BICUBIC, box=box)
    return np.asarray(square)


def _check_counts(part: str, labels: list[int]) -> None:
    for label, expected in enumerate(COUNTS[part]):
        got = labels.count(label)
        if got != expected:
            folder = f"{part}/{_FOLDERS[label]}"
            raise ContentError(f"holds {got} photographs {folder}/NAME.jpg, expected {expected}")
