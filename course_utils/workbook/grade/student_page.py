"""The page of one student: points, and what was found in each answer."""

from __future__ import annotations

from course_utils.workbook.grade.boxes import box, escaped, of_points, page, state, table
from course_utils.workbook.grade.csv_text import points_text
from course_utils.workbook.grade.model import MISSING, OPEN, RIGHT, ExerciseGrade, Graded

_FOOTER = (
    "Graded by the same checks as in the notebook, on other numbers of the same kind: what the "
    "notebook calls right is right here. If you think a verdict is wrong, bring this page along."
)


def student_page(graded: Graded, title: str) -> str:
    """A page that stands alone.

    Args:
        graded: the student's grade.
        title: of the lesson, as people know it.

    Returns:
        HTML; everything that came from the student is escaped.
    """
    header = (
        f'<p class="quiet">{escaped(title)}</p><h1>{escaped(graded.student)}</h1>'
        f'<p class="total"><strong>{points_text(graded.earned)}</strong> of '
        f"{points_text(graded.possible)} points</p>"
    )
    if graded.path:
        header += f'<p class="quiet">File: {escaped(graded.path)}</p>'
    body = [_error(graded.error)] if graded.error else [_overview(graded), _sections(graded)]
    if graded.remarks:
        notes = "".join(f"<li>{escaped(remark)}</li>" for remark in graded.remarks)
        body.insert(
            0,
            f'<section aria-labelledby="notes"><h2 id="notes">Notes</h2><ul>{notes}</ul></section>',
        )
    whole = f"{graded.student}: {title}"
    return page(whole, header, "\n".join(body), f"<p>{_FOOTER}</p>")


def _error(error: str) -> str:
    return (
        '<section aria-labelledby="error"><h2 id="error">Nothing could be graded</h2>'
        f'<p class="error">{escaped(error)}</p></section>'
    )


def _overview(graded: Graded) -> str:
    rows = [
        [
            f'<a href="#{_anchor(e)}">{escaped(e.exercise)} <code>{escaped(e.name)}</code></a>',
            state(e),
            points_text(e.earned),
            points_text(e.points),
        ]
        for e in graded.exercises
    ]
    made = table(
        "Exercises and points", ["Exercise", "Verdict", "Points", "Of"], rows, numbers={2, 3}
    )
    return f'<section aria-labelledby="all"><h2 id="all">All exercises</h2>{made}</section>'


def _sections(graded: Graded) -> str:
    parts = "\n".join(_section(e) for e in graded.exercises)
    return (
        f'<section aria-labelledby="verdicts"><h2 id="verdicts">Verdicts</h2>\n{parts}\n</section>'
    )


def _section(grade: ExerciseGrade) -> str:
    where = _anchor(grade)
    said = box(grade)
    if grade.status == OPEN:
        said = "<p>The blank was left open.</p>"
    elif grade.status == MISSING:
        said = (
            f"<p>No function named <code>{escaped(grade.name)}</code> was found. "
            "Was it renamed, or its cell deleted?</p>"
        )
    name = f"{escaped(grade.exercise)} <code>{escaped(grade.name)}</code>"
    heading = (
        f'<h3 id="{where}"><span>{name}</span>'
        f"<small>{state(grade)}, {of_points(grade.earned, grade.points)}</small></h3>"
    )
    return f'<section aria-labelledby="{where}">{heading}{said}{_source(grade)}</section>'


def _source(grade: ExerciseGrade) -> str:
    """The answer itself: open where something is to be mended, so that it is printed too."""
    if not grade.source.strip() or grade.status == OPEN:
        return ""
    shown = "" if grade.status == RIGHT else " open"
    code = escaped(grade.source.strip("\n"))
    return f"<details{shown}><summary>The answer</summary><pre><code>{code}</code></pre></details>"


def _anchor(grade: ExerciseGrade) -> str:
    return "e-" + grade.exercise.replace(".", "-")
