"""Find the hand-ins in a folder: whose they are, which of several counts, what is passed over."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

ENDINGS = (".ipynb", ".zip")
_DEEPEST = 12  # folders in folders; nobody hands in more
_NOT_OURS = {"__macosx", "__pycache__", "thumbs.db", "desktop.ini"}

# What learning platforms call a file in a download of all hand-ins.
_CANVAS = re.compile(r"(?P<who>[^_]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_(?P<file>.+)")
_MOODLE = re.compile(
    r"(?P<who>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>[a-z]+)(?:_(?P<file>.*))?"
)


@dataclass(frozen=True)
class HandIn:
    """One file that is to be graded.

    Args:
        student: whose it is, fit to be shown.
        path: relative to the folder, with forward slashes; "" where a student's folder
            holds no notebook.
        file: where it is, None where there is none.
        slug: a name for files about it: plain letters and a hash, one for each student.
        remarks: what the instructor should know of it.
        lesson: which lesson it answers, "" while nobody has looked.
    """

    student: str
    path: str
    file: Path | None
    slug: str
    remarks: tuple[str, ...] = ()
    lesson: str = ""


@dataclass
class Found:
    """What is in a folder.

    Args:
        hand_ins: in the order of their students' names.
        passed_over: (path, why) of all that is not looked at, in the order of the paths.
    """

    hand_ins: list[HandIn] = field(default_factory=list)
    passed_over: list[tuple[str, str]] = field(default_factory=list)


def find_hand_ins(folder: Path, *, lessons: Sequence[str] = (), skip: Path | None = None) -> Found:
    """Look through a folder; nothing is opened, links are not followed.

    A student is a folder below this one, or the name of a file in it as Canvas and
    Moodle make them, or what stands in a file's name before the lesson's.

    Args:
        folder: what was collected.
        lessons: names of lessons, taken off the end of a file's name.
        skip: a folder that is not looked into, such as the one for the results.

    Returns:
        All files that may be hand-ins; several of one student are all in it.
    """
    found = Found()
    away = skip.resolve() if skip else None
    for entry in _entries(folder, found, ""):
        name = shown_name(entry.name)
        if _passed_over(entry, name, found) or (away and Path(entry.path).resolve() == away):
            continue
        if not entry.is_dir(follow_symlinks=False):
            who, remarks = _from_file_name(entry.name, lessons)
            found.hand_ins.append(_hand_in(who, name, entry.path, remarks))
            continue
        moodle = _MOODLE.fullmatch(entry.name)
        if moodle and moodle["kind"] != "file":  # Moodle's online text has a folder of its own
            found.passed_over.append((name + "/", "text that was typed in, no file"))
            continue
        who = f"{moodle['who']}_{moodle['number']}" if moodle else entry.name
        files = list(_below(Path(entry.path), found, name, away))
        found.hand_ins += [_hand_in(who, path, file) for path, file in files]
        if not files:
            found.hand_ins.append(_hand_in(who, "", None))
    found.hand_ins.sort(key=lambda h: (natural(h.student), h.slug, natural(h.path), h.path))
    found.passed_over.sort()
    found.hand_ins[:] = _told_apart(found.hand_ins)
    return found


def shown_name(name: str) -> str:
    """A file's name fit to be shown: what has no letter is written as an escape.

    Control characters, marks that turn the direction of writing, and bytes that are no UTF-8
    would otherwise change a table or a terminal.
    """
    return "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
        else c.encode("unicode_escape").decode()
        for c in name
    )  # fmt: skip


def _hand_in(who: str, path: str, file: str | Path | None, remarks=()) -> HandIn:
    return HandIn(shown_name(who), path, Path(file) if file else None, _slug(who), tuple(remarks))


def _slug(who: str) -> str:
    letters = unicodedata.normalize("NFKD", who).encode("ascii", "ignore").decode().lower()
    plain = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:40].strip("-")
    digits = hashlib.sha256(os.fsencode(who)).hexdigest()[:8]
    return f"{plain or 'student'}-{digits}"


def _entries(folder: Path, found: Found, path: str) -> list[os.DirEntry]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda e: os.fsencode(e.name))
    except OSError as error:
        found.passed_over.append((path + "/", f"cannot be opened ({error.strerror})"))
        return []


def _below(folder: Path, found: Found, path: str, away: Path | None, depth: int = 1) -> Iterator:
    """(path, file) of all notebooks and zips in a student's folder."""
    for entry in _entries(folder, found, path):
        name = f"{path}/{shown_name(entry.name)}"
        if _passed_over(entry, name, found) or (away and Path(entry.path).resolve() == away):
            continue
        if not entry.is_dir(follow_symlinks=False):
            yield name, Path(entry.path)
        elif depth < _DEEPEST:
            yield from _below(Path(entry.path), found, name, away, depth + 1)
        else:
            found.passed_over.append((name + "/", f"more than {_DEEPEST} folders deep"))


def _passed_over(entry: os.DirEntry, name: str, found: Found) -> bool:
    """Whether an entry is nothing to grade; says why."""
    why = _why_not(entry)
    if why:
        found.passed_over.append((name, why))
    return bool(why)


def _why_not(entry: os.DirEntry) -> str:
    if entry.is_symlink():
        return "a link; links are not followed"
    if entry.name.startswith("."):
        return "hidden"
    if entry.name.lower() in _NOT_OURS:
        return "made by a system, not by a student"
    if entry.is_dir(follow_symlinks=False):
        return ""
    if not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
        return "no ordinary file"
    return "" if entry.name.lower().endswith(ENDINGS) else "neither .ipynb nor .zip"


def _from_file_name(name: str, lessons: Sequence[str]) -> tuple[str, list[str]]:
    """Whose a file is, by its name alone, and what else the name tells."""
    if (moodle := _MOODLE.fullmatch(name)) and moodle["file"]:
        return f"{moodle['who']}_{moodle['number']}", []
    if canvas := _CANVAS.fullmatch(name):
        late = ["handed in late, says Canvas"] if canvas["late"] else []
        return f"{canvas['who']}_{canvas['number']}", late
    stem = name.rpartition(".")[0]
    for lesson in sorted(lessons, key=len, reverse=True):
        before = re.sub(rf"[-_ .]*(hand_in_)?{re.escape(lesson)}([-_ ]?\(?\d+\)?)?$", "", stem)
        if before != stem:
            return before or stem, []
    return stem, []


def natural(text: str) -> tuple:
    """A key that sorts numbers as numbers, and small letters beside large ones."""
    stem, dot, ending = text.rpartition(".")
    pieces = re.split(r"([0-9]+)", (stem if dot else text).casefold())
    return tuple((int(p[:300]), "") if i % 2 else (-1, p) for i, p in enumerate(pieces)), ending


def _told_apart(hand_ins: list[HandIn]) -> list[HandIn]:
    """Say so where two students' names look the same."""
    looks: dict[str, set[str]] = {}
    for h in hand_ins:
        looks.setdefault(_look(h.student), set()).add(h.slug)
    told = "another student's name looks the same: the two are kept apart"
    return [
        replace(h, remarks=(*h.remarks, told)) if len(looks[_look(h.student)]) > 1 else h
        for h in hand_ins
    ]


def _look(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()
