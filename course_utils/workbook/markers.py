"""Find the blanks of a lesson: what stands between the two solution markers.

Strict on purpose. A marker that is nearly right would be taken for a comment,
and the answer below it would reach the students.
"""

from __future__ import annotations

import ast
import difflib
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from course_utils.workbook.lesson import Cell, Lesson
from course_utils.workbook.project import WorkbookError, shown

BEGIN = "### BEGIN SOLUTION"
END = "### END SOLUTION"
_HASH = re.compile(r"#[#\s]*(?P<words>[^#]*)")
_WANTED = ("beginsolution", "endsolution")


@dataclass(frozen=True)
class Blank:
    """One exercise function and its region; line numbers count within the cell, from 1."""

    cell: int
    exercise_id: str
    function: str
    first: int
    begin: int
    end: int
    last: int

    def solution(self, text: str) -> list[str]:
        """The lines between the markers, as they stand in the cell's text."""
        return text.split("\n")[self.begin : self.end - 1]


def find_blanks(lesson: Lesson) -> list[Blank]:
    """Every exercise of a lesson with its solution region.

    Args:
        lesson: what `read_lesson` gives.

    Returns:
        Blanks in the order of the file.

    Raises:
        WorkbookError: a marker is orphan, nested, unclosed, misspelt or at a
            wrong place, an exercise has no region, or a cell is no Python.
            Names file and line, what was expected and how to mend it.
    """
    blanks = []
    for index, cell in enumerate(lesson.cells):
        if cell.kind == "code":
            blanks += _blanks_of_cell(lesson, index, cell)
        else:
            for number, line in enumerate(cell.text.split("\n"), 1):
                if _resembles_marker(line):
                    raise _error(
                        lesson, cell, number, f"a solution marker in a {cell.kind} cell",
                        "markers only in the code of functions with @exercise", line,
                        "move the answer into an exercise function, or reword the heading",
                    )  # fmt: skip
    return blanks


