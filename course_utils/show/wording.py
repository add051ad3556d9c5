"""Points, shares and diverged numbers put into words, for the descriptions of figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.words import number


def place(point: Sequence[float]) -> str:
    """A point with its coordinates: ``"(0.5, -2)"``; what rounding left of a zero is 0."""
    return f"({', '.join(number(0.0 if abs(v) < 1e-9 else v) for v in point)})"


def percent(share: float) -> str:
    """``"7.5%"``, ``"93%"``; 100% and 0% only where it is all or nothing."""
    if not np.isfinite(share):
        return number(share)
    for digits in (0, 1, 2):
        told = f"{share:.{digits}%}"
        all_or_nothing = float(told[:-1]) in (0, 100)
        if not all_or_nothing or share in (0, 1):
            return told
    return "under 0.01%" if share < 0.5 else "over 99.99%"


def counted(n: int, what: str) -> str:
    """``"1 step"``, ``"3 steps"``, ``"12,000 points"``."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"
