"""Questions as exercises: the answer is called, what it returns is judged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from course_utils.checking.asking import quietly
from course_utils.checking.broken import broken
from course_utils.checking.exercises import Exercise
from course_utils.checking.open_blank import is_open
from course_utils.checking.time_limit import TookTooLongError, time_limit
from course_utils.checking.verdict import OPEN, WRONG, Finding, Verdict, settle

SECONDS = 20.0


class Question(Protocol):
    """What `judged_as` needs of a question."""

    def finding(self, answer: Any) -> Finding:
        """Judge what an answer returned."""

    def hint_for(self, answer: Any) -> str:
        """The hint of the known slip behind it, or ``""``."""

    def about_error(self, error: BaseException) -> str:
        """What is told about an exception, or ``""``."""


def judged_as(question: Question) -> Callable[[Exercise, Callable], Verdict]:
    """A judge of answers that return a number or a formula.

    Args:
        question: what is asked.

    Returns:
        A function for ``Exercise.judged_by``.
    """

    def judge(exercise: Exercise, answer: Callable) -> Verdict:
        name = getattr(answer, "__name__", exercise.name)
        return settle(exercise.id, name, exercise.points, [_found(question, answer)])

    return judge


def question_exercise(
    exercise_id: str,
    points: float,
    question: Question,
    reference: Callable[[], Any],
    hints: tuple[str, str, str],
    *,
    planned: bool = False,
) -> Exercise:
    """An exercise that is answered with a number or a formula.

    Args:
        exercise_id: ``"2.2"``.
        points: what it is worth.
        question: what is asked.
        reference: gives the right answer; its name is the exercise's.
        hints: three steps, never the answer; the hint of a known slip stands in for the
            first one when that slip was made.
        planned: the section of the lesson that asks this is not written yet.

    Returns:
        The exercise, to be registered.
    """

    def about(answer: Callable, step: int) -> str:
        return (_slip_hint(question, answer) if step == 1 else "") or hints[step - 1]

    return Exercise(
        id=exercise_id,
        name=reference.__name__,
        points=points,
        reference=reference,
        hints=hints,
        judged_by=judged_as(question),
        hint_about=about,
        planned=planned,
    )


def _found(question: Question, answer: Callable) -> Finding:
    try:
        with quietly(), time_limit(SECONDS):
            return question.finding(answer())
    except TookTooLongError:
        message = f"no end after {SECONDS:g} s. An endless loop?"
        return Finding("", WRONG, "endless", message)
    except (Exception, SystemExit) as error:  # told to the student, never raised on
        if isinstance(error, NotImplementedError) and is_open(error, answer):
            return Finding("", OPEN)
        told = question.about_error(error)
        return Finding("", WRONG, "exception", told) if told else broken(error, answer, {}, {})


def _slip_hint(question: Question, answer: Callable) -> str:
    try:
        return question.hint_for(answer())
    except Exception:  # the verdict has told what it raises
        return ""
