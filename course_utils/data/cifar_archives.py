"""CIFAR-10 out of an archive: the official one of bytes, or one of JPEG pictures."""

from __future__ import annotations

import io
import re
import struct
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .errors import ContentError
from .tarball import read_members

CLASS_NAMES = (
    *("airplane", "automobile", "bird", "cat", "deer"),
    *("dog", "frog", "horse", "ship", "truck"),
)
IMAGE_SHAPE = (32, 32, 3)  # (H, W, C)
_H, _W, _C = IMAGE_SHAPE
_D = _H * _W * _C
PER_CLASS = (5_000, 1_000)  # pictures of each class to train and to test with

_RECORD = 1 + _D  # bytes: the label, then red, green and blue, each row by row
_BATCHES = (*(f"data_batch_{i}.bin" for i in range(1, 6)), "test_batch.bin")
_JPEG_NAME = re.compile(rf"(?:[^/]+/)?(train|test)/({'|'.join(CLASS_NAMES)})/(\d{{1,6}})\.jpg")
_JPEG_BYTES = 8_192  # a picture of 32×32 has about 1,000; the raw pixels are 3,072
_OTHER_BYTES = 1 << 20  # for what else an archive may hold: folders, a text about it
_TAR_BLOCK = 512


class Pictures(NamedTuple):
    """Training and test pictures, X uint8 (N, 3072) in the order H, W, C; y int64 (N,)."""

    X_train: np.ndarray
    y_train: np.ndarray
    X_test: np.ndarray
    y_test: np.ndarray


def read_binary(path: Path, per_class: tuple[int, int] = PER_CLASS) -> Pictures:
    """Read the official binary version, cifar-10-binary.tar.gz, in its own order.

    Args:
        path: the archive, already compared with its checksum.
        per_class: how many pictures of each class it has to train and to test with.

    Returns:
        The pictures, in new arrays.

    Raises:
        ContentError: files missing or of the wrong length, or labels above 9.
        OSError: it cannot be read.

    Source:
        https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
    """
    size = per_class[0] * len(CLASS_NAMES) // 5 * _RECORD
    sizes = dict.fromkeys(_BATCHES[:5], size)
    sizes["test_batch.bin"] = per_class[1] * len(CLASS_NAMES) * _RECORD
    found = {}
    limit = sum(sizes.values()) + _OTHER_BYTES
    for name, content in read_members(path, lambda n: sizes.get(_last(n), 0), limit=limit):
        if len(content) != sizes[_last(name)]:
            raise ContentError(
                f"holds {name} with {len(content):,} bytes, expected {sizes[_last(name)]:,}"
            )
        found[_last(name)] = np.frombuffer(content, np.uint8).reshape(-1, _RECORD)
    missing = [name for name in _BATCHES if name not in found]
    if missing:
        raise ContentError(f"does not hold {', '.join(missing)}; another version of CIFAR-10?")
    train = [_records(found[name]) for name in _BATCHES[:5]]
    X_test, y_test = _records(found[_BATCHES[5]])
    X, y = (np.concatenate(part) for part in zip(*train, strict=True))
    return Pictures(X, y, X_test, y_test)


def _records(records: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    y = records[:, 0].astype(np.int64)
    if y.max(initial=0) >= len(CLASS_NAMES):
        raise ContentError(f"holds the label {y.max()}; expected 0 to {len(CLASS_NAMES) - 1}")
    planes = records[:, 1:].reshape(-1, _C, _H, _W)
    return planes.transpose(0, 2, 3, 1).reshape(-1, _D), y  # (N, D) in the order H, W, C


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1]


def read_jpeg(path: Path, per_class: tuple[int, int] = PER_CLASS) -> Pictures:
    """Read an archive of train/<class>/NNNN.jpg and test/<class>/NNNN.jpg, sorted by class.

    Args:
        path: the archive, plain or packed with gzip or xz.
        per_class: how many pictures of each class it must have to train and to test with.

    Returns:
        The pictures, class by class and in each by number: shuffle before use.

    Raises:
        ContentError: pictures missing, too many, of another size, or no JPEG.
        OSError: it cannot be read.
    """
    found: dict[str, dict[tuple[int, int], np.ndarray]] = {"train": {}, "test": {}}
    most = sum(per_class) * len(CLASS_NAMES)
    limit = most * (_JPEG_BYTES + _TAR_BLOCK) + _OTHER_BYTES

    def wanted(name: str) -> int:
        return _JPEG_BYTES if _JPEG_NAME.fullmatch(name) else 0

    for name, content in read_members(path, wanted, limit=limit):
        part, label, number = _JPEG_NAME.fullmatch(name).groups()
        place = CLASS_NAMES.index(label), int(number)
        if place in found[part]:
            raise ContentError(f"holds two pictures {int(number)} of {part}/{label}")
        found[part][place] = _decoded(name, content)
    _check_counts(found, per_class)
    arrays = []
    for pictures in found.values():
        places = sorted(pictures)
        X = np.stack([pictures[place] for place in places]).reshape(-1, _D)
        arrays += [X, np.array([label for label, _ in places], dtype=np.int64)]
    return Pictures(*arrays)


def _decoded(name: str, content: bytes) -> np.ndarray:
    from PIL import Image  # here, because only this one of all readers needs it

    try:
        with Image.open(io.BytesIO(content), formats=("JPEG",)) as picture:
            # Looked at before any pixel is unpacked: a header may promise gigabytes.
            if picture.size != (_W, _H):
                raise ContentError(f"holds {name} of {picture.size} pixels, expected {(_W, _H)}")
            return np.asarray(picture.convert("RGB"))
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise ContentError(f"holds {name}, which is no whole JPEG picture ({error})") from None


def _check_counts(found: dict, per_class: tuple[int, int]) -> None:
    for (part, pictures), expected in zip(found.items(), per_class, strict=True):
        labels = [label for label, _ in pictures]
        for c, name in enumerate(CLASS_NAMES):
            if labels.count(c) != expected:
                raise ContentError(
                    f"holds {labels.count(c):,} pictures {part}/{name}/NNNN.jpg, "
                    f"expected {expected:,}"
                )
