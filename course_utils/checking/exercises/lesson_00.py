"""Exercises of lesson 00: one neuron, to learn how a blank and a verdict work."""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register


def neuron_forward(x, w, b):
    """y = sum over i of x_i w_i, plus b."""
    return x @ w + b, (x, w)


def neuron_backward(dy, cache):
    """Gradients of y = x·w + b for a number dy = dL/dy."""
    x, w = cache
    return dy * w, dy * x, dy


def _make(draw: Draw, sizes: Sizes) -> Probe:
    D = sizes["D"]
    return Probe((draw.array(D), draw.array(D), draw.number()), upstream=draw.number())


def _negative(draw: Draw) -> list[Probe]:
    """A result that is surely negative: what an activation too much would hide."""
    x = draw.array(5)
    w = -3.0 * np.sign(x) * np.abs(draw.array(5))
    args = (x, w, 0.1)
    return [Probe(args, about="a negative result", sizes={"D": 5}, upstream=draw.number())]


_PROBES = {
    "make": _make,
    "sizes": ({"D": 4}, {"D": 7}, {"D": 6}),
    "smallest": {"D": 1},
    "special": _negative,
}


register(
    Exercise(
        id="0.1",
        name="neuron_forward",
        points=1,
        reference=neuron_forward,
        **_PROBES,
        returns=("y", "cache"),
        shapes={"x": "D", "w": "D", "y": ""},
        hints=(
            "How many numbers does a neuron give for a row x of D inputs?",
            "Multiply each input by its weight. Then all the products become one number. How?",
            "NumPy has an operator that multiplies entry by entry and sums in one go; "
            "the bias b is added once, after the sum.",
        ),
    ),
    Exercise(
        id="0.2",
        name="neuron_backward",
        points=1,
        reference=neuron_backward,
        **_PROBES,
        returns=("dx", "dw", "db"),
        shapes={"dx": "D", "dw": "D", "db": "", "dy": ""},
        forward="neuron_forward",
        hints=(
            "If x_i grows by a little, by how many times that little does y grow?",
            "The chain rule: dL/dx_i = dL/dy · dy/dx_i. The first factor is dy, the same for all.",
            "In x_i w_i the derivative with respect to one factor is the other factor. "
            "And how much does y grow when b grows by 1?",
        ),
    ),
)
