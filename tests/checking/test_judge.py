import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.checking.exercises import Exercise, Probe, all_exercises
from course_utils.checking.judge import judge, judge_all
from tests.checking.right_answers import RIGHT_ANSWERS
from tests.checking.wrong_answers import WRONG_ANSWERS, transposed_dW


def exercise(exercise_id):
    return all_exercises()[exercise_id]


@pytest.mark.parametrize("exercise_id", all_exercises())
def test_the_reference_is_right(exercise_id):
    asked = exercise(exercise_id)
    verdict = judge(asked, asked.reference)
    assert verdict.right, verdict.text()
    assert verdict.earned == asked.points


@pytest.mark.parametrize("exercise_id", all_exercises())
def test_an_open_blank_is_open_and_earns_nothing(exercise_id):
    def blank(*args, **kwargs):
        raise NotImplementedError("still open")

    verdict = judge(exercise(exercise_id), blank)
    assert (verdict.status, verdict.earned) == ("open", 0)


@pytest.mark.usefixtures("no_catalogue")
@pytest.mark.parametrize(
    ("exercise_id", "answer", "part", "cause", "words"),
    WRONG_ANSWERS,
    ids=[f"{w[0]}-{i}-{w[3]}" for i, w in enumerate(WRONG_ANSWERS)],
)
def test_a_wrong_answer_is_caught_and_told(exercise_id, answer, part, cause, words):
    verdict = judge(exercise(exercise_id), answer)
    assert verdict.status == "wrong"
    assert verdict.earned < verdict.points
    told = {f.part: f for f in verdict.findings if f.status == "wrong"}
    assert part in told, verdict.text()
    assert told[part].cause == cause, verdict.text()
    assert words in told[part].message


@pytest.mark.parametrize(
    ("exercise_id", "answer"),
    RIGHT_ANSWERS,
    ids=[f"{right[0]}-{i}" for i, right in enumerate(RIGHT_ANSWERS)],
)
def test_a_right_answer_of_another_form_is_right(exercise_id, answer):
    verdict = judge(exercise(exercise_id), answer)
    assert verdict.right, verdict.text()


@pytest.mark.usefixtures("no_catalogue")
def test_two_slips_in_two_arrays_are_both_told():
    def both(dY, cache):
        X, W = cache
        return -dY @ W.T, X.T @ dY, dY.mean(axis=0)

    told = {f.part: f.cause for f in judge(exercise("3.2"), both).findings}
    assert told == {"dX": "ratio −1", "dW": "", "db": "ratio 1/N"}


def test_a_third_of_the_points_for_one_right_array_of_three():
    def one(dY, cache):
        return 2 * dY, 0 * dY, dY.sum(axis=0)

    assert judge(exercise("3.2"), one).earned == pytest.approx(4 / 3)


def test_slope_one_at_zero_is_right_with_a_remark():
    verdict = judge(exercise("3.4"), lambda dY, X: dY * (X >= 0))
    assert verdict.right
    assert "At X = 0" in verdict.text()


def test_float64_out_of_float32_is_right_with_a_remark():
    def slow(X, W, b):
        return np.array(X, dtype=np.float64) @ W + b, (X, W)

    verdict = judge(exercise("3.1"), slow)
    assert verdict.right
    assert "float32 in gave float64 out" in verdict.text()


def test_random_answers_are_told_even_when_one_call_is_right():
    rng = np.random.default_rng(0)

    def noisy(X):
        return np.maximum(X, 0) + 1e-8 * rng.standard_normal(X.shape), X

    assert judge(exercise("3.3"), noisy).findings[-1].cause == "nondeterministic"


@pytest.mark.parametrize("good_calls", [1, 4])
def test_an_answer_that_turns_wrong_after_some_calls_is_told(good_calls):
    asked, calls = exercise("3.3"), []

    def tired(X):
        calls.append(X)
        return np.maximum(X, 0) * (1 if len(calls) <= good_calls else 2), X

    assert not judge(asked, tired).right


