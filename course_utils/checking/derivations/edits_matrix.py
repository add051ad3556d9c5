"""Slips of matrix notation: transposes, the order of a product, * for @, a missing sum."""

from __future__ import annotations

from collections.abc import Iterator

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.edits import Edit, Scene
from course_utils.checking.derivations.tree import Bin, Call, Size, T, to_text

# (factors exchanged, first transposed, second transposed): what is likely first.
_ARRANGEMENTS = (
    (True, False, False),
    *((False, *flips) for flips in ((False, True), (True, False), (True, True))),
    *((True, *flips) for flips in ((False, True), (True, False), (True, True))),
)


def transposed(node: tree.Node) -> tree.Node:
    """The transpose, without ``.T.T``."""
    return node.x if isinstance(node, T) else T(node)


def products(scene: Scene) -> Iterator[Edit]:
    """A matrix product with its factors exchanged, transposed, or both."""
    for part, put, _ in scene.value_places:
        if not (isinstance(part, Bin) and part.op == "@"):
            continue
        for order, flip_a, flip_b in _ARRANGEMENTS:
            a = transposed(part.a) if flip_a else part.a
            b = transposed(part.b) if flip_b else part.b
            made = Bin("@", b, a) if order else Bin("@", a, b)
            flipped = [x for x, flip in ((part.a, flip_a), (part.b, flip_b)) if flip]
            key, message = _product_slip(part, order, flipped)
            yield Edit(put(made), key, message)


def _product_slip(part: Bin, order: bool, flipped: list) -> tuple[str, str]:
    ones = [x for x in (part.a, part.b) if isinstance(x, Call) and x.fn == "ones"]
    if ones and order and not flipped:
        size = to_text(ones[0].args[0])
        return "order", f"The sum over the axis {size}: {to_text(ones[0])} is on the wrong side."
    turned = " and ".join(_turn(x) for x in flipped)
    if not order:
        return "transpose", f"In {to_text(part)} {turned}."
    message = f"In {to_text(part)} the two factors stand in the wrong order"
    return "order", message + (f", and {turned}." if flipped else ".")


def _turn(node: tree.Node) -> str:
    if isinstance(node, T):
        return f"{to_text(node)} must not be transposed"
    return f"{to_text(node, 8)} must be transposed"


def transposes(scene: Scene) -> Iterator[Edit]:
    """A transpose too much or missing, anywhere."""
    for part, put, _ in scene.value_places:
        dims = scene.dims(part)
        if isinstance(part, T):
            yield Edit(put(part.x), "transpose", f"{to_text(part)} must not be transposed.")
        elif dims is None or len(dims) == 2:
            yield Edit(put(T(part)), "transpose", f"{to_text(part, 8)} must be transposed.")


def kinds_of_product(scene: Scene) -> Iterator[Edit]:
    """``*`` where ``@`` belongs, and the other way round."""
    for part, put, _ in scene.value_places:
        if isinstance(part, Bin) and part.op in "*@":
            op = "@" if part.op == "*" else "*"
            kind = "a matrix product, @" if op == "@" else "entry by entry, *"
            message = f"The product {to_text(part)} is {kind}."
            yield Edit(put(Bin(op, part.a, part.b)), "product_kind", message)
            if op == "*" and (scene.dims(part.a) or ()) != (scene.dims(part.b) or ()):
                yield Edit(put(Bin(op, part.a, transposed(part.b))), "product_kind", message)


def axis_sums(scene: Scene) -> Iterator[Edit]:
    """A matrix that is to be summed along one axis, or was along the other."""
    for part, put, _ in scene.value_places:
        dims = scene.dims(part)
        if not dims or len(dims) > 2 or isinstance(part, Call):
            continue
        message = f"A sum is missing: {to_text(part)} is to be summed along one axis."
        if dims[0] in scene.derivation.sizes[0]:
            yield Edit(put(Bin("@", _ones(dims[0]), part)), "sum_missing", message)
        if len(dims) == 2 and dims[1] in scene.derivation.sizes[0]:
            yield Edit(put(Bin("@", part, _ones(dims[1]))), "sum_missing", message)
    for part, put, _ in scene.value_places:
        if isinstance(part, Bin) and part.op == "@":
            for ones, other in ((part.a, part.b), (part.b, part.a)):
                dims = scene.dims(other)
                if not isinstance(ones, Call) or ones.fn != "ones" or not dims:
                    continue
                message = f"{to_text(part)} sums along the wrong axis."
                yield Edit(put(Bin("@", _ones(dims[0]), other)), "sum_axis", message)
                yield Edit(put(Bin("@", other, _ones(dims[-1]))), "sum_axis", message)
                yield Edit(put(other), "sum_extra", f"The sum in {to_text(part)} is too much.")


def _ones(size: str) -> tree.Node:
    return Call("ones", (Size(size),))
