"""Exercises of lesson 02: sigmoid, tanh, the L2 penalty, softmax, and two update rules."""

from __future__ import annotations

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import WrongReturnError, kind_of, unpack

_ACTIVATION = {"X": "N M", "Y": "N M", "dY": "N M", "dX": "N M"}


def _activation(draw: Draw, sizes: Sizes) -> Probe:
    N, M = sizes["N"], sizes["M"]
    return Probe((draw.array(N, M),), upstream=draw.array(N, M))


def _huge(draw: Draw) -> list[Probe]:
    """Both signs near ±1000, where exp overflows, beside ordinary numbers and a 0."""
    X = draw.array(4, 5)
    X[:, 1] = [1000.0, -1000.0, 750.0, -800.0]
    X[2, 3] = 0.0
    return [Probe((X,), about="inputs near ±1000", sizes={"N": 4, "M": 5})]


def _saturated(largest: float):
    """Large enough that the slope is nearly 0, small enough that the output still tells X."""

    def special(draw: Draw) -> list[Probe]:
        X = draw.array(4, 5)
        X[:, 1] = largest * np.array([1.0, -1.0, 0.8, -0.8])
        X[2, 3] = 0.0
        about = "saturated outputs"
        return [Probe((X,), about=about, sizes={"N": 4, "M": 5}, upstream=draw.array(4, 5))]

    return special


_ACTIVATION_PROBES = {
    "make": _activation,
    "sizes": ({"N": 5, "M": 6}, {"N": 7, "M": 4}, {"N": 3, "M": 8}),
    "smallest": {"N": 1, "M": 1},
    "shapes": _ACTIVATION,
}


def _penalty(draw: Draw, sizes: Sizes) -> Probe:
    W = draw.array(sizes["D"], sizes["M"])
    return Probe((W, draw.number(0.05, 0.6)), upstream=draw.number())


def _some_zero(draw: Draw) -> list[Probe]:
    W = 3.0 * draw.array(4, 3)
    W[1] = W[0, 2] = 0.0
    args, sizes = (W, draw.number(0.05, 0.6)), {"D": 4, "M": 3}
    return [Probe(args, about="some weights exactly 0", sizes=sizes, upstream=draw.number())]


_PENALTY_PROBES = {
    "make": _penalty,
    "sizes": ({"D": 5, "M": 4}, {"D": 7, "M": 3}, {"D": 3, "M": 6}),
    "smallest": {"D": 1, "M": 2},
    "special": _some_zero,
    "shapes": {"W": "D M", "penalty": "", "dpenalty": "", "dW": "D M"},
}


def _softmax(draw: Draw, sizes: Sizes) -> Probe:
    return Probe((draw.array(sizes["N"], sizes["C"]),))


def _large_logits(draw: Draw) -> list[Probe]:
    """Large logits with small differences, and rows so far apart that one shift is not enough."""
    near = draw.array(5, 4) + 1000.0 * np.array([[1.0], [-1.0], [1.0], [0.0], [-1.0]])
    far = 1000.0 * draw.array(4, 6) + np.array([[0.0], [2000.0], [-3000.0], [900.0]])
    # Half the digits of float32 go to the thousand: what is left is compared with more room.
    return [
        Probe((near,), about="logits near ±1000", sizes={"N": 5, "C": 4}, rtol=1e-3),
        Probe((far,), about="logits far apart", sizes={"N": 4, "C": 6}, rtol=1e-3),
    ]


def four_steps(**settings: tuple[float, float]):
    """Four steps; each setting has one value for vectors of 5 and another for longer ones."""

    def make(draw: Draw, sizes: Sizes) -> Probe:
        shape = (sizes["D"],)
        kwargs = {name: values[sizes["D"] > 5] for name, values in settings.items()}
        about = ", ".join(f"{name} = {value:g}" for name, value in kwargs.items())
        return Probe((draw.array(*shape), draw.array(4, *shape)), about=about, kwargs=kwargs)

    return {
        "make": make,
        "sizes": ({"D": 5}, {"D": 8}),
        "smallest": {"D": 1},
        "run": _run_steps,
        "returns": ("w", "state"),
        "sequential": True,
    }


def _refuse_what_came_back(w, state) -> None:
    """Where a step fails on what the step before returned, that is what has to be told."""
    if w is None:
        raise WrongReturnError("w: expected an array, got None. Was it never set?")
    if not isinstance(state, dict):
        raise WrongReturnError(f"state: expected a dictionary, got {kind_of(state)}.")


def _run_steps(call, probe, peers) -> dict[str, np.ndarray]:
    """Take four steps, handing the state on, and name w after each."""
    w, gradients = probe.args
    state: dict = {}
    after = {}
    for step, dw in enumerate(gradients, start=1):
        # The state belongs to the rule: it may be changed in place.
        try:
            result = call(w, dw, state, free=("state",), **probe.kwargs)
        except (AttributeError, TypeError, KeyError, IndexError):
            _refuse_what_came_back(w, state)
            raise
        w, state = unpack(result, ("w", "state"))
        after[f"w after step {step}"] = w
    return after


