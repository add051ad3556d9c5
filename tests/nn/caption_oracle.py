"""The captioners once more in torch, float64: linear, cell, attention and loss by torch's own."""

import numpy as np
import torch

F = torch.nn.functional


def captions(N, D, V, L, seed=0, places=None):
    """Random features and encoded captions of different lengths, the longest filling L."""
    rng = np.random.default_rng([seed, 7])
    tokens = np.zeros((N, L), np.int64)
    tokens[:, 0] = 1
    for n in range(N):
        words = L - 2 if n == 0 else int(rng.integers(0, L - 1))
        tokens[n, 1 : 1 + words] = rng.integers(3, V, words)
        tokens[n, 1 + words] = 2
    shape = (N, D) if places is None else (N, places, D)
    return rng.standard_normal(shape), tokens


def torch_lstm_params(Wx, Wh, b):
    """Reorder our blocks i, f, o, g into torch's i, f, g, o."""

    def reorder(W):
        i, f, o, g = W.chunk(4, dim=-1)
        return torch.cat([i, f, g, o], dim=-1).T

    return [reorder(Wx), reorder(Wh), reorder(b[None])[:, 0], torch.zeros_like(b)]


def torch_logits(cell, p, features, inputs):
    """Scores of all tokens, (N, T, V)."""
    X = F.embedding(inputs, p["W_words"])
    pooled = features.mean(dim=1) if cell == "attention" else features
    h0 = F.linear(pooled, p["W_start"].T, p["b_start"])[None]
    if cell == "rnn":
        weights = [p["Wx"].T, p["Wh"].T, p["b"], torch.zeros_like(p["b"])]
        # has_biases, num_layers, dropout, train, bidirectional, batch_first
        H = torch.rnn_tanh(X, h0, weights, True, 1, 0.0, True, False, True)[0]
    else:
        weights = torch_lstm_params(p["Wx"], p["Wh"], p["b"])
        start = h0, torch.zeros_like(h0)
        H = torch.lstm(X, start, weights, True, 1, 0.0, True, False, True)[0]
    if cell == "attention":
        memory = F.linear(features, p["W_places"].T, p["b_places"])
        H = torch.cat([H, F.scaled_dot_product_attention(H, memory, memory)], dim=2)
    return F.linear(H, p["W_out"].T, p["b_out"])


def torch_loss_and_grads(cell, params, features, tokens, null=0):
    """Loss and gradients by autograd, with the keys of params."""
    p = {k: torch.tensor(v.astype(np.float64), requires_grad=True) for k, v in params.items()}
    tokens = torch.tensor(tokens)
    Z = torch_logits(cell, p, torch.tensor(features.astype(np.float64)), tokens[:, :-1])
    loss = F.cross_entropy(
        Z.flatten(0, 1), tokens[:, 1:].flatten(), ignore_index=null, reduction="sum"
    ) / len(tokens)
    loss.backward()
    return loss.item(), {key: tensor.grad.numpy() for key, tensor in p.items()}
