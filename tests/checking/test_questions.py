"""Questions with a number or a formula for an answer: what is accepted, and what is told."""

import ast
import math
import re
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from course_utils.checking import answers, exercise, hint, progress, questions, session
from course_utils.checking.exercises import all_exercises, find_exercise
from course_utils.checking.exercises.lesson_02_questions import QUESTIONS
from course_utils.checking.judge import judge
from course_utils.checking.questions import FormulaQuestion, NumberQuestion, asked
from course_utils.checking.questions.slip import as_slips
from tests.checking.question_answers import ODD, RIGHT, SECRETS, WRONG

FORMULAS = {i: q for i, q in QUESTIONS.items() if isinstance(q, FormulaQuestion)}


def pairs(table):
    return [(number, answer) for number, listed in table.items() for answer in listed]


def found(number, answer):
    return judge(number, lambda: answer).findings[0]


@pytest.fixture(autouse=True)
def _a_fresh_session(monkeypatch):
    monkeypatch.setattr(session, "_answers", {})
    monkeypatch.setattr(session, "_hints_given", {})


@pytest.mark.parametrize("number", QUESTIONS)
def test_every_question_has_what_the_course_asks_for(number):
    assert set(QUESTIONS) == set(RIGHT) == set(WRONG) == set(SECRETS)
    registered = find_exercise(number)
    assert (registered.make, registered.points) == (None, 1)
    assert len(RIGHT[number]) >= 5
    assert len(QUESTIONS[number].slips) >= 5
    verdict = judge(registered, registered.reference)
    assert verdict.right
    assert verdict.findings[0].message == ""


@pytest.mark.parametrize(("number", "answer"), pairs(RIGHT), ids=str)
def test_right_forms_are_accepted(number, answer):
    verdict = judge(number, lambda: answer)
    assert verdict.right, verdict.text()
    assert verdict.earned == verdict.points


@pytest.mark.parametrize(("number", "wrong"), pairs(WRONG), ids=str)
def test_wrong_answers_are_explained(number, wrong):
    answer, cause = wrong
    verdict = judge(number, lambda: answer)
    assert (verdict.status, verdict.earned) == ("wrong", 0)
    assert verdict.findings[0].cause == (cause or verdict.findings[0].cause)
    assert verdict.findings[0].cause != "values"


SLIPS = [(number, key) for number, question in QUESTIONS.items() for key in question.slips]


@pytest.mark.parametrize(("number", "key"), SLIPS, ids=str)
def test_every_known_slip_is_told_by_its_own_sentence(number, key):
    finding = found(number, key)
    assert (finding.status, finding.cause) == ("wrong", "slip")
    assert finding.message == as_slips(QUESTIONS[number].slips)[key].says
    assert finding.message.endswith((".", "?"))


@pytest.mark.parametrize("number", QUESTIONS)
def test_nothing_told_about_a_wrong_answer_holds_the_right_one(number):
    question, secret = QUESTIONS[number], re.compile(SECRETS[number])
    assert any(secret.search(str(answer)) for answer in RIGHT[number])  # the pattern sees
    slips = as_slips(question.slips)
    wrong = [*slips, *(answer for answer, _ in WRONG[number]), *ODD, 0.123, 123, "12345.6"]
    told = [found(number, answer) for answer in wrong]
    texts = [f.message for f in told if f.status == "wrong"]
    texts += [slip.hint for slip in slips.values()]
    texts += find_exercise(number).hints
    assert len(texts) > 20
    assert [text for text in texts if secret.search(text)] == []


