"""Small things about cells and statements that the upgrade needs."""

from __future__ import annotations

import ast
import hashlib

TAG = "from-old-notebook"


def statements(cell: dict) -> list[ast.stmt]:
    """Statements at the top level of a code cell; none where it is no Python."""
    if cell["cell_type"] != "code":
        return []
    try:
        return ast.parse(cell["source"]).body
    except (SyntaxError, ValueError):
        return []


def inner(top: ast.stmt) -> list[ast.AST]:
    """A statement and all inside of it."""
    return [n for n in ast.walk(top) if isinstance(n, ast.stmt)]


def bound(node: ast.stmt) -> set[str]:
    """Names that a statement gives."""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(a.asname or a.name).split(".")[0] for a in node.names}
    return _of_kind(node, ast.Store)


def names(node: ast.AST) -> set[str]:
    """Names that a statement reads."""
    return _of_kind(node, ast.Load)


def new_cell(kind: str, text: str, number: int, attachments: dict | None = None) -> dict:
    """A cell with the mark that it is from an old notebook."""
    sign = hashlib.sha256(f"{number}\n{kind}\n{text}".encode()).hexdigest()[:12]
    cell = {"cell_type": kind, "id": sign, "metadata": {"tags": [TAG]}, "source": text}
    if kind == "code":
        cell |= {"execution_count": None, "outputs": []}
    elif attachments:
        cell["attachments"] = attachments
    return cell


def first_line(text: str) -> str:
    """What is told of a text."""
    return text.strip().split("\n")[0][:60]


def _of_kind(node: ast.AST, kind: type) -> set[str]:
    found = (n for n in ast.walk(node) if isinstance(n, ast.Name))
    return {n.id for n in found if isinstance(n.ctx, kind)}
