"""Numbers and lists put into words, for verdicts and for descriptions of figures."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import numpy as np


def number(value: float) -> str:
    """Three significant digits, no trailing zeros: ``0.0213``, ``2.3``, ``1.2e-05``."""
    return f"{float(value):.3g}"


def listed(items: Sequence[object]) -> str:
    """``"a"``, ``"a and b"``, ``"a, b and c"``."""
    words = [str(item) for item in items]
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def wrapped(text: str) -> str:
    """Lines that a notebook shows whole: it breaks longer ones in the middle of a word."""
    return textwrap.fill(text, 96, subsequent_indent="    ", break_long_words=False)


def with_article(label: object) -> str:
    """``"an ant"``, ``"a bee"``, ``"an 8"``: a label as it is said."""
    said = str(label)
    vowel = said[:1].lower() in tuple("aeiou8") or said in ("11", "18")
    return f"{'an' if vowel else 'a'} {said}"


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
    gone = "" if seen.all() else f", and is not finite from {along} = {number(x[~seen][0])} on"
    x, y = x[seen], y[seen]
    if len(y) == 1:
        return f"{name} is {number(y[0])} {_at(along, x[0])}{gone}"
    if np.ptp(y) == 0:
        ends = f"from {along} = {number(x[0])} to {number(x[-1])}"
        return f"{name} is {number(y[0])} throughout, {ends}{gone}"
    return f"{name} {_start_to_end(x, y, along)}{_turns(x, y)}{gone}"


def _start_to_end(x: np.ndarray, y: np.ndarray, along: str) -> str:
    """Start, end, and the flat stretches at both if they are long."""
    # Flat means: within a percent of the height, and within 3 % of the value it ends at.
    small = 0.01 * np.ptp(y)
    still = min(small, 0.03 * abs(y[-1])) if y[-1] else small
    leaves = int(np.argmax(np.abs(y - y[0]) > small))  # first that is elsewhere
    arrives = len(y) - int(np.argmax(np.abs(y[::-1] - y[-1]) > still))  # first that stays
    long = max(2, len(y) // 10)
    verb = "falls" if y[-1] < y[0] else "rises" if y[-1] > y[0] else "returns"
    told = f"{verb} from {number(y[0])} {_at(along, x[0])}"
    if leaves - 1 >= long:
        told = f"is {number(y[0])} up to {along} = {number(x[leaves - 1])}, then {verb}"
    told += f" to {number(y[-1])} "
    if len(y) - 1 - arrives >= long:
        return told + f"{_at(along, x[arrives])} and stays there"
    return told + _at(along, x[-1])


def _turns(x: np.ndarray, y: np.ndarray) -> str:
    """The lowest and the highest point if they lie inside and stand out."""
    told = ""
    for word, at in (("lowest", int(y.argmin())), ("highest", int(y.argmax()))):
        beyond = min(abs(y[at] - y[0]), abs(y[at] - y[-1]))
        # A turn is worth telling, a wiggle of a few percent is not.
        stands_out = beyond > 0.02 * np.ptp(y) or beyond > 0.03 * abs(y[at]) > 0
        if 0 < at < len(y) - 1 and stands_out:
            told += f", {word} {number(y[at])} at {number(x[at])}"
    return told


def _at(along: str, x: float) -> str:
    return f"at {along} = {number(x)}"
