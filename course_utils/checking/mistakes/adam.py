"""Slips in Adam; whole answers, since they keep a state."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_nets import (
    BETAS,
    CORRECTION,
    EPS,
    MEAN_SQUARE,
    NUMERATOR,
    RATE,
    ROOT,
    SETTING_IGNORED,
    STATE_LOST,
    STEP_COUNT,
    STEP_ITSELF,
    UPHILL,
)


def _means(dw, state, beta1, beta2):
    """Both running means and the count, and the state that holds them."""
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * dw**2
    return m, v, t, {"m": m, "v": v, "t": t}


def _moved(w, rate, m, v, eps):
    return w - rate * m / (np.sqrt(v) + eps)


@mistake("adam_update", "*", "w moves uphill: the step is added", UPHILL)
def uphill(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, -learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), new


@mistake("adam_update", "*", "w moves without learning_rate", RATE)
def no_rate(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, 1.0, m / (1 - beta1**t), v / (1 - beta2**t), eps), new


@mistake("adam_update", "*", "the means are not corrected for their start at 0", CORRECTION)
def no_correction(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m, v, eps), new


@mistake("adam_update", "*", "the mean of the gradients is not corrected", CORRECTION)
def first_not_corrected(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m, v / (1 - beta2**t), eps), new


@mistake("adam_update", "*", "the mean of the squares is not corrected", CORRECTION)
def second_not_corrected(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta1**t), v, eps), new


@mistake(
    "adam_update",
    "*",
    "the two corrections are exchanged: each mean got the other's beta",
    CORRECTION,
)
def corrections_exchanged(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta2**t), v / (1 - beta1**t), eps), new


@mistake("adam_update", "*", "beta1 corrects both means", CORRECTION)
def beta1_corrects_both(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta1**t), eps), new


@mistake(
    "adam_update", "*", "the means are multiplied by their corrections, not divided", CORRECTION
)
def correction_multiplied(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m * (1 - beta1**t), v * (1 - beta2**t), eps), new


@mistake("adam_update", "*", "the corrections have a plus: 1 + beta ** t", CORRECTION)
def correction_plus(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 + beta1**t), v / (1 + beta2**t), eps), new


@mistake("adam_update", "*", "the means are divided by beta ** t: the 1 − is missing", CORRECTION)
def correction_without_one(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / beta1**t, v / beta2**t, eps), new


@mistake(
    "adam_update", "*", "the corrected means are stored, and corrected again next time", STATE_LOST
)
def corrected_stored(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, _ = _means(dw, state, beta1, beta2)
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return _moved(w, learning_rate, m, v, eps), {"m": m, "v": v, "t": t}


@mistake("adam_update", "*", "nothing is kept: every step is a first step", STATE_LOST)
def nothing_kept(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, _ = _means(dw, {}, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), {}


@mistake("adam_update", "*", "the mean of the gradients is not kept", STATE_LOST)
def first_not_kept(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    kept = {"v": v, "t": t}
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), kept


@mistake("adam_update", "*", "the mean of the squares is not kept", STATE_LOST)
def second_not_kept(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    kept = {"m": m, "t": t}
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), kept


@mistake("adam_update", "*", "the means are kept, t is not: it is 1 at every step", STEP_COUNT)
def count_stuck(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, _, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta1), v / (1 - beta2), eps), new


@mistake(
    "adam_update", "*", "t is counted up after its use: the first step divides by 0", STEP_COUNT
)
def counted_late(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    one, two = np.float64(1 - beta1 ** (t - 1)), np.float64(1 - beta2 ** (t - 1))
    return _moved(w, learning_rate, m / one, v / two, eps), new


@mistake("adam_update", "*", "t is 2 at the first step", STEP_COUNT)
def counted_early(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    t += 1
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), new


@mistake("adam_update", "*", "beta is multiplied by t, not raised to it", STEP_COUNT)
def times_count(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta1 * t), v / (1 - beta2 * t), eps), new


@mistake("adam_update", "*", "beta1 and beta2 are exchanged", BETAS)
def betas_exchanged(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta2, beta1)
    return _moved(w, learning_rate, m / (1 - beta2**t), v / (1 - beta1**t), eps), new


@mistake("adam_update", "*", "beta1 weighs the squares as well, in place of beta2", BETAS)
def beta1_for_both(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta1)
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta1**t), eps), new


@mistake("adam_update", "*", "beta and 1 − beta are exchanged in both means", BETAS)
def shares_exchanged(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, 1 - beta1, 1 - beta2)
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), new


@mistake("adam_update", "*", "the new gradient has its full weight: 1 − beta1 is missing", BETAS)
def full_weight(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    m = beta1 * state.get("m", 0.0) + dw
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), {**new, "m": m}


@mistake(
    "adam_update", "*", "the new square has its full weight: 1 − beta2 is missing", MEAN_SQUARE
)
def square_full_weight(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    v = beta2 * state.get("v", 0.0) + dw**2
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), {**new, "v": v}


@mistake("adam_update", "*", "the second mean takes dw, not its square", MEAN_SQUARE)
def second_of_gradients(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * dw
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), {**new, "v": v}


@mistake(
    "adam_update", "*", "the second mean takes the square of the first, not of dw", MEAN_SQUARE
)
def second_of_first(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * m**2
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), {**new, "v": v}


@mistake("adam_update", "*", "the step is divided by the mean square: its root is missing", ROOT)
def no_root(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return w - learning_rate * m / (1 - beta1**t) / (v / (1 - beta2**t) + eps), new


@mistake("adam_update", "*", "the step is not divided by the root of the mean square", ROOT)
def not_divided(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return w - learning_rate * m / (1 - beta1**t), new


@mistake("adam_update", "*", "eps stands under the root", EPS)
def eps_inside(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t) + eps, 0.0), new


@mistake("adam_update", "*", "eps is added before the mean of squares is corrected", EPS)
def eps_before_correction(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    rate = learning_rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return _moved(w, float(rate), m, v, eps), new


@mistake("adam_update", "*", "eps is not used", EPS)
def no_eps(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), 0.0), new


@mistake(
    "adam_update", "*", "dw stands above the fraction bar, not the mean of the gradients", NUMERATOR
)
def gradient_above(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(w, learning_rate, dw, v / (1 - beta2**t), eps), new


@mistake("adam_update", "*", "beta1 and beta2 are fixed at 0.9 and 0.999", SETTING_IGNORED)
def fixed_betas(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, 0.9, 0.999)
    return _moved(w, learning_rate, m / (1 - 0.9**t), v / (1 - 0.999**t), eps), new


@mistake("adam_update", "*", "w is the step alone: the old w is missing", STEP_ITSELF)
def step_alone(w, dw, state, learning_rate, beta1, beta2, eps):
    m, v, t, new = _means(dw, state, beta1, beta2)
    return _moved(0.0, learning_rate, m / (1 - beta1**t), v / (1 - beta2**t), eps), new
