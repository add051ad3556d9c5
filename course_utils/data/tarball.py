"""Reading a tar archive that somebody else packed: in memory, checked, nothing written to disk."""

from __future__ import annotations

import contextlib
import gzip
import lzma
import re
import tarfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from .errors import ContentError

_CHUNK = 1 << 20  # bytes
_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"


def read_members(
    path: Path, wanted: Callable[[str], int], *, limit: int
) -> Iterator[tuple[str, bytes]]:
    """Yield the wanted files of a tar archive, plain or packed with gzip or xz, in its order.

    Args:
        path: the archive.
        wanted: gives for a member's name the most bytes it may have, and 0 for a
            file to pass over.
        limit: the most bytes the whole archive may have unpacked, wanted or not.

    Returns:
        An iterator over names (with "/", without a leading "./") and contents.

    Raises:
        ContentError: damaged, cut off, larger than allowed, a name twice, a name
            that leads out of the archive's folder, or a link or device.
        OSError: the archive cannot be read.
    """
    seen: set[str] = set()
    with path.open("rb") as file, _told_in_words():
        stream = _Limited(_unpacked(file), limit)
        # "|" reads from front to back, so that nothing is looked up twice and
        # a file inside is never opened by its name.
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                name = safe_name(member.name, member.isreg() or member.isdir())
                most = wanted(name) if member.isreg() else 0
                if not most:
                    continue
                if member.size > most:
                    raise ContentError(
                        f"holds {name} with {member.size:,} bytes; at most {most:,} were expected"
                    )
                if name in seen:
                    raise ContentError(f"holds {name} twice")
                seen.add(name)
                yield name, tar.extractfile(member).read()
        while stream.read(_CHUNK):  # to the end, where gzip and xz keep their own checksum
            pass


def _unpacked(file: BinaryIO) -> BinaryIO:
    start = file.read(len(_XZ))
    file.seek(0)
    if start.startswith(_GZIP):
        return gzip.GzipFile(fileobj=file)
    return lzma.LZMAFile(file) if start == _XZ else file


class _Limited:
    """A stream that ends with an error where it gets longer than it may be."""

    def __init__(self, stream: BinaryIO, limit: int):
        self._stream, self._left, self._limit = stream, limit, limit

    def read(self, size: int) -> bytes:
        piece = self._stream.read(min(size, self._left + 1))
        self._left -= len(piece)
        if self._left < 0:
            raise ContentError(f"unpacks to more than the {self._limit:,} bytes expected")
        return piece


def safe_name(name: str, plain: bool) -> str:
    """A member's name without a leading "./".

    Args:
        name: as it stands in the archive.
        plain: whether the member is a file or a folder, and no link or device.

    Raises:
        ContentError: it leads out of the archive's folder, or is not plain.
    """
    name = name.removeprefix("./")
    # No member is written anywhere, so none could do harm. But one like this was
    # packed to do some, and the rest of its archive deserves no trust either.
    leads_out = name.startswith("/") or ".." in re.split(r"[/\\]", name) or name[1:2] == ":"
    if leads_out:
        raise ContentError(f"holds the name {name!r}, which leads out of the archive's folder")
    if not plain:
        raise ContentError(f"holds {name!r}, which is a link or a device and no plain file")
    return name


@contextlib.contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except EOFError:
        raise ContentError("is cut off; an interrupted download or copy?") from None
    except (tarfile.TarError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise ContentError(f"is damaged, or no tar archive ({error})") from None
