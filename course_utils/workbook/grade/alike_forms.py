"""What an answer says, whatever its names, spaces and comments: so that two can be compared."""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Iterator

_LONGEST = 60_000  # characters; no answer to an exercise is a tenth of it
_WINDOW = 6  # tokens side by side; fewer are found in any two answers
_NAME = "\0"  # before the name of a variable: an attribute of the same name is another thing
_NAMED = {(ast.Name, "id"), (ast.arg, "arg"), (ast.FunctionDef, "name")}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def tokens(source: str) -> tuple[str, ...]:
    """An answer as a row of tokens, the same for answers that differ in form only.

    Left out are comments, doc string, annotations, decorators and layout; a function's
    own variables are numbered in the order in which they occur.

    Args:
        source: text of a function.

    Returns:
        Names of the parts of its syntax tree; () if it does not parse.
    """
    if len(source) > _LONGEST:
        return ()
    try:
        tree = ast.parse(textwrap.dedent(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ()
    own = _own_names(tree)
    numbers: dict[str, str] = {}
    return tuple(
        numbers.setdefault(token, f"v{len(numbers)}") if token[:1] == _NAME and token[1:] in own
        else token
        for token in _walk(tree)
    )  # fmt: skip


def windows(row: tuple[str, ...]) -> frozenset[int]:
    """Hashes of all runs of six tokens; two answers are as alike as these sets."""
    # Hash of a text would differ from process to process: only compared within one.
    return frozenset(hash(row[i : i + _WINDOW]) for i in range(len(row) - _WINDOW + 1))


def _own_names(tree: ast.AST) -> set[str]:
    """Names that the answer itself binds."""
    own = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            own.add(node.id)
        elif isinstance(node, ast.arg):
            own.add(node.arg)
        elif isinstance(node, _FUNCTIONS):
            own.add(node.name)
    return own


def _walk(tree: ast.AST) -> Iterator[str]:
    """The tree from top to bottom, without what is form only."""
    waiting: list[ast.AST | str] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, str):
            yield node
            continue
        if isinstance(node, ast.expr_context):
            continue
        yield type(node).__name__
        waiting.extend(reversed(list(_inside(node))))


def _inside(node: ast.AST) -> Iterator[ast.AST | str]:
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_comment", "type_params"):
            continue
        if name == "body" and isinstance(node, _FUNCTIONS):
            value = _without_doc(value)
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, ast.AST):
                yield item
            elif item is not None:
                plain = (
                    item
                    if isinstance(item, str) and not isinstance(node, ast.Constant)
                    else repr(item)
                )
                yield _NAME + plain if (type(node), name) in _NAMED else plain


def _without_doc(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    is_text = (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    )
    return body[1:] if is_text else body
