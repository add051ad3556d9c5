"""What was set, and within which limits an answer runs."""

from __future__ import annotations

import ast
import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from course_utils.checking.exercises import Exercise, all_exercises, find_exercise
from course_utils.workbook.project import NOTEBOOKS, WorkbookError


@dataclass(frozen=True)
class Limits:
    """How much one child may use.

    Args:
        seconds_per_exercise: for the calls of one exercise; then it counts as endless.
        seconds_to_start: for Python to start, the notebook to be read, and what an answer
            needs at the top level to run.
        memory_bytes: of address space.
        output_bytes: of one message, what a function returns.
        file_bytes: of one file in the scratch folder, and of all of them.
        files: in the scratch folder.
        hand_in_bytes: of the hand-in itself, also of what a zip unpacks to.
    """

    seconds_per_exercise: float = 30.0
    seconds_to_start: float = 30.0
    memory_bytes: int = 4 * 2**30
    output_bytes: int = 32 * 2**20
    file_bytes: int = 16 * 2**20
    files: int = 200
    hand_in_bytes: int = 50 * 2**20


@dataclass(frozen=True)
class Assignment:
    """A lesson that was set.

    Args:
        lesson: name of its notebook, ``"03_fully_connected_net"``.
        exercises: ids of its exercises, in the order of the lessons.
    """

    lesson: str
    exercises: tuple[str, ...]

    @property
    def asked(self) -> tuple[Exercise, ...]:
        """The exercises themselves."""
        return tuple(find_exercise(i) for i in self.exercises)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of their functions."""
        return tuple(e.name for e in self.asked)


def find_assignment(lesson: str, notebooks: Path = NOTEBOOKS) -> Assignment:
    """The assignment of a lesson, read from its student notebook.

    Args:
        lesson: name of the notebook, or its beginning (``"03"``) where one fits.
        notebooks: the folder of the notebooks.

    Raises:
        WorkbookError: no notebook of this name; the message lists those there are.
    """
    every = sorted(p.stem for p in notebooks.glob("[0-9][0-9]_*.ipynb"))
    stem = Path(lesson).name.removesuffix(".ipynb")
    hits = [n for n in every if n == stem]
    if not hits and stem.isdigit():
        number = f"{int(stem):02d}_"
        hits = [n for n in every if n.startswith(number)]
        plain = [n for n in hits if not n.endswith("_experiments")]
        hits = plain if len(plain) == 1 else hits
    if len(hits) != 1:
        raise WorkbookError(
            f"no lesson {lesson!r} to grade: expected the name of one notebook, one of "
            f"{', '.join(every)}; {'several fit' if hits else 'none fits'}."
        )
    return _read(notebooks / f"{hits[0]}.ipynb")


@functools.cache
def _read(path: Path) -> Assignment:
    """The exercises of a student notebook, in the order of the lessons."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    found = set()
    for cell in cells:
        if cell["cell_type"] == "code":
            found |= set(_exercises_in("".join(cell["source"])))
    known = all_exercises()
    missing = found - set(known)
    if missing:
        raise WorkbookError(f"{path.name}: exercises that do not exist: {', '.join(missing)}")
    return Assignment(path.stem, tuple(i for i in known if i in found))


def _exercises_in(text: str) -> Iterable[str]:
    for node in ast.walk(ast.parse(text)):
        for decorator in getattr(node, "decorator_list", []):
            if isinstance(decorator, ast.Call) and decorator.args:
                name = getattr(decorator.func, "id", getattr(decorator.func, "attr", ""))
                first = decorator.args[0]
                if name == "exercise" and isinstance(first, ast.Constant):
                    yield str(first.value)


def recognise(
    lesson_told: str, file_name: str, functions: Iterable[str], set_ones: Iterable[Assignment]
) -> Assignment | None:
    """Which of several assignments a hand-in answers.

    Args:
        lesson_told: ``metadata.course.lesson`` of the notebook, "" without one.
        file_name: name of the file.
        functions: names that its cells define.
        set_ones: the assignments that were set.

    Returns:
        By its metadata, else by the file's name, else the one of which it defines the most
        functions (at least two, or a third); None if nothing fits.
    """
    every = list(set_ones)
    for one in every:
        if lesson_told == one.lesson:
            return one
    named = [one for one in every if one.lesson in file_name]
    if named:
        return max(named, key=lambda one: len(one.lesson))
    defined = set(functions)
    shares = [(len(defined & set(one.names)), one) for one in every]
    most, best = max(shares, key=lambda s: s[0], default=(0, None))
    if best is None or most == 0 or (most < 2 and most * 3 < len(best.names)):
        return None
    return best
