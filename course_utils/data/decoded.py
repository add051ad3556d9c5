"""Arrays that took long to make, kept in the cache under the checksum of what they came from."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np

from . import places

_CHUNK = 1 << 20  # bytes


def decoded_once(
    archive: Path, set_name: str, make: Callable[[Path], dict[str, np.ndarray]], version: int = 1
) -> dict[str, np.ndarray]:
    """Make arrays out of a file, or take them from the cache if that was done before.

    Without room in the cache, or the right to write there, the arrays are made
    each time: slower, and said once on stderr, but no error.

    Args:
        archive: the file; another content is another entry, whatever its name.
        set_name: the folder in the cache.
        make: turns the file into named arrays.
        version: raise it when `make` changes what it gives.

    Returns:
        The arrays by name, yours to change.

    Raises:
        Whatever `make` raises, and OSError if the archive cannot be read.
    """
    path = cache_path(archive, set_name, version)
    arrays = _read(path)
    if arrays is None:
        arrays = make(archive)
        _write(path, arrays)
    return arrays


def cache_path(archive: Path, set_name: str, version: int = 1) -> Path:
    """Where the arrays made of this content are kept; arguments as for `decoded_once`."""
    digest = hashlib.sha256()
    with archive.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    name = f"decoded-{version}-{digest.hexdigest()[:20]}.npz"
    return places.cache_root() / set_name / name


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays, or None; a file that was damaged is removed, and said so."""
    if not path.is_file():
        return None
    try:
        # A zip file compares a checksum of each array while it is read.
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        print(f"the cache: {path} is damaged ({error}) and is made anew", file=sys.stderr)
        with contextlib.suppress(OSError):
            path.unlink()
        return None


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    part = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Complete under another name first: whoever looks finds the whole file or none.
        handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        os.chmod(part, 0o644)  # temporary files are private; a cache may be shared by a class
        os.replace(part, path)
    except OSError as error:
        print(f"the cache: {path} cannot be kept ({error}); made anew each time", file=sys.stderr)
    finally:
        if part is not None:
            with contextlib.suppress(OSError):
                os.unlink(part)
