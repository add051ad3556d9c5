"""Slips with brackets: left out, so that * and / come before + and -, or reaching too far."""

from __future__ import annotations

from collections.abc import Iterator

from course_utils.checking.derivations.edits import Edit, Scene
from course_utils.checking.derivations.tree import Bin
from course_utils.checking.derivations.tree import to_text as text


def brackets(scene: Scene) -> Iterator[Edit]:
    """The same factors and terms, put together in another order."""
    for part, put, _ in scene.value_places:
        lost = f"Brackets are missing in {text(part)}: * and / come before + and -."
        far = f"The brackets in {text(part)} reach too far."
        match part:
            case Bin("+" | "-" as sum_of, Bin("*" | "/" as product, a, b), c):
                yield Edit(put(Bin(product, a, Bin(sum_of, b, c))), "brackets", lost)
            case Bin("*" | "/" as product, a, Bin("+" | "-" as sum_of, b, c)):
                yield Edit(put(Bin(sum_of, Bin(product, a, b), c)), "brackets", far)
        match part:
            case Bin("+" | "-" as sum_of, a, Bin("*" | "/" as product, b, c)):
                yield Edit(put(Bin(product, Bin(sum_of, a, b), c)), "brackets", lost)
            case Bin("*" | "/" as product, Bin("+" | "-" as sum_of, a, b), c):
                yield Edit(put(Bin(sum_of, a, Bin(product, b, c))), "brackets", far)
