"""A grade in the form that Gradescope reads, results.json."""

from __future__ import annotations

from typing import Any

from course_utils.workbook.grade.data import json_text
from course_utils.workbook.grade.model import RIGHT, ExerciseGrade, Graded

# When a student sees the result; the names are Gradescope's.
VISIBILITIES = ("visible", "after_due_date", "after_published", "hidden")
_LONGEST = 20_000  # characters of one output; a page of messages is a tenth of it


def results_json(graded: Graded, visibility: str = "visible") -> str:
    """The text of results.json for one hand-in.

    The total is the sum of the tests, so there is no score beside them.

    Args:
        graded: a grade.
        visibility: one of `VISIBILITIES`.

    Source:
        https://gradescope-autograders.readthedocs.io/en/latest/specs/
    """
    return json_text(results(graded, visibility))


def results(graded: Graded, visibility: str = "visible") -> dict[str, Any]:
    """The same as plain data."""
    if visibility not in VISIBILITIES:
        raise ValueError(
            f"visibility: expected one of {', '.join(VISIBILITIES)}, got {visibility!r}"
        )
    return {
        "output": _about(graded),
        "output_format": "text",
        "visibility": visibility,
        "tests": [_test(grade, visibility) for grade in graded.exercises],
    }


def _about(graded: Graded) -> str:
    lines = [f"Nothing could be graded: {graded.error}"] if graded.error else []
    lines += [f"Note: {remark}" for remark in graded.remarks]
    return _cut("\n".join(lines)) or "Each exercise has its verdict below."


def _test(grade: ExerciseGrade, visibility: str) -> dict[str, Any]:
    return {
        "name": f"{grade.exercise} {grade.name}",
        "number": grade.exercise,
        "score": round(grade.earned, 2),
        "max_score": grade.points,
        "status": "passed" if grade.status == RIGHT else "failed",
        "output": _cut(grade.text) or f"{grade.name}: no function of this name in the hand-in.",
        "output_format": "text",
        "visibility": visibility,
    }


def _cut(text: str) -> str:
    # Lone surrogates cannot be sent as UTF-8, and Gradescope's reader need not survive them.
    plain = text.encode("utf-8", "backslashreplace").decode()
    return plain if len(plain) <= _LONGEST else plain[:_LONGEST] + "\n(cut here)"
