"""Nets in PyTorch, with the same first weights as the course's own nets from the same generator."""

from collections import OrderedDict
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from course_utils.nn._checks import expect_generator
from course_utils.nn.initializers import get_initializer


def fully_connected(
    sizes, *, rng, batch_norm=False, dropout=0.0, initializer="he_normal", dtype=np.float32
):
    """Make linear layers with ReLU between them; the last gives the logits.

    Without batch norm this is course_utils.nn.FullyConnectedNet in PyTorch, and from the
    same generator it starts with the same numbers.

    Args:
        sizes: units from inputs to classes, such as (784, 800, 10).
        rng: numpy.random.Generator for the first weights.
        batch_norm: whether batch norm stands between each hidden layer and its ReLU.
        dropout: share of the hidden units that are silenced, 0 to below 1; the course's
            keep is 1 - dropout.
        initializer: as for FullyConnectedNet. Biases start at zero.
        dtype: np.float32 or np.float64.

    Returns:
        A torch.nn.Sequential; its layers are called linear1, batch_norm1, relu1,
        dropout1, linear2 and so on.

    Raises:
        TypeError: rng is no generator.
        ValueError: sizes that make no net, a share out of range.
    """
    expect_generator(rng)
    sizes = tuple(int(size) for size in sizes)
    if len(sizes) < 2 or min(sizes) < 1:
        raise ValueError(
            "sizes: expected at least inputs and classes, each 1 or more, "
            f"such as (784, 800, 10), got {sizes}"
        )
    _expect_share(dropout)
    draw, layers = get_initializer(initializer), OrderedDict()
    for i, (D, M) in enumerate(pairwise(sizes), start=1):
        layers[f"linear{i}"] = _linear(draw(rng, D, M, np.dtype(dtype)))
        if i == len(sizes) - 1:
            break  # no ReLU on the logits: they may be negative
        if batch_norm:
            layers[f"batch_norm{i}"] = nn.BatchNorm1d(M, dtype=layers["linear1"].weight.dtype)
        layers[f"relu{i}"] = nn.ReLU()
        if dropout:
            layers[f"dropout{i}"] = nn.Dropout(dropout)
    return nn.Sequential(layers)


def small_cnn(image_shape, classes, *, rng, widths=(32, 64, 128), dropout=0.0):
    """Make a small modern convolutional net: convolution, batch norm, ReLU, pooling, repeated.

    At the end each channel is averaged over the picture, so one linear layer with few
    weights is enough. Takes rows as the data sets hold them, or pictures (N, C, H, W).

    Args:
        image_shape: (H, W, C), such as (32, 32, 3), or (H, W) for grey pictures.
        classes: number of classes.
        rng: numpy.random.Generator for the first weights.
        widths: channels of each block; each block halves height and width.
        dropout: share of the averaged channels that are silenced, 0 to below 1.

    Returns:
        A torch.nn.Sequential in float32; its layers are called rows, conv1, batch_norm1,
        relu1, pool1, conv2 and so on, average, flat, dropout, linear.

    Raises:
        TypeError: rng is no generator.
        ValueError: no blocks, more than the picture can be halved, a share out of range.
    """
    expect_generator(rng)
    _expect_share(dropout)
    height, width, channels = (*image_shape, 1)[:3]
    if not widths or min(height, width) < 2 ** len(widths):
        raise ValueError(
            f"widths: expected 1 block or more, each of which halves {height}×{width} pixels, "
            f"got {len(widths)}; at least one pixel has to be left"
        )
    draw = get_initializer("he_normal")
    layers = OrderedDict(rows=FromRows(image_shape))
    for i, F in enumerate(widths, start=1):
        # No bias: batch norm would subtract it again.
        conv = nn.Conv2d(channels, F, 3, padding=1, bias=False)
        kernels = draw(rng, channels * 9, F, np.float32).T.reshape(conv.weight.shape)
        conv.weight.data.copy_(torch.tensor(kernels))
        layers |= {f"conv{i}": conv, f"batch_norm{i}": nn.BatchNorm2d(F)}
        layers |= {f"relu{i}": nn.ReLU(), f"pool{i}": nn.MaxPool2d(2)}
        channels = F
    layers |= {"average": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten()}
    if dropout:
        layers["dropout"] = nn.Dropout(dropout)
    xavier = get_initializer("xavier_normal")  # no ReLU follows
    layers["linear"] = _linear(xavier(rng, channels, int(classes), np.float32))
    return nn.Sequential(layers)


class FromRows(nn.Module):
    """Turn rows (N, H*W*C) into pictures (N, C, H, W); pictures pass through.

    Args:
        image_shape: (H, W, C), or (H, W) for grey pictures.
    """

    def __init__(self, image_shape):
        super().__init__()
        self.height, self.width, self.channels = (*image_shape, 1)[:3]

    def extra_repr(self):
        """Tell the shape where the model is printed."""
        return f"{self.height}×{self.width}×{self.channels}"

    def forward(self, X):
        """Rearrange a batch.

        Args:
            X: (N, H*W*C), each pixel's channels side by side, or (N, C, H, W).

        Returns:
            (N, C, H, W).

        Raises:
            ValueError: another shape.
        """
        H, W, C = self.height, self.width, self.channels
        if X.shape[1:] == (C, H, W):
            return X
        if X.shape[1:] != (H * W * C,):
            raise ValueError(
                f"X: expected rows (N, {H * W * C}) or pictures (N, {C}, {H}, {W}), "
                f"got {tuple(X.shape)}; another data set than the net was made for?"
            )
        return X.reshape(-1, H, W, C).permute(0, 3, 1, 2).contiguous()


def _linear(W):
    """Make a linear layer with given weights, (D, M), and biases of zero."""
    weight = torch.tensor(np.ascontiguousarray(W.T))  # (M, D): PyTorch keeps it transposed
    D, M = W.shape
    layer = nn.utils.skip_init(nn.Linear, D, M, dtype=weight.dtype)
    layer.weight.data.copy_(weight)
    layer.bias.data.zero_()
    return layer


def _expect_share(dropout):
    if not 0 <= dropout < 1:
        raise ValueError(
            f"dropout: expected the share to silence, 0 to below 1, got {dropout!r}; "
            "the probability to keep is 1 - dropout"
        )
