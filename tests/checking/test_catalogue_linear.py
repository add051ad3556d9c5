"""The catalogue of the linear models: each mistake named, no right answer accused."""

import pytest

from course_utils.checking.designer import examine
from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import WHOLE, catalogue, find_advice
from course_utils.checking.mistakes.match import as_answer
from tests.checking.right import RIGHT

NAMES = [
    "meeting_point",
    "gaussian_basis",
    "polynomial_basis",
    "logistic_loss_forward",
    "logistic_loss_backward",
    "logistic_regression_loss_and_grads",
    "logistic_hessian",
    "largest_stable_rate",
    "softmax_regression_loss_and_grads",
    "confusion_matrix",
]
EXERCISES = {e.name: e for e in all_exercises().values() if e.name in NAMES}
MISTAKES = [m for name in NAMES for m in catalogue(name)]
RIGHT_ONES = [(name, told, answer) for name in NAMES for told, answer in RIGHT[name]]


@pytest.mark.parametrize("name", NAMES)
def test_eight_mistakes_and_six_right_answers_at_least(name):
    assert len(catalogue(name)) >= 8
    assert len(RIGHT[name]) >= 6


@pytest.mark.parametrize("name", NAMES)
def test_the_probes_tell_all_mistakes_apart(name):
    design = examine(EXERCISES[name])
    assert design.good, design


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_distinct_within_a_probe(name):
    for probe in EXERCISES[name].probes():
        assert len(set(probe.sizes.values())) == len(probe.sizes)


@pytest.mark.parametrize("seed", [None, 3])
@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_named(mistake, seed):
    exercise = EXERCISES[mistake.name]
    verdict = judge(exercise, as_answer(exercise, mistake), seed=seed)
    assert verdict.status == "wrong"
    wrong = {f.part: f for f in verdict.findings if f.status == "wrong"}
    if mistake.parts != (WHOLE,):
        assert set(wrong) == set(mistake.parts), verdict.text()
    for part, finding in wrong.items():
        advice = find_advice(finding.cause)
        assert advice is not None, f"{part}: {finding.cause}: {finding.message}"
        assert advice.key == mistake.advice.key, f"{part}: {finding.cause}: {finding.message}"


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_told_in_one_short_sentence(mistake):
    assert len(mistake.says.split()) <= 15
    assert not mistake.says.endswith(".")
    assert len(set(mistake.advice.hints)) == 3


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("name", "answer"),
    [(name, answer) for name, _, answer in RIGHT_ONES],
    ids=[f"{name}/{told}-{i}" for i, (name, told, _) in enumerate(RIGHT_ONES)],
)
def test_a_right_answer_is_never_accused(name, answer, seed):
    verdict = judge(EXERCISES[name], answer, seed=seed)
    assert verdict.right, verdict.text()
