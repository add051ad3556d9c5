import pytest

from course_utils.checking.derivations import derivation_hint, judge_derivation
from course_utils.checking.exercises import (
    find_exercise,
    lesson_01,
    lesson_02_derivations,
    lesson_05_derivations,
    lesson_06_derivations,
)
from course_utils.checking.judge import judge
from tests.checking.derivations.common import SETTINGS
from tests.checking.derivations.right_lines import RIGHT

FALSE_FIRST = ["dW[i,j] = sum(n, dY[n,i] * X[n,j])", "dW = X.T @ dY"]
DERIVATIONS = {
    **lesson_01.DERIVATIONS,
    **lesson_02_derivations.DERIVATIONS,
    **lesson_05_derivations.DERIVATIONS,
    **lesson_06_derivations.DERIVATIONS,
}


@pytest.mark.parametrize("number", DERIVATIONS)
def test_the_reference_of_every_exercise_is_right(number):
    exercise = find_exercise(number)
    verdict = judge(exercise, exercise.reference)
    assert verdict.right, verdict.text()
    assert verdict.earned == exercise.points


def test_the_first_false_line_is_named_though_the_last_is_true():
    verdict = judge("1.1", lambda: FALSE_FIRST)
    assert verdict.status == "wrong"
    assert verdict.first_false.number == 1
    assert verdict.earned == 0
    text = verdict.text()
    assert "✗ 1. dW[i,j]" in text
    assert "✓ 2. dW = X.T @ dY" in text
    assert "line 1 is not" in text


def test_notebooks_get_markdown_and_terminals_text():
    bundle = judge("1.1", lambda: FALSE_FIRST)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/markdown"}
    assert r"1. ✗ $\displaystyle \mathrm{d}W_{ij} = \sum_{n}" in bundle["text/markdown"]


def test_every_right_line_is_typeset():
    latex2mathml = pytest.importorskip("latex2mathml.converter")
    for name, lines in RIGHT.items():
        verdict = judge_derivation(SETTINGS[name], lines)
        for latex in verdict.typeset:
            assert latex.count("{") == latex.count("}")
            assert latex2mathml.convert(latex)


def blank():
    raise NotImplementedError("1.1")


def broken():
    return ["dW = X.T @ dY"][3]


@pytest.mark.parametrize(
    ("answer", "status", "words"),
    [
        (blank, "open", "open"),
        (broken, "wrong", "IndexError"),
        (lambda: 3, "wrong", "expected a list of lines, got int"),
        (lambda: [3], "wrong", "expected lines in quotes"),
        (list, "wrong", "no lines yet"),
        (lambda: ["dW = dW"], "wrong", "still written with dW"),
        (lambda: ["dW[i,j] = diff(L, W[i,j])"], "wrong", "still written with diff"),
        (lambda: ["dX = dY @ W.T"], "wrong", "No true line gives dW"),
        (lambda: ["dW[0,j] = sum(n, X[n,0] * dY[n,j])"], "wrong", "No true line gives dW"),
        (lambda: ["dW = X.T @ dY", "import os"], "wrong", "equation"),
        (lambda: "dW[i,j] = sum(n, X[n,i] * dY[n,j])\n = sum(k, X[k,i] * dY[k,j])", "right", ""),
        (lambda: ["let A = X.T", "dW = A @ dY"], "right", ""),
        (lambda: ["let G[n,i,j] = X[n,i] * dY[n,j]", "dW[i,j] = sum(n, G[n,i,j])"], "right", ""),
        (lambda: ["# by the chain rule", "", "dW = X.T @ dY"], "right", ""),
    ],
)
def test_answers_of_every_kind_get_a_verdict(answer, status, words):
    verdict = judge("1.1", answer)
    assert verdict.status == status, verdict.text()
    assert words in verdict.text()


def test_only_the_third_hint_prints_the_mended_line():
    linear = SETTINGS["linear"]
    first, second, third = (derivation_hint(linear, ["dX = dY @ W"], k) for k in (1, 2, 3))
    assert "line 1" in first
    assert "W must be transposed" in second
    assert "dY @ W.T" not in first + second
    assert third.endswith("Mended: dX = dY @ W.T")
    about = find_exercise("1.2").hint_about
    assert "dY @ W.T" in about(lambda: ["dX = dY @ W"], 3)
    assert about(lambda: "dX = dY @ W", 3) == about(lambda: ["dX = dY @ W"], 3)


def test_hints_without_a_false_line():
    linear = SETTINGS["linear"]
    assert "No true line gives db" in derivation_hint(linear, ["dW = X.T @ dY"])
    with pytest.raises(ValueError, match="step 1, 2 or 3"):
        derivation_hint(linear, [], 4)


def test_a_long_line_of_sums_side_by_side_is_accepted():
    line = "db[m] = " + " + ".join(["sum(n, dY[n,m]) / 20"] * 20)
    assert judge_derivation(SETTINGS["linear"], [line]).lines[0].good


def test_odd_names_and_markdown_signs_do_no_harm():
    verdict = judge_derivation(SETTINGS["linear"], ["dW = <b>X</b>", "dW = $X$", "dW = X.T @ dY"])
    assert verdict.status == "wrong"
    assert verdict.first_false.number == 1


def test_an_open_blank_says_so_in_two_lines():
    def blank():
        raise NotImplementedError("exercise 1.1: derive_linear_dW is still open")

    verdict = judge("1.1", blank)
    assert verdict.text().splitlines() == [
        "○ 1.1 blank: open, 2 points",
        "  The reference stands in until you fill the blank; the lesson runs on.",
    ]
    assert verdict.markdown().count("○") == 1


@pytest.mark.parametrize("answer", [broken, lambda: None, lambda: [3], list])
def test_an_answer_without_lines_gets_the_hints_of_the_exercise(answer):
    asked = find_exercise("1.2")
    assert asked.hint_about(answer, 2) == asked.hints[1]
