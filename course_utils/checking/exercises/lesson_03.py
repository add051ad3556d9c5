"""Exercises of lesson 03: the layers of a fully connected net, and two optimizers."""

from __future__ import annotations

import numpy as np

from course_utils import nn
from course_utils.checking.compare import close
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.exercises.lesson_02 import four_steps

_LINEAR = {"X": "N D", "W": "D M", "b": "M", "Y": "N M", "dY": "N M"}
_LINEAR |= {"dX": "N D", "dW": "D M", "db": "M"}
_RELU = {"X": "N M", "Y": "N M", "dY": "N M", "dX": "N M"}
_LOSS = {"Z": "N C", "y": "N", "loss": "", "dZ": "N C"}
_NET = {"X": "N D", "y": "N", "loss": "", "dW1": "D M", "db1": "M", "dW2": "M C", "db2": "C"}


def _linear(draw: Draw, sizes: Sizes) -> Probe:
    N, D, M = sizes["N"], sizes["D"], sizes["M"]
    args = (draw.array(N, D), draw.array(D, M), draw.array(M))
    return Probe(args, upstream=draw.array(N, M))


_LINEAR_PROBES = {
    "make": _linear,
    "sizes": ({"N": 5, "D": 6, "M": 7}, {"N": 8, "D": 3, "M": 4}, {"N": 4, "D": 5, "M": 3}),
    "smallest": {"N": 1, "D": 1, "M": 1},
    "shapes": _LINEAR,
}


def _relu(draw: Draw, sizes: Sizes) -> Probe:
    N, M = sizes["N"], sizes["M"]
    return Probe((draw.array(N, M),), upstream=draw.array(N, M))


def _relu_hard(draw: Draw) -> list[Probe]:
    X = draw.array(4, 5)
    X[1, 2] = X[0, 3] = X[3, 0] = 0.0
    about = "inputs that are exactly 0"
    at_zero = Probe((X,), about=about, sizes={"N": 4, "M": 5}, upstream=draw.array(4, 5))
    sizes, upstream = {"N": 2, "M": 9}, draw.array(2, 9)
    large = Probe((20 * draw.array(2, 9),), about="large inputs", sizes=sizes, upstream=upstream)
    return [at_zero, large]


_RELU_PROBES = {
    "make": _relu,
    "sizes": ({"N": 5, "M": 6}, {"N": 7, "M": 4}, {"N": 3, "M": 8}),
    "smallest": {"N": 1, "M": 1},
    "special": _relu_hard,
    "shapes": _RELU,
}


def _loss(draw: Draw, sizes: Sizes) -> Probe:
    N, C = sizes["N"], sizes["C"]
    return Probe((draw.array(N, C), draw.labels(N, C)), upstream=draw.number())


def _large(draw: Draw) -> list[Probe]:
    """Large logits, and rows so far apart that a shift by the largest of all underflows."""
    near = draw.array(5, 4) + 1000.0
    far = 1000.0 * draw.array(4, 6) + np.array([[0.0], [2000.0], [-3000.0], [900.0]])
    labels = np.array([1, 3, 0, 2, 1]), np.array([1, 5, 0, 3])
    # Half the digits of float32 go to the thousand: what is left is compared with more room.
    return [
        Probe((near, labels[0]), "logits near 1000", {"N": 5, "C": 4}, upstream=1.0, rtol=1e-3),
        Probe((far, labels[1]), "logits near ±1000", {"N": 4, "C": 6}, upstream=1.0),
    ]


_LOSS_PROBES = {
    "make": _loss,
    "sizes": ({"N": 5, "C": 4}, {"N": 7, "C": 3}, {"N": 6, "C": 5}),
    "smallest": {"N": 1, "C": 2},
    "special": _large,
    "shapes": _LOSS,
}


def _net(draw: Draw, sizes: Sizes) -> Probe:
    N, D, M, C = (sizes[letter] for letter in "NDMC")
    params = {
        "W1": draw.array(D, M),
        "b1": draw.array(M),
        "W2": draw.array(M, C),
        "b2": draw.array(C),
    }
    # The first net has no penalty: a slip in the penalty then shows as one.
    weight_decay = 0.0 if N == 5 else draw.number(0.05, 0.4)
    about = "weight decay" if weight_decay else "no weight decay"
    return Probe((params, draw.array(N, D), draw.labels(N, C), weight_decay), about=about)


def _any_slope_at_zero(probe: Probe, part: str, got: np.ndarray, expected: np.ndarray) -> str:
    """At X = 0 ReLU has no derivative: every slope from 0 to 1 is as right."""
    (X,) = probe.args
    share = np.divide(got, probe.upstream)
    at_zero = X == 0
    elsewhere = np.where(at_zero, expected, got)
    if not close(elsewhere, expected, probe.rtol) or np.any(np.abs(share[at_zero] - 0.5) > 0.501):
        return ""
    return (
        "right. At X = 0 you pass the gradient on, or a part of it; this course puts 0 there. "
        "No derivative exists at that point, so neither is wrong."
    )


