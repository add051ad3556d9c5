"""Grade many hand-ins: at once, kept one by one, and none stops the others."""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from course_utils.checking.exercises import find_exercise
from course_utils.sweep.canonical import configuration
from course_utils.sweep.engine import Task, at_once, outcomes
from course_utils.sweep.errors import SweepError
from course_utils.sweep.outcome import FAILED
from course_utils.workbook.grade.handins import HandIn, shown_name
from course_utils.workbook.grade.model import MISSING, ExerciseGrade, Graded, graded_from
from course_utils.workbook.grade.progress import BatchProgress
from course_utils.workbook.grade.secret import commitment
from course_utils.workbook.grade.store import Key, Store
from course_utils.workbook.grade.versions import code_hash, versions
from course_utils.workbook.project import WorkbookError

GradeFile = Callable[..., Graded]


@dataclass(frozen=True)
class Order:
    """How a batch is graded.

    Args:
        lesson: name of the lesson.
        exercises: ids, in order.
        seed: the secret seed.
        folder: that holds the hand-ins.
        grader: gives what grades one file, as ``grade(path, folder=…, student=…, seed=…)``;
            asked once, if there is anything to grade. What it gives goes to other processes.
        limits: what limits it holds to, as text; a part of the key.
        jobs: hand-ins at once; None for what joblib.parallel_config says.
    """

    lesson: str
    exercises: tuple[str, ...]
    seed: str
    folder: Path
    grader: Callable[[], GradeFile]
    limits: str = ""
    jobs: int | None = 1


@dataclass
class Batch:
    """What came out.

    Args:
        grades: one for each hand-in, in their order.
        kept: how many were there from before.
        seconds: {path: time} of those graded now.
        damaged: names of kept files that were damaged, and graded anew.
    """

    grades: list[Graded]
    kept: int
    seconds: dict[str, float] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)


def grade_batch(hand_ins: Sequence[HandIn], order: Order, store: Store) -> Batch:
    """Grade hand-ins, or take their grades from the store.

    Each grade is kept as soon as it is there. Stopped at any moment, by hand or by kill -9,
    and started again, it gives the same as without the stop.

    Args:
        hand_ins: one for each student.
        order: how.
        store: where grades are kept.

    Returns:
        The Batch; a hand-in that could not be graded is in it with an error.

    Raises:
        WorkbookError: the workers do not come up, or the disk is full.
    """
    grades: dict[int, Graded] = {}
    keys: dict[int, Key] = {}
    for number, hand_in in enumerate(hand_ins):
        key, why = _key(hand_in, order)
        if key is None:
            grades[number] = not_graded(hand_in, order, why)
        elif (kept := store.read(key)) is not None:
            grades[number] = _with_remarks(kept, hand_in)
        else:
            keys[number] = key
    batch = Batch([], len(grades), damaged=store.damaged)
    for number, outcome in _work(hand_ins, keys, order):
        hand_in = hand_ins[number]
        graded, why = _graded_from(outcome, keys[number], order)
        if math.isfinite(outcome.seconds):
            batch.seconds[hand_in.path] = outcome.seconds
        if graded is None:  # not kept: another time it may work
            grades[number] = not_graded(hand_in, order, why, keys[number].sha256)
            continue
        try:
            store.write(keys[number], graded)
        except OSError as error:
            raise WorkbookError(
                f"a grade could not be written to {store.folder} ({error.strerror or error}). "
                "Those before it are kept: mend it and run the same command again."
            ) from error
        grades[number] = _with_remarks(graded, hand_in)
    batch.grades = [grades[number] for number in range(len(hand_ins))]
    return batch


def not_graded(hand_in: HandIn, order: Order, why: str, sha256: str = "") -> Graded:
    """The row of a hand-in that could not be graded: no points, and the reason."""
    asked = [find_exercise(e) for e in order.exercises]
    none = tuple(ExerciseGrade(e.id, e.name, e.points, 0.0, MISSING) for e in asked)
    return Graded(
        hand_in.student, hand_in.path, sha256, order.lesson, none, hand_in.remarks, shown_name(why)
    )


