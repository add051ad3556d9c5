"""One run: a fully connected net, its settings, and the numbers that come of it."""

from __future__ import annotations

import functools
import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.data import PixelScaler, Split
from course_utils.nn import DeepNet, evaluate, fit, make_optimizer
from course_utils.nn.history import History
from course_utils.nn.initializers import small_normal

from . import sets
from .versions import made_with

CLASSES = 10


@dataclass(frozen=True)
class MeanPicture:
    """Pixels from 0 to 255 less the mean training picture: the scale of R4's learning rates.

    Args:
        mean: (D,), float32.
    """

    mean: np.ndarray

    @classmethod
    def fit(cls, X: np.ndarray) -> MeanPicture:
        """Measure the mean picture of X, uint8 (N, D)."""
        return cls(X.mean(axis=0, dtype=np.float64).astype(np.float32))

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Centre X, uint8 (N, D); returns float32 (N, D)."""
        return X - self.mean  # (N, D), uint8 less float32 is float32


SCALES = {"standard": PixelScaler, "mean picture": MeanPicture}


def train_net(
    *, data: str, hidden: tuple[int, ...], learning_rate: float, batch_size: int, epochs: int,
    seed: int, rule: str = "momentum", decay: float = 1.0, weight_decay: float = 0.0,
    initializer: str = "he_normal", std: float | None = None, normalization: str | None = None,
    keep: float = 1.0, scale: str = "standard", starts: int = 1, trial_epochs: int = 0,
    train_on: str = "train", test: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Train one net and measure it.

    Args:
        data: name of a data set, see sets.py.
        hidden: units of each hidden layer; () for a linear classifier.
        learning_rate: of the first epoch.
        batch_size: examples in a step.
        epochs: times through the training examples.
        seed: of the first weights and of the order of the examples.
        rule: update rule.
        decay: the learning rate is multiplied by it after each epoch.
        weight_decay: strength of the L2 penalty.
        initializer: name of an initializer.
        std: of the first weights, for "small_normal".
        normalization: "batch", "layer" or None.
        keep: share of hidden units that dropout keeps.
        scale: how pixels become floats, a name in SCALES.
        starts: first weights to choose from: each is tried, and the one with the lowest
            training loss is trained; validation has no say in it.
        trial_epochs: how long each is tried.
        train_on: "train", or "train and validation" once all is chosen.
        test: whether to look at the test examples.

    Returns:
        Accuracies and losses at the end, the history of each epoch, the seconds of processor
        time that the training took, and what it was made with.
    """
    chosen = sets.load(data)
    prepare = SCALES[scale].fit(chosen.train.X)
    train, validation = chosen.train, chosen.validation
    if train_on == "train and validation":
        train, validation = _joined(train, validation), None
    draw = functools.partial(small_normal, std=std) if std is not None else initializer

    def train_from(start: int, epochs: int) -> tuple[DeepNet, History]:
        net = DeepNet(
            (train.X.shape[1], *hidden, CLASSES), rng=np.random.default_rng([seed, start, 0]),
            initializer=draw, weight_decay=weight_decay, normalization=normalization, keep=keep,
        )  # fmt: skip
        history = fit(
            net, train, validation, optimizer=make_optimizer(rule, learning_rate), epochs=epochs,
            batch_size=batch_size, rng=np.random.default_rng([seed, start, 1]), prepare=prepare,
            learning_rate_decay=decay, report=None,
        )  # fmt: skip
        return net, history

    losses = []
    if starts > 1:
        losses = [train_from(start, trial_epochs)[1].train_loss[-1] for start in range(starts)]
    # The best is begun anew, and goes the same way as in its trial.
    start = time.process_time()
    net, history = train_from(int(np.argmin(losses)) if losses else 0, epochs)
    measured = {"cpu_seconds": time.process_time() - start, **_measured(net, history)}
    if test:
        measured["test_loss"], measured["test_accuracy"] = evaluate(net, chosen.test, prepare)
    told = {"parameters": net.n_parameters, "trial_losses": losses, "data": chosen.source}
    return measured | told | {"history": history.to_dict(), "made_with": made_with("numpy")}


def _measured(net: DeepNet, history: History) -> dict[str, Any]:
    """The last row of the history: what the net does as it is now."""
    names = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
    row = history.epoch.index(_ends_at(history))
    measured = {name: getattr(history, name)[row] for name in names}
    return measured | {"stopped_because": history.stopped_because}


def _ends_at(history: History) -> int:
    """The epoch whose parameters the net ends with: after a divergence, the best before it."""
    ran_away = history.stopped_because.startswith("diverged")
    return history.best_epoch if ran_away else history.epoch[-1]


def _joined(*splits: Split) -> Split:
    return Split(
        np.concatenate([split.X for split in splits]), np.concatenate([split.y for split in splits])
    )
