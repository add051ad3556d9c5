"""What is secret in a lesson: every line of its solutions that tells something."""

from __future__ import annotations

import ast
import io
import re
import textwrap
import tokenize
from collections.abc import Iterator

from course_utils.workbook.leaks_search import Secret
from course_utils.workbook.leaks_text import plain, tokens
from course_utils.workbook.lesson import Lesson
from course_utils.workbook.markers import Blank, find_blanks

# What makes a line worth stealing: it computes something. `X, W = cache` does not.
_TELLING = (ast.BinOp, ast.UnaryOp, ast.Call, ast.Compare, ast.Subscript, ast.Attribute,
            ast.BoolOp, ast.IfExp, ast.ListComp, ast.GeneratorExp)  # fmt: skip
_SHORTEST = 8  # characters without spaces; `i += 1` would be found by chance
# With its names left open, code needs this many tokens to be known again for certain.
RENAMED_TOKENS = 20


def lesson_secrets(lesson: Lesson) -> list[Secret]:
    """Lines of the solutions, and passages long enough to be known with other names.

    Args:
        lesson: the source, with its solutions.
    """
    found = []
    for blank in find_blanks(lesson):
        code = textwrap.dedent("\n".join(blank.solution(lesson.cells[blank.cell].text)))
        found += code_secrets(code, blank.exercise_id, blank.function)
    return found


def code_secrets(code: str, exercise: str, function: str) -> Iterator[Secret]:
    """Secrets of one piece of code.

    Args:
        code: statements.
        exercise: id of the exercise that they answer.
        function: its function.
    """
    tree = ast.parse(code)
    normal = ast.parse(plain(ast.parse(code)))
    for text in _equations(tree):
        yield Secret(exercise, function, text, tuple(tokens(text)))
    for source, form in ((code, tree), (ast.unparse(normal), normal)):
        for text, line in _telling_lines(source, form):
            if len(re.sub(r"\s", "", text)) >= _SHORTEST and len(tokens(text)) >= 3:
                yield Secret(exercise, function, line, tuple(tokens(text)))
    for line, passage in _passages(normal):
        yield Secret(exercise, function, line, passage, renamed=True)


def _telling_lines(code: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """What is compared and what is told, for each statement that tells something."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt):
            continue
        block = hasattr(node, "body")
        compared = _head(node) if block else [node]
        if not any(isinstance(part, _TELLING) for top in compared for part in ast.walk(top)):
            continue
        # A block is compared by its first line; the statements in it come by themselves.
        normal = ast.unparse(node).split("\n")[0] if block else ast.unparse(node)
        yield normal, normal
        if not block and (verbatim := ast.get_source_segment(code, node)):
            yield verbatim, normal


def _equations(tree: ast.Module) -> Iterator[str]:
    """Lines of a derivation: strings with an equals sign."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            for line in node.value.split("\n"):
                if "=" in line and len(tokens(line)) >= 5:
                    yield line.strip()


def _head(block: ast.stmt) -> list[ast.AST]:
    """The expressions in the first line of a for, while, if, with or def."""
    kept = [v for name, v in ast.iter_fields(block) if name not in ("body", "orelse", "finalbody")]
    listed = [part for v in kept for part in (v if isinstance(v, list) else [v])]
    return [part for part in listed if isinstance(part, ast.AST)]


def _passages(tree: ast.Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    """From each line on, as few lines as are enough to be known again with other names."""
    lines = [line.strip() for line in ast.unparse(tree).split("\n") if line.strip()]
    cut = [tokens(line) for line in lines]
    for begin in range(len(lines)):
        passage: list[str] = []
        for end in range(begin, len(lines)):
            passage += cut[end]
            if len(passage) >= RENAMED_TOKENS:
                yield lines[begin], tuple(passage)
                break


def shown_elsewhere(lesson: Lesson) -> Iterator[str]:
    """What the lesson shows on purpose: prose, other cells, and the code around the blanks.

    Comments in an exercise's own cell are not among it: an answer left there is
    a slip of the author, not a part of the lesson.
    """
    blanks = find_blanks(lesson)
    for index, cell in enumerate(lesson.cells):
        own = [b for b in blanks if b.cell == index]
        yield _without_comments(without_answers(cell.text, own)) if own else cell.text


def without_answers(text: str, blanks: list[Blank]) -> str:
    """A cell with ``pass`` in place of each solution."""
    lines = text.split("\n")
    for blank in sorted(blanks, key=lambda b: b.begin, reverse=True):
        indent = lines[blank.begin - 1][: -len(lines[blank.begin - 1].lstrip())]
        lines[blank.begin - 1 : blank.end] = [indent + "pass"]
    return "\n".join(lines)


def _without_comments(text: str) -> str:
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column]
    return "\n".join(lines)
