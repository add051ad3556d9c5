"""Three hints about the first line that is false; only the third prints it mended."""

from __future__ import annotations

from collections.abc import Sequence

from course_utils.checking.derivations.judge import first_false, judge_lines, reached
from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.tree import to_text

_WHERE = {
    "index": "the indices", "exchange": "the indices", "transpose": "the order of the axes",
    "order": "the order of a product", "sign": "a sign", "factor": "a factor",
    "function": "a function", "prime": "a function", "condition": "a condition",
    "derivative_missing": "the chain rule: every step of the forward pass gives a factor",
    "derivative_extra": "the factors", "product_kind": "the kind of a product",
}  # fmt: skip


def derivation_hint(derivation: Derivation, lines: Sequence[str], step: int = 1) -> str:
    """A hint about the first line that is false, or about what is still to be reached.

    Args:
        derivation: what the lines are about.
        lines: as typed.
        step: 1 says where to look, 2 names the slip, 3 prints the line mended.

    Raises:
        ValueError: step is not 1, 2 or 3.
    """
    if step not in (1, 2, 3):
        raise ValueError(f"derivation_hint: expected step 1, 2 or 3, got {step!r}")
    found = judge_lines(derivation, lines)
    false = first_false(found)
    if false is None:
        lacking = [told for told in reached(derivation, found).values() if told]
        return " ".join(lacking) or "All lines are true, and nothing is missing."
    if step == 1 or false.status == "refused":
        first = false.slip.keys[0] if false.slip else ""
        kind = first.split("_")[0]
        where = _WHERE.get(first) or {"sum": "the sums", "delta": "the deltas"}.get(kind)
        tail = f" Look at {where}." if where else " Try it on the smallest sizes by hand."
        message = false.message if false.status == "refused" else ""
        return f"Look at line {false.number}. {message or tail.strip()}"
    if step == 2 or false.slip is None:
        return f"Line {false.number}: {false.message}"
    left = to_text(false.line.sides[0])
    return f"Line {false.number}: {false.message} Mended: {left} = {to_text(false.slip.mended)}"
