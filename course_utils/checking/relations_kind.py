"""Numbers of another kind than the right ones: whole, cut, only signs."""

from __future__ import annotations

import numpy as np

from course_utils.checking.case import Case
from course_utils.checking.compare import close
from course_utils.checking.relation import Relation

_CUTS = (
    (
        lambda a: np.where((a >= 0) | (a == np.round(a)), np.floor(a), np.nan),
        "cut or rounded down",
        "cut to whole numbers: int(…), // where / belongs, or an array of whole numbers?",
    ),
    (np.floor, "rounded down", "rounded down to whole numbers: // where / belongs?"),
    (np.trunc, "cut", "cut to whole numbers: int(…), or an array of whole numbers?"),
    (np.rint, "rounded", "rounded to whole numbers"),
    (np.sign, "signs", "only the signs of the right numbers, −1, 0 and 1"),
)


def cut_to_whole_numbers(case: Case) -> Relation | None:
    """The right numbers, rounded or cut."""
    if not _only_whole(case):
        return None
    for change, key, told in _CUTS:
        if all(close(t.got, change(t.expected), t.probe.rtol) for t in case.trials):
            return Relation(f"whole {key}", told)
    return None


def rounded(case: Case) -> Relation | None:
    """The right numbers with a few decimals only."""
    used = [t for t in case.trials if np.ndim(t.expected) and t.expected.dtype == np.float64]
    pairs = [(np.asarray(t.got, float), np.asarray(t.expected)) for t in used]
    if len(pairs) < 2 or not any(np.any(got % 1) for got, _ in pairs):
        return None
    for decimals in range(1, 5):
        if all(np.allclose(g, np.round(e, decimals), rtol=0, atol=1e-12) for g, e in pairs):
            count = "one decimal" if decimals == 1 else f"{decimals} decimals"
            return Relation("rounded", f"rounded to {count}: later steps need all the digits")
    return None


def whole_numbers(case: Case) -> Relation | None:
    """Whole numbers everywhere, where the right ones are hardly ever whole."""
    if np.ndim(case.trials[0].got) == 0 or not _only_whole(case):
        return None  # one number may be whole by chance
    if all(np.isin(t.got, (0, 1)).all() for t in case.trials):
        return Relation(
            "whole mask", "only zeros and ones: a mask or a comparison is not yet the result"
        )
    return Relation(
        "whole numbers",
        "whole numbers throughout: places (argmax), counts or rounded numbers, where the numbers "
        "themselves belong?",
    )


def _only_whole(case: Case) -> bool:
    if not all(_is_whole(t.got) for t in case.trials):
        return False
    share = np.mean([np.mean(np.asarray(t.expected) % 1 == 0) for t in case.trials])
    return share <= 0.5 and any(np.any(t.got) for t in case.trials)


def _is_whole(got) -> bool:
    got = np.asarray(got, float)
    return bool(np.isfinite(got).all() and np.all(got == np.round(got)))
