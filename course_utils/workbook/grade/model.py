"""What grading gives: plain data, the same bytes for the same hand-in, seed and versions."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

RIGHT, WRONG, OPEN = "right", "wrong", "open"
MISSING, STOPPED = "missing", "stopped"  # no such function; ended by a limit or a crash


@dataclass(frozen=True)
class Told:
    """One finding, as the student reads it.

    Args:
        part: name of the array, "" for the call as a whole.
        status: "right", "note", "wrong" or "open".
        cause: short key, "shape", "values", "mutated" …
        message: the sentence.
    """

    part: str
    status: str
    cause: str = ""
    message: str = ""


@dataclass(frozen=True)
class ExerciseGrade:
    """The grade of one exercise of one hand-in.

    Args:
        exercise: id, "3.2".
        name: name of the function.
        points: what it is worth.
        earned: what was earned, from 0 to points.
        status: "right", "wrong", "open", "missing" or "stopped".
        findings: what was found, part by part.
        mistakes: the known mistakes that were named: keys of their advice, sorted.
        text: the verdict as the student sees it.
        source: the student's function as text, "" where there is none; for pages, and to
            compare answers. Never run again, never trusted.
    """

    exercise: str
    name: str
    points: float
    earned: float
    status: str
    findings: tuple[Told, ...] = ()
    mistakes: tuple[str, ...] = ()
    text: str = ""
    source: str = ""


@dataclass(frozen=True)
class Graded:
    """One hand-in, graded.

    Args:
        student: who: the folder below the one that is graded, else the file's name.
        path: the file, relative to the folder that is graded, with forward slashes.
        sha256: of the file's bytes.
        lesson: name of the notebook that was set, "03_fully_connected_net".
        exercises: one for each exercise that was set, in order, always all of them.
        remarks: what the instructor should know and that costs no points ("two cells
            define linear_forward: the last one was graded").
        error: why nothing could be graded ("not JSON: …"), "" otherwise; all exercises
            are then missing.
    """

    student: str
    path: str
    sha256: str
    lesson: str
    exercises: tuple[ExerciseGrade, ...]
    remarks: tuple[str, ...] = ()
    error: str = ""

    @property
    def earned(self) -> float:
        """Points earned, rounded to a hundredth."""
        return round(sum(e.earned for e in self.exercises), 2)

    @property
    def possible(self) -> float:
        """Points there are."""
        return round(sum(e.points for e in self.exercises), 2)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return dataclasses.asdict(self)


def graded_from(data: dict[str, Any]) -> Graded:
    """The way back from `Graded.to_dict`.

    Raises:
        KeyError, TypeError: the data are not of this form.
    """
    exercises = tuple(
        ExerciseGrade(
            **{
                **entry,
                "findings": tuple(Told(**told) for told in entry["findings"]),
                "mistakes": tuple(entry["mistakes"]),
            }
        )
        for entry in data["exercises"]
    )
    return Graded(**{**data, "exercises": exercises, "remarks": tuple(data["remarks"])})
