"""Slips in what one step hands to the one before it, on the way back through time."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_lstm import CELL_CARRIED
from course_utils.checking.mistakes.advice_sequences import FIRST_STATE, GRADIENT_CARRIED
from course_utils.checking.mistakes.lstm_step_back import step_back as lstm_step_back
from course_utils.checking.mistakes.rnn import gather, walk_back
from course_utils.checking.mistakes.rnn_step import step_back

_ALL = "dX dh0 dWx dWh db"


@mistake(
    "rnn_backward",
    _ALL,
    "what a step hands back is added to dh, not taken for it",
    GRADIENT_CARRIED,
)
def handed_back_piled_up(dH, cache):
    dh, steps = np.zeros_like(dH[:, 0]), []
    for t in reversed(range(len(cache))):
        steps.insert(0, step_back(dH[:, t] + dh, cache[t]))
        dh = dh + steps[0]["dh_prev"]
    return {**gather(steps), "dh0": dh}


@mistake(
    "rnn_backward", "dh0", "dh0 has dH[:, 0] added: that belongs to the state after", FIRST_STATE
)
def dh0_with_direct(dH, cache):
    return walk_back(dH, cache)[0]["dh_prev"] + dH[:, 0]


def lstm_back(dH, cache, arrive=lambda dH, dh, dc: (dH + dh, dc), hand=lambda s, dh, dc: s):
    """Gradients of the LSTM, with other gradients arriving at a step, or handed on by it.

    Args:
        dH: (N, T, M).
        cache: step caches.
        arrive: gives dh and dc of a step from its dH and what the step after handed back.
        hand: gives what is handed on from what the step gives, (dh_prev, dc_prev), and
            what had arrived from the step after.
    """
    dh, dc, steps = np.zeros_like(dH[:, 0]), np.zeros_like(dH[:, 0]), []
    for t in reversed(range(len(cache))):
        step = lstm_step_back(*arrive(dH[:, t], dh, dc), cache[t])
        dh, dc = hand((step["dh_prev"], step["dc_prev"]), dh, dc)
        steps.insert(0, step)
    return {**gather(steps), "dh0": dh}


def _slip(name, says, advice, **changed):
    def wrong(dH, cache):
        return lstm_back(dH, cache, **changed)

    wrong.__name__ = name
    mistake("lstm_backward", _ALL, says, advice)(wrong)


for _name, _says, _advice, _changed in (
    (
        "dh_piled_up",
        "what a step hands back is added to dh, not taken for it",
        GRADIENT_CARRIED,
        {"hand": lambda s, dh, dc: (dh + s[0], s[1])},
    ),
    (
        "dc_piled_up",
        "what a step hands back is added to dc, not taken for it",
        CELL_CARRIED,
        {"hand": lambda s, dh, dc: (s[0], dc + s[1])},
    ),
    (
        "both_piled_up",
        "what a step hands back is added to dh and dc, not taken for them",
        GRADIENT_CARRIED,
        {"hand": lambda s, dh, dc: (dh + s[0], dc + s[1])},
    ),
    (
        "dH_at_the_cell",
        "dH is added to the cell's gradient, too: it arrives at the state alone",
        CELL_CARRIED,
        {"arrive": lambda dH, dh, dc: (dH + dh, dH + dc)},
    ),
    (
        "dH_at_the_cell_only",
        "dH is added to the cell's gradient, not to the state's",
        CELL_CARRIED,
        {"arrive": lambda dH, dh, dc: (dh, dH + dc)},
    ),
):
    _slip(_name, _says, _advice, **_changed)


@mistake(
    "lstm_backward", "dh0", "dh0 has dH[:, 0] added: that belongs to the state after", FIRST_STATE
)
def lstm_dh0_with_direct(dH, cache):
    return lstm_back(dH, cache)["dh0"] + dH[:, 0]
