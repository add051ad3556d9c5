"""The Olivetti faces, for principal components: only in the profile "full"."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import places
from .digits import Split
from .errors import DataError
from .fetch import read_file
from .profile import resolve_profile

_SET, _FILE = "faces", "olivettifaces.mat"
_PAIR = ("olivetti_faces.npy", "olivetti_faces_target.npy")
_PICKLED = ("olivetti_py3.pkz", "olivetti.pkz")
_IMAGE_SHAPE = (64, 64)
_D = _IMAGE_SHAPE[0] * _IMAGE_SHAPE[1]
_PER_PERSON = 10
_BESIDE = (
    f"What to do: write both files anew, np.save('{_PAIR[0]}', faces.images) and "
    f"np.save('{_PAIR[1]}', faces.target), or take them away: then {_FILE} is looked for."
)
_ANEW = f"What to do: take {_FILE} away, and it will be downloaded; or put a good copy there."


@dataclass(frozen=True, eq=False)
class Faces(Split):
    """Pictures of faces and who it is, row by row; `len` counts the pictures.

    Args:
        X: uint8 (N, D), pixels from 0 (black) to 255 (white), read row by row.
        y: int64 (N,), the number of the person.
        source: one line that says what this is.
        image_shape: (H, W).
    """

    source: str
    image_shape: tuple[int, int] = _IMAGE_SHAPE

    @property
    def images(self) -> np.ndarray:
        """The same pixels as pictures: (N, H, W)."""
        return self.X.reshape(len(self), *self.image_shape)

    def __repr__(self):
        height, width = self.image_shape
        people = len(np.unique(self.y))
        return f"Faces({len(self):,} pictures of {people} people; {height}×{width} pixels)"


def load_faces(profile: str | None = None) -> Faces:
    """Load the Olivetti faces: 40 people, 10 pictures of each, sorted by person.

    Taken is the first of these: a pair of arrays olivetti_faces.npy and
    olivetti_faces_target.npy in COURSE_DATA (or its folder faces) or in
    `../shared/data/faces`; the file olivettifaces.mat in the same places, in the
    cache, or from the web (4 MB), its checksum compared. The pair has no
    checksum: shapes and range are checked in its place. A pickle, as
    scikit-learn keeps them, is never opened: it can run any program.

    Args:
        profile: "full": as above; "quick": a DataError, as no package carries
            faces and quick asks no network, so that a lesson can say so and go
            on; None: as the environment variable COURSE_PROFILE says, else "quick".

    Returns:
        New arrays at each call, yours to change: X uint8 (400, 4096), y int64 (400,).

    Raises:
        ValueError: an unknown profile.
        DataError: not in this profile, missing, unreachable or broken; says what to do.

    Source:
        AT&T Laboratories Cambridge; Samaria and Harter (1994), Parameterisation of
        a stochastic model for human face identification. Card: datasets/README.md.
    """
    if resolve_profile(profile) == "quick":
        raise DataError(
            "faces: the profile 'quick' has none, since no installed package carries them. "
            "load_faces('full') takes them from this computer or fetches them (4 MB); the "
            "digits do for every exercise."
        )
    pair = [places.placed_by_hand(_SET, name) for name in _PAIR]
    if any(pair):
        return _from_pair(*pair)
    try:
        return _from_matlab(read_file(_SET, _FILE))
    except DataError as error:
        found = next((p for n in _PICKLED if (p := places.placed_by_hand(_SET, n))), None)
        if found is None:
            raise
        raise DataError(f"{error}\n{_refusal(found)}") from error


def _from_matlab(content: bytes) -> Faces:
    """Columns of pixels, each picture column by column, ten for a person."""
    try:
        from scipy.io import loadmat  # here, because most lessons never need it
    except ImportError as error:
        raise DataError(f"{_FILE}: SciPy reads this format; pip install scipy") from error
    try:
        columns = loadmat(io.BytesIO(content), variable_names=["faces"])["faces"]
    except Exception as error:  # SciPy has errors of its own for what it cannot read
        raise DataError(
            f"{_FILE}: no array 'faces' can be read from it ({error!r}).\n{_ANEW}"
        ) from error
    if columns.ndim != 2 or len(columns) != _D or columns.shape[1] % _PER_PERSON:
        raise DataError(
            f"{_FILE}: expected 'faces' with {_D} pixels by {_PER_PERSON} pictures for each "
            f"person, got {columns.shape}; wrong entry in registry.toml?"
        )
    height, width = _IMAGE_SHAPE
    upright = columns.T.reshape(-1, width, height).transpose(0, 2, 1)
    y = np.arange(len(upright)) // _PER_PERSON
    return _faces(_pixels(upright, _FILE), y, f"the file {_FILE}")


def _from_pair(images: Path | None, labels: Path | None) -> Faces:
    found = images or labels
    if images is None or labels is None:
        missing = _PAIR[images is not None]
        raise DataError(
            f"{found}: beside this file expected {missing}: pictures and who it is.\n{_BESIDE}"
        )
    X, y = _array(images), _array(labels)
    if X.shape[1:] not in (_IMAGE_SHAPE, (_D,)) or not len(X):
        raise DataError(
            f"{images}: expected pictures (N, 64, 64) or rows (N, {_D}), got {X.shape}.\n{_BESIDE}"
        )
    if y.dtype.kind not in "iu" or y.shape != (len(X),) or y.min() < 0:
        raise DataError(
            f"{labels}: expected ({len(X)},) numbers of people from 0 on, one for each picture, "
            f"got {y.dtype} {y.shape}.\n{_BESIDE}"
        )
    return _faces(_pixels(X, images), y, f"the arrays in {images.name}, given without checksum")


def _array(path: Path) -> np.ndarray:
    try:
        array = np.load(path, allow_pickle=False)  # a pickle can run any program
    except (OSError, ValueError, EOFError) as error:
        raise DataError(f"{path}: cannot be read as an array ({error}).\n{_BESIDE}") from error
    if not isinstance(array, np.ndarray):
        raise DataError(
            f"{path}: expected one array as np.save writes it, got {type(array)}.\n{_BESIDE}"
        )
    return array


def _pixels(X: np.ndarray, where: Path | str) -> np.ndarray:
    """Any array of pixels from 0 to 1 or to 255 as bytes, (N, D)."""
    rows = X.reshape(len(X), -1)
    if rows.dtype.kind in "iuf":
        lowest, highest = rows.min(), rows.max()
        if rows.dtype.kind == "f" and lowest >= 0 and highest <= 1:
            return np.rint(rows * 255).astype(np.uint8)
        if lowest >= 0 and highest <= 255 and np.array_equal(rows, np.rint(rows)):
            return rows.astype(np.uint8)
    raise DataError(
        f"{where}: expected pixels from 0 to 1 or whole ones from 0 to 255, got {rows.dtype}"
        + (f" from {rows.min():g} to {rows.max():g}" if rows.dtype.kind in "iuf" else "")
        + f".\n{_BESIDE}"
    )


def _faces(X: np.ndarray, y: np.ndarray, where: str) -> Faces:
    source = (
        f"Olivetti faces: {len(X):,} pictures of {len(np.unique(y))} people, from {where}; "
        "credit: AT&T Laboratories Cambridge"
    )
    return Faces(X, y.astype(np.int64), source)


def _refusal(found: Path) -> str:
    return (
        f"Found, but not opened: {found}. This is a pickle, as scikit-learn keeps its data, and "
        "opening a pickle can run any program that somebody hid in it. If you made it yourself, "
        "write the arrays beside it:\n"
        "  faces = sklearn.datasets.fetch_olivetti_faces()\n"
        f"  np.save('{_PAIR[0]}', faces.images); np.save('{_PAIR[1]}', faces.target)"
    )
