"""Slips with index arithmetic: signs of offsets, lost parts, strides."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.edits import Edit, Scene
from course_utils.checking.derivations.tree import Bin, Index, Letter, to_text


def offsets(scene: Scene) -> Iterator[Edit]:
    """Index arithmetic with a wrong sign, a missing part or a missing stride."""
    for part, put, bound in tree.places(scene.right):
        if not isinstance(part, Index):
            continue
        for k, at in enumerate(part.at):
            if at is None:
                continue
            for new, key, message in _other_offsets(scene, part, at, bound):
                edited = (*part.at[:k], new, *part.at[k + 1 :])
                yield Edit(put(Index(part.base, edited)), key, message)
    yield from _offsets_together(scene)


def _other_offsets(scene: Scene, part: Index, at: tree.Node, bound):
    text = to_text(part)
    inner = to_text(at).replace(" ", "")
    for piece, put, _ in tree.places(at):
        if isinstance(piece, Bin) and piece.op in "+-":
            other = "-" if piece.op == "+" else "+"
            message = f"In {text} the offset {inner} has the wrong sign."
            yield put(Bin(other, piece.a, piece.b)), "offset", message
            yield put(Bin("-", piece.b, piece.a)), "offset", message
            message = f"In {text} the offset {inner} has a part too much."
            yield put(piece.a), "offset_part", message
            yield put(piece.b), "offset_part", message
        if isinstance(piece, Letter):
            for size in scene.derivation.whole:
                message = f"In {text} the stride {size} is missing, or at the wrong letter."
                yield put(Bin("*", tree.Size(size), piece)), "stride", message
            if isinstance(at, Bin):
                for letter in scene.in_scope(bound):
                    message = f"In {text} the offset {inner} has the wrong letter."
                    yield put(Letter(letter)), "index", message
        if isinstance(piece, Bin) and piece.op == "*":
            message = f"In {text} the stride stands at the wrong letter."
            yield put(piece.a), "stride", message
            yield put(piece.b), "stride", message
    if isinstance(at, Letter) and scene.derivation.related:
        for letter in scene.in_scope(bound):
            if letter != at.name:
                message = f"In {text} the index {inner} lacks an offset."
                for op in "+-":
                    yield Bin(op, at, Letter(letter)), "offset_part", message


def _offsets_together(scene: Scene) -> Iterator[Edit]:
    """All offsets of one array with the other sign at once; strides and lost parts likewise."""
    for part, put, bound in tree.places(scene.right):
        if not isinstance(part, Index):
            continue
        for at in _with_parts(scene, part, bound):
            message = f"The indices of {to_text(part)} lack their offsets."
            yield Edit(put(Index(part.base, at)), "offset_part", message)
        if not any(isinstance(i, Bin) for i in part.at):
            continue
        message = f"In {to_text(part)} the offsets have the wrong sign."
        for turn in (_other_sign, _turned):
            yield Edit(put(Index(part.base, tuple(map(turn, part.at)))), "offset", message)
        message = f"In {to_text(part)} the stride stands at the wrong letter."
        yield Edit(put(Index(part.base, tuple(map(_moved, part.at)))), "stride", message)
        for size in scene.derivation.whole:
            message = f"In {to_text(part)} the stride {size} is missing."
            for first in (True, False):
                at = tuple(_strided(i, size, first) for i in part.at)
                yield Edit(put(Index(part.base, at)), "stride", message)


def _with_parts(scene: Scene, part: Index, bound) -> Iterator[tuple]:
    """The indices with an offset each, where the array runs along a direction with several."""
    dims = scene.dims(part.base) or ()
    choices = []
    for at, size in zip(part.at, dims, strict=False):
        kin = [
            i
            for i in scene.in_scope(bound)
            if isinstance(at, Letter)
            and i != at.name
            and any(scene.kinds.kin(size, s) for s in scene.letter_sizes.get(i, ()))
            and scene.letter_sizes.get(i, set()) != {size}
        ]
        along = any(size in group for group in scene.kinds.related)
        choices.append(kin if along and kin else [None])
    if sum(c != [None] for c in choices) < 2:
        return
    for op in "+-":
        for chosen in itertools.islice(itertools.product(*choices), 16):
            yield (
                tuple(
                    at if new is None else Bin(op, at, Letter(new))
                    for at, new in zip(part.at, chosen, strict=False)
                )
                + part.at[len(chosen) :]
            )


def _other_sign(at):
    if isinstance(at, Bin) and at.op in "+-":
        return Bin("-" if at.op == "+" else "+", at.a, at.b)
    return at


def _turned(at):
    return Bin("-", at.b, at.a) if isinstance(at, Bin) and at.op in "+-" else at


def _moved(at):
    match at:
        case Bin("+" | "-" as op, Bin("*", tree.Size() as size, a), b):
            return Bin(op, a, Bin("*", size, b))
        case Bin("+" | "-" as op, a, Bin("*", tree.Size() as size, b)):
            return Bin(op, Bin("*", size, a), b)
    return at


def _strided(at, size: str, first: bool):
    if not isinstance(at, Bin) or at.op not in "+-":
        return at
    a, b = at.a, at.b
    if first:
        return Bin(at.op, Bin("*", tree.Size(size), a), b)
    return Bin(at.op, a, Bin("*", tree.Size(size), b))
