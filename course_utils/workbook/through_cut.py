"""Write a module again without what is withheld, line for line as it was otherwise."""

from __future__ import annotations

import ast
from collections.abc import Callable

from course_utils.workbook.through_code import Module, Part, Ref, imported, is_all

_WIDTH = 100


def cut_module(
    module: Module,
    modules: dict[str, Module],
    keep: Callable[[Part], bool],
    is_there: Callable[[Ref], bool],
) -> str:
    """The text of a module with only what is kept.

    Args:
        module: read with its statements.
        modules: the package.
        keep: says of a statement whether it is kept.
        is_there: says of an imported thing whether it can be imported.

    Returns:
        The text, the same where nothing goes.
    """
    lines = module.text.split("\n")
    gone = [p for p in module.parts if not keep(p)]
    cuts: list[tuple[int, int, list[str]]] = [(p.first, p.last, []) for p in gone if not p.within]
    for whole in {p.within for p in gone if p.within}:
        parts = [p for p in module.parts if p.within == whole]
        if all(p in gone for p in parts):
            cuts.append((*whole, []))
        else:
            cuts += [(p.first, p.last, []) for p in parts if p in gone]
    left = _names_left(module, gone) | module.passed_on()
    lost: set[str] = set()
    for node in module.import_nodes:
        bound = imported(node, module, modules)
        fit = [a for a in node.names if _stays(a, bound, left, module, is_there)]
        if len(fit) < len(node.names):
            lost |= {a.asname or a.name for a in node.names if a not in fit}
            cuts.append((node.lineno, node.end_lineno or node.lineno, _import(node, fit)))
    lost |= {name for p in gone for name in p.binds}
    for node in ast.parse(module.text).body:
        if is_all(node) and isinstance(node.value, (ast.List, ast.Tuple)):
            names = [ast.literal_eval(e) for e in node.value.elts]
            fit = [n for n in names if n not in lost or (module.binding(n) and n in left)]
            if fit != names:
                listed = ["__all__ = [", *(f'    "{n}",' for n in fit), "]"]
                cuts.append((node.lineno, node.end_lineno, listed if fit else []))
    for first, last, instead in sorted(cuts, reverse=True):
        lines[first - 1 : last] = instead
    return _tidy("\n".join(lines)) if cuts else module.text


def _names_left(module: Module, gone: list[Part]) -> set[str]:
    """Names that are used or bound by what is kept."""
    used: set[str] = set()
    dropped = {id(p.node) for p in gone}
    for part in module.parts:
        if id(part.node) not in dropped:
            used |= part.binds
            for node in ast.walk(part.node):
                if isinstance(node, ast.Name):
                    used.add(node.id)
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    used |= {w for w in node.value.split() if w.isidentifier()}
            if part.within:
                used.add("register")
    return used


def _stays(
    alias: ast.alias, bound: dict[str, Ref], left: set[str], module: Module,
    is_there: Callable[[Ref], bool],
) -> bool:  # fmt: skip
    """Whether an imported name stays: it is there, and somebody uses it or may."""
    name = alias.asname or alias.name
    if name not in bound:  # another package: kept; a name too many does no harm
        return True
    return is_there(bound[name]) and (module.is_package or name in left)


def _import(node: ast.Import | ast.ImportFrom, names: list[ast.alias]) -> list[str]:
    if not names:
        return []
    if isinstance(node, ast.Import):
        return [ast.unparse(ast.Import(names))]
    line = ast.unparse(ast.ImportFrom(node.module, names, node.level))
    if len(line) <= _WIDTH:
        return [line]
    head = line.split(" import ")[0]
    return [f"{head} import (", *(f"    {ast.unparse(n)}," for n in names), ")"]


def _tidy(text: str) -> str:
    """Two empty lines at the most, one newline at the end."""
    while "\n\n\n\n" in text:
        text = text.replace("\n\n\n\n", "\n\n\n")
    return text.rstrip("\n") + "\n"
