"""Files out of a zip archive, a tar archive or a folder, all read in the same way."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import ContentError
from .tarball import read_members as read_tar_members
from .ziparchive import read_zip_members

_CHUNK = 1 << 20  # bytes


def read_members(
    path: Path, wanted: Callable[[str], int], *, limit: int
) -> Iterator[tuple[str, bytes]]:
    """Yield the wanted files of an archive, or of a folder that it was unpacked to.

    Args:
        path: a zip archive, a tar archive (plain, gzip or xz), or a folder.
        wanted: gives for a file's name the most bytes it may have, and 0 for a
            file to pass over.
        limit: the most bytes a whole archive may have unpacked.

    Returns:
        An iterator over names (with "/") and contents; a folder by name.

    Raises:
        ContentError: a damaged archive, or one that is not to be trusted.
        OSError: it cannot be read.
    """
    if path.is_dir():
        return _read_folder(path, wanted)
    read = read_zip_members if zipfile.is_zipfile(path) else read_tar_members
    return read(path, wanted, limit=limit)


def fingerprint(path: Path) -> str:
    """Tell one content from another: 20 hexadecimal digits.

    Of an archive every byte counts. Of a folder, which may hold thousands of files, names,
    lengths and times do.

    Args:
        path: a file or a folder.

    Returns:
        The start of a SHA-256.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    if path.is_dir():
        for name, file in _files(path):
            told = file.stat()
            digest.update(f"{name}\0{told.st_size}\0{told.st_mtime_ns}\n".encode())
    else:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    return digest.hexdigest()[:20]


def _read_folder(folder: Path, wanted: Callable[[str], int]) -> Iterator[tuple[str, bytes]]:
    for name, path in _files(folder):
        most = wanted(name)
        if not most:
            continue
        with path.open("rb") as file:
            content = file.read(most + 1)
        if len(content) > most:
            raise ContentError(f"holds {name} with more than the {most:,} bytes expected")
        yield name, content


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Names with "/" and paths, sorted, so that every computer sees the same order."""
    found = []
    for place, _, names in os.walk(folder):
        paths = (Path(place, name) for name in names)
        found += [(path.relative_to(folder).as_posix(), path) for path in paths]
    return iter(sorted(found))
