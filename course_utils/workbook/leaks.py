"""Prove that no line of a solution is left in a student's notebook.

The proof reads the notebook as it is stored and knows nothing of how it was made. It reads
every byte in every form that it knows (`leaks_views`), and compares lines by their tokens
(`leaks_text`), longer passages with other names as well. What is encrypted, or told in other
words, it cannot find.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator

from course_utils.workbook.leaks_search import Search, Secret
from course_utils.workbook.leaks_secrets import lesson_secrets, shown_elsewhere
from course_utils.workbook.leaks_text import trees
from course_utils.workbook.leaks_views import Views
from course_utils.workbook.lesson import Lesson
from course_utils.workbook.markers import find_blanks
from course_utils.workbook.project import WorkbookError, shown


def prove_no_leak(lesson: Lesson, notebook: str) -> int:
    """Compare every telling line of the solutions with everything in a student's notebook.

    Args:
        lesson: the source, with its solutions.
        notebook: text of the student's ``.ipynb`` as it is stored.

    Returns:
        How many telling lines were looked for.

    Raises:
        WorkbookError: a line is found in a source, an output or metadata; names the
            exercise, the line and the place.
    """
    search = secret_lines(lesson)
    for place, secret in found_in(search, notebook.encode("utf-8")):
        raise leak(lesson, secret, place)
    functions = {b.function: b.exercise_id for b in find_blanks(lesson)}
    for place, name in filled_blanks(notebook, set(functions)):
        raise leak(lesson, Secret(functions[name], name, f"def {name}: no open blank", ()), place)
    return sum(not secret.renamed for secret in search.secrets)


def secret_lines(lesson: Lesson) -> Search:
    """What must not be in the student edition of a lesson: not what the lesson shows itself."""
    return Search(lesson_secrets(lesson)).without(shown_elsewhere(lesson))


def found_in(
    search: Search, data: bytes, views: Views | None = None
) -> Iterator[tuple[str, Secret]]:
    """Secrets in bytes, each with the place where it was found.

    Args:
        search: what is looked for.
        data: a file.
        views: reads it; new ones by default.
    """
    for where, text in (views or Views()).of_bytes(data, ""):
        told = where.removeprefix(", ") or "the text of the file"
        yield from ((told, secret) for secret in dict.fromkeys(search.in_text(text)))


def leak(lesson: Lesson, secret: Secret, place: str) -> WorkbookError:
    """What is told of a secret that was found."""
    return WorkbookError(
        f"{shown(lesson.path)}: the student edition holds a line of the solution "
        f"of exercise {secret.exercise} ({secret.function}): expected it nowhere, "
        f"found {secret.line!r} in {place}. Is it in a comment, or in metadata or "
        "outputs? Take it out, then build again."
    )


def filled_blanks(notebook: str, functions: set[str]) -> Iterator[tuple[str, str]]:
    """Functions of exercises that stand in a notebook without their open blank.

    Args:
        notebook: text of an ``.ipynb``.
        functions: names to look for.

    Yields:
        The place and the name. Whatever the answer is, a blank that is not open gives it.
    """
    for number, cell in enumerate(json.loads(notebook).get("cells", []), 1):
        if cell.get("cell_type") != "code":
            continue
        for tree in trees("".join(cell.get("source", ""))):
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef) and node.name in functions:
                    blank = any(_is_open(inner) for inner in ast.walk(node))
                    if not blank:
                        yield f"cell {number}", node.name


def _is_open(node: ast.AST) -> bool:
    return isinstance(node, ast.Raise) and "NotImplementedError" in ast.unparse(node)
