"""The catalogue of the layers for sequences: each mistake named, no right answer accused."""

import copy
import itertools

import numpy as np
import pytest

from course_utils.checking.designer import examine
from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import catalogue, find_advice
from course_utils.checking.mistakes.match import as_answer
from tests.checking.right import RIGHT
from tests.checking.right.sequences_pairs import PAIRS

NAMES = [
    f"{layer}_{way}"
    for layer in (
        "embedding",
        "rnn_step",
        "rnn",
        "lstm_step",
        "lstm",
        "temporal_softmax",
        "attention",
    )
    for way in ("forward", "backward")
]
EXERCISES = {e.name: e for e in all_exercises().values() if e.name in NAMES}
MISTAKES = [m for name in NAMES for m in catalogue(name)]
RIGHT_ONES = [(name, told, answer) for name in NAMES for told, answer in RIGHT[name]]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_named(mistake):
    exercise = EXERCISES[mistake.name]
    verdict = judge(exercise, as_answer(exercise, mistake))
    assert verdict.status == "wrong"
    wrong = {f.part: f for f in verdict.findings if f.status == "wrong"}
    assert set(wrong) == set(mistake.parts), verdict.text()
    for part, finding in wrong.items():
        advice = find_advice(finding.cause)
        assert advice is not None, f"{part}: {finding.cause}: {finding.message}"
        assert advice.key == mistake.advice.key, f"{part}: {finding.cause}: {finding.message}"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_told_in_one_short_sentence(mistake):
    assert len(mistake.says.split()) <= 15
    assert not mistake.says.endswith(".")
    assert len(mistake.advice.hints) == 3


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize(
    ("name", "answer"),
    [(name, answer) for name, _, answer in RIGHT_ONES],
    ids=[f"{name}/{told}" for name, told, _ in RIGHT_ONES],
)
def test_a_right_answer_is_not_accused(name, answer, seed):
    verdict = judge(EXERCISES[name], answer, seed=seed)
    assert verdict.right, verdict.text()


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize(("forward", "backward"), PAIRS, ids=lambda f: f.__name__)
def test_a_backward_may_read_a_cache_of_its_own(forward, backward, seed):
    peers = {f"{forward.layer}_forward": forward}
    verdict = judge(EXERCISES[f"{forward.layer}_backward"], backward, peers, seed=seed)
    assert verdict.right, verdict.text()


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_is_large_enough_and_told_apart(name):
    exercise = EXERCISES[name]
    assert len(catalogue(name)) >= 5
    assert len(RIGHT[name]) >= 5
    design = examine(exercise)
    assert design.good, design


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_distinct_and_vary(name):
    sizes = EXERCISES[name].sizes
    assert all(len(set(s.values())) == len(s) for s in sizes)
    assert all(len({s[letter] for s in sizes}) >= 2 for letter in sizes[0])


def test_tokens_are_repeated_and_one_never_occurs():
    for probe in EXERCISES["embedding_backward"].probes():
        tokens, W = probe.args
        assert all(len(set(row)) < len(row) for row in tokens.tolist())
        assert any(set(a) & set(b) for a, b in itertools.pairwise(tokens.tolist()))
        assert len(np.unique(tokens)) < len(W)


def test_masks_vary_in_length_and_hide_whole_places():
    masks = [p.args[2] for p in EXERCISES["temporal_softmax_forward"].probes()]
    assert any(len(set(m.sum(axis=1).tolist())) > 1 for m in masks)
    assert any(not m.any(axis=0).all() for m in masks)
    assert any(not m.any(axis=1).all() for m in masks)
    shown = [p.args[3] for p in EXERCISES["attention_forward"].probes()]
    assert any(m is None for m in shown)
    assert any(m is not None and not m.any(axis=-1).all() for m in shown)
    assert any(m is not None and m.ndim == 2 for m in shown)


def wrong_for_no_known_reason(function):
    """The answer with some numbers spoilt, by no rule that a catalogue could know."""

    def answer(*args):
        result = copy.deepcopy(function(*args))
        first = result[0] if isinstance(result, tuple) else result
        spoilt = np.asarray(first) + 0.1 * np.sin(7 * np.asarray(first))
        return (spoilt, *result[1:]) if isinstance(result, tuple) else spoilt

    return answer


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_mistake_gets_a_case_to_follow_by_hand(name):
    exercise = EXERCISES[name]
    verdict = judge(exercise, wrong_for_no_known_reason(exercise.reference))
    finding = verdict.findings[0]
    assert finding.cause == "values", finding
    assert "By hand: " in finding.message


def test_two_gradients_may_arrive_at_once():
    """The step of the LSTM passes dc beside dh; a case to follow by hand names both."""
    exercise = EXERCISES["lstm_step_backward"]
    message = judge(exercise, wrong_for_no_known_reason(exercise.reference)).findings[0].message
    assert "dh = [[" in message
    assert "dc = [[" in message
