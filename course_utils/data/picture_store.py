"""Thousands of photographs as one array on disk: unpacked once, then mapped into memory."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np

from . import places
from .errors import ContentError, DataError
from .jpeg import decode_jpeg
from .messages import megabytes
from .whole_files import mapped, write_header, written_whole

VERSION = 1  # raise it when the same photographs give other pixels
_Read = Callable[[], Iterable[tuple[str, bytes]]]


def stored_pictures(
    read: _Read, names: Sequence[str], size: int, *, set_name: str, key: str
) -> np.ndarray:
    """Photographs in a given order, each squashed to a square.

    Made once and kept in the cache, where the array stays: only what is looked at is read.
    Where the cache cannot be written, the array is made in memory, and stderr says so.

    Args:
        read: gives the name and the JPEG file of each photograph, in any order; more than
            are asked for may come.
        names: which to take, in the order wanted.
        size: height and width in pixels.
        set_name: the folder in the cache.
        key: tells where the photographs are from; another source is another entry.

    Returns:
        uint8 (n, 3, H, W), read-only.

    Raises:
        ContentError: one is missing, or is no picture.
        DataError: there is no room for the array.
    """
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= 1024:
        raise ValueError(f"size: expected 1 to 1024 pixels, a whole number, got {size!r}")
    digest = hashlib.sha256("\n".join([key, *names]).encode()).hexdigest()[:20]
    path = places.cache_root() / set_name / f"pictures-{VERSION}-{size}-{digest}.npy"
    shape = (len(names), 3, size, size)
    stored = mapped(path, shape, np.uint8)
    if stored is not None:
        return stored
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _expect_room(path.parent, shape)
        _write(path, _decoded(read, names, size), shape)
    except OSError as error:
        print(f"the cache: {path} cannot be kept ({error}); made in memory", file=sys.stderr)
        return _in_memory(_decoded(read, names, size), shape)
    return mapped(path, shape, np.uint8)


def _decoded(read: _Read, names: Sequence[str], size: int) -> Iterator[tuple[int, np.ndarray]]:
    """Rows and their pixels, (3, H, W), in the order in which they are read."""
    from course_utils.show.progress import progress_bar  # here: it imports matplotlib

    rows = {name: row for row, name in enumerate(names)}
    wanted = ((name, content) for name, content in read() if name in rows)
    for name, content in progress_bar(wanted, total=len(rows), description="photographs"):
        yield rows.pop(name), decode_jpeg(name, content, size).transpose(2, 0, 1)
    if rows:
        shown = ", ".join(sorted(rows)[:3]) + (", …" if len(rows) > 3 else "")
        raise ContentError(f"lacks {len(rows):,} of {len(names):,} photographs: {shown}")


def _expect_room(folder: Path, shape: tuple[int, ...]) -> None:
    need = int(np.prod(shape))
    free = shutil.disk_usage(folder).free
    if need > free:
        raise DataError(
            f"{folder}: {shape[0]:,} photographs of {shape[2]}×{shape[3]} pixels take "
            f"{megabytes(need)}, and {megabytes(free)} are free on this disk.\n"
            "What to do: free some space, set COURSE_CACHE to a folder on another disk, "
            "or ask for a smaller size or fewer photographs."
        )


def _write(path: Path, pictures: Iterable, shape: tuple[int, ...]) -> None:
    each = int(np.prod(shape[1:]))
    # Written and not mapped: a disk that is full is then an error and no crash.
    with written_whole(path) as file:
        start = write_header(file, shape, np.uint8)
        for row, pixels in pictures:
            file.seek(start + row * each)
            file.write(pixels.tobytes())


def _in_memory(pictures: Iterable, shape: tuple[int, ...]) -> np.ndarray:
    array = np.empty(shape, np.uint8)
    for row, pixels in pictures:
        array[row] = pixels
    array.flags.writeable = False
    return array
