"""Run lessons from their sources, and leave notebooks and pages to look at."""

from __future__ import annotations

from pathlib import Path

from course_utils.workbook.build import CELL_SECONDS
from course_utils.workbook.editions import SOLUTION_EDITION, as_text, make_edition
from course_utils.workbook.execute import LessonFailed, execute, kernel_environment
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.pages import LessonResult, index_page, notebook_page
from course_utils.workbook.project import BUILD, NOTEBOOKS, lesson_sources, shown, write_text
from course_utils.workbook.terminal import LessonProgress, say


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
    solved = [make_edition(lesson, SOLUTION_EDITION) for lesson in lessons]
    env = kernel_environment(profile)
    timeout = CELL_SECONDS if profile == "quick" else None
    results = []
    for lesson, notebook in zip(lessons, solved, strict=True):
        progress, failure = LessonProgress(lesson.name), None
        folder = notebooks / "solutions"
        try:
            execute(notebook, folder, env, timeout=timeout, on_cell=progress.cell)
        except LessonFailed as failed:
            failure = str(failed)
        result = LessonResult(lesson.name, lesson.title, lesson.minutes, progress.seconds, failure)
        progress.finish(result.status)
        write_text(out / "run" / f"{lesson.name}.ipynb", as_text(notebook))
        page = notebook_page(notebook, lesson.title, folder)
        write_text(out / "html" / f"{lesson.name}.html", page)
        results.append(result)
    write_text(out / "html" / "index.html", index_page(results))
    return _tell(results, out)


def _tell(results: list[LessonResult], out: Path) -> int:
    failed = [r for r in results if r.failure]
    took = sum(r.seconds for r in results)
    say(f"\n{len(results) - len(failed)} of {len(results)} lessons ran, in {took:.0f} s.")
    for result in failed:
        say(f"  {result.name}: {result.status}")
    say(f"Read them:     {shown(out / 'html' / 'index.html')} (open it in a browser)")
    say(f"The notebooks: {shown(out / 'run')}")
    say("Work in them:  make lab   (or: python -m course_utils lab)")
    return len(failed)
