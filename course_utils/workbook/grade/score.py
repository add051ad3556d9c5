"""Grade one hand-in: its functions run in a child, the verdicts are made here."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from course_utils.checking.exercises import Exercise
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import find_advice
from course_utils.checking.verdict import Verdict
from course_utils.workbook.grade.assignment import Assignment, Limits
from course_utils.workbook.grade.childtree import child_tree
from course_utils.workbook.grade.model import (
    MISSING,
    OPEN,
    RIGHT,
    STOPPED,
    WRONG,
    ExerciseGrade,
    Graded,
    Told,
)
from course_utils.workbook.grade.process import Process
from course_utils.workbook.grade.seeds import secret_seed
from course_utils.workbook.grade.session import Session
from course_utils.workbook.grade.stopped import StoppedError
from course_utils.workbook.grade.submission import HandIn, HandInError, read_bytes, read_hand_in

_LONGEST, _LONGEST_SOURCE = 20_000, 50_000


def grade_file(
    path: Path,
    *,
    folder: Path,
    student: str,
    assignment: Assignment,
    seed: str,
    limits: Limits | None = None,
    allow_weak: bool = False,
    seeds: Mapping[str, int] | None = None,
    tree: Path | None = None,
) -> Graded:
    """Grade one hand-in.

    Args:
        path: a notebook, or the zip that `submit` makes.
        folder: the folder that is graded; the file must be in it.
        student: who, as the grade sheet shall say.
        assignment: what was set.
        seed: the assignment's secret.
        limits: what the answers may use.
        allow_weak: grade also where this machine cannot close network or disk.
        seeds: of each exercise, `secret_seed` of the secret; found here if not given, which
            takes seconds for a lesson.
        tree: what `child_tree` made, for workers to share; made here if not given.

    Returns:
        The grade: the same for the same file, seed and version, whenever and wherever made.
        A hand-in that cannot be graded gives one with `Graded.error`, no exception.

    Raises:
        WorkbookError: this machine cannot close network or disk, and `allow_weak` is off.
    """
    limits = limits or Limits()
    path, folder = Path(path), Path(folder)
    data = b""

    def graded(exercises, remarks=(), error="") -> Graded:
        return Graded(
            student=student,
            path=path.relative_to(folder).as_posix(),
            sha256=hashlib.sha256(data).hexdigest(),
            lesson=assignment.lesson,
            exercises=tuple(exercises),
            remarks=tuple(dict.fromkeys(remarks)),
            error=error,
        )

    missing = [_missing(e) for e in assignment.asked]
    try:
        data = read_bytes(path, folder, limits.hand_in_bytes)
        hand_in = read_hand_in(data, path.name, limits.hand_in_bytes)
    except HandInError as error:
        return graded(missing, error=str(error))
    start = functools.partial(
        _start, limits=limits, allow_weak=allow_weak, hidden=(folder,), tree=tree
    )
    session = Session(start, list(hand_in.cells), assignment.names, limits)
    try:
        seeds = seeds or secret_seeds(assignment, seed)
        exercises = grade_exercises(session, assignment, seeds)
    except StoppedError as error:
        told = f"the notebook could not be read: {error.why}"
        return graded(missing, hand_in.remarks, error=told)
    finally:
        session.close()
    return graded(exercises, [*_about(hand_in, assignment), *hand_in.remarks, *session.remarks])


def protections(limits: Limits | None = None, allow_weak: bool = True) -> dict[str, bool]:
    """What locks an answer in on this machine, by name; told by a child that was locked in."""
    limits = limits or Limits()
    session = Session(
        functools.partial(_start, limits=limits, allow_weak=allow_weak), [], (), limits
    )
    try:
        session.read()
        return {str(k): bool(v) for k, v in session.protections.items()}
    finally:
        session.close()


def secret_seeds(assignment: Assignment, seed: str) -> dict[str, int]:
    """The secret seed of every exercise that was set, by its id."""
    return {exercise: secret_seed(seed, exercise) for exercise in assignment.exercises}


def grade_exercises(
    session: Session, assignment: Assignment, seeds: Mapping[str, int]
) -> list[ExerciseGrade]:
    """The grades of all exercises that were set, in the order of the lessons.

    Raises:
        StoppedError: the notebook could not even be read.
    """
    found = session.read()
    grades = []
    for exercise in assignment.asked:
        if exercise.name not in found:
            grades.append(_missing(exercise))
            continue
        grade = _graded(session, exercise, seeds[exercise.id], found[exercise.name][1])
        if grade.status == RIGHT:
            session.right.append(exercise.name)
        elif grade.status != OPEN:  # what failed at the top level may be the cause
            session.remarks += session.about_load
        grades.append(grade)
    return grades


def _start(
    serve: Callable[[bytes], bytes],
    *,
    limits: Limits,
    allow_weak: bool,
    hidden: tuple[Path, ...] = (),
    tree: Path | None = None,
) -> Process:
    settings = {"allow_weak": allow_weak}
    return Process(tree or child_tree(), limits, serve, settings, hidden)


def _graded(session: Session, exercise: Exercise, seed: int, source: str) -> ExerciseGrade:
    try:
        session.begin(exercise)
        verdict = judge(
            exercise,
            session.answer(exercise.name),
            session.peers(),
            seconds=session.limits.seconds_per_exercise,
            seed=seed,
        )
    except StoppedError as error:
        return _stopped(exercise, error, source)
    except Exception as error:  # an answer that gets the judge itself into trouble
        told = f"what it returned cannot be judged ({type(error).__name__})."
        return _stopped(exercise, StoppedError(told, "message"), source)
    if session.stopped is not None and any(f.cause == "endless" for f in verdict.findings):
        return _stopped(exercise, session.stopped, source)
    return from_verdict(exercise, verdict, source)


def from_verdict(exercise: Exercise, verdict: Verdict, source: str = "") -> ExerciseGrade:
    """A verdict as plain data."""
    advice = [find_advice(f.cause) for f in verdict.findings if f.status == WRONG]
    return ExerciseGrade(
        exercise=exercise.id,
        name=exercise.name,
        points=float(exercise.points),
        earned=round(min(max(float(verdict.earned), 0.0), float(exercise.points)), 4),
        status=verdict.status,
        findings=tuple(
            Told(f.part[:200], f.status, f.cause[:200], f.message[:_LONGEST])
            for f in verdict.findings[:200]
        ),
        mistakes=tuple(sorted({a.key for a in advice if a is not None})),
        text=verdict.text()[:_LONGEST],
        source=source[:_LONGEST_SOURCE],
    )


def _missing(exercise: Exercise) -> ExerciseGrade:
    text = (
        f"✗ {exercise.id} {exercise.name}: 0 of {exercise.points:g} points\n"
        f"  No function of this name was found. Was its cell deleted, or the function renamed?"
    )
    points = float(exercise.points)
    return ExerciseGrade(exercise.id, exercise.name, points, 0.0, MISSING, text=text)


def _stopped(exercise: Exercise, error: StoppedError, source: str) -> ExerciseGrade:
    message = f"{error.why[0].upper()}{error.why[1:]} {_NEXT[error.kind]}"
    text = f"✗ {exercise.id} {exercise.name}: 0 of {exercise.points:g} points\n  {message}"
    findings = (Told("", WRONG, "endless" if error.kind == "time" else error.kind, message),)
    points = float(exercise.points)
    return ExerciseGrade(
        exercise.id,
        exercise.name,
        points,
        0.0,
        STOPPED,
        findings,
        (),
        text,
        source[:_LONGEST_SOURCE],
    )


_NEXT = {
    "time": "An endless loop? (A loop must change its condition.)",
    "crash": "It was stopped, and the other exercises were graded without it.",
    "message": "It was stopped, and the other exercises were graded without it.",
    "files": "An answer has nothing to write: it was stopped.",
}


def _about(hand_in: HandIn, assignment: Assignment) -> list[str]:
    if hand_in.lesson and hand_in.lesson != assignment.lesson:
        return [f"the notebook says that it is {hand_in.lesson[:80]}, not {assignment.lesson}."]
    return []
