"""What was set: a lesson with its exercises, and how its hand-ins are graded."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from course_utils.workbook.grade.assignment import Limits, find_assignment, recognise
from course_utils.workbook.grade.model import Graded
from course_utils.workbook.grade.submission import (
    HandIn,
    HandInError,
    read_bytes,
    read_hand_in,
)
from course_utils.workbook.project import NOTEBOOKS, student_path


class Setting:
    """One lesson as it was set.

    Args:
        lesson: name, "03_fully_connected_net".
        allow_weak: grade also where the child cannot be locked in.
        notebooks: the folder with the student editions.
    """

    def __init__(
        self, lesson: str, *, allow_weak: bool = False, notebooks: Path = NOTEBOOKS
    ) -> None:
        self.assignment = find_assignment(lesson, notebooks)
        self.allow_weak = allow_weak
        self.title = title_of(lesson, notebooks)

    @property
    def lesson(self) -> str:
        """Name of the lesson."""
        return self.assignment.lesson

    @property
    def exercises(self) -> tuple[str, ...]:
        """Ids, in order."""
        return self.assignment.exercises

    @property
    def limits(self) -> dict[str, Any]:
        """Time, memory and the rest, by name."""
        return {**dataclasses.asdict(Limits()), "allow_weak": self.allow_weak}

    @property
    def limits_text(self) -> str:
        """The same in one line."""
        return json.dumps(self.limits, sort_keys=True)

    def seeds(self, seed: str) -> dict[str, int]:
        """The seed of each exercise's probes; takes seconds, so it is done once."""
        from course_utils.workbook.grade.score import secret_seeds

        return secret_seeds(self.assignment, seed)

    def grader(self, seeds: Mapping[str, int]) -> Callable[..., Graded]:
        """Grades one file; can be sent to another process.

        Args:
            seeds: what `seeds` gave.
        """
        from course_utils.workbook.grade.score import grade_file

        return functools.partial(
            grade_file,
            assignment=self.assignment,
            limits=Limits(),
            allow_weak=self.allow_weak,
            seeds=dict(seeds),
        )

    def protections(self) -> dict[str, bool]:
        """What answers are locked in by, on this machine.

        Raises:
            WorkbookError: network or disk cannot be closed here, and weak is not allowed.
        """
        from course_utils.workbook.grade.score import protections

        return protections(Limits(), self.allow_weak)


def all_lessons(notebooks: Path = NOTEBOOKS) -> list[str]:
    """Names of all lessons there are, in order."""
    return [path.stem for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb"))]


def lesson_named(wanted: str, notebooks: Path = NOTEBOOKS) -> str:
    """The full name of a lesson by its number or name.

    Raises:
        WorkbookError: none, or several.
    """
    return find_assignment(wanted, notebooks).lesson


def title_of(lesson: str, notebooks: Path = NOTEBOOKS) -> str:
    """The first heading of a lesson's notebook, else its name."""
    try:
        cells = json.loads(student_path(notebooks, lesson).read_text("utf-8"))["cells"]
        text = "".join(cells[0]["source"])
    except (OSError, ValueError, KeyError, IndexError):
        return lesson
    found = re.search(r"^#\s+(.+)$", text, re.M)
    return found[1].strip() if found else lesson


def lesson_of(file: Path) -> str:
    """Which lesson a hand-in answers, by what it says, its name or its functions; "" if none tells.

    The file is read and parsed, never run.
    """
    told, functions, most = "", set(), Limits().hand_in_bytes
    try:
        hand_in = read_hand_in(read_bytes(file, file.parent, most), file.name, most)
        told, functions = hand_in.lesson, _functions(hand_in)
    except HandInError:
        pass  # its name may still tell; the grade will say what is wrong with it
    found = recognise(told, file.name, functions, map(find_assignment, all_lessons()))
    return found.lesson if found else ""


def _functions(hand_in: HandIn) -> set[str]:
    lines = "\n".join(text for _, text in hand_in.cells)
    return set(re.findall(r"^(?:async +)?def +(\w+)", lines, re.M))
