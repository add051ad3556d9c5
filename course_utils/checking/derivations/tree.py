"""The expressions of a derivation: a small tree that can be walked, compared and edited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction


class Node:
    """An expression. Nodes never change, so they serve as keys of what was computed already."""

    def __hash__(self) -> int:
        try:
            return self._hash
        except AttributeError:
            value = hash((type(self).__name__, *self.__dict__.values()))
            object.__setattr__(self, "_hash", value)
            return value


def _node(cls):
    made = dataclass(frozen=True)(cls)
    made.__hash__ = Node.__hash__  # the dataclass would hash the whole tree every time
    return made


@_node
class Num(Node):
    """A number, kept exact."""

    value: Fraction


@_node
class Sym(Node):
    """A declared array or scalar, ``X``; also a gradient, ``dX``."""

    name: str


@_node
class Size(Node):
    """A declared whole number: ``N``, or a stride ``s``."""

    name: str


@_node
class Letter(Node):
    """An index letter. ``n~2`` is a second, inner ``n`` of the same line."""

    name: str


@_node
class Index(Node):
    """``base[at, …]``; ``None`` in `at` is a full slice ``:``."""

    base: Node
    at: tuple


@_node
class Neg(Node):
    """``-x``."""

    x: Node


@_node
class Bin(Node):
    """``a op b`` with op one of ``+ - * / ** @``."""

    op: str
    a: Node
    b: Node


@_node
class Cmp(Node):
    """A comparison, 1 where true and 0 where not."""

    op: str
    a: Node
    b: Node


@_node
class Call(Node):
    """A function of the language: ``exp``, ``where``, ``delta``, ``ones``, ``softmax`` …"""

    fn: str
    args: tuple


@_node
class Sum(Node):
    """``sum(n, m, body)``."""

    letters: tuple
    body: Node


@_node
class T(Node):
    """``x.T``."""

    x: Node


@_node
class Diff(Node):
    """``diff(what, by)``: the derivative through the forward rules, `by` an array or entry."""

    what: Node
    by: Node


def children(node: Node) -> tuple[Node, ...]:
    """The direct parts of an expression."""
    match node:
        case Index(base, at):
            return (base, *(i for i in at if i is not None))
        case Neg(x) | T(x) | Sum(_, x):
            return (x,)
        case Bin(_, a, b) | Cmp(_, a, b) | Diff(a, b):
            return (a, b)
        case Call(_, args):
            return args
    return ()


def rebuilt(node: Node, parts: tuple[Node, ...]) -> Node:
    """The same expression with other direct parts."""
    match node:
        case Index(_, at):
            rest = iter(parts[1:])
            return Index(parts[0], tuple(None if i is None else next(rest) for i in at))
        case Neg():
            return Neg(parts[0])
        case T():
            return T(parts[0])
        case Sum(letters, _):
            return Sum(letters, parts[0])
        case Bin(op):
            return Bin(op, *parts)
        case Cmp(op):
            return Cmp(op, *parts)
        case Diff():
            return Diff(*parts)
        case Call(fn):
            return Call(fn, tuple(parts))
    return node


def walk(node: Node) -> Iterator[Node]:
    """All parts of an expression, itself first."""
    yield node
    for part in children(node):
        yield from walk(part)


Put = Callable[[Node], Node]


def places(node: Node, put: Put = lambda new: new, bound: tuple = (), values=False) -> Iterator:
    """Every part with a function that puts another in its place, and the sums around it.

    Args:
        node: where to look.
        put: puts `node` itself into a larger expression.
        bound: the letters of the sums around `node`.
        values: pass over index letters, deltas' arguments and the array under an index.

    Yields:
        ``(part, put, bound)``: ``put(new)`` is the whole expression with `part` replaced;
        `bound` are the letters of the sums that enclose it.
    """
    yield node, put, bound
    inner = bound + node.letters if isinstance(node, Sum) else bound
    parts = children(node)
    for i, part in enumerate(parts):
        if values and _no_value(node, i, part):
            continue

        def put_part(new, i=i):
            return put(rebuilt(node, (*parts[:i], new, *parts[i + 1 :])))

        yield from places(part, put_part, inner, values)


def _no_value(node: Node, i: int, part: Node) -> bool:
    if isinstance(node, Index):
        return i > 0 or isinstance(part, Sym)
    if isinstance(node, Call) and node.fn in ("delta", "ones"):
        return True
    if isinstance(node, Bin) and node.op == "**" and i == 1:
        return isinstance(part, Num)
    return isinstance(node, Diff) or isinstance(part, Letter)


def free_letters(node: Node) -> frozenset[str]:
    """Index letters that no sum inside the expression binds."""
    if isinstance(node, Letter):
        return frozenset({node.name})
    found = frozenset().union(*map(free_letters, children(node)))
    return found - frozenset(node.letters) if isinstance(node, Sum) else found


def all_letters(node: Node) -> frozenset[str]:
    """Index letters free or bound."""
    found = {part.name for part in walk(node) if isinstance(part, Letter)}
    return frozenset(found.union(*(p.letters for p in walk(node) if isinstance(p, Sum)), found))


def renamed(node: Node, names: dict[str, str]) -> Node:
    """The expression with letters replaced, bound ones too; all at once, so they may swap."""
    if isinstance(node, Letter):
        return Letter(names.get(node.name, node.name))
    made = rebuilt(node, tuple(renamed(part, names) for part in children(node)))
    if isinstance(made, Sum):
        return Sum(tuple(names.get(i, i) for i in made.letters), made.body)
    return made


def symbols_in(node: Node) -> set[str]:
    """Names of the declared arrays and scalars in an expression."""
    return {part.name for part in walk(node) if isinstance(part, Sym)}


def shown(letter: str) -> str:
    """A letter as the student typed it."""
    return letter.split("~")[0]


_STRENGTH = {"+": 1, "-": 1, "*": 2, "/": 2, "@": 2, "**": 4}


def to_text(node: Node, strength: int = 0) -> str:
    """An expression as the student would type it."""
    text, own = _text(node)
    return f"({text})" if own < strength else text


def _text(node: Node) -> tuple[str, int]:
    match node:
        case Num(value):
            return _number(value)
        case Sym(name) | Size(name):
            return name, 9
        case Letter(name):
            return shown(name), 9
        case Index(base, at):
            inner = ",".join(":" if i is None else to_text(i).replace(" ", "") for i in at)
            return f"{to_text(base, 8)}[{inner}]", 9
        case Neg(x):
            return f"-{to_text(x, 2)}", 1
        case Bin(op, a, b):
            own = _STRENGTH[op]
            sign = op if op == "**" else f" {op} "
            left = to_text(a, own + (op == "**"))
            return f"{left}{sign}{to_text(b, own + (op != '**' and op != '+'))}", own
        case Cmp(op, a, b):
            return f"{to_text(a, 1)} {op} {to_text(b, 1)}", 0
        case Call(fn, args):
            return f"{fn}({', '.join(to_text(a) for a in args)})", 9
        case Sum(letters, body):
            return f"sum({', '.join(map(shown, letters))}, {to_text(body)})", 9
        case T(x):
            return f"{to_text(x, 8)}.T", 9
        case Diff(what, by):
            return f"diff({to_text(what)}, {to_text(by)})", 9
    raise TypeError(f"no text for {node!r}")


def _number(value: Fraction) -> tuple[str, int]:
    if value.denominator == 1:
        return str(value), 9 if value >= 0 else 1
    if float(value) == float(f"{float(value):.4g}"):
        return f"{float(value):.4g}", 9 if value >= 0 else 1
    return f"{value.numerator} / {value.denominator}", 2
