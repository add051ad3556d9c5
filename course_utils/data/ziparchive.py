"""Reading a zip archive that somebody else packed: in memory, checked, nothing written to disk."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from .errors import ContentError
from .tarball import safe_name

_ENCRYPTED = 0x1  # the bit of a member's flags that says so
_PLAIN = (0, stat.S_IFREG, stat.S_IFDIR)  # kinds of file; 0: packed where there are none
_TOLD = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, UnicodeDecodeError),
)


def read_zip_members(
    path: Path, wanted: Callable[[str], int], *, limit: int
) -> Iterator[tuple[str, bytes]]:
    """Yield the wanted files of a zip archive, in the order of its list of contents.

    Args:
        path: the archive.
        wanted: gives for a member's name the most bytes it may have, and 0 for a
            file to pass over, which is then not unpacked.
        limit: the most bytes that all wanted files may have together.

    Returns:
        An iterator over names (with "/", without a leading "./") and contents,
        each compared with the checksum that the archive keeps of it.

    Raises:
        ContentError: damaged, cut off, larger than allowed, encrypted, a name
            twice, a name that leads out of the archive's folder, or a link.
        OSError: the archive cannot be read.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            chosen = _chosen(archive.infolist(), wanted, limit)
            for name, info in chosen.items():
                # No more is unpacked than the list of contents, judged above, admits.
                yield name, archive.read(info)
    except _TOLD as error:
        raise ContentError(f"is damaged, cut off, or no zip archive ({error})") from None


def _chosen(
    members: list[zipfile.ZipInfo], wanted: Callable[[str], int], limit: int
) -> dict[str, zipfile.ZipInfo]:
    """The wanted members by name; nothing has been unpacked yet."""
    chosen: dict[str, zipfile.ZipInfo] = {}
    total = 0
    for info in members:
        kind = stat.S_IFMT(info.external_attr >> 16)
        name = safe_name(info.filename, kind in _PLAIN)
        most = 0 if info.is_dir() else wanted(name)
        if not most:
            continue
        if info.file_size > most:
            raise ContentError(
                f"holds {name} with {info.file_size:,} bytes; at most {most:,} were expected"
            )
        if info.flag_bits & _ENCRYPTED:
            raise ContentError(f"holds {name} encrypted")
        if name in chosen:
            raise ContentError(f"holds {name} twice")
        total += info.file_size
        if total > limit:
            raise ContentError(f"unpacks to more than the {limit:,} bytes expected")
        chosen[name] = info
    return chosen