register(
    Exercise(
        id="2.7",
        name="sigmoid_forward",
        points=1,
        reference=nn.sigmoid_forward,
        **_ACTIVATION_PROBES,
        special=_huge,
        returns=("Y", "cache"),
        hints=(
            "What should come out for X = 0, for a large X, and for a very negative one?",
            "exp(−X) is 1 at 0, tiny for large X and huge for very negative X. "
            "Which fraction turns that into 1/2, 1 and 0?",
            "inf in a denominator gives 0 and does no harm; inf over inf gives NaN. "
            "Choose the form of the fraction that never has exp in both places.",
        ),
    ),
    Exercise(
        id="2.8",
        name="sigmoid_backward",
        points=2,
        reference=nn.sigmoid_backward,
        **_ACTIVATION_PROBES,
        special=_saturated(12.0),
        returns=("dX",),
        forward="sigmoid_forward",
        hints=(
            "Where is the curve steepest, and how steep is it far out on both sides?",
            "Differentiate 1/(1 + exp(−X)) and express the result by Y alone: X is not needed.",
            "The slope is a product of two factors, one vanishing at Y = 0, the other at Y = 1. "
            "The chain rule brings a third: what arrives from above.",
        ),
    ),
    Exercise(
        id="2.9",
        name="tanh_forward",
        points=1,
        reference=nn.tanh_forward,
        **_ACTIVATION_PROBES,
        special=_huge,
        returns=("Y", "cache"),
        hints=(
            "Between which two numbers does tanh stay, and what is it at 0?",
            "It is sinh over cosh, and both overflow for X beyond 710. What is inf/inf?",
            "Somebody has taken care of that already: NumPy has the function.",
        ),
    ),
    Exercise(
        id="2.10",
        name="tanh_backward",
        points=2,
        reference=nn.tanh_backward,
        **_ACTIVATION_PROBES,
        special=_saturated(6.0),
        returns=("dX",),
        forward="tanh_forward",
        hints=(
            "How steep is tanh at 0, and how steep where it has nearly reached 1 or −1?",
            "Use the quotient rule on sinh/cosh, then express the slope by Y alone.",
            "The slope must be 1 at Y = 0, and 0 at Y = 1 and at Y = −1: "
            "a parabola in Y. Then the chain rule.",
        ),
    ),
    Exercise(
        id="2.14",
        name="l2_penalty_forward",
        points=1,
        reference=nn.l2_penalty_forward,
        **_PENALTY_PROBES,
        returns=("penalty", "cache"),
        hints=(
            "How many numbers is the penalty for a whole matrix W?",
            "Every weight pays its square, whatever its sign. Then one sum over all of them.",
            "weight_decay multiplies the sum once. This course has neither 1/2 nor 1/N in it.",
        ),
    ),
    Exercise(
        id="2.15",
        name="l2_penalty_backward",
        points=1,
        reference=nn.l2_penalty_backward,
        **_PENALTY_PROBES,
        returns=("dW",),
        forward="l2_penalty_forward",
        hints=(
            "The penalty is a sum of squares. Which of its terms change when one weight changes?",
            "Only one: weight_decay times that weight squared. What is the slope of a square?",
            "Nothing is summed here: each weight has its own slope, and dW has the shape of W. "
            "What arrives from above multiplies all of it.",
        ),
    ),
    Exercise(
        id="2.1",
        name="softmax",
        points=3,
        reference=nn.softmax,
        make=_softmax,
        sizes=({"N": 5, "C": 4}, {"N": 7, "C": 3}, {"N": 6, "C": 5}),
        smallest={"N": 1, "C": 2},
        special=_large_logits,
        shapes={"Z": "N C", "P": "N C"},
        returns=("P",),
        hints=(
            "Probabilities are positive and sum to 1. Over which axis of (N, C) do they sum?",
            "exp makes them positive, a division by the row's sum makes them sum to 1. "
            "keepdims=True keeps the sums in a column, so that they fit the rows.",
            "exp(1000) is inf. Softmax stays the same when a number is taken off a whole row: "
            "which number, of which row, makes the largest exponent 0?",
        ),
    ),
    Exercise(
        id="2.17",
        name="sgd_update",
        points=1,
        reference=nn.sgd_update,
        **four_steps(learning_rate=(0.1, 0.3)),
        hints=(
            "The gradient points to where the loss grows. Which way is down?",
            "How far to go: the gradient times learning_rate.",
            "Return the new w and the state; plain gradient descent has nothing to remember.",
        ),
    ),
    Exercise(
        id="2.20",
        name="rmsprop_update",
        points=2,
        reference=nn.rmsprop_update,
        **four_steps(learning_rate=(0.1, 0.5), decay=(0.99, 0.8), eps=(1e-8, 1e-2)),
        hints=(
            "What does RMSProp remember of the gradients so far: their sum, sign, or size?",
            "A running mean: a share `decay` of the old one, the rest from the new square. "
            'state.get("s", 0.0) is the old one, or 0 at the first step.',
            "Each entry of the gradient is divided by the root of its own mean square; "
            "eps stands outside the root.",
        ),
    ),
)
