"""What a lesson uses: @exercise, check, hint, progress, answers.

Nothing here stops a lesson. An open blank is served by the reference, and says
so; `answers()` gives the later cells a set of functions that is right for
certain: the student's own where their verdict is right, else the reference.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable

from course_utils.checking.borrowed import borrowed, borrows
from course_utils.checking.exercises import Exercise, all_exercises, find_exercise
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import find_advice
from course_utils.checking.open_blank import is_open
from course_utils.checking.points_table import Progress
from course_utils.checking.verdict import WRONG, Finding, Verdict, settle
from course_utils.console import show
from course_utils.told import Told


class MisusedError(Told, ValueError):
    """A tool of the lessons was called with something that it cannot take."""


class Answer:
    """A student's function: called like it, with the reference standing in while it is open."""

    def __init__(self, exercise: Exercise, function: Callable) -> None:
        self.exercise, self.function = exercise, function
        self.verdict: Verdict | None = None
        self._said = False
        functools.update_wrapper(self, function)

    def __call__(self, *args, **kwargs):
        """Call the student's function, or the reference while it raises NotImplementedError."""
        if _serving_trusted:
            # Another answer builds on this one: it answers for its own slips only.
            return _trusted(self.exercise)(*args, **kwargs)
        try:
            return self.function(*args, **kwargs)
        except NotImplementedError as error:
            if not is_open(error, self.function):
                raise
            if not self._said:
                self._said = True
                print(f"({self.exercise.id} {self.exercise.name} is open: the reference answers)")
            return self.exercise.reference(*args, **kwargs)

    def judged(self) -> Verdict:
        """Judge the function as it stands now, beside the other answers, and keep the verdict."""
        if borrows(self.exercise, self.function):
            self.verdict = borrowed(self.exercise)
        else:
            self.verdict = _judge_quietly(self.exercise, self.function)
        return self.verdict

    def __repr__(self) -> str:
        state = self.verdict.status if self.verdict else "not judged"
        return f"<{self.exercise.id} {self.exercise.name}: {state}>"


_answers: dict[str, Answer] = {}
_hints_given: dict[str, int] = {}
# Exercises whose answers now run on trusted ones, and those answers.
_serving_trusted: list[tuple[str, Callable]] = []


def exercise(exercise_id: str, *, points: float) -> Callable[[Callable], Answer]:
    """Mark a function as the answer to an exercise, judge it and show the verdict.

    Args:
        exercise_id: ``"3.2"``.
        points: what it is worth; must be what the registry says.

    Returns:
        A decorator; the decorated function is called as before. One of another name is
        told so and counts for nothing; it stops no cell.

    Raises:
        KeyError: no exercise has this id.
        ValueError: points disagree with the registry.
    """
    asked = find_exercise(exercise_id)
    if points != asked.points:
        raise MisusedError(
            f"exercise {exercise_id}: expected points={asked.points:g}, got {points:g}. "
            "The line with @exercise belongs to the lesson: leave it as it was."
        )

    def decorate(function: Callable) -> Answer:
        if getattr(function, "__name__", "") != asked.name:
            show(_misnamed(asked, function))
            return function
        answer = Answer(asked, function)
        _answers[asked.id] = answer
        show(answer.judged())
        return answer

    return decorate


def _misnamed(asked: Exercise, function: Callable) -> Verdict:
    """What is said of a function that has not the name of the exercise; it is not judged."""
    name = getattr(function, "__name__", type(function).__name__)
    other = next((e.id for e in all_exercises().values() if e.name == name), "")
    message = (
        f"expected a function named {asked.name}, got {name}. Later cells call it by its name: "
        "leave the line with def as it was."
    )
    if other:
        message = f"{name} belongs to exercise {other}; {asked.id} asks for {asked.name}."
    finding = Finding("", WRONG, "name", message)
    return settle(asked.id, asked.name, asked.points, [finding])


def check(exercise_id: str) -> Verdict:
    """The verdict on the latest answer to an exercise.

    Raises:
        KeyError: no exercise has this id.
    """
    asked = find_exercise(exercise_id)
    if asked.id in _answers:
        return _answers[asked.id].judged()
    return judge(asked, _open_blank(asked))


def try_answer(exercise_id: str, function: Callable) -> Verdict:
    """The verdict on any function, without handing it in.

    Args:
        exercise_id: ``"3.2"``.
        function: takes and returns what the exercise asks for; any name.

    Raises:
        KeyError: no exercise has this id.
    """
    return _judge_quietly(find_exercise(exercise_id), function)


