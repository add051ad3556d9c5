"""Right answers for captions: shifting, the whole captioner, clipping."""

import itertools
import math

import numpy as np

from course_utils import nn
from course_utils.nn.caption_net import CaptionNet
from tests.checking.right import right
from tests.checking.right.forms import frozen, in_float32, in_fortran_order, strided


@right("shift_captions")
def shift_by_deletion(tokens, null=0):
    targets = np.delete(tokens, 0, axis=1)
    return np.delete(tokens, -1, axis=1), targets, np.not_equal(targets, null)


@right("shift_captions")
def shift_by_loops(tokens, null=0):
    N, L = tokens.shape
    inputs, targets = np.zeros((N, L - 1), int), np.zeros((N, L - 1), int)
    mask = np.zeros((N, L - 1), dtype=bool)
    for n in range(N):
        for t in range(L - 1):
            inputs[n, t], targets[n, t] = tokens[n, t], tokens[n, t + 1]
            mask[n, t] = tokens[n, t + 1] != null
    return inputs, targets, mask


@right("shift_captions")
def shift_by_rolling(tokens, null=0):
    inputs, targets = tokens[:, :-1].copy(), np.roll(tokens, -1, axis=1)[:, :-1]
    return inputs, targets, ~(targets == null)


@right("shift_captions")
def shift_by_splitting(tokens, null=0):
    first, targets = np.split(tokens, [1], axis=1)
    inputs = np.concatenate([first, targets], axis=1)[:, : targets.shape[1]]
    return [inputs, targets, np.where(targets == null, False, True)]


@right("shift_captions")
def shift_by_lists(tokens, null=0):
    inputs = np.array([row[:-1] for row in tokens.tolist()])
    targets = np.array([row[1:] for row in tokens.tolist()])
    return inputs, targets, np.array([[token != null for token in row] for row in targets])


@right("shift_captions")
def shift_in_small_integers(tokens, null=0):
    small = frozen(tokens.astype(np.int32))
    return small[..., :-1], small[..., 1:], small[..., 1:] != null


def _rows(H):
    return H.reshape(-1, H.shape[-1])


@right("caption_loss_and_grads")
def captioner_from_layers(params, features, tokens, null=0):
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    h0, start = nn.linear_forward(features, params["W_start"], params["b_start"])
    X, words = nn.embedding_forward(inputs, params["W_words"])
    H, walk = nn.rnn_forward(X, h0, params["Wx"], params["Wh"], params["b"])
    Z, out = nn.linear_forward(_rows(H), params["W_out"], params["b_out"])
    Z = Z.reshape(*inputs.shape, Z.shape[1])
    loss, cache = nn.temporal_softmax_forward(Z, targets, targets != null)
    dH, dW_out, db_out = nn.linear_backward(_rows(nn.temporal_softmax_backward(1, cache)), out)
    dX, dh0, dWx, dWh, db = nn.rnn_backward(dH.reshape(H.shape), walk)
    _, dW_start, db_start = nn.linear_backward(dh0, start)
    return loss, {
        "b_out": db_out, "W_out": dW_out, "b": db, "Wh": dWh, "Wx": dWx,
        "W_words": nn.embedding_backward(dX, words), "b_start": db_start, "W_start": dW_start,
    }  # fmt: skip


@right("caption_loss_and_grads")
def captioner_of_the_package(params, features, tokens, null=0):
    E, M, V = params["Wx"].shape + params["b_out"].shape
    net = CaptionNet(
        features.shape[1], V, rng=np.random.default_rng(0), embedding=E, hidden=M, null=null,
        dtype=features.dtype,
    )  # fmt: skip
    net.params = dict(params)
    return net.loss_and_grads(features, tokens)


def _one_caption(params, feature, caption, null):
    """Loss and gradients of one caption, step by step, without a batch."""
    p, h = params, feature @ params["W_start"] + params["b_start"]
    states, shares, loss = [h], [], 0.0
    for word, answer in itertools.pairwise(caption):
        h = np.tanh(p["W_words"][word] @ p["Wx"] + h @ p["Wh"] + p["b"])
        z = h @ p["W_out"] + p["b_out"]
        log_p = z - np.logaddexp.reduce(z)
        states.append(h)
        share = np.exp(log_p)
        share[answer] -= 1
        shares.append(share * (answer != null))
        loss -= log_p[answer] * (answer != null)
    grads, dh = {key: np.zeros_like(w) for key, w in params.items()}, 0
    for t in reversed(range(len(shares))):
        grads["W_out"] += np.outer(states[t + 1], shares[t])
        grads["b_out"] += shares[t]
        da = (p["W_out"] @ shares[t] + dh) * (1 - states[t + 1] ** 2)
        grads["Wx"] += np.outer(p["W_words"][caption[t]], da)
        grads["Wh"] += np.outer(states[t], da)
        grads["b"] += da
        grads["W_words"][caption[t]] += p["Wx"] @ da
        dh = p["Wh"] @ da
    grads["W_start"], grads["b_start"] = np.outer(feature, dh), dh
    return loss, grads


