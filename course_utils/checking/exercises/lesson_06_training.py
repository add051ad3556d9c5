"""Exercises of lesson 06, second part: frozen norms, rates by depth, smoothed labels."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.exercises.normalization import run_backward, statistics
from course_utils.checking.returns import WrongReturnError, kind_of
from course_utils.nn.depth_rates import rates_by_depth, step_with_rates
from course_utils.nn.frozen_norm import frozen_norm_backward, frozen_norm_forward
from course_utils.nn.smoothed_loss import smoothed_loss_and_gradient


def _frozen(draw: Draw, sizes: Sizes) -> Probe:
    N, D = sizes["N"], sizes["D"]
    X = draw.array(N, D) if draw.small else 1.5 * draw.array(N, D) + draw.array(D)
    args = (X.astype(draw.dtype), draw.array(D), draw.array(D), statistics(draw, D))
    eps = 0.5 if draw.small else (0.1 if N % 2 else 0.4)
    return Probe(args, sizes=sizes, kwargs={"eps": eps}, upstream=draw.array(N, D))


def _one_row(draw: Draw) -> list[Probe]:
    """A single picture is no batch: only a frozen norm can answer."""
    probe = _frozen(draw, {"N": 1, "D": 6})
    return [Probe(probe.args, "a single row", {"D": 6}, {"eps": 0.3}, probe.upstream)]


_FROZEN = {
    "make": _frozen,
    "sizes": ({"N": 5, "D": 3}, {"N": 4, "D": 6}, {"N": 7, "D": 4}),
    "smallest": {"N": 1, "D": 1},
    "special": _one_row,
    "shapes": {
        **dict.fromkeys(("X", "Y", "dY", "dX"), "N D"),
        **dict.fromkeys(("gamma", "beta", "dgamma", "dbeta"), "D"),
    },
}


def _logits(draw: Draw, sizes: Sizes) -> Probe:
    N, C = sizes["N"], sizes["C"]
    smoothing = 0.5 if draw.small else {3: 0.3, 4: 0.1, 5: 0.2}.get(C, 0.25)
    y = draw.rng.permutation(np.arange(N) % C)
    scale = 1.0 if draw.small else 1.5
    return Probe((scale * draw.array(N, C), y, smoothing))


def _hard_logits(draw: Draw) -> list[Probe]:
    """Huge logits, and no smoothing at all: then it is the plain loss."""
    sizes = {"N": 4, "C": 6}
    large = 1000 * np.round(draw.array(4, 6).clip(-1, 1))
    large[:, 0] = 1000 * np.array([1.0, -1.0, 1.0, -1.0])
    plain = _logits(draw, sizes).args
    return [
        Probe((large, np.array([0, 1, 2, 0]), 0.1), "logits near ±1000", sizes),
        Probe((plain[0], plain[1], 0.0), "smoothing = 0", sizes),
    ]


def _depth(draw: Draw, sizes: Sizes) -> Probe:
    L = sizes["L"]
    if draw.small:
        return Probe((L, 1.0, 0.5))
    return Probe((L, float(draw.rng.uniform(0.02, 0.3)), {5: 0.4, 4: 0.6, 7: 0.8}.get(L, 0.5)))


def _flat_rates(draw: Draw) -> list[Probe]:
    return [
        Probe((1, 0.03, 0.5), "nothing but a head", {"L": 1}),
        Probe((4, 0.07, 1.0), "below = 1", {"L": 4}),
    ]


def _parameters(draw: Draw, sizes: Sizes) -> Probe:
    """The lowest part is frozen, and an old gradient of it is still there."""
    D, M, C = (sizes[letter] for letter in "DMC")
    shapes = {"W1": (D, M), "b1": (M,), "W2": (M, M), "b2": (M,), "W3": (M, C), "b3": (C,)}
    if draw.small:
        shapes = {key: shapes[key] for key in ("W1", "W3", "b3")}
    params = {key: draw.array(*shape) for key, shape in shapes.items()}
    grads = {key: draw.array(*shape) for key, shape in shapes.items()}
    rates = {"W2": 0.02, "b2": 0.03, "W3": 0.1, "b3": 0.2}
    rates = {key: 0.5 if draw.small else rate for key, rate in rates.items() if key in shapes}
    strength = 1.0 if draw.small else 0.25
    return Probe((params, grads, rates, strength))


def _little_trained(draw: Draw) -> list[Probe]:
    """Only the head is trained, and frozen parameters have no gradient; then all are trained."""
    sizes = {"D": 4, "M": 5, "C": 2}
    params, grads, rates, _ = _parameters(draw, sizes).args
    grads = {key: g for key, g in grads.items() if key in ("W3", "b3")}
    rates = {key: rate for key, rate in rates.items() if key in grads}
    whole, their, _, _ = _parameters(draw, sizes).args
    every = dict(zip(whole, (0.01, 0.015, 0.04, 0.06, 0.1, 0.2), strict=True))
    return [
        Probe((params, grads, rates, 0.4), "only the head is trained", sizes),
        Probe((whole, their, every, 0.0), "no penalty, everything trained", sizes),
    ]


def _run_step(call, probe, peers) -> dict[str, Any]:
    stepped = call(*probe.args)
    if not isinstance(stepped, dict):
        raise WrongReturnError(f"params: expected a dictionary, got {kind_of(stepped)}.")
    return dict(stepped)


register(
    Exercise(
        id="6.5",
        name="frozen_norm_forward",
        points=1,
        reference=frozen_norm_forward,
        **_FROZEN,
        returns=("Y", "cache"),
        hints=(
            "Does the answer for one picture depend on which others are in its batch?",
            "Mean and variance are brought along. Nothing of X is averaged.",
            "Centre, divide by the root of variance and eps, stretch, shift. running is read "
            "and never written.",
        ),
    ),
    Exercise(
        id="6.7",
        name="frozen_norm_backward",
        points=2,
        reference=frozen_norm_backward,
        **_FROZEN,
        returns=("dX", "dgamma", "dbeta"),
        forward="frozen_norm_forward",
        run=run_backward("frozen_norm_forward", "dX", "dgamma", "dbeta"),
        hints=(
            "Change one number of X. Which numbers of Y move?",
            "Two ways of batch norm led through its statistics. Are they still there?",
            "gamma and beta are shared by all rows and collect from them; X_hat is what gamma "
            "was multiplied by.",
        ),
    ),
    Exercise(
        id="6.10",
        name="rates_by_depth",
        points=1,
        reference=rates_by_depth,
        make=_depth,
        sizes=({"L": 5}, {"L": 4}, {"L": 7}),
        smallest={"L": 1},
        special=_flat_rates,
        shapes={"rates": "L"},
        returns=("rates",),
        hints=(
            "Which part has the rate that is given, the first or the last?",
            "From each part to the one below it there is one factor. How many factors lie "
            "between part i and the head?",
            "The exponents count down to 0 at the head. np.arange can count down.",
        ),
    ),
    Exercise(
        id="6.11",
        name="step_with_rates",
        points=3,
        reference=step_with_rates,
        make=_parameters,
        sizes=(
            {"D": 4, "M": 5, "C": 3},
            {"D": 3, "M": 2, "C": 4},
            {"D": 5, "M": 4, "C": 2},
        ),
        smallest={"D": 1, "M": 1, "C": 1},
        special=_little_trained,
        shapes={
            **{"W1": "D M", "b1": "M", "W2": "M M", "b2": "M", "W3": "M C", "b3": "C"},
        },
        returns=("params",),
        run=_run_step,
        hints=(
            "How do you see whether a parameter is frozen? Not by its gradient: an old one may "
            "still be there.",
            "A frozen parameter feels nothing, neither the gradient nor the penalty, but it "
            "belongs into what you return.",
            "The penalty adds its own gradient, for weights and not for biases: whichever array "
            "has more than one axis. Then each has its own rate.",
        ),
    ),
    Exercise(
        id="6.13",
        name="smoothed_loss_and_gradient",
        points=3,
        reference=smoothed_loss_and_gradient,
        make=_logits,
        sizes=({"N": 4, "C": 3}, {"N": 3, "C": 5}, {"N": 6, "C": 4}),
        smallest={"N": 1, "C": 2},
        special=_hard_logits,
        shapes={"Z": "N C", "y": "N", "dZ": "N C", "loss": ""},
        returns=("loss", "dZ"),
        hints=(
            "Write the target of one picture as a row of C numbers. What do they add up to?",
            "The share is spread over all classes, the right one too, so every entry has at "
            "least smoothing / C.",
            "The loss sums target times log P over the classes, not only at the right one. Its "
            "gradient is what you derived, divided by N like every mean.",
        ),
    ),
)
