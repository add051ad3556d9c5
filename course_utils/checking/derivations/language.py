"""The language of derivation lines: parsed with `ast`, never run as Python.

A line is ``lhs = rhs``, ``a = b = c`` (steps), ``= c`` (goes on from the line
before) or ``let name[…] = …``. `parse_line` gives a tree or says what to write.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from course_utils.checking.derivations import arithmetic, tree
from course_utils.checking.derivations.pieces import (
    exact,
    is_entry_of_several,
    parse_piece,
    split_at_equals,
)
from course_utils.checking.derivations.refusals import (
    RefusedError,
    check_characters,
    meant_by,
    refuse,
)

# Functions and how many arguments each takes.
FUNCTIONS = {
    **dict.fromkeys(("exp", "log", "sqrt", "abs", "relu", "sigmoid", "tanh", "softmax"), 1),
    **dict.fromkeys(("relu_prime", "sigmoid_prime", "tanh_prime", "sign"), 1),
    **{"max": 2, "min": 2, "outer": 2, "where": 3, "delta": 2},
}
_OPERATORS = {
    **{ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "**"},
    ast.MatMult: "@",
}
_COMPARISONS = {
    **{ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="},
    **{ast.Eq: "==", ast.NotEq: "!="},
}
_LARGEST_POWER = 8


@dataclass(frozen=True)
class Names:
    """What a line may speak of.

    Args:
        symbols: arrays and scalars with the letters of their shape, ``{"X": ("N", "D")}``.
        whole: those symbols that hold whole numbers, such as labels; they may be indices.
        sizes: declared whole numbers, ``{"N", "D"}``.
    """

    symbols: Mapping[str, tuple[str, ...]]
    whole: frozenset[str] = frozenset()
    sizes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Line:
    """A line that was read.

    Args:
        text: as typed.
        sides: the expressions between the ``=`` signs, two or more.
        let: the name that the line defines, ``""`` for an equation.
    """

    text: str
    sides: tuple[tree.Node, ...]
    let: str = ""
    letters: frozenset[str] = field(default=frozenset(), compare=False)


def parse_line(text: str, names: Names, before: tree.Node | None = None) -> Line:
    """Read a line.

    Args:
        text: the line.
        names: what is declared.
        before: the left side of the line before, for a line that begins with ``=``.

    Returns:
        The line as trees. Letters bound twice have unique names inside.

    Raises:
        RefusedError: it is not a line of the language; the message says what to write.
    """
    text = text.strip()
    check_characters(text)
    let, body = "", text
    if re.match(r"let\b", text):
        let, body = _defined(text, names)
    pieces = split_at_equals(body)
    if len(pieces) < 2:
        refuse("A line is an equation: left side = right side.")
    parsed = [parse_piece(piece) for piece in pieces if piece.strip()]
    continued = not pieces[0].strip() and before is not None
    if len(parsed) + continued < 2 or len(parsed) < len(pieces) - continued:
        refuse("A line is an equation: left side = right side.")
    known = names
    if let:
        rank = len(parsed[0].slice.elts) if is_entry_of_several(parsed[0]) else 1
        rank = rank if isinstance(parsed[0], ast.Subscript) else 0
        known = Names({**names.symbols, let: ("?",) * rank}, names.whole, names.sizes)
    reader = _Reader(known, parsed)
    sides = [reader.read(piece) for piece in parsed]
    if let and let in tree.symbols_in(sides[1]):
        refuse(f"{let} is defined by itself: take another name for the new array.")
    if continued:
        sides.insert(0, before)
    sides = _plain_names(sides)
    letters = frozenset().union(*map(tree.all_letters, sides))
    return Line(text, tuple(sides), let, letters)


def read_name_of(side: tree.Node) -> str:
    """``"dW"`` of ``dW``, ``dW[i,j]`` and ``diff(L, W[i,j])``; ``""`` of anything else."""
    match side:
        case tree.Sym(name) | tree.Index(tree.Sym(name)):
            return name
        case tree.Diff(tree.Sym("L"), tree.Sym(name) | tree.Index(tree.Sym(name))):
            return f"d{name}"
    return ""


def _defined(text: str, names: Names) -> tuple[str, str]:
    match = re.match(r"let\s+([A-Za-z]\w*)\s*(\[[A-Za-z0-9_,\s]*\])?\s*=(?!=)", text)
    if not match:
        refuse("A definition is `let name = …` or `let name[n,m] = …`.")
    name = match[1]
    if name in names.symbols or name in names.sizes:
        refuse(f"{name} is declared already: take another name after let.")
    if name in FUNCTIONS or name in ("sum", "diff", "ones", "let"):
        refuse(f"{name} is a function of the language: take another name after let.")
    return name, text[3:].strip()


class _Reader:
    """Turns `ast` trees of one line into expressions."""

    def __init__(self, names: Names, pieces: list[ast.expr]) -> None:
        self.names = names
        self.count = 0
        self.letters = {n for piece in pieces for n in self._used_as_index(piece)}

    def _used_as_index(self, piece: ast.expr):
        """Undeclared names that stand in an index, in front of a sum or in a delta."""
        for part in ast.walk(piece):
            inside = []
            if isinstance(part, ast.Subscript):
                inside = [part.slice]
            elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name):
                count = {"sum": len(part.args) - 1, "delta": 2}.get(part.func.id, 0)
                inside = part.args[:count]
            for name in (n for top in inside for n in ast.walk(top)):
                declared = {*self.names.symbols, *self.names.sizes}
                if isinstance(name, ast.Name) and name.id not in declared:
                    yield name.id

    def read(self, node: ast.expr, scope: dict[str, str] | None = None) -> tree.Node:
        scope = scope or {}
        match node:
            case ast.Constant(value) if type(value) in (int, float):
                return tree.Num(exact(value))
            case ast.Name(name):
                return self._name(name, scope)
            case ast.UnaryOp(ast.USub(), x):
                return tree.Neg(self.read(x, scope))
            case ast.UnaryOp(ast.UAdd(), x):
                return self.read(x, scope)
            case ast.BinOp(a, op, b) if type(op) in _OPERATORS:
                return self._binary(_OPERATORS[type(op)], a, b, scope)
            case ast.Compare(a, ops, others) if all(type(op) in _COMPARISONS for op in ops):
                return self._comparison(a, ops, others, scope)
            case ast.Attribute(x, "T"):
                return tree.T(self.read(x, scope))
            case ast.Subscript(base, at):
                parts = at.elts if isinstance(at, ast.Tuple) else [at]
                return tree.Index(
                    self.read(base, scope), tuple(self._index(p, scope) for p in parts)
                )
            case ast.Call(ast.Name(name), args, []):
                return self._call(name, args, scope)
        raise RefusedError.about(node)

    def _name(self, name: str, scope: dict[str, str]) -> tree.Node:
        if name in scope:
            return tree.Letter(scope[name])
        if name in self.names.symbols:
            return tree.Sym(name)
        if name in self.names.sizes:
            return tree.Size(name)
        if name in self.letters and not self._probably_misspelt(name):
            return tree.Letter(name)
        if name in FUNCTIONS or name in ("sum", "ones", "diff"):
            refuse(f"{name} is a function: write {name}(…).")
        known = [*self.names.symbols, *self.names.sizes]
        meant = meant_by(name, known)
        told = f" Do you mean {meant}?" if meant else f" Declared are {', '.join(known)}."
        refuse(f"{name} is not declared.{told} A new array begins with `let {name}[…] = …`.")

    def _probably_misspelt(self, name: str) -> bool:
        return len(name) > 2 and not name[-1].isdigit()

    def _binary(self, op, a, b, scope) -> tree.Node:
        made = tree.Bin(op, self.read(a, scope), self.read(b, scope))
        if op == "**":
            power = made.b.x if isinstance(made.b, tree.Neg) else made.b
            if isinstance(power, tree.Num) and power.value > _LARGEST_POWER:
                refuse(f"Powers go up to {_LARGEST_POWER} here.")
            if isinstance(power, tree.Bin) and power.op == "**":
                refuse("A power of a power: write the exponents as one number.")
        return made

    def _comparison(self, a, ops, others, scope) -> tree.Node:
        sides = [self.read(side, scope) for side in (a, *others)]
        made = [
            tree.Cmp(_COMPARISONS[type(op)], left, right)
            for op, left, right in zip(ops, sides[:-1], sides[1:], strict=True)
        ]
        return arithmetic.product(made)

    def _index(self, node: ast.expr, scope) -> tree.Node | None:
        if isinstance(node, ast.Slice):
            if node.lower or node.upper or node.step:
                refuse("A slice is : alone, the whole axis. For a shift write X[n,p+u].")
            return None
        made = self.read(node, scope)
        for part in tree.walk(made):
            if isinstance(part, tree.Sym) and part.name not in self.names.whole:
                refuse(
                    f"{part.name} is a declared array, not an index letter: "
                    f"take another letter inside [ ]."
                )
            fits = isinstance(part, (tree.Sym, tree.Size, tree.Letter, tree.Index, tree.Neg))
            whole = isinstance(part, tree.Num) and part.value.denominator == 1
            if not (fits or whole or (isinstance(part, tree.Bin) and part.op in "+-*")):
                refuse("Inside [ ] stand letters, whole numbers, labels, and + - * of them.")
        return made

    def _call(self, name: str, args: list[ast.expr], scope) -> tree.Node:
        if name == "sum":
            return self._sum(args, scope)
        if name == "diff":
            return self._diff(args, scope)
        if name == "ones":
            parts = [self.read(a, scope) for a in args]
            if not parts or not all(isinstance(p, tree.Size) for p in parts):
                refuse("ones takes sizes: ones(N) or ones(N, M).")
            return tree.Call("ones", tuple(parts))
        if name not in FUNCTIONS:
            declared = {*self.names.symbols, *self.names.sizes}
            raise RefusedError.about_function(name, FUNCTIONS, declared)
        if len(args) != FUNCTIONS[name]:
            refuse(f"{name} takes {FUNCTIONS[name]} argument(s), not {len(args)}.")
        if name == "delta":
            return tree.Call(name, tuple(self._index(a, scope) for a in args))
        return tree.Call(name, tuple(self.read(a, scope) for a in args))

    def _sum(self, args, scope) -> tree.Node:
        heads = args[:-1]
        if not heads or not all(isinstance(a, ast.Name) for a in heads):
            refuse("sum names its letters first: sum(n, X[n,i] * dY[n,j]).")
        inner = dict(scope)
        for head in heads:
            if head.id in self.names.symbols or head.id in self.names.sizes:
                refuse(f"sum({head.id}, …): {head.id} is declared already; take a free letter.")
            self.count += 1
            inner[head.id] = f"{head.id}~{self.count}"
        return tree.Sum(tuple(inner[h.id] for h in heads), self.read(args[-1], inner))

    def _diff(self, args, scope) -> tree.Node:
        if len(args) != 2:
            refuse("diff takes two things: diff(Y[n,m], W[i,j]).")
        what, by = (self.read(a, scope) for a in args)
        name = by.base if isinstance(by, tree.Index) else by
        if not isinstance(name, tree.Sym):
            refuse("diff(…, W[i,j]): the second must be a declared array or one entry of it.")
        if any(isinstance(part, tree.Diff) for part in tree.walk(what)):
            refuse("A diff inside a diff is not part of the language.")
        return tree.Diff(what, by)


def _plain_names(sides: list[tree.Node]) -> list[tree.Node]:
    """Give bound letters their plain names back where no other use of the letter is near."""
    free = frozenset().union(*map(tree.free_letters, sides))
    taken, names = set(free), {}
    for side in sides:
        for part in tree.walk(side):
            for letter in part.letters if isinstance(part, tree.Sum) else ():
                plain = tree.shown(letter)
                if plain not in taken:
                    taken.add(plain)
                    names[letter] = plain
    return [tree.renamed(side, names) for side in sides]
