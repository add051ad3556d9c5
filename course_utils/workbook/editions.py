"""Make the editions of a lesson: the student's, with blanks, and the solved one."""

from __future__ import annotations

import ast
import copy
import hashlib

import nbformat
from nbformat import v4

from course_utils.workbook.colab import BADGE, SETUP, badge, setup_cell
from course_utils.workbook.formulas import with_formulas
from course_utils.workbook.lesson import Cell, Lesson
from course_utils.workbook.markers import Blank, find_blanks
from course_utils.workbook.project import WorkbookError, shown

HAND_IN = "# <hand-in>"
_HAND_IN_CELL = """\
# In a course: save this notebook, take the # of the last line away, and run this cell.
from course_utils.workbook.submit import submit

# submit()"""
STUDENT_EDITION = "student"
SOLUTION_EDITION = "solution"
MARKED_EDITION = "marked"  # solved, with the markers: what nbgrader takes
_KERNELSPEC = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
LANGUAGE = {"file_extension": ".py", "mimetype": "text/x-python", "name": "python"}


def make_edition(lesson: Lesson, edition: str):
    """Build one edition of a lesson, without outputs.

    The same lesson gives the same notebook, byte for byte: nothing is taken
    from the clock, the machine or a random number.

    Args:
        lesson: what `read_lesson` gives.
        edition: ``"student"``, ``"solution"`` or ``"marked"``.

    Returns:
        An nbformat notebook.

    Raises:
        WorkbookError: a marker is wrong, or the student's cell is no valid
            Python once the region is taken out.
    """
    blanks = find_blanks(lesson)
    cells = []
    for index, cell in enumerate(lesson.cells):
        own = [b for b in blanks if b.cell == index]
        text = with_formulas(lesson, cell, cell.text)
        open_text = _checked(lesson, cell, _filled_in(lesson, _without_solutions(text, own)))
        texts = {
            STUDENT_EDITION: open_text,
            SOLUTION_EDITION: _filled_in(lesson, _without_markers(text, own)),
            MARKED_EDITION: _filled_in(lesson, text),
        }
        made = {"code": v4.new_code_cell, "markdown": v4.new_markdown_cell, "raw": v4.new_raw_cell}
        cells.append(
            made[cell.kind](
                texts[edition],
                # From the student's text in all editions: a cell can be matched across them.
                id=_cell_id(lesson.name, index, open_text),
                metadata=copy.deepcopy(cell.metadata),
            )
        )
    course = {"edition": edition, "lesson": lesson.name, "source_sha256": lesson.sha256}
    metadata = {"course": course, "kernelspec": dict(_KERNELSPEC), "language_info": dict(LANGUAGE)}
    return v4.new_notebook(cells=cells, metadata=metadata)


def as_text(notebook) -> str:
    """The notebook as it is stored: sorted keys, one newline at the end."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def blank_line(blank: Blank) -> str:
    """The statement that stands in the student edition for a solution."""
    said = f"exercise {blank.exercise_id}: {blank.function} is still open"
    return f'raise NotImplementedError("{said}")'


def _without_solutions(text: str, blanks: list[Blank]) -> str:
    lines = text.split("\n")
    for blank in sorted(blanks, key=lambda b: b.begin, reverse=True):
        indent = lines[blank.begin - 1][: -len(lines[blank.begin - 1].lstrip())]
        lines[blank.begin - 1 : blank.end] = [indent + blank_line(blank)]
    return "\n".join(lines)


def _without_markers(text: str, blanks: list[Blank]) -> str:
    markers = {n for b in blanks for n in (b.begin, b.end)}
    return "\n".join(line for n, line in enumerate(text.split("\n"), 1) if n not in markers)


def _filled_in(lesson: Lesson, text: str) -> str:
    if text.strip() == SETUP:
        return setup_cell()
    if text.strip() == HAND_IN:
        return _HAND_IN_CELL
    return text.replace(BADGE, badge(lesson.name)) if BADGE in text else text


def _checked(lesson: Lesson, cell: Cell, text: str) -> str:
    if cell.kind == "code":
        try:
            ast.parse(text)
        except SyntaxError as error:
            raise WorkbookError(
                f"{shown(lesson.path)}, line {cell.line}: without its solution this cell is no "
                f"valid Python ({error.msg}). Expected whole statements between the markers; does "
                "a block begin before the region and end in it?"
            ) from error
    return text


def _cell_id(lesson: str, index: int, text: str) -> str:
    return hashlib.sha256(f"{lesson}\n{index}\n{text}".encode()).hexdigest()[:12]
