"""What the released lessons begin from, and what belongs to later ones."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from course_utils.checking.exercises import Exercise, all_exercises
from course_utils.workbook.editions import SOLUTION_EDITION, make_edition
from course_utils.workbook.lesson import Lesson
from course_utils.workbook.through_code import Module, Part, Ref, read_statements

# Commands of the instructor: what only they import is not followed.
INSTRUCTORS = ("_build", "_build_for_others", "_results", "_grade", "_test")
_CLI = "course_utils.workbook.cli"
_SOURCES = "course_utils.workbook.run"  # runs the sources; a release has none
_EXERCISES = "course_utils.checking.exercises"
_MISTAKES = "course_utils.checking.mistakes"


@dataclass(frozen=True)
class Border:
    """Where a release ends.

    Args:
        last: two digits of the last lesson that is released.
        released: exercises that are in it.
        later: those that are not.
    """

    last: str
    released: tuple[Exercise, ...]
    later: tuple[Exercise, ...]

    def words(self, exercises: Iterable[Exercise]) -> set[str]:
        """Ids and names of exercises."""
        return {word for e in exercises for word in (e.id, e.name)}

    def stays(self, module: Module, part: Part) -> bool:
        """Whether a statement that registers something registers a released exercise, or none."""
        told = _literals(part.node)
        later = told & self.words(self.later)
        return not later or bool(told & self.words(self.released))


def border(last: str) -> Border:
    """The border after a lesson."""
    every = all_exercises().values()
    released = tuple(e for e in every if e.lesson <= last)
    return Border(last, released, tuple(e for e in every if e.lesson > last))


def _literals(node: ast.AST) -> set[str]:
    """Strings that a call is given, in decorators and in what is registered."""
    tops = [node] if isinstance(node, ast.expr) else []
    tops += getattr(node, "decorator_list", [])
    tops += [node.value] if isinstance(node, ast.Expr) else []
    if isinstance(node, ast.For):
        tops.append(node)
    found = set()
    for call in (inner for top in tops for inner in ast.walk(top) if isinstance(inner, ast.Call)):
        for arg in [*call.args, *(k.value for k in call.keywords if k.arg == "id")]:
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                found.add(arg.value)
    return found


def lesson_roots(lessons: Iterable[Lesson], modules: dict[str, Module]) -> set[Ref]:
    """What the code of lessons uses of the package, with its answers."""
    roots: set[Ref] = set()
    for lesson in lessons:
        notebook = make_edition(lesson, SOLUTION_EDITION)
        code = "\n".join(c.source for c in notebook.cells if c.cell_type == "code")
        page = Module("lesson", modules["course_utils"].path.with_name("lesson.py"), code)
        read_statements(page, modules, ast.parse(code))
        roots |= set(page.imports.values())
        roots |= {ref for part in page.parts for ref in part.uses if ref.module != "lesson"}
    return roots


def exercise_roots(modules: dict[str, Module], exercises: Iterable[Exercise]) -> set[Ref]:
    """Modules that register exercises, or hold known mistakes of them."""
    wanted = {word for e in exercises for word in (e.id, e.name)}
    return {
        Ref(name)
        for name, module in modules.items()
        if name.rpartition(".")[0] in (_EXERCISES, _MISTAKES)
        and any(part.effect and _literals(part.node) & wanted for part in module.parts)
    }


def command_roots() -> set[Ref]:
    """What a student runs."""
    return {Ref("course_utils.__main__"), Ref(_CLI, "main"), Ref("course_utils.environment")}


def is_instructors(module: Module, part: Part, ref: Ref) -> bool:
    """Whether a use is not followed: a command that students do not have."""
    if module.name != _CLI:
        return False
    return ref.module == _SOURCES or (bool(part.binds & set(INSTRUCTORS)) and ref.module != _CLI)


def reference_of(exercise: Exercise) -> Ref:
    """Where the reference of an exercise stands."""
    return Ref(exercise.reference.__module__, exercise.reference.__name__)
