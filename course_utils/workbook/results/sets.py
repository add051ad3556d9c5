"""The data of the runs by name: loaded once in a process, split as the settings say."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np

from course_utils.data import Split, load_digits, read_file
from course_utils.data.idx import parse_idx
from course_utils.data.photos import load_cifar10

_TAIL = 5_000


@dataclass(frozen=True, eq=False)
class Set:
    """Three parts, and one line that says what they are.

    Args:
        train: for fitting, X uint8 (N, D), y int64 (N,).
        validation: for choosing.
        test: for the last figure.
        source: where it comes from and how it was divided.
    """

    train: Split
    validation: Split
    test: Split
    source: str


def load(name: str) -> Set:
    """Load a data set; a second time it is there already.

    Args:
        name: "digits" (the 5,000 of the quick profile), "mnist" (divided by class at
            random), "mnist-tail" (its last 5,000 training digits validate) or "photos".

    Returns:
        The Set; not yours to change.

    Raises:
        DataError: it is not there and cannot be fetched; says what to do.
        ValueError: no such name.
    """
    if name not in _LOADERS:
        raise ValueError(f"data: expected one of {', '.join(_LOADERS)}, got {name!r}")
    return _load(name)


@functools.cache
def _load(name: str) -> Set:
    return _LOADERS[name]()


def _digits(profile: str) -> Set:
    digits = load_digits(profile)
    return Set(digits.train, digits.validation, digits.test, digits.source)


def _mnist_tail() -> Set:
    X, y = _mnist_part("train")
    source = (
        f"MNIST: the last {_TAIL:,} of its 60,000 training digits validate, as is the custom; "
        "tested on the official 10,000"
    )
    head, tail = slice(None, -_TAIL), slice(-_TAIL, None)
    return Set(
        Split(X[head], y[head]), Split(X[tail], y[tail]), Split(*_mnist_part("t10k")), source
    )


def _mnist_part(part: str) -> tuple[np.ndarray, np.ndarray]:
    """The digits in the order of the official file, which load_digits does not keep."""
    images, labels = f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"
    X = parse_idx(read_file("mnist", images), 3, images)
    y = parse_idx(read_file("mnist", labels), 1, labels)
    return X.reshape(len(X), -1), y.astype(np.int64)


def _photos() -> Set:
    photos = load_cifar10()
    return Set(photos.train, photos.validation, photos.test, photos.source)


_LOADERS = {
    "digits": functools.partial(_digits, "quick"),
    "mnist": functools.partial(_digits, "full"),
    "mnist-tail": _mnist_tail,
    "photos": _photos,
}
