"""Slips in RMSProp; whole answers, since they keep a state."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_nets import (
    BETAS,
    CORRECTION,
    EPS,
    MEAN_SQUARE,
    NUMERATOR,
    ORDER,
    RATE,
    ROOT,
    SETTING_IGNORED,
    STATE_LOST,
    STATE_START,
    STEP_ITSELF,
    UPHILL,
)


def _mean_square(dw, state, decay):
    return decay * state.get("s", 0.0) + (1 - decay) * dw**2


@mistake("rmsprop_update", "*", "w moves uphill: the step is added", UPHILL)
def uphill(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w + learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "w moves without learning_rate", RATE)
def no_rate(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "the running mean takes dw, not its square", MEAN_SQUARE)
def mean_of_gradients(w, dw, state, learning_rate, decay, eps):
    s = decay * state.get("s", 0.0) + (1 - decay) * dw
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "the running mean takes |dw|, not its square", MEAN_SQUARE)
def mean_of_magnitudes(w, dw, state, learning_rate, decay, eps):
    s = decay * state.get("s", 0.0) + (1 - decay) * np.abs(dw)
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake(
    "rmsprop_update", "*", "the new square has its full weight: 1 − decay is missing", MEAN_SQUARE
)
def full_weight(w, dw, state, learning_rate, decay, eps):
    s = decay * state.get("s", 0.0) + dw**2
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake(
    "rmsprop_update",
    "*",
    "the squares are summed up, never forgotten: that is AdaGrad",
    MEAN_SQUARE,
)
def adagrad(w, dw, state, learning_rate, decay, eps):
    s = state.get("s", 0.0) + dw**2
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake(
    "rmsprop_update",
    "*",
    "all of the old mean is kept: decay weighs the new square only",
    MEAN_SQUARE,
)
def old_kept_whole(w, dw, state, learning_rate, decay, eps):
    s = state.get("s", 0.0) + (1 - decay) * dw**2
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "one mean of squares is shared by all weights", MEAN_SQUARE)
def shared(w, dw, state, learning_rate, decay, eps):
    s = decay * state.get("s", 0.0) + (1 - decay) * np.mean(dw**2)
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "decay and 1 − decay are exchanged", BETAS)
def exchanged(w, dw, state, learning_rate, decay, eps):
    s = (1 - decay) * state.get("s", 0.0) + decay * dw**2
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "decay weighs both, the old mean and the new square", BETAS)
def decay_on_both(w, dw, state, learning_rate, decay, eps):
    s = decay * (state.get("s", 0.0) + dw**2)
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "dw is divided by the mean square: its root is missing", ROOT)
def no_root(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - learning_rate * dw / (s + eps), {"s": s}


@mistake("rmsprop_update", "*", "dw is multiplied by the root, not divided", ROOT)
def multiplied(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - learning_rate * dw * (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "dw is not divided at all: that is plain gradient descent", ROOT)
def not_divided(w, dw, state, learning_rate, decay, eps):
    return w - learning_rate * dw, {"s": _mean_square(dw, state, decay)}


@mistake("rmsprop_update", "*", "eps stands under the root", EPS)
def eps_inside(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - learning_rate * dw / np.sqrt(s + eps), {"s": s}


@mistake("rmsprop_update", "*", "eps is not used", EPS)
def no_eps(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - learning_rate * dw / np.sqrt(s), {"s": s}


@mistake("rmsprop_update", "*", "eps is added behind the fraction: brackets are missing", EPS)
def eps_behind(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - learning_rate * (dw / np.sqrt(s) + eps), {"s": s}


@mistake(
    "rmsprop_update", "*", "the mean of squares is not kept: every step starts anew", STATE_LOST
)
def not_kept(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - learning_rate * dw / (np.sqrt(s) + eps), state


@mistake("rmsprop_update", "*", "the root is stored in place of the mean of squares", STATE_LOST)
def root_stored(w, dw, state, learning_rate, decay, eps):
    root = np.sqrt(_mean_square(dw, state, decay))
    return w - learning_rate * dw / (root + eps), {"s": root}


@mistake("rmsprop_update", "*", "dw is divided by the old mean: the new one comes too late", ORDER)
def old_mean(w, dw, state, learning_rate, decay, eps):
    old = state.get("s", 0.0 * w)
    return w - learning_rate * dw / (np.sqrt(old) + eps), {"s": _mean_square(dw, state, decay)}


@mistake("rmsprop_update", "*", "the mean of squares starts at 1, not at 0", STATE_START)
def starts_at_one(w, dw, state, learning_rate, decay, eps):
    s = decay * state.get("s", 1.0) + (1 - decay) * dw**2
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake(
    "rmsprop_update", "*", "the mean of squares starts as the first square, not at 0", STATE_START
)
def starts_as_square(w, dw, state, learning_rate, decay, eps):
    s = decay * state.get("s", dw**2) + (1 - decay) * dw**2
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake(
    "rmsprop_update", "*", "the mean of squares is corrected for its start, as in Adam", CORRECTION
)
def corrected(w, dw, state, learning_rate, decay, eps):
    t, s = state.get("t", 0) + 1, _mean_square(dw, state, decay)
    return w - learning_rate * dw / (np.sqrt(s / (1 - decay**t)) + eps), {"s": s, "t": t}


@mistake("rmsprop_update", "*", "decay is fixed at 0.99: the argument is ignored", SETTING_IGNORED)
def fixed_decay(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, 0.99)
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "decay is fixed at 0.9: the argument is ignored", SETTING_IGNORED)
def fixed_at_nine_tenths(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, 0.9)
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": s}


@mistake(
    "rmsprop_update",
    "*",
    "the running mean stands above the fraction bar, in place of dw",
    NUMERATOR,
)
def mean_above(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return w - learning_rate * s / (np.sqrt(s) + eps), {"s": s}


@mistake("rmsprop_update", "*", "w is the step alone: the old w is missing", STEP_ITSELF)
def step_alone(w, dw, state, learning_rate, decay, eps):
    s = _mean_square(dw, state, decay)
    return -learning_rate * dw / (np.sqrt(s) + eps), {"s": s}
