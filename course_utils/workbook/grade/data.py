"""The grades of a lesson as a table for people and as data for programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from course_utils.workbook.grade.csv_text import csv_text
from course_utils.workbook.grade.model import Graded

FORMAT = 1


def grades_csv(grades: Sequence[Graded]) -> str:
    """grades.csv: a row for each hand-in, a column for each exercise.

    Args:
        grades: of one lesson.
    """
    asked = grades[0].exercises if grades else ()
    head = ["student", "file"]
    head += [f"{e.exercise} {e.name} (of {e.points:g})" for e in asked]
    head += ["total", "of", "error", "remarks"]
    return csv_text(
        head,
        (
            [
                g.student, g.path, *(float(e.earned) for e in g.exercises),
                g.earned, g.possible, g.error, "; ".join(g.remarks),
            ]
            for g in grades
        ),
    )  # fmt: skip


def grades_json(
    lesson: str, grades: Sequence[Graded], passed_over: Sequence[tuple[str, str]]
) -> str:
    """grades.json: everything but the answers; grades.schema.json says what is where."""
    asked = grades[0].exercises if grades else ()
    whole = {
        "format": FORMAT,
        "lesson": lesson,
        "exercises": [{"exercise": e.exercise, "name": e.name, "points": e.points} for e in asked],
        "possible": grades[0].possible if grades else 0.0,
        "hand_ins": [_hand_in(g) for g in grades],
        "passed_over": [{"path": path, "why": why} for path, why in passed_over],
    }
    return json_text(whole)


def json_text(value: Any) -> str:
    """JSON as it is written everywhere: sorted names, one entry a line, plain ASCII, no NaN."""
    return json.dumps(value, indent=1, sort_keys=True, allow_nan=False) + "\n"


def _hand_in(graded: Graded) -> dict[str, Any]:
    data = graded.to_dict()
    for exercise in data["exercises"]:
        del exercise["source"]  # it stands in the hand-in
    return {**data, "earned": graded.earned, "possible": graded.possible}
