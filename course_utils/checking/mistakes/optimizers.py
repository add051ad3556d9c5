"""Slips in plain gradient descent and in momentum; whole answers, since they keep a state."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_nets import (
    GRADIENT_CHANGED,
    NESTEROV,
    ORDER,
    RATE,
    SETTING_IGNORED,
    STATE_LOST,
    STATE_START,
    STEP_ITSELF,
    UPHILL,
    VELOCITY,
)


@mistake("sgd_update", "*", "w moves uphill: the step is added", UPHILL)
def uphill(w, dw, state, learning_rate):
    return w + learning_rate * dw, state


@mistake("sgd_update", "*", "w moves without learning_rate", RATE)
def no_rate(w, dw, state, learning_rate):
    return w - dw, state


@mistake("sgd_update", "*", "w moves by dw divided by learning_rate", RATE)
def divided_by_rate(w, dw, state, learning_rate):
    return w - dw / learning_rate, state


@mistake("sgd_update", "*", "w moves by learning_rate twice over", RATE)
def rate_twice(w, dw, state, learning_rate):
    return w - learning_rate**2 * dw, state


@mistake("sgd_update", "*", "w is multiplied by learning_rate, too", RATE)
def rate_on_all(w, dw, state, learning_rate):
    return learning_rate * (w - dw), state


@mistake("sgd_update", "*", "w moves by learning_rate alone: dw is left out", GRADIENT_CHANGED)
def no_gradient(w, dw, state, learning_rate):
    return w - learning_rate, state


@mistake(
    "sgd_update", "*", "w moves with a fixed rate of 0.1: learning_rate is ignored", SETTING_IGNORED
)
def fixed_rate(w, dw, state, learning_rate):
    return w - 0.1 * dw, state


@mistake(
    "sgd_update",
    "*",
    "w moves with a fixed rate of 0.01: learning_rate is ignored",
    SETTING_IGNORED,
)
def fixed_small_rate(w, dw, state, learning_rate):
    return w - 0.01 * dw, state


@mistake("sgd_update", "*", "w comes back as it was: the new one is not returned", STEP_ITSELF)
def unchanged(w, dw, state, learning_rate):
    return w, state


@mistake("sgd_update", "*", "w is the step alone: the old w is missing", STEP_ITSELF)
def step_alone(w, dw, state, learning_rate):
    return -learning_rate * dw, state


@mistake("sgd_update", "*", "w is the step alone, without its minus", STEP_ITSELF)
def step_alone_plus(w, dw, state, learning_rate):
    return learning_rate * dw, state


@mistake("sgd_update", "*", "w moves by the sign of dw only", GRADIENT_CHANGED)
def sign_only(w, dw, state, learning_rate):
    return w - learning_rate * np.sign(dw), state


@mistake("sgd_update", "*", "w moves by dw scaled to length 1", GRADIENT_CHANGED)
def unit_length(w, dw, state, learning_rate):
    return w - learning_rate * dw / np.sqrt(np.sum(dw * dw)), state


@mistake("sgd_update", "*", "w moves by dw divided by the number of weights", GRADIENT_CHANGED)
def mean_step(w, dw, state, learning_rate):
    return w - learning_rate * dw / dw.size, state


@mistake("sgd_update", "*", "w moves by the mean of dw, the same for all weights", GRADIENT_CHANGED)
def same_for_all(w, dw, state, learning_rate):
    return w - learning_rate * dw.mean(), state


@mistake("sgd_update", "*", "w is multiplied by the step, not moved by it", STEP_ITSELF)
def multiplied(w, dw, state, learning_rate):
    return w * (1 - learning_rate * dw), state


@mistake("sgd_update", "*", "w moves by all gradients so far, not by this one", GRADIENT_CHANGED)
def accumulated(w, dw, state, learning_rate):
    total = state.get("total", 0.0) + dw
    return w - learning_rate * total, {"total": total}


@mistake("momentum_update", "*", "w moves uphill: the velocity has the wrong sign", UPHILL)
def velocity_uphill(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) + learning_rate * dw
    return w + v, {"v": v}


@mistake(
    "momentum_update", "*", "w moves against its velocity, which points downhill already", UPHILL
)
def against_velocity(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w - v, {"v": v}


@mistake("momentum_update", "*", "the old velocity is taken off, not added", VELOCITY)
def old_taken_off(w, dw, state, learning_rate, momentum):
    v = -momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v, {"v": v}


@mistake("momentum_update", "*", "the velocity is not kept: every step starts anew", STATE_LOST)
def not_kept(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v, state


@mistake(
    "momentum_update", "*", "the velocity stored is the one of the first step, for ever", STATE_LOST
)
def first_kept(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v, {"v": state.get("v", v)}


@mistake("momentum_update", "*", "the velocity remembers the last gradient only", STATE_LOST)
def last_gradient(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v, {"v": -learning_rate * dw}


@mistake("momentum_update", "*", "the velocity lacks learning_rate", RATE)
def velocity_no_rate(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - dw
    return w + v, {"v": v}


@mistake("momentum_update", "*", "learning_rate is in the velocity and in the step: twice", RATE)
def velocity_rate_twice(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + learning_rate * v, {"v": v}


@mistake("momentum_update", "*", "learning_rate scales the old velocity, too", RATE)
def rate_on_old_velocity(w, dw, state, learning_rate, momentum):
    v = learning_rate * (momentum * state.get("v", 0.0) - dw)
    return w + v, {"v": v}


@mistake("momentum_update", "*", "the push has only a share 1 − momentum of its weight", VELOCITY)
def dampened(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - (1 - momentum) * learning_rate * dw
    return w + v, {"v": v}


@mistake(
    "momentum_update", "*", "the push has the weight 1 − momentum, without learning_rate", VELOCITY
)
def running_mean(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - (1 - momentum) * dw
    return w + v, {"v": v}


@mistake("momentum_update", "*", "momentum multiplies the push as well", VELOCITY)
def momentum_on_both(w, dw, state, learning_rate, momentum):
    v = momentum * (state.get("v", 0.0) - learning_rate * dw)
    return w + v, {"v": v}


@mistake("momentum_update", "*", "1 − momentum is kept of the old velocity, not momentum", VELOCITY)
def share_exchanged(w, dw, state, learning_rate, momentum):
    v = (1 - momentum) * state.get("v", 0.0) - learning_rate * dw
    return w + v, {"v": v}


@mistake("momentum_update", "*", "all of the old velocity is kept: momentum is not used", VELOCITY)
def no_friction(w, dw, state, learning_rate, momentum):
    v = state.get("v", 0.0) - learning_rate * dw
    return w + v, {"v": v}


@mistake(
    "momentum_update", "*", "momentum is fixed at 0.9: the argument is ignored", SETTING_IGNORED
)
def fixed_momentum(w, dw, state, learning_rate, momentum):
    v = 0.9 * state.get("v", 0.0) - learning_rate * dw
    return w + v, {"v": v}


@mistake("momentum_update", "*", "w moves by the old velocity: the new one comes too late", ORDER)
def old_velocity(w, dw, state, learning_rate, momentum):
    old = state.get("v", 0.0 * w)
    return w + old, {"v": momentum * old - learning_rate * dw}


@mistake(
    "momentum_update", "*", "w takes the push twice: within the velocity and beside it", VELOCITY
)
def push_twice(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + v - learning_rate * dw, {"v": v}


@mistake("momentum_update", "*", "w looks ahead, as in Nesterov's momentum", NESTEROV)
def nesterov(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + momentum * v - learning_rate * dw, {"v": v}


@mistake("momentum_update", "*", "w moves by momentum times the new velocity", VELOCITY)
def velocity_shortened(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return w + momentum * v, {"v": v}


@mistake("momentum_update", "*", "the velocity starts at 1, not at 0", STATE_START)
def starts_at_one(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 1.0) - learning_rate * dw
    return w + v, {"v": v}


@mistake("momentum_update", "*", "the velocity starts as w, not at 0", STATE_START)
def starts_as_w(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", w) - learning_rate * dw
    return w + v, {"v": v}


@mistake("momentum_update", "*", "w is the velocity: the old w is missing", STEP_ITSELF)
def velocity_alone(w, dw, state, learning_rate, momentum):
    v = momentum * state.get("v", 0.0) - learning_rate * dw
    return v, {"v": v}


@mistake("momentum_update", "*", "w comes back as it was: the new one is not returned", STEP_ITSELF)
def momentum_unchanged(w, dw, state, learning_rate, momentum):
    return w, {"v": momentum * state.get("v", 0.0) - learning_rate * dw}
