"""Slips in the way back through one step of the LSTM."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice import AVERAGED, SHAPE_KEPT, SUMMED_WRONG_AXIS
from course_utils.checking.mistakes.advice_lstm import (
    CELL_PATHS,
    FORGET_PATH,
    GATE_ORDER,
    GATE_PRODUCTS,
    GATE_SLOPES,
)
from course_utils.checking.mistakes.advice_sequences import (
    GRADIENT_CARRIED,
    OLD_STATE,
    SHARED_BY_SAMPLES,
)

_PARTS = ("dx", "dh_prev", "dc_prev", "dWx", "dWh", "db")
_ALL = " ".join(_PARTS)
_NO_CELL = "dx dh_prev dWx dWh db"

_BACKWARD = {
    "cell": lambda s: s.dc + s.dh * s.o * (1 - s.tanh_c**2),
    "di": lambda s: s.cell * s.g,
    "df": lambda s: s.cell * s.c_prev,
    "do": lambda s: s.dh * s.tanh_c,
    "dg": lambda s: s.cell * s.i,
    "slope": lambda gate: gate * (1 - gate),
    "slope_g": lambda g: 1 - g**2,
    "dc_prev": lambda s: s.cell * s.f,
    "state": lambda s: s.h_prev,
}


def step_back(dh, dc, cache, order="ifog", **changed):
    """The gradients of a step by name, some lines of the way back changed."""
    lines = _BACKWARD | changed
    x, h_prev, c_prev, Wx, Wh, ifo, g, tanh_c = cache
    i, f, o = np.split(ifo, 3, axis=1)
    c = f * c_prev + i * g
    s = SimpleNamespace(h_prev=h_prev, c_prev=c_prev, i=i, f=f, o=o, g=g, c=c, tanh_c=tanh_c)
    s.dh, s.dc = dh, dc
    s.cell = lines["cell"](s)
    blocks = {n: lines[f"d{n}"](s) * lines["slope"](getattr(s, n)) for n in "ifo"}
    blocks["g"] = lines["dg"](s) * lines["slope_g"](g)
    dA = np.concatenate([blocks[n] for n in order], axis=1)
    values = (
        dA @ Wx.T,
        dA @ Wh.T,
        lines["dc_prev"](s),
        x.T @ dA,
        lines["state"](s).T @ dA,
        dA.sum(axis=0),
    )
    return dict(zip(_PARTS, values, strict=True))


def _slip(name, says, advice, parts, **changed):
    def wrong(dh, dc, cache):
        return step_back(dh, dc, cache, **changed)

    wrong.__name__ = name
    mistake("lstm_step_backward", parts, says, advice)(wrong)


# The name, what the student is told, and the lines that are written otherwise.
for _name, _says, _lines in (
    (
        "dc_ignored",
        "the gradient dc that arrives at the cell is not used",
        {"cell": lambda s: s.dh * s.o * (1 - s.tanh_c**2)},
    ),
    ("h_path_lost", "the way from the cell through h is missing", {"cell": lambda s: s.dc}),
    (
        "h_path_without_o",
        "on the way through h the output gate is missing",
        {"cell": lambda s: s.dc + s.dh * (1 - s.tanh_c**2)},
    ),
    (
        "h_path_without_slope",
        "on the way through h the slope of tanh is missing",
        {"cell": lambda s: s.dc + s.dh * s.o},
    ),
    (
        "h_path_without_square",
        "1 − tanh(c) is taken for the slope of tanh at the cell",
        {"cell": lambda s: s.dc + s.dh * s.o * (1 - s.tanh_c)},
    ),
    (
        "h_path_at_c",
        "the slope at the cell is made with c, not with tanh(c)",
        {"cell": lambda s: s.dc + s.dh * s.o * (1 - s.c**2)},
    ),
    (
        "h_path_at_h",
        "the slope at the cell is made with h, not with tanh(c)",
        {"cell": lambda s: s.dc + s.dh * s.o * (1 - (s.o * s.tanh_c) ** 2)},
    ),
    (
        "dc_past_tanh",
        "dc is sent through the slope of tanh as well",
        {"cell": lambda s: (s.dc + s.dh * s.o) * (1 - s.tanh_c**2)},
    ),
):
    _slip(_name, _says, CELL_PATHS, _ALL, **_lines)

# For dc_prev these two have the same numbers as h_path_lost, so the same advice.
_slip(
    "dh_ignored",
    "the gradient dh that arrives at the state is not used",
    CELL_PATHS,
    _ALL,
    cell=lambda s: s.dc,
    do=lambda s: 0 * s.dh,
)
_slip(
    "dc_prev_from_dc",
    "dc_prev is made from the dc that arrived, not from the whole gradient",
    CELL_PATHS,
    "dc_prev",
    dc_prev=lambda s: s.dc * s.f,
)

for _name, _says, _lines in (
    ("dc_prev_without_f", "the forget gate is missing in dc_prev", {"dc_prev": lambda s: s.cell}),
    (
        "dc_prev_by_i",
        "dc_prev is made with the input gate, not with the forget gate",
        {"dc_prev": lambda s: s.cell * s.i},
    ),
    (
        "dc_prev_by_cell",
        "dc_prev is made with the old cell, not with the forget gate",
        {"dc_prev": lambda s: s.cell * s.c_prev},
    ),
):
    _slip(_name, _says, FORGET_PATH, "dc_prev", **_lines)

for _name, _says, _lines in (
    (
        "df_new_cell",
        "the forget gate's gradient is made with the new cell, not the old",
        {"df": lambda s: s.cell * s.c},
    ),
    (
        "di_df_exchanged",
        "the partners of the input and the forget gate are exchanged",
        {"di": lambda s: s.cell * s.c_prev, "df": lambda s: s.cell * s.g},
    ),
    (
        "do_by_cell",
        "the output gate's gradient is made with c, not with tanh(c)",
        {"do": lambda s: s.dh * s.c},
    ),
    (
        "do_from_cell",
        "the output gate's gradient comes from the cell's, not from dh",
        {"do": lambda s: s.cell * s.tanh_c},
    ),
    (
        "dg_by_f",
        "the candidate's gradient is made with f, not with i",
        {"dg": lambda s: s.cell * s.f},
    ),
    (
        "dg_without_i",
        "the input gate is missing in the candidate's gradient",
        {"dg": lambda s: s.cell},
    ),
):
    _slip(_name, _says, GATE_PRODUCTS, _NO_CELL, **_lines)

for _name, _says, _lines in (
    ("gate_slopes_lost", "the slopes of the three gates are missing", {"slope": lambda gate: 1}),
    (
        "gate_slopes_tanh",
        "the gates have the slope of tanh, not that of the sigmoid",
        {"slope": lambda gate: 1 - gate**2},
    ),
    (
        "gate_slopes_half",
        "1 − gate is taken for the slope of a gate",
        {"slope": lambda gate: 1 - gate},
    ),
    (
        "g_without_square",
        "1 − g is taken for the slope of the candidate",
        {"slope_g": lambda g: 1 - g},
    ),
    ("g_slope_lost", "the slope of the candidate's tanh is missing", {"slope_g": lambda g: 1}),
    (
        "g_slope_sigmoid",
        "the candidate has the slope of a sigmoid, not that of tanh",
        {"slope_g": lambda g: g * (1 - g)},
    ),
):
    _slip(_name, _says, GATE_SLOPES, _NO_CELL, **_lines)

for _name, _says, _lines in (
    (
        "order_ifgo",
        "the blocks are joined as i, f, g, o, not i, f, o, g",
        {"order": "ifgo"},
    ),
    ("order_fiog", "the blocks i and f are exchanged", {"order": "fiog"}),
    ("order_iofg", "the blocks f and o are exchanged", {"order": "iofg"}),
):
    _slip(_name, _says, GATE_ORDER, _NO_CELL, **_lines)

for _name, _says, _lines in (
    (
        "dWh_new_state",
        "dWh is made with the new state, not the old",
        {"state": lambda s: s.o * s.tanh_c},
    ),
    ("dWh_cell", "dWh is made with the old cell, not the old state", {"state": lambda s: s.c_prev}),
):
    _slip(_name, _says, OLD_STATE, "dWh", **_lines)


@mistake("lstm_step_backward", "dh_prev", "dh is added to dh_prev once more", GRADIENT_CARRIED)
def dh_added(dh, dc, cache):
    return step_back(dh, dc, cache)["dh_prev"] + dh


@mistake("lstm_step_backward", "dh_prev", "dh is handed on, not sent through Wh", GRADIENT_CARRIED)
def dh_handed_on(dh, dc, cache):
    return dh.copy()


@mistake("lstm_step_backward", "dWx dWh db", "the gradient is averaged over the batch", AVERAGED)
def averaged(dh, dc, cache):
    named = step_back(dh, dc, cache)
    return {part: named[part] / len(dh) for part in ("dWx", "dWh", "db")}


@mistake("lstm_step_backward", "db", "db keeps an axis of length 1", SHAPE_KEPT)
def db_keepdims(dh, dc, cache):
    return step_back(dh, dc, cache)["db"][None]


@mistake("lstm_step_backward", "dWx", "dWx is transposed", SUMMED_WRONG_AXIS)
def dWx_turned(dh, dc, cache):
    return step_back(dh, dc, cache)["dWx"].T


@mistake("lstm_step_backward", "dWx dWh db", "only the last sample counts", SHARED_BY_SAMPLES)
def last_sample_only(dh, dc, cache):
    *arrays, Wx, Wh, ifo, g, tanh_c = cache
    last = [a[-1:] for a in arrays]
    named = step_back(dh[-1:], dc[-1:], (*last, Wx, Wh, ifo[-1:], g[-1:], tanh_c[-1:]))
    return {part: named[part] for part in ("dWx", "dWh", "db")}