def _key(hand_in: HandIn, order: Order) -> tuple[Key | None, str]:
    if hand_in.file is None:
        return None, "no notebook (.ipynb) and no hand-in (.zip) in this student's folder"
    try:
        with hand_in.file.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256") if _HAS_DIGEST else _digest(file)
    except OSError as error:
        return None, f"the file cannot be read ({error.strerror or error})"
    code = f"{code_hash()} {sorted(versions().items())}"
    seed = commitment(order.seed, order.lesson)
    about = (hand_in.student, hand_in.path, sha256.hexdigest(), order.lesson, order.exercises)
    return Key(*about, seed, code, order.limits), ""


_HAS_DIGEST = hasattr(hashlib, "file_digest")  # Python 3.11


def _digest(file: Any) -> Any:
    whole = hashlib.sha256()
    while piece := file.read(1 << 20):
        whole.update(piece)
    return whole


def _work(hand_ins: Sequence[HandIn], keys: dict[int, Key], order: Order):
    """(number, outcome) of all that is still to be graded, as they come."""
    try:
        workers = at_once(order.jobs)
        progress = BatchProgress(len(hand_ins), keys, workers)
        if not keys:
            progress.close()
            return
        grade = functools.partial(
            _grade_one, grade_file=order.grader(), folder=str(order.folder), seed=order.seed
        )
        tasks = [
            Task(n, configuration({"path": str(h.file), "student": h.student}), None)
            for n, h in enumerate(hand_ins)
            if n in keys
        ]
        try:
            for task, outcome in outcomes(grade, tasks, workers):
                progress.ended(task.number, outcome.seconds)
                yield task.number, outcome
        finally:
            progress.close()
    except SweepError as error:
        raise WorkbookError(str(error)) from error


def _grade_one(path: str, student: str, *, grade_file, folder: str, seed: str) -> dict[str, Any]:
    """What a worker does; plain data goes back."""
    graded = grade_file(Path(path), folder=Path(folder), student=student, seed=seed)
    return {"graded": graded.to_dict()}


def _graded_from(outcome, key: Key, order: Order) -> tuple[Graded | None, str]:
    """The grade, or None and why there is none."""
    if outcome.status == FAILED:
        error = outcome.error or {}
        told = " ".join(f"{error.get('type')}: {error.get('message')}".split())
        return None, f"the grader failed on this hand-in ({told[:300]}); grade it by hand"
    try:
        graded = graded_from(json.loads(outcome.result)["graded"])
    except (KeyError, TypeError, ValueError) as error:
        return None, f"the grader gave no grade ({type(error).__name__}: {error})"
    graded = replace(graded, path=key.path)
    if graded.error:  # a file that is refused before it is read has no hash
        graded = replace(graded, sha256=key.sha256)
    if graded.sha256 != key.sha256:
        return None, "the file changed while it was graded; run the same command again"
    why = _oddity(graded, order)
    return (None, f"the grader gave an odd grade ({why})") if why else (graded, "")


def _oddity(graded: Graded, order: Order) -> str:
    """What no grade may be, "" if all is well."""
    ids = tuple(e.exercise for e in graded.exercises)
    if ids != order.exercises:
        return f"exercises {', '.join(ids)} instead of {', '.join(order.exercises)}"
    for e in graded.exercises:
        worth = find_exercise(e.exercise).points
        if not (e.points == worth and math.isfinite(e.earned) and 0 <= e.earned <= worth):
            return f"{e.exercise}: {e.earned} of {e.points} points, it is worth {worth:g}"
    return ""


def _with_remarks(graded: Graded, hand_in: HandIn) -> Graded:
    """What the folder tells, before what the file tells."""
    return replace(graded, remarks=(*hand_in.remarks, *graded.remarks))
