"""The idx format of the MNIST files: a magic number, the sizes, then one byte per value."""

from __future__ import annotations

import math
import struct

import numpy as np

from .errors import DataError

_UNSIGNED_BYTE = 0x08  # the only kind of value MNIST uses; idx knows five more


def parse_idx(content: bytes, ndim: int, name: str = "idx file") -> np.ndarray:
    """Read an array of unsigned bytes from an idx file.

    Args:
        content: the whole file, uncompressed.
        ndim: the expected number of dimensions, 3 for images and 1 for labels.
        name: how errors call the file.

    Returns:
        uint8 array, read-only, in the shape that the file states.

    Raises:
        DataError: another format, other dimensions, too short or too long.

    Source:
        The end of http://yann.lecun.com/exdb/mnist/, "The IDX file format".
    """
    start = 4 + 4 * ndim
    magic = bytes([0, 0, _UNSIGNED_BYTE, ndim])
    if content[:4] != magic:
        raise DataError(
            f"{name}: expected the magic number {magic.hex()} (idx, unsigned bytes, "
            f"{ndim}-dimensional), got {content[:4].hex() or 'nothing'}; "
            f"{_guess(content, ndim)}"
        )
    if len(content) < start:
        raise DataError(f"{name}: expected a header of {start} bytes, got {len(content)}; cut off?")
    shape = struct.unpack(f">{ndim}I", content[4:start])
    expected, got = math.prod(shape), len(content) - start
    if got != expected:
        raise DataError(
            f"{name}: expected {expected:,} values for the stated shape {shape}, got {got:,}; "
            + ("cut off?" if got < expected else "two files joined, or sizes changed?")
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _guess(content: bytes, ndim: int) -> str:
    if content[:2] == b"\x1f\x8b":
        return "still packed with gzip?"
    if content[:3] == bytes([0, 0, _UNSIGNED_BYTE]) and content[3:4] != bytes([ndim]):
        return "images and labels exchanged?"
    return "not an idx file?"
