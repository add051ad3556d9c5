"""Colour photos: CIFAR-10, 60,000 of 32×32 pixels; without them, digits in the same clothes."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import cifar_archives as archives
from . import places
from .decoded import decoded_once
from .digits import Split, load_digits
from .errors import ContentError, DataError
from .fetch import find_file
from .profile import resolve_profile
from .registry import get_set
from .split import stratified_split

_SET = "cifar10"
_OFFICIAL = "cifar-10-binary.tar.gz"
_JPEG = "cifar10-jpeg.tar.xz"
_PICKLED = ("cifar-10-python.tar.gz", "cifar-10-batches-py")
_VALIDATION = 5_000
_SEED = 2009  # fixed: everybody trains and tests on the same photos


@dataclass(frozen=True, eq=False)
class Photos:
    """Pictures to train with, to choose by, and to test with once; `len` counts all of them.

    A row of X is one picture: the pixels row by row, and in each pixel its
    channels (red, green, blue). `images` and `channels_first` give other views
    of the same bytes.

    Args:
        train: for fitting parameters.
        validation: for choosing between models; disjoint from `train`.
        test: for the last figure; disjoint from both.
        profile: "quick" or "full".
        source: one line that says what this is.
        image_shape: (H, W, C), so that D = H·W·C.
        class_names: what each label means.
    """

    train: Split
    validation: Split
    test: Split
    profile: str
    source: str
    image_shape: tuple[int, int, int]
    class_names: tuple[str, ...]

    def __len__(self):
        return len(self.train) + len(self.validation) + len(self.test)

    def __repr__(self):
        size = "×".join(map(str, self.image_shape))
        return (
            f"Photos({self.profile}: {len(self.train):,} train, {len(self.validation):,} "
            f"validation, {len(self.test):,} test; {size}, {len(self.class_names)} classes)"
        )

    def images(self, X: np.ndarray) -> np.ndarray:
        """See rows as pictures, to draw them.

        Args:
            X: rows of this data set, (N, D), any dtype; prepared ones too.

        Returns:
            (N, H, W, C), a view of X where NumPy can make one.

        Raises:
            ValueError: rows of another length.
        """
        D = int(np.prod(self.image_shape))
        if np.ndim(X) != 2 or np.shape(X)[1] != D:
            cause = "; one row is still a batch: X[None, :]" if np.shape(X) == (D,) else ""
            raise ValueError(f"X: expected (N, D) with D = {D}, got {np.shape(X)}{cause}")
        return np.reshape(X, (-1, *self.image_shape))

    def channels_first(self, X: np.ndarray) -> np.ndarray:
        """See rows as convolutions want them.

        Args:
            X: rows of this data set, (N, D), any dtype; prepared ones too.

        Returns:
            (N, C, H, W), a view of X where NumPy can make one.

        Raises:
            ValueError: rows of another length.
        """
        return self.images(X).transpose(0, 3, 1, 2)


def load_photos(profile: str | None = None) -> Photos:
    """Load pictures to classify: colour photos where they may be fetched, digits else.

    Args:
        profile: "quick": the 5,000 digits that are installed, as grey pictures,
            because no package carries photos (`source` says so); "full":
            CIFAR-10, as `load_cifar10`; None: as the environment variable
            COURSE_PROFILE says, else "quick".

    Returns:
        Photos; (H, W, C) is (28, 28, 1) or (32, 32, 3).

    Raises:
        ValueError: an unknown profile.
        DataError: the data are missing, unreachable or broken; says what to do.
    """
    if resolve_profile(profile) == "full":
        return load_cifar10()
    digits = load_digits("quick")
    source = f"digits in place of photos, which the profile 'quick' does not have: {digits.source}"
    parts = (digits.train, digits.validation, digits.test)
    return Photos(*parts, "quick", source, (*digits.image_shape, 1), digits.class_names)


def load_cifar10() -> Photos:
    """Load CIFAR-10: the original pixels, or a copy of them that was re-encoded as JPEG.

    Taken is the first of these: the official archive of the binary version, if
    it is on this computer (COURSE_DATA, `../shared/data` beside a checkout, the
    cache); an archive cifar10-jpeg.tar.xz in one of the first two places, which
    is decoded once; the official archive from the web (170 MB). The version for
    Python is never opened: it is a pickle, which can run any program.

    Returns:
        Photos of 45,000 + 5,000 + 10,000 pictures, each class as often as any
        other in each part, in new arrays: X uint8 (N, 3072), y int64 (N,).
        `source` says which of the two archives it was.

    Raises:
        DataError: the data are missing, unreachable or broken; says what to do.

    Source:
        Krizhevsky (2009), Learning multiple layers of features from tiny
        images. Card: datasets/README.md.
    """
    jpeg = None if _on_this_computer() else _placed(_JPEG)
    try:
        return _official() if jpeg is None else _reencoded(jpeg)
    except DataError as error:
        found = next(filter(None, map(_placed, _PICKLED)), None)
        if found is None:
            raise
        raise DataError(f"{error}\n{_refusal(found)}") from error


def _official() -> Photos:
    path = find_file(_SET, _OFFICIAL)  # its checksum has been compared
    try:
        pictures = archives.read_binary(path, archives.PER_CLASS)
    except ContentError as error:
        raise DataError(f"{path}: this file {error}; wrong entry in registry.toml?") from error
    source = (
        "CIFAR-10, original pixels: its 50,000 training pictures divided 45,000/5,000, each part "
        "with the same mixture, always the same way; tested on the official 10,000"
    )
    test = Split(pictures.X_test, pictures.y_test)
    return _photos(pictures, test, source)


def _reencoded(path: Path) -> Photos:
    def make(archive: Path) -> dict[str, np.ndarray]:
        return archives.read_jpeg(archive, archives.PER_CLASS)._asdict()

    try:
        pictures = archives.Pictures(**decoded_once(path, _SET, make))
    except (ContentError, OSError) as error:
        reason = error if isinstance(error, ContentError) else f"cannot be read ({error})"
        raise DataError(
            f"{path}: this file {reason}.\n"
            "It should hold CIFAR-10 as JPEG pictures, train/<class>/NNNN.jpg and "
            "test/<class>/NNNN.jpg.\n"
            "What to do: copy it there again from a good source, or delete it, and the "
            "original pictures will be downloaded."
        ) from error
    source = (
        "CIFAR-10, re-encoded as JPEG, so a little less sharp than the original: its 50,000 "
        "training pictures divided 45,000/5,000, each part with the same mixture, always the "
        "same way; tested on its 10,000 test pictures"
    )
    # The archive is sorted by class; a batch of neighbours would hold only one.
    rows = np.random.default_rng(_SEED).permutation(len(pictures.y_test))
    test = Split(pictures.X_test[rows], pictures.y_test[rows])
    return _photos(pictures, test, source)


def _photos(pictures: archives.Pictures, test: Split, source: str) -> Photos:
    X, y = pictures.X_train, pictures.y_train
    sizes = len(y) - _VALIDATION, _VALIDATION
    rows = stratified_split(y, sizes, np.random.default_rng(_SEED))
    train, validation = (Split(X[part], y[part]) for part in rows)
    names, shape = archives.CLASS_NAMES, archives.IMAGE_SHAPE
    return Photos(train, validation, test, "full", source, shape, names)


def _on_this_computer() -> bool:
    """Whether there is a copy of the official archive; `find_file` will judge it."""
    names = get_set(_SET).file(_OFFICIAL).names
    cached = places.cache_root() / _SET / _OFFICIAL
    return any(map(_placed, names)) or os.path.isfile(cached)


def _placed(name: str) -> Path | None:
    """The copy that somebody put on this computer, a file or a folder; None without one."""
    folder = places.course_data()
    if folder is not None and not os.path.isdir(folder):
        return None  # a slip, not to be passed over: `find_file` says what is wrong with it
    return places.placed_by_hand(_SET, name)


def _refusal(found: Path) -> str:
    return (
        f"Found, but not opened: {found}. This is the version for Python, a pickle, and opening "
        "a pickle can run any program that somebody hid in it. Take the binary version, "
        f"{_OFFICIAL}, from the same page."
    )
