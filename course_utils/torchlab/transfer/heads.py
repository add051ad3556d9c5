"""Heads: the few layers that turn a backbone's features into the logits of a new task."""

from collections import OrderedDict

import numpy as np
import torch
from torch import nn

from course_utils.nn._checks import expect_generator
from course_utils.torchlab.models import fully_connected

_NEARLY_CONSTANT = 1e-3  # of the median: a feature that hardly moves is not blown up


class Standardise(nn.Module):
    """Features with mean 0 and standard deviation 1 on the training pictures.

    Backbones differ in the scale of their features; after this one learning rate suits
    all heads. Both rows of numbers are buffers: measured once, never trained.

    Args:
        D: number of features.
    """

    def __init__(self, D):
        super().__init__()
        self.register_buffer("mean", torch.zeros(D))
        self.register_buffer("std", torch.ones(D))

    def measure(self, features):
        """Take mean and standard deviation from features.

        Args:
            features: (N, D), NumPy floats, of training pictures only.

        Raises:
            ValueError: fewer than two rows, another number of features.
        """
        D = len(self.mean)
        if features.ndim != 2 or features.shape[1] != D or len(features) < 2:
            raise ValueError(
                f"features: expected (N, {D}) with two rows or more, got {features.shape}; "
                "of another backbone?"
            )
        mean = features.mean(axis=0, dtype=np.float64)
        std = features.std(axis=0, dtype=np.float64)
        least = _NEARLY_CONSTANT * float(np.median(std)) or 1.0
        self.mean.copy_(torch.from_numpy(mean))
        self.std.copy_(torch.from_numpy(np.maximum(std, least)))

    def forward(self, X):
        """Give (X - mean) / std, (N, D)."""
        return (X - self.mean) / self.std


def make_head(D, classes, *, rng, hidden=(), dropout=0.0, silent=True):
    """Make a head: standardised features, then linear layers with ReLU between them.

    Args:
        D: number of features.
        classes: number of classes of the new task.
        rng: numpy.random.Generator for the first weights.
        hidden: units of the layers before the last one; () for a linear head, (64,) for
            one of two layers.
        dropout: share of the inputs of each linear layer that are silenced, 0 to below 1.
        silent: whether the last layer begins with zeros, so that all classes are equally
            likely at first and no random gradient goes down; no other layer has to be
            random where this one is not. False for a head that is never trained.

    Returns:
        A torch.nn.Sequential; its layers are called standardise, dropout, linear1, relu1,
        dropout1, linear2 and so on.

    Raises:
        TypeError: rng is no generator.
        ValueError: sizes that make no head, a share out of range.
    """
    expect_generator(rng)
    if classes < 2:
        raise ValueError(f"classes: expected two or more, got {classes}")
    layers = OrderedDict(standardise=Standardise(D))
    if dropout:
        layers["dropout"] = nn.Dropout(dropout)
    linear = fully_connected(
        (D, *hidden, classes), rng=rng, dropout=dropout, initializer="xavier_normal"
    )
    if silent:
        nn.init.zeros_(linear[-1].weight)
    return nn.Sequential(layers | OrderedDict(linear.named_children()))
