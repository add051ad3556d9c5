"""Slips of sequences: products squashed apart, caches turned round, a mean for a weighted sum."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_attention import SOFTMAX_BACK
from course_utils.checking.mistakes.advice_sequences import STEP_SQUASH, WAY_BACK
from course_utils.checking.mistakes.rnn import gather
from course_utils.checking.mistakes.rnn_step import step_back


@mistake("rnn_step_forward", "h", "each product has a tanh of its own, then they add", STEP_SQUASH)
def squashed_apart(x, h_prev, Wx, Wh, b):
    return np.tanh(x @ Wx) + np.tanh(h_prev @ Wh + b)


@mistake(
    "rnn_backward",
    "dX dh0 dWx dWh db",
    "the caches are read from the wrong end, dH from the right one",
    WAY_BACK,
)
def caches_turned(dH, cache):
    dh, steps = np.zeros_like(dH[:, 0]), []
    for t in reversed(range(len(cache))):
        steps.insert(0, step_back(dH[:, t] + dh, cache[len(cache) - 1 - t]))
        dh = steps[0]["dh_prev"]
    return {**gather(steps), "dh0": dh}


@mistake(
    "attention_backward",
    "dQ dkeys",
    "the plain mean of P dP is taken off, not its sum",
    SOFTMAX_BACK,
)
def mean_taken_off(dY, cache):
    Q, keys, values, P = cache
    dP = dY @ values.transpose(0, 2, 1)
    dA = P * (dP - (P * dP).mean(axis=2, keepdims=True)) / np.sqrt(Q.shape[2]).astype(Q.dtype)
    return {"dQ": dA @ keys, "dkeys": dA.transpose(0, 2, 1) @ Q}
