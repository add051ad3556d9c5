"""Write all that comes out of a batch; the same grades give the same bytes."""

from __future__ import annotations

import dataclasses
import inspect
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.checking.exercises import find_exercise
from course_utils.checking.mistakes import catalogue
from course_utils.workbook.grade.alike import Pair, alike
from course_utils.workbook.grade.canvas import Filled
from course_utils.workbook.grade.class_page import class_page, page_key
from course_utils.workbook.grade.data import grades_csv, grades_json, json_text
from course_utils.workbook.grade.gradescope import results_json
from course_utils.workbook.grade.handins import HandIn
from course_utils.workbook.grade.model import Graded
from course_utils.workbook.grade.student_page import student_page
from course_utils.workbook.project import write_text

SEED, RECEIPT, WORK = "secret.seed", "receipt.json", "work"
_FOLDERS = ("students", "gradescope")  # are made anew each time: nobody's old page stays


@dataclass(frozen=True)
class Outputs:
    """The texts that a batch gives, by path below the folder of the lesson."""

    files: dict[str, str]

    def write(self, folder: Path) -> None:
        """Write them, and remove what an earlier batch left there.

        Args:
            folder: is made, and closed to other users of the machine.
        """
        make_private(folder)
        for name in _FOLDERS:
            shutil.rmtree(folder / name, ignore_errors=True)
        for name, text in self.files.items():
            # newline as it is: CSV has its own. Lone surrogates are written as escapes.
            write_text(folder / name, text.encode("utf-8", "backslashreplace").decode())


def outputs(
    hand_ins: Sequence[HandIn],
    grades: Sequence[Graded],
    title: str,
    *,
    passed_over: Sequence[tuple[str, str]] = (),
    visibility: str = "visible",
    gradebook: Filled | None = None,
) -> Outputs:
    """Make everything but the receipt.

    Args:
        hand_ins: one for each student.
        grades: of these, in the same order, all of one lesson.
        title: of the lesson.
        passed_over: (path, why) of what was not looked at.
        visibility: when students see it on Gradescope.
        gradebook: Canvas's, filled; None if there is none.
    """
    lesson = grades[0].lesson
    pages = {page_key(g): f"students/{h.slug}.html" for h, g in zip(hand_ins, grades, strict=True)}
    pairs = alike(grades, {e.exercise: known_sources(e.exercise) for e in grades[0].exercises})
    files = {
        "grades.csv": grades_csv(grades),
        "grades.json": grades_json(lesson, grades, passed_over),
        "alike.json": json_text([_pair(p, grades) for p in pairs]),
        "class.html": class_page(grades, title, pages=pages, pairs=pairs, passed_over=passed_over),
    }
    for hand_in, graded in zip(hand_ins, grades, strict=True):
        files[f"students/{hand_in.slug}.html"] = student_page(graded, title)
        files[f"gradescope/{hand_in.slug}/results.json"] = results_json(graded, visibility)
    if gradebook:
        files["canvas.csv"] = gradebook.text
        files["canvas.txt"] = _canvas_report(gradebook)
    return Outputs(files)


def known_sources(exercise_id: str) -> list[str]:
    """Answers that are no sign of copying: the reference, and the mistakes that many make."""
    asked = find_exercise(exercise_id)
    return list(
        filter(None, map(_source, [asked.reference, *(m.wrong for m in catalogue(asked.name))]))
    )


def _source(function) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # made by a function, or kept elsewhere
        return ""


def make_private(folder: Path) -> None:
    """Make a folder; a new one is closed to other users of the machine: it holds grades."""
    if not folder.is_dir():
        folder.mkdir(parents=True)
        os.chmod(folder, 0o700)


def _pair(pair: Pair, grades: Sequence[Graded]) -> dict:
    first, second = grades[pair.first], grades[pair.second]
    return {
        "students": [first.student, second.student],
        "paths": [first.path, second.path],
        "same_file": pair.same_file,
        "shared": [dataclasses.asdict(s) for s in pair.shared],
    }


def _canvas_report(filled: Filled) -> str:
    lines = [f"Column: {filled.column}", f"Filled: {filled.filled}", ""]
    lines += filled.remarks
    for heading, names in (
        ("Hand-ins without a row (grade these by hand)", filled.unmatched),
        ("Rows without a hand-in (left as they were)", filled.without),
    ):
        lines += ["", f"{heading}: {len(names)}", *(f"  {name}" for name in names)]
    return "\n".join(lines) + "\n"
