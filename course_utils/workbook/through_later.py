"""Read which functions the package uses only from a lesson on: the calls of ``FromLesson``."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.nn.optional import FromLesson


@dataclass(frozen=True)
class Later:
    """One call of ``FromLesson``, read and not run.

    Args:
        lesson: two digits.
        module: full name.
        names: functions in it.
        strings: the constants of the call, which mean nothing besides.
    """

    lesson: str
    module: str
    names: tuple[str, ...]
    strings: tuple[ast.Constant, ...]


def declared_later(node: ast.AST) -> Iterator[Later]:
    """What a piece of code declares to come with a lesson.

    Args:
        node: a module, or anything in it.
    """
    for call in ast.walk(node):
        named = isinstance(call, ast.Call) and ast.unparse(call.func) == FromLesson.__name__
        if named and call.args and all(isinstance(arg, ast.Constant) for arg in call.args):
            lesson, module, *names = (arg.value for arg in call.args)
            yield Later(lesson, module, tuple(names), tuple(call.args))
