"""R4: deeper nets that do not learn, and what mends them."""

from __future__ import annotations

from .experiment import Experiment, Figure
from .judges import at_least, learns, stuck
from .train import train_net

_VALIDATION = "validation_accuracy"
_DEPTHS = (2, 3, 4, 5)  # linear layers; the reference's
_WIDTH = 100

_PLAIN = {"rule": "sgd", "learning_rate": 0.1}
_SMALL = {"initializer": "small_normal", "std": 1e-4}  # as R4's two-layer net
_PROFILE = {
    "full": {"data": "photos", "batch_size": 100, "epochs": 8, "decay": 0.7},
    "quick": {"data": "digits", "batch_size": 50, "epochs": 8, "decay": 0.8},
}
_HE = {"initializer": "he_normal", "weight_decay": 1e-4}
_MENDS = {
    "He's first weights": _HE,
    "He and batch norm": {**_HE, "normalization": "batch"},
    "He, batch norm and dropout": {**_HE, "normalization": "batch", "keep": 0.9},
    "batch norm alone": {**_SMALL, "weight_decay": 1e-4, "normalization": "batch"},
}


def _settings(profile: str, depth: int, more: dict) -> dict:
    return {"hidden": (_WIDTH,) * (depth - 1), **_PROFILE[profile], **_PLAIN, **more}


def _small(depth: int) -> Figure:
    """The loss is what tells: ln 10 is guessing."""
    two = depth == 2
    return Figure(
        "R4", f"{depth} layers, small first weights, validation loss", "validation_loss",
        _settings("full", depth, _SMALL), _settings("quick", depth, _SMALL),
        None if two else 2.3026, "learns" if two else "did not learn", at_least if two else stuck,
    )  # fmt: skip


def _mended(name: str, depth: int) -> Figure:
    return Figure(
        "R4", f"{depth} layers, {name}, validation accuracy", _VALIDATION,
        _settings("full", depth, _MENDS[name]), _settings("quick", depth, _MENDS[name]),
        judge=learns,
    )  # fmt: skip


EXPERIMENTS = (
    Experiment(
        "R4-depth", "R4: depth 2 to 5, stuck and mended", train_net,
        (
            *(_small(depth) for depth in _DEPTHS),
            *(_mended(name, depth) for name in _MENDS for depth in _DEPTHS),
        ),
        seeds={"full": (0, 1), "quick": (0,)},
        note=(
            "The loss of guessing is ln 10 = 2.3026. Small first weights shrink the signal layer "
            "by layer, and the gradient with it, so three layers and more do not leave that loss. "
            "He's first weights keep the size of the signal; batch norm restores it, even from "
            "the small weights."
        ),
    ),
)  # fmt: skip
