"""Small nets and pictures for the tests of transfer learning."""

import numpy as np
import torch

from course_utils.data.digits import Split
from course_utils.data.photos import Photos
from course_utils.torchlab.backbone import Backbone
from course_utils.torchlab.resnet import MEAN, STD, ResNet20

SIDE = 12
SHAPE = (SIDE, SIDE, 3)


def tiny_backbone(seed=0, moved=True):
    """A ResNet of 8 convolutions whose batch norm has seen pictures, in evaluation mode."""
    body = ResNet20(rng=np.random.default_rng(seed), widths=(4, 6, 8), blocks=1)
    backbone = Backbone(body, name="tiny", input_size=(SIDE, SIDE), mean=MEAN, std=STD)
    if moved:
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for _ in range(20):
                backbone.train()(torch.randn(16, 3, SIDE, SIDE, generator=generator))
    return backbone.eval()


def pictures(n, seed, noise=40):
    """Noisy pictures of three classes: stripes across, stripes down, a bright middle."""
    rng = np.random.default_rng(seed)
    y = np.arange(n) % 3
    rows, columns = np.mgrid[:SIDE, :SIDE]
    middle = np.hypot(rows - 5.5, columns - 5.5) < 3
    kinds = np.stack([rows // 2 % 2, columns // 2 % 2, middle]).astype(float)
    X = 60 + 100 * kinds[y][..., None] + rng.normal(0, noise, (n, *SHAPE))
    order = rng.permutation(n)
    X = X.clip(0, 255).astype(np.uint8).reshape(n, -1)
    return Split(X[order], y[order].astype(np.int64))


def target(train=60, validation=30, noise=40):
    """Such pictures as a data set."""
    return Photos(
        pictures(train, 1, noise), pictures(validation, 2, noise), pictures(30, 3, noise), "quick",
        "made up", SHAPE, ("across", "down", "middle"),
    )  # fmt: skip
