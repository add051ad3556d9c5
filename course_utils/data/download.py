"""One file from the web into the cache: mirrors in turn, checked, then moved into place at once."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from . import messages
from .content import verify_file
from .errors import ContentError, DataError
from .netreason import explain
from .registry import DataFile

# Seconds to wait for a connection, and for each silence after that. Connecting
# is tried for every address behind a name, up to eight, so it must be short.
TIMEOUTS_S = (4.0, 15.0)
_PIECE = 1 << 16  # bytes
_MARGIN = 1 << 16  # bytes a packed file may be longer than registered
_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_STALE_S = 24 * 3600.0


def download(entry: DataFile, folder: Path) -> tuple[Path | None, list[str]]:
    """Fetch a file from the first mirror that delivers it whole.

    The file appears in `folder` only complete and checked: it is written under
    a temporary name and renamed, so that neither a crash nor a second process
    doing the same can leave or see half of it.

    Args:
        entry: the registered file.
        folder: where it goes; made if needed.

    Returns:
        The path, or None when every mirror failed, and one line for each
        mirror that failed.

    Raises:
        DataError: the disk is full or the folder not writable; no mirror can help.
    """
    target, failures = folder / entry.name, []
    _prepare(entry, folder)
    for url in entry.urls:
        try:
            with _part_file(entry, folder) as (part, file):
                print(_announcement(entry, url), file=sys.stderr)
                _transfer(url, file, _limit(entry))
                file.close()  # Windows cannot rename an open file
                verify_file(part, entry)
                _move_into_place(part, target, entry)
                return target, failures
        except ContentError as error:
            failures.append(f"{url}: what arrived {error}")
        except OSError as error:
            if error.errno in _NO_SPACE:
                raise DataError(messages.no_space(entry, folder, _need(entry), None)) from error
            failures.append(f"{url}: {explain(error)}")
    return None, failures


def _prepare(entry: DataFile, folder: Path) -> None:
    """Make the folder and see that there is room; clear what crashed runs left."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
        free = shutil.disk_usage(folder).free
    except OSError as error:
        if error.errno in _NO_SPACE:
            message = messages.no_space(entry, folder, _need(entry), 0)
        else:
            message = messages.cache_unusable(entry, folder, error.strerror or str(error))
        raise DataError(message) from error
    if free < _need(entry):
        raise DataError(messages.no_space(entry, folder, _need(entry), free))
    for stale in folder.glob(".*.part"):
        with contextlib.suppress(OSError):
            if time.time() - stale.stat().st_mtime > _STALE_S:
                stale.unlink()


@contextlib.contextmanager
def _part_file(entry: DataFile, folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A temporary file of our own in the target's folder, gone afterwards whatever happens."""
    handle, name = tempfile.mkstemp(prefix=f".{entry.name}.", suffix=".part", dir=folder)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield part, file
    finally:
        part.unlink(missing_ok=True)


def _transfer(url: str, file: BinaryIO, limit: int) -> None:
    """Bring an address into an open file; whatever goes wrong is an OSError or ContentError."""
    import pooch  # here, because most lessons need no download and it takes 0.1 s

    watched = sys.stderr.isatty() or "ipykernel" in sys.modules
    fetch = pooch.HTTPDownloader(progressbar=watched, chunk_size=_PIECE, timeout=TIMEOUTS_S)
    try:
        fetch(url, _LimitedWriter(file, limit), None)
    except (OSError, ContentError):  # the errors of requests are OSErrors too
        raise
    except Exception as error:  # libraries below requests let other kinds through at times
        raise OSError(f"{type(error).__name__}: {error}") from error


class _LimitedWriter:
    """A file that refuses to grow past a limit: a server can send without end."""

    def __init__(self, file: BinaryIO, limit: int):
        self._file, self._left, self._limit = file, limit, limit

    def write(self, piece: bytes) -> int:
        self._left -= len(piece)
        if self._left < 0:
            raise ContentError(f"is longer than the {self._limit:,} bytes it may have")
        return self._file.write(piece)

    def flush(self) -> None:
        self._file.flush()


def _move_into_place(part: Path, target: Path, entry: DataFile) -> None:
    part.chmod(0o644)  # temporary files are private; a cache may be shared by a class
    try:
        os.replace(part, target)
    except OSError:
        # Windows refuses while another process reads the target: then that
        # process has fetched the same file, and its copy is as good as ours.
        if not target.is_file():
            raise
        verify_file(target, entry)


def _need(entry: DataFile) -> int:
    return entry.download_bytes or entry.limit


def _limit(entry: DataFile) -> int:
    # Some servers unpack while sending, so the unpacked length must be allowed.
    return max(entry.limit, _need(entry)) + _MARGIN


def _announcement(entry: DataFile, url: str) -> str:
    size = messages.megabytes(_need(entry))
    return f"Downloading {entry.name} ({size}) from {url.split('/')[2]} ..."
