"""The layers that benchmarks/layers.py times: ours, torch's, and the proof that they agree."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from torch.nn import functional as torch_f

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
POOLS = (
    ((64, 32, 16, 16), 2, 2),
    ((64, 16, 28, 28), 2, 2),
    ((32, 64, 16, 16), 3, 2),
    ((64, 8, 13, 13), 2, 2),
)
ROWS = ((200, 800), (1024, 256), (10000, 64))
IMAGES = ((64, 16, 28, 28), (64, 32, 16, 16), (16, 64, 32, 32))


@dataclass(frozen=True)
class Case:
    """One layer at one size.

    Args:
        layer: its name in the table.
        size: its sizes in words.
        shapes: of the arguments that have gradients.
        forward: (*arguments) -> a tuple that begins with out and ends with cache.
        backward: (dout, cache) -> gradients.
        oracle: the same forward for torch tensors.
    """

    layer: str
    size: str
    shapes: tuple
    forward: object
    backward: object
    oracle: object
    convolution: tuple = ()


def steps_of(case, dtype):
    """Draw the arguments; return functions that go there and back once, by name."""
    rng = np.random.default_rng(0)
    arrays = [rng.standard_normal(shape).astype(dtype) for shape in case.shapes]
    if case.convolution or case.layer in ("linear", "rnn", "lstm"):
        # Weights of a size as in a net, so that no sum runs away.
        arrays[1:] = [0.1 * a for a in arrays[1:]]
    tensors = [torch.from_numpy(a).requires_grad_() for a in arrays]
    dout = np.asarray(rng.standard_normal(case.forward(*arrays)[0].shape)).astype(dtype)[()]
    upstream = torch.as_tensor(dout)

    def ours():
        out, *_, cache = case.forward(*arrays)
        return out, case.backward(dout, cache)

    def theirs():
        out = case.oracle(*tensors)
        return out, torch.autograd.grad(out, tensors, upstream)

    steps = {"ours": ours, "torch": theirs}
    if case.convolution:
        steps["im2col"] = partial(by_im2col, *arrays, dout, *case.convolution[6:])
    return steps


def agree(steps, dtype):
    """Refuse to time two different things."""
    eps = 1e-3 if dtype == np.float32 else 1e-9
    want, wanted = steps["torch"]()
    for name, step in steps.items():
        out, grads = step()
        grads = grads if isinstance(grads, tuple) else (grads,)
        for got, right in zip((out, *grads), (want, *wanted), strict=True):
            right = right.detach().numpy()
            got = np.asarray(got.detach() if torch.is_tensor(got) else got).reshape(right.shape)
            scale = np.abs(right).max()
            np.testing.assert_allclose(got, right, rtol=eps, atol=eps * scale, err_msg=name)


def by_im2col(X, kernels, b, dY, stride, padding):
    """Convolution as most courses do it: the whole batch unrolled and folded by compiled code.

    Torch's unfold and fold are that code (C++); the products are NumPy's.
    """
    (N, _, H, W), (F, _, *size) = X.shape, kernels.shape
    settings = {"kernel_size": size, "stride": stride, "padding": padding}
    columns = torch_f.unfold(torch.from_numpy(X), **settings).numpy()  # (N, C KH KW, places)
    K = kernels.reshape(F, -1)
    Y = K @ columns + b[:, None]
    d = dY.reshape(N, F, -1)
    dK = (d @ columns.transpose(0, 2, 1)).sum(axis=0)
    dX = torch_f.fold(torch.from_numpy(K.T @ d), (H, W), **settings).numpy()
    return Y.reshape(dY.shape), (dX, dK.reshape(kernels.shape), d.sum(axis=(0, 2)))


def unrolled_numbers(convolution):
    """How many numbers the unrolled batch has; 0 for other layers."""
    if not convolution:
        return 0
    N, C_in, H, W, _, size, stride, padding = convolution
    H_out, W_out = (1 + (length + 2 * padding - size) // stride for length in (H, W))
    return N * C_in * size * size * H_out * W_out


def all_cases():
    """Every case, layer by layer."""
    cases = list(_cases())
    layers = list(dict.fromkeys(case.layer for case in cases))
    return sorted(cases, key=lambda case: layers.index(case.layer))


def _cases():
    yield from _dense()
    for sizes in TYPICAL_CONVOLUTIONS:
        yield _convolution("conv2d", *sizes)
    for sizes in OTHER_CONVOLUTIONS:
        yield _convolution("conv2d, other sizes", *sizes)
    for shape, size, stride in POOLS:
        words = f"{_x(shape)}, {size}x{size}, stride {stride}"
        settings = {"size": size, "stride": stride}
        for layer, there, back, oracle in (
            ("max-pool", nn.max_pool_forward, nn.max_pool_backward, torch_f.max_pool2d),
            ("average pool", nn.average_pool_forward, nn.average_pool_backward, torch_f.avg_pool2d),
        ):
            torchs = partial(oracle, kernel_size=size, stride=stride)
            yield Case(layer, words, (shape,), partial(there, **settings), back, torchs)
    yield from _norms()
    yield from _sequences()


def _x(shape):
    return "x".join(map(str, shape))


def _dense():
    for N, D, M in ((64, 784, 800), (200, 784, 800)):
        yield Case(
            "linear", f"{N}x{D} to {M}", ((N, D), (D, M), (M,)), nn.linear_forward,
            nn.linear_backward, lambda X, W, b: X @ W + b,
        )  # fmt: skip
    for shape in ((200, 800), (64, 32, 16, 16)):
        relu = nn.relu_forward, nn.relu_backward, torch.relu
        yield Case("relu", _x(shape), (shape,), *relu)
    for N, C in ((200, 10), (1024, 100)):
        y = np.random.default_rng(1).integers(0, C, N)
        yield Case(
            "softmax cross-entropy", f"{N}x{C}", ((N, C),),
            partial(_loss, y=y), nn.softmax_cross_entropy_backward,
            partial(torch_f.cross_entropy, target=torch.from_numpy(y)),
        )  # fmt: skip


def _loss(Z, y):
    loss, cache = nn.softmax_cross_entropy_forward(Z, y)
    return np.asarray(loss), cache


def _convolution(layer, *sizes):
    N, C_in, H, W, F, size, stride, padding = sizes
    words = f"{N}x{C_in}x{H}x{W} to {F}, {size}x{size}, stride {stride}, padding {padding}"
    shapes = (N, C_in, H, W), (F, C_in, size, size), (F,)
    settings = {"stride": stride, "padding": padding}
    return Case(
        layer, words, shapes, partial(nn.conv2d_forward, **settings), nn.conv2d_backward,
        partial(torch_f.conv2d, **settings), sizes,
    )  # fmt: skip


def _norms():
    for shape in ROWS:
        D = shape[1]
        yield _batch_norm("batch norm", shape, nn.batch_norm_forward, nn.batch_norm_backward)
        yield Case(
            "layer norm", _x(shape), (shape, (D,), (D,)), nn.layer_norm_forward,
            nn.layer_norm_backward, lambda X, g, b, D=D: torch_f.layer_norm(X, (D,), g, b),
        )  # fmt: skip
    spatial = nn.spatial_batch_norm_forward, nn.spatial_batch_norm_backward
    for shape in IMAGES:
        yield _batch_norm("spatial batch norm", shape, *spatial)


def _batch_norm(layer, shape, there, back):
    D = shape[1]
    running = {"mean": np.zeros(D, np.float32), "var": np.ones(D, np.float32)}
    mean, var = torch.zeros(D), torch.ones(D)

    def oracle(X, gamma, beta):
        state = (s.to(X.dtype) for s in (mean, var))
        return torch_f.batch_norm(X, *state, gamma, beta, training=True)

    def forward(X, gamma, beta):
        return there(X, gamma, beta, running)

    return Case(layer, _x(shape), (shape, (D,), (D,)), forward, back, oracle)


def _sequences():
    N, T, D, M = 64, 16, 128, 256
    words = f"{N} sequences of {T} steps, {D} to {M}"
    for layer, gates, there, back, oracle in (
        ("rnn", 1, nn.rnn_forward, nn.rnn_backward, _torch_rnn),
        ("lstm", 4, nn.lstm_forward, nn.lstm_backward, _torch_lstm),
    ):
        shapes = (N, T, D), (N, M), (D, gates * M), (M, gates * M), (gates * M,)
        yield Case(layer, words, shapes, there, back, oracle)
    for N, T, K in ((32, 16, 64), (16, 64, 64)):
        yield Case(
            "attention", f"{N}x{T}x{K} on {T} places", ((N, T, K),) * 3, nn.attention_forward,
            nn.attention_backward, torch_f.scaled_dot_product_attention,
        )  # fmt: skip


def _torch_rnn(X, h0, Wx, Wh, b):
    weights = [Wx.T, Wh.T, b, torch.zeros_like(b)]
    # has_biases, num_layers, dropout, train, bidirectional, batch_first
    return torch.rnn_tanh(X, h0[None], weights, True, 1, 0.0, True, False, True)[0]


def _torch_lstm(X, h0, Wx, Wh, b):
    def in_torchs_order(W):  # our blocks i, f, o, g are torch's i, f, g, o
        i, f, o, g = W.chunk(4, dim=-1)
        return torch.cat([i, f, g, o], dim=-1)

    Wx, Wh, b = (in_torchs_order(W) for W in (Wx, Wh, b))
    start = h0[None], torch.zeros_like(h0)[None]
    weights = [Wx.T, Wh.T, b, torch.zeros_like(b)]
    return torch.lstm(X, start, weights, True, 1, 0.0, True, False, True)[0]
