"""Slips on the way to the point where three classes meet."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import SHAPE_KEPT
from course_utils.checking.mistakes.advice_linear import (
    MEETING_EQUATIONS,
    MEETING_SIGN,
    MEETING_SOLVE,
    MEETING_WHAT,
)

_POINT = "meeting_point"


def _system(W, b):
    """Matrix and right side of both equations, class 1 less class 0 and class 2 less class 0."""
    return (W[:, 1:] - W[:, :1]).T, b[0] - b[1:]


def _right(W, b):
    return np.linalg.solve(*_system(W, b))


@mistake(_POINT, "x", "x has the biases on the wrong side of the equations", MEETING_SIGN)
def sign(W, b):
    return -_right(W, b)


@mistake(_POINT, "x", "x has the biases of class 1 the wrong way round", MEETING_SIGN)
def sign_of_the_first(W, b):
    A, r = _system(W, b)
    return np.linalg.solve(A, [-r[0], r[1]])


@mistake(_POINT, "x", "x has the biases of class 2 the wrong way round", MEETING_SIGN)
def sign_of_the_second(W, b):
    A, r = _system(W, b)
    return np.linalg.solve(A, [r[0], -r[1]])


def _neighbours(W, b, signs):
    """The same point from class 1 less class 0 and class 2 less class 1; signs on the biases."""
    return np.linalg.solve(np.diff(W).T, -np.diff(b) * signs)


@mistake(_POINT, "x", "x has the biases of classes 0 and 1 the wrong way round", MEETING_SIGN)
def sign_of_0_and_1(W, b):
    return _neighbours(W, b, [-1, 1])


@mistake(_POINT, "x", "x has the biases of classes 1 and 2 the wrong way round", MEETING_SIGN)
def sign_of_1_and_2(W, b):
    return _neighbours(W, b, [1, -1])


@mistake(_POINT, "x", "x is the origin: the biases are left out", MEETING_EQUATIONS)
def no_biases(W, b):
    return np.zeros(2)


@mistake(_POINT, "x", "x has only its own class's bias: that of class 0 is lost", MEETING_EQUATIONS)
def no_bias_of_class_0(W, b):
    A, _ = _system(W, b)
    return np.linalg.solve(A, -b[1:])


@mistake(
    _POINT,
    "x",
    "x brings all logits as near to 0 as can be, not to one value",
    MEETING_EQUATIONS,
)
def nearest_to_zero(W, b):
    return np.linalg.lstsq(W.T, -b, rcond=None)[0]


@mistake(_POINT, "x", "x makes the logits of classes 0 and 1 zero, not equal", MEETING_EQUATIONS)
def first_two_zero(W, b):
    return np.linalg.solve(W[:, :2].T, -b[:2])


@mistake(_POINT, "x", "x makes the logits of classes 1 and 2 zero, not equal", MEETING_EQUATIONS)
def last_two_zero(W, b):
    return np.linalg.solve(W[:, 1:].T, -b[1:])


@mistake(
    _POINT, "x", "x has weights and biases added, where they are to be taken off", MEETING_SIGN
)
def sums(W, b):
    return np.linalg.solve((W[:, 1:] + W[:, :1]).T, -(b[1:] + b[0]))


@mistake(_POINT, "x", "x lies on the boundary of 0 and 1 only: one equation", MEETING_EQUATIONS)
def one_boundary(W, b):
    A, r = _system(W, b)
    return np.linalg.lstsq(A[:1], r[:1], rcond=None)[0]


@mistake(
    _POINT,
    "x",
    "x pairs weights of classes 1 and 2 with biases of 0 and 2",
    MEETING_EQUATIONS,
)
def mixed_pairs(W, b):
    A = np.array([W[:, 1] - W[:, 0], W[:, 2] - W[:, 1]])
    return np.linalg.solve(A, b[0] - b[1:])


@mistake(_POINT, "x", "x is solved with the matrix transposed", MEETING_SOLVE)
def transposed(W, b):
    A, r = _system(W, b)
    return np.linalg.solve(A.T, r)


@mistake(_POINT, "x", "x is solved with the matrix transposed", MEETING_SOLVE)
def transposed_neighbours(W, b):
    return np.linalg.solve(np.diff(W), -np.diff(b))


@mistake(
    _POINT, "x", "x has two slips: the matrix transposed, the biases' minus lost", MEETING_SOLVE
)
def transposed_and_sign(W, b):
    A, r = _system(W, b)
    return np.linalg.solve(A.T, -r)


@mistake(
    _POINT, "x", "x has two slips: the matrix transposed, the biases' minus lost", MEETING_SOLVE
)
def transposed_neighbours_and_sign(W, b):
    return np.linalg.solve(np.diff(W), np.diff(b))


@mistake(_POINT, "x", "x is the matrix times the right side: nothing is solved", MEETING_SOLVE)
def multiplied(W, b):
    A, r = _system(W, b)
    return A @ r


@mistake(_POINT, "x", "x takes 1 over each entry, which is no inverse matrix", MEETING_SOLVE)
def reciprocals(W, b):
    A, r = _system(W, b)
    return (1 / A) @ r


@mistake(_POINT, "x", "x is not divided by the determinant", MEETING_SOLVE)
def no_determinant(W, b):
    return _right(W, b) * np.linalg.det(_system(W, b)[0])


@mistake(_POINT, "x", "x is the right side of the equations, unsolved", MEETING_SOLVE)
def right_side(W, b):
    return _system(W, b)[1]


@mistake(_POINT, "x", "x has its two coordinates exchanged", MEETING_WHAT)
def exchanged(W, b):
    return _right(W, b)[::-1]


@mistake(_POINT, "x", "x is the mean of the three weight vectors", MEETING_WHAT)
def mean_of_weights(W, b):
    return W.mean(axis=1)


@mistake(_POINT, "x", "x holds the three logits at the point, not the point", MEETING_WHAT)
def logits(W, b):
    return _right(W, b) @ W + b


@mistake(_POINT, "x", "x has the common logit as a third entry", MEETING_WHAT)
def logit_beside(W, b):
    x = _right(W, b)
    return np.append(x, x @ W[:, 0] + b[0])


@mistake(_POINT, "x", "x is the common logit, not the point", MEETING_WHAT)
def logit_alone(W, b):
    return _right(W, b) @ W[:, 0] + b[0]


@mistake(_POINT, "x", "x is a column: it keeps an axis of length 1", SHAPE_KEPT)
def column(W, b):
    return _right(W, b)[:, None]


@mistake(_POINT, "x", "x is a row: it keeps an axis of length 1", SHAPE_KEPT)
def row(W, b):
    return _right(W, b)[None]
