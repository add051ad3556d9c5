"""The secret seeds: other numbers in the probes than students see, as telling as those."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
from typing import Any

import numpy as np

from course_utils.checking.asking import ask, references
from course_utils.checking.case import Trial
from course_utils.checking.compare import compare_part
from course_utils.checking.credit import credit
from course_utils.checking.exercises import Exercise, find_exercise
from course_utils.checking.mistakes import catalogue
from course_utils.checking.mistakes.match import values_on
from course_utils.checking.verdict import NOTE, Finding
from course_utils.workbook.project import WorkbookError

TRIES = 16
Shares = dict[str, dict[str, float]]


def derived(seed: str, exercise_id: str, attempt: int) -> int:
    """A number below 2**63 that follows from all three, and tells nothing of the seed."""
    text = f"{len(seed)}:{seed}/{exercise_id}/{attempt}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


@functools.cache
def secret_seed(seed: str, exercise_id: str) -> int:
    """The seed of one exercise's probes.

    Args:
        seed: the assignment's secret.
        exercise_id: ``"3.2"``.

    Returns:
        The first derived number with which every known mistake earns what it earns in the
        student's notebook; where none of 16 does, the one that comes nearest.

    Raises:
        WorkbookError: the probes cannot be made with any of them.
    """
    asked = find_exercise(exercise_id)
    if asked.make is None:
        return derived(seed, exercise_id, 0)
    wanted, best, fewest = shares(asked), None, None
    for attempt in range(TRIES):
        number = derived(seed, exercise_id, attempt)
        try:
            got = shares(dataclasses.replace(asked, seed=number))
        except ValueError:  # these probes cannot be drawn with every seed
            continue
        differing = sum(got[m] != wanted[m] for m in wanted)
        if fewest is None or differing < fewest:
            best, fewest = number, differing
        if not differing:
            break
    if best is None:
        raise WorkbookError(
            f"exercise {exercise_id}: its probes can be made with none of {TRIES} secret seeds. "
            "Choose another seed for the assignment."
        )
    return best


def shares(exercise: Exercise) -> Shares:
    """What every known mistake earns for each part, on the probes of this exercise's seed.

    Returns:
        {mistake: {part: share}}; nothing for one that raises.
    """
    probes, peers = exercise.probes(), references()
    right = [ask(exercise, probe, exercise.reference, peers) for probe in probes]
    found = {}
    for mistake in catalogue(exercise.name):
        values = values_on(exercise, mistake, probes)
        parts = values[0] if values else {}
        found[mistake.id] = {
            part: credit(
                exercise,
                [
                    Trial(
                        p, v.get(part), r[part], _compared(exercise, p, part, v.get(part), r[part])
                    )
                    for p, v, r in zip(probes, values, right, strict=True)
                ],
            )
            for part in parts
            if part in right[0]
        }
    return found


def _compared(exercise: Exercise, probe: Any, part: str, got: Any, right: Any) -> Finding:
    finding = compare_part(exercise, probe, part, got, right)
    asked = finding.cause == "values" and exercise.convention is not None
    if asked and exercise.convention(probe, part, np.asarray(got), np.asarray(right)):
        return Finding(part, NOTE, "convention")
    return finding
