"""Photos in PyTorch: R4's fully connected net with all that lesson 03 teaches, and a small CNN."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from course_utils.data import PixelScaler

from . import sets, versions
from .experiment import Experiment, Figure
from .judges import at_most
from .train import CLASSES
from .train_conv import IMAGE_SHAPES
from .versions import made_with

_VALIDATION, _TEST = "validation_accuracy", "test_accuracy"

_FULL = {
    "data": "photos", "hidden": (1024, 512), "learning_rate": 0.05, "batch_size": 128,
    "epochs": 20, "weight_decay": 2.5e-4, "flip": 0.5, "shift": 2,
}  # fmt: skip
# A mirrored 3 is no 3: digits are shifted only.
_QUICK = {**_FULL, "data": "digits", "hidden": (200, 100), "epochs": 8, "flip": 0.0, "shift": 1}

_CNN = {
    "data": "photos", "widths": (32, 64, 128), "learning_rate": 0.1, "batch_size": 128,
    "epochs": 20, "weight_decay": 5e-4, "flip": 0.5, "shift": 4,
}  # fmt: skip
_QUICK_CNN = {
    **_CNN, "data": "digits", "widths": (16, 32, 64), "batch_size": 50, "epochs": 5, "flip": 0.0,
    "shift": 2,
}  # fmt: skip


def train_torch(
    *, data: str, learning_rate: float, batch_size: int, epochs: int, weight_decay: float,
    flip: float, shift: int, seed: int, hidden: tuple[int, ...] = (),
    widths: tuple[int, ...] = (), label_smoothing: float = 0.1,
) -> dict[str, Any]:  # fmt: skip
    """Train one net in PyTorch: batch norm, Nesterov's momentum, half a cosine, augmentation.

    Args:
        data: name of a data set, see sets.py.
        hidden: units of each hidden layer of a fully connected net.
        widths: channels of each block of a small_cnn, which is made instead; () for none.
        learning_rate: the highest; it rises for one epoch, then falls to nothing.
        batch_size: examples in a step.
        epochs: times through the training examples.
        weight_decay: strength of the L2 penalty on weights.
        flip: probability that a picture is mirrored while training.
        shift: most pixels that it is moved while training.
        seed: of the first weights and of all that is random.
        label_smoothing: share of the target that is spread over all classes.

    Returns:
        Accuracies and losses at the end, the history of each epoch, the minutes of processor
        time that fit took, and what it was made with.
    """
    from course_utils import torchlab

    chosen = sets.load(data)
    prepare = PixelScaler.fit(chosen.train.X)
    D = chosen.train.X.shape[1]
    rng, image_shape = np.random.default_rng([seed, 0]), IMAGE_SHAPES[D]
    if widths:
        model = torchlab.small_cnn(image_shape, CLASSES, rng=rng, widths=widths)
    else:
        model = torchlab.fully_connected((D, *hidden, CLASSES), rng=rng, batch_norm=True)
    start = time.process_time()
    history = torchlab.fit(
        model, chosen.train, chosen.validation,
        optimizer=torchlab.make_optimizer(model, "nesterov", learning_rate),
        epochs=epochs, batch_size=batch_size, rng=np.random.default_rng([seed, 1]),
        prepare=prepare, schedule=torchlab.Cosine(warmup=1),
        augment=torchlab.Augment(image_shape, flip=flip, shift=shift),
        weight_decay=weight_decay, label_smoothing=label_smoothing, report=None,
    )  # fmt: skip
    minutes = (time.process_time() - start) / 60
    test_loss, test_accuracy = torchlab.evaluate(model, chosen.test, prepare)
    last = {name: getattr(history, name)[-1] for name in ("train_accuracy", _VALIDATION)}
    measured = {**last, "test_loss": test_loss, _TEST: test_accuracy, "data": chosen.source}
    measured |= {"cpu_minutes": minutes, "parameters": sum(w.numel() for w in model.parameters())}
    return measured | {"history": history.to_dict(), "made_with": made_with("numpy", "torch")}


EXPERIMENTS = (
    Experiment(
        "R4-torch", "R4: fully connected, in PyTorch", train_torch,
        (
            Figure("R4", "in PyTorch, validation accuracy", _VALIDATION, _FULL, _QUICK, 0.52),
            Figure("R4", "in PyTorch, test accuracy", _TEST, _FULL, _QUICK, 0.54),
        ),
        seeds={"full": (0, 1), "quick": (0,)},
        note=(
            "Batch norm, momentum that looks ahead, half a cosine for the rate, smoothed labels, "
            "and pictures mirrored and shifted at random while training."
        ),
        code=versions.TORCH,
    ),
    Experiment(
        "goal-photos", "A goal of our own: a small convolutional net on photos", train_torch,
        (
            Figure("goal", "CNN in PyTorch, validation accuracy", _VALIDATION, _CNN, _QUICK_CNN),
            Figure(
                "goal", "CNN in PyTorch, test accuracy", _TEST, _CNN, _QUICK_CNN, 0.80, "our goal"
            ),
            Figure(
                "goal", "CNN in PyTorch, minutes of processor time", "cpu_minutes", _CNN,
                _QUICK_CNN, 20.0, "our goal", at_most,
            ),
        ),
        seeds={"full": (0, 1), "quick": (0,)},
        note=(
            "The net of lesson 04, section 12, with the lesson's settings: three blocks, a "
            "residual in the second and the third. The minutes are those of one thread."
        ),
        code=versions.TORCH,
    ),
)  # fmt: skip
