"""The judge on answers of a trial: each wrong one is told helpfully, no right one accused."""

import functools
import importlib

import pytest

from course_utils.checking import judge
from course_utils.checking.exercises import find_exercise
from course_utils.checking.verdict import WRONG as WRONG_PART
from tests.checking.midnight import RIGHT, WRONG
from tests.checking.midnight.forwards import FORWARDS

for module in ("linear_models", "dense", "images", "sequences", "transfer", "second_round"):
    importlib.import_module(f"{__package__}.{module}")


def judged(entry, **more):
    forward = find_exercise(entry.exercise).forward
    peers = {forward: FORWARDS[forward]} if forward in FORWARDS else None
    return judge(entry.exercise, entry.answer, peers, **more)


@functools.cache
def verdict_on(number: int):
    return judged(WRONG[number])


def _each(entries):
    for number, entry in enumerate(entries):
        yield pytest.param(number, id=f"{entry.exercise}-{entry.answer.__name__}")


@pytest.mark.parametrize("number", list(_each(WRONG)))
def test_a_wrong_answer_is_caught_and_told(number):
    verdict = verdict_on(number)
    assert verdict.status == "wrong", verdict.text()
    assert WRONG[number].told in verdict.text()
    assert not any("unexplained" in f.evidence for f in verdict.findings)


def test_most_slips_are_named_and_not_only_shown():
    # "values": it says where the numbers are wrong, or gives a case to follow, and no slip.
    found = [[f.cause for f in verdict_on(k).findings if f.status == WRONG_PART]
             for k in range(len(WRONG))]  # fmt: skip
    unnamed = [entry.answer.__name__ for entry, causes in zip(WRONG, found, strict=True)
               if set(causes) <= {"values"}]  # fmt: skip
    assert len(WRONG) >= 180
    assert len(unnamed) / len(WRONG) <= 0.2, unnamed


@pytest.mark.parametrize("seed", [None, 1, 2])
@pytest.mark.parametrize("number", list(_each(RIGHT)))
def test_a_right_answer_is_not_accused(number, seed):
    verdict = judged(RIGHT[number], seed=seed)
    assert verdict.right, verdict.text()
