"""The catalogue for norms, dropout, convolution, pooling: all caught and named, none accused."""

import numpy as np
import pytest

from course_utils.checking.designer import examine
from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import WHOLE, catalogue, find_advice
from course_utils.checking.mistakes.match import as_answer, values_on
from course_utils.checking.verdict import WRONG
from tests.checking.right import RIGHT

BY_NAME = {e.name: e for e in all_exercises().values()}
NAMES = [
    f"{layer}_{way}"
    for layer in (
        "batch_norm",
        "layer_norm",
        "dropout",
        "conv2d",
        "max_pool",
        "average_pool",
        "spatial_batch_norm",
    )
    for way in ("forward", "backward")
]
MISTAKES = [m for name in NAMES for m in catalogue(name)]


@pytest.mark.parametrize("known", MISTAKES, ids=lambda m: m.id)
def test_mistake_is_caught_and_named(known):
    exercise = BY_NAME[known.name]
    verdict = judge(exercise, as_answer(exercise, known))
    wrong = [f for f in verdict.findings if f.status == WRONG and f.part]
    assert verdict.status == "wrong"
    assert wrong
    advice = [find_advice(f.cause) for f in wrong]
    assert known.advice in advice
    assert all(advice)  # no part is left without a name
    if known.parts != (WHOLE,):
        assert {f.part for f in wrong} == set(known.parts)
        assert advice == [known.advice]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(4))
def test_right_answers_are_not_accused(name, seed):
    for how, answer in RIGHT[name]:
        verdict = judge(BY_NAME[name], answer, seed=seed)
        assert verdict.right, f"{how}\n{verdict}"


@pytest.mark.parametrize("name", NAMES)
def test_there_are_enough_of_both(name):
    assert len(catalogue(name)) >= 5
    assert len(RIGHT[name]) >= 5


@pytest.mark.parametrize("name", NAMES)
def test_probes_tell_all_apart(name):
    found = examine(BY_NAME[name])
    assert found.good, found


@pytest.mark.parametrize("known", MISTAKES, ids=lambda m: m.id)
def test_mistake_runs_and_is_told_shortly(known):
    assert len(known.says.split()) <= 15
    assert not known.says.endswith(".")
    exercise = BY_NAME[known.name]
    assert values_on(exercise, known, exercise.probes()) is not None


def test_hints_of_an_advice_differ():
    for known in MISTAKES:
        assert len(set(known.advice.hints)) == 3


@pytest.mark.parametrize("name", NAMES)
def test_a_smallest_case_fits_on_a_page(name):
    """An answer of zeros is told by a case of at most 20 numbers."""
    exercise = BY_NAME[name]
    if "dropout" in name:
        pytest.skip("a mask cannot be followed by hand")

    def zeros(*args, **kwargs):
        right = exercise.reference(*args, **kwargs)
        first = right[0] if isinstance(right, tuple) else right
        wrong = np.cos(7 * first) * (1 + np.abs(first))
        return (wrong, *right[1:]) if isinstance(right, tuple) else wrong

    assert "By hand: " in judge(exercise, zeros).text()


def test_tied_maxima_may_be_shared_and_a_remark_says_so():
    shared = dict(RIGHT["max_pool_backward"])["ties_shared"]
    assert "adds up" in judge(BY_NAME["max_pool_backward"], shared).text()


def test_running_statistics_that_are_no_dictionary_are_told():
    def pair(X, gamma, beta, running, **settings):
        return X, (running["mean"], running["var"]), None

    told = judge(BY_NAME["batch_norm_forward"], pair).text()
    assert 'expected a dictionary with "mean" and "var", got one tuple' in told


def test_dropout_of_another_shape_is_told():
    told = judge(BY_NAME["dropout_forward"], lambda X, keep, rng, **_: (X[0], None)).text()
    assert "Y: expected the shape of X" in told


def test_a_backward_may_read_the_cache_of_its_own_forward():
    peers = {"dropout_forward": dict(RIGHT["dropout_forward"])["choice"]}

    def own(dY, cache):
        kept, keep = cache
        return np.where(kept, dY / dY.dtype.type(keep), dY.dtype.type(0))

    assert judge(BY_NAME["dropout_backward"], own, peers).right
