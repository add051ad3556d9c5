"""Run lessons from their sources, and leave notebooks and pages to look at."""

from __future__ import annotations

from pathlib import Path

from course_utils.workbook.editions import SOLUTION_EDITION, make_edition
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.project import BUILD, NOTEBOOKS, lesson_sources
from course_utils.workbook.running import Runnable, run_notebooks


def run(
    wanted: list[str] | None = None, profile: str = "quick", *,
    notebooks: Path = NOTEBOOKS, out: Path = BUILD,
) -> int:  # fmt: skip
    """Run the solved edition of lessons; a lesson that fails does not stop the others.

    Args:
        wanted: lessons by number or name; all if empty.
        profile: ``"quick"`` or ``"full"``.
        notebooks: the folder of the notebooks.
        out: gets ``run/NN_name.ipynb``, ``html/NN_name.html`` and ``html/index.html``.

    Returns:
        How many lessons failed.

    Raises:
        WorkbookError: a source is refused, or no lesson has a wanted name.
    """
    lessons = [read_lesson(path) for path in lesson_sources(wanted, notebooks)]
    solved = [
        Runnable(
            lesson.name, lesson.title, lesson.minutes, make_edition(lesson, SOLUTION_EDITION),
            notebooks / "solutions",
        )
        for lesson in lessons
    ]  # fmt: skip
    return run_notebooks(solved, profile, out)
