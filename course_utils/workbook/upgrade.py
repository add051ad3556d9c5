"""``upgrade OLD [NEW]``: take a student's answers into a new edition, file by file."""

from __future__ import annotations

from pathlib import Path

from course_utils.workbook.project import NOTEBOOKS, WorkbookError, student_path, write_text
from course_utils.workbook.terminal import say
from course_utils.workbook.upgrade_merge import upgrade
from course_utils.workbook.upgrade_read import read_old


def upgrade_file(old: str, new: str | None = None, to: str | None = None) -> int:
    """The command: read, merge, keep a backup of what is replaced, write, tell.

    Args:
        old: the notebook with the answers.
        new: its new edition; by default the one of this project with its name.
        to: where the result goes; by default in place of the old one, of which a copy is kept.

    Returns:
        0: fine.

    Raises:
        WorkbookError: a file is not there or cannot be read, or something would be lost.
    """
    source = Path(old)
    edition = Path(new) if new else _edition_of(source)
    for path in (source, edition):
        if not path.is_file():
            raise WorkbookError(
                f"upgrade: expected a notebook, found no file {path}. "
                "Is the name spelt as in the folder?"
            )
    if source.resolve() == edition.resolve():
        raise WorkbookError(
            f"upgrade: {source} is the old and the new notebook at once. Expected the new edition "
            "in a file of its own: upgrade OLD.ipynb NEW.ipynb"
        )
    done = upgrade(source.read_bytes(), edition.read_text("utf-8"), lesson=edition.stem)
    target = Path(to) if to else source
    if target.exists():
        copy_at = _free_name(target)
        copy_at.write_bytes(target.read_bytes())
        say(f"copy of the old one: {copy_at}")
    write_text(target, done.text)
    say(f"written: {target}")
    say(f"{len(done.taken)} answers taken over, {len(done.open)} exercises open")
    for line in done.told:
        say(f"  {line}")
    return 0


def _edition_of(old: Path) -> Path:
    metadata, _ = read_old(old.read_bytes()) if old.is_file() else ({}, [])
    lesson = (metadata.get("course") or {}).get("lesson") or old.stem
    path = student_path(NOTEBOOKS, Path(lesson).name)
    if not path.is_file():
        raise WorkbookError(
            f"upgrade: {old} does not say which lesson it is. Expected the new edition by name: "
            "upgrade OLD.ipynb NEW.ipynb"
        )
    return path


def _free_name(path: Path) -> Path:
    number = 1
    while (free := path.with_name(f"{path.stem}.backup-{number}{path.suffix}")).exists():
        number += 1
    return free
