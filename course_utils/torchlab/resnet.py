"""ResNet-20: the residual net for pictures of 32×32 pixels, without its head."""

from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import pad, relu

from course_utils.nn._checks import expect_generator
from course_utils.nn.initializers import get_initializer

from .backbone import Backbone
from .models import _convolution
from .weight_files import load_weights

WIDTHS = (16, 32, 64)
BLOCKS = 3  # of each width: 3 · 3 blocks of two convolutions, the first one and the head are 20
# Of CIFAR-10's training pictures, red, green and blue: datasets/README.md.
MEAN, STD = (0.4913, 0.4821, 0.4465), (0.2452, 0.2428, 0.2606)
WEIGHTS = Path(__file__).with_name("weights") / "resnet20-distilled.safetensors"
SHA256 = "8ab23d1827d2284072d06c5c2d742f6895c810f5ea0f977af4d526cf4a861557"


class Block(nn.Module):
    """Two convolutions with batch norm, added to what comes in.

    Where the block halves height and width and doubles the channels, what comes in is
    brought to that shape without a parameter, option A of the paper: every second pixel
    of every second row is kept, and the new channels begin as zeros.

    Args:
        draw: an initializer.
        rng: numpy.random.Generator for the first weights.
        channels: of what comes in.
        F: channels of what goes out.
        stride: 1, or 2 to halve height and width.
    """

    def __init__(self, draw, rng, channels, F, stride=1):
        super().__init__()
        self.stride, self.more = stride, F - channels
        # No biases: batch norm would subtract them again.
        self.conv1 = _convolution(draw, rng, channels, F)
        self.conv1.stride = (stride, stride)
        self.batch_norm1 = nn.BatchNorm2d(F)
        self.conv2 = _convolution(draw, rng, F, F)
        self.batch_norm2 = nn.BatchNorm2d(F)

    def forward(self, X):
        """Give (N, F, H/stride, W/stride) for X, (N, C, H, W)."""
        H = relu(self.batch_norm1(self.conv1(X)), inplace=True)
        H = self.batch_norm2(self.conv2(H))
        return relu(H.add_(self.shortcut(X)), inplace=True)

    def shortcut(self, X):
        """Bring what comes in to the shape of what goes out."""
        if self.stride > 1:
            X = X[:, :, :: self.stride, :: self.stride]
        return pad(X, (0, 0, 0, 0, 0, self.more)) if self.more else X


class ResNet20(nn.Module):
    """The net without its head: pictures in, 64 features out.

    Its parts, from the first layer to the last, are `stem` (a convolution with batch norm
    and ReLU), `stage1` (32×32 pixels, 16 channels), `stage2` (16×16, 32) and `stage3`
    (8×8, 64), three blocks each. 269,072 parameters; with a linear layer for ten classes
    the 0.27 million of the paper.

    Args:
        rng: numpy.random.Generator for the first weights.
        widths: channels of the stages, the paper's unless told otherwise.
        blocks: blocks of each stage.

    Raises:
        TypeError: rng is no generator.

    Source:
        He, Zhang, Ren and Sun, Deep residual learning for image recognition, CVPR 2016,
        section 4.2, with the shortcuts of option A.
    """

    def __init__(self, *, rng, widths=WIDTHS, blocks=BLOCKS):
        super().__init__()
        expect_generator(rng)
        draw = get_initializer("he_normal")
        self.stem = nn.Sequential(
            OrderedDict(
                conv=_convolution(draw, rng, 3, widths[0]),
                batch_norm=nn.BatchNorm2d(widths[0]),
                relu=nn.ReLU(inplace=True),
            )
        )
        channels = widths[0]
        for i, F in enumerate(widths, start=1):
            steps = [Block(draw, rng, channels, F, stride=1 if i == 1 else 2)]
            steps += [Block(draw, rng, F, F) for _ in range(blocks - 1)]
            self.add_module(f"stage{i}", nn.Sequential(*steps))
            channels = F
        self.n_features = channels
        # Each pixel's channels side by side in memory: PyTorch's convolutions are quicker so.
        self.to(memory_format=torch.channels_last)

    def maps(self, X):
        """Compute the last feature maps, (N, 64, 8, 8), of pictures (N, 3, 32, 32)."""
        X = X.contiguous(memory_format=torch.channels_last)
        for part in self.children():
            X = part(X)
        return X

    def forward(self, X):
        """Compute the features, (N, 64), of pictures (N, 3, 32, 32): the maps averaged."""
        return self.maps(X).mean(dim=(2, 3))

    def stages(self):
        """Its parts, from the picture to the features: name -> list of modules."""
        return OrderedDict((name, [part]) for name, part in self.named_children())


def resnet20():
    """Load ResNet-20 with the weights that come with this package, as a backbone.

    They were learned without a label of CIFAR-10, by imitating a net that has seen ImageNet:
    weights/resnet20-distilled.md tells how, and how good they are.

    Returns:
        A Backbone in evaluation mode, 32×32 pixels in, 64 features out.

    Raises:
        WeightsError: the file is missing, damaged, or not the one of this version.
    """
    body = ResNet20(rng=np.random.default_rng(0))
    load_weights(WEIGHTS, body, sha256=SHA256)
    return _backbone(body).eval()


def untrained_resnet20(*, rng):
    """Make ResNet-20 with first weights, as a backbone.

    Args:
        rng: numpy.random.Generator.

    Returns:
        A Backbone in training mode.

    Raises:
        TypeError: rng is no generator.
    """
    return _backbone(ResNet20(rng=rng)).train()


def _backbone(body):
    return Backbone(body, name="resnet20", input_size=(32, 32), mean=MEAN, std=STD)
