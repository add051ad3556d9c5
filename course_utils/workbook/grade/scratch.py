"""The one folder that an answer may write in: looked at while it runs, deleted afterwards.

Its contents are the answer's work, so nothing here follows a link or goes down level by
level: folders may be nested deeper than a path can be long.
"""

from __future__ import annotations

import itertools
import os
from pathlib import Path


def too_much(folder: Path, files: int, total: int) -> str:
    """What is wrong with the folder, "" if nothing is.

    Args:
        folder: the scratch folder.
        files: files and folders that it may hold.
        total: bytes that they may have together.
    """
    count = size = 0
    todo = [str(folder)]
    while todo:
        try:
            with os.scandir(todo.pop()) as entries:
                for entry in entries:
                    count += 1
                    if count > files:
                        return f"it wrote more than {files:,} files."
                    if entry.is_dir(follow_symlinks=False):
                        todo.append(entry.path)
                    else:
                        size += entry.stat(follow_symlinks=False).st_size
        except OSError:  # gone meanwhile, or a path that is too long
            continue
    return f"it wrote more than {total:,} bytes to files." if size > total else ""


def delete(folder: Path) -> None:
    """Delete a scratch folder, whatever is in it; what cannot be deleted is left."""
    names = (f".{number}" for number in itertools.count())
    try:
        while entries := list(os.scandir(folder)):
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    _bring_up(entry.path, folder, names)
                else:
                    os.unlink(entry.path)
        os.rmdir(folder)
    except OSError:
        return


def _bring_up(inner: str, folder: Path, names) -> None:
    """Move what a folder holds one level up, and delete it."""
    for entry in list(os.scandir(inner)):
        os.rename(entry.path, _unused(folder, names))
    os.rmdir(inner)


def _unused(folder: Path, names) -> Path:
    return next(p for p in (folder / name for name in names) if not os.path.lexists(p))
