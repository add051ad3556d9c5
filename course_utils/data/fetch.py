"""Find a registered file: on this computer if it is here, from the web if it is not."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from . import messages, places
from .content import read_content, verify_file
from .download import download
from .errors import ContentError, DataError
from .registry import DataFile, DataSet, get_set, load_registry

_Check = Callable[[Path, DataFile], bytes | None]  # verify_file or read_content


def find_file(set_name: str, file_name: str, registry: Mapping[str, DataSet] | None = None) -> Path:
    """The path of a registered data file whose content has been checked.

    Looked for in this order: the folder that COURSE_DATA names (as
    `<set>/<file>` or `<file>`, packed or unpacked), `../shared/data` beside a
    checkout, the cache (COURSE_CACHE, else datasets/cache in a checkout, else
    the user's own cache folder), the mirrors in the registry. A file that
    comes with a Python package is taken from there. COURSE_OFFLINE=1 leaves
    the network alone.

    Args:
        set_name: a data set of datasets/registry.toml, such as "mnist".
        file_name: one of its files, such as "t10k-labels-idx1-ubyte.gz".
        registry: as from `load_registry`; None means the course's own.

    Returns:
        The path; the file may be packed or not, `read_file` handles both.

    Raises:
        DataError: not found, unreachable, broken, or no space; says what to do.
    """
    return _locate(set_name, file_name, registry, verify_file)[0]


def read_file(
    set_name: str, file_name: str, registry: Mapping[str, DataSet] | None = None
) -> bytes:
    """The uncompressed content of a registered file; arguments and errors as `find_file`."""
    return _locate(set_name, file_name, registry, read_content)[1]


def _locate(
    set_name: str, file_name: str, registry: Mapping[str, DataSet] | None, check: _Check
) -> tuple[Path, bytes | None]:
    """The first good copy, and what `check` returned for it."""
    sets = load_registry() if registry is None else registry
    data_set = get_set(set_name, sets)
    entry = data_set.file(file_name)
    if entry.package:
        return _from_package(entry, check)
    tried: list[str] = []
    for where, path in _placed_by_hand(entry, sets, tried):
        return path, _checked(path, entry, check, where)
    cache = places.cache_root() / entry.set_name
    cached = _named(entry, cache)
    for path in cached:
        try:
            return path, check(path, entry)
        except (ContentError, OSError) as error:
            tried.append(_discard(path, _reason(error)))
    if not cached:
        tried.append(f"the cache {cache}: not there")
    path = None
    if places.offline():
        tried.append("the network: not asked, because COURSE_OFFLINE is set")
    else:
        path, failures = download(entry, cache)
        tried += failures
    if path is None:
        others = [file.name for file in data_set.files if file is not entry]
        raise DataError(messages.not_available(entry, others, tried, cache))
    return path, _checked(path, entry, check, "the cache, just downloaded,")


def _checked(path: Path, entry: DataFile, check: _Check, where: str) -> bytes | None:
    try:
        return check(path, entry)
    except (ContentError, OSError) as error:
        raise DataError(messages.broken_local(entry, path, where, _reason(error))) from error


def _from_package(entry: DataFile, check: _Check) -> tuple[Path, bytes | None]:
    spec = importlib.util.find_spec(entry.package)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(messages.broken_package(entry, f"{entry.package} is not installed"))
    path = Path(spec.submodule_search_locations[0], entry.package_path)
    try:
        return path, check(path, entry)
    except FileNotFoundError:
        reason = f"{path} is missing"
    except (ContentError, OSError) as error:
        reason = f"{path} {_reason(error)}"
    raise DataError(messages.broken_package(entry, reason))


def _placed_by_hand(
    entry: DataFile, sets: Mapping[str, DataSet], tried: list[str]
) -> Iterator[tuple[str, Path]]:
    """Yield the copies somebody put on this computer; note in `tried` where there was none."""
    folder = places.course_data()
    if folder is None:
        tried.append("COURSE_DATA: not set")
    else:
        _check_folder(entry, folder)
        found = [*_named(entry, folder / entry.set_name), *_named(entry, folder)]
        yield from (("the folder of COURSE_DATA", path) for path in found)
        _check_some_known(entry, folder, sets)
        tried.append(f"COURSE_DATA={folder}: other files of the course, but not this one")
    shared = places.beside_checkout()
    if shared is not None:
        for path in _named(entry, shared / entry.set_name):
            yield "the folder shared/data beside the course", path
        tried.append(f"{shared}: not there")


def _named(entry: DataFile, folder: Path) -> list[Path]:
    # os.path and not Path.is_file: that one raises in a folder one may not enter.
    return [path for name in entry.names if os.path.isfile(path := folder / name)]


def _check_folder(entry: DataFile, folder: Path) -> None:
    if not folder.exists():
        raise DataError(messages.wrong_folder(entry, folder, "there is no such folder"))
    if not folder.is_dir():
        raise DataError(messages.wrong_folder(entry, folder, "this is a file, not a folder"))
    if not os.access(folder, os.R_OK | os.X_OK):
        raise DataError(messages.wrong_folder(entry, folder, "you may not read this folder"))


def _check_some_known(entry: DataFile, folder: Path, sets: Mapping[str, DataSet]) -> None:
    """A folder without one file of the course is the wrong folder: better said than ignored."""
    files = [file for data_set in sets.values() for file in data_set.files if not file.package]
    if any(_named(file, folder / file.set_name) or _named(file, folder) for file in files):
        return
    # A usual slip is one level too high: the file's folder is worth naming.
    deeper = [path for name in entry.names for path in folder.glob(f"*/*/{name}")]
    deeper += [path for name in entry.names for path in folder.glob(f"*/{name}")]
    hint = f" There is one in {deeper[0].parent}: is that the folder?" if deeper else ""
    problem = "none of the course's files is in this folder"
    raise DataError(messages.wrong_folder(entry, folder, problem, hint))


def _discard(path: Path, reason: str) -> str:
    """Take a broken file out of the cache, say so, and return the line for the report."""
    try:
        path.unlink()
        ending = "it was removed"
    except OSError as error:
        ending = f"it could not be removed ({error.strerror})"
    line = f"the cache: {path} {reason}; {ending}"
    print(line, file=sys.stderr)
    return line


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, ContentError) else f"cannot be read ({error})"
