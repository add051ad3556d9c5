"""Build both editions of the lessons, and check that the stored ones are up to date."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import nbformat

from course_utils.checking.exercises import all_exercises
from course_utils.workbook.assignments import ASSIGNMENTS, assignments_text
from course_utils.workbook.editions import (
    LANGUAGE,
    SOLUTION_EDITION,
    STUDENT_EDITION,
    as_text,
    make_edition,
)
from course_utils.workbook.execute import LessonFailed, execute, kernel_environment, strip_transient
from course_utils.workbook.leaks import prove_no_leak
from course_utils.workbook.lesson import Lesson, read_lesson
from course_utils.workbook.markers import find_blanks
from course_utils.workbook.project import (
    NOTEBOOKS,
    lesson_sources,
    shown,
    solution_path,
    student_path,
    write_text,
)
from course_utils.workbook.running import CELL_SECONDS
from course_utils.workbook.terminal import LessonProgress, say


def build(
    wanted: list[str] | None = None, *, force: bool = False, notebooks: Path = NOTEBOOKS
) -> int:
    """Build the student and the solution edition of lessons.

    Args:
        wanted: lessons by number or name; all if empty.
        force: run the solutions even if nothing changed.
        notebooks: the folder of the notebooks.

    Returns:
        How many lessons could not be run.

    Raises:
        WorkbookError: a source is refused, or a solution would leak.
    """
    # All are read before any is written: a refusal leaves nothing half built.
    lessons = [read_lesson(path) for path in lesson_sources(wanted, notebooks)]
    made = [
        (lesson, student_text(lesson), make_edition(lesson, SOLUTION_EDITION)) for lesson in lessons
    ]
    failed = 0
    for lesson, student, solved in made:
        target = student_path(notebooks, lesson.name)
        same = target.exists() and target.read_bytes() == student.encode()
        if not same:
            write_text(target, student)
        stored = solution_path(notebooks, lesson.name)
        say(f"{shown(target)}: {'unchanged' if same else 'written'}")
        if not force and solution_difference(solved, stored) is None:
            say(f"{shown(stored)}: unchanged, not run again")
        else:
            failed += not _run_and_store(lesson, solved, stored)
    if notebooks == NOTEBOOKS and (asked := _asked(notebooks)) != ASSIGNMENTS.read_text("utf-8"):
        write_text(ASSIGNMENTS, asked)
        say(f"{shown(ASSIGNMENTS)}: written")
    return failed


def check(wanted: list[str] | None = None, *, notebooks: Path = NOTEBOOKS) -> list[str]:
    """Compare the stored notebooks with what the sources give; nothing is run or written.

    Args:
        wanted: lessons by number or name; all if empty.
        notebooks: the folder of the notebooks.

    Returns:
        One message for each notebook that differs, with the first differing cell
        and what to run.

    Raises:
        WorkbookError: a source is refused, or a solution would leak.
    """
    problems, names = [], set()
    for path in lesson_sources(wanted, notebooks):
        lesson = read_lesson(path)
        names.add(lesson.name)
        student = student_path(notebooks, lesson.name)
        stored = solution_path(notebooks, lesson.name)
        for target, difference in (
            (student, _student_difference(student_text(lesson), student)),
            (stored, solution_difference(make_edition(lesson, SOLUTION_EDITION), stored)),
        ):
            if difference:
                run = f"python -m course_utils build {lesson.name[:2]}"
                problems.append(f"{shown(target)}: {difference}. Run: {run}")
    if not wanted:
        every = [*notebooks.glob("*.ipynb"), *notebooks.glob("solutions/*.ipynb")]
        problems += [
            f"{shown(p)}: no source gives this notebook. Delete it, or restore {p.stem}.py"
            for p in sorted(every)
            if p.stem not in names
        ]
    if notebooks == NOTEBOOKS and _asked(notebooks) != ASSIGNMENTS.read_text("utf-8"):
        run = "python -m course_utils build"
        problems.append(f"{shown(ASSIGNMENTS)}: other exercises than the lessons ask. Run: {run}")
    return problems


def _asked(notebooks: Path) -> str:
    """Which exercises each lesson asks for, in the order of their numbers, as it is stored."""
    place = {number: k for k, number in enumerate(all_exercises())}
    asked = {}
    for lesson in map(read_lesson, lesson_sources(None, notebooks)):
        found = [blank.exercise_id for blank in find_blanks(lesson)]
        asked[lesson.name] = sorted(found, key=lambda number: place.get(number, len(place)))
    return assignments_text(asked)


def student_text(lesson: Lesson) -> str:
    """The student edition as it is stored, proven to hold no line of a solution.

    Raises:
        WorkbookError: the source is refused, or a solution would leak.
    """
    text = as_text(make_edition(lesson, STUDENT_EDITION))
    prove_no_leak(lesson, text)
    return text


def solution_difference(expected, stored: Path) -> str | None:
    """How a stored solution differs from its source, or None.

    Args:
        expected: the solution edition without outputs.
        stored: path of the executed notebook.
    """
    found, unreadable = _read(stored)
    if found is None:
        return unreadable
    recorded = found.metadata.get("course", {}).pop("outputs_sha256", None)
    outputs = outputs_digest(found)
    for cell in found.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    if difference := _first_difference(expected, found):
        return difference
    if recorded != outputs:
        return "its outputs are not those that the build stored (stripped, or run by hand?)"
    return None


def outputs_digest(notebook) -> str:
    """Hash over all outputs: shows when they were stripped or replaced."""
    outputs = [[c.execution_count, c.outputs] for c in notebook.cells if c.cell_type == "code"]
    return hashlib.sha256(json.dumps(outputs, sort_keys=True).encode()).hexdigest()


def _run_and_store(lesson: Lesson, solved, stored: Path) -> bool:
    progress = LessonProgress(lesson.name)
    notebook = copy.deepcopy(solved)
    try:
        execute(
            notebook,
            stored.parent,
            kernel_environment(),
            timeout=CELL_SECONDS,
            on_cell=progress.cell,
        )
    except LessonFailed as failure:
        progress.finish(f"FAILED at {failure}")
        say(f"{shown(stored)}: not written")
        return False
    progress.finish("done")
    for remark in strip_transient(notebook):
        say(f"  note: {remark}")
    notebook.metadata["language_info"] = dict(LANGUAGE)  # the kernel puts its version there
    notebook = nbformat.reads(as_text(notebook), as_version=4)
    notebook.metadata["course"]["outputs_sha256"] = outputs_digest(notebook)
    write_text(stored, as_text(notebook))
    say(f"{shown(stored)}: written")
    return True


def _read(path: Path):
    """A stored notebook and None, or None and what is wrong with it."""
    if not path.exists():
        return None, "missing"
    try:
        return nbformat.reads(path.read_text("utf-8"), as_version=4), None
    except Exception as error:  # a merge conflict, a cut-off file: nbformat raises many kinds
        return None, f"not a readable notebook ({type(error).__name__})"


def _student_difference(expected: str, path: Path) -> str | None:
    if path.exists() and path.read_bytes() == expected.encode():
        return None
    found, unreadable = _read(path)
    if found is None:
        return unreadable
    difference = _first_difference(nbformat.reads(expected, as_version=4), found)
    return difference or "same cells, but other bytes (saved by another program?)"


def _first_difference(expected, found) -> str | None:
    for number, (want, got) in enumerate(zip(expected.cells, found.cells, strict=False), 1):
        for key in ("cell_type", "source", "metadata", "id", "outputs", "execution_count"):
            if want.get(key) != got.get(key):
                return (
                    f"differs from its source, first at cell {number} ({key}): "
                    f"expected {_line(want.get(key), got.get(key))}"
                )
    if len(expected.cells) != len(found.cells):
        want, got = len(expected.cells), len(found.cells)
        at = min(want, got) + 1
        return f"differs from its source at cell {at}: expected {want} cells, got {got}"
    wanted, gotten = dict(_flat(expected.metadata)), dict(_flat(found.metadata))
    for key in sorted(wanted.keys() | gotten.keys()):
        if wanted.get(key) != gotten.get(key):
            return (
                f"its metadata differ ({key}): expected {_line(wanted.get(key), gotten.get(key))}"
            )
    return None


def _flat(metadata, prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in metadata.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _line(want, got) -> str:
    """The first line in which two values differ, shortened."""
    wanted, gotten = (v.split("\n") if isinstance(v, str) else [str(v)] for v in (want, got))
    length = max(len(wanted), len(gotten))
    pairs = zip(*(x + [""] * (length - len(x)) for x in (wanted, gotten)), strict=True)
    first = next(((a, b) for a, b in pairs if a != b), ("", ""))
    return f"{first[0][:80]!r}, got {first[1][:80]!r}"
