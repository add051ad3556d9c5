"""Slips in the masked cross-entropy of sequences."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_attention import (
    LABEL_TERM,
    MASK,
    MASKED_MEAN,
    OVERFLOW,
    PICKED,
    SOFTMAX_AXIS,
)


def log_softmax(Z, axis=-1):
    """Stable; over another axis if wanted."""
    shifted = Z - Z.max(axis=axis, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))


def picked(log_P, y):
    """The entry of each place that its label names, (N, T)."""
    return np.take_along_axis(log_P, y[..., None], axis=-1)[..., 0]


def losses(Z, y):
    """The loss of every place, (N, T), padding too."""
    return -picked(log_softmax(Z), y)


@mistake("temporal_softmax_forward", "loss", "padding counts: the mask is not used", MASK)
def no_mask(Z, y, mask):
    return losses(Z, y).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "padding counts, and only padding does", MASK)
def mask_inverted(Z, y, mask):
    return (losses(Z, y) * ~mask).sum() / len(Z)


@mistake(
    "temporal_softmax_forward",
    "loss",
    "logits of padding are set to one number, but its places still count",
    MASK,
)
def logits_masked(Z, y, mask):
    return losses(Z * mask[..., None], y).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "padding is left out by token 0, not by mask", MASK)
def mask_from_token_0(Z, y, mask):
    return (losses(Z, y) * (y != 0)).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "the sum is not divided by N", MASKED_MEAN)
def not_divided(Z, y, mask):
    return (losses(Z, y) * mask).sum()


@mistake("temporal_softmax_forward", "loss", "the sum is divided by N·T, not by N", MASKED_MEAN)
def divided_by_places(Z, y, mask):
    return (losses(Z, y) * mask).mean()


@mistake(
    "temporal_softmax_forward",
    "loss",
    "the sum is divided by the places that count, not by N",
    MASKED_MEAN,
)
def divided_by_counted(Z, y, mask):
    return (losses(Z, y) * mask).sum() / mask.sum()


@mistake("temporal_softmax_forward", "loss", "the sum is divided by T, not by N", MASKED_MEAN)
def divided_by_t(Z, y, mask):
    return (losses(Z, y) * mask).sum() / Z.shape[1]


@mistake(
    "temporal_softmax_forward",
    "loss",
    "each sentence is divided by its own length first",
    MASKED_MEAN,
)
def mean_of_means(Z, y, mask):
    return ((losses(Z, y) * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1)).mean()


@mistake("temporal_softmax_forward", "loss", "the minus sign is missing", SIGN)
def minus_lost(Z, y, mask):
    return -(losses(Z, y) * mask).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "the logarithm is missing", PICKED)
def log_lost(Z, y, mask):
    return -(np.exp(-losses(Z, y)) * mask).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "log2 stands where ln belongs", PICKED)
def log_2(Z, y, mask):
    return (losses(Z, y) * mask).sum() / len(Z) / np.log(2)


@mistake("temporal_softmax_forward", "loss", "log10 stands where ln belongs", PICKED)
def log_10(Z, y, mask):
    return (losses(Z, y) * mask).sum() / len(Z) / np.log(10)


@mistake("temporal_softmax_forward", "loss", "the likeliest token is picked, not the label", PICKED)
def likeliest(Z, y, mask):
    return -(log_softmax(Z).max(axis=-1) * mask).sum() / len(Z)


@mistake(
    "temporal_softmax_forward", "loss", "each place is compared with the label before it", PICKED
)
def labels_late(Z, y, mask):
    return (losses(Z, np.roll(y, 1, axis=1)) * mask).sum() / len(Z)


@mistake(
    "temporal_softmax_forward", "loss", "each place is compared with the label after it", PICKED
)
def labels_early(Z, y, mask):
    return (losses(Z, np.roll(y, -1, axis=1)) * mask).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "all logs are added, not only the label's", PICKED)
def all_tokens(Z, y, mask):
    return -(log_softmax(Z).sum(axis=-1) * mask).sum() / len(Z)


@mistake(
    "temporal_softmax_forward", "loss", "the softmax runs over time, not over tokens", SOFTMAX_AXIS
)
def softmax_over_time(Z, y, mask):
    return -(picked(log_softmax(Z, axis=1), y) * mask).sum() / len(Z)


@mistake(
    "temporal_softmax_forward",
    "loss",
    "the softmax runs over the sequences, not over tokens",
    SOFTMAX_AXIS,
)
def softmax_over_batch(Z, y, mask):
    return -(picked(log_softmax(Z, axis=0), y) * mask).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "exp is taken of logits not shifted", OVERFLOW)
def not_shifted(Z, y, mask):
    log_P = np.log(np.exp(Z) / np.exp(Z).sum(axis=-1, keepdims=True))
    return -(picked(log_P, y) * mask).sum() / len(Z)


@mistake(
    "temporal_softmax_forward",
    "loss",
    "all rows are shifted by one maximum, not each by its own",
    OVERFLOW,
)
def one_shift(Z, y, mask):
    shifted = Z - Z.max()
    log_P = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return -(picked(log_P, y) * mask).sum() / len(Z)


@mistake("temporal_softmax_forward", "loss", "softmax is missing: the logit itself counts", PICKED)
def no_softmax(Z, y, mask):
    return -(picked(Z, y) * mask).sum() / len(Z)


def place_gradients(cache, label=-1.0):
    """P with a number added at the label, at all places; (N, T, V)."""
    Z, y, mask = cache.given
    return np.exp(log_softmax(Z)) + label * one_hot(y, Z)


def one_hot(y, Z):
    return np.eye(Z.shape[-1], dtype=Z.dtype)[y]


def _right(dloss, cache, label=-1.0):
    Z, y, mask = cache.given
    return place_gradients(cache, label) * mask[..., None] * dloss / len(Z)


@mistake("temporal_softmax_backward", "dZ", "padding gets a gradient: no mask here", MASK)
def no_mask_back(dloss, cache):
    dZ = place_gradients(cache)
    return dZ * dloss / len(dZ)


@mistake("temporal_softmax_backward", "dZ", "only padding gets a gradient", MASK)
def mask_inverted_back(dloss, cache):
    dZ = place_gradients(cache)
    return dZ * ~cache.given[2][..., None] * dloss / len(dZ)


@mistake("temporal_softmax_backward", "dZ", "1 is taken off at the labels of padding, too", MASK)
def label_unmasked(dloss, cache):
    Z, y, mask = cache.given
    return (np.exp(log_softmax(Z)) * mask[..., None] - one_hot(y, Z)) * dloss / len(Z)


@mistake("temporal_softmax_backward", "dZ", "only the −1 at the labels is masked, P is not", MASK)
def P_unmasked(dloss, cache):
    Z, y, mask = cache.given
    return (np.exp(log_softmax(Z)) - one_hot(y, Z) * mask[..., None]) * dloss / len(Z)


@mistake("temporal_softmax_backward", "dZ", "dZ is not divided by N", MASKED_MEAN)
def not_divided_back(dloss, cache):
    return _right(dloss, cache) * len(cache.given[0])


@mistake("temporal_softmax_backward", "dZ", "dZ is divided by N·T, not by N", MASKED_MEAN)
def divided_by_places_back(dloss, cache):
    return _right(dloss, cache) / cache.given[0].shape[1]


@mistake("temporal_softmax_backward", "dZ", "dZ is divided by N twice", MASKED_MEAN)
def divided_twice(dloss, cache):
    return _right(dloss, cache) / len(cache.given[0])


@mistake(
    "temporal_softmax_backward", "dZ", "dZ is divided by the places that count, not N", MASKED_MEAN
)
def divided_by_counted_back(dloss, cache):
    return _right(dloss, cache) * len(cache.given[0]) / cache.given[2].sum()


@mistake(
    "temporal_softmax_backward",
    "dZ",
    "each sentence is divided by its own length as well",
    MASKED_MEAN,
)
def divided_by_lengths(dloss, cache):
    lengths = np.maximum(cache.given[2].sum(axis=1), 1)
    return _right(dloss, cache) / lengths[:, None, None]


@mistake("temporal_softmax_backward", "dZ", "the −1 at the label is missing", LABEL_TERM)
def label_lost(dloss, cache):
    return _right(dloss, cache, label=0.0)


@mistake("temporal_softmax_backward", "dZ", "1 is added at the label, not taken off", LABEL_TERM)
def label_added(dloss, cache):
    return _right(dloss, cache, label=1.0)


@mistake("temporal_softmax_backward", "dZ", "only the labels get a gradient", LABEL_TERM)
def labels_only(dloss, cache):
    Z, y, mask = cache.given
    return _right(dloss, cache) * one_hot(y, Z)


@mistake("temporal_softmax_backward", "dZ", "log P stands where P belongs", LABEL_TERM)
def log_kept(dloss, cache):
    Z, y, mask = cache.given
    return (log_softmax(Z) - one_hot(y, Z)) * mask[..., None] * dloss / len(Z)


@mistake("temporal_softmax_backward", "dZ", "dloss is not used", UPSTREAM_LOST)
def upstream_lost(dloss, cache):
    return _right(1.0, cache)


@mistake("temporal_softmax_backward", "dZ", "dZ has the wrong sign: label minus P", SIGN)
def turned(dloss, cache):
    return -_right(dloss, cache)


@mistake("temporal_softmax_backward", "dZ", "each place has the label of the one before", PICKED)
def labels_late_back(dloss, cache):
    Z, y, mask = cache.given
    P = np.exp(log_softmax(Z))
    return (P - one_hot(np.roll(y, 1, axis=1), Z)) * mask[..., None] * dloss / len(Z)


@mistake(
    "temporal_softmax_backward", "dZ", "the softmax runs over time, not over tokens", SOFTMAX_AXIS
)
def softmax_over_time_back(dloss, cache):
    Z, y, mask = cache.given
    P = np.exp(log_softmax(Z, axis=1))
    return (P - one_hot(y, Z)) * mask[..., None] * dloss / len(Z)
