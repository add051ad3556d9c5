"""Slips in the embedding."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import SHAPE_KEPT, SIGN, UPSTREAM_LOST
from course_utils.checking.mistakes.advice_sequences import (
    COUNTED,
    PLACES_MATCHED,
    PLACES_MERGED,
    REPEATED_TOKENS,
    TABLE_AXES,
    WHICH_ROW,
)


@mistake("embedding_forward", "Y", "token k is given row k − 1 of the table", WHICH_ROW)
def row_before(tokens, W):
    return W[tokens - 1]


@mistake("embedding_forward", "Y", "token k is given row k + 1 of the table", WHICH_ROW)
def row_after(tokens, W):
    return W[(tokens + 1) % len(W)]


@mistake("embedding_forward", "Y", "token 0 is taken for padding and given zeros", WHICH_ROW)
def token_0_is_padding(tokens, W):
    return W[tokens] * (tokens != 0)[..., None]


@mistake("embedding_forward", "Y", "the rows are multiplied by their token numbers", WHICH_ROW)
def times_token(tokens, W):
    return W[tokens] * tokens[..., None]


@mistake("embedding_forward", "Y", "the rows are multiplied by √E", WHICH_ROW)
def times_root(tokens, W):
    return W[tokens] * np.sqrt(W.shape[1])


@mistake("embedding_forward", "Y", "np.take without an axis counts through all numbers", TABLE_AXES)
def taken_flat(tokens, W):
    return np.take(W, tokens)


@mistake("embedding_forward", "Y", "the axes of samples and of time are exchanged", TABLE_AXES)
def time_first(tokens, W):
    return W[tokens.T]


@mistake("embedding_forward", "Y", "the axis of the numbers stands first, not last", TABLE_AXES)
def numbers_first(tokens, W):
    return W.T[:, tokens]


@mistake("embedding_forward", "Y", "axes are cut anew with reshape, not exchanged", TABLE_AXES)
def reshaped(tokens, W):
    return W.T[:, tokens].reshape(*tokens.shape, W.shape[1])


@mistake("embedding_forward", "Y", "samples and time are merged into one axis", TABLE_AXES)
def flat(tokens, W):
    return W[tokens.reshape(-1)]


@mistake("embedding_forward", "Y", "the one-hot rows are returned without the table", TABLE_AXES)
def one_hot(tokens, W):
    return np.eye(len(W), dtype=W.dtype)[tokens]


@mistake("embedding_forward", "Y", "the rows of a sequence are added up", PLACES_MERGED)
def summed(tokens, W):
    return W[tokens].sum(axis=1)


@mistake("embedding_forward", "Y", "the rows of a sequence are averaged", PLACES_MERGED)
def averaged(tokens, W):
    return W[tokens].mean(axis=1)


@mistake("embedding_forward", "Y", "the tokens of each sequence are sorted first", PLACES_MERGED)
def sorted_tokens(tokens, W):
    return W[np.sort(tokens, axis=1)]


@mistake("embedding_forward", "Y", "only the first token of each sequence is used", PLACES_MERGED)
def first_token(tokens, W):
    return W[np.broadcast_to(tokens[:, :1], tokens.shape)]


def _added(tokens, rows, shape):
    """Add rows at tokens, repeated ones too."""
    dW = np.zeros(shape, rows.dtype)
    np.add.at(dW, tokens, rows)
    return dW


@mistake(
    "embedding_backward", "dW", "a repeated token keeps only one of its gradients", REPEATED_TOKENS
)
def duplicates_lost(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    dW[tokens] += dY
    return dW


@mistake("embedding_backward", "dW", "a later gradient overwrites an earlier one", REPEATED_TOKENS)
def overwritten(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    for n, t in np.ndindex(tokens.shape):
        dW[tokens[n, t]] = dY[n, t]
    return dW


@mistake("embedding_backward", "dW", "only a token's first place counts", REPEATED_TOKENS)
def first_place(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    dW[tokens.reshape(-1)[::-1]] = dY.reshape(-1, shape[1])[::-1]
    return dW


@mistake(
    "embedding_backward",
    "dW",
    "a token repeated within one sequence keeps only one gradient there",
    REPEATED_TOKENS,
)
def duplicates_lost_in_rows(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    for row, dy in zip(tokens, dY, strict=True):
        dW[row] += dy
    return dW


@mistake(
    "embedding_backward",
    "dW",
    "a token in several sequences at one time keeps only one gradient",
    REPEATED_TOKENS,
)
def duplicates_lost_in_columns(dY, cache):
    tokens, shape = cache
    dW = np.zeros(shape, dY.dtype)
    for t in range(tokens.shape[1]):
        dW[tokens[:, t]] += dY[:, t]
    return dW


@mistake("embedding_backward", "dW", "each row is divided by how often its token stands", COUNTED)
def averaged_by_count(dY, cache):
    tokens, shape = cache
    counts = np.bincount(tokens.reshape(-1), minlength=shape[0])
    return _added(tokens, dY, shape) / np.maximum(counts, 1)[:, None].astype(dY.dtype)


@mistake("embedding_backward", "dW", "dW is divided by the number of sequences", COUNTED)
def divided_by_n(dY, cache):
    return _added(cache[0], dY, cache[1]) / len(dY)


@mistake("embedding_backward", "dW", "dW is divided by the number of time steps", COUNTED)
def divided_by_t(dY, cache):
    return _added(cache[0], dY, cache[1]) / dY.shape[1]


@mistake("embedding_backward", "dW", "dW is divided by the number of all places", COUNTED)
def divided_by_places(dY, cache):
    return _added(cache[0], dY, cache[1]) / cache[0].size


@mistake("embedding_backward", "dW", "dW has the wrong sign", SIGN)
def turned(dY, cache):
    return -_added(cache[0], dY, cache[1])


@mistake("embedding_backward", "dW", "dW does not use dY: it counts the tokens", UPSTREAM_LOST)
def counts(dY, cache):
    return _added(cache[0], np.ones_like(dY), cache[1])


@mistake(
    "embedding_backward", "dW", "the gradients go to row k − 1 instead of row k", PLACES_MATCHED
)
def row_before_back(dY, cache):
    tokens, shape = cache
    return _added(tokens - 1, dY, shape)


@mistake(
    "embedding_backward", "dW", "tokens and dY are flattened in different orders", PLACES_MATCHED
)
def flattened_differently(dY, cache):
    tokens, shape = cache
    return _added(tokens.T.reshape(-1), dY.reshape(-1, shape[1]), shape)


@mistake(
    "embedding_backward",
    "dW",
    "each token collects the gradients of its whole sequence",
    PLACES_MATCHED,
)
def whole_sequence(dY, cache):
    tokens, shape = cache
    return _added(tokens, np.broadcast_to(dY.sum(axis=1, keepdims=True), dY.shape), shape)


@mistake("embedding_backward", "dW", "the row of token 0 gets no gradient", WHICH_ROW)
def token_0_without(dY, cache):
    dW = _added(cache[0], dY, cache[1])
    dW[0] = 0
    return dW


@mistake("embedding_backward", "dW", "dY is returned as it is, a row for each place", SHAPE_KEPT)
def handed_on(dY, cache):
    return dY.copy()


@mistake("embedding_backward", "dW", "only tokens that occur have a row in dW", TABLE_AXES)
def rows_that_occur(dY, cache):
    tokens, shape = cache
    return _added(tokens, dY, shape)[np.unique(tokens)]


@mistake(
    "embedding_backward", "dW", "dW ends at the largest token that occurs, not at V", TABLE_AXES
)
def too_short(dY, cache):
    tokens, shape = cache
    return _added(tokens, dY, (tokens.max() + 1, shape[1]))


@mistake("embedding_backward", "dW", "the axes of dW are exchanged", TABLE_AXES)
def turned_table(dY, cache):
    return _added(cache[0], dY, cache[1]).T
