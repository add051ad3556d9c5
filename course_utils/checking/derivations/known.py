"""Known slips of a derivation: false lines that no single edit mends, each with what to say.

The search for edits knows no physics: it cannot add a whole product that was left out.
Where people leave one out, the derivation declares the line that they write.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.equation import Ground, same, two_sides
from course_utils.checking.derivations.language import parse_line, read_name_of
from course_utils.checking.derivations.refusals import RefusedError
from course_utils.checking.derivations.shapes import ShapeError, lay_out


@dataclass(frozen=True)
class Known:
    """A false line that people write.

    Args:
        line: the line, in any of the forms that the language has.
        says: what a student is told; does not print the mended line.
        mended: its right side as it should be.
    """

    line: str
    says: str
    mended: str


def recognised(left: tree.Node, right: tree.Node, ground: Ground) -> tuple[Known, tree.Node] | None:
    """The known slip whose right side has the values of this one, wherever it is looked at.

    Args:
        left: of the false equation.
        right: of it.
        ground: what it stands on.

    Returns:
        The slip and its mended right side; None if it is none of those declared.
    """
    for known in ground.derivation.known:
        its_left, its_right = parse_line(known.line, ground.derivation.names).sides
        if read_name_of(its_left) != read_name_of(left):
            continue
        try:
            mine = list(_sides(left, right, ground))
        except (ShapeError, RefusedError):
            return None
        if all(map(_agree, mine, _sides(its_left, its_right, ground))):
            text = f"{tree.to_text(its_left)} = {known.mended}"
            return known, parse_line(text, ground.derivation.names).sides[1]
    return None


def _sides(left, right, ground: Ground) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Both sides at every point."""
    layout = lay_out(left, right, ground.kinds)
    for k in range(ground.count):
        a, b = two_sides(left, right, layout, ground.point(k))
        yield a, np.broadcast_to(b, a.shape) if b.ndim <= a.ndim else b


def _agree(mine: tuple, its: tuple) -> bool:
    """Whether two lines say the same; the axes of one may stand in another order."""
    if mine[0].shape == its[0].shape and same(mine[0], its[0]):
        return mine[1].shape == its[1].shape and same(mine[1], its[1])
    turned = its[0].T.shape == mine[0].shape and same(mine[0], its[0].T)
    return turned and mine[1].shape == its[1].T.shape and same(mine[1], its[1].T)
