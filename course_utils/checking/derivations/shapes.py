"""Free indices and shapes of a line, judged with the letters of the sizes, before any number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.tree import shown, to_text

Dims = tuple[str, ...]


class ShapeError(Exception):
    """An expression has no shape.

    Args:
        cause: a short key, ``"inner_sizes"``.
        message: for the student.
    """

    def __init__(self, cause: str, message: str) -> None:
        super().__init__(message)
        self.cause = cause


@dataclass(frozen=True)
class Kinds:
    """What is known of the symbols when shapes are judged.

    Args:
        shapes: size letters of every symbol.
        related: groups of sizes along one direction, ``({"H", "U", "P"},)``: an index of
            one may be used on another, outside being 0.
        defaults: size letters of index letters, from the forward rules.
    """

    shapes: Mapping[str, Dims]
    related: tuple[frozenset[str], ...] = ()
    defaults: Mapping[str, str] = field(default_factory=dict)

    def kin(self, a: str, b: str) -> bool:
        """Whether two sizes run along one direction."""
        return a == b or any(a in group and b in group for group in self.related)


def told(dims: Dims) -> str:
    """``"(N, M)"``, ``"(M,)"``, or ``"a number"``."""
    if not dims:
        return "a number"
    return f"({dims[0]},)" if len(dims) == 1 else f"({', '.join(dims)})"


class Inspector:
    """Finds shapes and collects over what each index letter runs."""

    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds
        self.uses: dict[str, list[tuple[str, tree.Node]]] = {}
        self.same: list[tuple[str, str]] = []

    def dims(self, node: tree.Node) -> Dims:
        """The sizes of the axes that an expression has left, letters apart.

        Raises:
            ShapeError: there is no such array.
        """
        match node:
            case tree.Sym(name):
                return self.kinds.shapes[name]
            case tree.Index():
                return self._index(node)
            case tree.Neg(x):
                return self.dims(x)
            case tree.T(x):
                return self._transposed(node, self.dims(x))
            case tree.Bin("@", a, b):
                return self._product(node, self.dims(a), self.dims(b))
            case tree.Bin(_, a, b) | tree.Cmp(_, a, b):
                self._same_letters(node)
                return self._entrywise(node, self.dims(a), self.dims(b))
            case tree.Sum(_, body):
                return self.dims(body)
            case tree.Call():
                return self._call(node)
            case tree.Diff(what, by):
                return self.dims(what) + self.dims(by)
        return ()

    def _index(self, node: tree.Index) -> Dims:
        base = self.dims(node.base)
        if len(node.at) > len(base):
            name = to_text(node.base)
            takes = f"it takes {len(base)}" if base else "it takes no index"
            raise ShapeError(
                "too_many", f"{to_text(node)}: {name} is {told(base)}, {takes}, not {len(node.at)}."
            )
        left = []
        for at, size in zip(node.at, base, strict=False):
            if at is None:
                left.append(size)
            elif isinstance(at, tree.Letter):
                self.uses.setdefault(at.name, []).append((size, node))
            else:
                self._one_number(at, node)
        return (*left, *base[len(node.at) :])

    def _one_number(self, at: tree.Node, node: tree.Node) -> None:
        dims = self.dims(at)
        if dims:
            name = to_text(at)
            raise ShapeError(
                "whole_index",
                f"{to_text(node)}: {name} is {told(dims)}, an index is one number: {name}[n].",
            )

    def _same_letters(self, node) -> None:
        if isinstance(node, tree.Cmp):
            self._link(node.a, node.b)

    def _link(self, a: tree.Node, b: tree.Node) -> None:
        if isinstance(a, tree.Letter) and isinstance(b, tree.Letter):
            self.same.append((a.name, b.name))

    def _transposed(self, node: tree.Node, dims: Dims) -> Dims:
        if len(dims) > 2:
            raise ShapeError("transpose", f"{to_text(node)}: .T is for matrices, not {told(dims)}.")
        return dims[::-1]

    def _product(self, node: tree.Bin, a: Dims, b: Dims) -> Dims:
        left, right = to_text(node.a, 2), to_text(node.b, 3)
        for dims, name in ((a, left), (b, right)):
            if not dims:
                raise ShapeError("product", f"@ multiplies matrices, but {name} is a number.")
            if len(dims) > 2:
                message = f"@ multiplies matrices, but {name} is {told(dims)}: use indices."
                raise ShapeError("product", message)
        if a[-1] != b[0]:
            raise ShapeError(
                "inner_sizes",
                f"{left} is {told(a)} and {right} is {told(b)}: {to_text(node)} does not exist, "
                f"the inner sizes are {a[-1]} and {b[0]}.",
            )
        return a[:-1] + b[1:]

    def _entrywise(self, node: tree.Node, a: Dims, b: Dims) -> Dims:
        short, long = sorted((a, b), key=len)
        pairs = zip(short, long[len(long) - len(short) :], strict=True)
        if all(s == m or "1" in (s, m) for s, m in pairs):
            return long
        left, right = (to_text(part) for part in tree.children(node)[:2])
        extra = "; * is entry by entry, @ is the matrix product" if _is_product(node) else ""
        raise ShapeError(
            "entrywise", f"{left} is {told(a)} and {right} is {told(b)}: they do not fit{extra}."
        )

    def _call(self, node: tree.Call) -> Dims:
        if node.fn == "ones":
            return tuple(size.name for size in node.args)
        if node.fn == "delta":
            for arg in node.args:
                self._one_number(arg, node)
            self._link(*node.args)
            return ()
        parts = [self.dims(arg) for arg in node.args]
        if node.fn == "softmax" and not parts[0]:
            inner = node.args[0]
            outside = f": softmax({to_text(inner.base)})[…]" if _entry(inner) else ""
            raise ShapeError(
                "softmax", f"{to_text(node)}: softmax needs a whole row{outside}, not one entry."
            )
        if node.fn == "outer":
            if [len(p) for p in parts] != [1, 1]:
                message = f"outer takes two vectors, not {told(parts[0])} and {told(parts[1])}."
                raise ShapeError("product", message)
            return parts[0] + parts[1]
        if node.fn == "where":
            chosen = tree.Bin("+", *node.args[1:])
            rest = self._entrywise(chosen, *parts[1:])
            return self._entrywise(node, parts[0], rest)
        return parts[0] if len(parts) == 1 else self._entrywise(node, *parts)

    def ranges(self, letters: frozenset[str]) -> dict[str, str]:
        """Over which size each letter runs, from the places where it stands alone.

        Raises:
            ShapeError: a letter runs over two sizes that have nothing to do with each other,
                or over none that is known.
        """
        found = {}
        for letter in sorted(letters):
            uses = self.uses.get(letter, [])
            for size, node in uses[1:]:
                first, place = uses[0]
                if not self.kinds.kin(first, size):
                    raise ShapeError(
                        "ranges",
                        f"{shown(letter)} runs over {first} in {to_text(place)}, "
                        f"but over {size} in {to_text(node)}{self._shape_of(node, place)}.",
                    )
            if uses:
                found[letter] = "|".join(dict.fromkeys(size for size, _ in uses))
        for a, b in self.same * 2:
            for known, unknown in ((a, b), (b, a)):
                if known in found and unknown not in found:
                    found[unknown] = found[known]
        for letter in sorted(letters - found.keys()):
            plain = shown(letter)
            if plain not in self.kinds.defaults:
                raise ShapeError(
                    "no_range",
                    f"It is not known how far {plain} runs: "
                    "let it stand alone as an index of some array.",
                )
            found[letter] = self.kinds.defaults[plain]
        return found

    def _shape_of(self, *nodes: tree.Node) -> str:
        bases = {n.base.name: n.base for n in nodes if isinstance(n.base, tree.Sym)}
        parts = [f"{name} is {told(self.kinds.shapes[name])}" for name in bases]
        return f" ({', '.join(parts)})" if parts else ""


def _is_product(node: tree.Node) -> bool:
    return isinstance(node, tree.Bin) and node.op == "*"


def _entry(node: tree.Node) -> bool:
    return isinstance(node, tree.Index)


@dataclass(frozen=True)
class Layout:
    """What the shapes of an equation say.

    Args:
        ranges: size letter(s) of every index letter; ``"H|P"`` if it is used on both.
        dims: the sizes of the axes left on both sides.
        free: the letters of the left side.
    """

    ranges: Mapping[str, str]
    dims: Dims
    free: frozenset[str]


def lay_out(left: tree.Node, right: tree.Node, kinds: Kinds) -> Layout:
    """Judge the free indices and the shapes of an equation.

    Raises:
        ShapeError: they do not fit; the message tells all that is wrong with the indices.
    """
    inspector = Inspector(kinds)
    dims = inspector.dims(left)
    own = {i: [size for size, _ in uses] for i, uses in inspector.uses.items()}
    other = inspector.dims(right)
    free, inside = tree.free_letters(left), tree.free_letters(right)
    extra = sorted(map(shown, inside - free))
    if dims and not other and extra and len(extra) == len(dims):
        name = to_text(left)
        raise ShapeError(
            "mixed",
            f"Left stands the whole of {name}, {told(dims)}, right one entry: "
            f"write {name}[{','.join(extra)}].",
        )
    problems = []
    bound = {i for part in tree.walk(right) if isinstance(part, tree.Sum) for i in part.letters}
    clash = sorted({shown(i) for i in bound} & {shown(i) for i in free})
    if extra:
        problems += [f"{i} is free on the left and summed on the right" for i in clash]
        verb = "is" if len(extra) == 1 else "are"
        problems.append(
            f"{' and '.join(extra)} {verb} left over: on the right, not on the left, "
            "and no sum runs over " + ("it" if len(extra) == 1 else "them")
        )
        raise ShapeError("free", "; ".join(problems) + ".")
    ranges = inspector.ranges(tree.all_letters(left) | tree.all_letters(right))
    # The left side says how far a free letter runs; elsewhere it may leave the array.
    ranges |= {i: "|".join(dict.fromkeys(sizes)) for i, sizes in own.items()}
    if dims != other:
        _compare(left, right, dims, other, free)
    return Layout(ranges, dims, free)


def _compare(left, right, dims: Dims, other: Dims, free) -> None:
    if not other and not tree.free_letters(right):
        return  # one number for all entries: the values decide
    if free and not dims:
        message = f"Left stands one entry, right an array {told(other)}: use indices on both sides."
        raise ShapeError("mixed", message)
    transposed = " Transposed?" if dims == other[::-1] and len(dims) == 2 else ""
    raise ShapeError(
        "shape",
        f"The left side is {told(dims)}, the right side {told(other)}.{transposed}",
    )