@right("caption_loss_and_grads")
def captioner_caption_by_caption(params, features, tokens, null=0):
    found = [_one_caption(params, f, c, null) for f, c in zip(features, tokens, strict=True)]
    N = len(tokens)
    grads = {key: sum(grads[key] for _, grads in found) / N for key in params}
    return sum(loss for loss, _ in found) / N, grads


@right("caption_loss_and_grads")
def captioner_without_empty_columns(params, features, tokens, null=0):
    """Columns in which every target is null add nothing: they are cut off first."""
    counts = (tokens[:, 1:] != null).any(axis=0)
    last = 1 + int(np.flatnonzero(counts).max(initial=0))
    return captioner_from_layers(params, features, tokens[:, : last + 1], null)


@right("caption_loss_and_grads")
def captioner_by_one_hot_rows(params, features, tokens, null=0):
    p, (inputs, targets) = params, (tokens[:, :-1], tokens[:, 1:])
    V, M = p["W_out"].shape[1], len(p["b"])
    hot = np.eye(V, dtype=features.dtype)
    H, X = [features @ p["W_start"] + p["b_start"]], hot[inputs] @ p["W_words"]
    for t in range(inputs.shape[1]):
        H.append(np.tanh(np.hstack([X[:, t], H[-1]]) @ np.vstack([p["Wx"], p["Wh"]]) + p["b"]))
    H = np.stack(H, axis=1)  # (N, T + 1, M)
    Z = H[:, 1:] @ p["W_out"] + p["b_out"]
    Z = Z - Z.max(axis=2, keepdims=True)
    P = np.exp(Z) / np.exp(Z).sum(axis=2, keepdims=True)
    counts = (targets != null)[..., None] / len(tokens)
    loss = -(hot[targets] * np.log(P) * counts).sum()
    dZ = ((P - hot[targets]) * counts).astype(features.dtype)
    grads = {"W_out": np.einsum("ntm,ntv->mv", H[:, 1:], dZ), "b_out": dZ.sum((0, 1))}
    dA, dh = np.zeros_like(H[:, 1:]), np.zeros((len(H), M), H.dtype)
    for t in range(inputs.shape[1])[::-1]:
        dA[:, t] = (dZ[:, t] @ p["W_out"].T + dh) * (1 - H[:, t + 1] ** 2)
        dh = dA[:, t] @ p["Wh"].T
    grads["Wx"] = np.tensordot(X, dA, ([0, 1], [0, 1]))
    grads["Wh"] = np.tensordot(H[:, :-1], dA, ([0, 1], [0, 1]))
    grads["b"] = dA.sum((0, 1))
    grads["W_words"] = np.tensordot(hot[inputs], dA @ p["Wx"].T, ([0, 1], [0, 1]))
    return loss, grads | {"W_start": features.T @ dh, "b_start": dh.sum(0)}


for _form in (in_float32, in_fortran_order):
    right("caption_loss_and_grads")(_form(captioner_from_layers))


@right("clip_gradients")
def clip_as_torch_does(grads, max_norm):
    norm = np.linalg.norm([np.linalg.norm(g) for g in grads.values()])
    factor = min(max_norm / (norm + 1e-6), 1.0)
    return {key: g * factor for key, g in grads.items()}, norm


@right("clip_gradients")
def clip_as_one_vector(grads, max_norm):
    everything = np.concatenate([g.ravel() for g in grads.values()])
    norm = math.sqrt(everything @ everything)
    if norm > max_norm:
        grads = {key: max_norm * (g / norm) for key, g in grads.items()}
    return grads, norm


@right("clip_gradients")
def clip_by_loops(grads, max_norm):
    total = 0.0
    for g in grads.values():
        for value in g.flat:
            total += float(value) ** 2
    norm, clipped = total**0.5, {}
    for key in sorted(grads):
        clipped[key] = grads[key].copy()
        if norm >= max_norm:
            clipped[key] *= max_norm / norm
    return clipped, norm


@right("clip_gradients")
def clip_by_vdot(grads, max_norm):
    norm = np.sqrt(sum(np.vdot(g, g) for g in grads.values()))
    return {key: g / max(1.0, float(norm) / max_norm) for key, g in grads.items()}, norm


@right("clip_gradients")
def clip_by_einsum(grads, max_norm):
    squares = [np.einsum("i,i->", g.ravel(), g.ravel()) for g in grads.values()]
    norm = float(np.sum(squares)) ** 0.5
    scale = 1.0 if norm <= max_norm else max_norm / norm
    return {key: strided(scale * g) for key, g in grads.items()}, np.array(norm)


right("clip_gradients")(in_float32(clip_by_vdot))
