"""What a scene is made of: things with a colour, a shape, a size and a place."""

from __future__ import annotations

from dataclasses import dataclass

# In the order in which Difficulty takes them. Their brightness L* is 43, 34, 88, 55, 5, 68,
# 24 and 76 (of 100), on paper of 94: told apart in grey, and so by the colour-blind.
COLOURS = {
    "red": (200, 24, 36),
    "blue": (0, 68, 190),
    "yellow": (250, 219, 20),
    "green": (0, 152, 84),
    "black": (17, 17, 17),
    "orange": (245, 140, 10),
    "purple": (92, 16, 120),
    "pink": (255, 158, 200),
}
SHAPES = ("circle", "square", "triangle", "cross", "star", "ring")
CONTAINERS = ("circle", "square", "ring")  # another thing fits into the middle of these
SIZES = ("small", "large")
NUMBERS = ("one", "two", "three", "four")
THIRDS = 3  # of the height and of the width: where a thing is, is told in these
CELLS = THIRDS * THIRDS
INVERSE = {"left of": "right of", "above": "below", "inside": "around"}
INVERSE |= {other: one for one, other in INVERSE.items()}


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing in a picture.

    Args:
        colour: one of `COLOURS`.
        shape: one of `SHAPES`.
        size: "small" or "large".
        row: the third of the picture's height that its middle is in, 0 (top) to 2.
        column: the same for the width, 0 (left) to 2.
        top: its first row of pixels.
        left: its first column of pixels.
        side: its height and width in pixels.
    """

    colour: str
    shape: str
    size: str
    row: int
    column: int
    top: int
    left: int
    side: int


@dataclass(frozen=True, slots=True)
class Scene:
    """What is in a picture.

    Args:
        things: from the back to the front; those of one kind stand together.
        inside: whether the second thing is inside the first.
        size: height and width of the picture in pixels.
        veil: strokes in front of the things, each (row, column, row, column) of its ends.
    """

    things: tuple[Thing, ...]
    inside: bool
    size: int
    veil: tuple[tuple[int, int, int, int], ...] = ()

    @property
    def composition(self) -> frozenset:
        """The things with their places, by thirds: what no two splits share."""
        things = {(t.colour, t.shape, t.size, t.row, t.column) for t in self.things}
        return frozenset({*things, "inside"} if self.inside else things)


def holds(relation: str, one: Thing, other: Thing, scene: Scene) -> bool:
    """Whether a relation holds between two things of a scene.

    A thing is left of another if its middle is in an earlier third of the picture's width,
    and so on; of a thing inside another nothing else holds.

    Args:
        relation: a key of `INVERSE`.
        one: what stands before the relation.
        other: what stands behind it.
        scene: that both are in.
    """
    if scene.inside and {one, other} == set(scene.things):
        return relation == ("inside" if one == scene.things[1] else "around")
    return {
        "left of": one.column < other.column,
        "right of": one.column > other.column,
        "above": one.row < other.row,
        "below": one.row > other.row,
    }.get(relation, False)
