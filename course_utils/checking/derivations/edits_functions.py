"""Slips with functions: the wrong one, a derivative missing or mistaken, powers and roots."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

from course_utils.checking.derivations import arithmetic, tree
from course_utils.checking.derivations.edits import Edit, Scene
from course_utils.checking.derivations.functions import ELEMENTWISE
from course_utils.checking.derivations.tree import Bin, Call, Cmp, Index, Num, Size, Sym
from course_utils.checking.derivations.tree import to_text as text

_ONE = Num(Fraction(1))


def functions(scene: Scene) -> Iterator[Edit]:
    """Another function than the right one, or its derivative mistaken for it."""
    for part, put, _ in scene.value_places:
        match part:
            case Call(fn, (x,)) if fn in ELEMENTWISE:
                for other in ELEMENTWISE:
                    if other != fn:
                        yield Edit(put(Call(other, (x,))), *_function_slip(fn, other, part))
                if len(scene.dims(x) or ()) in (1, 2):
                    message = f"{fn} is the wrong function here: softmax of the whole row."
                    yield Edit(put(Call("softmax", (x,))), "function", message)
                if isinstance(x, Index) and isinstance(x.base, Sym):
                    made = Index(Call("softmax", (x.base,)), x.at)
                    message = (
                        f"{fn} is the wrong function here: softmax of the whole row, no activation."
                    )
                    yield Edit(put(made), "function", message)
                yield Edit(put(x), "function_extra", f"{fn} is too much in {text(part)}.")
            case Call("softmax", (x,)):
                for other in ELEMENTWISE:
                    yield Edit(put(Call(other, (x,))), *_function_slip("softmax", other, part))
            case Call("max" | "min" as fn, args):
                other = "min" if fn == "max" else "max"
                yield Edit(put(Call(other, args)), "function", f"{fn} is not the function here.")
            case Call("where", (condition, a, b)):
                message = "The two cases of where are exchanged."
                yield Edit(put(Call("where", (condition, b, a))), "condition", message)
            case Cmp():
                yield from _conditions(part, put)


def _function_slip(fn: str, other: str, part) -> tuple[str, str]:
    if other == f"{fn}_prime":
        return "prime", f"{fn} itself stands where its derivative belongs."
    if fn == f"{other}_prime":
        return "prime", f"The derivative of {other} stands where {other} itself belongs."
    return "function", f"{fn} is not the function here, in {text(part)}."


def _conditions(part: Cmp, put) -> Iterator[Edit]:
    message = f"The condition {text(part)} is the wrong way round."
    for op in ("<", ">"):
        yield Edit(put(Cmp(op, part.a, part.b)), "condition", message)
    message = f"The condition {text(part)} compares with the wrong number."
    yield Edit(put(Cmp(part.op, part.a, Num(Fraction(0)))), "condition", message)
    for other in ("sigmoid_prime", "tanh_prime", "relu_prime"):
        message = f"{text(part)} is the derivative of another function."
        yield Edit(put(Call(other, (part.a,))), "function", message)


def derivatives(scene: Scene) -> Iterator[Edit]:
    """The derivative of an activation that is missing."""
    # Put into a denominator it would cancel one that is too much.
    below = {id(x) for top in tree.walk(scene.right) for x in _divided_by(top)}
    for fn, name in dict.fromkeys(scene.activations):
        if f"{fn}_prime" not in ELEMENTWISE:
            continue
        message = f"The derivative of the activation is missing: {name} went through {fn}."
        for part, put, bound in scene.value_places:
            dims = scene.dims(part)
            if dims is None or id(part) in below:
                continue
            entries = scene.entries(name, bound) if not dims else [Sym(name)]
            for entry in entries:
                made = Bin("*", part, Call(f"{fn}_prime", (entry,)))
                yield Edit(put(made), "derivative_missing", message)


def _divided_by(node) -> Iterator:
    """All parts of what an expression divides by."""
    if isinstance(node, Bin) and node.op == "/":
        yield from tree.walk(node.b)


def extra_derivatives(scene: Scene) -> Iterator[Edit]:
    """The derivative of an activation, written out as two factors, that is too much."""
    for part, put, _ in scene.value_places:
        parts = arithmetic.factors(part)
        for i, j in itertools.combinations(range(len(parts) if len(parts) > 2 else 0), 2):
            taken = arithmetic.product([parts[i], parts[j]])
            for fn, name, out in scene.activation_rules:
                if f"{fn}_prime" in ELEMENTWISE and tree.symbols_in(taken) in ({name}, {out}):
                    kept = [x for k, x in enumerate(parts) if k not in (i, j)]
                    message = (
                        f"{text(taken)} is too much: the derivative of {fn} has no place here."
                    )
                    yield Edit(put(arithmetic.product(kept)), "derivative_extra", message)


def wrong_derivatives(scene: Scene) -> Iterator[Edit]:
    """Factors that stand where the derivative of an activation belongs."""
    for fn, name in dict.fromkeys(scene.activations):
        if f"{fn}_prime" not in ELEMENTWISE:
            continue
        for part, put, bound in scene.value_places:
            parts = arithmetic.factors(part)
            if len(parts) < 2:
                continue
            dims = scene.dims(part) or ()
            for entry in [Sym(name)] if dims else scene.entries(name, bound):
                slope = Call(f"{fn}_prime", (entry,))
                for kept, taken in _split(parts):
                    message = f"{text(arithmetic.product(taken))} is not the derivative of {fn}."
                    made = arithmetic.product([*kept, slope])
                    yield Edit(put(made), "derivative_wrong", message)


def _split(parts: list) -> Iterator[tuple[list, list]]:
    """One factor taken out, or all but one."""
    for k in range(len(parts)):
        yield parts[:k] + parts[k + 1 :], [parts[k]]
    if len(parts) > 2:
        for k in range(len(parts)):
            yield [parts[k]], parts[:k] + parts[k + 1 :]


def lost(scene: Scene) -> Iterator[Edit]:
    """The activation of an array that is missing."""
    for fn, name in dict.fromkeys(scene.activations):
        for part, put, _ in scene.value_places:
            base = part.base if isinstance(part, Index) else part
            if base == Sym(name):
                message = f"{fn} is missing at {text(part)}."
                yield Edit(put(Call(fn, (part,))), "function_missing", message)


def complements(scene: Scene) -> Iterator[Edit]:
    """``1 - x`` where x stands, a square or a root that is missing or too much."""
    for part, put, _ in scene.value_places:
        if isinstance(part, (Num, Size)):
            continue
        message = f"{text(part)} stands where 1 minus it belongs."
        yield Edit(put(Bin("-", _ONE, part)), "complement", message)
        message = f"{text(part, 3)} stands where its square belongs."
        yield Edit(put(Bin("**", part, Num(Fraction(2)))), "power", message)
        match part:
            case Bin("-", Num(one), x) if one == 1:
                yield Edit(put(x), "complement", f"1 minus is too much in {text(part)}.")
            case Bin("**", x, Num(k)):
                message = f"The power in {text(part)} is wrong."
                yield Edit(put(x), "power", message)
                for other in {k + 1, k - 1, -k, Fraction(1, 2), -Fraction(1, 2)} - {k}:
                    yield Edit(put(Bin("**", x, Num(other))), "power", message)
        used = dict.fromkeys(fn for fn, _ in scene.activations)
        for fn in (*used, "sqrt", "exp", "log"):
            message = f"{fn} is missing at {text(part)}."
            yield Edit(put(Call(fn, (part,))), "function_missing", message)
