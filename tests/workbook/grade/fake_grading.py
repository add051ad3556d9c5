"""A grader that runs nothing: the grade follows from the file's bytes. In a module of its own,
so that other processes can import it."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

from course_utils.checking.exercises import find_exercise
from course_utils.workbook.grade.model import ExerciseGrade, Graded, Told

LESSON = "03_fully_connected_net"
EXERCISES = ("3.1", "3.2", "3.3", "3.4")
CALLS = "COURSE_TEST_CALLS"  # names a folder in which each call leaves a mark
GATE = "COURSE_TEST_GATE"  # names a file: some hand-ins are not graded before it is there


def grade_file(path: Path, *, folder: Path, student: str, seed: str) -> Graded:
    """A grade made of the bytes; some bytes make trouble."""
    content = path.read_bytes()
    if CALLS in os.environ:
        Path(os.environ[CALLS], hashlib.sha256(bytes(path)).hexdigest()).touch()
    if content == b"CRASH":
        os._exit(3)
    if content == b"RAISE":
        raise RuntimeError("no luck\nat all")
    if content == b"TOO MUCH":
        return made(content, path, folder, student, earned=1000.0)
    if content == b"NAN":
        return made(content, path, folder, student, earned=float("nan"))
    if content.startswith(b"WAITS"):
        until = time.monotonic() + 60
        while not Path(os.environ[GATE]).exists() and time.monotonic() < until:
            time.sleep(0.05)
    error = "not JSON: expected a notebook" if content == b"BROKEN" else ""
    return made(content + seed.encode(), path, folder, student, sha_of=content, error=error)


def made(content, path, folder, student, *, earned=None, sha_of=None, error="") -> Graded:
    digits = hashlib.sha256(content).digest()
    grades = tuple(
        _grade(exercise, digits[n], earned, error) for n, exercise in enumerate(EXERCISES)
    )
    sha256 = hashlib.sha256(content if sha_of is None else sha_of).hexdigest()
    where = path.relative_to(folder).as_posix()
    return Graded(student, where, sha256, LESSON, grades, (), error)


def _grade(exercise: str, digit: int, earned, error: str) -> ExerciseGrade:
    asked = find_exercise(exercise)
    status = "missing" if error else ("right", "wrong", "open", "stopped", "missing")[digit % 5]
    points = {"right": asked.points, "wrong": asked.points / 3}.get(status, 0.0)
    told = (Told("dX", "wrong", "values", "dX has the wrong sign"),) if status == "wrong" else ()
    return ExerciseGrade(
        exercise, asked.name, asked.points, points if earned is None else earned, status, told,
        ("sign",) if told else (), f"{exercise}: {status}", f"def {asked.name}(x):\n    return x\n",
    )  # fmt: skip
