"""Ants and bees of the runs, by name."""

from __future__ import annotations

import functools

import numpy as np

from course_utils.data import Photos, Split, joined, load_insects

NAMES = ("ants-bees", "ants-bees-drawn")


@functools.cache
def load(name: str) -> Photos:
    """Load pictures; a second time they are there already.

    Args:
        name: "ants-bees", photographs; "ants-bees-drawn", drawings.

    Returns:
        The Photos; not yours to change.

    Raises:
        DataError: they are not there; says what to do.
        ValueError: no such name.
    """
    if name not in NAMES:
        raise ValueError(f"data: expected one of {', '.join(NAMES)}, got {name!r}")
    return load_insects("full" if name == "ants-bees" else "quick")


def source(name: str) -> str:
    """One line that says which pictures load(name) gives.

    Args:
        name: as for load.

    Raises:
        DataError: they are not there.
        ValueError: no such name.
    """
    return load(name).source


def parts(name: str, judged: str) -> tuple:
    """What is trained on, what chooses the epoch, and what is judged.

    Args:
        name: as for load.
        judged: "published": trained on all but the test pictures, which choose the best
            epoch, too, as the published figures do; "chosen": our validation part chooses,
            and the test pictures are seen once.

    Returns:
        Three Splits; of "published" the last two are the same.

    Raises:
        ValueError: another way to judge.
    """
    photos = load(name)
    if judged == "published":
        return joined(photos.train, photos.validation), photos.test, photos.test
    if judged == "chosen":
        return photos.train, photos.validation, photos.test
    raise ValueError(f"judged: expected published or chosen, got {judged!r}")


def in_turn(y: np.ndarray, seed: int) -> np.ndarray:
    """Rows in random order, an ant and a bee in turn while there are both, then the rest.

    Args:
        y: labels, (N,).
        seed: of the order.

    Returns:
        (N,), so that the first n are a balanced draw and part of the first n + 1.
    """
    order = np.random.default_rng(seed).permutation(len(y))
    place = np.empty(len(y), int)  # the how-many-th of its class each one is
    for label in np.unique(y):
        own = order[y[order] == label]
        place[own] = np.arange(len(own))
    return order[np.lexsort((y[order], place[order]))]


def shrunk(part: Split, image_shape: tuple[int, ...], side: int) -> Split:
    """The same pictures, smaller: means over squares of pixels.

    Args:
        part: X, uint8 (N, H * W * channels).
        image_shape: (H, W, channels).
        side: pixels of the smaller ones; divides H and W.

    Returns:
        A Split with X of uint8 (N, side * side * channels).

    Raises:
        ValueError: side does not divide both.
    """
    H, W, channels = image_shape
    if H % side or W % side:
        raise ValueError(f"side: expected a divisor of {H} and {W} pixels, got {side}")
    squares = part.X.reshape(-1, side, H // side, side, W // side, channels)
    small = np.stack([picture.mean(axis=(1, 3)) for picture in squares])
    return Split(small.round().astype(np.uint8).reshape(len(small), -1), part.y)
