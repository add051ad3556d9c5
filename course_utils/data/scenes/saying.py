"""The ways to say what is in a scene, each true of it and grammatical."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from .difficulty import Difficulty
from .things import INVERSE, NUMBERS, Scene, Thing, holds

Group = tuple[Thing, ...]  # all the things of one kind in a scene
PLACES = {
    (0, 0): "in the top left corner",
    (0, 1): "at the top",
    (0, 2): "in the top right corner",
    (1, 0): "on the left",
    (1, 1): "in the middle",
    (1, 2): "on the right",
    (2, 0): "in the bottom left corner",
    (2, 1): "at the bottom",
    (2, 2): "in the bottom right corner",
}
_FORWARD = ("left of", "above", "inside")  # the other way round their inverses hold


def sayings(scene: Scene, difficulty: Difficulty) -> list[str]:
    """All that the templates say of a scene.

    Args:
        scene: what is in the picture.
        difficulty: whether sizes and relations are told, and in how many ways.

    Returns:
        Captions, no two alike. With `every_way` off they are five, six where no relation
        is told between two kinds.
    """
    groups = [
        tuple(things)
        for _, things in itertools.groupby(scene.things, key=lambda t: (t.colour, t.shape))
    ]
    said = []
    # The kinds of a scene differ in colour or shape, so the size is told or left out freely.
    for sized in (True, False)[2 - difficulty.sizes :]:
        if len(groups) == 1:
            said += _of_one(groups[0], sized, difficulty.every_way)
        else:
            said += _of_several(groups, scene, sized, difficulty)
    return list(dict.fromkeys(said))


def _of_one(group: Group, sized: bool, every_way: bool) -> list[str]:
    it, is_, the = phrase(group, sized), _is(group), _the(group, sized)
    colour, where = group[0].colour, _place(group)
    here = f" {where}" if where else ""
    if len(group) == 1:
        said = [
            f"{it} {where}",
            f"there is {it} {where}",
            f"{it} is {where}",
            f"{where} is {it}",
            f"the {the} {where} is {colour}",
        ]
    else:
        said = [
            it,
            f"there are {it}",
            f"the picture shows {it}",
            f"the {NUMBERS[len(group) - 1]} {the} are {colour}",
            f"{_all(group)} {the} are {colour}",
        ]
    if every_way:
        said += [it, f"there {is_} {it}", f"the picture shows {it}{here}"]
        if where and len(group) > 1:
            said += [f"{it} {where}", f"there are {it} {where}", f"{it} are {where}"]
            said += [f"{where} are {it}"]
    return said


def _of_several(groups: list[Group], scene: Scene, sized: bool, d: Difficulty) -> list[str]:
    said = []
    if d.relations:
        for one, other in itertools.permutations(groups, 2):
            for relation in _FORWARD:
                if all(holds(relation, a, b, scene) for a in one for b in other):
                    said += _related(one, relation, other, sized, d.every_way)
    if said and not d.every_way:
        return said
    for order in itertools.permutations(groups):
        it = " and ".join(phrase(group, sized) for group in order)
        said += [it, f"there {_is(order[0])} {it}", f"the picture shows {it}"]
    return said


def _related(one: Group, relation: str, other: Group, sized: bool, every_way: bool) -> list[str]:
    a, b = phrase(one, sized), phrase(other, sized)
    forth, back = f"{relation} {b}", f"{INVERSE[relation]} {a}"
    said = [
        f"{a} {forth}",
        f"{b} {back}",
        f"there {_is(one)} {a} {forth}",
        f"there {_is(other)} {b} {back}",
        f"{a} {_is(one)} {forth}",
    ]
    if every_way:
        said += [f"{b} {_is(other)} {back}"]
        said += [f"the picture shows {a} {forth}", f"the picture shows {b} {back}"]
    return said


def phrase(group: Sequence[Thing], sized: bool) -> str:
    """ "a red circle", "an orange ring", "three small blue crosses".

    Args:
        group: things of one kind, and of one size if that is told.
        sized: whether the size is told.
    """
    thing, count = group[0], len(group)
    described = f"{thing.size} {thing.colour}" if sized else thing.colour
    if count == 1:
        article = "an" if described[0] in "aeiou" else "a"
        return f"{article} {described} {thing.shape}"
    return f"{NUMBERS[count - 1]} {described} {plural(thing.shape)}"


def plural(noun: str) -> str:
    """ "circles", "crosses"."""
    return f"{noun}es" if noun.endswith("s") else f"{noun}s"


def _the(group: Group, sized: bool) -> str:
    """What stands behind "the" where the colour comes later: "small circles"."""
    noun = plural(group[0].shape) if len(group) > 1 else group[0].shape
    return f"{group[0].size} {noun}" if sized else noun


def _is(group: Group) -> str:
    return "is" if len(group) == 1 else "are"


def _all(group: Group) -> str:
    return "both" if len(group) == 2 else f"all {NUMBERS[len(group) - 1]}"


def _place(group: Group) -> str | None:
    """Where all of a group is, if there are words for it."""
    rows, columns = {t.row for t in group}, {t.column for t in group}
    row = rows.pop() if len(rows) == 1 else 1
    column = columns.pop() if len(columns) == 1 else 1
    if (row, column) == (1, 1) and len(group) > 1:
        return None
    return PLACES[row, column]
