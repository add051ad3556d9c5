"""Exercises of lesson 06 on nets of PyTorch: freezing, a new head, an epoch, measuring.

PyTorch takes a second to import, and only these exercises need it: what knows it is in
`course_utils.torchlab.exercises`, and is imported when one of them is asked.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register

_MODULE = "course_utils.torchlab.exercises"
IN_OPTIMIZER = "frozen parameters in the optimizer"


def _nets():
    return importlib.import_module(_MODULE)


def freeze_body(net):
    """Freeze what is below the head of a net."""
    return _nets().freeze_body(net)


def new_head(net, C, learning_rate):
    """Put a head for C classes on a net, and make its optimizer."""
    return _nets().new_head(net, C, learning_rate)


def train_epoch(net, optimizer, batches):
    """Train the head of a net for an epoch."""
    return _nets().train_epoch(net, optimizer, batches)


def measure(net, X, y):
    """Measure the accuracy of a net."""
    return _nets().measure(net, X, y)


def _make(name: str) -> Callable[[Draw, Sizes], Probe]:
    def make(draw: Draw, sizes: Sizes) -> Probe:
        if not sizes:  # a net has too many numbers to be followed by hand
            raise ValueError("no smallest net")
        return getattr(_nets(), f"{name}_probe")(draw, sizes)

    return make


def _special(name: str) -> Callable[[Draw], list[Probe]]:
    return lambda draw: getattr(_nets(), f"{name}_specials")(draw)


def _run(name: str):
    def run(call, probe, peers) -> dict[str, Any]:
        return getattr(_nets(), f"run_{name}")(call, probe)

    return run


def _passed_over(probe: Probe, part: str, got: np.ndarray, expected: np.ndarray) -> str:
    """Frozen parameters in an optimizer do no harm as long as they have no gradient."""
    if part != IN_OPTIMIZER:
        return ""
    return (
        f"{int(got)} frozen parameters are in the optimizer, too. PyTorch passes over them while "
        "they have no gradient, but it is safer to give it what is trained and nothing else."
    )


_SIZES = {
    "sizes": (
        {"N": 11, "D": 4, "M": 6, "C": 3, "B": 2},
        {"N": 9, "D": 5, "M": 3, "C": 4, "B": 6},
        {"N": 13, "D": 3, "M": 5, "C": 2, "B": 4},
    ),
    "shapes": {"outputs": "N C", "losses": "B", "head weights": "C M", "head biases": "C"},
}

register(
    Exercise(
        id="6.3",
        name="freeze_body",
        points=2,
        reference=freeze_body,
        make=_make("freeze_body"),
        run=_run("freeze_body"),
        **_SIZES,
        hints=(
            "Two kinds of numbers in the body can move. Which of them does a gradient move, "
            "and which a forward pass?",
            "A parameter has a flag that says whether gradients are recorded for it. A module "
            "has a mode.",
            "net.body.parameters() goes through all parameters, those of inner layers too; "
            "eval() does the same with modes. The head stays as it is.",
        ),
    ),
    Exercise(
        id="6.4",
        name="new_head",
        points=2,
        reference=new_head,
        make=_make("new_head"),
        run=_run("new_head"),
        convention=_passed_over,
        **_SIZES,
        hints=(
            "Which comes first, the head or the optimizer? What does the optimizer hold of a "
            "parameter: its name, or the tensor itself?",
            "The new layer takes as many inputs as the old one: a linear layer knows its own "
            "in_features.",
            "Put it into net.head. Then collect the parameters that record gradients, and give "
            "these, and no others, to torch.optim.SGD.",
        ),
    ),
    Exercise(
        id="6.8",
        name="train_epoch",
        points=3,
        reference=train_epoch,
        make=_make("train_epoch"),
        special=_special("train_epoch"),
        run=_run("train_epoch"),
        **_SIZES,
        hints=(
            "Which layers behave otherwise in training? Which of them are to do so here: those "
            "of the body, or those of the head?",
            "net.train() reaches every layer. What has to follow at once for the part that is "
            "frozen?",
            "For each batch: old gradients away, loss of the logits, backward, step. Keep the "
            "number that the loss holds, not the tensor, which holds the whole graph.",
        ),
    ),
    Exercise(
        id="6.9",
        name="measure",
        points=3,
        reference=measure,
        make=_make("measure"),
        special=_special("measure"),
        run=_run("measure"),
        **_SIZES,
        hints=(
            "Which mode must a net be in when it is measured, and in which does the caller want "
            "it back?",
            "A frozen body is in evaluation mode while the head is in training mode. Can one "
            "flag for the whole net remember that?",
            "Keep (module, module.training) of all net.modules(), then eval(), then no_grad, and "
            "set each flag back at the end.",
        ),
    ),
)
