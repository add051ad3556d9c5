"""Ants and bees of the runs, by name."""

from __future__ import annotations

import functools

from course_utils.data import Photos, joined, load_insects

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
