"""Sums and products taken apart and put together again."""

from __future__ import annotations

from fractions import Fraction

from course_utils.checking.derivations.tree import Bin, Neg, Node, Num


def terms(node: Node, sign: int = 1) -> list[tuple[int, Node]]:
    """The terms of a sum with their signs."""
    match node:
        case Bin("+", a, b):
            return terms(a, sign) + terms(b, sign)
        case Bin("-", a, b):
            return terms(a, sign) + terms(b, -sign)
        case Neg(x):
            return terms(x, -sign)
    return [(sign, node)]


def total(parts: list[tuple[int, Node]]) -> Node:
    """The sum of signed terms; 0 of none."""
    if not parts:
        return Num(Fraction(0))
    sign, made = parts[0]
    if sign < 0:
        made = Neg(made)
    for sign, part in parts[1:]:
        made = Bin("+" if sign > 0 else "-", made, part)
    return made


def factors(node: Node) -> list[Node]:
    """The factors of an entry-by-entry product; ``a / b`` counts as one."""
    if isinstance(node, Bin) and node.op == "*":
        return factors(node.a) + factors(node.b)
    return [node]


def product(parts: list[Node]) -> Node:
    """The product of factors; 1 of none."""
    if not parts:
        return Num(Fraction(1))
    made = parts[0]
    for part in parts[1:]:
        made = Bin("*", made, part)
    return made
