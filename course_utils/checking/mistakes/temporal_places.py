"""Slips in the masked cross-entropy: which places are averaged, picked and put back."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_attention import LABEL_TERM, MASK, MASKED_MEAN
from course_utils.checking.mistakes.temporal_softmax import log_softmax, losses, place_gradients


@mistake(
    "temporal_softmax_forward",
    "loss",
    "each sentence is divided by its own length first, an empty one by 0",
    MASKED_MEAN,
)
def mean_of_means_of_nothing(Z, y, mask):
    with np.errstate(invalid="ignore"):
        return ((losses(Z, y) * mask).sum(axis=1) / mask.sum(axis=1)).mean()


@mistake("temporal_softmax_forward", "loss", "each sentence has a loss of its own", MASKED_MEAN)
def not_summed_over_sentences(Z, y, mask):
    return (losses(Z, y) * mask).sum(axis=1)


@mistake("temporal_softmax_backward", "dZ", "dZ is divided by T, not by N", MASKED_MEAN)
def divided_by_T(dloss, cache):
    Z, y, mask = cache.given
    return place_gradients(cache) * mask[..., None] * dloss / Z.shape[1]


@mistake(
    "temporal_softmax_backward",
    "dZ",
    "1 is taken off whole columns, [:, labels], not off one entry per place",
    LABEL_TERM,
)
def whole_columns(dloss, cache):
    Z, y, mask = cache.given
    places = np.exp(log_softmax(Z[mask]))
    places[:, y[mask]] -= 1
    dZ = np.zeros_like(Z)
    dZ[mask] = places * dloss / len(Z)
    return dZ


@mistake(
    "temporal_softmax_backward", "dZ", "dZ has a row for each place that counts, no others", MASK
)
def rows_that_count(dloss, cache):
    Z, y, mask = cache.given
    return place_gradients(cache)[mask] * dloss / len(Z)


@mistake(
    "temporal_softmax_backward", "dZ", "dZ is flat: a row for each place, N and T in one", MASK
)
def flat(dloss, cache):
    Z, y, mask = cache.given
    return (place_gradients(cache) * mask[..., None] * dloss / len(Z)).reshape(-1, Z.shape[2])
