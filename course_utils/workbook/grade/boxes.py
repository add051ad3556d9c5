"""Verdicts as boxes on a page, in the manner of the notebook; and the frame of a page."""

from __future__ import annotations

import html
from pathlib import Path

from course_utils.checking import verdict as told
from course_utils.checking.verdict import Finding, Verdict
from course_utils.workbook.grade.csv_text import points_text
from course_utils.workbook.grade.model import MISSING, OPEN, RIGHT, STOPPED, WRONG, ExerciseGrade

STATES = (RIGHT, WRONG, OPEN, MISSING, STOPPED)
SIGNS = {RIGHT: "✓", WRONG: "✗", OPEN: "○", MISSING: "○", STOPPED: "✗"}
WORDS = {
    RIGHT: "right",
    WRONG: "not right yet",
    OPEN: "left open",
    MISSING: "not in the hand-in",
    STOPPED: "stopped",
}
_STYLE = Path(__file__).with_name("pages.css")
# What the notebook's box would say of the two states that only a grader knows.
_AS = {MISSING: told.OPEN, STOPPED: told.WRONG}


class _Graded(Verdict):
    """A verdict whose page says name and points in a heading, and offers no next hint."""

    @property
    def headline(self) -> str:
        return ""

    @property
    def next_step(self) -> str:
        return ""


def box(grade: ExerciseGrade) -> str:
    """The findings about one answer, as the notebook shows them; "" where there are none."""
    findings = tuple(Finding(f.part, f.status, f.cause, f.message) for f in grade.findings)
    if grade.status == STOPPED and not findings:
        findings = (Finding("", told.WRONG, "stopped", grade.text),)
    status = _AS.get(grade.status, grade.status)
    verdict = _Graded(grade.exercise, grade.name, status, findings, grade.points, grade.earned)
    # The notebook announces a new verdict to a screen reader; a page is read from the top.
    made = verdict.html().replace('role="status" ', "", 1).replace("<div><b></b></div>", "", 1)
    return made if "<div style" in made.partition(">")[2] else ""


def state(grade: ExerciseGrade) -> str:
    """``"✗ not right yet"``, with the sign hidden from a screen reader."""
    sign = f'<span aria-hidden="true">{SIGNS[grade.status]}</span>'
    return f'<span class="state {grade.status}">{sign} {WORDS[grade.status]}</span>'


def of_points(earned: float, points: float) -> str:
    """``"2.5 of 4 points"``."""
    return f"{points_text(earned)} of {points_text(points)} point{'' if points == 1 else 's'}"


def escaped(text: object) -> str:
    """For HTML: also what cannot be sent as UTF-8, as an escape."""
    plain = str(text).encode("utf-8", "backslashreplace").decode()
    return html.escape("".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in plain))


def table(
    caption: str,
    head: list[str],
    rows: list[list[str]],
    *,
    numbers: set[int] = frozenset(),
    words: bool = False,
) -> str:
    """A table whose first column names its rows; cells are HTML.

    Args:
        caption: says what the table holds.
        head: names of columns.
        rows: cells.
        numbers: columns of numbers, set right.
        words: cells hold sentences, and columns are to be wide enough for them.
    """

    def kind(i: int) -> str:
        return ' class="n"' if i in numbers else ""

    kind_of = ' class="words"' if words else ""
    heads = "".join(f'<th scope="col"{kind(i)}>{h}</th>' for i, h in enumerate(head))
    body = "".join(
        "<tr>"
        + "".join(
            f'<th scope="row"{kind(i)}>{cell}</th>' if i == 0 else f"<td{kind(i)}>{cell}</td>"
            for i, cell in enumerate(row)
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="wide" role="region" aria-label="{escaped(caption)}" tabindex="0">'
        f"<table{kind_of}><caption>{escaped(caption)}</caption><thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{body}</tbody></table></div>"
    )


def page(title: str, header: str, main: str, footer: str) -> str:
    """A whole page in one file: no script, no network, light and dark, fit to be printed.

    Args:
        title: plain text.
        header: HTML with the h1.
        main: HTML.
        footer: HTML.
    """
    style = _STYLE.read_text("utf-8")
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        # Nothing of a student's can load or run anything, even if an escape were missing.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">\n"
        f"<title>{escaped(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        '<a class="skip" href="#main">Skip to the content</a>\n'
        f'<header>{header}</header>\n<main id="main" tabindex="-1">\n{main}\n</main>\n'
        f"<footer>{footer}</footer>\n</body>\n</html>\n"
    )
