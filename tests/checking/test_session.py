import numpy as np
import pytest

from course_utils import nn
from course_utils.checking import answers, check, exercise, hint, progress, session, try_answer
from course_utils.checking.exercises import UnknownExerciseError
from course_utils.nn import relu_backward


@pytest.fixture(autouse=True)
def _a_fresh_session(monkeypatch):
    monkeypatch.setattr(session, "_answers", {})
    monkeypatch.setattr(session, "_hints_given", {})


def fill_relu(forward=None, backward=None):
    @exercise("3.3", points=1)
    def relu_forward(X):
        return forward(X) if forward else (np.maximum(X, 0), X)

    @exercise("3.4", points=2)
    def relu_backward(dY, cache):
        return backward(dY, cache) if backward else dY * (cache > 0)

    return relu_forward, relu_backward


def test_running_the_cell_shows_the_verdict(capsys):
    fill_relu()
    out = capsys.readouterr().out
    assert "✓ 3.3 relu_forward: 1 of 1 points" in out
    assert "✓ 3.4 relu_backward: 2 of 2 points" in out


def test_an_open_blank_is_served_by_the_reference_and_says_so_once(capsys):
    @exercise("3.3", points=1)
    def relu_forward(X):
        raise NotImplementedError("exercise 3.3: relu_forward is still open")

    capsys.readouterr()
    for _ in range(3):
        np.testing.assert_array_equal(relu_forward(np.array([-1.0, 2.0]))[0], [0, 2])
    assert capsys.readouterr().out.count("3.3 relu_forward is open") == 1
    assert check("3.3").open


def test_a_wrong_answer_is_called_as_it_is_but_not_served_to_later_cells():
    relu_forward, _ = fill_relu(forward=lambda X: (X, X))
    minus = np.array([-1.0])
    assert relu_forward(minus)[0] == -1
    assert answers().relu_forward(minus)[0] == 0


def test_a_right_answer_is_served_to_later_cells():
    calls = []

    def mine(X):
        calls.append(X)
        return np.maximum(X, 0), X

    fill_relu(forward=mine)
    calls.clear()
    answers().relu_forward(np.array([1.0]))
    assert len(calls) == 1


def test_forward_and_backward_are_served_as_a_pair():
    """A forward with a cache of its own and an open backward: the reference for both."""

    fill_relu(forward=lambda X: (np.maximum(X, 0), {"my": X}), backward=lambda dY, c: dY)
    Y, cache = answers().relu_forward(np.array([-1.0, 1.0]))
    np.testing.assert_array_equal(answers().relu_backward(np.ones(2), cache), [0, 1])


def test_own_caches_work_when_both_are_right():
    _, backward = fill_relu(
        forward=lambda X: (np.maximum(X, 0), {"mask": X > 0}),
        backward=lambda dY, cache: dY * cache["mask"],
    )
    assert check("3.4").right
    _, cache = answers().relu_forward(np.array([-1.0, 1.0]))
    np.testing.assert_array_equal(answers().relu_backward(np.ones(2), cache), [0, 1])


def define_net(linear_forward, linear_backward, **others):
    from course_utils import nn

    relu_forward, relu_backward = nn.relu_forward, nn.relu_backward
    loss_forward = nn.softmax_cross_entropy_forward
    loss_backward = nn.softmax_cross_entropy_backward

    @exercise("3.7", points=5)
    def two_layer_loss_and_grads(params, X, y, weight_decay=0.0):
        A, cache_1 = linear_forward(X, params["W1"], params["b1"])
        H, cache_relu = relu_forward(A)
        Z, cache_2 = linear_forward(H, params["W2"], params["b2"])
        loss, cache_loss = loss_forward(Z, y)
        dH, dW2, db2 = linear_backward(loss_backward(1.0, cache_loss), cache_2)
        _, dW1, db1 = linear_backward(relu_backward(dH, cache_relu), cache_1)
        for key in ("W1", "W2"):
            loss = loss + weight_decay * (params[key] ** 2).sum()
        dW1 = dW1 + 2 * weight_decay * params["W1"]
        dW2 = dW2 + 2 * weight_decay * params["W2"]
        return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}


