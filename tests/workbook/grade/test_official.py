"""A student's own score is the official one: the whole catalogue, through the wire, secretly.

Every known mistake and every right answer is judged twice: by the public judge, and as the
grader does it, each call encoded and decoded both ways and each probe drawn from a secret
seed. The points must be the same.
"""

import importlib

import pytest

from course_utils import nn
from course_utils.checking.exercises import all_exercises, find_exercise
from course_utils.checking.exercises.lesson_05_attention import WithGiven
from course_utils.checking.mistakes import catalogue
from course_utils.checking.mistakes.match import as_answer
from course_utils.workbook.grade.seeds import derived, secret_seed
from tests.checking.question_answers import RIGHT as RIGHT_QUESTIONS
from tests.checking.question_answers import WRONG as WRONG_QUESTIONS
from tests.checking.right import RIGHT
from tests.workbook.grade.loopback import session_of

SECRET = "a secret of the tests"
JUDGE = importlib.import_module("course_utils.checking.judge")
PROBED = [e.id for e in all_exercises().values() if e.make is not None]
ASKED = [e.id for e in all_exercises().values() if e.make is None]


@pytest.fixture
def _no_causes(monkeypatch):
    """Points do not depend on the cause that is named, and the search takes most of the time."""

    def first_wrong(case, brief=False):
        found = [t.finding for t in case.trials if t.finding.message or case.wrong]
        return case.wrong[0].finding if case.wrong else (found or [case.trials[0].finding])[0]

    monkeypatch.setattr(JUDGE, "explain", first_wrong)


def through_the_wire(exercise, answer, seed=None, **partner):
    """A verdict as the grader comes to it, beside functions of the hand-in that are right."""
    session = session_of(exercise, {exercise.name: answer, **partner}, right=partner)
    return JUDGE.judge(exercise, session.answer(exercise.name), session.peers(), seed=seed)


def handed_in(exercise, mistake):
    """A known mistake as an answer, and with it the functions of one's own that it needs.

    Slips in the masked loss's gradient read the logits of padding, which the reference's
    forward does not keep. Here a forward keeps them, in a cache of its own form, as a student's
    may; nothing but that cache reaches the answer through the wire.
    """
    answer = as_answer(exercise, mistake)
    if exercise.forward != "temporal_softmax_forward":
        return answer, {}

    def forward(Z, y, mask):
        return nn.temporal_softmax_forward(Z, y, mask)[0], (Z, y, mask)

    def backward(dloss, cache):
        read = WithGiven(nn.temporal_softmax_forward(*cache)[1])
        read.given = cache
        return answer(dloss, read)

    return backward, {"temporal_softmax_forward": forward}


def all_answers(exercise):
    """What it is, the answer as the catalogue has it, and as it is handed in."""
    known = [
        (m.id, as_answer(exercise, m), *handed_in(exercise, m)) for m in catalogue(exercise.name)
    ]
    return known + [(f"right/{told}", answer, answer, {}) for told, answer in RIGHT[exercise.name]]


@pytest.mark.usefixtures("_no_causes")
@pytest.mark.parametrize("number", PROBED)
def test_every_known_answer_earns_the_same_in_both_places(number):
    exercise, differing = find_exercise(number), []
    secret = secret_seed(SECRET, number)
    assert secret != exercise.seed
    for told, answer, handed, partner in all_answers(exercise):
        official = through_the_wire(exercise, handed, secret, **partner)
        own = JUDGE.judge(exercise, answer)
        same = (own.status, round(own.earned, 6)) == (official.status, round(official.earned, 6))
        if not same:
            differing.append(f"{told}\n{own.text()}\n{official.text()}")
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("number", PROBED)
def test_a_mistake_is_told_in_the_same_words(number):
    exercise = find_exercise(number)
    for told, answer, handed, partner in all_answers(exercise)[::9]:
        own = JUDGE.judge(exercise, answer)
        official = through_the_wire(exercise, handed, **partner)
        assert own.text().split("\n")[1:] == official.text().split("\n")[1:], told


@pytest.mark.parametrize("number", ASKED)
def test_derivations_and_questions_are_judged_alike(number):
    exercise = find_exercise(number)
    answers = [exercise.reference(), None, "dW = dW", ["dW = X @ dY", "L = 0"], 0.5, ["("], []]
    answers += RIGHT_QUESTIONS.get(number, [])
    answers += [wrong for wrong, _ in WRONG_QUESTIONS.get(number, [])]
    for given in answers:
        own = JUDGE.judge(exercise, lambda given=given: given)
        official = through_the_wire(exercise, lambda given=given: given)
        assert own.text().split("\n")[1:] == official.text().split("\n")[1:], given
        assert (own.status, own.earned) == (official.status, official.earned)


def test_secret_seeds_follow_from_the_secret_and_the_exercise():
    assert secret_seed("one", "3.1") == secret_seed("one", "3.1")
    assert len({secret_seed(s, i) for s in ("one", "two") for i in ("3.1", "3.2")}) == 4
    assert derived("a", "3.1", 0) != derived("a", "3.1", 1)
    # A secret that ends like an exercise is no other secret.
    assert derived("s/3.1", "3.2", 0) != derived("s", "3.1/3.2", 0)
