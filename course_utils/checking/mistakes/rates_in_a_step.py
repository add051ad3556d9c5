"""Slips in a step of gradient descent with a rate for each parameter, and none for some."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_transfer import (
    FROZEN_STAYS,
    OWN_RATE,
    PENALTY_ON_WEIGHTS,
)

STEP = "step_with_rates"


def decayed(key, w, grads, strength, factor=2.0):
    """The gradient with the penalty's, on weights."""
    return grads[key] + factor * strength * w if w.ndim > 1 else grads[key]


def _slip(name, says, advice, change):
    """A step in which one thing is otherwise: change(key, w, grads, rates, strength)."""

    def wrong(params, grads, rates, weight_decay):
        return {key: change(key, w, grads, rates, weight_decay) for key, w in params.items()}

    wrong.__name__ = name
    mistake(STEP, WHOLE, says, advice)(wrong)


def _right(key, w, grads, rates, strength):
    return w - rates[key] * decayed(key, w, grads, strength) if key in rates else w.copy()


def _trained_otherwise(name, says, advice, change):
    """What is frozen stays; what is trained is stepped by `change`."""

    def step(key, w, grads, rates, strength):
        return change(key, w, grads, rates, strength) if key in rates else w.copy()

    _slip(name, says, advice, step)


def _head_rate(rates):
    return list(rates.values())[-1]


_slip(
    "all_stepped",
    "whatever has a gradient is stepped, the frozen ones by an old one",
    FROZEN_STAYS,
    lambda k, w, g, r, s: w - r.get(k, _head_rate(r)) * decayed(k, w, g, s) if k in g else w.copy(),
)
_slip(
    "smallest_rate_for_frozen",
    "frozen parameters are stepped at the smallest rate",
    FROZEN_STAYS,
    lambda k, w, g, r, s: (
        w - r.get(k, min(r.values())) * decayed(k, w, g, s) if k in g else w.copy()
    ),
)
_slip(
    "frozen_decay",
    "frozen weights shrink: the penalty reaches them",
    FROZEN_STAYS,
    lambda k, w, g, r, s: (
        _right(k, w, g, r, s)
        if k in r
        else w - _head_rate(r) * (2 * s * w if w.ndim > 1 else 0 * w)
    ),
)
_slip(
    "frozen_zero",
    "frozen parameters are set to 0",
    FROZEN_STAYS,
    lambda k, w, g, r, s: _right(k, w, g, r, s) if k in r else np.zeros_like(w),
)
_slip(
    "frozen_negative_gradient",
    "frozen parameters are stepped at rate 1",
    FROZEN_STAYS,
    lambda k, w, g, r, s: w - r.get(k, 1.0) * decayed(k, w, g, s) if k in g or k in r else w.copy(),
)


@mistake(STEP, WHOLE, "nothing is stepped", FROZEN_STAYS)
def nothing_stepped(params, grads, rates, weight_decay):
    return {key: w.copy() for key, w in params.items()}


@mistake(STEP, WHOLE, "only the first trained parameter is stepped: a return in the loop", OWN_RATE)
def only_the_first(params, grads, rates, weight_decay):
    stepped = {key: w.copy() for key, w in params.items()}
    first = next(iter(rates))
    stepped[first] = _right(first, params[first], grads, rates, weight_decay)
    return stepped


_trained_otherwise(
    "one_rate",
    "all are stepped at the largest rate",
    OWN_RATE,
    lambda k, w, g, r, s: w - max(r.values()) * decayed(k, w, g, s),
)
_trained_otherwise(
    "least_rate",
    "all are stepped at the smallest rate",
    OWN_RATE,
    lambda k, w, g, r, s: w - min(r.values()) * decayed(k, w, g, s),
)
_trained_otherwise(
    "mean_rate",
    "all are stepped at the mean of the rates",
    OWN_RATE,
    lambda k, w, g, r, s: w - np.mean(list(r.values())) * decayed(k, w, g, s),
)
_trained_otherwise(
    "uphill",
    "the step goes uphill: the gradient is added",
    OWN_RATE,
    lambda k, w, g, r, s: w + r[k] * decayed(k, w, g, s),
)
_trained_otherwise(
    "no_rate", "no rate is used", OWN_RATE, lambda k, w, g, r, s: w - decayed(k, w, g, s)
)
_trained_otherwise(
    "only_the_change",
    "the step is returned, not the parameter after it",
    OWN_RATE,
    lambda k, w, g, r, s: -r[k] * decayed(k, w, g, s),
)
_trained_otherwise(
    "decay_without_rate",
    "the penalty's gradient is not multiplied by the rate",
    OWN_RATE,
    lambda k, w, g, r, s: w - r[k] * g[k] - (2 * s * w if w.ndim > 1 else 0),
)
_trained_otherwise(
    "no_penalty",
    "weight_decay is not used",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * g[k],
)
_trained_otherwise(
    "only_penalty",
    "the gradient is missing, only the penalty pulls",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * (2 * s * w if w.ndim > 1 else 0 * w),
)
_trained_otherwise(
    "half_penalty",
    "the penalty's gradient lacks its factor 2",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * decayed(k, w, g, s, 1.0),
)
_trained_otherwise(
    "penalty_pushes",
    "the penalty pushes weights away from 0",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * decayed(k, w, g, s, -2.0),
)
_trained_otherwise(
    "biases_decay",
    "biases are penalised, too",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * (g[k] + 2 * s * w),
)
_trained_otherwise(
    "only_biases_decay",
    "biases are penalised, and weights are not",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * (g[k] + (2 * s * w if w.ndim == 1 else 0)),
)
_trained_otherwise(
    "penalty_without_W",
    "the penalty's gradient is the same for all weights: W is missing",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * (g[k] + (2 * s if w.ndim > 1 else 0)),
)
_trained_otherwise(
    "penalty_of_squares",
    "the penalty itself is added, squares and all, not its gradient",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * (g[k] + (s * w**2 if w.ndim > 1 else 0)),
)
_slip(
    "frozen_decay_whole",
    "frozen weights shrink, and without any rate",
    FROZEN_STAYS,
    lambda k, w, g, r, s: (
        _right(k, w, g, r, s) if k in r else w - (2 * s * w if w.ndim > 1 else 0 * w)
    ),
)
_trained_otherwise(
    "plain_decay",
    "weights shrink by weight_decay itself: neither the 2 nor the rate is there",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * g[k] - (s * w if w.ndim > 1 else 0),
)
_trained_otherwise(
    "penalty_summed",
    "the penalty itself, one number, is added to every gradient",
    PENALTY_ON_WEIGHTS,
    lambda k, w, g, r, s: w - r[k] * (g[k] + (s * np.sum(w**2) if w.ndim > 1 else 0)),
)
