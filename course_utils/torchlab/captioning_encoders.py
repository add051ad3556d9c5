"""What a captioner sees: a picture as several places, each a row of numbers."""

import math

import torch
from torch import nn


class PictureEncoder(nn.Module):
    """A small convolutional net whose last map is kept: its pixels are the places.

    Where something is can be told from two more channels, the height and the width of each
    pixel, beside the colours (Liu et al., CoordConv, NeurIPS 2018). The last convolution is
    one of single pixels: so a place tells of what is there and closely around, and
    attention that needs to know of a thing has to look at it.

    Args:
        shape: of a picture, (3, H, W).
        widths: channels of each block; all but the last halve height and width.

    Raises:
        ValueError: no blocks, or more than the picture can be halved.
    """

    def __init__(self, shape, widths=(16, 32, 64)):
        super().__init__()
        channels, height, width = shape
        smallest = 2 ** (len(widths) - 1)
        if not widths or min(height, width) < smallest:
            raise ValueError(
                f"widths: expected 1 block or more, all but the last of which halve "
                f"{height}×{width} pixels, got {len(widths)}"
            )
        self.grid = height // smallest, width // smallest
        self.sizes = math.prod(self.grid), widths[-1]  # P places, A numbers each
        down, across = torch.linspace(-1, 1, height), torch.linspace(-1, 1, width)
        where = torch.stack(torch.meshgrid(down, across, indexing="ij"))[None]  # (1, 2, H, W)
        self.register_buffer("where", where, persistent=False)
        blocks, channels = [], channels + 2
        for i, F in enumerate(widths):
            last = i == len(widths) - 1
            kernel = 1 if last else 3
            conv = nn.Conv2d(channels, F, kernel, padding=kernel // 2, bias=False)
            blocks += [conv, nn.BatchNorm2d(F), nn.ReLU()]  # batch norm has a bias
            if not last:
                blocks.append(nn.MaxPool2d(2))
            channels = F
        self.blocks = nn.Sequential(*blocks)
        # Each pixel's channels side by side in memory: PyTorch's convolutions are quicker so.
        self.to(memory_format=torch.channels_last)

    def forward(self, X):
        """Look at pictures.

        Args:
            X: (N, 3, H, W), floats.

        Returns:
            Places, (N, P, A), row by row of the grid.
        """
        where = self.where.to(X.dtype).expand(len(X), -1, -1, -1)
        X = torch.cat([X, where], dim=1).contiguous(memory_format=torch.channels_last)
        maps = self.blocks(X)  # (N, A, h, w)
        return maps.flatten(2).transpose(1, 2)  # (N, P, A)


class FeatureEncoder(nn.Module):
    """A linear map of features that another net made, for the whole picture or place by place.

    Args:
        shape: of a picture's features, (D,), or (P, D) for P places.
        outputs: A, numbers of a place after it.
        dropout: share of the features that are silenced, 0 to below 1.
    """

    def __init__(self, shape, outputs=512, dropout=0.0):
        super().__init__()
        places, D = (1, *shape)[-2:]
        side = math.isqrt(places)
        self.grid = (side, side) if side * side == places else (1, places)
        self.sizes = places, outputs
        self.norm, self.dropout = nn.LayerNorm(D), nn.Dropout(dropout)
        self.linear = nn.Linear(D, outputs)
        self.where = nn.Parameter(0.02 * torch.randn(places, outputs)) if places > 1 else None

    def forward(self, X):
        """Map features.

        Args:
            X: (N, D) or (N, P, D), floats.

        Returns:
            Places, (N, P, A); P is 1 for (N, D).
        """
        X = X[:, None] if X.ndim == 2 else X
        Y = self.linear(self.dropout(self.norm(X)))  # (N, P, A)
        return torch.relu(Y if self.where is None else Y + self.where)
