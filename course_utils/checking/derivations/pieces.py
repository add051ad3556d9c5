"""A line cut into its sides, each read by `ast`."""

from __future__ import annotations

import ast
import re
from fractions import Fraction

from course_utils.checking.derivations.refusals import refuse

_LONGEST, _DEEPEST = 500, 30


def split_at_equals(text: str) -> list[str]:
    """Split at every ``=`` outside brackets that is no part of a comparison."""
    pieces, depth, start = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth > _DEEPEST:
            refuse("Too many brackets inside one another: split the line in two.")
        alone = text[at - 1 : at] not in ("=", "<", ">", "!") and text[at + 1 : at + 2] != "="
        if sign == "=" and depth == 0 and alone:
            pieces.append(text[start:at])
            start = at + 1
    if len(pieces) == 0 and "==" in text:
        refuse("An equation has one =, not ==.")
    return [*pieces, text[start:]]


def parse_piece(piece: str) -> ast.expr:
    """One side of an equation, read by `ast`.

    Raises:
        RefusedError: it is no expression; the message says what is missing.
    """
    if len(piece) > _LONGEST:
        refuse(f"The line is longer than {_LONGEST} characters: split it with let.")
    try:
        return ast.parse(piece.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        pass
    opened, closed = sum(map(piece.count, "([")), sum(map(piece.count, ")]"))
    if opened != closed:
        refuse(f"Brackets do not match: {opened} open and {closed} close.")
    if re.search(r"\bsum_|\bsum\s*\(\s*\w+\s*(=|in\b)|\bsum\s+\w", piece):
        refuse("A sum names its letters first, without bounds: sum(n, X[n,i] * dY[n,j]).")
    if re.search(r"[\w\])]'", piece):
        refuse("A transpose is written X.T, a derivative diff(Y[n,m], W[i,j]).")
    if re.search(r"\d[A-Za-z(]|\)\s*[\w(]|[\w\])]\s+[\w(]", piece):
        refuse(f"`{piece.strip()}` is not readable. Is a * missing between two factors?")
    refuse(f"`{piece.strip()}` is not readable as an expression.")


def exact(value: int | float) -> Fraction:
    """A typed number as a fraction: 0.1 is one tenth.

    Raises:
        RefusedError: it is too large.
    """
    if abs(value) > 1e9:
        refuse("Numbers go up to 1000000000 here.")
    return Fraction(str(value))


def is_entry_of_several(piece: ast.expr) -> bool:
    """Whether it is an array with two or more indices."""
    return isinstance(piece, ast.Subscript) and isinstance(piece.slice, ast.Tuple)
