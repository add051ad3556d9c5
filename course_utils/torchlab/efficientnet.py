"""EfficientNet-Lite0: a small convolutional net, quick on a CPU and good at photographs."""

import math
from collections import OrderedDict

import torch
from torch import nn
from torch.nn.functional import conv2d, dropout, pad, relu6

from course_utils.nn._checks import expect_generator
from course_utils.nn.initializers import get_initializer

# Blocks, kernel size, stride of the first block, expansion, channels out.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM, N_FEATURES = 32, 1280
_SMALLEST = 32  # pixels: five halvings leave one place


class EfficientNetLite0(nn.Module):
    """The net of Tan and Le in its lite form: ReLU6, and no squeeze-and-excitation.

    Parameters have the names of the published weights: _conv_stem, _blocks.0 to
    _blocks.15, _conv_head, each with its batch norm.

    Args:
        classes: ends with a linear layer for so many; None: features only.
        rng: numpy.random.Generator for first weights; None leaves PyTorch's own, for
            weights that are loaded over them.

    Raises:
        TypeError: rng is no generator.

    Source:
        Tan and Le (2019), EfficientNet: rethinking model scaling for convolutional neural
        networks, ICML; Liu (2020), Higher accuracy on vision models with EfficientNet-Lite,
        TensorFlow blog.
    """

    n_features = N_FEATURES

    def __init__(self, classes=None, *, rng=None):
        super().__init__()
        if rng is not None:
            expect_generator(rng)
        self._conv_stem, self._bn0 = SameConv2d(3, _STEM, 3, stride=2), _batch_norm(_STEM)
        blocks, channels = [], _STEM
        for count, kernel, stride, expansion, width in _STAGES:
            for i in range(count):
                blocks.append(Block(channels, width, kernel, 1 if i else stride, expansion))
                channels = width
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = SameConv2d(channels, N_FEATURES, 1)
        self._bn1 = _batch_norm(N_FEATURES)
        self._fc = None if classes is None else nn.Linear(N_FEATURES, classes)
        if rng is not None:
            self._draw(rng)
        # Each pixel's channels side by side in memory: PyTorch's convolutions are quicker so.
        self.to(memory_format=torch.channels_last)

    def maps(self, X):
        """Compute the last feature maps.

        Args:
            X: normalised pictures, (N, 3, H, W), floats, 32 pixels or more.

        Returns:
            (N, 1280, ⌈H/32⌉, ⌈W/32⌉), numbers from 0 to 6.
        """
        if min(X.shape[-2:]) < _SMALLEST:
            raise ValueError(
                f"X: expected pictures of {_SMALLEST} pixels or more, got {tuple(X.shape)}; "
                "the net was trained with 224: enlarge them first"
            )
        X = X.contiguous(memory_format=torch.channels_last)
        X = relu6(self._bn0(self._conv_stem(X)), inplace=True)
        for block in self._blocks:
            X = block(X)
        return relu6(self._bn1(self._conv_head(X)), inplace=True)

    def forward(self, X):
        """Compute the features (N, 1280), the maps averaged, or the logits (N, classes)."""
        features = self.maps(X).mean(dim=(2, 3))
        if self._fc is None:
            return features
        return self._fc(dropout(features, 0.2, self.training))

    def stages(self):
        """Its layers in groups, from the picture to the features.

        Returns:
            An OrderedDict: name -> list of modules; stem, stage1 to stage7, head.
        """
        groups = OrderedDict(stem=[self._conv_stem, self._bn0])
        start = 0
        for i, (count, *_) in enumerate(_STAGES, start=1):
            groups[f"stage{i}"] = list(self._blocks[start : start + count])
            start += count
        groups["head"] = [self._conv_head, self._bn1]
        return groups

    def _draw(self, rng):
        he, xavier = get_initializer("he_normal"), get_initializer("xavier_normal")
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                ways, outputs = math.prod(layer.weight.shape[1:]), layer.weight.shape[0]
                drawn = torch.from_numpy(he(rng, ways, outputs)).T  # (outputs, ways)
                with torch.no_grad():
                    layer.weight.copy_(drawn.reshape(layer.weight.shape))
        if self._fc is not None:
            with torch.no_grad():
                self._fc.weight.copy_(torch.from_numpy(xavier(rng, *self._fc.weight.shape[::-1])).T)
                self._fc.bias.zero_()


class Block(nn.Module):
    """Widen each pixel, filter each channel by itself, narrow again; added to what comes in.

    Args:
        channels: of what comes in.
        width: channels of what goes out.
        kernel: side of the filters.
        stride: 1, or 2 to halve height and width.
        expansion: how many times wider the middle is.

    Source:
        Sandler et al. (2018), MobileNetV2: inverted residuals and linear bottlenecks, CVPR.
    """

    def __init__(self, channels, width, kernel, stride, expansion):
        super().__init__()
        wide = channels * expansion
        if expansion > 1:
            self._expand_conv, self._bn0 = SameConv2d(channels, wide, 1), _batch_norm(wide)
        self.expands, self.adds = expansion > 1, stride == 1 and channels == width
        self._depthwise_conv = SameConv2d(wide, wide, kernel, stride=stride, groups=wide)
        self._bn1 = _batch_norm(wide)
        self._project_conv, self._bn2 = SameConv2d(wide, width, 1), _batch_norm(width)

    def forward(self, X):
        """Give (N, width, ⌈H/stride⌉, ⌈W/stride⌉) for X, (N, channels, H, W)."""
        H = relu6(self._bn0(self._expand_conv(X)), inplace=True) if self.expands else X
        H = relu6(self._bn1(self._depthwise_conv(H)), inplace=True)
        H = self._bn2(self._project_conv(H))  # no ReLU: it would throw away half
        return X + H if self.adds else H


class SameConv2d(nn.Conv2d):
    """Convolution without a bias that gives ⌈H/stride⌉ rows, padded as TensorFlow does.

    With a stride of 2 and an even height that is one row less at the top than PyTorch's
    padding, and the published weights have learned it so.
    """

    def __init__(self, channels, filters, kernel, *, stride=1, groups=1):
        super().__init__(channels, filters, kernel, stride=stride, groups=groups, bias=False)

    def forward(self, X):
        """Convolve X, (N, channels, H, W)."""
        missing = [
            max((math.ceil(n / s) - 1) * s + k - n, 0)
            for n, s, k in zip(X.shape[-2:], self.stride, self.kernel_size, strict=True)
        ]
        top, left = missing[0] // 2, missing[1] // 2
        if missing == [2 * top, 2 * left]:  # the same on both sides: no copy is needed
            return conv2d(X, self.weight, None, self.stride, (top, left), 1, self.groups)
        X = pad(X, (left, missing[1] - left, top, missing[0] - top))
        return conv2d(X, self.weight, None, self.stride, 0, 1, self.groups)


def _batch_norm(channels):
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.01)