@pytest.mark.parametrize("number", QUESTIONS)
@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_answers_get_a_plain_word(number, odd):
    finding = found(number, odd)
    assert finding.status == "wrong"
    assert 10 <= len(finding.message) <= 250
    assert "Error" not in finding.message
    assert "Traceback" not in finding.message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "must return"),
        (..., "dots"),
        (True, "not True"),
        ([0.5], "a list of 1"),
        (np.ones((2, 2)), "an array of shape (2, 2)"),
        (math.nan, "nan is not a number"),
        (math.inf, "not finite"),
        (1j, "complex"),
        ((0, 5), "point, not a comma"),
        ("0,5", "written with a point"),
        ("half", "not read as a number"),
        (lambda: 0.5, "call it"),
    ],
)
def test_what_is_no_number_is_told_as_what_it_is(answer, words):
    assert words in found("2.29", answer).message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "must return the formula"),
        (["2 / (a + b)"], "without brackets"),
        (lambda a, b: 2 / (a + b), "not a function"),
        ("2 / (alpha + b)", "alpha is not known here. Write the formula with a and b."),
        ("2 / (A + b)", "Do you mean a?"),
        ("2 / (lambda + b)", "lambda is a word of Python"),
        ("e**a", "exp(x)"),
        ("np.exp(a)", "np.exp is program text"),
        ("ln(a)", "Write log("),
        ("exp a", "exp takes brackets"),
        ("2 / (a + b", "Brackets do not match"),
        ("2 a", "Is a * missing"),
        ("2^a", "A power is written **"),
        ("rate", "rate is what is asked for"),
        ("rate = 2 / rate", "rate is what is asked for"),
        ("diff(rate, a)", "carry the derivative out"),
        ("2 / a = 2 / b", "The left side is `2 / a`"),
        ("rate = 2 / a = 2 / b", "not a chain of steps"),
        ("a[0]", "a is a number, it takes no index"),
        ("0.4", "For a = 1 and b = 3: rate is 0.5, yours gives 0.4."),
        ("log(a) / b", "For a = 1 and b = 3: rate is 0.5, yours gives 0."),
        ("1 / (a - 1)", "yours has no value"),
    ],
)
def test_what_is_no_right_formula_is_told_with_what_to_write(answer, words):
    assert words in found("2.21", answer).message


def test_a_formula_without_quotes_is_told_as_such():
    finding = judge("2.21", lambda: 2 / (a + b)).findings[0]  # noqa: F821
    assert "in quotes: a has no value here" in finding.message
    finding = judge("2.21", lambda: 2 / undefined).findings[0]  # noqa: F821
    assert "NameError" in finding.message


def test_nothing_typed_is_ever_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for number in QUESTIONS:
        for text in (answer for answer in ODD if isinstance(answer, str)):
            assert found(number, text).status == "wrong"
    assert list(tmp_path.iterdir()) == []
    for path in Path(questions.__file__).parent.glob("*.py"):
        called = {n.id for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)}
        assert not called & {"eval", "exec", "compile", "__import__"}, path


def test_an_open_question_is_open_and_the_reference_answers(capsys):
    @exercise("2.23", points=1)
    def parameters_of_softmax_regression():
        raise NotImplementedError("exercise 2.23: still open")

    assert "○ 2.23" in capsys.readouterr().out
    assert parameters_of_softmax_regression() == 784 * 10 + 10
    assert "the reference answers" in capsys.readouterr().out
    assert answers().parameters_of_softmax_regression() == 784 * 10 + 10


def test_a_question_counts_like_every_exercise(capsys):
    @exercise("2.29", points=1)
    def variance_lost():
        print("not shown while it is judged")
        return "30 %"

    out = capsys.readouterr().out
    assert "✓ 2.29 variance_lost: 1 of 1 points" in out
    assert "not shown" not in out
    assert progress().earned == 1
    assert answers().variance_lost() == "30 %"


def test_more_digits_are_told_with_a_rounded_answer_only():
    assert "0.333333…, exactly 1/3" in found("2.2", 0.33).message
    assert "cut off" in NumberQuestion(Fraction(2, 3)).finding(0.66).message
    assert NumberQuestion(2.5).finding("2.50").message == ""
    assert NumberQuestion(math.pi, unit="rad").finding(3.14).message.endswith("3.14159… rad.")


def test_what_an_answer_raises_is_told():
    finding = judge("2.2", lambda: 1 / 0).findings[0]
    assert (finding.cause, finding.message.split(":")[0]) == ("exception", "ZeroDivisionError")
    assert "TypeError" in judge("2.2", lambda x: x).findings[0].message


def test_an_endless_answer_is_stopped(monkeypatch):
    monkeypatch.setattr(asked, "SECONDS", 0.2)

    def endless():
        while True:
            pass

    assert judge("2.2", endless).findings[0].cause == "endless"


def test_the_first_hint_is_about_the_slip_that_was_named(capsys):
    @exercise("2.4", points=1)
    def odds_of_two_classes():
        return "z0 - z1"

    capsys.readouterr()
    for _ in range(3):
        hint("2.4")
    out = capsys.readouterr().out
    assert "hint 1 of 3: Which function undoes the logarithm?" in out
    assert "The denominator is the same in both" in out
    assert "hint 3 of 3" in out


