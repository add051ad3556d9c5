"""An exercise that asks for a derivation: judged line by line, hints about the typed lines."""

from __future__ import annotations

from collections.abc import Callable

from course_utils.checking.derivations.hints import derivation_hint
from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.verdict import judged_as
from course_utils.checking.exercises import Exercise


def derivation_exercise(
    exercise_id: str,
    points: float,
    derivation: Derivation,
    reference: Callable[[], list[str]],
    hints: tuple[str, str, str],
    *,
    planned: bool = False,
) -> Exercise:
    """An exercise that is answered with the lines of a derivation.

    Args:
        exercise_id: ``"1.1"``.
        points: what it is worth.
        derivation: what the lines are about.
        reference: gives right lines; its name is the exercise's.
        hints: told while no line is false; then `derivation_hint` speaks of the line.
        planned: the section of the lesson that asks this is not written yet.

    Returns:
        The exercise, to be registered.
    """

    def about(answer: Callable, step: int) -> str:
        lines = _lines(answer)
        return derivation_hint(derivation, lines, step) if lines else hints[step - 1]

    return Exercise(
        id=exercise_id,
        name=reference.__name__,
        points=points,
        reference=reference,
        hints=hints,
        judged_by=judged_as(derivation),
        hint_about=about,
        planned=planned,
    )


def _lines(answer: Callable) -> list[str]:
    """The lines that an answer gives; none where it gives no lines at all."""
    try:
        lines = answer()
    except Exception:  # the verdict has told what it raises
        return []
    lines = lines.splitlines() if isinstance(lines, str) else lines
    fits = isinstance(lines, (list, tuple)) and all(isinstance(line, str) for line in lines)
    return list(lines) if fits else []
