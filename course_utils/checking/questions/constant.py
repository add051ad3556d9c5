"""Text such as ``"2 / 7"`` as a number: read by the language of derivations, never run."""

from __future__ import annotations

import numpy as np

from course_utils.checking.derivations import tree
from course_utils.checking.derivations.evaluate import Evaluator
from course_utils.checking.derivations.language import Names, parse_line
from course_utils.checking.derivations.point import Point
from course_utils.checking.derivations.refusals import refuse
from course_utils.checking.derivations.shapes import Kinds, lay_out

_SHAPES = {"answer": ()}


def constant(text: str) -> float:
    """The value of an expression that holds numbers alone.

    Args:
        text: ``"2 / 7"``, ``"sqrt(2)"``.

    Returns:
        Its value; NaN or inf where it has none.

    Raises:
        RefusedError: it is no expression of the language, or holds names.
        ShapeError: it holds index letters.
    """
    left, right = parse_line(f"answer = {text}", Names(_SHAPES)).sides[:2]
    lay_out(left, right, Kinds(_SHAPES))
    if tree.symbols_in(right):
        refuse("It holds a name.")
    with np.errstate(all="ignore"):
        value = Evaluator(Point({}, {}, {}, ("L", "")), {}).value(right).a
    return float(value)
