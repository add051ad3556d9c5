"""Slips in what attention returns, and in how it hides what may not be seen."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_attention import NOWHERE, SCALE, WEIGHTS
from course_utils.checking.mistakes.attention import attend, hide, scores, softmax


@mistake("attention_forward", "Y", "a query that may look nowhere looks everywhere: −1e9", NOWHERE)
def minus_a_billion(Q, keys, values, mask=None):
    A = scores(Q, keys)
    if mask is not None:
        A = A + np.where(mask, 0, -1e9).astype(A.dtype)
    return softmax(A) @ values


@mistake("attention_forward", "Y", "these are the weights, not the average of the values", WEIGHTS)
def weights_returned(Q, keys, values, mask=None):
    return softmax(hide(scores(Q, keys), mask))


@mistake("attention_forward", "Y", "the scores are divided by √T, not by √K", SCALE)
def scale_by_queries(Q, keys, values, mask=None):
    return attend(Q, keys, values, mask, float(np.sqrt(Q.shape[2] / Q.shape[1])))
