"""Slips in clipping gradients."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_captions import (
    LEFT_LONG,
    NORM_BEFORE,
    ONE_FACTOR,
    ONLY_SHORTEN,
    TRUE_LENGTH,
)

CLIP = "clip_gradients"
_GRADS = "dWx dWh db"


def flat(grads):
    """All numbers of all arrays, one behind the other."""
    return np.concatenate([np.ravel(g) for g in grads.values()])


def length(grads):
    """The length of all gradients as one vector."""
    return float(np.sqrt(np.sum(flat(grads).astype(float) ** 2)))


def _times(grads, factor):
    return {f"d{name}": g * factor for name, g in grads.items()}


def _slip_of_length(name, says, of):
    """A length that is none, put into the formula: norm and gradients are wrong."""

    def wrong(grads, max_norm):
        norm = float(of(grads))
        factor = min(1.0, max_norm / norm)
        return {key: g * factor for key, g in grads.items()}, norm

    wrong.__name__ = name
    mistake(CLIP, WHOLE, says, TRUE_LENGTH)(wrong)


def _last(grads):
    return np.ravel(list(grads.values())[-1])


for _name, _says, _of in (
    ("root_missing", "the root is missing: norm is the sum of squares", lambda g: length(g) ** 2),
    ("absolute_sum", "norm adds absolute values, not squares", lambda g: np.abs(flat(g)).sum()),
    ("largest", "norm is the largest number, not the length", lambda g: np.abs(flat(g)).max()),
    (
        "mean_square",
        "norm is made of the mean of the squares, not their sum",
        lambda g: np.sqrt(np.mean(flat(g).astype(float) ** 2)),
    ),
    (
        "sum_of_norms",
        "the lengths of the arrays are added, not their squares",
        lambda g: sum(np.linalg.norm(a) for a in g.values()),
    ),
    (
        "largest_norm",
        "norm is that of the longest array, not of all together",
        lambda g: max(np.linalg.norm(a) for a in g.values()),
    ),
    (
        "last_array",
        "only the last array is measured: the sum over arrays is overwritten",
        lambda g: np.linalg.norm(_last(g)),
    ),
    (
        "without_biases",
        "the biases are not measured, but they are clipped",
        lambda g: np.linalg.norm(flat({k: a for k, a in g.items() if k != "b"})),
    ),
    (
        "sum_squared",
        "the numbers are added up before they are squared",
        lambda g: abs(flat(g).sum()),
    ),
    (
        "spectral",
        "norm adds matrix norms with ord=2, the largest stretch, not the length",
        lambda g: np.sqrt(sum(np.linalg.norm(a, 2) ** 2 for a in g.values())),
    ),
):
    _slip_of_length(_name, _says, _of)


@mistake(CLIP, _GRADS, "each array is clipped by its own norm", ONE_FACTOR)
def each_alone(grads, max_norm):
    return {
        f"d{name}": g * min(1.0, max_norm / float(np.linalg.norm(g))) for name, g in grads.items()
    }


@mistake(CLIP, _GRADS, "each number is cut off at max_norm", ONE_FACTOR)
def by_value(grads, max_norm):
    return {f"d{name}": np.clip(g, -max_norm, max_norm) for name, g in grads.items()}


@mistake(CLIP, _GRADS, "the gradients come back as they were: nothing is clipped", LEFT_LONG)
def not_clipped(grads, max_norm):
    return _times(grads, 1.0)


@mistake(CLIP, "db", "the biases are left as they are", LEFT_LONG)
def biases_left(grads, max_norm):
    return grads["b"]


@mistake(CLIP, _GRADS, "the factor is turned over: norm / max_norm", ONE_FACTOR)
def factor_inverted(grads, max_norm):
    norm = length(grads)
    return _times(grads, norm / max_norm if norm > max_norm else 1.0)


@mistake(CLIP, _GRADS, "long gradients get length 1, not max_norm", ONLY_SHORTEN)
def to_length_one(grads, max_norm):
    norm = length(grads)
    return _times(grads, 1 / norm if norm > max_norm else 1.0)


@mistake(CLIP, _GRADS, "short gradients are stretched to max_norm", ONLY_SHORTEN)
def stretched(grads, max_norm):
    return _times(grads, max_norm / length(grads))


@mistake(CLIP, _GRADS, "short gradients are stretched, long ones left", ONLY_SHORTEN)
def max_for_min(grads, max_norm):
    return _times(grads, max(1.0, max_norm / length(grads)))


@mistake(
    CLIP, _GRADS, "gradients are multiplied by max_norm, not divided by norm too", ONLY_SHORTEN
)
def not_divided(grads, max_norm):
    return _times(grads, max_norm if length(grads) > max_norm else 1.0)


@mistake(CLIP, _GRADS, "the root of the factor is taken", ONLY_SHORTEN)
def root_of_factor(grads, max_norm):
    return _times(grads, min(1.0, max_norm / length(grads)) ** 0.5)


@mistake(CLIP, _GRADS, "the factor is squared: gradients get too short", ONLY_SHORTEN)
def factor_squared(grads, max_norm):
    return _times(grads, min(1.0, max_norm / length(grads)) ** 2)


@mistake(CLIP, "norm", "norm is the length after clipping", NORM_BEFORE)
def norm_after(grads, max_norm):
    return min(length(grads), max_norm)


@mistake(CLIP, "norm", "norm is the factor, not the length", NORM_BEFORE)
def factor_returned(grads, max_norm):
    return min(1.0, max_norm / length(grads))


@mistake(CLIP, "norm", "norm is max_norm, not the length", NORM_BEFORE)
def bound_returned(grads, max_norm):
    return max_norm


@mistake(CLIP, "norm", "norm is returned squared", TRUE_LENGTH)
def norm_squared(grads, max_norm):
    return length(grads) ** 2
