"""Slips in one step of the LSTM.

`step_on` and `step_back` are the right step with exchangeable lines: a mistake
names the line it writes otherwise.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_lstm import (
    CELL_SHOWN,
    CELL_UPDATE,
    GATE_ORDER,
    GATE_SQUASH,
)
from course_utils.checking.mistakes.advice_sequences import STEP_SUM

_FORWARD = {
    "gate": lambda a: 1 / (1 + np.exp(-a)),
    "content": np.tanh,
    "c": lambda s: s.f * s.c_prev + s.i * s.g,
    "h": lambda s: s.o * np.tanh(s.c),
}


def step_on(x, h_prev, c_prev, Wx, Wh, b, order="ifog", **changed):
    """h and c of a step, some lines of it changed."""
    lines = _FORWARD | changed
    A = x @ Wx + h_prev @ Wh + b
    s = SimpleNamespace(h_prev=h_prev, c_prev=c_prev)
    for letter, block in zip(order, np.split(A, 4, axis=1), strict=True):
        setattr(s, letter, lines["content" if letter == "g" else "gate"](block))
    s.c = lines["c"](s)
    return {"h": lines["h"](s), "c": s.c}


def _slip(name, says, advice, parts="h c", **changed):
    def wrong(x, h_prev, c_prev, Wx, Wh, b):
        return step_on(x, h_prev, c_prev, Wx, Wh, b, **changed)

    wrong.__name__ = name
    mistake("lstm_step_forward", parts, says, advice)(wrong)


for _order, _says in (
    ("ifgo", "the blocks are read as i, f, g, o, not i, f, o, g"),
    ("fiog", "the gates i and f are exchanged"),
    ("iofg", "the gates f and o are exchanged"),
    ("ofig", "the gates i and o are exchanged"),
    ("gifo", "the candidate g is read first, not last"),
):
    _slip(f"order_{_order}", _says, GATE_ORDER, order=_order)

for _name, _says, _changed in (
    ("g_by_sigmoid", "the candidate g goes through a sigmoid", {"content": _FORWARD["gate"]}),
    (
        "g_by_both",
        "the candidate g goes through a sigmoid, then tanh",
        {"content": lambda a: np.tanh(_FORWARD["gate"](a))},
    ),
    ("g_linear", "the candidate g is not squashed", {"content": lambda a: a}),
    ("gates_by_tanh", "the gates go through tanh, not through a sigmoid", {"gate": np.tanh}),
    ("gates_linear", "the gates are not squashed", {"gate": lambda a: a}),
):
    _slip(_name, _says, GATE_SQUASH, **_changed)

for _name, _says, _cell in (
    (
        "no_forget_gate",
        "the old cell is kept whole: no forget gate",
        lambda s: s.c_prev + s.i * s.g,
    ),
    (
        "no_input_gate",
        "the candidate is written whole: no input gate",
        lambda s: s.f * s.c_prev + s.g,
    ),
    ("no_old_cell", "the old cell is not used", lambda s: s.i * s.g),
    (
        "coupled_gates",
        "1 − f stands where the input gate belongs",
        lambda s: s.f * s.c_prev + (1 - s.f) * s.g,
    ),
    (
        "forget_turned",
        "1 − f is kept of the old cell, not f",
        lambda s: (1 - s.f) * s.c_prev + s.i * s.g,
    ),
    (
        "state_for_cell",
        "the old state stands where the old cell belongs",
        lambda s: s.f * s.h_prev + s.i * s.g,
    ),
    (
        "cell_squashed",
        "the new cell itself goes through tanh",
        lambda s: np.tanh(s.f * s.c_prev + s.i * s.g),
    ),
):
    _slip(_name, _says, CELL_UPDATE, c=_cell)

for _name, _says, _shown in (
    ("h_without_tanh", "the cell is shown without tanh", lambda s: s.o * s.c),
    ("no_output_gate", "the cell is shown whole: no output gate", lambda s: np.tanh(s.c)),
    (
        "old_cell_shown",
        "h shows the old cell, not the new one",
        lambda s: s.o * np.tanh(s.c_prev),
    ),
    ("candidate_shown", "h shows the candidate, not the cell", lambda s: s.o * np.tanh(s.g)),
    (
        "tanh_outside",
        "tanh is taken after the output gate, not before",
        lambda s: np.tanh(s.o * s.c),
    ),
):
    _slip(_name, _says, CELL_SHOWN, "h", h=_shown)


@mistake("lstm_step_forward", "c", "the cell is returned squashed by tanh", CELL_UPDATE)
def squashed_cell_returned(x, h_prev, c_prev, Wx, Wh, b):
    return np.tanh(step_on(x, h_prev, c_prev, Wx, Wh, b)["c"])


@mistake("lstm_step_forward", "h c", "h and c are returned in exchanged order", CELL_SHOWN)
def exchanged(x, h_prev, c_prev, Wx, Wh, b):
    right = step_on(x, h_prev, c_prev, Wx, Wh, b)
    return {"h": right["c"], "c": right["h"]}


@mistake("lstm_step_forward", "h c", "the bias is not added", STEP_SUM)
def no_bias(x, h_prev, c_prev, Wx, Wh, b):
    return step_on(x, h_prev, c_prev, Wx, Wh, 0 * b)


@mistake("lstm_step_forward", "h c", "the old state is not used", STEP_SUM)
def no_memory(x, h_prev, c_prev, Wx, Wh, b):
    return step_on(x, 0 * h_prev, c_prev, Wx, Wh, b)


@mistake("lstm_step_forward", "h c", "1 is added to the forget gate's bias", STEP_SUM)
def forget_bias(x, h_prev, c_prev, Wx, Wh, b):
    M = h_prev.shape[1]
    return step_on(x, h_prev, c_prev, Wx, Wh, b + (np.arange(4 * M) // M == 1).astype(b.dtype))


@mistake(
    "lstm_step_forward", "h c", "every fourth column makes a gate, not M neighbours", GATE_ORDER
)
def interleaved(x, h_prev, c_prev, Wx, Wh, b):
    M = h_prev.shape[1]
    order = np.arange(4 * M).reshape(M, 4).T.reshape(-1)
    return step_on(x, h_prev, c_prev, Wx[:, order], Wh[:, order], b[order])
