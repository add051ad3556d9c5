"""Slips in learning rates by depth."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_transfer import ONE_FACTOR_EACH, WHICH_PART

RATES = "rates_by_depth"


def _powers(depth, learning_rate, below):
    return learning_rate * below ** np.arange(depth - 1, -1, -1.0)


@mistake(RATES, "rates", "the order is reversed: the head comes first", WHICH_PART)
def reversed_order(depth, learning_rate, below):
    return _powers(depth, learning_rate, below)[::-1]


@mistake(RATES, "rates", "rates grow towards the picture: it is divided by below", WHICH_PART)
def divided(depth, learning_rate, below):
    return learning_rate / below ** np.arange(depth - 1, -1, -1.0)


@mistake(
    RATES, "rates", "the part at the picture has the given rate, all above have more", WHICH_PART
)
def picture_has_it(depth, learning_rate, below):
    return learning_rate / below ** np.arange(depth)


@mistake(RATES, "rates", "all parts have the rate of the head", WHICH_PART)
def all_alike(depth, learning_rate, below):
    return np.full(depth, learning_rate)


@mistake(RATES, "rates", "all but the head are frozen: their rate is 0", WHICH_PART)
def only_the_head(depth, learning_rate, below):
    return learning_rate * (np.arange(depth) == depth - 1)


@mistake(RATES, "rates", "the head is made slower, too: one factor too many", ONE_FACTOR_EACH)
def one_factor_more(depth, learning_rate, below):
    return _powers(depth, learning_rate, below) * below


@mistake(
    RATES, "rates", "the part below the head keeps its rate: one factor too few", ONE_FACTOR_EACH
)
def one_factor_less(depth, learning_rate, below):
    return learning_rate * below ** np.arange(depth - 2, -2, -1.0).clip(0)


@mistake(RATES, "rates", "all parts below the head share one smaller rate", ONE_FACTOR_EACH)
def same_below(depth, learning_rate, below):
    return learning_rate * np.where(np.arange(depth) < depth - 1, below, 1.0)


@mistake(RATES, "rates", "the rates fall by equal steps, not by equal factors", ONE_FACTOR_EACH)
def equal_steps(depth, learning_rate, below):
    lowest = learning_rate * below ** (depth - 1)
    return np.linspace(lowest, learning_rate, depth) if depth > 1 else np.array([learning_rate])


@mistake(RATES, "rates", "the factor is multiplied by the depth, not raised to it", ONE_FACTOR_EACH)
def times_depth(depth, learning_rate, below):
    down = np.arange(depth - 1, -1, -1.0)
    return learning_rate * np.where(down > 0, below * down, 1.0)


@mistake(RATES, "rates", "below is taken off once for each part, not multiplied", ONE_FACTOR_EACH)
def subtracted(depth, learning_rate, below):
    return learning_rate - below * np.arange(depth - 1, -1, -1.0)


@mistake(RATES, "rates", "it is divided by the number of parts below the head", ONE_FACTOR_EACH)
def divided_by_depth(depth, learning_rate, below):
    return learning_rate * below / np.arange(depth, 0, -1.0)


@mistake(RATES, "rates", "the given rate itself is raised to powers", ONE_FACTOR_EACH)
def powers_of_the_rate(depth, learning_rate, below):
    return (learning_rate * below) ** np.arange(depth - 1, -1, -1.0)


@mistake(RATES, "rates", "these are the factors: learning_rate is missing", ONE_FACTOR_EACH)
def only_factors(depth, learning_rate, below):
    return _powers(depth, 1.0, below)


@mistake(RATES, "rates", "the factor is squared from part to part", ONE_FACTOR_EACH)
def squared_factor(depth, learning_rate, below):
    return _powers(depth, learning_rate, below**2)


@mistake(RATES, "rates", "the head is missing: one rate too few", ONE_FACTOR_EACH)
def head_missing(depth, learning_rate, below):
    return _powers(depth, learning_rate, below)[:-1]


@mistake(RATES, "rates", "there is one rate too many", ONE_FACTOR_EACH)
def one_too_many(depth, learning_rate, below):
    return _powers(depth + 1, learning_rate, below)


@mistake(RATES, "rates", "the rate is divided by the place, whatever below is", ONE_FACTOR_EACH)
def over_place(depth, learning_rate, below):
    return learning_rate / np.arange(depth, 0, -1.0)


@mistake(RATES, "rates", "the factor is multiplied by the place, 0 at the picture", ONE_FACTOR_EACH)
def times_place(depth, learning_rate, below):
    return learning_rate * below * np.arange(depth)
