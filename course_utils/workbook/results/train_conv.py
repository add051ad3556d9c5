"""One run: a convolutional net in NumPy, its settings, and the numbers that come of it."""

from __future__ import annotations

import functools
import time
from typing import Any

import numpy as np

from course_utils.data import PixelScaler
from course_utils.nn import ConvNet, evaluate, fit, make_optimizer
from course_utils.nn.initializers import small_normal

from . import sets
from .train import CLASSES, _measured
from .versions import made_with

IMAGE_SHAPES = {784: (28, 28), 3072: (32, 32, 3)}
_FIRST_BATCH = 100


def train_conv(
    *, data: str, filters: tuple[int, ...], learning_rate: float, batch_size: int, epochs: int,
    seed: int, kernel_size: int | tuple[int, ...] = 5, hidden: tuple[int, ...] = (100,),
    decay: float = 1.0, weight_decay: float = 0.0, initializer: str = "he_normal",
    std: float | None = None, normalization: str | None = None, keep: float = 1.0,
) -> dict[str, Any]:  # fmt: skip
    """Train one convolutional net and measure it, at the end on the test examples too.

    Args:
        data: name of a data set, see sets.py.
        filters: kernels of each block; each block halves height and width.
        learning_rate: of the first epoch.
        batch_size: examples in a step.
        epochs: times through the training examples.
        seed: of the first weights and of the order of the examples.
        kernel_size: rows and columns of a kernel, one for all blocks or one for each.
        hidden: units of the linear layers before the last one.
        decay: the learning rate is multiplied by it after each epoch.
        weight_decay: strength of the L2 penalty.
        initializer: name of an initializer.
        std: of the first weights, for "small_normal".
        normalization: "batch" or None.
        keep: share of the inputs of a linear layer that dropout keeps.

    Returns:
        Accuracies and losses at the end, the history of each epoch, what the first step
        would have to go by, the seconds of processor time that fit took, and what it was
        made with.
    """
    chosen = sets.load(data)
    prepare = PixelScaler.fit(chosen.train.X)
    net = ConvNet(
        IMAGE_SHAPES[chosen.train.X.shape[1]], CLASSES, rng=np.random.default_rng([seed, 0, 0]),
        filters=filters, kernel_size=kernel_size, hidden=hidden, normalization=normalization,
        keep=keep, weight_decay=weight_decay, initializer=first_weights(initializer, std),
    )  # fmt: skip
    first = first_step(net, prepare(chosen.train.X[:_FIRST_BATCH]), chosen.train.y[:_FIRST_BATCH])
    start = time.process_time()
    history = fit(
        net, chosen.train, chosen.validation, optimizer=make_optimizer("momentum", learning_rate),
        epochs=epochs, batch_size=batch_size, rng=np.random.default_rng([seed, 0, 1]),
        prepare=prepare, learning_rate_decay=decay, report=None,
    )  # fmt: skip
    measured = {"cpu_seconds": time.process_time() - start, **_measured(net, history)}
    measured["test_loss"], measured["test_accuracy"] = evaluate(net, chosen.test, prepare)
    told = {"parameters": net.n_parameters, "first_step": first, "data": chosen.source}
    return measured | told | {"history": history.to_dict(), "made_with": made_with("numpy")}


def first_weights(initializer: str, std: float | None) -> Any:
    """What a net is given as initializer: a name, or small_normal of another width."""
    return initializer if std is None else functools.partial(small_normal, std=std)


def first_step(net: ConvNet, X: np.ndarray, y: np.ndarray) -> dict[str, float]:
    """How large the signal is before the first step, there and back.

    Args:
        net: as it starts; not changed.
        X: a batch of floats, (N, D).
        y: labels, (N,).

    Returns:
        The root mean square of the logits less their mean, under "logits", and of the
        gradient of the data loss in each weight, under its name.
    """
    twin = net.copy()
    twin.weight_decay, twin.keep = 0.0, 1.0  # the penalty has a gradient even where nothing comes
    Z = twin.logits(X)  # (N, C)
    _, grads = twin.loss_and_grads(X, y)
    sizes = {"logits": Z - Z.mean(axis=1, keepdims=True)}
    sizes |= {key: grad for key, grad in grads.items() if key.startswith(("kernels", "W"))}
    return {
        key: float(np.sqrt(np.mean(np.square(w, dtype=np.float64)))) for key, w in sizes.items()
    }
