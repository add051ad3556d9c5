"""Two slips in one answer: the one that explains most is named, and where the other one is."""

import numpy as np
import pytest

from course_utils.checking.exercises import all_exercises
from course_utils.checking.judge import judge


def message(name, answer):
    asked = next(e for e in all_exercises().values() if e.name == name)
    return judge(asked, answer).findings[0].message


def softmax(A, axis=2):
    powers = np.exp(A - A.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def attention(scale=lambda Q, keys: Q.shape[2] ** 0.5, hidden=-1e9, axis=2, nowhere=False):
    """Attention with a slip of ours, and one more: a query that may look nowhere looks around."""

    def attention_forward(Q, keys, values, mask=None):
        A = Q @ keys.transpose(0, 2, 1) / scale(Q, keys)
        A = A if mask is None else np.where(mask, A, hidden).astype(A.dtype)
        P = softmax(A, axis)
        if nowhere and mask is not None:
            P = P * np.broadcast_to(mask, P.shape).any(axis=2, keepdims=True)
        return P @ values, (Q, keys, values, P)

    return attention_forward


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        ({"scale": lambda Q, keys: Q.shape[2]}, "divided by K, not by its root"),
        ({"scale": lambda Q, keys: keys.shape[1] ** 0.5}, "divided by √S, not by √K"),
        ({"axis": 1, "hidden": -np.inf}, "the softmax runs over queries, not over keys"),
    ],
)
def test_a_slip_is_named_although_another_hides_it_elsewhere(slip, told):
    with np.errstate(all="ignore"):
        said = message("attention_forward", attention(**slip))
    assert told in said
    assert "Something else is wrong besides, on: " in said


def test_where_one_slip_explains_all_nothing_else_is_said():
    said = message("attention_forward", attention(lambda Q, keys: Q.shape[2], nowhere=True))
    assert "divided by K, not by its root" in said
    assert "besides" not in said


def test_a_mistake_that_explains_less_than_half_is_not_named():
    """Wrong everywhere in a way of its own, but for queries that look nowhere: a known slip."""

    def attention_forward(Q, keys, values, mask=None):
        Y, cache = attention()(Q, keys, values, mask)
        nowhere = mask is not None and not np.broadcast_to(mask, cache[3].shape).any(axis=2).all()
        wavy = 0.0 if nowhere else 0.1 * np.sin(7 * Q.sum(axis=2, keepdims=True))
        return (Y + wavy).astype(Y.dtype), cache

    assert "besides" not in message("attention_forward", attention_forward)


def test_a_slip_of_the_catalogue_that_fits_everywhere_comes_first():
    said = message("attention_forward", attention())
    assert "averages all the values" in said
    assert "besides" not in said
