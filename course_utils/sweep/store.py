"""A folder with one file for each run: written at once or not at all, and checked when read.

A run's file is JSON with its own checksum. Arrays lie beside it in an .npz that is named by its
content, and are written first; so whatever moment a process dies at, a run's file is absent or
whole, and two processes that finish the same run do not mix. No pickle, so opening a folder from
elsewhere runs nobody's code.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .canonical import Configuration, digest
from .errors import SweepError
from .outcome import Outcome

FORMAT = 1
_STALE_S = 24 * 3600.0
_WHAT, _HOW = 20, 10  # hexadecimal digits in a file's name


@dataclass(frozen=True)
class Identity:
    """What a run is known by: what was run, and how.

    Args:
        function: module and name.
        configuration: a Configuration.
        seed: a number, or None if the function takes none.
        version: the user's word for what the fingerprint cannot see.
        code: {name: hash}, the fingerprint; empty if the code is not followed.
    """

    function: str
    configuration: Configuration
    seed: int | None
    version: str
    code: dict[str, str]

    def to_dict(self) -> dict[str, Any]:
        """All five, as they stand in a file."""
        return {
            "function": self.function,
            "configuration": json.loads(self.configuration.text),
            "seed": self.seed,
            "version": self.version,
            "code": self.code,
        }

    @property
    def what(self) -> str:
        """First half of the file's name: function, configuration and seed."""
        return digest(json.dumps([self.function, self.configuration.text, self.seed]), _WHAT)

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        how = json.dumps([self.version, self.code], sort_keys=True)
        return f"{self.what}-{digest(how, _HOW)}"


class DamagedError(Exception):
    """A file that is not what was written (internal; the message ends a sentence)."""


class Store:
    """The folder of a sweep.

    Args:
        folder: where the files are.
        writable: make the folder if needed and see that it can be written to.

    Raises:
        SweepError: the folder cannot be made or written to.
    """

    def __init__(self, folder: str | os.PathLike, writable: bool = True) -> None:
        self.folder = Path(folder)
        if writable:
            self._prepare()

    def _prepare(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise SweepError(
                f"folder: expected one that can be written to, got {str(self.folder)!r} "
                f"({error.strerror or error}); give another, or folder=None to store nothing"
            ) from error
        for stale in self.folder.glob(".*.part"):  # what killed processes left
            with contextlib.suppress(OSError):
                if time.time() - stale.stat().st_mtime > _STALE_S:
                    stale.unlink()

    def read(self, identity: Identity) -> Outcome | None:
        """Read a run, but not its arrays.

        Args:
            identity: of the run.

        Returns:
            Its Outcome without arrays, or None if there is no file.

        Raises:
            DamagedError: the file is there and is not whole.
        """
        path = self._path(identity)
        try:
            record = _parse(path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise DamagedError(f"cannot be read ({error.strerror or error})") from error
        # As text, because NaN is not equal to itself.
        if _text(record["identity"]) != _text(identity.to_dict()):
            raise DamagedError("belongs to another run")
        if record["arrays"]:
            self._array_bytes(record["arrays"])
        return Outcome(
            record["status"], record["seconds"], json.dumps(record["result"]), {}, record["error"]
        )

    def read_arrays(self, identity: Identity) -> dict[str, np.ndarray]:
        """Read a run's arrays; DamagedError if they are not what was written."""
        try:
            record = _parse(self._path(identity).read_bytes())
        except OSError as error:
            raise DamagedError(f"cannot be read ({error.strerror or error})") from error
        if not record["arrays"]:
            return {}
        with np.load(io.BytesIO(self._array_bytes(record["arrays"])), allow_pickle=False) as file:
            return {name.removeprefix("array/"): file[name] for name in file.files}

    def write(self, identity: Identity, outcome: Outcome) -> None:
        """Write a run, or leave everything as it was.

        Raises:
            SweepError: the disk is full, or the folder gone.
        """
        record = {
            "format": FORMAT,
            "identity": identity.to_dict(),
            "status": outcome.status,
            "seconds": outcome.seconds,
            "result": json.loads(outcome.result),
            "arrays": None,
            "error": outcome.error,
            "written": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        try:
            if outcome.arrays:
                buffer = io.BytesIO()
                # With a prefix, because savez has parameters of its own, such as "file".
                np.savez(buffer, **{f"array/{name}": a for name, a in outcome.arrays.items()})
                content = hashlib.sha256(buffer.getvalue()).hexdigest()
                name = f"{identity.name}-{content[:_HOW]}.npz"
                record["arrays"] = {"file": name, "sha256": content}
                self._write(self.folder / name, buffer.getvalue())
            self._write(self._path(identity), _render(record))
        except OSError as error:
            raise SweepError(
                f"folder: a run could not be written to {str(self.folder)!r} "
                f"({error.strerror or error}); the runs before it are kept. Mend it and run the "
                "same sweep again to go on"
            ) from error

    def others(self, identity: Identity) -> dict[str, Any] | None:
        """The newest run that differs only in version or code, as its identity; None if none."""
        newest, found = -1, None
        for path in self._index.get(identity.what, []):
            with contextlib.suppress(OSError, DamagedError):
                at = path.stat().st_mtime_ns
                if at > newest and path != self._path(identity):
                    newest, found = at, _parse(path.read_bytes())["identity"]
        return found

    @functools.cached_property
    def _index(self) -> dict[str, list[Path]]:
        """All files there were at the beginning, by the first half of their names."""
        index: dict[str, list[Path]] = {}
        for path in self.folder.glob("*.json"):
            index.setdefault(path.name.partition("-")[0], []).append(path)
        return index

    def set_aside(self, identity: Identity) -> str:
        """Move a damaged file out of the way; returns its new name."""
        path = self._path(identity)
        aside = path.with_name(path.name + ".damaged")
        with contextlib.suppress(FileNotFoundError):  # another process was quicker
            os.replace(path, aside)
        return aside.name

    def _path(self, identity: Identity) -> Path:
        return self.folder / f"{identity.name}.json"

    def _array_bytes(self, entry: dict[str, str]) -> bytes:
        try:
            content = (self.folder / entry["file"]).read_bytes()
        except OSError as error:
            raise DamagedError(f"lacks its arrays, {entry['file']}") from error
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise DamagedError(f"has other arrays than were written, {entry['file']}")
        return content

    def _write(self, path: Path, content: bytes) -> None:
        """Write to a file of our own, then rename it: whoever looks finds all or nothing."""
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=self.folder)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o644)  # temporary files are private; results may be shared
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _checksum(record: dict[str, Any]) -> str:
    return hashlib.sha256(_text(record).encode()).hexdigest()


def _render(record: dict[str, Any]) -> bytes:
    """JSON with a line for each part, so that a person can read it, and a checksum."""
    lines = ",\n".join(f" {json.dumps(name)}: {_text(part)}" for name, part in record.items())
    return f'{{"sha256": "{_checksum(record)}",\n"run": {{\n{lines}\n}}}}\n'.encode()


def _parse(content: bytes) -> dict[str, Any]:
    """Undo `_render`; DamagedError if anything in it has changed."""
    try:
        whole = json.loads(content)
        record, checksum = whole["run"], whole["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise DamagedError("is cut short, or no run's file") from error
    if _checksum(record) != checksum:
        raise DamagedError("was changed after it was written")
    if record.get("format") != FORMAT:
        raise DamagedError(f"has the format {record.get('format')}, not {FORMAT}")
    return record
