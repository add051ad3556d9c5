"""Which lines of a notebook the answers need: found by reading, nothing is run.

Exercises are found by the name of their function, wherever the cell stands. Of the rest
only those statements are kept that bind, directly or through one another, a name that an
answer uses: imports, helpers, constants. Training runs and plots are not.
"""

from __future__ import annotations

import ast
import copy
import re
import symtable
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_MAGIC = re.compile(r"^\s*(%|!|\?)|\?\s*$|^\s*[\w, ]+=\s*[%!]")
_OTHER_LANGUAGES = re.compile(
    r"\s*%%(bash|sh|html|HTML|javascript|js|latex|markdown|perl|ruby|R|svg|SVG|writefile|script|file)"
)
MOST_CHARACTERS = 2_000_000


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell.

    Args:
        cell: number of the cell, from 1, as all cells are counted.
        node: its syntax tree, with the line numbers of the cell.
        binds: names that it binds or changes.
        uses: names that it, or a function in it, reads from outside.
        text: its lines.
    """

    cell: int
    node: ast.stmt
    binds: frozenset[str]
    uses: frozenset[str]
    text: str

    @property
    def everything(self) -> bool:
        """Whether it may bind any name (``from numpy import *``)."""
        node = self.node
        return isinstance(node, ast.ImportFrom) and any(a.name == "*" for a in node.names)


@dataclass
class Plan:
    """What was found in a notebook.

    Args:
        statements: all of them, in order.
        found: the statement that defines each exercise's function, the last one there is.
        remarks: what was passed over, and why.
    """

    statements: list[Statement]
    found: dict[str, Statement] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    def needed(self, name: str) -> list[int]:
        """Numbers of the statements that an exercise's function needs, in notebook order."""
        wanted, chosen, todo = set(), set(), [name]
        while todo:
            current = todo.pop()
            if current in wanted:
                continue
            wanted.add(current)
            for number, statement in enumerate(self.statements):
                if number not in chosen and (current in statement.binds or statement.everything):
                    chosen.add(number)
                    todo += statement.uses
        return sorted(chosen)


def read_cells(cells: Sequence[tuple[int, str]], names: Iterable[str]) -> Plan:
    """Find the exercises of a notebook and what they need.

    Args:
        cells: number and text of every code cell, in order.
        names: functions of the exercises.

    Returns:
        The plan; cells that are no Python are passed over with a remark.
    """
    plan, defined = Plan([]), {}
    wanted = set(names)
    for number, text in cells:
        tree = _tree(number, text, plan.remarks)
        lines = text.split("\n")
        for node in tree.body if tree else ():
            for statement in _statements(number, node, lines):
                plan.statements.append(statement)
                for name in wanted & statement.binds:
                    if may_define(statement.node, name):
                        defined.setdefault(name, []).append(statement)
    for name, several in defined.items():
        plan.found[name] = several[-1]
        if len({ast.dump(s.node) for s in several}) > 1:
            where = ", ".join(dict.fromkeys(str(s.cell) for s in several))
            plan.remarks.append(
                f"{name} is defined {len(several)} times, differently (cells {where}): "
                "the last one was graded."
            )
    return plan


def may_define(node: ast.stmt, name: str) -> bool:
    """Whether a statement can make a name a function: a variable of that name is none."""
    if isinstance(node, _DEFINITIONS):
        return True
    if isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        direct = any(isinstance(t, ast.Name) and t.id == name for t in targets)
        return direct and isinstance(node.value, (ast.Lambda, ast.Call, ast.Name, ast.Attribute))
    return isinstance(node, (ast.If, ast.Try, ast.With)) and any(
        isinstance(inner, _DEFINITIONS) and inner.name == name for inner in ast.walk(node)
    )


def _tree(number: int, text: str, remarks: list[str]) -> ast.Module | None:
    if _OTHER_LANGUAGES.match(text):
        remarks.append(f"cell {number} is not Python ({text.split()[0]}): passed over.")
        return None
    if len(text) > MOST_CHARACTERS:
        remarks.append(f"cell {number} has {len(text):,} characters: passed over.")
        return None
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        first = error
    lines = text.split("\n")
    if any(_MAGIC.search(line) for line in lines):
        try:
            return ast.parse("\n".join(_without_magic(line) for line in lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            first = error
    at = f", line {first.lineno}" if isinstance(first, SyntaxError) and first.lineno else ""
    why = first.msg if isinstance(first, SyntaxError) else type(first).__name__
    remarks.append(f"cell {number} is no valid Python{at} ({why}): passed over.")
    return None


def _without_magic(line: str) -> str:
    """``pass`` in the place of IPython's own, so that lines keep their numbers."""
    if not _MAGIC.search(line) or line.lstrip().startswith("#"):
        return line
    return line[: len(line) - len(line.lstrip())] + "pass"


def _statements(number: int, node: ast.stmt, lines: list[str]) -> list[Statement]:
    """The statement, or one for each name of an import: an answer may need only one of them."""
    if isinstance(node, (ast.Import, ast.ImportFrom)) and len(node.names) > 1:
        parts = []
        for alias in node.names:
            if isinstance(node, ast.Import):
                part: ast.stmt = ast.Import([alias])
            else:
                part = ast.ImportFrom(node.module, [alias], node.level)
            parts.append(ast.copy_location(part, node))
    else:
        parts = [node]
    return [_statement(number, part, lines) for part in parts]


def _statement(number: int, node: ast.stmt, lines: list[str]) -> Statement:
    decorated = getattr(node, "decorator_list", [])
    first = min([node.lineno, *(d.lineno for d in decorated)])
    text = "\n".join(lines[first - 1 : node.end_lineno])
    try:
        binds, uses = _names(node)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        binds, uses = frozenset(), frozenset()
    return Statement(number, node, binds, uses, text)


def _names(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """Names that a statement binds or changes, and names that it needs."""
    if isinstance(node, ast.ImportFrom) and node.module == "__future__":
        return frozenset(), frozenset()
    module = ast.Module([_reachable(node)], [])
    table = symtable.symtable(ast.unparse(module), "cell", "exec")
    binds = {s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported()}
    uses = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    todo = list(table.get_children())
    while todo:
        inner = todo.pop()
        uses |= {s.get_name() for s in inner.get_symbols() if s.is_global()}
        todo += inner.get_children()
    return frozenset(binds | _changed(node)), frozenset(uses)


def _reachable(node: ast.stmt) -> ast.stmt:
    """A function without what stands after its first raise or return: an open blank, mostly."""
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return node
    for number, inner in enumerate(node.body, 1):
        if isinstance(inner, (ast.Raise, ast.Return)) and number < len(node.body):
            shorter = copy.copy(node)
            shorter.body = node.body[:number]
            return shorter
    return node


def _changed(node: ast.stmt) -> set[str]:
    """Names of what is changed in place: ``table["a"] = 1``, ``box.size += 1``."""
    found = set()
    for inner in ast.walk(node):
        if isinstance(inner, (*_DEFINITIONS, ast.Lambda)) and inner is not node:
            continue
        if isinstance(inner, (ast.Subscript, ast.Attribute)) and isinstance(
            inner.ctx, (ast.Store, ast.Del)
        ):
            root = inner.value
            while isinstance(root, (ast.Subscript, ast.Attribute)):
                root = root.value
            if isinstance(root, ast.Name):
                found.add(root.id)
    return found if not isinstance(node, _DEFINITIONS) else set()
