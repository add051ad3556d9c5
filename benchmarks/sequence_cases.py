"""The layers on sequences that benchmarks/layers.py times."""

from functools import partial

import numpy as np
import torch
from torch.nn import functional as torch_f

from benchmarks.case import Case
from course_utils import nn

N, T, D, M = 64, 16, 128, 256
SENTENCES = ((25, 16, 1000), (64, 16, 5000))  # N, T, V
EMBEDDED = 256  # E


def all_cases():
    """Every case, layer by layer."""
    yield from _recurrent_steps()
    yield from _recurrent_nets()
    yield from _attention()
    yield from _tokens()


def _recurrent_steps():
    words, x, state = f"{N}x{D} to {M}", (N, D), (N, M)
    yield Case(
        "rnn step", words, (x, state, *_parameters(1)), nn.rnn_step_forward,
        nn.rnn_step_backward, _torch_rnn_step, **_weights(2, 1),
    )  # fmt: skip
    yield Case(
        "lstm step", words, (x, state, state, *_parameters(4)), nn.lstm_step_forward,
        nn.lstm_step_backward, _torch_lstm_step, outputs=2, **_weights(3, 4),
    )  # fmt: skip


def _recurrent_nets():
    words, X, h0 = f"{N} sequences of {T} steps, {D} to {M}", (N, T, D), (N, M)
    yield Case(
        "rnn", words, (X, h0, *_parameters(1)), nn.rnn_forward, nn.rnn_backward,
        partial(_torch_net, torch.rnn_tanh), **_weights(2, 1),
    )  # fmt: skip
    yield Case(
        "lstm", words, (X, h0, *_parameters(4)), nn.lstm_forward, nn.lstm_backward,
        partial(_torch_net, torch.lstm), **_weights(2, 4),
    )  # fmt: skip


def _parameters(gates):
    return (D, gates * M), (M, gates * M), (gates * M,)


def _weights(first, gates):
    """Settings of a case with Wx, Wh, b from this argument on: torch has its own order of them."""

    def to_torch(arrays):
        others, params = arrays[:first], arrays[first:]
        return [*others, *(np.ascontiguousarray(_exchanged(W, gates).T) for W in params)]

    def from_torch(grads):
        others, params = grads[:first], grads[first:]
        return [*others, *(_exchanged(dW.T, gates) for dW in params)]

    return {"weights": first, "to_torch": to_torch, "from_torch": from_torch}


def _exchanged(W, gates):
    """Exchange the last two of four gates: ours are i, f, o, g, torch's i, f, g, o."""
    if gates == 1:
        return W
    i, f, third, fourth = np.split(W, 4, axis=-1)
    return np.concatenate([i, f, fourth, third], axis=-1)


def _torch_rnn_step(x, h_prev, Wx, Wh, b):
    return torch.rnn_tanh_cell(x, h_prev, Wx, Wh, b, torch.zeros_like(b))


def _torch_lstm_step(x, h_prev, c_prev, Wx, Wh, b):
    return torch.lstm_cell(x, (h_prev, c_prev), Wx, Wh, b, torch.zeros_like(b))


def _torch_net(net, X, h0, Wx, Wh, b):
    start = h0[None] if net is torch.rnn_tanh else (h0[None], torch.zeros_like(h0)[None])
    weights = [Wx, Wh, b, torch.zeros_like(b)]
    # has_biases, num_layers, dropout, train, bidirectional, batch_first
    return net(X, start, weights, True, 1, 0.0, True, False, True)[0]


def _attention():
    for n, t, K in ((32, 16, 64), (16, 64, 64)):
        yield Case(
            "attention", f"{n}x{t}x{K} on {t} places", ((n, t, K),) * 3, nn.attention_forward,
            nn.attention_backward, torch_f.scaled_dot_product_attention,
        )  # fmt: skip


def _tokens():
    for n, t, V in SENTENCES:
        rng = np.random.default_rng(1)
        tokens = rng.integers(0, V, (n, t))
        words = f"{n}x{t} of {V} tokens"
        yield Case(
            "embedding", f"{words} to {EMBEDDED}", ((V, EMBEDDED),),
            partial(nn.embedding_forward, tokens), nn.embedding_backward,
            partial(torch_f.embedding, torch.from_numpy(tokens)),
        )  # fmt: skip
        mask = np.arange(t) < rng.integers(5, t + 1, (n, 1))  # sentences of unequal length
        yield Case(
            "temporal softmax", words, ((n, t, V),),
            lambda Z, y=tokens, mask=mask: nn.temporal_softmax_forward(Z, y, mask),
            nn.temporal_softmax_backward,
            partial(_torch_loss, torch.from_numpy(np.where(mask, tokens, -100))),
        )  # fmt: skip


def _torch_loss(y, Z):
    places = Z.reshape(-1, Z.shape[-1])
    return torch_f.cross_entropy(places, y.reshape(-1), reduction="sum") / len(Z)
