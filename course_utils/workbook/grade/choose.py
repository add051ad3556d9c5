"""Which file of each student counts, lesson by lesson."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from course_utils.words import listed
from course_utils.workbook.grade.handins import Found, HandIn, natural
from course_utils.workbook.project import WorkbookError


@dataclass(frozen=True)
class LessonSet:
    """What is graded for one lesson.

    Args:
        lesson: name.
        hand_ins: one for each student, in the order of their names.
        passed_over: (path, why) of all else in the folder.
    """

    lesson: str
    hand_ins: tuple[HandIn, ...]
    passed_over: tuple[tuple[str, str], ...]


def by_lesson(found: Found, lesson_of: Callable[[Path], str], chosen: str = "") -> list[LessonSet]:
    """Sort hand-ins by the lesson that they answer, and take one of each student.

    Args:
        found: in the folder.
        lesson_of: tells the lesson of a file, "" where it cannot be told.
        chosen: the one lesson to grade; "" takes all that are answered.

    Returns:
        A set for each lesson. A student with nothing for the lesson that was chosen has a row
        too; files of which the lesson cannot be told go with the first.

    Raises:
        WorkbookError: no file tells its lesson, and none was chosen.
    """
    all_ = [replace(h, lesson=lesson_of(h.file)) if h.file else h for h in found.hand_ins]
    lessons = [chosen] if chosen else sorted({h.lesson for h in all_ if h.lesson})
    if not lessons:
        raise WorkbookError(
            "grade: none of the files tells which lesson it answers. Say it: --lesson 03"
        )
    known = {h.slug for h in all_ if h.lesson in lessons}
    sets = []
    for lesson in lessons:
        fitting = [h for h in all_ if h.lesson == lesson]
        if lesson == lessons[0]:
            unsure = [h for h in all_ if not h.lesson and h.slug not in known]
            have = known | {h.slug for h in unsure}
            others = [h for h in all_ if h.lesson and h.slug not in have]
            fitting += [replace(h, lesson=lesson) for h in unsure]
            fitting += [_nothing_for(lesson, h) for h in latest(others)]
        sets.append(_one_set(lesson, fitting, all_, found))
    return sets


def latest(hand_ins: Sequence[HandIn]) -> list[HandIn]:
    """One hand-in for each student: the last by name, numbers as numbers.

    ``hand_in-2.ipynb`` comes after ``hand_in.ipynb`` and before ``hand_in-10.ipynb``.
    A file's date is not asked: copying changes it.
    """
    groups: dict[str, list[HandIn]] = {}
    for hand_in in hand_ins:
        groups.setdefault(hand_in.slug, []).append(hand_in)
    chosen = []
    for group in groups.values():
        *others, last = sorted(group, key=lambda h: (natural(h.path), h.path))
        if others:
            names = listed([other.path for other in others])
            told = f"{len(group)} files: graded {last.path}, the last by name; not {names}"
            last = replace(last, remarks=(*last.remarks, told))
        chosen.append(last)
    return chosen


def _one_set(
    lesson: str, fitting: Sequence[HandIn], all_: Sequence[HandIn], found: Found
) -> LessonSet:
    order: dict[str, int] = {}
    for number, hand_in in enumerate(all_):
        order.setdefault(hand_in.slug, number)
    kept = sorted(latest(fitting), key=lambda h: order[h.slug])
    taken = {h.path for h in kept}
    left = [
        (h.path, f"answers {h.lesson}" if h.lesson not in ("", lesson) else "not the last by name")
        for h in all_
        if h.path and h.path not in taken
    ]
    return LessonSet(lesson, tuple(kept), tuple(sorted([*found.passed_over, *left])))


def _nothing_for(lesson: str, hand_in: HandIn) -> HandIn:
    told = f"no hand-in for {lesson}: {hand_in.path} answers {hand_in.lesson}"
    return replace(hand_in, path="", file=None, lesson=lesson, remarks=(*hand_in.remarks, told))
