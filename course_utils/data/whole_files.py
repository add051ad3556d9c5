"""Files that are there whole or not at all, and arrays that stay on disk."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np


@contextlib.contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Open a new file for writing; it gets its name when all is written.

    Whoever looks finds the whole file or none, also after a crash and beside another
    process that writes the same.

    Args:
        path: the name; its folder is made if needed.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.chmod(part, 0o644)  # temporary files are private; a cache may be shared by a class
        os.replace(part, path)
    finally:
        with contextlib.suppress(OSError):
            os.unlink(part)


def write_header(file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> int:
    """Begin a .npy file whose numbers are written later; gives the place of the first."""
    descr = np.lib.format.dtype_to_descr(np.dtype(dtype))
    header = {"descr": descr, "fortran_order": False, "shape": tuple(map(int, shape))}
    np.lib.format.write_array_header_1_0(file, header)
    return file.tell()


def mapped(path: Path, shape: tuple[int | None, ...], dtype: np.dtype) -> np.ndarray | None:
    """An array of a .npy file, read-only, of which only what is looked at is read.

    Args:
        path: the file.
        shape: what is expected; None stands for any length.
        dtype: what is expected.

    Returns:
        The array; None if there is no file, or it is damaged: then it is removed, and
        stderr says so.
    """
    if not path.is_file():
        return None
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
        fits = len(array.shape) == len(shape) and all(
            wanted in (None, got) for got, wanted in zip(array.shape, shape, strict=True)
        )
        if fits and array.dtype == np.dtype(dtype):
            return array
        reason = f"holds {array.dtype} {array.shape}, expected {np.dtype(dtype)} {shape}"
    except (OSError, ValueError, EOFError) as error:
        reason = str(error)
    print(f"the cache: {path} is damaged ({reason}) and is made anew", file=sys.stderr)
    with contextlib.suppress(OSError):
        path.unlink()
    return None
