"""The captioner there and back with single lines changed: what its catalogued slips share."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes.rnn import walk
from course_utils.checking.mistakes.temporal_softmax import log_softmax, picked

LOSS_AND_GRADS = "caption_loss_and_grads"


def cut(tokens, null):
    """What is read, what must be said, and which places count."""
    return tokens[:, :-1], tokens[:, 1:], tokens[:, 1:] != null


def start(params, features):
    """The states that the pictures give, (N, M)."""
    return features @ params["W_start"] + params["b_start"]


def states(params, X, h0):
    """The states after each word, (N, T, M)."""
    return walk(X, h0, params["Wx"], params["Wh"], params["b"])


def losses(Z, targets, mask):
    """What each place adds to the sum, (N, T); 0 where the mask is False."""
    return np.where(mask, -picked(log_softmax(Z), targets), 0)


def slopes(Z, targets, mask):
    """The gradient of the sum of the losses by the scores, (N, T, V)."""
    P = np.exp(log_softmax(Z))
    np.put_along_axis(P, targets[..., None], picked(P, targets)[..., None] - 1, axis=2)
    return P * mask[..., None]


def through_time(params, dH, X, h0, H):
    """Gradients of the recurrent net: dX, dh0 and those of its parameters."""
    before = np.concatenate([h0[:, None], H[:, :-1]], axis=1)  # (N, T, M)
    dA, dh = np.zeros_like(H), np.zeros_like(h0)
    for t in reversed(range(H.shape[1])):
        dA[:, t] = (dH[:, t] + dh) * (1 - H[:, t] ** 2)
        dh = dA[:, t] @ params["Wh"].T
    grads = {
        "Wx": np.einsum("nte,ntm->em", X, dA),
        "Wh": np.einsum("ntl,ntm->lm", before, dA),
        "b": dA.sum(axis=(0, 1)),
    }
    return dA @ params["Wx"].T, dh, grads


def table_gradient(params, inputs, dX):
    """What every place where a word was read says of its row, added up, (V, E)."""
    dW = np.zeros_like(params["W_words"])
    np.add.at(dW, inputs, dX)
    return dW


def captioner(
    params, features, tokens, null=0, *, cut=cut, start=start, states=states, losses=losses,
    slopes=slopes, through_time=through_time, table_gradient=table_gradient, per=len,
    seen=lambda H, h0: H, seen_back=lambda dH, H: dH, read=lambda inputs, targets: inputs,
):  # fmt: skip
    """Loss and gradients, with any of these steps replaced by another."""
    inputs, targets, mask = cut(tokens, null)
    inputs = read(inputs, targets)
    h0, X = start(params, features), params["W_words"][inputs]
    H = states(params, X, h0)
    used = seen(H, h0)  # (N, T, M)
    Z = used @ params["W_out"] + params["b_out"]
    N = per(mask)
    dZ = slopes(Z, targets, mask) / N
    dH = seen_back(dZ @ params["W_out"].T, H)
    dX, dh0, grads = through_time(params, dH, X, h0, H)
    grads |= {
        "W_start": features.T @ dh0,
        "b_start": dh0.sum(axis=0),
        "W_words": table_gradient(params, inputs, dX),
        "W_out": np.einsum("ntm,ntv->mv", used, dZ),
        "b_out": dZ.sum(axis=(0, 1)),
    }
    return losses(Z, targets, mask).sum() / N, {key: grads[key] for key in params}
