"""``build --nbgrader``: source notebooks of an nbgrader course.

nbgrader makes the student's notebooks out of them itself (`generate_assignment`), runs what is
handed in, and takes the points from the last line of each test cell. That process is the
student's own: whoever wants to can change what it says. `grade` is made so that they cannot.

Facts used (nbgrader 0.9.6): a test cell whose last value is a number earns that number; with an
error or anything on stderr it earns 0, with any other value or none it earns all points.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from nbformat import v4

from course_utils.checking.exercises import find_exercise
from course_utils.workbook.editions import MARKED_EDITION, as_text, make_edition
from course_utils.workbook.lesson import Lesson, read_lesson
from course_utils.workbook.markers import find_blanks
from course_utils.workbook.project import NOTEBOOKS, lesson_sources, shown, write_text
from course_utils.workbook.terminal import say

SCHEMA = 3  # of nbgrader's metadata
_SECONDS = 300  # for one cell; nbgrader's own default is 30

_TEST = """\
# Points of exercise {id}, taken by nbgrader from the last line: 0 to {points:g}. Leave it as it is.
from course_utils.checking import check as _check

float(min({points:g}, round(_check("{id}").earned, 2)))"""

_CONFIG = f'''\
"""Settings of nbgrader for this course; made by build --nbgrader, yours to edit."""

c = get_config()  # noqa: F821 - nbgrader gives it
c.CourseDirectory.course_id = "nn-workbook"
# The line that stands for an answer: the course knows by it that a blank is open.
c.ClearSolutions.code_stub = {{
    "python": 'raise NotImplementedError("this exercise is still open")',
}}
c.Execute.timeout = {_SECONDS}
'''


def build_nbgrader(to: Path, wanted: list[str] | None = None, notebooks: Path = NOTEBOOKS) -> int:
    """Write the source notebooks of a course, one assignment for each lesson.

    Args:
        to: the folder of the course; gets ``source/NN_name/NN_name.ipynb`` and, if there is
            none, ``nbgrader_config.py``.
        wanted: lessons by number or name; all if empty.
        notebooks: the folder of the notebooks.

    Returns:
        0: nothing failed.

    Raises:
        WorkbookError: a source is refused.
    """
    made = [nbgrader_source(read_lesson(path)) for path in lesson_sources(wanted, notebooks)]
    for notebook in made:
        name = notebook.metadata.course.lesson
        target = to / "source" / name / f"{name}.ipynb"
        write_text(target, as_text(notebook))
        say(f"{shown(target)}: written")
    config = to / "nbgrader_config.py"
    if not config.exists():
        write_text(config, _CONFIG)
    elif config.read_text("utf-8") != _CONFIG:
        say(f"{shown(config)}: is there and kept; see that it has the code_stub and the timeout")
    say(f"Next, in {to}: nbgrader generate_assignment NN_name")
    return 0


def nbgrader_source(lesson: Lesson):
    """A lesson as nbgrader wants it: solved with markers, each exercise with a test cell below.

    Args:
        lesson: what `read_lesson` gives.

    Returns:
        An nbformat notebook, the same for the same lesson.
    """
    notebook = make_edition(lesson, MARKED_EDITION)
    cells = []
    blanks = find_blanks(lesson)
    for index, cell in enumerate(notebook.cells):
        own = [b for b in blanks if b.cell == index]
        if own:
            names = "-".join(_sign(b.exercise_id, b.function) for b in own)
            cell.metadata["nbgrader"] = _metadata(f"answer-{names}", solution=True)
        cells.append(cell)
        for blank in own:
            asked = find_exercise(blank.exercise_id)
            sign = f"points-{_sign(blank.exercise_id, blank.function)}"
            source = _TEST.format(id=asked.id, points=asked.points)
            made = v4.new_code_cell(source, id=hashlib.sha256(sign.encode()).hexdigest()[:12])
            made.metadata["nbgrader"] = _metadata(
                sign, grade=True, locked=True, points=float(asked.points)
            )
            cells.append(made)
    notebook.cells = cells
    return notebook


def _metadata(grade_id: str, *, solution=False, grade=False, locked=False, **more) -> dict:
    """Metadata of a cell; `points` only where it is graded, as nbgrader's schema asks."""
    return {
        "schema_version": SCHEMA, "solution": solution, "grade": grade, "locked": locked,
        "task": False, "grade_id": grade_id, **more,
    }  # fmt: skip


def _sign(exercise_id: str, function: str) -> str:
    """An id of letters, digits, hyphens and underscores, which is all that nbgrader takes."""
    return re.sub(r"[^A-Za-z0-9_-]", "-", f"{exercise_id}-{function}")
