"""Ants and bees with few photographs: what a pretrained net is worth, and when."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.data import Split

from . import insect_sets, versions
from .closings import Closing
from .experiment import Experiment, Figure
from .versions import made_with

if TYPE_CHECKING:
    from .closings import Tables

FROZEN, SCRATCH = "insects-curve-frozen", "insects-curve-scratch"
_ACCURACY = "test_accuracy"
_CODE = (
    *versions.TORCH,
    "torchlab/backbone.py",
    "torchlab/efficientnet.py",
    "torchlab/features.py",
    "torchlab/resnet.py",
    "torchlab/transfer/run.py",
    "workbook/results/insect_sets.py",
)
_NUMBERS = (5, 10, 20, 50, 244)
_STUDENT_T = {3: 4.30, 10: 2.26}  # by runs: 95 % of the mean of so few
_FROZEN = {"how": "frozen linear", "steps": 400, "learning_rate": 1e-3, "weight_decay": 1e-3}
_SCRATCH = {
    "how": "scratch", "steps": 600, "learning_rate": 0.02, "weight_decay": 1e-3, "flip": 0.5,
    "shift": 3,
}  # fmt: skip
_LINES = {
    "EfficientNet-Lite0, frozen": {"backbone": "efficientnet_lite0", **_FROZEN},
    "ResNet-20, frozen": {"backbone": "resnet20", "side": 32, **_FROZEN},
    "ResNet-20, from scratch": {"backbone": "resnet20", "side": 32, **_SCRATCH},
}


def learn_from_few(
    *, data: str, backbone: str, how: str, photographs: int, steps: int, learning_rate: float,
    seed: int, weight_decay: float = 0.0, flip: float = 0.0, shift: int = 0, batch_size: int = 20,
    side: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Train on some photographs, as many ants as bees while they last, and test once.

    No photographs choose an epoch: the net of the last step is tested.

    Args:
        data: name of the pictures, see insect_sets.load.
        backbone, how, learning_rate, weight_decay: as for torchlab.transfer.
        photographs: how many of all but the test pictures.
        steps: at least so many, of batch_size or of all pictures.
        seed: of the choice, the first weights, and of all that is random.
        flip: probability that a picture is mirrored while training.
        shift: most pixels that it is moved while training.
        batch_size: pictures in a step.
        side: pixels of the pictures; None: as they are loaded.

    Returns:
        The accuracy on the test pictures, on how many was trained, and what it was made with.
    """
    from course_utils.torchlab import Augment
    from course_utils.torchlab.transfer import transfer

    photos = insect_sets.load(data)
    train, _, test = insect_sets.parts(data, "published")
    shape = photos.image_shape
    if side is not None:
        train, test = (insect_sets.shrunk(part, shape, side) for part in (train, test))
        shape = (side, side, *shape[2:])
    rows = insect_sets.in_turn(train.y, seed)[:photographs]
    chosen = Split(train.X[rows], train.y[rows])
    # Nothing is chosen by validation, and with five photographs there are hundreds of epochs.
    target = SimpleNamespace(
        train=chosen, validation=Split(chosen.X[:2], chosen.y[:2]), image_shape=shape,
        class_names=photos.class_names,
    )  # fmt: skip
    size = min(batch_size, len(rows))
    result = transfer(
        backbone, target, how, epochs=math.ceil(steps * size / len(rows)), batch_size=size,
        learning_rate=learning_rate, weight_decay=weight_decay, seed=seed, keep="last",
        augment=Augment(shape, flip=flip, shift=shift) if flip or shift else None,
        train_accuracy_on=None, report=None,
    )  # fmt: skip
    test_loss, accuracy = result.evaluate(test)
    return {
        _ACCURACY: accuracy, "test_loss": test_loss, "photographs": len(rows),
        "trained_parameters": result.trained_parameters, "data": photos.source,
        "stopped_because": result.history.stopped_because, "made_with": made_with("numpy", "torch"),
    }  # fmt: skip


def curve(tables: Tables) -> Closing:
    """Make a closing: one line for each net, over the number of photographs."""
    from course_utils.show import intervals

    rows = [row for name in (FROZEN, SCRATCH) for row in tables[name]]
    if not rows or not all(row.runs and all(run.finished for run in row.runs) for row in rows):
        return Closing()
    lines: dict[str, dict[int, tuple[float, float, float]]] = {}
    for row in rows:
        measured = np.array([run.values[_ACCURACY] for run in row.runs])
        name, number = row.figure.what.rsplit(", ", 1)
        spread = measured.std(ddof=1) / np.sqrt(len(measured))
        half, mean = _STUDENT_T[len(measured)] * spread, measured.mean()
        band = (mean, max(mean - half, 0.0), min(mean + half, 1.0))
        lines.setdefault(name, {})[int(number.split()[0])] = band
    numbers = sorted(next(iter(lines.values())))
    picture = intervals(
        numbers,
        {name: np.transpose([line[n] for n in numbers]) for name, line in lines.items()},
        x_label="photographs to learn from", y_label="accuracy on 153 others", log_x=True,
        chance=0.5, title="What transfer is for",
    )  # fmt: skip
    told = "The bands are 95 % intervals of the mean over draws of photographs and first weights."
    return Closing([told], picture, "insects-curve.png")


def _row(name: str, number: int, quick: bool) -> Figure:
    settings = {"data": "ants-bees", "photographs": number, **_LINES[name]}
    few = {**settings, "data": "ants-bees-drawn", "steps": 20} if quick else None
    return Figure("ours", f"{name}, {number} photographs", _ACCURACY, settings, few)


def _rows(*names: str) -> tuple[Figure, ...]:
    return tuple(
        _row(name, number, quick=name == "ResNet-20, frozen" and number == 10)
        for name in names
        for number in _NUMBERS
    )


EXPERIMENTS = (
    Experiment(
        FROZEN, "Ants and bees: how many photographs, a frozen net", learn_from_few,
        _rows("EfficientNet-Lite0, frozen", "ResNet-20, frozen"),
        seeds={"full": tuple(range(10)), "quick": (0,)},
        note=(
            "Ten draws. The smaller set of photographs is part of the larger, and has as many ants "
            "as bees; all 244 have 123 and 121."
        ),
        code=_CODE,
    ),
    Experiment(
        SCRATCH, "Ants and bees: how many photographs, from scratch", learn_from_few,
        _rows("ResNet-20, from scratch"),
        seeds={"full": (0, 1, 2), "quick": (0,)},
        note=(
            "Three draws. EfficientNet-Lite0 sees 224×224 pixels, ResNet-20 32×32: compare the two "
            "lines of ResNet-20 for what its pretraining is worth. A step is of at most 20 "
            "photographs, mirrored and moved; rates of 0.05 and more diverged."
        ),
        code=_CODE,
        closing=curve,
    ),
)  # fmt: skip
