"""What a class did: exercises by how hard they were, mistakes by how many made them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from course_utils.checking.mistakes import find_advice
from course_utils.workbook.grade.boxes import STATES
from course_utils.workbook.grade.model import Graded


@dataclass(frozen=True)
class ExerciseSum:
    """One exercise over all hand-ins that could be graded.

    Args:
        exercise: id.
        name: of the function.
        points: what it is worth.
        states: {state: hand-ins}, all five.
        share: of its points that were earned, on average.
    """

    exercise: str
    name: str
    points: float
    states: dict[str, int]
    share: float


@dataclass(frozen=True)
class MistakeSum:
    """One known mistake over all hand-ins.

    Args:
        key: its name, ``"averaged"``.
        students: how many made it, in any exercise.
        where: (exercise, function, students), most first.
        sentence: what most of them were told.
        question: the first hint, to ask in class.
    """

    key: str
    students: int
    where: tuple[tuple[str, str, int], ...]
    sentence: str
    question: str


def exercise_sums(grades: Sequence[Graded]) -> list[ExerciseSum]:
    """Exercises of a lesson, the hardest first.

    Args:
        grades: of one lesson; those with an error are left out.
    """
    able = [g for g in grades if not g.error]
    sums = []
    for place, asked in enumerate(able[0].exercises if able else ()):
        given = [g.exercises[place] for g in able]
        states = Counter(e.status for e in given)
        share = sum(e.earned for e in given) / (asked.points * len(given)) if asked.points else 1.0
        sums.append(
            ExerciseSum(
                asked.exercise, asked.name, asked.points, {s: states[s] for s in STATES}, share
            )
        )
    return sorted(sums, key=lambda s: s.share)  # stable: the order of the lesson among equals


def mistake_sums(grades: Sequence[Graded]) -> list[MistakeSum]:
    """Known mistakes, the most frequent first.

    Args:
        grades: of one lesson.
    """
    students: Counter[str] = Counter()
    where: dict[str, Counter[tuple[str, str]]] = {}
    told: dict[str, Counter[str]] = {}
    questions: dict[str, str] = {}
    for graded in grades:
        students.update({key for e in graded.exercises for key in e.mistakes})
        for e in graded.exercises:
            for key in e.mistakes:
                where.setdefault(key, Counter())[e.exercise, e.name] += 1
            for finding in e.findings:
                advice = find_advice(finding.cause) if "/" in finding.cause else None
                if advice is not None:
                    told.setdefault(advice.key, Counter())[finding.message] += 1
                    questions[advice.key] = advice.hints[0]
    return [
        MistakeSum(
            key,
            count,
            tuple((*place, n) for place, n in _most_first(where[key])),
            _most_first(told[key])[0][0] if key in told else "",
            questions.get(key, ""),
        )
        for key, count in _most_first(students)
    ]


def _most_first(counter: Counter) -> list[tuple]:
    """Largest count first, then by name: the same order every time."""
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))
