"""What is in a notebook that shall be handed in, and what is missing in it."""

from __future__ import annotations

import ast
import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from course_utils.checking.exercises import find_exercise
from course_utils.words import listed
from course_utils.workbook.assignments import assignments
from course_utils.workbook.grade.slicing import Plan, read_cells
from course_utils.workbook.grade.submission import HandIn, HandInError, read_hand_in
from course_utils.workbook.notebook_file import MOST, NotebookFile

ANSWERED, OPEN = "answered", "open"
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True)
class Answers:
    """The answers of a notebook.

    Args:
        lesson: name, "" if it cannot be told.
        states: id to "answered" or "open"; without those that are missing.
        problems: what must be mended before it is handed in, a sentence or two each.
        notes: what a student should know, and may leave.
        found: the function of each exercise by id, as Python's normal form.
    """

    lesson: str
    states: dict[str, str]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    found: dict[str, str] | None = None

    @property
    def open(self) -> list[str]:
        """Open blanks, ``"3.2 linear_backward"``."""
        return [_named(i) for i, state in self.states.items() if state == OPEN]


def answers_in(notebook: NotebookFile) -> Answers:
    """Read the answers of a notebook; nothing is run.

    Args:
        notebook: as it is saved.
    """
    try:
        hand_in = read_hand_in(notebook.data, notebook.name, MOST)
    except HandInError as error:
        return Answers("", {}, (str(error),))
    if notebook.data[:2] == b"PK":
        return Answers("", {}, ("this is a hand-in already. Hand it in as it is.",))
    lesson = _lesson(hand_in, notebook.name)
    if not lesson:
        return Answers("", {}, (_no_lesson(notebook.name),))
    asked = {i: find_exercise(i).name for i in assignments()[lesson]}
    plan = read_cells(hand_in.cells, asked.values())
    found = {i: plan.found[name].node for i, name in asked.items() if name in plan.found}
    missing = [i for i in asked if i not in found]
    problems = [*_edition(notebook.data), *_missing(missing, plan, set(asked.values()))]
    problems += [_mend(remark) for remark in plan.remarks if "no valid Python" in remark]
    notes = [remark.replace("was graded", "counts") for remark in plan.remarks if _counts(remark)]
    states = {i: OPEN if is_open(node) else ANSWERED for i, node in found.items()}
    forms = {i: _form(node) for i, node in found.items()}
    return Answers(lesson, states, tuple(problems), tuple(notes), forms)


def unsaved(answers: Answers, cells_run: Sequence[str]) -> list[str]:
    """Answers that were run in another form than they are saved in.

    Args:
        answers: of the notebook as it is saved.
        cells_run: texts of the cells that were run, in order.
    """
    asked = {find_exercise(i).name: i for i in assignments().get(answers.lesson, ())}
    ran = read_cells(list(enumerate(cells_run)), asked).found
    saved = answers.found or {}
    differ = [
        _named(i)
        for name, i in asked.items()
        if name in ran and _form(ran[name].node) != saved.get(i)
    ]
    if not differ:
        return []
    cells, them = ("cell", "it") if len(differ) == 1 else ("cells", "them")
    return [
        f"{listed(differ)}: what you ran last is not what is saved. Save the notebook (Ctrl+S, or "
        f"⌘S) and run this cell again. If you changed the {cells} after running {them}, run "
        f"{them} first and see what the check says."
    ]


def is_open(node: ast.stmt) -> bool:
    """Whether a function still holds the blank of the student edition."""
    if not isinstance(node, _FUNCTIONS):
        return False
    for statement in node.body:
        raised = statement.exc if isinstance(statement, ast.Raise) else None
        raised = raised.func if isinstance(raised, ast.Call) else raised
        if isinstance(raised, ast.Name) and raised.id == "NotImplementedError":
            return True
    return False


def _lesson(hand_in: HandIn, name: str) -> str:
    """By what the notebook says, then by its name, then by its functions."""
    known = assignments()
    if hand_in.lesson in known:
        return hand_in.lesson
    named = [lesson for lesson in known if lesson in name]
    if named:
        return max(named, key=len)
    defined = set(_functions(read_cells(hand_in.cells, [])))
    shares = {
        lesson: len(defined & {find_exercise(i).name for i in ids}) / len(ids)
        for lesson, ids in known.items()
    }
    best = max(shares, key=shares.__getitem__)
    return best if shares[best] >= 0.5 else ""


def _no_lesson(name: str) -> str:
    return (
        f"{name} is no notebook of this course, as far as can be seen: expected one of "
        f"{', '.join(assignments())}. Is it the right file? If it is, copy your answers into the "
        "lesson's own notebook."
    )


def _edition(data: bytes) -> Iterator[str]:
    course = json.loads(data.decode("utf-8-sig")).get("metadata", {}).get("course", {})
    if isinstance(course, dict) and course.get("edition") == "solution":
        yield (
            "this is the solution edition (notebooks/solutions). Hand in your own notebook, from "
            "the folder notebooks."
        )


def _missing(missing: Sequence[str], plan: Plan, asked: set[str]) -> Iterator[str]:
    others = [name for name in _functions(plan) if name not in asked]
    for i in missing:
        name = find_exercise(i).name
        near = [n for n in others if name in n] or difflib.get_close_matches(name, others, 1, 0.8)
        if near:
            yield f"{_named(i)} is missing, but there is {near[0]}: name it {name} again."
        else:
            yield (
                f"{_named(i)} is missing: its cell was deleted, or does not parse. Copy the cell "
                "back from a fresh notebook; it may stay open."
            )


def _functions(plan: Plan) -> list[str]:
    return [s.node.name for s in plan.statements if isinstance(s.node, _FUNCTIONS)]


def _mend(remark: str) -> str:
    return (
        remark.replace(": passed over.", "")
        + ". Run the cell, mend what Python says, or delete it; then save."
    )


def _counts(remark: str) -> bool:
    return "the last one was graded" in remark


def _named(exercise_id: str) -> str:
    return f"{exercise_id} {find_exercise(exercise_id).name}"


def _form(node: ast.stmt) -> str:
    return ast.dump(node)
