"""Slips in the LSTM's way through a sequence, and back."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED
from course_utils.checking.mistakes.advice_lstm import (
    CELL_CARRIED,
    CELL_PATHS,
    CELL_SHOWN,
    CELL_UPDATE,
    FORGET_PATH,
    GATE_ORDER,
    GATE_PRODUCTS,
    GATE_SLOPES,
    GATE_SQUASH,
)
from course_utils.checking.mistakes.advice_sequences import (
    CARRIED,
    FIRST_STATE,
    GRADIENT_CARRIED,
    OLD_STATE,
    SEQUENCE_TURNED,
    SHARED_OVER_TIME,
    START,
    STEP_SUM,
    TIME_AXIS,
    TIME_ORDER,
    WAY_BACK,
    WHICH_STATES,
)
from course_utils.checking.mistakes.lstm_step import step_on
from course_utils.checking.mistakes.lstm_step_back import step_back

_SHARED = "dWx dWh db"
_ALL = f"dX dh0 {_SHARED}"


def walk(X, h0, Wx, Wh, b, start=None, carry=lambda s: (s["h"], s["c"]), **changed):
    """All states and cells, (N, T, M) each, with another start, carry or step."""
    h, c, states, cells = h0, 0 * h0 if start is None else start, [], []
    for t in range(X.shape[1]):
        step = step_on(X[:, t], h, c, Wx, Wh, b, **changed)
        h, c = carry(step)
        states.append(step["h"])
        cells.append(step["c"])
    return np.stack(states, axis=1), np.stack(cells, axis=1)


@mistake("lstm_forward", "H", "the cell is emptied before every step", CELL_CARRIED)
def cell_not_carried(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, carry=lambda s: (s["h"], 0 * s["c"]))[0]


@mistake("lstm_forward", "H", "every step starts from h0, not from the last state", CARRIED)
def state_not_carried(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, carry=lambda s: (h0, s["c"]))[0]


@mistake("lstm_forward", "H", "nothing is carried: every step starts from h0", CARRIED)
def nothing_carried(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, carry=lambda s: (h0, 0 * h0))[0]


@mistake("lstm_forward", "H", "state and cell are exchanged from step to step", CELL_CARRIED)
def exchanged(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, carry=lambda s: (s["c"], s["h"]))[0]


@mistake("lstm_forward", "H", "h0 is not used: the states begin as zeros", START)
def h0_ignored(X, h0, Wx, Wh, b):
    return walk(X, 0 * h0, Wx, Wh, b)[0]


@mistake("lstm_forward", "H", "the cell begins as h0, not empty", START)
def cell_begins_as_h0(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, start=h0)[0]


@mistake("lstm_forward", "H", "the cell begins with ones, not empty", START)
def cell_begins_as_ones(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, start=np.ones_like(h0))[0]


@mistake("lstm_forward", "H", "the cells are returned, not the states", CELL_SHOWN)
def cells_returned(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b)[1]


@mistake("lstm_forward", "H", "the loop runs through the sequence from its end", TIME_ORDER)
def backwards(X, h0, Wx, Wh, b):
    return walk(X[:, ::-1], h0, Wx, Wh, b)[0][:, ::-1]


@mistake("lstm_forward", "H", "the states stand in reversed order of time", TIME_ORDER)
def states_turned(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b)[0][:, ::-1]


@mistake("lstm_forward", "H", "H begins with h0, and the last state is missing", WHICH_STATES)
def shifted(X, h0, Wx, Wh, b):
    return np.concatenate([h0[:, None], walk(X, h0, Wx, Wh, b)[0][:, :-1]], axis=1)


@mistake("lstm_forward", "H", "the last state stands at every time step", WHICH_STATES)
def last_state_everywhere(X, h0, Wx, Wh, b):
    return np.repeat(walk(X, h0, Wx, Wh, b)[0][:, -1:], X.shape[1], axis=1)


@mistake("lstm_forward", "H", "time is the first axis of H, not the second", TIME_AXIS)
def time_first(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b)[0].transpose(1, 0, 2)


@mistake(
    "lstm_forward",
    "H",
    "the blocks are read as i, f, g, o, not i, f, o, g",
    GATE_ORDER,
)
def ifgo(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, order="ifgo")[0]


@mistake("lstm_forward", "H", "the candidate g goes through a sigmoid", GATE_SQUASH)
def g_by_sigmoid(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, content=lambda a: 1 / (1 + np.exp(-a)))[0]


@mistake("lstm_forward", "H", "the cell is shown without tanh", CELL_SHOWN)
def h_without_tanh(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, h=lambda s: s.o * s.c)[0]


@mistake("lstm_forward", "H", "the old cell is kept whole: no forget gate", CELL_UPDATE)
def no_forget_gate(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, b, c=lambda s: s.c_prev + s.i * s.g)[0]


@mistake("lstm_forward", "H", "the bias is not added", STEP_SUM)
def no_bias(X, h0, Wx, Wh, b):
    return walk(X, h0, Wx, Wh, 0 * b)[0]


def shared(steps, share=1):
    """What all steps add to the parameters."""
    return {name: share * sum(s[name] for s in steps) for name in _SHARED.split()}


def gather(steps):
    """The gradients of a sequence from those of its steps, in the order of time."""
    dX = np.stack([s["dx"] for s in steps], axis=1)
    return {"dX": dX, "dh0": steps[0]["dh_prev"], **shared(steps)}


def walk_back(dH, caches, carry=lambda s: (s["dh_prev"], s["dc_prev"]), **changed):
    """Gradients of all steps in the order of time, with another carry or another step."""
    dh, dc, steps = np.zeros_like(dH[:, 0]), np.zeros_like(dH[:, 0]), []
    for t in reversed(range(len(caches))):
        steps.insert(0, step_back(dH[:, t] + dh, dc, caches[t], **changed))
        dh, dc = carry(steps[0])
    return steps


def _back_slip(name, says, advice, parts=_ALL, **changed):
    def wrong(dH, cache):
        return gather(walk_back(dH, cache, **changed))

    wrong.__name__ = name
    mistake("lstm_backward", parts, says, advice)(wrong)


# name, what the student is told, advice, what is otherwise
for _name, _says, _advice, _changed in (
    (
        "dc_not_carried",
        "the cell's gradient from the next step is not carried on",
        CELL_CARRIED,
        {"carry": lambda s: (s["dh_prev"], 0 * s["dc_prev"])},
    ),
    (
        "dh_not_carried",
        "the state's gradient from the next step is not added",
        GRADIENT_CARRIED,
        {"carry": lambda s: (0, s["dc_prev"])},
    ),
    (
        "nothing_carried",
        "no gradient is carried from the next step",
        GRADIENT_CARRIED,
        {"carry": lambda s: (0, 0 * s["dc_prev"])},
    ),
    (
        "gradients_exchanged",
        "the gradients of state and cell are exchanged from step to step",
        CELL_CARRIED,
        {"carry": lambda s: (s["dc_prev"], s["dh_prev"])},
    ),
    (
        "dc_without_f",
        "the forget gate is missing on the way from cell to cell",
        FORGET_PATH,
        {"dc_prev": lambda s: s.cell},
    ),
    (
        "h_path_without_slope",
        "on the way through h the slope of tanh is missing",
        CELL_PATHS,
        {"cell": lambda s: s.dc + s.dh * s.o},
    ),
    (
        "h_path_without_o",
        "on the way through h the output gate is missing",
        CELL_PATHS,
        {"cell": lambda s: s.dc + s.dh * (1 - s.tanh_c**2)},
    ),
    (
        "df_new_cell",
        "the forget gate's gradient is made with the new cells, not the old",
        GATE_PRODUCTS,
        {"df": lambda s: s.cell * s.c},
    ),
    (
        "g_without_square",
        "1 − g is taken for the slope of the candidate",
        GATE_SLOPES,
        {"slope_g": lambda g: 1 - g},
    ),
    (
        "order_ifgo",
        "the blocks are joined as i, f, g, o, not i, f, o, g",
        GATE_ORDER,
        {"order": "ifgo"},
    ),
):
    _back_slip(_name, _says, _advice, **_changed)
_back_slip(
    "dWh_new_states",
    "dWh is made with the new states, not the old ones",
    OLD_STATE,
    "dWh",
    state=lambda s: s.o * s.tanh_c,
)


@mistake("lstm_backward", _SHARED, "each time step overwrites the one after it", SHARED_OVER_TIME)
def overwritten(dH, cache):
    return shared(walk_back(dH, cache)[:1])


@mistake("lstm_backward", _SHARED, "only the last time step counts", SHARED_OVER_TIME)
def last_step_only(dH, cache):
    return shared(walk_back(dH, cache)[-1:])


@mistake("lstm_backward", _SHARED, "the time steps are averaged, not added up", SHARED_OVER_TIME)
def averaged_over_time(dH, cache):
    return shared(walk_back(dH, cache), share=1 / len(cache))


@mistake("lstm_backward", _SHARED, "the gradient is divided by the number of sequences", AVERAGED)
def averaged_over_batch(dH, cache):
    return shared(walk_back(dH, cache), share=1 / len(dH))


@mistake("lstm_backward", _ALL, "dH is used at the last time step only", GRADIENT_CARRIED)
def only_last_dH(dH, cache):
    last = np.zeros_like(dH)
    last[:, -1] = dH[:, -1]
    return gather(walk_back(last, cache))


@mistake("lstm_backward", _ALL, "the loop runs forward in time, not from the end", WAY_BACK)
def forward_in_time(dH, cache):
    steps = walk_back(dH[:, ::-1], cache[::-1])[::-1]
    return {**gather(steps), "dh0": steps[-1]["dh_prev"]}


@mistake("lstm_backward", "dX", "dX stands in reversed order of time", SEQUENCE_TURNED)
def dX_turned(dH, cache):
    return gather(walk_back(dH, cache))["dX"][:, ::-1]


@mistake(
    "lstm_backward", "dh0", "dh0 is the gradient of the first cell, not of the state", FIRST_STATE
)
def dh0_of_the_cell(dH, cache):
    return walk_back(dH, cache)[0]["dc_prev"]


@mistake("lstm_backward", "dh0", "dh0 is left at zero", FIRST_STATE)
def dh0_zero(dH, cache):
    return np.zeros_like(dH[:, 0])


@mistake("lstm_backward", "dh0", "dh0 is what the last time step hands back", FIRST_STATE)
def dh0_from_the_end(dH, cache):
    return walk_back(dH, cache)[-1]["dh_prev"]