register(
    Exercise(
        id="3.1",
        name="linear_forward",
        points=2,
        reference=nn.linear_forward,
        **_LINEAR_PROBES,
        returns=("Y", "cache"),
        hints=(
            "X is (N, D), W is (D, M). Which product has shape (N, M)?",
            "Entry [n, m] of Y is the sum over d of X[n, d] W[d, m]: a matrix product.",
            "b has shape (M,). Added to an (N, M) array, NumPy gives it to every row by itself.",
        ),
    ),
    Exercise(
        id="3.2",
        name="linear_backward",
        points=4,
        reference=nn.linear_backward,
        **_LINEAR_PROBES,
        returns=("dX", "dW", "db"),
        forward="linear_forward",
        hints=(
            "Write one entry: Y[n, m] = sum over d of X[n, d] W[d, m] + b[m]. "
            "Which entries of Y does W[d, m] touch? And b[m]? And X[n, d]?",
            "dW[d, m] collects from every row n: sum over n of X[n, d] dY[n, m]. "
            "dX[n, d] collects from every column m. db[m] collects from every row.",
            "A sum over an inner index is a matrix product, perhaps with a transpose. "
            "dW has the shape of W, dX of X, db of b: only one arrangement fits each.",
        ),
    ),
    Exercise(
        id="3.3",
        name="relu_forward",
        points=1,
        reference=nn.relu_forward,
        **_RELU_PROBES,
        returns=("Y", "cache"),
        hints=(
            "What should become of 3? Of −3?",
            "Each entry is compared with 0 and the larger one kept.",
            "NumPy compares two arrays entry by entry in one function; X.max() is not it, "
            "that one finds a single number.",
        ),
    ),
    Exercise(
        id="3.4",
        name="relu_backward",
        points=2,
        reference=nn.relu_backward,
        **_RELU_PROBES,
        returns=("dX",),
        forward="relu_forward",
        convention=_any_slope_at_zero,
        hints=(
            "How fast does max(x, 0) grow with x, right of 0? And left of it?",
            "The slope is 1 or 0, decided by the sign of the input. "
            "The chain rule multiplies it with what arrives from above.",
            "A comparison of X with 0 gives an array of True and False, "
            "and NumPy multiplies with those as 1 and 0.",
        ),
    ),
    Exercise(
        id="3.5",
        name="softmax_cross_entropy_forward",
        points=3,
        reference=nn.softmax_cross_entropy_forward,
        **_LOSS_PROBES,
        returns=("loss", "cache"),
        hints=(
            "What does exp(1000) give in floating point? And does softmax change when the "
            "same number is taken off every logit of a row?",
            "Take the largest logit of each row off that row (keepdims=True keeps the shapes "
            "fitting). Then the largest exponent is 0.",
            "−log P[n, y[n]] is log(sum over c of exp(Z[n, c])) − Z[n, y[n]], with the shifted Z: "
            "so log(0) never comes up. X[np.arange(N), y] picks one entry per row. "
            "Last, the mean over the N rows.",
        ),
    ),
    Exercise(
        id="3.6",
        name="softmax_cross_entropy_backward",
        points=3,
        reference=nn.softmax_cross_entropy_backward,
        **_LOSS_PROBES,
        returns=("dZ",),
        forward="softmax_cross_entropy_forward",
        hints=(
            "The loss of one row is log(sum over c of exp(Z[c])) − Z[y]. "
            "What is the derivative of each of the two terms with respect to Z[c]?",
            "The first gives P[c], for every c. The second gives 1, but only where c is the label.",
            "The loss is a mean over N rows, and dloss arrives from above: two factors left. "
            "P is in the cache, and its owner still needs it: work on a copy.",
        ),
    ),
    Exercise(
        id="3.7",
        name="two_layer_loss_and_grads",
        points=5,
        reference=nn.two_layer_loss_and_grads,
        make=_net,
        sizes=(
            {"N": 5, "D": 6, "M": 7, "C": 4},
            {"N": 8, "D": 5, "M": 6, "C": 3},
            {"N": 6, "D": 4, "M": 9, "C": 5},
        ),
        smallest={"N": 1, "D": 1, "M": 1, "C": 2},
        returns=("loss", "grads"),
        shapes=_NET,
        hints=(
            "Five steps lead from X to the loss. In which order do you meet them on the way back?",
            "Keep one cache for each step. On the way back every call takes the gradient that the "
            "call before it returned: dZ, then dH, then dA.",
            "The penalty λ ΣW² adds to the loss for W1 and for W2, and 2λW to the gradient of "
            "each. The biases have no penalty.",
        ),
    ),
    Exercise(
        id="3.8",
        name="momentum_update",
        points=2,
        reference=nn.momentum_update,
        **four_steps(learning_rate=(0.1, 0.3), momentum=(0.9, 0.5)),
        hints=(
            "What does the velocity remember, and what is it before the first step?",
            'state is an empty dictionary at first: state.get("v", 0.0) is the velocity or 0.',
            "First the new velocity (a share of the old one, less learning_rate times the slope), "
            "then w moves by the new velocity.",
        ),
    ),
    Exercise(
        id="3.9",
        name="adam_update",
        points=3,
        reference=nn.adam_update,
        **four_steps(
            learning_rate=(0.1, 0.5), beta1=(0.9, 0.7), beta2=(0.999, 0.9), eps=(1e-8, 1e-2)
        ),
        hints=(
            "Adam keeps two running means: of the gradient and of its square. "
            "Both start at 0. What does that do to the first steps?",
            "Count the steps: t is 1 at the first. A mean that started at 0 has seen only a share "
            "1 − beta ** t of its weight so far; divide by that share.",
            "The step is learning_rate times the corrected first mean, over the root of the "
            "corrected second mean plus eps; eps stands outside the root.",
        ),
    ),
)
