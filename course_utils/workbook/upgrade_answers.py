"""Put a student's lines into the frame that the new edition has for them."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

from course_utils.workbook.markers import exercise_functions
from course_utils.workbook.upgrade_read import normal


@dataclass(frozen=True)
class Frame:
    """An exercise in a cell of the new edition.

    Args:
        cell: index of the cell.
        exercise: its id.
        node: the function.
    """

    cell: int
    exercise: str
    node: ast.FunctionDef

    @property
    def name(self) -> str:
        """Name of the function."""
        return self.node.name


def frames(cells: list[dict]) -> list[Frame]:
    """The exercises of a student edition, in order."""
    found = []
    for index, cell in enumerate(cells):
        if cell["cell_type"] == "code":
            text = "".join(cell["source"])
            for node, exercise in exercise_functions(ast.parse(text)):
                found.append(Frame(index, exercise or "", node))
    return found


def body_of(node: ast.FunctionDef) -> list[ast.stmt]:
    """The statements of a function without its docstring."""
    return node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body


def is_blank(node: ast.AST) -> bool:
    """Whether a statement is an open blank."""
    return isinstance(node, ast.Raise) and "NotImplementedError" in ast.dump(node)


def is_open(node: ast.FunctionDef, frame: Frame) -> bool:
    """Whether an old function is the blank of the new edition, with nothing written."""
    return _forms(body_of(node)) == _forms(body_of(frame.node))


def _forms(body: list[ast.stmt]) -> list[str]:
    return ["blank" if is_blank(node) else normal(node) for node in body]


def same_signature(node: ast.FunctionDef, frame: Frame) -> bool:
    """Whether two functions take the same arguments."""
    return ast.dump(node.args) == ast.dump(frame.node.args)


def transplanted(text: str, node: ast.FunctionDef, cell: str, frame: Frame, note: str = "") -> str:
    """The new cell with the student's body.

    Args:
        text: the old function as it stands in its cell, decorators and all.
        node: its tree, with the line numbers of `text`.
        cell: the new cell.
        frame: where in it the function is.
        note: a comment to stand above the student's lines.

    Returns:
        The cell. Comments are kept where the lines could be taken as they are.
    """
    lines = cell.split("\n")
    new = body_of(frame.node)
    first = new[0].lineno if new else frame.node.end_lineno or 0
    while first > frame.node.body[0].lineno and lines[first - 2].strip().startswith("#"):
        first -= 1
    if len(frame.node.body) > len(new):
        first = (frame.node.body[0].end_lineno or 0) + 1
    last = frame.node.end_lineno or len(lines)
    indent = " " * (frame.node.col_offset + 4)
    blank = next((ast.unparse(n) for n in ast.walk(frame.node) if is_blank(n)), "")
    told = [f"{indent}# {note}"] if note else []
    wanted = [normal(n) for n in _with_blank(body_of(node), blank)]
    for body in (_as_written(text, node, blank), _as_python_writes(node, blank)):
        shifted = textwrap.indent(body, indent).split("\n")
        made = "\n".join([*lines[: first - 1], *told, *shifted, *lines[last:]])
        try:
            (got,) = (n for n, _ in exercise_functions(ast.parse(made)) if n.name == frame.name)
        except (SyntaxError, ValueError):
            continue
        if [normal(n) for n in body_of(got)] == wanted:
            return made
    raise ValueError(f"{frame.name}: the lines do not fit into the new frame")


def _with_blank(body: list[ast.stmt], blank: str) -> list[ast.stmt]:
    """The statements with old open blanks replaced by the new one, at any depth."""
    module = ast.parse(ast.unparse(ast.Module(body or [ast.Pass()], [])))
    if blank:
        module = _Blanks(blank).visit(module)
    return ast.parse(ast.unparse(module)).body


class _Blanks(ast.NodeTransformer):
    def __init__(self, blank: str) -> None:
        self.blank = blank

    def visit_Raise(self, node):
        return ast.parse(self.blank).body[0] if is_blank(node) else node


def _as_written(text: str, node: ast.FunctionDef, blank: str) -> str:
    """The body's own lines, with its comments."""
    body, lines = body_of(node), text.split("\n")
    if not body:
        return "pass"
    begin = body[0].lineno
    above = node.body[0].end_lineno if body is not node.body else _header_end(node, lines)
    if begin <= above:
        return "\n".join(ast.unparse(n) for n in body)
    taken = lines[above:]
    for inner in sorted((n for n in ast.walk(node) if is_blank(n)), key=lambda n: -n.lineno):
        at, end = inner.lineno - above - 1, (inner.end_lineno or inner.lineno) - above
        if 0 <= at < len(taken) and blank:
            depth = taken[at][: len(taken[at]) - len(taken[at].lstrip())]
            taken[at:end] = [depth + blank]
    return textwrap.dedent("\n".join(taken)).strip("\n")


def _header_end(node: ast.FunctionDef, lines: list[str]) -> int:
    """The last line of ``def name(…):``."""
    number = node.lineno
    while number < len(lines) and not lines[number - 1].split("#")[0].rstrip().endswith(":"):
        number += 1
    return number


def _as_python_writes(node: ast.FunctionDef, blank: str) -> str:
    return "\n".join(ast.unparse(n) for n in _with_blank(body_of(node), blank))
