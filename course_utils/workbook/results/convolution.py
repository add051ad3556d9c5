"""R1, R2 and R5: convolutional nets on handwritten digits, and R5's models again in PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import digits, versions
from .closings import epoch_report, first_signal, side_by_side
from .experiment import Experiment, Figure
from .judges import beside, diverged, learns, stuck
from .train_conv import train_conv
from .train_framework import train_framework

_VALIDATION, _TEST = "validation_accuracy", "test_accuracy"
_TWO = {"full": (0, 1), "quick": (0,)}

# Lesson 04's net of three layers, and its deeper one with batch norm.
_THREE = {
    "filters": (16,), "learning_rate": 0.02, "batch_size": 100, "epochs": 10, "decay": 0.7,
    "weight_decay": 1e-4,
}  # fmt: skip
_DEEPER = {
    "filters": (16, 32), "kernel_size": (5, 3), "hidden": (100,), "learning_rate": 0.05,
    "batch_size": 100, "epochs": 12, "decay": 0.7, "weight_decay": 1e-4,
    "normalization": "batch", "keep": 0.6,
}  # fmt: skip
_FEW = {"filters": (8,), "batch_size": 50}  # for 3,500 digits

# R5's fourth model in the three settings of the others.
_MODEL = {"filters": (16,), "hidden": (100,), "weight_decay": 1e-4}
_SMALL = {"initializer": "small_normal", "std": 1e-4}
_NORM = {"normalization": "batch"}
_FOURTH = {1: (_SMALL, 0.1028), 2: (_NORM, 0.9842), 3: (_NORM, 0.9868)}
# A rate that does harm to the others and that batch norm survives, on few digits.
_QUICK_R5 = {**digits.QUICK_SETTINGS, 3: {"batch_size": 50}}


def _both(full: Mapping[str, Any], few: Mapping[str, Any], data: str = "mnist") -> tuple:
    """Settings in the full profile and in the quick one."""
    return {"data": data, **full}, {"data": "digits", **full, **few}


def _first(part: str, measure: str, theirs: float, **judge: Any) -> Figure:
    settings = _both({**_THREE, "hidden": (250,)}, _FEW)
    return Figure("R1", f"convolutional net, {part} accuracy", measure, *settings, theirs, **judge)


def _r5(number: int, more: Mapping[str, Any]) -> tuple:
    """Model 4 in a setting of the others."""
    settings = {**digits.SETTINGS[number], "batch_size": 100, **_MODEL, **more}
    return _both(settings, {**_QUICK_R5[number], "filters": (8,)})


def _fourth(number: int) -> Figure:
    more, theirs = _FOURTH[number]
    name = f"convolutional, setting {number}"
    if more is _SMALL:
        return Figure(
            "R5", f"{name}, small first weights, test accuracy", _TEST, *_r5(number, more), theirs,
            "did not learn", stuck,
        )  # fmt: skip
    return Figure("R5", f"{name}, batch norm, test accuracy", _TEST, *_r5(number, more), theirs)


def _plain(number: int, **judge: Any) -> Figure:
    """The setting as it stands, with He's first weights and no batch norm."""
    what = f"convolutional, setting {number}, as it stands, test accuracy"
    return Figure("R5", what, _TEST, *_r5(number, {}), **judge)


def _in_torch(figure: Figure) -> Figure:
    """The same row for PyTorch: compared with our own run, not with the reference."""
    full, quick = (
        {name: value for name, value in settings.items() if name != "test"}
        for settings in (figure.full, figure.quick)
    )
    return Figure("R5", f"{figure.what.removesuffix(', test accuracy')}, in PyTorch, test accuracy",
                  _TEST, full, quick)  # fmt: skip


_FOUR = (
    *(_fourth(number) for number in _FOURTH),
    _plain(1, judge=learns), _plain(2), _plain(3, judge=diverged),
)  # fmt: skip
_TWELVE = (*digits.nine(), *_FOUR[:3])

EXPERIMENTS = (
    Experiment(
        "R5-convolution", "R5: the fourth model, three settings", train_conv, _FOUR,
        seeds=_TWO, code=versions.CONVOLUTION,
        closing=first_signal("R5-convolution", (0, 3, 1)),
        note=(
            "Rates and epochs of each setting are those of the other models. Setting 1 begins "
            "with first weights of 0.0001, and stays at the loss of guessing, ln 10, with one "
            "answer for all digits. Why: each layer multiplies what comes in by numbers so "
            "small that nothing is left at the logits, and on the way back nothing is left of "
            "the gradient, as the next table shows. Only the last biases learn, and all they can "
            "learn is how often each digit occurs. He's first weights keep the size of the "
            "signal, and the same rate learns in the same time. Whether theirs failed for this "
            "reason is not known; a rate that is too large would be another, as setting 2 shows "
            "without batch norm. A kernel is used at 784 places and collects its gradient from "
            "all of them, so a rate that suits linear layers is large for it. With batch norm the "
            "gradient is smaller, and settings 2 and 3 work."
        ),
    ),
    Experiment(
        "R5-torch", "R5: all twelve in PyTorch", train_framework,
        tuple(_in_torch(figure) for figure in _TWELVE),
        seeds=_TWO, code=(*versions.CONVOLUTION, *versions.TORCH),
        closing=side_by_side(
            (("R5-settings", "R5-torch"), ("R5-convolution", "R5-torch")), "r5-learning-curves.png"
        ),
        note=(
            "The same first weights, number for number, and the same batches. What became of a "
            "run is judged by its curves alone: it *did not learn* if it never left the loss of "
            "guessing, was *thrown to guessing* if it ends there from elsewhere, *diverged* if "
            "its loss grew without bounds; it *under-fits* below 95 % of its training digits, "
            "and *over-fits* with a validation loss above one and a half times the training loss."
        ),
    ),
    Experiment(
        "R1-convolution", "R1: a convolutional net", train_conv,
        (
            _first("training", "train_accuracy", 0.999, judge=beside),
            _first("validation", _VALIDATION, 0.9764),
            _first("test", _TEST, 0.9715),
        ),
        seeds=_TWO, code=versions.CONVOLUTION, closing=epoch_report("R1-convolution"),
        note=(
            "One convolution of 16 kernels 5×5, pooling, then linear layers. Training accuracy "
            "is measured on 5,000 training digits, and is not compared: to know more of them by "
            "heart is no merit."
        ),
    ),
    Experiment(
        "R2-convolution", "R2: a convolutional net with 100 hidden units", train_conv,
        (
            Figure(
                "R2", "convolutional net, hidden units 100, test accuracy", _TEST,
                *_both({**_THREE, "hidden": (100,)}, _FEW, "mnist-tail"), 0.9771,
            ),
        ),
        seeds=_TWO, code=versions.CONVOLUTION,
    ),
    Experiment(
        "goal-convolution", "A goal of our own: a deeper convolutional net", train_conv,
        (
            Figure(
                "goal", "convolutional net with two blocks and batch norm, test accuracy", _TEST,
                *_both(_DEEPER, {"batch_size": 50}), 0.992, "our goal",
            ),
        ),
        code=versions.CONVOLUTION,
        note="The deeper net of lesson 04, with the lesson's settings.",
    ),
)  # fmt: skip