def test_an_answer_that_builds_on_a_wrong_one_is_judged_for_its_own_slips_only():
    @exercise("3.1", points=2)
    def linear_forward(X, W, b):
        return 2 * (X @ W + b), (X, W)

    @exercise("3.2", points=4)
    def linear_backward(dY, cache):
        raise NotImplementedError

    define_net(linear_forward, linear_backward)
    assert not check("3.1").right
    assert check("3.7").right
    # and the net serves right values although it calls the wrong layer
    rng = np.random.default_rng(0)
    params = {"W1": rng.normal(size=(3, 4)), "b1": rng.normal(size=4)}
    params |= {"W2": rng.normal(size=(4, 2)), "b2": rng.normal(size=2)}
    X, y = rng.normal(size=(5, 3)), np.array([0, 1, 1, 0, 1])
    H = np.maximum(X @ params["W1"] + params["b1"], 0)
    Z = H @ params["W2"] + params["b2"]
    expected = np.mean([np.log(np.exp(z).sum()) - z[k] for z, k in zip(Z, y, strict=True)])
    assert answers().two_layer_loss_and_grads(params, X, y)[0] == pytest.approx(expected)


def test_a_backward_is_judged_with_a_forward_that_stands_on_right_steps():
    """The student's own step is wrong; what builds on it is right, and none the worse for it."""

    @exercise("5.3", points=1)
    def rnn_step_forward(x, h_prev, Wx, Wh, b):
        h = np.tanh(x @ Wx + h_prev @ Wh - b)
        return h, (x, h_prev, Wx, Wh, h)

    @exercise("5.4", points=3)
    def rnn_step_backward(dh, cache):
        raise NotImplementedError

    @exercise("5.5", points=2)
    def rnn_forward(X, h0, Wx, Wh, b):
        h, states, caches = h0, [], []
        for t in range(X.shape[1]):
            h, cache = rnn_step_forward(X[:, t], h, Wx, Wh, b)
            states.append(h)
            caches.append(cache)
        return np.stack(states, axis=1), caches

    @exercise("5.7", points=4)
    def rnn_backward(dH, cache):
        dX, dWx, dWh, db, dh = [], 0, 0, 0, np.zeros_like(dH[:, 0])
        for t in reversed(range(dH.shape[1])):
            dx, dh, dWx_t, dWh_t, db_t = rnn_step_backward(dH[:, t] + dh, cache[t])
            dX.insert(0, dx)
            dWx, dWh, db = dWx + dWx_t, dWh + dWh_t, db + db_t
        return np.stack(dX, axis=1), dh, dWx, dWh, db

    assert not rnn_step_forward.verdict.right
    assert rnn_forward.verdict.right, rnn_forward.verdict.text()
    assert rnn_backward.verdict.right, rnn_backward.verdict.text()


def run_relu_cell(scope, body):
    """What running the cell again does: the name still holds the answer of before."""

    @exercise("3.3", points=1)
    def relu_forward(X):
        return body(X, scope.get("relu_forward"))

    scope["relu_forward"] = relu_forward
    return check("3.3")


@pytest.mark.parametrize("before", ["blank", "right", "itself"])
def test_an_answer_that_only_calls_itself_is_not_served_by_the_reference(before):
    def blank(X, itself):
        raise NotImplementedError

    bodies = {
        "blank": blank,
        "right": lambda X, itself: (np.maximum(X, 0), X),
        "itself": lambda X, itself: itself(X),
    }
    scope = {}
    run_relu_cell(scope, bodies[before])
    verdict = run_relu_cell(scope, bodies["itself"])
    assert verdict.status == "wrong"
    assert "Recursion" in verdict.text()


def test_answers_serve_no_reference_to_the_exercise_that_is_judged():
    _, backward = fill_relu(backward=lambda dY, cache: answers().relu_backward(dY, cache))
    assert backward.verdict.status == "wrong"


def borrowed_name(dY, cache):
    return relu_backward(dY, cache)


def borrowed_from_module(dY, cache):
    return nn.relu_backward(dY, cache)


def borrowed_inside(dY, cache):
    def inner():
        return nn.relu_backward(dY, cache)

    return inner()


def borrowed_by_import(dY, cache):
    from course_utils import nn as theirs

    return theirs.relu_backward(dY, cache)


def borrowed_by_closure(theirs=relu_backward):
    return lambda dY, cache: theirs(dY, cache)


def not_borrowed(dY, cache):
    nn.relu_forward(dY)  # another exercise's: allowed
    return dY * (cache > 0)


