"""Where things stand in the repository, and its one address."""

from __future__ import annotations

import os
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ROOT / "notebooks"
BUILD = ROOT / "build"

# The branch or tag that the Colab badge opens and the setup cell clones.
REF = "main"


class WorkbookError(Exception):
    """Something the user can mend; the message says how, so no traceback is shown."""


class NoLessonsError(WorkbookError):
    """There is no lesson source yet."""


def repository_address(pyproject: Path = ROOT / "pyproject.toml") -> str:
    """The address of the repository, from ``[project.urls]`` in pyproject.toml.

    Args:
        pyproject: the file to read.

    Returns:
        An https address without a trailing slash.

    Raises:
        WorkbookError: the file has no Repository line.
    """
    found = re.search(
        r'^Repository\s*=\s*"(https://[^"\s]+?)/?"', pyproject.read_text("utf-8"), re.M
    )
    if found is None:
        raise WorkbookError(
            f'{pyproject.name}: expected a line Repository = "https://…" under [project.urls], '
            "found none. Badges and the Colab setup cell are made from it."
        )
    return found.group(1)


def source_folder(notebooks: Path) -> Path:
    """Where the lesson sources stand, under the folder of the notebooks."""
    return notebooks / "source"


def student_path(notebooks: Path, lesson: str) -> Path:
    """Where the student edition of a lesson stands."""
    return notebooks / f"{lesson}.ipynb"


def solution_path(notebooks: Path, lesson: str) -> Path:
    """Where the executed solution edition of a lesson stands."""
    return notebooks / "solutions" / f"{lesson}.ipynb"


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all, with the same bytes on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    beside.write_bytes(text.encode("utf-8"))
    os.replace(beside, path)


def lesson_sources(wanted: list[str] | None = None, notebooks: Path = NOTEBOOKS) -> list[Path]:
    """The source files of the lessons, in order.

    Args:
        wanted: lessons by number or name (``3``, ``03``, ``03_fully_connected_net``,
            or a path to any of its files); all lessons if empty.
        notebooks: the folder of the notebooks.

    Returns:
        Paths of ``NN_name.py`` files.

    Raises:
        NoLessonsError: there are no lessons at all.
        WorkbookError: a name matches no lesson.
    """
    folder = source_folder(notebooks)
    every = sorted(folder.glob("[0-9][0-9]_*.py"))
    if not every:
        raise NoLessonsError(
            f"no lessons: expected files NN_name.py in {shown(folder)}, found none. A student's "
            "edition has none: build from the whole course."
        )
    if not wanted:
        return every
    chosen = []
    for name in wanted:
        stem = Path(name).stem
        number = f"{int(stem):02d}_" if stem.isdigit() else None
        hits = [p for p in every if p.stem == stem or (number and p.stem.startswith(number))]
        if not hits:
            known = ", ".join(p.stem for p in every)
            raise WorkbookError(f"no lesson {name!r}. Expected a number or a name, one of: {known}")
        chosen += [p for p in hits if p not in chosen]
    return chosen


def importable_here() -> dict[str, str]:
    """This process's environment, with course_utils importable from every folder."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return dict(os.environ, PYTHONPATH=os.pathsep.join(paths))


def shown(path: Path) -> str:
    """A path as it is told to people: relative to the repository where possible."""
    try:
        return path.resolve().relative_to(ROOT).as_posix()
    except ValueError:
        return str(path)
