"""Reading a file while checking that it is the registered one, whatever it claims to be."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from .errors import ContentError
from .registry import DataFile

_CHUNK = 1 << 20  # bytes
_MAGIC = {"none": b"", "gzip": b"\x1f\x8b", "xz": b"\xfd7zXZ\x00"}


def verify_file(path: Path, entry: DataFile) -> None:
    """Check a file against the registry without keeping its content.

    Args:
        path: the file, packed or already unpacked (browsers unpack .gz unasked).
        entry: what it should be.

    Raises:
        ContentError: it is something else, or only a part.
        OSError: it cannot be read.
    """
    for _ in _checked_chunks(path, entry):
        pass


def read_content(path: Path, entry: DataFile) -> bytes:
    """The uncompressed content of a file, as long as registered; raises like `verify_file`."""
    return b"".join(_checked_chunks(path, entry))


def _checked_chunks(path: Path, entry: DataFile) -> Iterator[bytes]:
    """Yield the uncompressed content; the verdict comes at the end, as an exception or none."""
    with path.open("rb") as file:
        start = file.read(64)
        file.seek(0)
        if not start:
            raise ContentError("is empty (0 bytes)")
        # No registered file starts like this; served pages with status 200 do.
        if start.lstrip().lower().startswith((b"<!doctype html", b"<html", b"<?xml")):
            raise ContentError(
                "is a web page, not the data: a login page of the network, or an error page?"
            )
        magic = _MAGIC[entry.compression]
        packed = bool(magic) and start.startswith(magic)
        size, digest = 0, hashlib.sha256()
        stream = _unpack(file, entry.compression) if packed else file
        try:
            # Never more than one byte past the end: what unpacks to terabytes
            # must cost neither memory nor time.
            while chunk := stream.read(min(_CHUNK, entry.limit + 1 - size)):
                size += len(chunk)
                if size > entry.limit:
                    raise ContentError(f"holds more than the {entry.limit:,} bytes expected")
                digest.update(chunk)
                yield chunk
        except EOFError:
            raise ContentError(_cut_off(size, entry)) from None
        except (zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
            raise ContentError(f"is damaged and cannot be unpacked ({error})") from None
    _judge(size, digest.hexdigest(), packed, entry)


def _unpack(file: BinaryIO, compression: str) -> BinaryIO:
    return gzip.GzipFile(fileobj=file) if compression == "gzip" else lzma.LZMAFile(file)


def _judge(size: int, sha256: str, packed: bool, entry: DataFile) -> None:
    if entry.bytes is not None and size < entry.bytes:
        if entry.compression != "none" and not packed:
            raise ContentError(
                f"is neither {entry.compression}-packed nor the unpacked content: {size:,} bytes, "
                f"expected {entry.bytes:,} unpacked; damaged or cut off?"
            )
        raise ContentError(_cut_off(size, entry))
    if sha256 != entry.sha256:
        known = entry.bytes is not None
        length = "has the right length but" if known else f"has {size:,} bytes and"
        raise ContentError(
            f"{length} other content (SHA-256 {sha256[:12]}…, expected {entry.sha256[:12]}…): "
            f"damaged, {'' if known else 'cut off, '}or another version"
        )


def _cut_off(size: int, entry: DataFile) -> str:
    of = "" if entry.bytes is None else f" of {entry.bytes:,}"
    return (
        f"is cut off: it ends after {size:,}{of} bytes of content; an interrupted download or copy?"
    )
