"""Slips in the plain recurrent net's way through a sequence, and back."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED
from course_utils.checking.mistakes.advice_sequences import (
    CARRIED,
    FIRST_STATE,
    GRADIENT_CARRIED,
    OLD_STATE,
    SEQUENCE_TURNED,
    SHARED_OVER_TIME,
    START,
    STEP_SQUASH,
    STEP_SUM,
    TANH_SLOPE,
    TIME_AXIS,
    TIME_ORDER,
    WAY_BACK,
    WEIGHT_TURNED,
    WHICH_STATES,
)
from course_utils.checking.mistakes.rnn_step import behind, step_back

_SHARED = "dWx dWh db"
_ALL = f"dX dh0 {_SHARED}"


def walk(X, h, Wx, Wh, b, squash=np.tanh):
    """All states, (N, T, M)."""
    states = []
    for t in range(X.shape[1]):
        h = squash(X[:, t] @ Wx + h @ Wh + b)
        states.append(h)
    return np.stack(states, axis=1)


@mistake("rnn_forward", "H", "h0 is not used: the states begin as zeros", START)
def h0_ignored(X, h0, Wx, Wh, b):
    return walk(X, np.zeros_like(h0), Wx, Wh, b)


@mistake("rnn_forward", "H", "every step starts from h0, not from the last state", CARRIED)
def not_carried(X, h0, Wx, Wh, b):
    return np.tanh(X @ Wx + (h0 @ Wh)[:, None] + b)


@mistake("rnn_forward", "H", "the states do not depend on those before: Wh is not used", CARRIED)
def no_memory(X, h0, Wx, Wh, b):
    return np.tanh(X @ Wx + b)


@mistake("rnn_forward", "H", "the loop runs through the sequence from its end", TIME_ORDER)
def backwards(X, h0, Wx, Wh, b):
    return walk(X[:, ::-1], h0, Wx, Wh, b)[:, ::-1]


@mistake("rnn_forward", "H", "the inputs are read from the end, the states kept", TIME_ORDER)
def inputs_turned(X, h0, Wx, Wh, b):
    return walk(X[:, ::-1], h0, Wx, Wh, b)


@mistake("rnn_forward", "H", "the states stand in reversed order of time", TIME_ORDER)
def states_turned(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b)[:, ::-1]


@mistake("rnn_forward", "H", "a step reads the input of the step before it", TIME_ORDER)
def late_inputs(X, h0, Wx, Wh, b):
    return walk(np.roll(X, 1, axis=1), h0, Wx, Wh, b)


@mistake("rnn_forward", "H", "H begins with h0, and the last state is missing", WHICH_STATES)
def shifted(X, h0, Wx, Wh, b):
    return np.concatenate([h0[:, None], walk(X, h0, Wx, Wh, b)[:, :-1]], axis=1)


@mistake("rnn_forward", "H", "H has one state too many: h0 is no part of it", WHICH_STATES)
def with_h0(X, h0, Wx, Wh, b):
    return np.concatenate([h0[:, None], walk(X, h0, Wx, Wh, b)], axis=1)


@mistake("rnn_forward", "H", "only the last state is returned", WHICH_STATES)
def last_state(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b)[:, -1]


@mistake("rnn_forward", "H", "the last state stands at every time step", WHICH_STATES)
def last_state_everywhere(X, h0, Wx, Wh, b):
    H = walk(X, h0, Wx, Wh, b)
    return np.repeat(H[:, -1:], X.shape[1], axis=1)


@mistake("rnn_forward", "H", "the loop stops before the last time step", WHICH_STATES)
def stops_early(X, h0, Wx, Wh, b):
    H = walk(X, h0, Wx, Wh, b)
    H[:, -1] = 0
    return H


@mistake("rnn_forward", "H", "time is the first axis of H, not the second", TIME_AXIS)
def time_first(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b).transpose(1, 0, 2)


@mistake("rnn_forward", "H", "H is reshaped where two axes should be exchanged", TIME_AXIS)
def reshaped(X, h0, Wx, Wh, b):
    H = walk(X, h0, Wx, Wh, b)
    return np.ascontiguousarray(H.transpose(1, 0, 2)).reshape(H.shape)


@mistake("rnn_forward", "H", "X is reshaped where two axes should be exchanged", TIME_AXIS)
def inputs_reshaped(X, h0, Wx, Wh, b):
    N, T, D = X.shape
    return walk(X.reshape(T, N, D).transpose(1, 0, 2), h0, Wx, Wh, b)


@mistake("rnn_forward", "H", "the bias is not added", STEP_SUM)
def no_bias(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, 0 * b)


@mistake("rnn_forward", "H", "the tanh is missing", STEP_SQUASH)
def no_tanh(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, squash=lambda a: a)


@mistake("rnn_forward", "H", "Wh is transposed", WEIGHT_TURNED)
def Wh_turned(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh.T, b)


def shared(steps, share=1):
    """What all steps add to the parameters."""
    return {name: share * sum(s[name] for s in steps) for name in _SHARED.split()}


def gather(steps):
    """The gradients of a sequence from those of its steps, in the order of time."""
    dX = np.stack([s["dx"] for s in steps], axis=1)
    return {"dX": dX, "dh0": steps[0]["dh_prev"], **shared(steps)}


def walk_back(dH, caches, step=step_back, carry=lambda s: s["dh_prev"]):
    """Gradients of all steps in the order of time, with another step or another carry."""
    dh, steps = np.zeros_like(dH[:, 0]), []
    for t in reversed(range(len(caches))):
        steps.insert(0, step(dH[:, t] + dh, caches[t]))
        dh = carry(steps[0])
    return steps


@mistake(
    "rnn_backward", _ALL, "the gradient from the next time step is not added", GRADIENT_CARRIED
)
def next_step_lost(dH, cache):
    return gather(walk_back(dH, cache, carry=lambda s: 0))


@mistake("rnn_backward", _ALL, "dH is used at the last time step only", GRADIENT_CARRIED)
def only_last_dH(dH, cache):
    last = np.zeros_like(dH)
    last[:, -1] = dH[:, -1]
    return gather(walk_back(last, cache))


@mistake(
    "rnn_backward", _ALL, "a gradient is handed back by one step and no further", GRADIENT_CARRIED
)
def one_step_back(dH, cache):
    alone = [step_back(dH[:, t], cache[t])["dh_prev"] for t in range(len(cache))]
    after = [*alone[1:], np.zeros_like(alone[0])]
    return gather([step_back(dH[:, t] + after[t], c) for t, c in enumerate(cache)])


@mistake("rnn_backward", _ALL, "what was handed back already is added again", GRADIENT_CARRIED)
def piled_up(dH, cache):
    dh, steps = np.zeros_like(dH[:, 0]), []
    for t in reversed(range(len(cache))):
        dh = dh + dH[:, t]
        steps.insert(0, step_back(dh, cache[t]))
        dh = dh + steps[0]["dh_prev"]
    return gather(steps)


@mistake("rnn_backward", _ALL, "dH is added after the tanh: it misses its slope", TANH_SLOPE)
def dH_past_tanh(dH, cache):
    dh, steps = np.zeros_like(dH[:, 0]), []
    for t in reversed(range(len(cache))):
        steps.insert(0, behind(dh * (1 - cache[t][4] ** 2) + dH[:, t], cache[t]))
        dh = steps[0]["dh_prev"]
    return gather(steps)


@mistake("rnn_backward", _ALL, "the slope of tanh is missing", TANH_SLOPE)
def no_slope(dH, cache):
    return gather(walk_back(dH, cache, step=behind))


@mistake("rnn_backward", _ALL, "1 − h is taken for the slope of tanh", TANH_SLOPE)
def slope_without_square(dH, cache):
    def step(dh, c):
        return step_back(dh, c, lambda h, h_prev: 1 - h)

    return gather(walk_back(dH, cache, step))


@mistake("rnn_backward", _ALL, "Wh is not transposed on the way back", WEIGHT_TURNED)
def Wh_not_turned(dH, cache):
    def step(dh, c):
        return {**step_back(dh, c), "dh_prev": dh * (1 - c[4] ** 2) @ c[3]}

    return gather(walk_back(dH, cache, step))


@mistake("rnn_backward", "dWh", "dWh is made with the new states, not the old ones", OLD_STATE)
def dWh_new_states(dH, cache):
    def step(dh, c):
        return {**step_back(dh, c), "dWh": c[4].T @ (dh * (1 - c[4] ** 2))}

    return gather(walk_back(dH, cache, step))["dWh"]


@mistake("rnn_backward", _SHARED, "each time step overwrites the one after it", SHARED_OVER_TIME)
def overwritten(dH, cache):
    return shared(walk_back(dH, cache)[:1])


@mistake("rnn_backward", _SHARED, "only the last time step counts", SHARED_OVER_TIME)
def last_step_only(dH, cache):
    return shared(walk_back(dH, cache)[-1:])


@mistake("rnn_backward", _SHARED, "the time steps are averaged, not added up", SHARED_OVER_TIME)
def averaged_over_time(dH, cache):
    return shared(walk_back(dH, cache), share=1 / len(cache))


@mistake("rnn_backward", _SHARED, "the gradient is divided by the number of sequences", AVERAGED)
def averaged_over_batch(dH, cache):
    return shared(walk_back(dH, cache), share=1 / len(dH))


@mistake("rnn_backward", _ALL, "the loop runs forward in time, not from the end", WAY_BACK)
def forward_in_time(dH, cache):
    steps = walk_back(dH[:, ::-1], cache[::-1])[::-1]
    return {**gather(steps), "dh0": steps[-1]["dh_prev"]}


@mistake("rnn_backward", _ALL, "dH is read forward while the caches are read backward", WAY_BACK)
def dH_turned(dH, cache):
    return gather(walk_back(dH[:, ::-1], cache))


@mistake("rnn_backward", _ALL, "the loop stops before the first time step", WAY_BACK)
def first_step_missed(dH, cache):
    steps = walk_back(dH, cache)
    nothing = {k: 0 * v for k, v in steps[0].items()}
    handed = steps[1]["dh_prev"] if len(steps) > 1 else 0 * steps[0]["dh_prev"]
    return gather([{**nothing, "dh_prev": handed}, *steps[1:]])


@mistake("rnn_backward", "dX", "dX stands in reversed order of time", SEQUENCE_TURNED)
def dX_turned(dH, cache):
    return gather(walk_back(dH, cache))["dX"][:, ::-1]


@mistake("rnn_backward", "dX", "time is the first axis of dX, not the second", TIME_AXIS)
def dX_time_first(dH, cache):
    return gather(walk_back(dH, cache))["dX"].transpose(1, 0, 2)


@mistake("rnn_backward", "dh0", "dh0 is left at zero", FIRST_STATE)
def dh0_zero(dH, cache):
    return np.zeros_like(dH[:, 0])


@mistake(
    "rnn_backward", "dh0", "dh0 is the gradient of the first new state, not of h0", FIRST_STATE
)
def dh0_too_late(dH, cache):
    steps = walk_back(dH, cache)
    return dH[:, 0] + (steps[1]["dh_prev"] if len(steps) > 1 else 0)


@mistake("rnn_backward", "dh0", "dh0 is what the last time step hands back", FIRST_STATE)
def dh0_from_the_end(dH, cache):
    return walk_back(dH, cache)[-1]["dh_prev"]


@mistake("rnn_backward", "dh0", "dh0 is added up over all time steps", FIRST_STATE)
def dh0_summed(dH, cache):
    return sum(s["dh_prev"] for s in walk_back(dH, cache))
