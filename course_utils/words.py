"""Numbers and lists put into words, for verdicts and for descriptions of figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def number(value: float) -> str:
    """Three significant digits, no trailing zeros: ``0.0213``, ``2.3``, ``1.2e-05``."""
    return f"{float(value):.3g}"


def listed(items: Sequence[object]) -> str:
    """``"a"``, ``"a and b"``, ``"a, b and c"``."""
    words = [str(item) for item in items]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def course_of(name: str, x: Sequence[float], y: Sequence[float], along: str) -> str:
    """How a line runs: where it starts and ends, and its turning point if it has one.

    Args:
        name: what the line is, ``"training loss"``.
        x: positions, (K,).
        y: heights, (K,); NaN and inf are said to leave the figure.
        along: what x is, ``"epoch"``.
    """
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    seen = np.isfinite(y)
    if not seen.any():
        return f"{name} has no finite values"
    gone = "" if seen.all() else f", and is not finite from {along} {number(x[~seen][0])} on"
    x, y = x[seen], y[seen]
    if len(y) == 1:
        return f"{name} is {number(y[0])} at {along} {number(x[0])}{gone}"
    verb = "falls" if y[-1] < y[0] else "rises" if y[-1] > y[0] else "goes"
    told = (
        f"{name} {verb} from {number(y[0])} at {along} {number(x[0])} "
        f"to {number(y[-1])} at {along} {number(x[-1])}"
    )
    for word, at in (("lowest", int(y.argmin())), ("highest", int(y.argmax()))):
        # A turn inside is worth telling, a wiggle of a percent of the height is not.
        beyond = min(abs(y[at] - y[0]), abs(y[at] - y[-1]))
        if 0 < at < len(y) - 1 and beyond > 0.02 * (y.max() - y.min()):
            told += f", {word} {number(y[at])} at {number(x[at])}"
    return told + gone
