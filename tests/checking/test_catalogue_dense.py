import pytest

from course_utils.checking.designer import examine
from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import WHOLE, catalogue, find_advice
from course_utils.checking.mistakes.match import as_answer
from tests.checking.right import RIGHT

NAMES = [
    "neuron_forward",
    "neuron_backward",
    "linear_forward",
    "linear_backward",
    "relu_forward",
    "relu_backward",
    "sigmoid_forward",
    "sigmoid_backward",
    "tanh_forward",
    "tanh_backward",
    "softmax",
    "softmax_cross_entropy_forward",
    "softmax_cross_entropy_backward",
    "l2_penalty_forward",
    "l2_penalty_backward",
    "two_layer_loss_and_grads",
    "sgd_update",
    "momentum_update",
    "rmsprop_update",
    "adam_update",
]
EXERCISES = {e.name: e for e in all_exercises().values()}
MISTAKES = [m for name in NAMES for m in catalogue(name)]
SEEDS = range(6)


@pytest.mark.parametrize("name", NAMES)
def test_five_mistakes_and_five_right_answers_at_least(name):
    assert len(catalogue(name)) >= 5
    assert len(RIGHT[name]) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_the_probes_tell_all_mistakes_apart(name):
    design = examine(EXERCISES[name])
    assert design.good, design


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_known_mistake_is_named(mistake):
    exercise = EXERCISES[mistake.name]
    verdict = judge(exercise, as_answer(exercise, mistake))
    assert verdict.status == "wrong"
    found = {f.part: f for f in verdict.findings if f.status == "wrong"}
    if mistake.parts == (WHOLE,):
        # A rule goes wrong from some step on. Several slips may agree at that one step.
        first = next(iter(found.values()))
        assert mistake.id in first.evidence["mistakes"], verdict.text()
        return
    for part in mistake.parts:
        assert find_advice(found[part].cause) == mistake.advice, verdict.text()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_told_in_one_short_sentence(mistake):
    assert len(mistake.says.split()) <= 15
    assert not mistake.says.endswith(".")
    assert len(set(mistake.advice.hints)) == 3


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        pytest.param(name, answer, id=f"{name}-{i}-{told}")
        for name in NAMES
        for i, (told, answer) in enumerate(RIGHT[name])
    ],
)
def test_a_right_answer_is_never_accused(name, answer):
    for seed in SEEDS:
        verdict = judge(EXERCISES[name], answer, seed=seed)
        assert verdict.right, f"seed {seed}: {verdict.text()}"
