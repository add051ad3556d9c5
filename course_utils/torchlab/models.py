"""Nets in PyTorch, with the same first weights as the course's own nets from the same generator."""

import math
from collections import OrderedDict
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from course_utils.nn._checks import expect_generator
from course_utils.nn._conv_settings import image_shape as _whole_shape
from course_utils.nn._conv_settings import one_for_each, whole_numbers
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


def conv_net(
    image_shape, classes, *, rng, filters=(16,), kernel_size=3, pool=2, hidden=(100,),
    batch_norm=False, dropout=0.0, initializer="he_normal", dtype=np.float32,
):  # fmt: skip
    """Make blocks of convolution, ReLU and max-pooling, then linear layers.

    Without dropout this is course_utils.nn.ConvNet in PyTorch, and from the same
    generator it starts with the same numbers.

    Args:
        image_shape: (H, W, C), or (H, W) for grey pictures.
        classes: number of classes.
        rng: numpy.random.Generator for the first weights.
        filters: kernels of each block, such as (16, 32).
        kernel_size: rows and columns of a kernel, odd, one for all blocks or one for each.
        pool: rows and columns of a pooling window, one for all blocks or one for each.
        hidden: units of the linear layers before the last one; () for none.
        batch_norm: whether batch norm stands before each ReLU.
        dropout: share of the inputs of each linear layer that are silenced, 0 to below
            1; the course's keep is 1 - dropout.
        initializer: as for fully_connected.
        dtype: np.float32 or np.float64.

    Returns:
        A torch.nn.Sequential; its layers are called rows, conv1, batch_norm1, relu1,
        pool1, conv2 and so on, flat, then linear2 and so on as in fully_connected.

    Raises:
        TypeError: rng is no generator.
        ValueError: more pooling than there are pixels, settings out of range.
    """
    height, width, channels = _whole_shape(image_shape)
    filters = whole_numbers("filters", filters)
    n = len(filters)
    sizes, pools = one_for_each("kernel_size", kernel_size, n), one_for_each("pool", pool, n)
    if not all(size % 2 for size in sizes):
        raise ValueError(f"kernel_size: expected odd numbers, which have a middle, got {sizes}")
    shrunk = math.prod(pools)
    if min(height, width) < shrunk:
        raise ValueError(
            f"pool: expected windows inside the picture, got {pools} for {height}×{width}"
        )
    D = (height // shrunk) * (width // shrunk) * filters[-1]
    # The linear layers are drawn first, as in the course's net.
    linear = fully_connected(
        (D, *hidden, classes), rng=rng, batch_norm=batch_norm, dropout=dropout,
        initializer=initializer, dtype=dtype,
    )  # fmt: skip
    draw, layers = get_initializer(initializer), OrderedDict(rows=FromRows(image_shape))
    for i, (F, size) in enumerate(zip(filters, sizes, strict=True), start=1):
        layers[f"conv{i}"] = _convolution(draw, rng, channels, F, size, dtype, bias=True)
        if batch_norm:
            layers[f"batch_norm{i}"] = nn.BatchNorm2d(F, dtype=layers["conv1"].weight.dtype)
        layers |= {f"relu{i}": nn.ReLU(), f"pool{i}": nn.MaxPool2d(pools[i - 1])}
        channels = F
    layers["flat"] = nn.Flatten()
    if dropout:
        layers["dropout"] = nn.Dropout(dropout)
    for name, layer in linear.named_children():
        kind = name.rstrip("0123456789")
        layers[f"{kind}{int(name.removeprefix(kind)) + n}"] = layer
    return nn.Sequential(layers)


def small_cnn(image_shape, classes, *, rng, widths=(32, 64, 128), residual=True, dropout=0.0):
    """Make a small modern convolutional net: convolution, pooling, batch norm, ReLU, repeated.

    Pooling comes first after the convolution: the maximum of what ReLU would give is ReLU of
    the maximum, and a quarter of the numbers is left for the rest of the block. At the end
    each channel is averaged over the picture, so one linear layer with few weights is
    enough. Takes rows as the data sets hold them, or pictures (N, C, H, W).

    Args:
        image_shape: (H, W, C), such as (32, 32, 3), or (H, W) for grey pictures.
        classes: number of classes.
        rng: numpy.random.Generator for the first weights.
        widths: channels of each block; each block halves height and width.
        residual: whether each block but the first ends with one more convolution, batch
            norm and ReLU, whose result is added to what goes in.
        dropout: share of the averaged channels that are silenced, 0 to below 1.

    Returns:
        A torch.nn.Sequential in float32; its layers are called rows, conv1, pool1,
        batch_norm1, relu1, conv2 and so on, residual2, ..., average, flat, dropout, linear.

    Raises:
        TypeError: rng is no generator.
        ValueError: no blocks, more than the picture can be halved, a share out of range.

    Source:
        Ioffe and Szegedy, ICML 2015; Lin, Chen and Yan, Network in network, ICLR 2014
        (averaging); He et al., Deep residual learning for image recognition, CVPR 2016.
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
        layers |= {f"conv{i}": _convolution(draw, rng, channels, F), f"pool{i}": nn.MaxPool2d(2)}
        layers |= {f"batch_norm{i}": nn.BatchNorm2d(F), f"relu{i}": nn.ReLU()}
        if residual and i > 1:
            again = _convolution(draw, rng, F, F)
            layers[f"residual{i}"] = Residual(again, nn.BatchNorm2d(F), nn.ReLU())
        channels = F
    layers |= {"average": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten()}
    if dropout:
        layers["dropout"] = nn.Dropout(dropout)
    xavier = get_initializer("xavier_normal")  # no ReLU follows
    layers["linear"] = _linear(xavier(rng, channels, int(classes), np.float32))
    return nn.Sequential(layers)


class Residual(nn.Sequential):
    """Layers whose result is added to what goes in: they only have to find what is missing.

    Args:
        *layers: modules, one after the other; together they keep the shape.
    """

    def forward(self, X):
        """Give X plus what the layers make of it, in the shape of X."""
        return X + super().forward(X)


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
            (N, C, H, W); in memory each pixel's channels lie side by side as in the rows,
            PyTorch's channels_last, which all later layers keep and are quicker in.

        Raises:
            ValueError: another shape.
        """
        H, W, C = self.height, self.width, self.channels
        if X.shape[1:] == (C, H, W):
            X = X.permute(0, 2, 3, 1).reshape(-1, H * W * C)
        if X.shape[1:] != (H * W * C,):
            raise ValueError(
                f"X: expected rows (N, {H * W * C}) or pictures (N, {C}, {H}, {W}), "
                f"got {tuple(X.shape)}; another data set than the net was made for?"
            )
        return X.reshape(-1, H, W, C).permute(0, 3, 1, 2)


def _convolution(draw, rng, channels, F, size=3, dtype=np.float32, bias=False):
    """Make a convolution that keeps the size of the picture, with kernels drawn as the course's."""
    kernels = draw(rng, channels * size * size, F, np.dtype(dtype))  # (C_in KH KW, F)
    weight = torch.tensor(kernels.T.reshape(F, channels, size, size))
    layer = nn.utils.skip_init(
        nn.Conv2d, channels, F, size, padding=size // 2, bias=bias, dtype=weight.dtype
    )
    layer.weight.data.copy_(weight)
    if bias:
        layer.bias.data.zero_()
    return layer


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
