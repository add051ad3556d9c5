"""What is known about every outside file: names, hashes, addresses (datasets/registry.toml)."""

from __future__ import annotations

import difflib
import functools
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import DataError

if sys.version_info >= (3, 11):
    import tomllib
else:  # the same parser under its older name
    import tomli as tomllib

COMPRESSIONS = ("none", "gzip", "xz")
# Names become parts of paths: "../x" would write outside the cache.
_PLAIN_NAME = re.compile(r"\w[\w.+-]*")
_SET_KEYS = {"title", "licence", "source", "citation", "mirrors", "files"}
_FILE_KEYS = {
    *("name", "sha256", "bytes", "at_most", "download_bytes", "compression"),
    *("urls", "package", "package_path"),
}


@dataclass(frozen=True)
class DataFile:
    """One registered file; `sha256` and `bytes` are of its uncompressed content.

    Where only the hash is known, `bytes` is None, and `at_most` bounds what is read.
    """

    set_name: str
    name: str
    sha256: str
    bytes: int | None
    compression: str
    urls: tuple[str, ...] = ()
    download_bytes: int | None = None
    package: str | None = None
    package_path: str | None = None
    at_most: int | None = None

    @property
    def limit(self) -> int:
        """The most bytes that the uncompressed content may have."""
        return self.at_most if self.bytes is None else self.bytes

    @property
    def names(self) -> tuple[str, ...]:
        """File names to accept: its own, then that of the unpacked file (browsers unpack .gz)."""
        suffix = {"gzip": ".gz", "xz": ".xz", "none": ""}[self.compression]
        bare = self.name.removesuffix(suffix)
        return (self.name,) if bare == self.name else (self.name, bare)


@dataclass(frozen=True)
class DataSet:
    """One registered data set and its files."""

    name: str
    title: str
    licence: str
    source: str
    citation: str
    files: tuple[DataFile, ...]

    def file(self, name: str) -> DataFile:
        """The file called `name`; DataError with the known names if there is none."""
        by_name = {file.name: file for file in self.files}
        return _pick(by_name, name, f"file of the data set {self.name!r}")


def registry_path() -> Path:
    """Where the registry lies: inside an installed package, or in the checkout's datasets/."""
    here = Path(__file__).resolve()
    candidates = (here.with_name("registry.toml"), here.parents[2] / "datasets" / "registry.toml")
    for path in candidates:
        if path.is_file():
            return path
    raise DataError(
        "registry.toml: the list of data files is missing; looked for "
        + " and ".join(map(str, candidates))
        + ". The installation is incomplete: install the package again."
    )


def get_set(name: str, registry: Mapping[str, DataSet] | None = None) -> DataSet:
    """The registered data set called `name`.

    Args:
        name: a table of registry.toml, such as "mnist".
        registry: as from `load_registry`; None means the course's own.

    Raises:
        DataError: no such set; the message lists those there are.
    """
    return _pick(load_registry() if registry is None else registry, name, "data set")


def load_registry(path: Path | None = None) -> dict[str, DataSet]:
    """Read and check a registry.

    Args:
        path: a toml file laid out like datasets/registry.toml; None means that one.

    Returns:
        The data sets by name.

    Raises:
        DataError: the file cannot be read, or an entry is incomplete or misspelt.
    """
    return _load(registry_path() if path is None else Path(path))


_RESTORE = "What to do: undo what was changed in it, or get the file anew with the course."


@functools.lru_cache(maxsize=8)
def _load(path: Path) -> dict[str, DataSet]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(
            f"{path}: the registry of data files cannot be read: {error}\n{_RESTORE}"
        ) from error
    try:
        return {name: _parse_set(name, table) for name, table in tables.items()}
    except _EntryError as error:
        raise DataError(f"{path}: {error}\n{_RESTORE}") from None


class _EntryError(Exception):
    """A fault in one entry; the path of the registry is added by the caller."""


def _parse_set(name: str, table: Any) -> DataSet:
    where = f"[{name}]"
    _require(bool(_PLAIN_NAME.fullmatch(name)), where, "a plain name", name)
    _require(isinstance(table, dict), where, "expected a table", table)
    _check_keys(table, _SET_KEYS, where)
    texts = {}
    for key in ("title", "licence", "source", "citation"):
        texts[key] = table.get(key)
        _require(bool(texts[key]) and isinstance(texts[key], str), where, f"{key}: text", table)
    mirrors = _addresses(table.get("mirrors", []), f"{where} mirrors")
    files = table.get("files")
    _require(isinstance(files, list) and len(files) > 0, where, "at least one file", files)
    parsed = tuple(_parse_file(name, file, mirrors) for file in files)
    names = [file.name for file in parsed]
    _require(len(set(names)) == len(names), where, "file names that differ", names)
    return DataSet(name=name, files=parsed, **texts)


def _parse_file(set_name: str, entry: Any, mirrors: tuple[str, ...]) -> DataFile:
    where = f"[[{set_name}.files]]"
    _require(isinstance(entry, dict), where, "a table", entry)
    _check_keys(entry, _FILE_KEYS, where)
    name = entry.get("name")
    plain = isinstance(name, str) and _PLAIN_NAME.fullmatch(name)
    _require(bool(plain), where, "name: a plain file name", name)
    where = f"{where} {name}"
    sha256, size, packed = entry.get("sha256"), entry.get("bytes"), entry.get("download_bytes")
    hexadecimal = isinstance(sha256, str) and re.fullmatch(r"[0-9a-f]{64}", sha256)
    _require(bool(hexadecimal), where, "sha256: 64 hexadecimal digits", sha256)
    most = entry.get("at_most")
    _require((size is None) != (most is None), where, "either bytes or at_most", entry)
    _require(size is None or _is_count(size), where, "bytes: a positive whole number", size)
    _require(most is None or _is_count(most), where, "at_most: a positive whole number", most)
    _require(packed is None or _is_count(packed), where, "download_bytes: a whole number", packed)
    compression = entry.get("compression", "none")
    _require(compression in COMPRESSIONS, where, f"compression: one of {COMPRESSIONS}", compression)
    urls = _addresses(entry.get("urls", []), f"{where} urls")
    urls = urls or tuple(mirror.rstrip("/") + "/" + name for mirror in mirrors)
    package, inside = entry.get("package"), entry.get("package_path")
    _require((package is None) == (inside is None), where, "package and package_path", entry)
    _require(bool(urls) != bool(package), where, "either addresses or a package", entry)
    return DataFile(set_name, name, sha256, size, compression, urls, packed, package, inside, most)


def _addresses(value: Any, where: str) -> tuple[str, ...]:
    good = isinstance(value, list) and all(
        isinstance(url, str) and url.startswith(("http://", "https://")) for url in value
    )
    _require(good, where, "a list of http(s) addresses", value)
    return tuple(value)


def _check_keys(table: dict, known: set[str], where: str) -> None:
    for key in table:
        near = difflib.get_close_matches(key, known, n=1)
        hint = f" (meant {near[0]!r}?)" if near else ""
        _require(key in known, where, f"one of the keys {sorted(known)}{hint}", key)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _require(condition: bool, where: str, expected: str, got: Any) -> None:
    if not condition:
        raise _EntryError(f"{where}: expected {expected}, got {got!r}")


def _pick(table: Mapping[str, Any], name: str, what: str) -> Any:
    if name in table:
        return table[name]
    near = difflib.get_close_matches(str(name), table, n=1)
    hint = f" Meant {near[0]!r}?" if near else ""
    raise DataError(f"{name!r} is no known {what}; known are {', '.join(table)}.{hint}")