def test_an_answer_that_turns_wrong_after_all_probes_is_told():
    asked, calls = exercise("3.3"), []

    def tired(X):
        calls.append(X)
        return np.maximum(X, 0) * (1 if len(calls) <= len(asked.probes()) else 2), X

    assert judge(asked, tired).findings[-1].cause == "nondeterministic"


def test_an_endless_loop_ends_even_inside_a_bare_except():
    def endless(X):
        while True:
            try:
                time.sleep(0.01)
            except BaseException:
                time.sleep(0.01)
                if time.monotonic() - start > 0.5:
                    raise

    start = time.monotonic()
    verdict = judge(exercise("3.3"), endless, seconds=0.2)
    assert verdict.findings[0].cause == "endless"


def test_an_exception_is_told_with_the_line_and_the_shapes():
    def broken(dY, cache):
        X, W = cache
        return X @ W @ dY, None, None

    message = judge(exercise("3.2"), broken).findings[0].message
    assert "ValueError" in message
    assert "return X @ W @ dY, None, None" in message
    assert "dY (5, 7), cache[0] (5, 6), cache[1] (6, 7)" in message


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda dY, c: (dY @ c[1], 0, 0), "inner sizes do not meet, M = 7 and D = 6"),
        (lambda dY, c: (np.dot(dY, c[1]), 0, 0), "inner sizes do not meet, M = 7 and D = 6"),
        (lambda dY, c: (dY * c[0], 0, 0), "shapes (N, M) = (5, 7) and (N, D) = (5, 6) do not fit"),
        (lambda dY, c: (dY + np.ones(9), 0, 0), "shapes (N, M) = (5, 7) and (9,) do not fit"),
        (lambda dY, c: (dY.reshape(9, 9), 0, 0), "cannot reshape"),
    ],
)
def test_shapes_that_do_not_meet_are_told_in_letters(answer, words):
    assert words in judge("3.2", answer).text()


@pytest.mark.parametrize("error", [SystemExit, RecursionError, MemoryError, AssertionError])
def test_nothing_an_answer_raises_escapes(error):
    def raises(X):
        raise error("out of here")

    verdict = judge(exercise("3.3"), raises)
    assert verdict.findings[0].cause == "exception"
    assert error.__name__ in verdict.text()


@pytest.mark.parametrize(
    "value",
    [None, "text", [1, 2], object(), True, 1j, np.array(["a"]), np.array([None]), {}, lambda: 0],
    ids=lambda value: type(value).__name__,
)
def test_any_kind_of_value_gets_a_verdict(value):
    verdict = judge(exercise("3.4"), lambda dY, X: value)
    assert verdict.status == "wrong"
    assert verdict.findings[0].cause in ("type", "dtype")


@given(
    shape=st.lists(st.integers(0, 4), max_size=3),
    fill=st.floats(allow_nan=True, allow_infinity=True),
)
def test_any_array_gets_a_verdict(shape, fill):
    verdict = judge(exercise("3.4"), lambda dY, X: np.full(shape, fill))
    assert verdict.status == "wrong"


def test_an_answer_that_prints_is_not_heard(capsys):
    def chatty(X):
        print("here I am")
        return np.maximum(X, 0), X

    assert judge(exercise("3.3"), chatty).right
    assert capsys.readouterr().out == ""


def test_a_peer_with_another_cache_is_used_for_its_backward():
    peers = {"relu_forward": lambda X: (np.maximum(X, 0), X > 0)}
    assert judge(exercise("3.4"), lambda dY, mask: dY * mask, peers).right


@pytest.mark.parametrize(
    "cache", [lambda X, W: {"X": X, "W": W}, lambda X, W: (W, X), lambda X, W: (X.T, W.T)]
)
def test_a_right_backward_that_does_not_fit_the_own_forward_is_told_so(cache):
    """Each is right alone; together they would spoil a net."""
    peers = {"linear_forward": lambda X, W, b: (X @ W + b, cache(X, W))}
    verdict = judge(exercise("3.2"), exercise("3.2").reference, peers)
    assert verdict.status == "wrong"
    assert verdict.findings[-1].cause == "cache"
    assert "your own linear_forward" in verdict.findings[-1].message
    assert verdict.earned == pytest.approx(3)  # three arrays right, the pair not


