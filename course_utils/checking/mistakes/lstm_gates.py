"""Slips in the gates of the LSTM that mix arrays up: blocks, state and cell, partners, slopes."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_lstm import (
    CELL_CARRIED,
    CELL_PATHS,
    CELL_UPDATE,
    GATE_ORDER,
    GATE_PRODUCTS,
    GATE_SLOPES,
)
from course_utils.checking.mistakes.lstm_step import step_on
from course_utils.checking.mistakes.lstm_step_back import step_back

_NO_CELL = "dx dh_prev dWx dWh db"
_SEVERAL_BOOKS = ("figo", "f, i, g, o"), ("igfo", "i, g, f, o"), ("goif", "g, o, i, f")


def _forward(name, says, advice, change):
    def wrong(x, h_prev, c_prev, Wx, Wh, b):
        return change(x, h_prev, c_prev, Wx, Wh, b)

    wrong.__name__ = name
    mistake("lstm_step_forward", "h c", says, advice)(wrong)


def _backward(name, says, advice, parts=_NO_CELL, **changed):
    def wrong(dh, dc, cache):
        return step_back(dh, dc, cache, **changed)

    wrong.__name__ = name
    mistake("lstm_step_backward", parts, says, advice)(wrong)


for _order, _told in _SEVERAL_BOOKS:
    _forward(
        f"read_{_order}",
        f"the blocks are read as {_told}, not i, f, o, g",
        GATE_ORDER,
        lambda *args, order=_order: step_on(*args, order=order),
    )
    _backward(
        f"joined_{_order}",
        f"the blocks are joined as {_told}, not i, f, o, g",
        GATE_ORDER,
        order=_order,
    )

_forward(
    "state_and_cell_exchanged",
    "the old state and the old cell are exchanged",
    CELL_UPDATE,
    lambda x, h_prev, c_prev, *weights: step_on(x, c_prev, h_prev, *weights),
)


@mistake("lstm_forward", "H", "h and c are taken from the step in exchanged order", CELL_CARRIED)
def returns_exchanged(X, h0, Wx, Wh, b):
    h, c, states = h0, 0 * h0, []
    for t in range(X.shape[1]):
        step = step_on(X[:, t], h, c, Wx, Wh, b)
        h, c = step["c"], step["h"]
        states.append(h)
    return np.stack(states, axis=1)


for _name, _says, _lines in (
    (
        "df_by_tanh",
        "the forget gate's gradient is made with tanh(c), not with the old cell",
        {"df": lambda s: s.cell * s.tanh_c},
    ),
    (
        "df_by_state",
        "the forget gate's gradient is made with the old state, not the old cell",
        {"df": lambda s: s.cell * s.h_prev},
    ),
    (
        "di_dg_exchanged",
        "each gets its own value as partner: i stands at di, g at dg",
        {"di": lambda s: s.cell * s.i, "dg": lambda s: s.cell * s.g},
    ),
    (
        "do_by_state",
        "the output gate's gradient is made with h, not with tanh(c)",
        {"do": lambda s: s.dh * s.o * s.tanh_c},
    ),
    (
        "do_with_both",
        "the output gate gets the cell's gradient as well as dh",
        {"do": lambda s: (s.dh + s.cell) * s.tanh_c},
    ),
):
    _backward(_name, _says, GATE_PRODUCTS, **_lines)

_backward(
    "h_path_tanh_twice",
    "on the way through h tanh is applied again to tanh(c)",
    CELL_PATHS,
    "dx dh_prev dc_prev dWx dWh db",
    cell=lambda s: s.dc + s.dh * s.o * (1 - np.tanh(s.tanh_c) ** 2),
)


def _again(gate):
    squashed = 1 / (1 + np.exp(-gate))
    return squashed * (1 - squashed)


for _name, _says, _lines in (
    (
        "slopes_of_gates_squashed_again",
        "the gates go through the sigmoid again for their slopes",
        {"slope": _again},
    ),
    (
        "slopes_squashed_again",
        "gates and candidate are squashed again for their slopes",
        {"slope": _again, "slope_g": lambda g: 1 - np.tanh(g) ** 2},
    ),
    (
        "slope_of_candidate_squashed_again",
        "the candidate goes through tanh again for its slope",
        {"slope_g": lambda g: 1 - np.tanh(g) ** 2},
    ),
    (
        "slopes_are_gates",
        "the slope of a gate lacks its 1 − gate",
        {"slope": lambda gate: gate},
    ),
):
    _backward(_name, _says, GATE_SLOPES, **_lines)
