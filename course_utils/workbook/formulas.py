"""Formulas of a lesson that are checked before they are shown.

In a lesson's text, ``{{linear: dW = X.T @ dY}}`` stands for a line of the
derivation called ``linear``. The build judges the line, as it would a
student's, and puts in its LaTeX: a formula that is false is not printed.
"""

from __future__ import annotations

import re

from course_utils.workbook.lesson import Cell, Lesson
from course_utils.workbook.project import WorkbookError, shown

_FORMULA = re.compile(r"\{\{\s*(?P<setting>\w+)\s*:\s*(?P<line>[^{}]+?)\s*\}\}")


def with_formulas(lesson: Lesson, cell: Cell, text: str) -> str:
    """The text of a cell with each formula as LaTeX.

    Args:
        lesson: for the message.
        cell: for the message.
        text: of the cell; only prose has formulas.

    Raises:
        WorkbookError: a formula is false, or its derivation is not known.
    """
    if cell.kind != "markdown" or "{{" not in text:
        return text
    return _FORMULA.sub(lambda found: _latex(lesson, cell, found), text)


def formulas_in(text: str) -> list[tuple[str, str]]:
    """Setting and line of each formula of a text."""
    return [(found["setting"], found["line"]) for found in _FORMULA.finditer(text)]


def _latex(lesson: Lesson, cell: Cell, found: re.Match) -> str:
    from course_utils.checking.derivations import judge_derivation
    from course_utils.checking.derivations.ready import SETTINGS

    setting, line = found["setting"], found["line"]
    where = f"{shown(lesson.path)}, cell at line {cell.line}: {found[0]}"
    if setting not in SETTINGS:
        known = ", ".join(sorted(SETTINGS))
        raise WorkbookError(f"{where}: expected one of the derivations {known}, got {setting}.")
    verdict = judge_derivation(SETTINGS[setting], [line])
    (judged,) = verdict.lines
    if judged.status not in ("ok", "note"):
        raise WorkbookError(f"{where}: this formula is not true. {judged.message}")
    return verdict.typeset[0]
