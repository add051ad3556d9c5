"""Grades made by hand, for what is written of them."""

from __future__ import annotations

import hashlib
from dataclasses import replace

from course_utils.checking.exercises import find_exercise
from course_utils.workbook.grade.handins import HandIn
from course_utils.workbook.grade.model import ExerciseGrade, Graded, Told

LESSON = "03_fully_connected_net"
EXERCISES = ("3.1", "3.2", "3.3")


def exercise(exercise_id, status="right", *, share=None, mistakes=(), findings=(), source=""):
    asked = find_exercise(exercise_id)
    earned = asked.points * ({"right": 1.0}.get(status, 0.0) if share is None else share)
    return ExerciseGrade(
        asked.id, asked.name, float(asked.points), earned, status,
        tuple(Told(*f) for f in findings), mistakes, f"{asked.id}: {status}", source,
    )  # fmt: skip


def graded(student, *statuses, path=None, **changed):
    exercises = tuple(
        s if isinstance(s, ExerciseGrade) else exercise(i, s)
        for i, s in zip(EXERCISES, statuses or ["right"] * 3, strict=True)
    )
    path = f"{student}/03.ipynb" if path is None else path
    sha256 = hashlib.sha256(path.encode("utf-8", "replace")).hexdigest()
    return replace(Graded(student, path, sha256, LESSON, exercises), **changed)


def hand_in_of(grade):
    slug = (
        "s-"
        + hashlib.sha256(f"{grade.student} {grade.path}".encode("utf-8", "replace")).hexdigest()[:8]
    )
    return HandIn(grade.student, grade.path, None, slug)


SIGN = exercise(
    "3.2", "wrong", share=0.7, mistakes=("sign",),
    source="def linear_backward(dY, cache):\n    pass\n",
    findings=[("dX", "wrong", "linear_backward/dX_sign", "dX has the wrong sign"), ("dW", "right")],
)  # fmt: skip
STOPPED = exercise("3.3", "stopped", findings=[("", "wrong", "endless", "no end after 30 s")])
A_CLASS = [
    graded("ann"),
    graded("bob", "right", SIGN, "open"),
    graded("eve", "missing", SIGN, STOPPED, remarks=("handed in late, says Canvas",)),
    graded("kim", "missing", "missing", "missing", error="not JSON: expected a notebook"),
]
