"""A line typeset as LaTeX."""

from __future__ import annotations

import re

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.language import Line
from course_utils.checking.derivations.shapes import Inspector, Kinds, ShapeError
from course_utils.checking.derivations.tree import Bin, Index, Node, Num, Sum, shown

_GREEK = {"lam": r"\lambda", "eps": r"\varepsilon"}
_GREEK |= {n: rf"\{n}" for n in ("gamma", "beta", "mu", "alpha", "delta", "sigma", "theta")}
_COMPARE = {"<": "<", "<=": r"\le", ">": ">", ">=": r"\ge", "==": "=", "!=": r"\ne"}
_NAMED = {"exp": r"\exp", "log": r"\ln", "tanh": r"\tanh", "max": r"\max", "min": r"\min"}
_STRENGTH = {"+": 1, "-": 1, "*": 3, "@": 3, "/": 9, "**": 8}


def to_latex(line: Line, kinds: Kinds) -> str:
    """A line as LaTeX, without dollar signs.

    Args:
        line: as read.
        kinds: shapes, so that a product of matrices gets its sign.
    """
    writer = _Writer(kinds)
    sides = " = ".join(writer.write(side) for side in line.sides)
    return rf"\text{{let }} {sides}" if line.let else sides


class _Writer:
    def __init__(self, kinds: Kinds) -> None:
        self.kinds = kinds

    def write(self, node: Node, strength: int = 0) -> str:
        text, own = self._write(node)
        return rf"\left({text}\right)" if own < strength else text

    def _write(self, node: Node) -> tuple[str, int]:
        match node:
            case Num(value):
                return tree.to_text(node), 9 if value.denominator == 1 or value < 1 else 1
            case tree.Sym(name):
                return _named(name, ""), 9
            case tree.Size(name) | tree.Letter(name):
                return shown(name), 9
            case Index(tree.Sym(name), at):
                return _named(name, self._letters(at)), 9
            case Index(base, at):
                return rf"{{{self.write(base, 9)}}}_{{{self._letters(at)}}}", 9
            case tree.Neg(x):
                return f"-{self.write(x, 2)}", 1
            case tree.T(x):
                return rf"{{{self.write(x, 9)}}}^{{\top}}", 8
            case Sum(letters, body):
                under = ",".join(map(shown, letters))
                return rf"\sum_{{{under}}} {self.write(body, 2)}", 2
            case Bin(op, a, b):
                return self._binary(node, op, a, b)
            case tree.Cmp(op, a, b):
                return rf"\left[{self.write(a)} {_COMPARE[op]} {self.write(b)}\right]", 9
            case tree.Diff(what, by):
                over, under = self.write(what, 9), self.write(by, 9)
                return rf"\frac{{\partial {over}}}{{\partial {under}}}", 9
            case tree.Call(fn, args):
                return self._call(fn, args)
        raise TypeError(f"no LaTeX for {node!r}")

    def _letters(self, at) -> str:
        parts = ["{:}" if i is None else self.write(i) for i in at]
        plain = all(re.fullmatch(r"[a-z]", part) for part in parts)
        return "".join(parts) if plain else ",".join(parts)

    def _binary(self, node: Node, op: str, a: Node, b: Node) -> tuple[str, int]:
        own = _STRENGTH[op]
        match op:
            case "/":
                return rf"\frac{{{self.write(a)}}}{{{self.write(b)}}}", own
            case "**":
                return rf"{{{self.write(a, 9)}}}^{{{self.write(b)}}}", own
            case "+" | "-":
                return f"{self.write(a, 1)} {op} {self.write(b, 2)}", own
        # A sum swallows what follows it: in front of a factor it needs brackets.
        left = self.write(a, 3)
        sign = r"\," if op == "@" or not self._both_arrays(a, b) else r"\odot"
        if isinstance(b, Num):
            sign = r"\cdot"
        return f"{left} {sign} {self.write(b, 4 if isinstance(b, Bin) else 2)}", own

    def _both_arrays(self, a: Node, b: Node) -> bool:
        try:
            inspector = Inspector(self.kinds)
            return bool(inspector.dims(a)) and bool(inspector.dims(b))
        except (ShapeError, KeyError):
            return False

    def _call(self, fn: str, args) -> tuple[str, int]:
        parts = [self.write(arg) for arg in args]
        match fn:
            case "delta":
                short = all(re.fullmatch(r"[a-z]", part) for part in parts)
                return rf"\delta_{{{('' if short else ',').join(parts)}}}", 9
            case "ones":
                return rf"\mathbf{{1}}_{{{','.join(parts)}}}", 9
            case "sqrt":
                return rf"\sqrt{{{parts[0]}}}", 9
            case "abs":
                return rf"\left|{parts[0]}\right|", 9
            case "outer":
                return rf"{self.write(args[0], 3)} \otimes {self.write(args[1], 3)}", 3
            case "where":
                condition = parts[0].removeprefix(r"\left[").removesuffix(r"\right]")
                cases = rf"{parts[1]} & \text{{if }} {condition} \\ {parts[2]} & \text{{else}}"
                return rf"\begin{{cases}} {cases} \end{{cases}}", 9
        name = fn.removesuffix("_prime")
        head = _NAMED.get(name, rf"\operatorname{{{name}}}") + ("'" if name != fn else "")
        return rf"{head}\left({', '.join(parts)}\right)", 9


def _named(name: str, letters: str) -> str:
    """``\\mathrm{d}W_{1,ij}`` of dW1 and ij."""
    front = ""
    if re.fullmatch(r"d[A-Za-z]\w*", name) and name not in _GREEK:
        front, name = r"\mathrm{d}", name[1:]
    head, _, tail = name.partition("_")
    match = re.fullmatch(r"([A-Za-z]+?)(\d*)", head)
    stem, number = (match[1], match[2]) if match else (head, "")
    subs = [part for part in (number, rf"\text{{{tail}}}" if tail else "", letters) if part]
    if stem.endswith("hat") and len(stem) > 3:
        stem = rf"\hat{{{_GREEK.get(stem[:-3], stem[:-3])}}}"
    elif stem in _GREEK:
        stem = _GREEK[stem]
    elif len(stem) > 1 and stem not in ("Wx", "Wh"):
        stem = rf"\mathrm{{{stem}}}"
    elif len(stem) > 1:
        subs = [stem[1:], *subs]
        stem = stem[0]
    return f"{front}{stem}" + (f"_{{{','.join(subs)}}}" if subs else "")
