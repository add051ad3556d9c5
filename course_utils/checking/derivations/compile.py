"""From line to code: a finished derivation runs as a NumPy function.

Sums of products go through `np.einsum`, index arithmetic through gathers that are 0
outside the array, matrix lines through `np.matmul`: the same evaluator that judged
the line runs it, so what was judged is what runs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.equation import Ground
from course_utils.checking.derivations.evaluate import Evaluator
from course_utils.checking.derivations.language import Line, parse_line, read_name_of
from course_utils.checking.derivations.point import Point, counted
from course_utils.checking.derivations.setting import Derivation, define
from course_utils.checking.derivations.shapes import Layout, lay_out


class CompileError(Exception):
    """A line gives no function; the message says why."""


@dataclass(frozen=True)
class _Program:
    """A line that computes all entries of one array."""

    name: str
    line: Line
    layout: Layout
    letters: tuple[str, ...]

    def run(self, point: Point) -> np.ndarray:
        """The array at a point that holds all the line needs."""
        ranges = {
            i: counted(size, point.sizes, i in self.layout.free)
            for i, size in self.layout.ranges.items()
        }
        evaluator = Evaluator(point, ranges)
        array = evaluator.array(self.line.sides[-1], self.letters)
        lengths = tuple(ranges[i] for i in self.letters)
        rest = tuple(point.sizes[size] for size in self.layout.dims)
        return np.broadcast_to(array, lengths + rest)


def compile_line(derivation: Derivation, text: str) -> Callable[..., np.ndarray]:
    """One line as a function of the symbols on its right side, by name.

    Args:
        derivation: what the line is about.
        text: ``"dW[i,j] = sum(n, X[n,i] * dY[n,j])"``.

    Returns:
        A function with keyword arguments, ``f(X=…, dY=…)``; a stride is one, too.

    Raises:
        CompileError: the left side does not speak of a whole array.
        RefusedError: the line is not of the language.
        ShapeError: its shapes do not fit.
    """
    ground = Ground(derivation)
    program = _program(parse_line(text, ground.names), ground)

    def run(**arrays):
        return program.run(_point(derivation, arrays, ground, {}))

    return run


def compile_forward(derivation: Derivation, **sizes: int) -> Callable:
    """The forward rules of a derivation as a layer, to measure a backward by.

    Args:
        derivation: with a quantity that a gradient arrives at, or a loss.
        sizes: those that no argument shows, ``P=4``: how often a kernel fits; or a stride.

    Returns:
        ``f(*arrays) -> (out, cache)``, arrays in the order of the derivation's symbols; the
        cache holds them all. It raises a CompileError where an array or a size is missing.
    """
    ground = Ground(derivation)
    names = tuple(derivation.symbols)

    def forward(*arrays):
        if len(arrays) != len(names):
            raise CompileError(f"expected {', '.join(names)}, got {len(arrays)} arrays")
        point = _point(derivation, dict(zip(names, arrays, strict=True)) | sizes, ground, {})
        if missing := sorted(ground.names.sizes - point.sizes.keys()):
            raise CompileError(f"no array shows {', '.join(missing)}: give each a number")
        return point.value(derivation.upstream or "L"), arrays

    return forward


def compile_backward(
    derivation: Derivation,
    lines: Sequence[str],
    *,
    cache: Sequence[str],
    returns: Sequence[str] | None = None,
) -> Callable:
    """A derivation as a backward function, to be run as that exercise's answer.

    Nothing is judged here: wrong lines give a function with wrong values.

    Args:
        derivation: what the lines are about.
        lines: the lines, right or wrong; the last one for each gradient counts.
        cache: names of what the forward's cache holds, ``("X", "W")``.
        returns: the gradients to return; by default those wanted.

    Returns:
        ``f(dout, cache)``. With a loss, `dout` multiplies the gradients.

    Raises:
        CompileError: no line gives one of the gradients.
        RefusedError: a line is not of the language.
        ShapeError: the shapes of a line do not fit.
    """
    returns = tuple(returns or derivation.wanted)
    ground = Ground(derivation)
    programs = _programs(lines, ground)
    for name in returns:
        if name not in programs:
            raise CompileError(f"no line gives {name}: one must begin with {name} = or {name}[…] =")

    def backward(dout, cached):
        held = cached if len(cache) > 1 else (cached,)
        arrays = dict(zip(cache, held, strict=True))
        if derivation.upstream:
            arrays[f"d{derivation.upstream}"] = dout
        point = _point(derivation, arrays, ground, programs)
        scale = 1.0 if derivation.upstream else dout
        dtype = np.result_type(*(a for a in arrays.values() if np.asarray(a).dtype.kind == "f"))
        found = [(point.value(name) * scale).astype(dtype) for name in returns]
        return found[0] if len(found) == 1 else tuple(found)

    return backward


def _programs(lines: Sequence[str], ground: Ground) -> dict[str, _Program]:
    programs, before = {}, None
    for text in lines:
        if not text.strip() or text.strip().startswith("#"):
            continue
        line = parse_line(text, ground.names, before)
        before = None if line.let else line.sides[0]
        if line.let:
            ground.add(*define(line.text, ground.names, ground.kinds))
            continue
        name = read_name_of(line.sides[0])
        if not name or name not in ground.kinds.shapes or name in ground.derivation.parsed_rules:
            continue
        holds_diff = any(isinstance(part, tree.Diff) for part in tree.walk(line.sides[-1]))
        if not holds_diff and name not in tree.symbols_in(line.sides[-1]):
            programs[name] = _program(line, ground)
    return programs


def _program(line: Line, ground: Ground) -> _Program:
    left, right = line.sides[0], line.sides[-1]
    name = read_name_of(left)
    entry = left.by if isinstance(left, tree.Diff) else left
    at = entry.at if isinstance(entry, tree.Index) else ()
    letters = tuple(i.name for i in at if isinstance(i, tree.Letter))
    if not name or len(letters) != len(at) or len(set(letters)) != len(at):
        raise CompileError(f"{tree.to_text(left)}: the left side must be a whole array")
    return _Program(name, line, lay_out(left, right, ground.kinds), letters)


class _Run(Point):
    """A point whose numbers come from a call, and whose gradients come from the lines."""

    def __init__(self, sizes, given, rules, goal, programs) -> None:
        super().__init__(sizes, given, rules, goal)
        self.programs = programs

    def value(self, name: str) -> np.ndarray:
        """The array of a symbol: passed in, computed by a line, or by a forward rule."""
        if name not in self.given and name not in self._values and name in self.programs:
            self._values[name] = self.programs[name].run(self)
        known = name in self.given or name in self._values or name in self.rules
        if not known:
            held = ", ".join(self.given)
            raise CompileError(f"{name} is needed, but only {held} are there")
        return super().value(name)


def _point(derivation: Derivation, arrays: Mapping, ground: Ground, programs) -> Point:
    # A stride or another size that no array shows comes in by its name.
    sizes = {name: int(arrays[name]) for name in arrays if name in ground.names.sizes}
    arrays = {name: np.asarray(array) for name, array in arrays.items() if name not in sizes}
    for name, array in arrays.items():
        dims = ground.kinds.shapes[name]
        if array.ndim != len(dims):
            raise CompileError(f"{name}: expected {len(dims)} axes, got shape {array.shape}")
        sizes |= dict(zip(dims, array.shape, strict=True))
    rules = {**derivation.parsed_rules, **ground.lets}
    return _Run(sizes, arrays, rules, derivation.goal, programs)
