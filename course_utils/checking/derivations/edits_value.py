"""Slips with signs, factors, symbols, terms and numbers."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.edits import Edit, Scene
from course_utils.checking.derivations.edits_index import comparable, positions
from course_utils.checking.derivations.functions import ELEMENTWISE
from course_utils.checking.derivations.tree import Bin, Call, Neg, Num, Size, Sym
from course_utils.checking.derivations.tree import to_text as text

_ONE = Num(Fraction(1))


def signs(scene: Scene) -> Iterator[Edit]:
    """A sign that is wrong."""
    yield Edit(Neg(scene.right), "sign", "The sign of the whole right side is wrong.")
    for part, put, _ in scene.value_places:
        if isinstance(part, Call) and part.fn in ELEMENTWISE and not isinstance(part.args[0], Neg):
            turned = Call(part.fn, (Neg(part.args[0]),))
            yield Edit(put(turned), "sign", f"The sign inside {text(part)} is wrong.")
        if isinstance(part, Neg):
            yield Edit(put(part.x), "sign", f"The sign of {text(part)} is wrong.")
        if isinstance(part, Bin) and part.op in "+-":
            other = "-" if part.op == "+" else "+"
            message = f"The sign in front of {text(part.b)} is wrong."
            yield Edit(put(Bin(other, part.a, part.b)), "sign", message)
            if not isinstance(part.a, Num):
                message = f"The sign of {text(part.a)} is wrong."
                yield Edit(put(Bin(part.op, Neg(part.a), part.b)), "sign", message)
            if part.op == "-":
                message = f"The two terms of {text(part)} are exchanged: the sign is wrong."
                yield Edit(put(Bin("-", part.b, part.a)), "sign", message)


def symbols(scene: Scene) -> Iterator[Edit]:
    """One array in place of another."""
    shapes = scene.kinds.shapes
    for part, put, _ in tree.places(scene.right):
        if not isinstance(part, Sym):
            continue
        for other, dims in shapes.items():
            if other != part.name and len(dims) == len(shapes[part.name]):
                message = f"{part.name} is not the right array here; another belongs in its place."
                yield Edit(put(Sym(other)), "symbol", message)
    for part, put, _ in scene.value_places:
        if isinstance(part, tree.T) and isinstance(part.x, Sym):
            for other, dims in shapes.items():
                if len(dims) == 2:
                    message = f"{text(part)} is not the right array here."
                    yield Edit(put(Sym(other)), "symbol", message)


def numbers(scene: Scene) -> Iterator[Edit]:
    """Another number or size than the right one; a product in place of a quotient."""
    for part, put, _ in scene.value_places:
        match part:
            case Num(value):
                message = f"The number {text(part)} is wrong."
                for other in (0, 1, 2, -1, 3, 4, Fraction(1, 2)):
                    if other != value:
                        yield Edit(put(Num(Fraction(other))), "number", message)
            case Size(name):
                for other in scene.derivation.sizes[0]:
                    if other != name:
                        message = f"{name} is not the right size here."
                        yield Edit(put(Size(other)), "size", message)
            case Bin("/", a, b):
                message = f"{text(part)}: it is a product, not a quotient."
                yield Edit(put(Bin("*", a, b)), "inverse", message)
                message = f"{text(part)} is upside down."
                yield Edit(put(Bin("/", b, a)), "inverse", message)
            case Bin("*", a, b):
                message = f"{text(part)}: it is a quotient, not a product."
                yield Edit(put(Bin("/", a, b)), "inverse", message)
                yield Edit(put(Bin("/", b, a)), "inverse", message)


def operators(scene: Scene) -> Iterator[Edit]:
    """A sum in place of a product, and the other way round."""
    for part, put, _ in scene.value_places:
        match part:
            case Bin("*", a, b):
                message = f"{text(part)}: it is a sum, not a product."
                yield Edit(put(Bin("+", a, b)), "operator", message)
            case Bin("+", a, b):
                message = f"{text(part)}: it is a product, not a sum."
                yield Edit(put(Bin("*", a, b)), "operator", message)


def surplus(scene: Scene) -> Iterator[Edit]:
    """A factor or a term too much."""
    for part, put, _ in scene.value_places:
        match part:
            case Bin("*" | "@" | "/", a, b):
                message = f"The factor {text(b)} is too much."
                if part.op == "/":
                    message = f"The division by {text(b)} is too much."
                yield Edit(put(a), "factor_extra", message)
                if part.op != "/":
                    message = f"The factor {text(a)} is too much."
                    yield Edit(put(b), "factor_extra", message)
            case Bin("+" | "-", a, b):
                yield Edit(put(a), "term_extra", f"The term {text(b)} is too much.")
                rest = Neg(b) if part.op == "-" else b
                yield Edit(put(rest), "term_extra", f"The term {text(a)} is too much.")


def scales(scene: Scene) -> Iterator[Edit]:
    """A number that is missing as a factor of one part."""
    sizes = [Size(name) for name in scene.derivation.sizes[0]]
    two = Num(Fraction(2))
    scalars = [Sym(name) for name, dims in scene.kinds.shapes.items() if not dims and name != "L"]
    for part, put, _ in scene.value_places:
        if isinstance(part, (Num, Size)):
            continue
        for number in [two, *sizes, *scalars]:
            name = text(number)
            message = f"A factor {name} is missing at {text(part)}."
            yield Edit(put(Bin("*", number, part)), "factor", message)
            message = f"1/{name} is missing at {text(part)}."
            yield Edit(put(Bin("/", part, number)), "factor", message)


def factors(scene: Scene) -> Iterator[Edit]:
    """An array, or 1 minus an array, that is missing as a factor."""
    for part, put, bound in scene.value_places:
        dims = scene.dims(part)
        if isinstance(part, (Num, Size)) or dims is None:
            continue
        for name, own in scene.kinds.shapes.items():
            if name in scene.derivation.labels or (dims and dims[len(dims) - len(own) :] != own):
                continue
            for entry in [Sym(name)] if dims else scene.entries(name, bound):
                message = f"A factor is missing at {text(part)}."
                yield Edit(put(Bin("*", part, entry)), "factor_missing", message)
                made = Bin("*", part, Bin("-", _ONE, entry))
                yield Edit(put(made), "factor_missing", message)


def terms(scene: Scene) -> Iterator[Edit]:
    """A term that is missing: an array, a scalar times an array, a delta, 1."""
    shapes = scene.kinds.shapes
    scalars = [Sym(name) for name, dims in shapes.items() if not dims and name != "L"]
    two = Num(Fraction(2))
    weights = [*scalars, *(Bin("*", two, s) for s in scalars)]
    for part, put, bound in scene.value_places:
        dims = scene.dims(part)
        if dims is None or isinstance(part, (Num, Size)) or (isinstance(part, Sym) and not dims):
            continue
        extras = [("1", _ONE)]
        for name, own in shapes.items():
            fits = not dims or dims[len(dims) - len(own) :] == own
            if name not in scene.derivation.labels and fits:
                entries = [Sym(name)] if dims else scene.entries(name, bound)
                extras += [(name, entry) for entry in entries]
        if not dims:
            pairs = itertools.combinations(positions(scene, bound), 2)
            extras += [("a delta", Call("delta", p)) for p in pairs if comparable(scene, *p)]
        for name, entry in extras:
            weighted = [] if entry is _ONE else [Bin("*", w, entry) for w in weights]
            message = f"A term with {name} is missing beside {_short(part)}."
            for extra in (entry, *weighted):
                yield Edit(put(Bin("+", part, extra)), "term_missing", message)
                yield Edit(put(Bin("-", part, extra)), "term_missing", message)


def _short(part: tree.Node) -> str:
    told_in_full = text(part)
    return told_in_full if len(told_in_full) < 60 else "the others"
