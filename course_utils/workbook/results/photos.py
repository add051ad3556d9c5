"""R4: a two-layer net on small colour photos; first its learning rate, then tuned."""

from __future__ import annotations

from .experiment import Experiment, Figure
from .train import train_net

_VALIDATION, _TEST = "validation_accuracy", "test_accuracy"

# As in the reference: pixels from 0 to 255 less the mean picture, small first weights, plain
# descent. The scale of the pixels decides what a learning rate means.
_RATES = {
    "full": {
        "data": "photos", "hidden": (50,), "batch_size": 200, "epochs": 8, "decay": 0.85,
        "weight_decay": 0.25,
    },
    "quick": {
        "data": "digits", "hidden": (50,), "batch_size": 50, "epochs": 5, "weight_decay": 0.25,
    },
}  # fmt: skip
_RAW = {"rule": "sgd", "scale": "mean picture", "initializer": "small_normal", "std": 1e-4}

_TUNED = {
    "full": {
        "data": "photos", "hidden": (400,), "learning_rate": 0.02, "batch_size": 100,
        "epochs": 10, "decay": 0.75, "weight_decay": 3e-3, "test": True,
    },
    "quick": {
        "data": "digits", "hidden": (100,), "learning_rate": 0.02, "batch_size": 50,
        "epochs": 8, "decay": 0.75, "weight_decay": 1e-3, "test": True,
    },
}  # fmt: skip


def _rate(rate: float, theirs: float | None, **more) -> Figure:
    return Figure(
        "R4", f"learning rate {rate:g}, validation accuracy", _VALIDATION,
        {**_RATES["full"], **_RAW, "learning_rate": rate},
        {**_RATES["quick"], **_RAW, "learning_rate": rate}, theirs, **more,
    )  # fmt: skip


def _tuned(part: str, measure: str, theirs: float) -> Figure:
    return Figure("R4", f"tuned, {part} accuracy", measure, _TUNED["full"], _TUNED["quick"], theirs)


EXPERIMENTS = (
    Experiment(
        "R4-two-layer", "R4: a two-layer net on photos", train_net,
        (
            _rate(1e-4, None, said="hardly learns"),
            _rate(1e-3, 0.47),
            _tuned("validation", _VALIDATION, 0.505),
            _tuned("test", _TEST, 0.483),
        ),
        seeds={"full": (0, 1), "quick": (0,)},
        note=(
            "The two rates are the reference's and so is their scale: pixels from 0 to 255 less "
            "the mean picture. The tuned net sees pixels of mean 0 and standard deviation 1, "
            "where the good rate is another."
        ),
    ),
)  # fmt: skip
