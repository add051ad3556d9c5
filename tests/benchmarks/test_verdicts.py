"""The table of verdicts, measured again: what the README claims must be true now."""

import pytest

from benchmarks import verdicts
from course_utils.checking.exercises import all_exercises
from tests.checking.right import RIGHT

EXERCISES = {i: e for i, e in all_exercises().items() if e.make is not None}


@pytest.fixture(scope="module")
def scores():
    return [verdicts.score(e) for e in EXERCISES.values()]


@pytest.fixture(scope="module")
def right():
    return {e.id: verdicts.accusations(e, seeds=2) for e in EXERCISES.values()}


def test_every_known_mistake_is_caught(scores):
    assert [m for s in scores for m in s.missed] == []


def test_mistakes_are_named(scores):
    unnamed = [m for s in scores for m in s.unnamed]
    assert len(unnamed) <= 0.03 * sum(s.mistakes for s in scores), unnamed


def test_no_right_answer_is_accused(right):
    assert [a for r in right.values() for a in r[2]] == []


def test_every_exercise_has_mistakes_and_right_answers_enough(scores):
    for s in scores:
        assert s.mistakes >= 5, s.exercise.name
        assert len(RIGHT.get(s.exercise.name, [])) >= 5, s.exercise.name


def test_the_readme_and_the_table_say_what_is_measured(scores, right):
    told = verdicts.summary(scores, right)
    assert told in verdicts.README.read_text(encoding="utf-8")
    page = verdicts.TABLE.read_text(encoding="utf-8")
    assert told in page
    for s in scores:
        caught = s.mistakes - len(s.missed)
        row = f"| `{s.exercise.name}` | {s.mistakes} | {caught} | {caught - len(s.unnamed)} |"
        assert row in page
