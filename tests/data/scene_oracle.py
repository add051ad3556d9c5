"""A second opinion on scenes: what is in a picture by its pixels, what a caption says by patterns.

Nothing here uses the generator, its things or its reader; only the names of colours are shared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

PALETTE = {
    "red": (200, 24, 36),
    "blue": (0, 68, 190),
    "yellow": (250, 219, 20),
    "green": (0, 152, 84),
    "black": (17, 17, 17),
    "orange": (245, 140, 10),
    "purple": (92, 16, 120),
    "pink": (255, 158, 200),
}
SIDE = 96  # of a picture that is read here: large enough to tell shapes by their outline
_SHAPES = "circle|square|triangle|cross|star|ring"
_NUMBERS = ("one", "two", "three", "four")


@dataclass
class Blob:
    """One thing, as the pixels show it."""

    colour: str
    shape: str
    size: str
    row: int
    column: int
    box: tuple[int, int, int, int]  # top, bottom, left, right, the last pixels with it
    pixels: np.ndarray  # (H, W), those that have exactly its colour

    def around(self, other: Blob) -> bool:
        (t, b, l, r), (T, B, L, R) = other.box, self.box
        return t > T and b < B and l > L and r < R


def blobs(picture: np.ndarray) -> list[Blob]:
    """The things in a picture without noise and strokes, (3, 96, 96)."""
    found = []
    for colour, rgb in PALETTE.items():
        labels, count = ndimage.label((picture == np.reshape(rgb, (3, 1, 1))).all(axis=0))
        parts = [part for k in range(count) if (part := labels == k + 1).sum() > 4]
        full = [ndimage.binary_fill_holes(part) for part in parts]
        for pixels, filled in zip(parts, full, strict=True):
            # What shows through the hole of a ring belongs to the thing behind the ring.
            if not any(f is not filled and (f & pixels).any() for f in full):
                found.append(_blob(colour, pixels, filled, picture))
    for one in found:  # a triangle's tip is too thin to show its colour: its middle is not exact
        for other in found:
            if other.around(one):
                one.row, one.column = other.row, other.column
    return found


def _blob(colour: str, pixels: np.ndarray, filled: np.ndarray, picture: np.ndarray) -> Blob:
    rows, columns = np.nonzero(pixels)
    t, b, l, r = (int(k) for k in (rows.min(), rows.max(), columns.min(), columns.max()))
    behind = (picture == picture[:, t, l][:, None, None]).all(axis=0)
    shape = _outline(filled[t : b + 1, l : r + 1], bool((filled & ~pixels & behind).any()))
    size = "small" if b - t + 1 < 22 else "large"
    row, column = (t + b + 1) * 3 // (2 * SIDE), (l + r + 1) * 3 // (2 * SIDE)
    return Blob(colour, shape, size, row, column, (t, b, l, r), pixels)


def _outline(full: np.ndarray, hole: bool) -> str:
    height, width = full.shape
    if full[0, 0] and full[-1, -1]:
        return "square"
    if full[-1, 0] and full[-1, -1]:
        return "triangle"
    if not full[-1, width // 2]:
        return "star"
    if full[height // 6].sum() < width / 2:
        return "cross"
    return "ring" if hole else "circle"


def grammatical(caption: str) -> bool:
    """Articles, plurals and verbs fit."""
    for article, word in re.findall(r"\b(an?) (\w+)", caption):
        if (article == "an") != (word[0] in "aeiou"):
            return False
    noun = rf"(?:(?:small|large|{'|'.join(PALETTE)}) )*(\w+)"
    for count, shape in re.findall(rf"\b(an?|one|two|three|four|both) {noun}", caption):
        if re.fullmatch(rf"({_SHAPES})(es|s)", shape) is None and count not in ("a", "an", "one"):
            return False
        if re.fullmatch(_SHAPES, shape) is None and count in ("a", "an", "one"):
            return False
    # What the verb agrees with: the first count behind "there" or a place, else before it.
    verb = re.search(r"\b(is|are)\b", caption)
    if verb is None:
        return True
    before, after = caption[: verb.start()].strip(), caption[verb.end() :]
    subject = after if before == "there" or re.match(r"(in|at|on) ", before) else before
    first = re.search(rf"\b(?:{_SHAPES})(es|s)?\b", subject)
    return (verb.group() == "are") == bool(first.group(1))


_NP = (
    r"(?:(?P<c{k}>an?|one|two|three|four|both|the two|the three|the four|the|all three|all four) )"
    rf"(?:(?P<z{{k}}>small|large) )?(?:(?P<f{{k}}>{'|'.join(PALETTE)}) )?"
    rf"(?P<s{{k}}>{_SHAPES})(?:es|s)?"
)
_PLACE = (
    r"(?P<place>in the (?:top|bottom) (?:left|right) corner|in the middle"
    r"|at the (?:top|bottom)|on the (?:left|right))"
)
_RELATION = r"(?P<relation>left of|right of|above|below|inside|around)"


def true(caption: str, things: list[Blob]) -> bool:
    """Whether a grammatical caption holds of the things."""
    rest = re.sub(r"^(there (is|are)|the picture shows) ", "", caption)
    a, b = _NP.replace("{k}", "1"), _NP.replace("{k}", "2")
    if found := re.fullmatch(rf"{a} (?:(?:is|are) )?{_RELATION} {b}", rest):
        one, other = _meant(found, 1, things), _meant(found, 2, things)
        return bool(one and other) and all(
            _stands(found["relation"], x, y) for x in one for y in other
        )
    for pattern in (
        rf"{a} (?:(?:is|are) )?{_PLACE}",
        rf"{_PLACE} (?:is|are) {a}",
        rf"{a}(?: {_PLACE})? (?:is|are) (?P<colour>{'|'.join(PALETTE)})",
    ):
        if found := re.fullmatch(pattern, rest):
            of = found.groupdict()
            meant = _meant(found, 1, things)
            at = all(_at(of["place"], x) for x in meant) if of["place"] else True
            painted = all(of.get("colour") in (None, x.colour) for x in meant)
            return bool(meant) and at and painted
    told = []
    for part in rest.split(" and "):
        meant = _meant(re.fullmatch(a, part), 1, things)
        if not meant or any(x is y for x in meant for y in told):
            return False
        told += meant
    return True


def _meant(found: re.Match, k: int, things: list[Blob]) -> list[Blob]:
    """The things a phrase is about; none if their number is wrong."""
    size, colour, shape = found[f"z{k}"], found[f"f{k}"], found[f"s{k}"]
    meant = [
        x
        for x in things
        if x.shape == shape and size in (None, x.size) and colour in (None, x.colour)
    ]
    word = found[f"c{k}"].split()[-1]
    if word == "the":
        several = found.string[found.end(f"s{k}") :].startswith(("s", "es"))
        return meant if (len(meant) > 1 if several else len(meant) == 1) else []
    count = {"a": 1, "an": 1, "both": 2}.get(word) or _NUMBERS.index(word) + 1
    return meant if len(meant) == count else []


def _stands(relation: str, x: Blob, y: Blob) -> bool:
    if x.around(y) or y.around(x):
        return relation == ("around" if x.around(y) else "inside")
    return {
        "left of": x.column < y.column,
        "right of": x.column > y.column,
        "above": x.row < y.row,
        "below": x.row > y.row,
    }.get(relation, False)


def _at(place: str, x: Blob) -> bool:
    if "middle" in place:
        return (x.row, x.column) == (1, 1)
    asked = [
        x.row == 0 if "top" in place else True,
        x.row == 2 if "bottom" in place else True,
        x.column == 0 if "left" in place else True,
        x.column == 2 if "right" in place else True,
    ]
    return all(asked)
