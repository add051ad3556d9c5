"""Ants and bees: 397 photographs, the small target of every first lesson on transfer."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

from . import hymenoptera_archives as archives
from . import places
from .decoded import decoded_once
from .digits import Split
from .errors import ContentError, DataError
from .fetch import find_file
from .framing import check_framing, middle, scaled_side
from .photos import Photos
from .registry import get_set
from .split import stratified_split

_SET = "hymenoptera"
_OFFICIAL = "hymenoptera_data.zip"
_SMALLER = "hymenoptera_data.tar"
_VALIDATION = 48
_SEED = 2017  # fixed: everybody trains and tests on the same photographs
SIZE = 224  # what nets pretrained on ImageNet are made for; no larger one is kept


def load_hymenoptera(*, size: int = SIZE, margin: int = 0) -> Photos:
    """Load the photographs, each scaled and cut to a square of one size.

    The short side is scaled to 8/7 of `size` and the middle is kept, so that 224 gives
    the usual "256, then the middle 224". A margin keeps that many more pixels on each
    side, for a net that shall see the pictures moved about while it trains; `middle` of
    what is loaded with a margin is what is loaded without.

    Taken is the first of these: hymenoptera_data.zip if it is on this computer
    (COURSE_DATA, `../shared/data` beside a checkout, the cache); a smaller copy
    hymenoptera_data.tar in one of the first two places; the zip from the web (47 MB).
    Either is decoded once, at 256×256, and kept in the cache (78 MB).

    The archive has two parts, "train" (244) and "val" (153), and the published figures
    are best accuracies on "val" over all epochs: chosen and reported on the same
    photographs. Here "val" is `test`, and 48 of the 244 are held back as `validation`,
    to choose by. To repeat a published figure, train on
    `joined(photos.train, photos.validation)`, watch the accuracy on `photos.test` and
    take its best; for a figure to rely on, choose by `validation` and test once.

    Args:
        size: side of the pictures, 32 to 224 pixels.
        margin: pixels kept beyond it on each side, at most 16 for 224.

    Returns:
        Photos of 196 + 48 + 153 pictures in new arrays: X uint8 (N, D) with
        D = 3 (size + 2 margin)², y int64 (N,): 0 for ants, 1 for bees. The first two
        parts have the mixture of the 244. `source` says which archive it was.

    Raises:
        ValueError: a size or margin out of range.
        DataError: the data are missing, unreachable or broken; says what to do.

    Source:
        Chilamkurthy (2017), Transfer learning for computer vision, a tutorial of
        PyTorch. Card: datasets/README.md.
    """
    check_framing(size, margin, SIZE)
    smaller = None if _on_this_computer() else _placed(_SMALLER)
    path = find_file(_SET, _OFFICIAL) if smaller is None else smaller
    squares = _squares(path, registered=smaller is None)
    parts = {
        name: Split(_framed(squares[f"X_{name}"], size, margin), squares[f"y_{name}"])
        for name in archives.PARTS
    }
    whole, test = parts["train"], parts["val"]
    sizes = len(whole) - _VALIDATION, _VALIDATION
    rows = stratified_split(whole.y, sizes, np.random.default_rng(_SEED))
    train, validation = (Split(whole.X[part], whole.y[part]) for part in rows)
    # The archive is sorted by class; a batch of neighbours would hold only one.
    order = np.random.default_rng(_SEED).permutation(len(test))
    side = size + 2 * margin
    return Photos(
        train, validation, Split(test.X[order], test.y[order]), "full",
        _source("as published" if smaller is None else "a copy with at most 320 pixels across"),
        (side, side, 3), archives.CLASS_NAMES,
    )  # fmt: skip


def _source(copy: str) -> str:
    return (
        f"ants and bees, photographs ({copy}): the 244 for training divided 196/48, each part "
        "with the same mixture, always the same way; tested on the 153 that the archive calls val"
    )


def _squares(path: Path, registered: bool) -> dict[str, np.ndarray]:
    try:
        return decoded_once(path, _SET, archives.read_squares)
    except (ContentError, OSError) as error:
        reason = error if isinstance(error, ContentError) else f"cannot be read ({error})"
        if registered:
            raise DataError(f"{path}: this file {reason}; wrong entry in registry.toml?") from error
        raise DataError(
            f"{path}: this file {reason}.\n"
            "It should hold photographs of ants and bees, train/ants/NAME.jpg, train/bees/, "
            "val/ants/ and val/bees/.\n"
            "What to do: copy it there again from a good source, or delete it, and the "
            "published archive will be downloaded."
        ) from error


def _framed(squares: np.ndarray, size: int, margin: int) -> np.ndarray:
    """Rows of pixels, in a new array."""
    side = scaled_side(size)
    if side != squares.shape[1]:
        from PIL import Image  # here, because most lessons never need it

        scaled = (
            Image.fromarray(s).resize((side, side), Image.Resampling.BICUBIC) for s in squares
        )
        squares = np.stack([np.asarray(picture) for picture in scaled])
    kept = middle(squares, size + 2 * margin)
    return np.ascontiguousarray(kept).reshape(len(kept), -1)


def _on_this_computer() -> bool:
    """Whether there is a copy of the published archive; `find_file` will judge it."""
    names = get_set(_SET).file(_OFFICIAL).names
    cached = places.cache_root() / _SET / _OFFICIAL
    return any(map(_placed, names)) or os.path.isfile(cached)


def _placed(name: str) -> Path | None:
    """The copy that somebody put on this computer; None without one."""
    folder = places.course_data()
    if folder is not None and not os.path.isdir(folder):
        return None  # a slip, not to be passed over: `find_file` says what is wrong with it
    return places.placed_by_hand(_SET, name)