def hint(exercise_id: str, step: int | None = None) -> None:
    """Print the next of three hints, about the named mistake if there is one; never the answer.

    Args:
        exercise_id: ``"3.2"``.
        step: 1, 2 or 3 for a particular one.

    Raises:
        KeyError: no exercise has this id.
        ValueError: step is not 1, 2 or 3.
    """
    asked = find_exercise(exercise_id)
    key, hints = _hints_for(asked)
    if step is None:
        step = min(_hints_given.get(key, 0) + 1, 3)
    if step not in (1, 2, 3):
        raise MisusedError(f"hint: expected step 1, 2 or 3, got {step!r}")
    _hints_given[key] = max(step, _hints_given.get(key, 0))
    text = hints[step - 1]
    answer = _answers.get(asked.id)
    if asked.hint_about and answer and answer.verdict and answer.verdict.status == WRONG:
        text = asked.hint_about(answer.function, step)
    told = f"{asked.id} {asked.name}, hint {step} of 3: {text}"
    print(textwrap.fill(told, width=90))


def _hints_for(asked: Exercise) -> tuple[str, tuple[str, str, str]]:
    """Hints about the mistake that the last verdict named, else about the exercise."""
    verdict = _answers[asked.id].verdict if asked.id in _answers else None
    for finding in verdict.findings if verdict else ():
        advice = find_advice(finding.cause)
        if advice is not None:
            return f"{asked.id} {advice.key}", advice.hints
    return asked.id, asked.hints


def progress(
    lesson: str | int | None = None, *, first: str | None = None, last: str | None = None
) -> Progress:
    """All exercises of a lesson with their state and points.

    Args:
        lesson: ``"03"``; by default those of which an answer was run, else all.
        first: the exercise to begin with, ``"3.10"``, where a lesson has two notebooks.
        last: the exercise to end with.

    Raises:
        KeyError: no exercise has the id first or last.
    """
    known = [e for e in all_exercises().values() if not e.planned or e.id in _answers]
    if lesson is not None:
        wanted = {f"{int(lesson):02d}"}
    else:
        wanted = {a.exercise.lesson for a in _answers.values()} or {e.lesson for e in known}
    begin = known.index(find_exercise(first)) if first else 0
    end = known.index(find_exercise(last)) + 1 if last else len(known)
    rows = [(e, _answers[e.id].verdict if e.id in _answers else None) for e in known[begin:end]]
    return Progress([(e, v) for e, v in rows if e.lesson in wanted])


class Answers:
    """Functions by name: the student's own where right, else the reference."""

    def __getattr__(self, name: str) -> Callable:
        for asked in all_exercises().values():
            if asked.name == name:
                return _trusted(asked)
        raise AttributeError(f"no exercise has a function named {name!r}")


def answers() -> Answers:
    """The functions that later cells build on, right for certain.

    Example:
        ``net = FullyConnectedNet(sizes, rng=rng, layers=answers())``
    """
    return Answers()


def _is_right(exercise_name: str) -> bool:
    return any(
        a.exercise.name == exercise_name and a.verdict is not None and a.verdict.right
        for a in _answers.values()
    )


def _trusted(asked: Exercise) -> Callable:
    """The student's function if right; forward and backward are served as a pair.

    A student's forward may keep another cache than the reference reads, so
    their forward is used only when their backward is right as well, or when
    there is no backward to match. One that calls itself calls itself: no
    reference answers for it.
    """
    if _serving_trusted and _serving_trusted[-1][0] == asked.id:
        return _serving_trusted[-1][1]
    partners = [e for e in all_exercises().values() if e.forward == asked.name]
    partners += [e for e in all_exercises().values() if e.name == asked.forward]
    if _is_right(asked.name) and all(_is_right(p.name) for p in partners):
        return _on_trusted_ones(asked, _answers[asked.id].function)
    return asked.reference


def _on_trusted_ones(asked: Exercise, function: Callable) -> Callable:
    """The function, with every other exercise that it calls served by a right answer."""

    @functools.wraps(function)
    def serve(*args, **kwargs):
        _serving_trusted.append((asked.id, function))
        try:
            return function(*args, **kwargs)
        finally:
            _serving_trusted.pop()

    return serve


def _judge_quietly(asked: Exercise, function: Callable) -> Verdict:
    return judge(asked, _on_trusted_ones(asked, function), _peers(asked))


def _peers(asked: Exercise) -> dict[str, Callable]:
    """The student's right answers by name, for exercises that build on others."""
    return {
        a.exercise.name: _on_trusted_ones(a.exercise, a.function)
        for a in _answers.values()
        if a.exercise.id != asked.id and a.verdict is not None and a.verdict.right
    }


def _open_blank(asked: Exercise) -> Callable:
    def blank(*args, **kwargs):
        raise NotImplementedError(asked.id)

    blank.__name__ = asked.name
    return blank
