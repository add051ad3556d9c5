"""Slips in the gradients of a captioner whose loss is right."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_captions import (
    CAPTION_LOSS,
    PICTURE,
    SCORES_FROM,
    WHAT_COUNTS,
    WORDS_READ,
)
from course_utils.checking.mistakes.advice_sequences import (
    GRADIENT_CARRIED,
    REPEATED_TOKENS,
    SHARED_OVER_TIME,
)
from course_utils.checking.mistakes.caption_steps import (
    LOSS_AND_GRADS,
    captioner,
    slopes,
    through_time,
)


def _grads(params, features, tokens, null, *keys, **changed):
    _, grads = captioner(params, features, tokens, null, **changed)
    return {f"d{key}": grads[key] for key in keys}


def _part_slip(name, says, advice, keys, **changed):
    """Some gradients alone are wrong; the loss is right."""

    def wrong(params, features, tokens, null=0):
        return _grads(params, features, tokens, null, *keys.split(), **changed)

    wrong.__name__ = name
    mistake(LOSS_AND_GRADS, " ".join(f"d{key}" for key in keys.split()), says, advice)(wrong)


def _no_way_to_the_first_state(params, dH, X, h0, H):
    dX, dh0, grads = through_time(params, dH, X, h0, H)
    return dX, 0 * dh0, grads


def _direct_only(params, dH, X, h0, H):
    dX, dh0, grads = through_time(params, dH, X, h0, H)
    return dX, dH[:, 0], grads


def _steps_alone(params, dH, X, h0, H):
    """Each state reaches the loss directly only; nothing comes back from the next step."""
    dA = dH * (1 - H**2)
    before = np.concatenate([h0[:, None], H[:, :-1]], axis=1)
    grads = {"Wx": np.einsum("nte,ntm->em", X, dA), "b": dA.sum(axis=(0, 1))}
    grads["Wh"] = np.einsum("ntl,ntm->lm", before, dA)
    return dA @ params["Wx"].T, dA[:, 0] @ params["Wh"].T, grads


def _buffered(params, inputs, dX):
    dW = np.zeros_like(params["W_words"])
    dW[inputs] += dX
    return dW


_RECURRENT = "W_start b_start W_words Wx Wh b"
_NET = f"{_RECURRENT} W_out b_out"
for _name, _says, _advice, _keys, _changed in (
    (
        "gradient_counts_null",
        "the loss leaves null out, but the gradient does not",
        WHAT_COUNTS,
        _NET,
        {"slopes": lambda Z, targets, mask: slopes(Z, targets, np.ones_like(mask))},
    ),
    (
        "gradient_not_averaged",
        "the gradient has no 1/N: it is that of the sum, not of the mean",
        CAPTION_LOSS,
        _NET,
        {"slopes": lambda Z, targets, mask: len(mask) * slopes(Z, targets, mask)},
    ),
    (
        "gradient_averaged_twice",
        "the gradient is divided by N twice",
        CAPTION_LOSS,
        _NET,
        {"slopes": lambda Z, targets, mask: slopes(Z, targets, mask) / len(mask)},
    ),
    (
        "no_label",
        "the gradient of the scores lacks the −1 at the word that is right",
        SCORES_FROM,
        _NET,
        {
            "slopes": lambda Z, targets, mask: (
                slopes(Z, targets, mask)
                + (np.eye(Z.shape[2])[targets] * mask[..., None]).astype(Z.dtype)
            )
        },
    ),
    (
        "first_state_forgotten",
        "dh0 is not passed on: the picture's layer gets nothing",
        PICTURE,
        "W_start b_start",
        {"through_time": _no_way_to_the_first_state},
    ),
    (
        "first_state_taken_from_dH",
        "the picture's layer gets the gradient of state 1, not of state 0",
        PICTURE,
        "W_start b_start",
        {"through_time": _direct_only},
    ),
    (
        "steps_alone",
        "nothing comes back from the next step: every state stands alone",
        GRADIENT_CARRIED,
        _RECURRENT,
        {"through_time": _steps_alone},
    ),
    (
        "repeated_words_lost",
        "a word read at several places keeps the gradient of one",
        REPEATED_TOKENS,
        "W_words",
        {"table_gradient": _buffered},
    ),
):
    _part_slip(_name, _says, _advice, _keys, **_changed)


@mistake(LOSS_AND_GRADS, "dW_words", "dW_words gives the gradients to the words asked", WORDS_READ)
def gradient_to_targets(params, features, tokens, null=0):
    def wrong(params, inputs, dX):
        dW = np.zeros_like(params["W_words"])
        np.add.at(dW, tokens[:, 1:], dX)
        return dW

    return _grads(params, features, tokens, null, "W_words", table_gradient=wrong)


@mistake(
    LOSS_AND_GRADS,
    "dW_out db_out",
    "only the last place counts for the last layer",
    SHARED_OVER_TIME,
)
def last_layer_last_place(params, features, tokens, null=0):
    def last(Z, targets, mask):
        dZ = slopes(Z, targets, mask)
        dZ[:, :-1] = 0
        return dZ

    return _grads(params, features, tokens, null, "W_out", "b_out", slopes=last)
