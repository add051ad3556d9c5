"""Slips on a captioner's way to its loss, and so in all its gradients."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_captions import (
    CAPTION_LOSS,
    ONE_APART,
    PICTURE,
    ROWS_AND_PLACES,
    SCORES_FROM,
    WHAT_COUNTS,
    WORDS_READ,
)
from course_utils.checking.mistakes.caption_steps import (
    LOSS_AND_GRADS,
    captioner,
    cut,
    start,
    states,
)


def _slip(name, says, advice, **changed):
    """A whole answer with some steps replaced."""

    def wrong(params, features, tokens, null=0):
        return captioner(params, features, tokens, null, **changed)

    wrong.__name__ = name
    mistake(LOSS_AND_GRADS, WHOLE, says, advice)(wrong)


def _everything_counts(tokens, null):
    inputs, targets, mask = cut(tokens, null)
    return inputs, targets, np.ones_like(mask)


def _words_and_null(tokens, null):
    inputs, targets, _ = cut(tokens, null)
    return inputs, targets, inputs != null


def _zero_is_null(tokens, null):
    return cut(tokens, 0)


def _unshifted(tokens, null):
    inputs, _, _ = cut(tokens, null)
    return inputs, inputs, inputs != null


def _one_after_the_other(params, X, h0):
    """Caption n begins with the state that caption n − 1 ended with."""
    h, all_states = h0[:1], []
    for x in X:
        H = states(params, x[None], h)
        h = H[:, -1]
        all_states.append(H)
    return np.concatenate(all_states)


def _picture_every_time(params, X, h0):
    return states(params, X, h0) + h0[:, None]


for _name, _says, _advice, _changed in (
    ("no_mask", "null counts: the mask is not used", WHAT_COUNTS, {"cut": _everything_counts}),
    (
        "mask_of_inputs",
        "the mask is made from the inputs: the place after END counts",
        WHAT_COUNTS,
        {"cut": _words_and_null},
    ),
    (
        "null_is_zero",
        "0 is taken for null, whatever the argument null says",
        WHAT_COUNTS,
        {"cut": _zero_is_null},
    ),
    (
        "not_shifted",
        "targets are the inputs: the net says what it reads",
        ONE_APART,
        {"cut": _unshifted},
    ),
    (
        "targets_read",
        "the net reads the targets: it sees the word that it must say",
        WORDS_READ,
        {"read": lambda inputs, targets: targets},
    ),
    (
        "no_picture",
        "the picture is not used: the states begin as zeros",
        PICTURE,
        {"start": lambda params, features: 0 * start(params, features)},
    ),
    (
        "same_picture",
        "all captions begin with the state of the first picture",
        PICTURE,
        {"start": lambda params, features: start(params, 0 * features + features[:1])},
    ),
    (
        "not_reset",
        "a caption begins where the one before it ended, not at its picture",
        PICTURE,
        {"states": _one_after_the_other},
    ),
    (
        "pictures_turned",
        "pictures and captions stand in opposite order",
        PICTURE,
        {"start": lambda params, features: start(params, features[::-1])},
    ),
    (
        "picture_squashed",
        "the first state goes through a tanh that nobody asked for",
        PICTURE,
        {"start": lambda params, features: np.tanh(start(params, features))},
    ),
    (
        "picture_without_bias",
        "the first state is made without its bias b_start",
        PICTURE,
        {"start": lambda params, features: features @ params["W_start"]},
    ),
    (
        "picture_every_time",
        "the picture's state is added to every state, not only the first",
        PICTURE,
        {"states": _picture_every_time},
    ),
    (
        "a_word_too_early",
        "scores are made from the state before the word is read",
        SCORES_FROM,
        {
            "seen": lambda H, h0: np.concatenate([h0[:, None], H[:, :-1]], axis=1),
            "seen_back": lambda dH, H: np.concatenate([dH[:, 1:], 0 * dH[:, :1]], axis=1),
        },
    ),
    (
        "last_state_only",
        "the scores of all places are made from the last state",
        SCORES_FROM,
        {
            "seen": lambda H, h0: 0 * H + H[:, -1:],
            "seen_back": lambda dH, H: np.concatenate(
                [0 * dH[:, 1:], dH.sum(axis=1, keepdims=True)], axis=1
            ),
        },
    ),
    (
        "time_first_rows",
        "rows are cut as T N, then read as N T",
        ROWS_AND_PLACES,
        {"seen": lambda H, h0: H.transpose(1, 0, 2).reshape(H.shape)},
    ),
    ("not_averaged", "the sum is not divided by the number of captions", CAPTION_LOSS,
     {"per": lambda mask: 1}),
    (
        "mean_over_words",
        "the sum is divided by all words, not by the captions",
        CAPTION_LOSS,
        {"per": np.sum},
    ),
    (
        "mean_over_places",
        "the sum is divided by N T, not by N",
        CAPTION_LOSS,
        {"per": np.size},
    ),
):  # fmt: skip
    _slip(_name, _says, _advice, **_changed)
