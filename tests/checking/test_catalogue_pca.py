"""The catalogue of principal components: each mistake named, no sign and no method accused."""

import itertools

import numpy as np
import pytest

from course_utils import nn
from course_utils.checking.designer import examine
from course_utils.checking.judge import judge
from course_utils.checking.mistakes import WHOLE, catalogue, find_advice
from course_utils.checking.mistakes.match import as_answer
from tests.checking.catalogue_checks import exercises_named, expect_sizes
from tests.checking.right import RIGHT

NAMES = ["pca_fit", "pca_compress", "power_iteration", "components_needed"]
EXERCISES = exercises_named(NAMES)
MISTAKES = [m for name in NAMES for m in catalogue(name)]
RIGHT_ONES = [(name, told, answer) for name in NAMES for told, answer in RIGHT[name]]


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_is_large_enough_and_told_apart(name):
    assert len(catalogue(name)) >= 8
    assert len(RIGHT[name]) >= 6
    design = examine(EXERCISES[name])
    assert design.good, design


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.id)
def test_a_mistake_is_named_and_told_in_one_short_sentence(mistake):
    exercise = EXERCISES[mistake.name]
    verdict = judge(exercise, as_answer(exercise, mistake))
    wrong = {f.part: f for f in verdict.findings if f.status == "wrong"}
    parts = exercise.returns if mistake.parts == (WHOLE,) else mistake.parts
    assert set(wrong) == set(parts), verdict.text()
    for finding in wrong.values():
        assert mistake.id in finding.evidence["mistakes"], verdict.text()
        assert find_advice(finding.cause).key == mistake.advice.key, verdict.text()
    assert len(mistake.says.split()) <= 15
    assert not mistake.says.endswith(".")


@pytest.mark.parametrize("seed", range(1, 6))
@pytest.mark.parametrize(
    ("name", "answer"),
    [(name, answer) for name, _, answer in RIGHT_ONES],
    ids=[f"{name}/{told}" for name, told, _ in RIGHT_ONES],
)
def test_a_right_answer_is_not_accused(name, answer, seed):
    verdict = judge(EXERCISES[name], answer, seed=seed)
    assert verdict.right, verdict.text()


@pytest.mark.parametrize("signs", list(itertools.product([-1.0, 1.0], repeat=4)))
def test_every_mixture_of_signs_is_right(signs):
    def turned(X, k):
        mean, components, variances = nn.pca_fit(X, k)
        return mean, components * np.array(signs[:k], X.dtype)[:, None], variances

    verdict = judge("2.25", turned)
    assert verdict.right, verdict.text()
    assert verdict.text().count("\n") == 0  # and without a remark


def exchanged(rows):
    rows[[0, 1]] = rows[[1, 0]]


def one_entry_turned(rows):
    rows[0, 0] *= -1


def second_row_turned_by_a_little(rows):
    rows[1] += 0.001 * rows[0]


def turned_and_doubled(rows):
    rows[1] *= -2


def first_one_twice(rows):
    rows[1] = -rows[0]


def all_zero(rows):
    rows[1] = 0


def any_unit_vector(rows):
    rows[1] = np.ones(rows.shape[1]) / np.sqrt(rows.shape[1])


SPOILT = [
    exchanged,
    one_entry_turned,
    second_row_turned_by_a_little,
    turned_and_doubled,
    first_one_twice,
    all_zero,
    any_unit_vector,
]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda f: f.__name__)
def test_no_wrong_component_becomes_right_by_its_sign(spoil):
    for sign in (-1, 1):

        def answer(X, k, sign=sign):
            mean, components, variances = nn.pca_fit(X, k)
            components = sign * components
            spoil(components)
            return mean, components, variances

        verdict = judge("2.25", answer)
        assert [f.part for f in verdict.findings if f.status == "wrong"] == ["components"]
        assert 4 * 2 / 3 <= verdict.earned + 1e-9 < 4 * 2 / 3 + 0.2  # the shape, at most


def test_a_direction_without_variance_is_no_component():
    """eigh gives any basis of what has no variance, with the last digits: named all the same."""

    def last_of_all(X, k):
        mean, components, variances = nn.pca_fit(X, k)
        centred = X - mean
        values, vectors = np.linalg.eigh(np.einsum("nd,ne->de", centred, centred) / len(X))
        return mean, vectors[:, :k].T.astype(X.dtype), variances

    verdict = judge("2.25", last_of_all)
    assert "the smallest variances" in verdict.text()


@pytest.mark.parametrize(("exercise_id", "answer"), [
    ("2.25", lambda X, k: nn.pca_fit(X, k)[::-1]),
    ("2.25", lambda X, k: [nn.pca_fit(X, k)[i] for i in (1, 0, 2)]),
    ("2.26", lambda *args: nn.pca_compress(*args)[::-1]),
    ("2.27", lambda *args: nn.power_iteration(*args)[::-1]),
])  # fmt: skip
def test_values_in_another_order_are_told_as_that(exercise_id, answer):
    assert "in this order, got (" in judge(exercise_id, answer).text()


def test_components_in_columns_are_told_with_both_shapes():
    def columns(X, k):
        mean, components, variances = nn.pca_fit(X, k)
        return mean, -components.T, variances

    text = judge("2.25", columns).text()
    assert "components stand in columns, not in rows" in text
    assert "expected (k, D) = (3, 5), got (5, 3); transposed?" in text


def wrong_for_no_known_reason(function):
    """The answer with some numbers spoilt, by no rule that a catalogue could know."""

    def answer(*args, **kwargs):
        result = function(*args, **kwargs)
        if not isinstance(result, tuple):
            return 2 * result + 3
        return tuple(np.asarray(a) + 0.1 * np.sin(7 * np.asarray(a)) for a in result)

    return answer


@pytest.mark.parametrize("name", NAMES)
def test_an_unknown_mistake_gets_a_case_to_follow_by_hand(name):
    exercise = EXERCISES[name]
    finding = judge(exercise, wrong_for_no_known_reason(exercise.reference)).findings[0]
    assert finding.cause == "values", finding
    assert "By hand: " in finding.message


@pytest.mark.parametrize("name", NAMES)
def test_sizes_are_distinct_and_vary(name):
    expect_sizes(EXERCISES[name], 2)


def test_the_probes_of_pca_have_what_makes_it_hard():
    probes = EXERCISES["pca_fit"].probes()
    assert any(p.args[0].shape[0] < p.args[0].shape[1] for p in probes)
    assert any(p.args[0].dtype == np.float32 for p in probes)
    assert any(np.abs(p.args[0].mean(axis=0)).min() > 100 for p in probes)
    for probe in probes:
        X, k = probe.args
        values = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[: k + 1] ** 2
        assert np.all(values[1:] < 0.8 * values[:-1])


def test_the_probes_of_power_iteration_have_what_makes_it_hard():
    probes = EXERCISES["power_iteration"].probes()
    spectra = [np.linalg.eigvalsh(p.args[0].astype(float)) for p in probes]
    assert any(values[0] < -values[-1] for values in spectra)
    # A power of S overflows, and few steps have not arrived yet: both show in what is returned.
    powers = [p.args[2] * np.log10(np.abs(v).max()) for v, p in zip(spectra, probes, strict=True)]
    assert max(powers) > 308
    assert any(
        abs(nn.power_iteration(*p.args)[0] - v[np.abs(v).argmax()]) > 0.05
        for v, p in zip(spectra, probes, strict=True)
    )
    assert all(abs(np.linalg.norm(p.args[1]) - 1) > 0.05 for p in probes)
