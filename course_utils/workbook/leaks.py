"""Prove that no line of a solution is left in a student's notebook.

The proof reads the notebook as it is stored and knows nothing of how it was
made. Lines are compared as Python's own normal form (`ast.unparse`), so that
other spaces, quotes, brackets or a ``#`` in front do not hide them.
"""

from __future__ import annotations

import ast
import html
import io
import json
import re
import textwrap
import tokenize
from collections.abc import Iterator

from course_utils.workbook.lesson import Lesson
from course_utils.workbook.markers import Blank, find_blanks
from course_utils.workbook.project import WorkbookError, shown

# What makes a line worth stealing: it computes something. `X, W = cache` does not.
_TELLING = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.Subscript, ast.Attribute,
            ast.BoolOp, ast.IfExp, ast.ListComp, ast.GeneratorExp)  # fmt: skip
_SHORTEST = 8  # characters without spaces; `i += 1` would be found by chance


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
    blanks = find_blanks(lesson)
    lines = {
        form: (blank, shown_line)
        for blank in blanks
        for form, shown_line in _telling_lines(lesson.cells[blank.cell].text, blank)
    }
    allowed = "\n".join(_shown_elsewhere(lesson, blanks))
    secret = {form: about for form, about in lines.items() if form not in allowed}
    for place, text in _strings(json.loads(notebook)):
        for haystack in _normal_forms(text):
            for form, (blank, line) in secret.items():
                if form in haystack:
                    raise WorkbookError(
                        f"{shown(lesson.path)}: the student edition holds a line of the solution "
                        f"of exercise {blank.exercise_id} ({blank.function}): expected it nowhere, "
                        f"found {line!r} in {place}. Is it in a comment, or in metadata or "
                        "outputs? Take it out, then build again."
                    )
    return len(secret)


def _telling_lines(text: str, blank: Blank) -> Iterator[tuple[str, str]]:
    """Normal form and readable form of each statement of a solution that tells something."""
    code = textwrap.dedent("\n".join(blank.solution(text)))
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.stmt):
            continue
        block = hasattr(node, "body")
        compared = _head(node) if block else [node]
        if not any(isinstance(part, _TELLING) for top in compared for part in ast.walk(top)):
            continue
        # A block is compared by its first line; the statements in it come by themselves.
        normal = ast.unparse(node).split("\n")[0] if block else ast.unparse(node)
        verbatim = normal if block else ast.get_source_segment(code, node) or normal
        for form in {_squeezed(normal), _squeezed(verbatim)}:
            if len(form) >= _SHORTEST:
                yield form, normal


def _head(block: ast.stmt) -> list[ast.AST]:
    """The expressions in the first line of a for, while, if, with or def."""
    kept = [v for name, v in ast.iter_fields(block) if name not in ("body", "orelse", "finalbody")]
    listed = [part for v in kept for part in (v if isinstance(v, list) else [v])]
    return [part for part in listed if isinstance(part, ast.AST)]


def _shown_elsewhere(lesson: Lesson, blanks: list[Blank]) -> Iterator[str]:
    """What the lesson shows on purpose: prose, other cells, and the code around the blanks.

    Comments in an exercise's own cell are not among it: an answer left there is
    a slip of the author, not a part of the lesson.
    """
    for index, cell in enumerate(lesson.cells):
        own = [b for b in blanks if b.cell == index]
        lines = cell.text.split("\n")
        for blank in sorted(own, key=lambda b: b.begin, reverse=True):
            indent = lines[blank.begin - 1][: -len(lines[blank.begin - 1].lstrip())]
            lines[blank.begin - 1 : blank.end] = [indent + "pass"]
        text = "\n".join(lines)
        if own:
            yield _squeezed(ast.unparse(ast.parse(text)))
            text = _without_comments(text)
        yield from _normal_forms(text)


def _normal_forms(text: str) -> Iterator[str]:
    """A text without spaces and quotes' kinds, and once more as Python writes it, if it is code."""
    yield _squeezed(html.unescape(text))
    try:
        yield _squeezed(ast.unparse(ast.parse(textwrap.dedent(text))))
    except (SyntaxError, ValueError):
        for line in text.split("\n"):
            try:
                yield _squeezed(ast.unparse(ast.parse(line.strip().lstrip("#> ").strip("`"))))
            except (SyntaxError, ValueError):
                continue


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", '"')


def _without_comments(text: str) -> str:
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return "\n".join(lines)


def _strings(notebook: dict) -> Iterator[tuple[str, str]]:
    """Every string of a notebook with the place where it stands."""
    for number, cell in enumerate(notebook["cells"], 1):
        for key, value in cell.items():
            if key == "source":
                yield f"cell {number}", "".join(value)
            else:
                yield from ((f"{key} of cell {number}", text) for text in _flat(value))
    yield from (("the notebook's metadata", text) for text in _flat(notebook["metadata"]))


def _flat(value) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _flat(inner)
    elif isinstance(value, list):
        if value and all(isinstance(line, str) for line in value):
            yield "".join(value)
        for inner in value:
            yield from _flat(inner)
