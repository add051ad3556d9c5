"""How hard scenes are: what may be in them, how they are said, what disturbs the pictures."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from .things import CELLS, COLOURS, NUMBERS, SHAPES


def _expect(name: str, value: int, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError(f"{name}: expected a whole number from {low} to {high}, got {value!r}")


@dataclass(frozen=True)
class Difficulty:
    """The knobs of the generator; `EASY`, `MEDIUM` and `HARD` are three settings of them.

    Args:
        kinds: fewest and most kinds of things in a picture, 1 to 3. A kind is a colour and
            a shape.
        most_alone: of a kind that is alone in a picture, there are 1 to this many, up to 4.
        most_together: the same for each kind where there are several.
        colours: how many of `COLOURS` are used, from the first on, 2 to 8.
        shapes: how many of `SHAPES`, 2 to 6.
        sizes: 1: all things are of one size, and no caption speaks of it; 2: small and large.
        relations: whether captions say how things stand to each other.
        aligned: whether two single things stand in one row or one column, so that one
            relation holds between them and no second one.
        inside: whether there are things inside others.
        strokes_behind: grey lines that no caption speaks of, behind the things.
        strokes_in_front: the same across the things, so that they hide parts of them.
        noise: how far a pixel may be off, in grey levels, 0 to 127.
        captions: how many captions a scene has (fewer if there are no more to say).
        every_way: False: a scene is said in five fixed ways, and with `captions` = 5 its
            captions are all of them. True: in many more, of which the captions are drawn.

    Raises:
        ValueError: a setting outside its range.
    """

    kinds: tuple[int, int] = (1, 2)
    most_alone: int = 3
    most_together: int = 1
    colours: int = 6
    shapes: int = 4
    sizes: int = 1
    relations: bool = True
    aligned: bool = True
    inside: bool = False
    strokes_behind: int = 0
    strokes_in_front: int = 0
    noise: int = 8
    captions: int = 5
    every_way: bool = False

    def __post_init__(self):
        low, high = self.kinds
        _expect("kinds[0]", low, 1, 3)
        _expect("kinds[1]", high, low, 3)
        _expect("most_alone", self.most_alone, 1, len(NUMBERS))
        _expect("most_together", self.most_together, 1, min(len(NUMBERS), CELLS // high))
        _expect("colours", self.colours, 2, len(COLOURS))
        _expect("shapes", self.shapes, 2, len(SHAPES))
        _expect("sizes", self.sizes, 1, 2)
        _expect("strokes_behind", self.strokes_behind, 0, 100)
        _expect("strokes_in_front", self.strokes_in_front, 0, 100)
        _expect("noise", self.noise, 0, 127)
        _expect("captions", self.captions, 1, 100)
        if self.colours * (self.shapes - 1) < high:
            raise ValueError(
                f"kinds: expected at most {self.colours * (self.shapes - 1)}, the kinds that "
                f"{self.colours} colours and {self.shapes} shapes leave, got {high}"
            )


EASY = Difficulty()
MEDIUM = Difficulty(
    most_alone=4, most_together=2, shapes=5, sizes=2, aligned=False, inside=True,
    strokes_behind=2, noise=12, every_way=True,
)  # fmt: skip
HARD = Difficulty(
    kinds=(1, 3), most_alone=4, most_together=3, colours=8, shapes=6, sizes=2, aligned=False,
    inside=True, strokes_behind=4, strokes_in_front=2, noise=24, every_way=True,
)  # fmt: skip
DIFFICULTIES = {"easy": EASY, "medium": MEDIUM, "hard": HARD}


def resolve_difficulty(difficulty: str | Difficulty) -> Difficulty:
    """A setting of the knobs, by name or as it is.

    Args:
        difficulty: "easy", "medium", "hard", or a Difficulty.

    Raises:
        ValueError: another name.
        TypeError: neither a name nor a Difficulty.
    """
    if isinstance(difficulty, Difficulty):
        return difficulty
    if not isinstance(difficulty, str):
        raise TypeError(
            f"difficulty: expected a name or a Difficulty, got {type(difficulty).__name__}"
        )
    if difficulty not in DIFFICULTIES:
        near = difflib.get_close_matches(difficulty, DIFFICULTIES, n=1)
        hint = f"; meant {near[0]!r}?" if near else "; own settings: Difficulty(...)"
        raise ValueError(
            f"difficulty: expected {', '.join(DIFFICULTIES)}, got {difficulty!r}{hint}"
        )
    return DIFFICULTIES[difficulty]
