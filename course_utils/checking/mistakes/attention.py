"""Slips in scaled dot-product attention."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_attention import (
    MASK_SCORES,
    NOWHERE,
    OVERFLOW,
    SCALE,
    SCALE_BACK,
    SOFTMAX_AXIS,
    SOFTMAX_BACK,
    VALUES_BACK,
    WEIGHTS,
)


def scores(Q, keys):
    """Scaled products of all queries with all keys, (N, T, S)."""
    return Q @ keys.transpose(0, 2, 1) / np.sqrt(Q.shape[2]).astype(Q.dtype)


def softmax(A, axis=-1):
    """Stable; zeros where a row is −inf throughout."""
    largest = np.maximum(A.max(axis=axis, keepdims=True), np.finfo(A.dtype).min)
    powers = np.exp(A - largest)
    total = powers.sum(axis=axis, keepdims=True)
    return powers / np.where(total == 0, 1, total)


def hide(A, mask, by=-np.inf):
    """Scores with another number where the mask is False."""
    return A if mask is None else np.where(mask, A, A.dtype.type(by))


def attend(Q, keys, values, mask, factor=1.0):
    """The right answer, with scores multiplied by a factor."""
    return softmax(hide(factor * scores(Q, keys), mask)) @ values


@mistake("attention_forward", "Y", "the scores are not divided by √K", SCALE)
def no_scale(Q, keys, values, mask=None):
    return attend(Q, keys, values, mask, float(np.sqrt(Q.shape[2])))


@mistake("attention_forward", "Y", "the scores are divided by K, not by its root", SCALE)
def scale_without_root(Q, keys, values, mask=None):
    return attend(Q, keys, values, mask, 1 / float(np.sqrt(Q.shape[2])))


@mistake("attention_forward", "Y", "the scores are multiplied by √K, not divided", SCALE)
def scale_turned(Q, keys, values, mask=None):
    return attend(Q, keys, values, mask, Q.shape[2])


@mistake("attention_forward", "Y", "the scores are divided by √E, not by √K", SCALE)
def scale_by_values(Q, keys, values, mask=None):
    return attend(Q, keys, values, mask, float(np.sqrt(Q.shape[2] / values.shape[2])))


@mistake("attention_forward", "Y", "the scores are divided by √S, not by √K", SCALE)
def scale_by_keys(Q, keys, values, mask=None):
    return attend(Q, keys, values, mask, float(np.sqrt(Q.shape[2] / keys.shape[1])))


@mistake("attention_forward", "Y", "the weights are divided by √K, not the scores", SCALE)
def scale_of_weights(Q, keys, values, mask=None):
    root = float(np.sqrt(Q.shape[2]))
    return attend(Q, keys, values, mask, root) / root


@mistake("attention_forward", "Y", "the weights are divided by √K once more", SCALE)
def scale_of_both(Q, keys, values, mask=None):
    return attend(Q, keys, values, mask) / float(np.sqrt(Q.shape[2]))


@mistake("attention_forward", "Y", "the mask is not used", MASK_SCORES)
def no_mask(Q, keys, values, mask=None):
    return attend(Q, keys, values, None)


@mistake("attention_forward", "Y", "hidden scores are set to 0, not to −inf", MASK_SCORES)
def masked_by_zero(Q, keys, values, mask=None):
    return softmax(hide(scores(Q, keys), mask, by=0)) @ values


@mistake("attention_forward", "Y", "hidden scores are set to −1, not to −inf", MASK_SCORES)
def masked_by_minus_one(Q, keys, values, mask=None):
    return softmax(hide(scores(Q, keys), mask, by=-1)) @ values


@mistake("attention_forward", "Y", "hidden weights are set to 0 after the softmax", MASK_SCORES)
def masked_after(Q, keys, values, mask=None):
    P = softmax(scores(Q, keys))
    return (P if mask is None else P * mask) @ values


@mistake("attention_forward", "Y", "the mask is read the other way round", MASK_SCORES)
def mask_inverted(Q, keys, values, mask=None):
    return attend(Q, keys, values, None if mask is None else ~mask)


@mistake("attention_forward", "Y", "the mask is added to the scores as 0 and 1", MASK_SCORES)
def mask_added(Q, keys, values, mask=None):
    A = scores(Q, keys)
    return softmax(A if mask is None else A + mask) @ values


@mistake("attention_forward", "Y", "a causal mask is laid on that nobody asked for", MASK_SCORES)
def always_causal(Q, keys, values, mask=None):
    tri = np.tri(Q.shape[1], keys.shape[1], dtype=bool)
    return attend(Q, keys, values, tri if mask is None else mask & tri)


@mistake("attention_forward", "Y", "a query that may look nowhere averages all the values", NOWHERE)
def nowhere_is_everywhere(Q, keys, values, mask=None):
    A = scores(Q, keys)
    return softmax(hide(A, mask, by=np.finfo(A.dtype).min)) @ values


@mistake("attention_forward", "Y", "a query that may look nowhere gets NaN", NOWHERE)
def nowhere_is_nan(Q, keys, values, mask=None):
    A = hide(scores(Q, keys), mask)
    powers = np.exp(A - A.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True) @ values


@mistake("attention_forward", "Y", "the softmax runs over queries, not over keys", SOFTMAX_AXIS)
def softmax_over_queries(Q, keys, values, mask=None):
    return softmax(hide(scores(Q, keys), mask), axis=1) @ values


@mistake("attention_forward", "Y", "the softmax runs over the batch, not over keys", SOFTMAX_AXIS)
def softmax_over_batch(Q, keys, values, mask=None):
    return softmax(hide(scores(Q, keys), mask), axis=0) @ values


@mistake("attention_forward", "Y", "the softmax is missing: scores are the weights", WEIGHTS)
def no_softmax(Q, keys, values, mask=None):
    A = scores(Q, keys)
    return (A if mask is None else np.where(mask, A, 0)) @ values


@mistake("attention_forward", "Y", "the weights are exp of the scores, not normalised", WEIGHTS)
def not_normalised(Q, keys, values, mask=None):
    return np.exp(hide(scores(Q, keys), mask)) @ values


@mistake("attention_forward", "Y", "the weights are a sigmoid of the scores", WEIGHTS)
def sigmoid_weights(Q, keys, values, mask=None):
    return 1 / (1 + np.exp(-hide(scores(Q, keys), mask))) @ values


@mistake("attention_forward", "Y", "the keys are averaged, not the values", WEIGHTS)
def keys_averaged(Q, keys, values, mask=None):
    return attend(Q, keys, keys, mask)


@mistake("attention_forward", "Y", "only the best key counts, not all by their weights", WEIGHTS)
def best_key_only(Q, keys, values, mask=None):
    A = hide(scores(Q, keys), mask)
    best = (A.max(axis=-1, keepdims=True) == A) & np.isfinite(A)
    return best.astype(A.dtype) @ values


@mistake("attention_forward", "Y", "exp is taken of scores not shifted", OVERFLOW)
def not_shifted(Q, keys, values, mask=None):
    powers = np.exp(hide(scores(Q, keys), mask))
    total = powers.sum(axis=-1, keepdims=True)
    return powers / np.where(total == 0, 1, total) @ values


_THROUGH_SCORES = "dQ dkeys"


def back(dY, cache, through=lambda P, dP: P * (dP - (P * dP).sum(-1, keepdims=True)), factor=1.0):
    """The gradients, with another way through the softmax or another scale."""
    Q, keys, values, P = cache
    dA = through(P, dY @ values.transpose(0, 2, 1)) * factor / float(np.sqrt(Q.shape[2]))
    dvalues = P.transpose(0, 2, 1) @ dY
    return {"dQ": dA @ keys, "dkeys": dA.transpose(0, 2, 1) @ Q, "dvalues": dvalues}


def _slip(name, says, through):
    def wrong(dY, cache):
        return back(dY, cache, through)

    wrong.__name__ = name
    mistake("attention_backward", _THROUGH_SCORES, says, SOFTMAX_BACK)(wrong)


for _name, _says, _through in (
    ("not_centred", "the sum over the row is not taken off dP", lambda P, dP: P * dP),
    (
        "centred_unweighted",
        "the plain mean of dP is taken off, not the weighted",
        lambda P, dP: P * (dP - dP.mean(-1, keepdims=True)),
    ),
    (
        "centred_by_sum",
        "the sum of dP without weights is taken off",
        lambda P, dP: P * (dP - dP.sum(-1, keepdims=True)),
    ),
    (
        "centred_over_queries",
        "what is taken off is summed over queries, not over keys",
        lambda P, dP: P * (dP - (P * dP).sum(1, keepdims=True)),
    ),
    (
        "weights_lost",
        "the factor P in front is missing",
        lambda P, dP: dP - (P * dP).sum(-1, keepdims=True),
    ),
    ("softmax_skipped", "the softmax is skipped: dP is used as it is", lambda P, dP: dP),
    (
        "as_sigmoid",
        "each weight is treated alone: P (1 − P), without the others",
        lambda P, dP: P * (1 - P) * dP,
    ),
    (
        "centred_plus",
        "the weighted sum is added to dP, not taken off",
        lambda P, dP: P * (dP + (P * dP).sum(-1, keepdims=True)),
    ),
    (
        "centred_outside",
        "the weighted sum is taken off without the factor P",
        lambda P, dP: P * dP - (P * dP).sum(-1, keepdims=True),
    ),
):
    _slip(_name, _says, _through)


@mistake(
    "attention_backward",
    _THROUGH_SCORES,
    "the way back has no scale",
    SCALE_BACK,
)
def no_scale_back(dY, cache):
    return back(dY, cache, factor=float(np.sqrt(cache[0].shape[2])))


@mistake("attention_backward", _THROUGH_SCORES, "the way back has the scale 1/K", SCALE_BACK)
def scale_twice(dY, cache):
    return back(dY, cache, factor=1 / float(np.sqrt(cache[0].shape[2])))


@mistake("attention_backward", _THROUGH_SCORES, "the way back has the scale √K", SCALE_BACK)
def scale_turned_back(dY, cache):
    return back(dY, cache, factor=cache[0].shape[2])


@mistake("attention_backward", _THROUGH_SCORES, "the way back has the scale 1/√E", SCALE_BACK)
def scale_by_values_back(dY, cache):
    return back(dY, cache, factor=float(np.sqrt(cache[0].shape[2] / dY.shape[2])))


@mistake("attention_backward", "dvalues", "dvalues is divided by √K", VALUES_BACK)
def dvalues_scaled(dY, cache):
    return back(dY, cache)["dvalues"] / float(np.sqrt(cache[0].shape[2]))


@mistake(
    "attention_backward", "dvalues", "the weights are not used: all keys get the same", VALUES_BACK
)
def dvalues_unweighted(dY, cache):
    values = cache[2]
    return np.broadcast_to(dY.sum(axis=1, keepdims=True), values.shape).copy()


@mistake("attention_backward", "dvalues", "dvalues is averaged over the queries", VALUES_BACK)
def dvalues_mean(dY, cache):
    return back(dY, cache)["dvalues"] / dY.shape[1]


@mistake("attention_backward", "dvalues", "dvalues holds the gradient of the weights", VALUES_BACK)
def dvalues_from_dP(dY, cache):
    return (dY @ cache[2].transpose(0, 2, 1)).transpose(0, 2, 1) @ dY


@mistake("attention_backward", "dvalues", "dvalues does not use dY", UPSTREAM_LOST)
def dvalues_without_dY(dY, cache):
    return cache[3].transpose(0, 2, 1) @ np.ones_like(dY)


@mistake("attention_backward", "dQ dkeys dvalues", "the gradient is divided by N", AVERAGED)
def averaged(dY, cache):
    return {k: v / len(dY) for k, v in back(dY, cache).items()}


@mistake("attention_backward", _THROUGH_SCORES, "the gradient has the wrong sign", SIGN)
def turned(dY, cache):
    return back(dY, cache, factor=-1.0)
