"""What Gradescope's container runs for each hand-in: one folder in, one results.json out."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from course_utils.workbook.grade.batch import Order, not_graded
from course_utils.workbook.grade.bundle import SEED, SETTINGS
from course_utils.workbook.grade.choose import latest
from course_utils.workbook.grade.gradescope import results_json
from course_utils.workbook.grade.handins import HandIn, find_hand_ins
from course_utils.workbook.grade.model import Graded
from course_utils.workbook.grade.secret import secret_seed
from course_utils.workbook.grade.setting import Setting, lesson_of
from course_utils.workbook.project import write_text

_WHO = "hand-in"


def main(root: Path) -> None:
    """Grade what is in submission/ and write results/results.json, whatever happens.

    Args:
        root: Gradescope's folder, /autograder.
    """
    source = root / "source"
    settings = json.loads((source / SETTINGS).read_text("utf-8"))
    setting = Setting(settings["lesson"], allow_weak=settings["allow_weak"])
    seed = secret_seed(source / SEED, make=False)
    folder = root / "submission"
    order = Order(
        setting.lesson, setting.exercises, seed, folder, lambda: setting.grader(settings["seeds"])
    )
    write_text(
        root / "results" / "results.json",
        results_json(graded_folder(folder, order), settings["visibility"]),
    )


def graded_folder(folder: Path, order: Order) -> Graded:
    """The grade of the one hand-in in a folder, or a grade with an error.

    Args:
        folder: what a student uploaded.
        order: how it is graded.
    """
    found = find_hand_ins(folder).hand_ins
    files = [replace(h, lesson=lesson_of(h.file)) for h in found if h.file]
    fitting = [h for h in files if h.lesson in ("", order.lesson)] or files
    if not fitting:
        nothing = HandIn(_WHO, "", None, _WHO)
        return not_graded(nothing, order, "no notebook (.ipynb) and no hand-in (.zip) was uploaded")
    # All files are one student's here, whatever their names.
    one = [HandIn(_WHO, h.path, h.file, _WHO, h.remarks, order.lesson) for h in fitting]
    chosen = latest(one)[0]
    try:
        return order.grader()(chosen.file, folder=folder, student=_WHO, seed=order.seed)
    except Exception as error:  # Gradescope shows results.json, never a traceback
        told = f"the grader failed on this hand-in ({type(error).__name__}); tell your instructor"
        print(f"{type(error).__name__}: {error}", file=sys.stderr)  # for the instructor's eyes
        return not_graded(chosen, order, told)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "/autograder"))
