"""Exercises of lesson 00: one neuron, to learn how a blank and a verdict work."""

from __future__ import annotations

import numpy as np

from course_utils.checking.exercises import Exercise, Probe, register


def neuron_forward(x, w, b):
    """y = sum over i of x_i w_i, plus b."""
    return x @ w + b, (x, w)


def neuron_backward(dy, cache):
    """Gradients of y = x·w + b for a number dy = dL/dy."""
    x, w = cache
    return dy * w, dy * x, dy


def _probes(upstream: bool) -> list[Probe]:
    rng = np.random.default_rng([0, 1])
    made = []
    for size in (4, 7):
        x, w, b = rng.standard_normal(size), rng.standard_normal(size), float(rng.normal())
        dy = float(rng.normal()) if upstream else None
        made.append(Probe((x, w, b), sizes={"D": size}, upstream=dy))
    return made


register(
    Exercise(
        id="0.1",
        name="neuron_forward",
        points=1,
        reference=neuron_forward,
        probes=lambda: _probes(upstream=False),
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
        probes=lambda: _probes(upstream=True),
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