@pytest.mark.parametrize(
    ("name", "forward", "backward"),
    [
        ("2.8", lambda X: (1 / (1 + np.exp(-X)), X), lambda dY, X: dY * X * (1 - X)),
        ("2.10", lambda X: (np.tanh(X), X), lambda dY, X: dY * (1 - X**2)),
        ("3.4", lambda X: (np.maximum(X, 0), X < 0), lambda dY, mask: dY * mask),
    ],
)
def test_a_pair_that_is_wrong_together_is_wrong(name, forward, backward):
    asked = exercise(name)
    assert judge(asked, backward, {asked.forward: forward}).status == "wrong"


@pytest.mark.parametrize("zero", [0, 0.0, np.float32(0), np.int64(0), np.zeros(())])
def test_a_number_is_a_number_whatever_its_type(zero):
    asked = exercise("0.2")

    def backward(dy, cache):
        dx, dw, db = asked.reference(dy, cache)
        return dx, dw, db + zero

    assert judge(asked, backward).right


def test_keys_of_grads_that_carry_a_d_are_told_once():
    reference = exercise("3.7").reference

    def renamed(params, X, y, weight_decay=0.0):
        loss, grads = reference(params, X, y, weight_decay)
        return loss, {f"d{key}": value for key, value in grads.items()}

    text = judge("3.7", renamed).text()
    assert "the keys of grads are those of params: W1, not dW1" in text
    assert "not asked for" not in text


def test_one_gradient_more_than_asked_costs_nothing():
    reference = exercise("3.7").reference

    def generous(params, X, y, weight_decay=0.0):
        loss, grads = reference(params, X, y, weight_decay)
        return loss, {**grads, "X": np.zeros_like(X)}

    verdict = judge("3.7", generous)
    assert verdict.right
    assert "not asked for" in verdict.text()


def test_the_caller_keeps_its_arrays():
    arrays = (np.ones(3), np.zeros(3))
    asked = Exercise(
        id="99.1",
        name="spoiler",
        points=1,
        reference=lambda a, b: a + b,
        make=lambda draw, sizes: Probe(arrays),
        sizes=({"N": 3},),
        smallest={"N": 3},
        returns=("c",),
        hints=("", "", ""),
    )

    def spoiler(a, b):
        a += 5
        return a - 5 + b

    assert judge(asked, spoiler).findings[-1].cause == "mutated"
    np.testing.assert_array_equal(arrays[0], 1)


def test_html_escapes_what_a_student_wrote():
    def evil(X):
        raise ValueError("<script>alert(1)</script>")

    page = judge(exercise("3.3"), evil).html()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_the_text_names_exercise_function_points_and_where_help_is():
    text = judge(exercise("3.2"), transposed_dW).text()
    assert text.startswith("✗ 3.2 transposed_dW: 2.7 of 4 points")
    assert 'hint("3.2")' in text


def test_an_exercise_may_be_given_by_its_id():
    assert judge("3.3", exercise("3.3").reference).right


def test_many_functions_are_judged_beside_the_right_ones():
    def linear_backward(dY, cache):
        return dY @ cache["W"].T, cache["X"].T @ dY, dY.sum(axis=0)

    verdicts = judge_all(
        {
            "linear_forward": lambda X, W, b: (X @ W + b, {"X": X, "W": W}),
            "linear_backward": linear_backward,
            "relu_forward": lambda X: (X, X),
            "helper": print,
        }
    )
    assert {k: v.status for k, v in verdicts.items()} == {
        "3.1": "right",
        "3.2": "right",
        "3.3": "wrong",
    }


def test_other_seeds_ask_other_numbers():
    probes = exercise("3.2").probes
    assert not np.array_equal(probes(1)[0].args[0], probes(2)[0].args[0])
    np.testing.assert_array_equal(probes(1)[0].args[0], probes(1)[0].args[0])
    assert judge("3.2", exercise("3.2").reference, seed=77).right
