"""Slips in an accuracy's mean over repeats and its interval."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_transfer import (
    BOTH_SIDES,
    REPEATS_ARE_TRIALS,
    STANDARD_ERROR,
)

NAME, SIDES, ALL = "mean_and_interval", "low high", "mean low high"


def _accuracies(hits):
    return hits.mean(axis=1)


def _around(mean, half):
    return {"low": mean - half, "high": mean + half}


def _half(hits, t):
    return t * _accuracies(hits).std(ddof=1) / np.sqrt(len(hits))


def _slip_of_half(name, says, advice, half):
    """An interval around the right mean with another half width."""

    def wrong(hits, t):
        return _around(hits.mean(), half(hits, t))

    wrong.__name__ = name
    mistake(NAME, SIDES, says, advice)(wrong)


for _name, _says, _advice, _width in (
    (
        "all_answers",
        "all R · N answers are taken for independent trials",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * h.std(ddof=1) / np.sqrt(h.size),
    ),
    (
        "binomial",
        "this is the interval of a coin tossed N times",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * np.sqrt(h.mean() * (1 - h.mean()) / h.shape[1]),
    ),
    (
        "binomial_of_all",
        "this is the interval of a coin tossed R · N times",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * np.sqrt(h.mean() * (1 - h.mean()) / h.size),
    ),
    (
        "over_pictures",
        "the spread is that of the pictures, not of the repeats",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * h.mean(axis=0).std(ddof=1) / np.sqrt(h.shape[1]),
    ),
    (
        "pictures_and_repeats",
        "the spread is that of the pictures, divided by the root of R",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * h.mean(axis=0).std(ddof=1) / np.sqrt(len(h)),
    ),
    (
        "spread_of_answers",
        "the spread is that of single answers, not of accuracies",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * h.std(ddof=1) / np.sqrt(len(h)),
    ),
    (
        "root_of_N",
        "it is divided by the root of N, not of R",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * _accuracies(h).std(ddof=1) / np.sqrt(h.shape[1]),
    ),
    (
        "over_R",
        "the spread is divided by R, not by R − 1",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).std() / np.sqrt(len(h)),
    ),
    (
        "no_root_R",
        "it is not divided by the root of R: the spread of one repeat",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).std(ddof=1),
    ),
    (
        "divided_by_R",
        "the deviation is divided by R, not by its root",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).std(ddof=1) / len(h),
    ),
    (
        "root_of_R_minus_1",
        "it is divided by the root of R − 1, not of R",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).std(ddof=1) / np.sqrt(len(h) - 1),
    ),
    (
        "times_root_R",
        "it is multiplied by the root of R, not divided",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).std(ddof=1) * np.sqrt(len(h)),
    ),
    (
        "variance",
        "the variance is used, without its root",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).var(ddof=1) / np.sqrt(len(h)),
    ),
    (
        "variance_over_R",
        "the root is missing: variance over R",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).var(ddof=1) / len(h),
    ),
    (
        "plain_spread",
        "the plain spread of the repeats: neither R − 1 nor a root",
        STANDARD_ERROR,
        lambda h, t: t * _accuracies(h).std(),
    ),
    (
        "coin_R_times",
        "this is the interval of a coin tossed R times",
        REPEATS_ARE_TRIALS,
        lambda h, t: t * np.sqrt(h.mean() * (1 - h.mean()) / len(h)),
    ),
    ("no_t", "t is not used", BOTH_SIDES, lambda h, t: _half(h, 1.0)),
    ("two_of_them", "t is 1.96, whatever was given", BOTH_SIDES, lambda h, t: _half(h, 1.96)),
    (
        "half_t",
        "t is shared by the two sides: half of it on each",
        BOTH_SIDES,
        lambda h, t: _half(h, t / 2),
    ),
    ("exchanged", "low and high are exchanged", BOTH_SIDES, lambda h, t: -_half(h, t)),
    ("no_width", "low and high are the mean", BOTH_SIDES, lambda h, t: 0.0),
):
    _slip_of_half(_name, _says, _advice, _width)


@mistake(NAME, SIDES, "low and high are the distances from the mean", BOTH_SIDES)
def distances(hits, t):
    return {"low": -_half(hits, t), "high": _half(hits, t)}


@mistake(NAME, SIDES, "low and high are the worst and the best repeat", STANDARD_ERROR)
def worst_and_best(hits, t):
    return {"low": _accuracies(hits).min(), "high": _accuracies(hits).max()}


@mistake(NAME, SIDES, "low and high are quantiles of the repeats", STANDARD_ERROR)
def quantiles(hits, t):
    low, high = np.quantile(_accuracies(hits), [0.025, 0.975])
    return {"low": low, "high": high}


@mistake(NAME, "high", "high is the half width alone", BOTH_SIDES)
def only_half(hits, t):
    return _half(hits, t)


@mistake(NAME, ALL, "the mean is that of the first repeat only", REPEATS_ARE_TRIALS)
def first_repeat(hits, t):
    mean = hits[0].mean()
    return {"mean": mean, **_around(mean, _half(hits, t))}


@mistake(NAME, ALL, "the best repeat is told, not the mean", REPEATS_ARE_TRIALS)
def best_repeat(hits, t):
    mean = _accuracies(hits).max()
    return {"mean": mean, **_around(mean, _half(hits, t))}


@mistake(NAME, ALL, "the median stands for the mean", REPEATS_ARE_TRIALS)
def median(hits, t):
    mean = np.median(_accuracies(hits))
    return {"mean": mean, **_around(mean, _half(hits, t))}


@mistake(NAME, ALL, "errors are counted, not hits", REPEATS_ARE_TRIALS)
def errors(hits, t):
    mean = 1 - hits.mean()
    return {"mean": mean, **_around(mean, _half(hits, t))}


@mistake(NAME, ALL, "hits are counted: they are not divided by N", REPEATS_ARE_TRIALS)
def counts(hits, t):
    N = hits.shape[1]
    return {"mean": N * hits.mean(), **_around(N * hits.mean(), N * _half(hits, t))}


@mistake(NAME, ALL, "these are percent, not shares from 0 to 1", REPEATS_ARE_TRIALS)
def percent(hits, t):
    return {"mean": 100 * hits.mean(), **_around(100 * hits.mean(), 100 * _half(hits, t))}
