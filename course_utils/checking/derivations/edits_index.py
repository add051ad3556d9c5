"""Slips with indices: exchanged, replaced, summed too much or too little, shifted."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from course_utils.checking.derivations import arithmetic, tree
from course_utils.checking.derivations.edits import Edit, Scene
from course_utils.checking.derivations.shapes import told
from course_utils.checking.derivations.tree import Bin, Call, Index, Letter, Sum, shown, to_text


def exchanged(scene: Scene) -> Iterator[Edit]:
    """Two indices of one array exchanged."""
    for part, put, _ in tree.places(scene.right):
        if not isinstance(part, Index):
            continue
        for a, b in itertools.combinations(range(len(part.at)), 2):
            at = list(part.at)
            at[a], at[b] = at[b], at[a]
            name, dims = to_text(part.base), scene.dims(part.base) or ()
            inner = to_text(part)[len(name) :]
            message = f"{name} is indexed {inner}, but {name} is {told(dims)}: "
            message += "two of its indices are exchanged."
            yield Edit(put(Index(part.base, tuple(at))), "exchange", message)


def exchanged_throughout(scene: Scene) -> Iterator[Edit]:
    """Two letters of the left side exchanged everywhere."""
    for a, b in itertools.combinations(sorted(scene.free), 2):
        swapped = tree.renamed(scene.right, {a: b, b: a})
        message = (
            f"{shown(a)} and {shown(b)} are exchanged on the whole right side: "
            "this is the transpose."
        )
        yield Edit(swapped, "transpose", message)


def replaced(scene: Scene) -> Iterator[Edit]:
    """One index replaced by another letter."""
    for part, put, bound in tree.places(scene.right):
        if not isinstance(part, Index):
            continue
        for k, at in enumerate(part.at):
            if not isinstance(at, Letter):
                continue
            for letter in scene.in_scope(bound):
                if letter != at.name:
                    new = (*part.at[:k], Letter(letter), *part.at[k + 1 :])
                    message = f"In {to_text(part)} the index {shown(at.name)} is not the right one."
                    yield Edit(put(Index(part.base, new)), "index", message)


def renamed(scene: Scene) -> Iterator[Edit]:
    """A letter replaced by another everywhere on the right side."""
    for old in scene.left_over:
        for new in sorted(scene.free):
            message = (
                f"{shown(old)} does not stand on the left: the right side must speak of "
                "the same entry as the left."
            )
            yield Edit(tree.renamed(scene.right, {old: new}), "index", message)


def sums(scene: Scene) -> Iterator[Edit]:
    """A sum lost, added, or over the wrong letter."""
    for part, put, _ in tree.places(scene.right):
        if not isinstance(part, Sum):
            continue
        for k, letter in enumerate(part.letters):
            rest = part.letters[:k] + part.letters[k + 1 :]
            plain = shown(letter)
            body = tree.renamed(part.body, {letter: plain})
            for new in scene.left_over:
                letters = (*part.letters[:k], new, *part.letters[k + 1 :])
                message = f"The sum runs over {plain}, but {shown(new)} is the index to sum over."
                yield Edit(put(Sum(letters, body)), "sum_letter", message)
            message = f"The sum over {plain} is too much."
            if plain in map(shown, scene.free):
                message = f"{plain} is free on the left: it is not summed on the right."
            yield Edit(put(Sum(rest, body) if rest else body), "sum_extra", message)
            yield from _other_role(scene, part, put, letter)
        if len(part.letters) > 1:
            plain = {i: shown(i) for i in part.letters}
            listed = ", ".join(plain.values())
            message = f"The sum over {listed} is too much."
            yield Edit(put(tree.renamed(part.body, plain)), "sum_extra", message)
    for part, put, _ in scene.value_places:
        for letter in scene.left_over:
            if letter in tree.free_letters(part):
                message = f"A sum over {shown(letter)} is missing."
                yield Edit(put(Sum((letter,), part)), "sum_missing", message)
        both = [i for i in scene.left_over if i in tree.free_letters(part)]
        if len(both) > 1:
            message = f"A sum over {', '.join(map(shown, both))} is missing."
            yield Edit(put(Sum(tuple(both), part)), "sum_missing", message)


def _other_role(scene: Scene, part: Sum, put, letter: str) -> Iterator[Edit]:
    """A sum over a letter of the left side: another letter was meant to be summed."""
    plain = shown(letter)
    if plain == letter or plain not in scene.free:
        return
    for other in sorted(tree.free_letters(part.body) & scene.free):
        body = tree.renamed(part.body, {letter: plain, other: letter})
        message = f"The sum runs over {plain}, but it belongs over the index where {other} stands."
        yield Edit(put(Sum(part.letters, body)), "sum_letter", message)


def reach(scene: Scene) -> Iterator[Edit]:
    """A sum that reaches too far, or a power or function on its wrong side."""
    for part, put, _ in scene.value_places:
        match part:
            case Sum(letters, body):
                for letter in letters:
                    yield from _narrowed(part, put, letter)
                message = f"In {to_text(part)} the sum comes first, then the rest."
                match body:
                    case Bin("**", x, k):
                        yield Edit(put(Bin("**", Sum(letters, x), k)), "sum_reach", message)
                    case Call(fn, (x,)):
                        yield Edit(put(Call(fn, (Sum(letters, x),))), "sum_reach", message)
            case Bin("**", Sum(letters, x), k):
                message = f"In {to_text(part)} the power belongs inside the sum."
                yield Edit(put(Sum(letters, Bin("**", x, k))), "sum_reach", message)
            case Call(fn, (Sum(letters, x),)):
                message = f"In {to_text(part)} {fn} belongs inside the sum."
                yield Edit(put(Sum(letters, Call(fn, (x,)))), "sum_reach", message)


def _narrowed(part: Sum, put, letter: str) -> Iterator[Edit]:
    """A sum that reaches over too many terms."""
    for _, term in arithmetic.terms(part.body):
        others = [(s, t) for s, t in arithmetic.terms(part.body) if t is not term]
        if others and letter not in tree.free_letters(arithmetic.total(others)):
            inner = arithmetic.total([(1, Sum((letter,), term)), *others])
            rest = tuple(i for i in part.letters if i != letter)
            whole = Sum(rest, inner) if rest else inner
            message = f"The sum over {shown(letter)} reaches too far: check its brackets."
            yield Edit(put(whole), "sum_reach", message)


def deltas(scene: Scene) -> Iterator[Edit]:
    """A delta with a wrong index, or missing."""
    for part, put, bound in tree.places(scene.right):
        if isinstance(part, Call) and part.fn == "delta":
            for k, letter in itertools.product((0, 1), positions(scene, bound)):
                args = (letter, part.args[1]) if k == 0 else (part.args[0], letter)
                message = f"{to_text(part)} compares the wrong indices."
                yield Edit(put(Call("delta", args)), "delta_index", message)
    for part, put, bound in scene.value_places:
        if isinstance(part, tree.Size):
            continue
        for a, b in itertools.combinations(positions(scene, bound), 2):
            if comparable(scene, a, b):
                message = f"A delta is missing at {to_text(part)}: it counts for one entry only."
                yield Edit(put(Bin("*", part, Call("delta", (a, b)))), "delta_missing", message)


def positions(scene: Scene, bound) -> list[tree.Node]:
    """Letters and labels that may stand in a delta."""
    letters = scene.in_scope(bound)
    found = [Letter(i) for i in letters]
    for name in scene.derivation.labels:
        found += [entry for entry in scene.entries(name, bound) if isinstance(entry, Index)]
    return found


def comparable(scene: Scene, a: tree.Node, b: tree.Node) -> bool:
    """Whether two positions run over one size."""

    def sizes(node):
        if isinstance(node, Letter):
            return scene.letter_sizes.get(node.name, set())
        return {scene.derivation.labels[node.base.name]}

    return bool(sizes(a) & sizes(b))
