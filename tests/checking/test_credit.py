"""Partial credit: each array by itself, ordinary numbers, hard inputs, the shape."""

import numpy as np
import pytest

from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge


def linear_backward(dX=None, dW=None, db=None):
    """An answer to 3.2 (4 points, three arrays), right but for what is given."""

    def answer(dY, cache):
        X, W = cache
        right = (dY @ W.T, X.T @ dY, dY.sum(axis=0))
        spoilt = (dX, dW, db)
        return tuple(f(r) if f else r for f, r in zip(spoilt, right, strict=True))

    return answer


def earned(answer, exercise_id="3.2"):
    return judge(exercise_id, answer).earned


def test_right_earns_all():
    assert earned(linear_backward()) == 4


@pytest.mark.parametrize(
    ("spoil", "share"),
    [
        (lambda right: -right, 0.1),
        (lambda right: 2 * right + 1, 0.1),
        (lambda right: right.T, 0.0),
        (lambda right: right.sum(axis=0), 0.0),
        (np.zeros_like, 0.0),
        (np.ones_like, 0.0),
        (lambda right: None, 0.0),
        (lambda right: right.astype(int), 0.0),
        (lambda right: right.tolist(), 0.0),
        (lambda right: right * np.nan, 0.0),
    ],
    ids=[
        "negated", "moved", "transposed", "summed", "zeros",
        "ones", "nothing", "integers", "list", "nan",
    ],
)  # fmt: skip
def test_a_wrong_array_earns_a_little_for_an_attempt_of_the_right_form(spoil, share):
    assert earned(linear_backward(dW=spoil)) == pytest.approx(4 * (2 + share) / 3)


def test_an_argument_handed_back_earns_nothing():
    assert earned(lambda X: (X, X), "3.3") == 0


def test_each_gradient_is_worth_its_own_share():
    one = earned(linear_backward(dX=np.zeros_like))
    two = earned(linear_backward(dX=np.zeros_like, db=np.zeros_like))
    assert (one, two) == (pytest.approx(8 / 3), pytest.approx(4 / 3))


def overflowing(logits, y):
    """Right on ordinary logits, inf on large ones."""
    N = len(y)
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    dlogits = p.copy()
    dlogits[np.arange(N), y] -= 1
    return -np.log(p[np.arange(N), y]).mean(), dlogits / N


def test_what_is_right_but_for_extreme_inputs_earns_three_quarters():
    (asked,) = [e for e in all_exercises().values() if e.name == "softmax_cross_entropy_forward"]

    def answer(logits, y):
        loss, dlogits = overflowing(logits, y)
        return loss, asked.reference(logits, y)[1]

    verdict = judge(asked, answer)
    assert [f.status for f in verdict.findings if f.part == "loss"] == ["wrong"], verdict.text()
    assert verdict.earned == pytest.approx(0.75 * asked.points), verdict.text()


def test_changed_inputs_cost_a_share():
    def answer(dY, cache):
        X, W = cache
        gradients = linear_backward()(dY.copy(), cache)
        dY *= 0
        return gradients

    assert earned(answer) == pytest.approx(3)


def test_what_nobody_asked_for_earns_nothing():
    (asked,) = [e for e in all_exercises().values() if "grads" in e.returns and e.lesson == "03"][
        :1
    ]

    def zeros_and_junk(*args):
        right = asked.reference(*args)
        position = asked.returns.index("grads")
        grads = {key: np.zeros_like(value) for key, value in right[position].items()}
        grads |= {f"junk{i}": np.ones(2) for i in range(200)}
        return tuple(grads if i == position else 0.0 for i in range(len(right)))

    verdict = judge(asked, zeros_and_junk)
    assert verdict.earned == 0, verdict.earned
    assert len(verdict.text()) < 5000
