"""One run in PyTorch: the net of train.py or of train_conv.py again, from the same numbers."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from course_utils.data import PixelScaler

from . import sets
from .train import CLASSES, _measured
from .train_conv import IMAGE_SHAPES, first_weights
from .versions import made_with


def train_framework(
    *, data: str, learning_rate: float, batch_size: int, epochs: int, seed: int,
    filters: tuple[int, ...] = (), kernel_size: int = 5, hidden: tuple[int, ...] = (),
    decay: float = 1.0, weight_decay: float = 0.0, initializer: str = "he_normal",
    std: float | None = None, normalization: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Train in PyTorch what train_net or train_conv trains: equal first weights, equal batches.

    Args:
        filters: kernels of each block; () for a fully connected net.
        data, learning_rate, batch_size, epochs, seed, kernel_size, hidden, decay,
        weight_decay, initializer, std, normalization: as for train_conv.

    Returns:
        What train_conv returns, without the first step.
    """
    from course_utils import torchlab

    chosen = sets.load(data)
    prepare = PixelScaler.fit(chosen.train.X)
    D = chosen.train.X.shape[1]
    common = {
        "rng": np.random.default_rng([seed, 0, 0]), "batch_norm": normalization == "batch",
        "initializer": first_weights(initializer, std),
    }  # fmt: skip
    if filters:
        model = torchlab.conv_net(
            IMAGE_SHAPES[D], CLASSES, filters=filters, kernel_size=kernel_size, hidden=hidden,
            **common,
        )  # fmt: skip
    else:
        model = torchlab.fully_connected((D, *hidden, CLASSES), **common)
    start = time.process_time()
    history = torchlab.fit(
        model, chosen.train, chosen.validation,
        optimizer=torchlab.make_optimizer(model, "momentum", learning_rate), epochs=epochs,
        batch_size=batch_size, rng=np.random.default_rng([seed, 0, 1]), prepare=prepare,
        schedule=torchlab.Decay(decay), weight_decay=weight_decay, report=None,
    )  # fmt: skip
    measured = {"cpu_seconds": time.process_time() - start, **_measured(model, history)}
    test_loss, test_accuracy = torchlab.evaluate(model, chosen.test, prepare)
    measured |= {"test_loss": test_loss, "test_accuracy": test_accuracy, "data": chosen.source}
    measured["parameters"] = sum(w.numel() for w in model.parameters())
    return measured | {"history": history.to_dict(), "made_with": made_with("numpy", "torch")}