def exercise_functions(tree: ast.AST) -> Iterator[tuple[ast.FunctionDef, str | None]]:
    """Functions decorated with ``@exercise(id, ...)``, with the id if it is a literal string."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef):
            continue
        for decorator in node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if getattr(called, "id", getattr(called, "attr", None)) == "exercise":
                args = decorator.args if isinstance(decorator, ast.Call) else []
                literal = args[0].value if args and isinstance(args[0], ast.Constant) else None
                yield node, literal if isinstance(literal, str) else None


def _blanks_of_cell(lesson: Lesson, index: int, cell: Cell) -> list[Blank]:
    lines = cell.text.split("\n")
    regions = _regions(lesson, cell, lines)
    try:
        tree = ast.parse(cell.text)
    except SyntaxError as error:
        raise _error(
            lesson, cell, error.lineno or 1, "this cell is no valid Python",
            "code that Python can read (no magics)", str(error.msg),
            "run the cell once in JupyterLab",
        ) from error  # fmt: skip
    blanks = []
    for function, exercise_id in exercise_functions(tree):
        first = min(d.lineno for d in function.decorator_list)
        last = _last_line(function, lines)
        own = [r for r in regions if function.body[0].lineno - 1 <= r[0] and r[1] <= last]
        if exercise_id is None:
            raise _error(
                lesson, cell, first, "the id of this exercise", 'a literal, @exercise("3.1", …)',
                lines[first - 1], "write the id as a string",
            )  # fmt: skip
        if len(own) != 1:
            raise _error(
                lesson, cell, first, f"exercise {exercise_id}, {function.name}",
                f"one region between '{BEGIN}' and '{END}'", f"{len(own)} regions",
                "put both markers around the lines that students write",
            )  # fmt: skip
        regions.remove(own[0])
        blanks.append(Blank(index, exercise_id, function.name, first, *own[0], last))
    if regions:
        raise _error(
            lesson, cell, regions[0][0], "a solution region", "markers inside the body of a "
            "function decorated with @exercise(…)", "a region outside of one",
            "decorate the function, or take the markers out",
        )  # fmt: skip
    return blanks


def _regions(lesson: Lesson, cell: Cell, lines: list[str]) -> list[tuple[int, int]]:
    """Pairs of line numbers (begin, end) in a cell, every line checked for spelling."""
    comments, regions, opened = _comment_lines(cell.text), [], None
    for number, line in enumerate(lines, 1):
        if not _resembles_marker(line):
            continue
        if line.strip() not in (BEGIN, END) or number not in comments:
            raise _error(
                lesson, cell, number, "this looks like a solution marker and is none",
                f"a comment line of its own, '{BEGIN}' or '{END}', exactly so spelt", line,
                "spell it exactly, or reword the comment",
            )  # fmt: skip
        if line.strip() == BEGIN:
            if opened is not None:
                raise _error(
                    lesson, cell, number, "nested solution regions", f"'{END}' before the next "
                    f"'{BEGIN}'", f"a second '{BEGIN}'", f"close the region of line "
                    f"{cell.line + opened - 1} first",
                )  # fmt: skip
            opened = number
            continue
        if opened is None:
            raise _error(
                lesson, cell, number, "an orphan marker", f"'{BEGIN}' above it in this cell",
                line, "add the missing marker",
            )  # fmt: skip
        _check_region(lesson, cell, lines, opened, number)
        regions.append((opened, number))
        opened = None
    if opened is not None:
        raise _error(
            lesson, cell, opened, "an unclosed solution region",
            f"'{END}' below it in the same cell", "the end of the cell", f"add '{END}'",
        )  # fmt: skip
    return regions


def _check_region(lesson: Lesson, cell: Cell, lines: list[str], begin: int, end: int) -> None:
    depth = _indent(lines[begin - 1])
    inside = lines[begin : end - 1]
    code = [line for line in inside if line.strip() and not line.strip().startswith("#")]
    if not code:
        raise _error(
            lesson, cell, begin, "an empty solution region", "the answer between the markers",
            "no code", "write the solution",
        )  # fmt: skip
    if depth == 0 or _indent(lines[end - 1]) != depth or _indent(code[0]) != depth:
        raise _error(
            lesson, cell, begin, "the indentation of a solution region",
            "both markers and the first line of the solution equally deep, inside a function",
            f"{depth}, {_indent(code[0])} and {_indent(lines[end - 1])} spaces",
            "indent the markers like the code between them",
        )  # fmt: skip


def _resembles_marker(line: str) -> bool:
    """Whether anything in the line after a # could have been meant as a marker."""
    for found in _HASH.finditer(line):
        letters = re.sub(r"[^a-z]", "", found["words"].lower())
        if any(letters.startswith(wanted) for wanted in _WANTED):
            return True
        near = (difflib.SequenceMatcher(None, letters, wanted).ratio() for wanted in _WANTED)
        if max(near) >= 0.8:
            return True
    return False


def _comment_lines(text: str) -> set[int]:
    """Numbers of the lines that are comments, not part of a string."""
    found = set()
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                found.add(token.start[0])
    except (tokenize.TokenError, SyntaxError):
        pass  # the cell is refused as no valid Python, with a better message
    return found


def _last_line(function: ast.FunctionDef, lines: list[str]) -> int:
    """The last line of a function; ast leaves out comments at its end, such as the end marker."""
    last = function.end_lineno or function.lineno
    for number in range(last + 1, len(lines) + 1):
        line = lines[number - 1]
        if line.strip() and _indent(line) <= function.col_offset:
            break
        if line.strip():
            last = number
    return last


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _error(
    lesson: Lesson, cell: Cell, number: int, what: str, expected: str, got: str, mend: str
) -> WorkbookError:
    return WorkbookError(
        f"{shown(lesson.path)}, line {cell.line + number - 1}: {what}. "
        f"Expected {expected}; got: {got.strip()}. To mend: {mend}."
    )