@pytest.mark.parametrize("answer", [lambda: 1 / 0, lambda: None, lambda: "3 / 4 / 5", lambda: 9])
def test_hints_without_a_known_slip_are_those_of_the_exercise(answer):
    for number in QUESTIONS:
        registered = find_exercise(number)
        hints = tuple(registered.hint_about(answer, step) for step in (1, 2, 3))
        assert hints == registered.hints


@pytest.mark.parametrize(
    ("right", "answer", "cause"),
    [
        (12.5, -12.5, "sign"),
        (12.5, 25, "double"),
        (12.5, 6.25, "half"),
        (12.5, 0.08, "reciprocal"),
        (12.5, 156.25, "square"),
        (12.5, 3.5355, "root"),
        (12.5, 1250, "percent"),
        (12.5, 0.125, "percent"),
        (12.5, 125, "power of ten"),
        (12.5, 0.0125, "power of ten"),
        (0.15, 0.85, "complement"),
        (0.15, "15", "percent"),
        (2.302585093, 3.321928, "log 2"),
        (2.302585093, 1.0, "log 10"),
        (2.302585093, 3.3, "values"),  # two digits are too few to tell a factor ln 2
        (Fraction(1, 3), 0.231, "values"),  # a fraction is no logarithm
        (12.5, 12.4, "near"),
        (12.5, 12.0, "values"),
        (12.5, 11, "values"),
        (12, 13, "values"),
        (0, 5, "values"),
        (0.4, 0, "values"),  # 0 gives no digit of 0.4
    ],
)
def test_relations_that_need_no_list(right, answer, cause):
    assert NumberQuestion(right).finding(answer).cause == cause


def test_two_relations_at_once_are_both_told():
    message = NumberQuestion(2).finding(4).message
    assert "twice the right number and the square of the right number" in message
    assert "To the digits given" in NumberQuestion(1 / 7).finding(0.286).message


def test_of_several_slips_the_nearest_is_told():
    question = NumberQuestion(5.0, slips={0.67: "this", 0.672: "another", 0.668: "a third"})
    assert question.finding(0.67).message == "this"
    assert question.finding(0.672).message == "another"


def test_a_count_is_never_rounded():
    question = NumberQuestion(10**7, whole=True)
    assert question.finding(10**7).status == "right"
    assert question.finding(10**7 + 1).cause == "off by one"
    assert [found("2.23", text).status for text in ("7.9e3", "7.85e3")] == ["wrong", "right"]


def test_text_is_read_to_its_end_or_not_at_all():
    assert found("2.2", "1/3" + " " * 600 + "+ 1").status == "wrong"
    assert found("2.2", "0.33" + "3" * 400).status == "right"


def test_a_single_edit_is_told_of_a_formula_and_two_are_not():
    told = found("2.4", "2 * exp(z0 - z1)").message
    assert told == "1/2 is missing: the formula is 2 times too large."
    assert found("2.4", "1 / (1 - exp(z0 - z1))").message.startswith("Not equal. For z0 = 2")
    assert found("2.21", "1 / (2 * (a + b))").message.startswith("A factor 4 is missing")


NUMBERS = st.fractions(-1000, 1000, max_denominator=400).filter(lambda v: abs(v) > 0.001)


def rounded(value, digits):
    """Text with so many digits, zeros at the end kept."""
    return str(Decimal(f"{float(value):.{digits - 1}e}"))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(NUMBERS, st.integers(2, 9), st.sampled_from([str, float, np.float64, Decimal]))
@example(Fraction(2, 3), 2, float)
def test_every_number_rounded_to_two_or_more_digits_is_right(value, digits, kind):
    shown = rounded(value, digits)
    # A float of 12 is 12.0: it tells one digit more.
    assume(kind in (str, Decimal) or Decimal(shown).as_tuple().exponent < 0)
    assert NumberQuestion(value).finding(kind(shown)).status in ("right", "note")
    question = NumberQuestion(value, unit="metres")
    assert question.finding(f"{shown} metres").status in ("right", "note")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(NUMBERS, st.integers(2, 6))
def test_percent_is_the_same_number(value, digits):
    shown = f"{rounded(100 * value, digits)} %"
    assert NumberQuestion(value).finding(shown).status in ("right", "note")
    assert NumberQuestion(100 * value, unit="%").finding(shown).status in ("right", "note")


