"""Exercises of lesson 02 in the plane: where three classes meet, and basis functions."""

from __future__ import annotations

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register

_PLANE = {"D": 2, "C": 3}


def _three_classes(draw: Draw, sizes: Sizes) -> Probe:
    return Probe((_spread_out(draw), draw.array(3)))


def _spread_out(draw: Draw) -> np.ndarray:
    """Weights of three classes whose boundaries cross at a good angle, at least 30 degrees."""
    while True:
        W = draw.array(2, 3)
        boundaries = W[:, 1:] - W[:, :1]
        lengths = np.linalg.norm(boundaries, axis=0)
        if lengths.min() > 0.8 and abs(np.linalg.det(boundaries)) > 0.5 * lengths.prod():
            return W


def _meetings(draw: Draw) -> list[Probe]:
    """Logits that are far from 0 where they are equal, and a meeting at the origin."""
    far = (_spread_out(draw) + draw.array(2, 1), draw.array(3) + 50.0)
    origin = (_spread_out(draw), np.full(3, 0.7))
    # The differences of large biases have lost digits in float32.
    return [
        Probe(far, about="large logits", sizes=_PLANE, rtol=1e-4),
        Probe(origin, about="equal biases", sizes=_PLANE),
    ]


def _gaussian(draw: Draw, sizes: Sizes) -> Probe:
    N, M, D = (sizes[letter] for letter in "NMD")
    return Probe((draw.array(N, D), draw.array(M, D), draw.number(1.1, 2.6)))


def _near_and_far(draw: Draw) -> list[Probe]:
    """Rows that are a centre themselves, and rows so far off that nothing is left."""
    X, centres = draw.array(6, 2), draw.array(4, 2)
    X[1], X[4] = centres[2], centres[0]
    far = draw.array(5, 3)
    far[:3] *= 1000.0
    return [
        Probe((X, centres, 0.6), "rows that are centres", {"N": 6, "M": 4, "D": 2}),
        Probe((far, draw.array(4, 3), 1.7), "rows far away", {"N": 5, "M": 4, "D": 3}),
    ]


def _powers(draw: Draw, sizes: Sizes) -> Probe:
    return Probe((draw.array(sizes["N"]), sizes["M"] - 1))


def _zeros_and_degrees(draw: Draw) -> list[Probe]:
    """Degree 1, not 0: a loop that ends one power too early is told so, it has one left."""
    x = draw.array(6)
    x[[0, 3]] = 0.0
    return [
        Probe((x, 3), "some x exactly 0", {"N": 6, "M": 4}),
        Probe((draw.array(5), 1), "degree 1", {"N": 5, "M": 2}),
    ]


register(
    Exercise(
        id="2.3",
        name="meeting_point",
        points=2,
        reference=nn.meeting_point,
        make=_three_classes,
        sizes=(_PLANE, _PLANE, _PLANE),
        smallest=_PLANE,
        special=_meetings,
        shapes={"W": "D C", "b": "C", "x": "D"},
        returns=("x",),
        hints=(
            "On the line between two classes their logits are equal. How many such equalities "
            "must hold at one point, and how many unknowns has x?",
            "x·W[:, 1] + b[1] = x·W[:, 0] + b[0]: bring what holds x to one side and the "
            "biases to the other. Then the same for class 2.",
            "Two equations in two unknowns are a matrix, one row for each equation, and a right "
            "side. NumPy's linalg has a function for exactly that. Check by putting x back in.",
        ),
    ),
    Exercise(
        id="2.5",
        name="gaussian_basis",
        points=2,
        reference=nn.gaussian_basis,
        make=_gaussian,
        sizes=({"N": 5, "M": 4, "D": 2}, {"N": 7, "M": 3, "D": 4}, {"N": 4, "M": 6, "D": 3}),
        smallest={"N": 1, "M": 1, "D": 1},
        special=_near_and_far,
        shapes={"X": "N D", "centres": "M D", "Phi": "N M"},
        returns=("Phi",),
        hints=(
            "How large is a bump exactly at its centre, and how large far away from it?",
            "Entry [n, m] looks at row n of X and at centre m: take one from the other, square, "
            "and sum over the D coordinates. A loop over the centres makes one column at a time.",
            "At a distance of one width the bump must be exp(−1/2) ≈ 0.61. "
            "Mind the brackets: Python divides and multiplies from left to right.",
        ),
    ),
    Exercise(
        id="2.6",
        name="polynomial_basis",
        points=1,
        reference=nn.polynomial_basis,
        make=_powers,
        sizes=({"N": 5, "M": 4}, {"N": 4, "M": 6}, {"N": 7, "M": 3}),
        smallest={"N": 1, "M": 2},
        special=_zeros_and_degrees,
        shapes={"x": "N", "Phi": "N M"},
        returns=("Phi",),
        hints=(
            "How many powers are there from 0 to degree, both included?",
            "Which number stands in the first column, whatever x is? And which array is the "
            "second column?",
            "Either stack one column for each power, or let a column of x meet a row of "
            "exponents: shapes (N, 1) and (M,) give (N, M).",
        ),
    ),
)
