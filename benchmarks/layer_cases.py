"""The layers that benchmarks/layers.py times, all but those on sequences."""

from functools import partial

import numpy as np
import torch
from torch.nn import functional as torch_f

from benchmarks import sequence_cases
from benchmarks.case import Case
from benchmarks.schemes.convolution import by_im2col
from course_utils import nn

# N, C_in, H, W, F, size of the kernel, stride, padding.
TYPICAL_CONVOLUTIONS = (
    (64, 3, 32, 32, 32, 3, 1, 1),
    (64, 32, 16, 16, 64, 3, 1, 1),
    (64, 1, 28, 28, 16, 5, 1, 2),
    (32, 64, 8, 8, 128, 3, 2, 1),
)
OTHER_CONVOLUTIONS = (
    (32, 64, 16, 16, 64, 1, 1, 0),
    (16, 3, 64, 64, 32, 7, 2, 3),
    (32, 16, 32, 32, 16, 3, 1, 1),
    (50, 1, 28, 28, 8, 3, 1, 0),
)
# Shape, rows and columns of a window, stride.
POOLS = (
    ((64, 32, 16, 16), 2, 2),
    ((64, 16, 28, 28), 2, 2),
    ((32, 64, 16, 16), 3, 2),
    ((64, 8, 13, 13), 2, 2),
)
ROWS = ((200, 800), (1024, 256), (10000, 64))
IMAGES = ((64, 16, 28, 28), (64, 32, 16, 16), (16, 64, 32, 32))


def all_cases():
    """Every case, layer by layer."""
    cases = [*_dense(), *_convolutions(), *_pools(), *_norms(), *sequence_cases.all_cases()]
    layers = list(dict.fromkeys(case.layer for case in cases))
    return sorted(cases, key=lambda case: layers.index(case.layer))


def _dense():
    for N, D, M in ((64, 784, 800), (200, 784, 800)):
        yield Case(
            "linear", f"{N}x{D} to {M}", ((N, D), (D, M), (M,)), nn.linear_forward,
            nn.linear_backward, lambda X, W, b: X @ W + b, weights=1,
        )  # fmt: skip
    for shape in ((200, 800), (64, 32, 16, 16)):
        relu = nn.relu_forward, nn.relu_backward, torch.relu
        yield Case("relu", _times(shape), (shape,), *relu)
    for N, C in ((200, 10), (1024, 100)):
        y = np.random.default_rng(1).integers(0, C, N)
        yield Case(
            "softmax cross-entropy", f"{N}x{C}", ((N, C),),
            partial(_loss_of, y), nn.softmax_cross_entropy_backward,
            partial(torch_f.cross_entropy, target=torch.from_numpy(y)),
        )  # fmt: skip


def _loss_of(y, Z):
    return nn.softmax_cross_entropy_forward(Z, y)


def _convolutions():
    for sizes in TYPICAL_CONVOLUTIONS:
        yield _convolution("conv2d", *sizes)
    for sizes in OTHER_CONVOLUTIONS:
        yield _convolution("conv2d, other sizes", *sizes)


def _convolution(layer, N, C_in, H, W, F, size, stride, padding):
    settings = {"stride": stride, "padding": padding}
    H_out, W_out = (1 + (length + 2 * padding - size) // stride for length in (H, W))
    return Case(
        layer,
        f"{N}x{C_in}x{H}x{W} to {F}, {size}x{size}, stride {stride}, padding {padding}",
        ((N, C_in, H, W), (F, C_in, size, size), (F,)),
        partial(nn.conv2d_forward, **settings),
        nn.conv2d_backward,
        partial(torch_f.conv2d, **settings),
        weights=1,
        settings=settings,
        others={"im2col": by_im2col},
        unrolled=N * C_in * size * size * H_out * W_out,
    )


def _pools():
    for shape, size, stride in POOLS:
        words = f"{_times(shape)}, {size}x{size}, stride {stride}"
        settings = {"size": size, "stride": stride}
        for layer, there, back, oracle in (
            ("max-pool", nn.max_pool_forward, nn.max_pool_backward, torch_f.max_pool2d),
            ("average pool", nn.average_pool_forward, nn.average_pool_backward, torch_f.avg_pool2d),
        ):
            torchs = partial(oracle, kernel_size=size, stride=stride)
            yield Case(layer, words, (shape,), partial(there, **settings), back, torchs)


def _norms():
    for shape in ROWS:
        D = shape[1]
        yield _batch_norm("batch norm", shape, nn.batch_norm_forward, nn.batch_norm_backward)
        yield Case(
            "layer norm", _times(shape), (shape, (D,), (D,)), nn.layer_norm_forward,
            nn.layer_norm_backward, lambda X, g, b, D=D: torch_f.layer_norm(X, (D,), g, b),
        )  # fmt: skip
    spatial = nn.spatial_batch_norm_forward, nn.spatial_batch_norm_backward
    for shape in IMAGES:
        yield _batch_norm("spatial batch norm", shape, *spatial)


def _batch_norm(layer, shape, there, back):
    C = shape[1]
    running = {"mean": np.zeros(C, np.float32), "var": np.ones(C, np.float32)}
    # Torch changes its own in place, and wants them in the dtype of X.
    states = {dtype: (torch.zeros(C, dtype=dtype), torch.ones(C, dtype=dtype))
              for dtype in (torch.float32, torch.float64)}  # fmt: skip

    def forward(X, gamma, beta):
        return there(X, gamma, beta, running)

    def oracle(X, gamma, beta):
        return torch_f.batch_norm(X, *states[X.dtype], gamma, beta, training=True)

    return Case(layer, _times(shape), (shape, (C,), (C,)), forward, back, oracle)


def _times(shape):
    return "x".join(map(str, shape))