@settings(max_examples=100, deadline=None, derandomize=True)
@given(NUMBERS, st.integers(-(10**6), 10**6), st.integers(1, 3))
def test_exact_forms_are_right_and_told_nothing(value, shift, times):
    question = NumberQuestion(value)
    n, d = value.numerator, value.denominator
    exact = [
        value,
        f"{n}/{d}",
        f"({n + shift * d} - {shift * d}) / {d}",
        f"{times * n}/{times * d}",
    ]
    for answer in exact:
        assert (question.finding(answer).status, question.finding(answer).message) == ("right", "")


@settings(max_examples=200, deadline=None, derandomize=True)
@given(NUMBERS, st.integers(2, 9), st.integers(1, 50), st.sampled_from([-1, 1]))
def test_one_in_the_last_digit_is_too_much(value, digits, steps, sign):
    """Beyond rounding and cutting off, whatever is explained, nothing is right."""
    shown = Decimal(rounded(value, digits))
    unit = Decimal(1).scaleb(shown.as_tuple().exponent)
    wrong = shown + sign * steps * unit
    gap = abs(Fraction(wrong) - value)
    assume(gap > Fraction(unit) * (1 if abs(wrong) < abs(value) else Fraction(1, 2)))
    assume(gap > abs(value) * Fraction(1, 500_000))
    assert NumberQuestion(value).finding(str(wrong)).status == "wrong"


@st.composite
def expressions(draw, depth=0):
    """Text of an expression in a and b, and the same as a function."""
    kind = draw(st.sampled_from("ab1+-*/e" if depth < 2 else "ab1"))
    if kind in "ab":
        return kind, lambda a, b, kind=kind: {"a": a, "b": b}[kind]
    if kind == "1":
        number = draw(st.integers(1, 4))
        return str(number), lambda a, b: number
    x, f = draw(expressions(depth + 1))
    if kind == "e":
        return f"exp(-({x}) / 9)", lambda a, b: np.exp(-f(a, b) / 9)
    y, g = draw(expressions(depth + 1))
    operation = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide}[kind]
    return f"(({x}) {kind} ({y}))", lambda a, b: operation(f(a, b), g(a, b))


@settings(max_examples=50, deadline=None, derandomize=True)
@given(expressions())
@example(("2 / (b + a)", lambda a, b: 2 / (a + b)))
def test_a_formula_is_right_if_its_values_are(made):
    """The oracle is NumPy on numbers of its own."""
    text, function = made
    a, b = np.random.default_rng(1).uniform(0.3, 2, (2, 50))
    with np.errstate(all="ignore"):
        values = np.broadcast_to(function(a, b), a.shape)
    assume(np.all(np.abs(values) < 1e6))
    equal = np.allclose(values, 2 / (a + b), rtol=1e-9)
    assert (found("2.21", text).status == "right") == equal


@pytest.mark.parametrize("number", FORMULAS)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(c=st.fractions(-5, 5, max_denominator=9), k=st.integers(1, 9))
def test_multiples_of_the_right_formula(number, c, k):
    truth = FORMULAS[number].truth
    assert found(number, f"{k} * ({truth}) / {k}").status == "right"
    assert found(number, f"({truth}) + {k} - {k}").status == "right"
    if c != 1:
        finding = found(number, f"({truth}) * ({c.numerator}) / {c.denominator}")
        assert finding.status == "wrong"


def test_a_formula_without_a_loss_has_no_gradients():
    assert set(FORMULAS["2.21"].derivation.names.symbols) == {"a", "b", "rate"}


def test_formulas_with_arrays():
    question = FormulaQuestion(
        asked="loss",
        symbols={"p": "N"},
        positive=("p",),
        truth="-sum(n, log(p[n])) / N",
        sizes=({"N": 3}, {"N": 5}),
        slips={"-log(sum(n, p[n])) / N": "The logarithm of a sum, not a sum of logarithms."},
    )
    for right in (
        "-sum(k, log(p[k])) / N",
        "loss = sum(n, -log(p[n])) / N",
        "-ones(N) @ log(p) / N",
    ):
        assert question.finding(right).status == "right"
    assert question.finding("-sum(n, log(p[n]))").message.startswith("1/N is missing")
    assert question.finding("-log(sum(j, p[j])) / N").cause == "slip"
    assert "left over" in question.finding("-log(p[n]) / N").message
    assert "For N = 3" in question.finding("sum(n, p[n]**3 + 2) / N").message


def test_the_tools_that_put_probes_pass_questions_over():
    with_probes = {e.id for e in all_exercises().values() if e.make is not None}
    assert not with_probes & set(QUESTIONS)
