"""What the released lessons begin from, and what belongs to later ones."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Iterable
from dataclasses import dataclass

from course_utils.checking.exercises import Exercise, all_exercises
from course_utils.checking.mistakes import catalogue
from course_utils.workbook.editions import SOLUTION_EDITION, make_edition
from course_utils.workbook.lesson import Lesson
from course_utils.workbook.through_code import Module, Part, Ref, read_statements

# Commands of students; what only others import is not followed.
STUDENTS = ("_run", "_lab", "_setup", "_doctor", "_submit", "_upgrade", "_in_this_python")
_CLI = "course_utils.workbook.cli"
_SOURCES = "course_utils.workbook.run"  # runs the sources; a release has none
_EXERCISES = "course_utils.checking.exercises"


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

    @property
    def beyond(self) -> tuple[Exercise, ...]:
        """Released exercises of later lessons."""
        return tuple(e for e in self.released if e.lesson > self.last)

    def words(self, exercises: Iterable[Exercise]) -> set[str]:
        """Ids and names of exercises."""
        return {word for e in exercises for word in (e.id, e.name)}

    def stays(self, module: Module, part: Part) -> bool:
        """Whether a statement that registers something registers a released exercise, or none."""
        told = _literals(part.node) | _mistakes_in(module, part)
        later = told & self.words(self.later)
        return not later or bool(told & self.words(self.released))


def border(last: str, lessons: Iterable[Lesson] = ()) -> Border:
    """The border after a lesson; what a released lesson asks for by its id is before it."""
    every = all_exercises().values()
    code = [c.text for le in lessons for c in le.cells if c.kind == "code"]
    told = {word for text in code for node in ast.parse(text).body for word in _literals(node)}
    released = tuple(e for e in every if e.lesson <= last or e.id in told)
    return Border(last, released, tuple(e for e in every if e not in released))


def _literals(node: ast.AST) -> set[str]:
    """Strings that a call is given, in decorators and in what is registered."""
    tops = [node] if isinstance(node, ast.expr) else []
    tops += getattr(node, "decorator_list", [])
    tops += [node.value] if isinstance(node, (ast.Expr, ast.Assign)) else []
    if isinstance(node, ast.For):
        tops.append(node)
    found = set()
    for call in (inner for top in tops for inner in ast.walk(top) if isinstance(inner, ast.Call)):
        for arg in [*call.args, *(k.value for k in call.keywords if k.arg == "id")]:
            if isinstance(arg, ast.Constant) and isinstance(arg.value, str):
                found.add(arg.value)
    return found


@functools.cache
def _places() -> dict[str, list[tuple[int, str]]]:
    """Known mistakes by module: the line where the wrong lines stand, and the exercise's name."""
    found: dict[str, list[tuple[int, str]]] = {}
    for mistake in catalogue():
        line = inspect.unwrap(mistake.wrong).__code__.co_firstlineno
        found.setdefault(mistake.wrong.__module__, []).append((line, mistake.name))
    return found


def _mistakes_in(module: Module, part: Part) -> set[str]:
    """Exercises whose known mistakes a statement holds, however it names them."""
    at = _places().get(module.name, ())
    return {name for line, name in at if part.first <= line <= part.last}


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
    exercises = tuple(exercises)
    wanted = {word for e in exercises for word in (e.id, e.name)}
    registering = {
        name
        for name, module in modules.items()
        if name.rpartition(".")[0] == _EXERCISES
        and any(part.effect and _literals(part.node) & wanted for part in module.parts)
    }
    return {Ref(name) for name in registering} | {
        Ref(m.wrong.__module__) for e in exercises for m in catalogue(e.name)
    }


def command_roots() -> set[Ref]:
    """What a student runs."""
    return {Ref("course_utils.__main__"), Ref(_CLI, "main"), Ref("course_utils.environment")}


def is_instructors(module: Module, part: Part, ref: Ref) -> bool:
    """Whether a use is not followed: a command that students do not have."""
    if module.name != _CLI:
        return False
    node = part.node
    command = isinstance(node, ast.FunctionDef) and [a.arg for a in node.args.args] == ["options"]
    others = command and not part.binds & set(STUDENTS)
    return ref.module == _SOURCES or (others and ref.module != _CLI)


def reference_of(exercise: Exercise) -> Ref:
    """Where the reference of an exercise stands."""
    return Ref(exercise.reference.__module__, exercise.reference.__name__)
