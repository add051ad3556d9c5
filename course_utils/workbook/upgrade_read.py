"""Read an old notebook as pieces: statements, texts, and what is no Python."""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import dataclass, field

from course_utils.workbook.project import WorkbookError

_MAGIC = re.compile(r"^\s*(?:[%!?]|\w[\w.]*\?\??\s*$)")
_MOST_CELLS = 1000  # a cell's id is told from its place, looked for up to here


@dataclass
class OldCell:
    """A cell of an old notebook.

    Args:
        number: from 1, as it is told.
        kind: "code", "markdown" or "raw".
        text: its source, lines ended by ``\\n``.
        attachments: pictures of a markdown cell.
        untouched: it is as the lesson had it.
    """

    number: int
    kind: str
    text: str
    attachments: dict = field(default_factory=dict)
    untouched: bool = False


@dataclass(frozen=True)
class Piece:
    """A statement at the top level of a cell, with its comments.

    Args:
        cell: number of the cell.
        text: the lines.
        node: the tree.
    """

    cell: int
    text: str
    node: ast.stmt

    @property
    def form(self) -> str:
        """The same for two statements that differ in layout only."""
        return normal(self.node)


def normal(node: ast.AST) -> str:
    """A statement in the one form in which it is compared."""
    return ast.dump(node)


def read_old(data: bytes, lesson: str = "") -> tuple[dict, list[OldCell]]:
    """An old notebook: its metadata and its cells.

    Args:
        data: the file.
        lesson: name of the lesson, where the metadata do not say it.

    Raises:
        WorkbookError: this is no notebook.
    """
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
        found = notebook["cells"] if "cells" in notebook else notebook["worksheets"][0]["cells"]
        metadata = notebook.get("metadata") or {}
        course = metadata.get("course") if isinstance(metadata, dict) else None
        lesson = (course or {}).get("lesson", lesson)
        cells = [_cell(number, cell, lesson) for number, cell in enumerate(found, 1)]
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as error:
        raise WorkbookError(
            f"the old notebook cannot be read: expected an .ipynb with cells, got {error!r}. Was "
            "it saved whole? Open it in JupyterLab and save it again; nothing was changed."
        ) from error
    return metadata, cells


def _cell(number: int, cell: dict, lesson: str) -> OldCell:
    source = cell.get("source", cell.get("input", ""))
    text = source if isinstance(source, str) else "".join(source)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    kind = {"heading": "markdown"}.get(cell["cell_type"], cell["cell_type"])
    untouched = cell.get("id") in _ids(lesson, text) if cell.get("id") else False
    return OldCell(number, kind, text, cell.get("attachments") or {}, untouched)


def _ids(lesson: str, text: str) -> set[str]:
    """The ids that the build gives to this very text, wherever it stands (see `editions`)."""
    return {
        hashlib.sha256(f"{lesson}\n{index}\n{text}".encode()).hexdigest()[:12]
        for index in range(_MOST_CELLS)
    }


def pieces_of(cell: OldCell) -> tuple[list[Piece], list[str], str]:
    """A code cell as statements, magics, and the comments that belong to no statement.

    Returns:
        Statements, lines of magics, and either the whole text (where it is no Python) or
        what is left over of comments.
    """
    lines = cell.text.split("\n")
    magics = [line for line in lines if _MAGIC.match(line)]
    code = lines
    tree = _parsed("\n".join(lines))
    if tree is None and magics and not cell.text.lstrip().startswith("%%"):
        code = ["" if _MAGIC.match(line) else line for line in lines]
        tree = _parsed("\n".join(code))
    else:
        magics = []
    if tree is None:
        return [], [], cell.text
    pieces, at = [], 0
    for node in tree.body:
        last = node.end_lineno or node.lineno
        text = "\n".join(code[at:last]) if last > at else ast.unparse(node)
        following = next((n for n in tree.body if n.lineno > last), None)
        if following is None:
            last = max(last, _indented_comments(code, last))
            text = "\n".join(code[at:last]) if last > at else text
        if _forms(text) != [normal(node)]:  # two statements in a line, and the like
            text = ast.unparse(node)
        pieces.append(Piece(cell.number, text.strip("\n"), node))
        at = max(at, last)
    left = "\n".join(line for line in code[at:] if line.strip())
    return pieces, magics, left


def _indented_comments(lines: list[str], last: int) -> int:
    """Comments below the last statement that stand as deep as it."""
    number = last
    while number < len(lines) and (not lines[number].strip() or lines[number][:1] in " \t"):
        number += 1
    return number


def _forms(text: str) -> list[str]:
    tree = _parsed(text)
    return [normal(n) for n in tree.body] if tree else []


def _parsed(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
