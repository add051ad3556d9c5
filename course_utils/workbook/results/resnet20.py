"""R3: a pretrained ResNet-20 on photos; what is gained by training the head, or all of it."""

from __future__ import annotations

import functools
import hashlib
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import course_utils

from . import sets, versions
from .experiment import Experiment, Figure
from .train import CLASSES
from .train_conv import IMAGE_SHAPES
from .versions import made_with

_VALIDATION, _TEST = "validation_accuracy", "test_accuracy"
_WEIGHTS = (
    Path(course_utils.__file__).parent / "torchlab" / "weights" / "resnet20-distilled.safetensors"
)
_CODE = (
    *versions.TORCH,
    "torchlab/backbone.py",
    "torchlab/features.py",
    "torchlab/resnet.py",
    "torchlab/transfer/run.py",
)

_HEAD = {"how": "frozen two-layer", "epochs": 10, "batch_size": 128, "learning_rate": 3e-3}
# With a rate of 0.05 what was pretrained is wiped out: validation accuracy 54 % after one epoch,
# 84.5 % after ten (with dropout).
_ALL = {
    "how": "fine-tune", "epochs": 10, "batch_size": 128, "learning_rate": 0.015, "flip": 0.5,
    "shift": 4, "weight_decay": 2.5e-4, "body": 1.0,
}  # fmt: skip


@functools.cache
def weights() -> str:
    """The beginning of the hash of the weights that are shipped: others, other results."""
    if not _WEIGHTS.is_file():
        return "absent"
    return hashlib.sha256(_WEIGHTS.read_bytes()).hexdigest()[:8]


def transfer_resnet20(
    *, data: str, how: str, hidden: tuple[int, ...], epochs: int, batch_size: int,
    learning_rate: float, pretrained: str, seed: int, weight_decay: float = 0.0,
    dropout: float = 0.0, label_smoothing: float = 0.0, flip: float = 0.0, shift: int = 0,
    body: float | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Put a head on the ResNet-20 that is shipped, and train what `how` says.

    Args:
        data: name of a data set, see sets.py.
        how: a way of torchlab.transfer.
        hidden: units of the head's hidden layers.
        epochs, batch_size, learning_rate, weight_decay, dropout, label_smoothing: as for
            torchlab.transfer.
        pretrained: which weights, by weights().
        seed: of the head's first weights and of all that is random.
        flip: probability that a picture is mirrored while training.
        shift: most pixels that it is moved while training.
        body: factor of the learning rate from the head to the backbone.

    Returns:
        Accuracies and losses at the end, the history of each epoch, how many parameters
        were trained, the minutes of processor time, and what it was made with.

    Raises:
        ValueError: the weights are others than those that were asked for.
    """
    from course_utils.torchlab import Augment
    from course_utils.torchlab.transfer import transfer

    if pretrained != weights():
        raise ValueError(f"pretrained: expected {weights()}, the weights of now, got {pretrained}")
    chosen = sets.load(data)
    shape = IMAGE_SHAPES[chosen.train.X.shape[1]]
    target = SimpleNamespace(
        train=chosen.train, validation=chosen.validation, image_shape=shape,
        class_names=tuple(map(str, range(CLASSES))),
    )  # fmt: skip
    augment = Augment(shape, flip=flip, shift=shift) if flip or shift else None
    start = time.process_time()
    result = transfer(
        "resnet20", target, how, hidden=tuple(hidden), epochs=epochs, batch_size=batch_size,
        learning_rate=learning_rate, weight_decay=weight_decay, dropout=dropout,
        label_smoothing=label_smoothing, augment=augment, seed=seed, keep="last", report=None,
        body=body,
    )  # fmt: skip
    minutes = (time.process_time() - start) / 60
    test_loss, test_accuracy = result.evaluate(chosen.test)
    history = result.history
    return {
        "train_accuracy": history.train_accuracy[-1], _VALIDATION: result.accuracy,
        "test_loss": test_loss, _TEST: test_accuracy, "data": chosen.source,
        "stopped_because": history.stopped_because, "cpu_minutes": minutes,
        "trained_parameters": result.trained_parameters, "parameters": result.parameters,
        "history": history.to_dict(), "made_with": made_with("numpy", "torch"),
    }  # fmt: skip


def _figure(what: str, theirs: float | None, settings: dict[str, Any], quick: bool) -> Figure:
    settings = {"data": "photos", "pretrained": weights(), **settings}
    few = {**settings, "data": "digits", "epochs": min(3, settings["epochs"]), "flip": 0.0}
    return Figure(
        "R3", f"ResNet-20, {what}, test accuracy", _TEST, settings, few if quick else None, theirs
    )


def _head(what: str, theirs: float | None, **settings: Any) -> Figure:
    return _figure(f"head only, {what}", theirs, {**_HEAD, **settings}, quick=True)


def _all(what: str, theirs: float | None, **settings: Any) -> Figure:
    return _figure(what, theirs, {**_ALL, **settings}, quick=False)


EXPERIMENTS = (
    Experiment(
        "R3-resnet20", "R3: a pretrained ResNet-20 on photos", transfer_resnet20,
        (
            _head("fc64, 1 epoch", 0.6510, hidden=(64,), epochs=1),
            _head("fc64, 10 epochs", 0.6855, hidden=(64,)),
            _head("fc64 with L2", 0.6865, hidden=(64,), weight_decay=1e-3),
            _head("fc256 with L2", 0.6852, hidden=(256,), weight_decay=1e-3),
            _all("everything trained, fc256", 0.8446, hidden=(256,)),
            _all("everything trained, fc64", 0.8444, hidden=(64,)),
            _all("backbone only, fc64", 0.8033, hidden=(64,), how="body only"),
            _all("everything trained, fc64, dropout", 0.8455, hidden=(64,), dropout=0.2),
            _all("from scratch, fc64", None, hidden=(64,), how="scratch", learning_rate=0.1),
        ),
        seeds={"full": (0,), "quick": (0,)},
        note=(
            "The reference does not say what its net was pretrained on. Ours has learned from "
            "CIFAR-10's training photos without their labels, by imitating the features of "
            "EfficientNet-Lite0, which has seen ImageNet with labels: card in "
            "course_utils/torchlab/weights. fc64 is a hidden layer of 64 units before the last "
            "layer. Backbone only is read as: the head stays as it was drawn. Features of a frozen "
            "backbone are computed once: the first row's seconds hold them, where the cache did "
            "not have them before. The last row is "
            "ours, to see what pretraining is worth."
        ),
        code=_CODE,
    ),
)  # fmt: skip
