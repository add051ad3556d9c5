"""Exercises of lesson 02 on ten digits: softmax regression, and who is taken for whom."""

from __future__ import annotations

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register

_REGRESSION = {"X": "N D", "y": "N", "W": "D C", "b": "C", "loss": "", "dW": "D C", "db": "C"}


def _regression(draw: Draw, sizes: Sizes) -> Probe:
    N, D, C = (sizes[letter] for letter in "NDC")
    params = {"W": draw.array(D, C), "b": draw.array(C)}
    # The first one has no penalty: a slip in the penalty then shows as one.
    weight_decay = 0.0 if N == 5 else draw.number(0.05, 0.4)
    about = "weight decay" if weight_decay else "no weight decay"
    return Probe((params, draw.array(N, D), draw.labels(N, C), weight_decay), about=about)


def _large_inputs(draw: Draw) -> list[Probe]:
    """Logits in the thousands; class 2 of 5 has no example."""
    sizes = {"N": 6, "D": 3, "C": 5}
    params = {"W": draw.array(3, 5), "b": draw.array(5)}
    y = np.array([4, 0, 3, 1, 0, 4])
    args = (params, 600.0 * draw.array(6, 3), y, 0.0)
    # Half the digits of float32 go to the thousand: what is left is compared with more room,
    # too much of it for a penalty to be seen.
    return [Probe(args, about="logits near ±1000", sizes=sizes, rtol=1e-3)]


def _answers(draw: Draw, sizes: Sizes) -> Probe:
    """Labels and answers of which about half agree; some pairs come up more than once."""
    N, C = sizes["N"], sizes["C"]
    y, other = draw.labels(N, C), draw.labels(N, C)
    kept = draw.labels(N, 2).astype(bool)
    predicted = np.where(kept, y, other)
    if N > 3:
        predicted[:3], y[:3] = [0, 0, C - 1], [C - 1, C - 1, 0]
    return Probe((y, predicted, C))


def _classes_left_out(draw: Draw) -> list[Probe]:
    """Two classes, the last one of them, neither asked nor answered; all answers right."""
    y = np.array([0, 1, 3, 3, 1, 0, 3, 3, 1])
    predicted = np.array([0, 3, 3, 3, 3, 0, 1, 3, 1])
    right = np.array([2, 0, 2, 1, 0, 2, 2])
    return [
        Probe((y, predicted, 5), "classes that do not occur", {"N": 9, "C": 5}),
        Probe((right, right.copy(), 3), "all answers right", {"N": 7, "C": 3}),
    ]


register(
    Exercise(
        id="2.22",
        name="softmax_regression_loss_and_grads",
        points=4,
        reference=nn.softmax_regression_loss_and_grads,
        make=_regression,
        sizes=({"N": 5, "D": 6, "C": 4}, {"N": 8, "D": 5, "C": 3}, {"N": 6, "D": 3, "C": 5}),
        smallest={"N": 1, "D": 1, "C": 2},
        special=_large_inputs,
        shapes=_REGRESSION,
        returns=("loss", "grads"),
        hints=(
            "What is left of logistic regression if every class has its own column of weights? "
            "Which step takes the place of the sigmoid?",
            "dZ is (N, C), a row for each example. Which product of X and dZ has the shape of W? "
            "And over which axis does b collect?",
            "Keep the cache of each step and go back through them in reverse. The mean over N "
            "is in dZ already; the penalty λ ΣW² adds 2λW to the gradient of W alone.",
        ),
    ),
    Exercise(
        id="2.24",
        name="confusion_matrix",
        points=2,
        reference=nn.confusion_matrix,
        make=_answers,
        sizes=({"N": 12, "C": 4}, {"N": 17, "C": 3}, {"N": 20, "C": 5}),
        smallest={"N": 1, "C": 2},
        special=_classes_left_out,
        shapes={"y": "N", "predicted": "N", "counts": "C C"},
        returns=("counts",),
        hints=(
            "What should the whole table sum to? And one row of it?",
            "Each example is one tick: in the row of its label, in the column of its answer. "
            "Start with zeros and make N ticks.",
            "With two index arrays at once, NumPy makes a repeated pair's tick only once. "
            "A loop does not; nor does the ufunc method that adds at places, unbuffered.",
        ),
    ),
)
