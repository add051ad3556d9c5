"""Which exercises each lesson asks for: a list that the build writes and `submit` reads.

It is not read from the notebook that is handed in: a student may have deleted some of its cells.
"""

from __future__ import annotations

import json
from pathlib import Path

from course_utils.checking.exercises import all_exercises

ASSIGNMENTS = Path(__file__).with_name("assignments.json")


def assignments() -> dict[str, list[str]]:
    """Exercises of each lesson; those of lessons that are not released yet are left out."""
    known = all_exercises()
    listed_ones = json.loads(ASSIGNMENTS.read_text("utf-8"))
    return {name: ids for name, ids in listed_ones.items() if all(i in known for i in ids)}


def assignments_text(exercises: dict[str, list[str]]) -> str:
    """The list as it is stored, a line for each lesson.

    Args:
        exercises: ids by the name of the lesson.
    """
    lines = [f" {json.dumps(name)}: {json.dumps(ids)}" for name, ids in exercises.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"