@pytest.mark.parametrize(
    "body",
    [
        borrowed_name,
        borrowed_from_module,
        borrowed_inside,
        borrowed_by_import,
        borrowed_by_closure(),
    ],
)
def test_the_courses_own_answer_is_no_answer(body):
    body.__name__ = "relu_backward"
    answer = exercise("3.4", points=2)(body)
    assert answer.verdict.status == "wrong"
    assert answer.verdict.earned == 0
    assert "the course's own relu_backward" in answer.verdict.text()


def test_functions_of_other_exercises_may_be_used():
    not_borrowed.__name__ = "relu_backward"
    assert exercise("3.4", points=2)(not_borrowed).verdict.right


def test_a_recursion_that_ends_is_right():
    def halves(X, itself):
        if len(X) < 2 or itself is None:
            return np.maximum(X, 0), X
        return np.concatenate([itself(X[:1])[0], itself(X[1:])[0]]), X

    scope = {}
    run_relu_cell(scope, halves)
    assert run_relu_cell(scope, halves).right


def test_hints_come_in_three_steps_and_stay_at_the_last(capsys):
    for _ in range(4):
        hint("3.2")
    out = capsys.readouterr().out
    told = ["3.2 linear_backward" + text for text in out.split("3.2 linear_backward")[1:]]
    assert [text.split(":")[0] for text in told] == [
        f"3.2 linear_backward, hint {step} of 3" for step in (1, 2, 3, 3)
    ]
    assert len(set(told)) == 3
    assert max(map(len, out.splitlines())) <= 90


def test_a_hint_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="expected step 1, 2 or 3, got 4"):
        hint("3.2", step=4)


def test_progress_counts_points_and_lists_what_is_open():
    fill_relu(backward=lambda dY, cache: dY)
    shown = progress()
    assert (shown.earned, shown.possible) == (1, 44)
    assert "3.4   relu_backward" in repr(shown)
    assert "✗ not yet" in repr(shown)
    assert repr(shown).count("○ open") == 13
    assert "1.0 of 44 points" in shown._repr_html_()


def test_progress_of_a_named_lesson():
    assert progress("00").possible == 2
    assert progress(3).possible == 44
    assert [e.id for e, _ in progress(3, first="3.8", last="3.10").rows] == ["3.8", "3.9", "3.10"]
    assert progress(3, last="3.9").possible + progress(3, first="3.10").possible == 44


def test_try_answer_hands_nothing_in():
    assert try_answer("3.3", lambda X: (np.maximum(X, 0), X)).right
    assert check("3.3").open


@pytest.mark.parametrize(
    ("decorate", "error", "words"),
    [
        (lambda: exercise("3.33", points=1), UnknownExerciseError, "no exercise '3.33'; there are"),
        (lambda: exercise("3.3", points=9), ValueError, "expected points=1, got 9"),
    ],
)
def test_a_changed_exercise_line_is_refused_with_a_reason(decorate, error, words):
    with pytest.raises(error) as caught:
        decorate()
    assert words in str(caught.value)


def test_answers_refuse_an_unknown_function():
    with pytest.raises(AttributeError, match="'relu_sideways'"):
        _ = answers().relu_sideways


def test_no_hint_holds_a_line_of_the_answer():
    import inspect

    from course_utils.checking.exercises import all_exercises

    for asked in all_exercises().values():
        body = [line.strip() for line in inspect.getsource(asked.reference).splitlines()]
        telling = [line for line in body if (len(line) > 12 and "=" in line) or "return" in line]
        for text in asked.hints:
            assert not any(line in text for line in telling if line)


def test_hints_about_a_derivation_speak_of_its_lines(capsys):
    @exercise("1.1", points=2)
    def derive_linear_dW():
        return ["dW = dY.T @ X"]

    capsys.readouterr()
    for _ in range(3):
        hint("1.1")
    out = capsys.readouterr().out
    assert "Look at line 1" in out
    assert "Mended: dW = X.T @ dY" in " ".join(out.split())
    assert out.count("Mended") == 1  # only the third hint


def test_hints_about_an_open_derivation_are_the_exercises_own(capsys):
    hint("1.1")
    assert "Which entries of Y does W[i,j] touch?" in " ".join(capsys.readouterr().out.split())


def test_hints_follow_the_mistake_that_was_named(capsys):
    @exercise("3.2", points=4)
    def linear_backward(dY, cache):
        X, W = cache
        return dY @ W.T, X.T @ dY, dY.mean(axis=0)

    capsys.readouterr()
    hint("3.2")
    assert "The loss is a mean" in capsys.readouterr().out
