"""Slips in the running means of RMSProp and Adam; whole answers, since they keep a state."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_nets import MEAN_SQUARE, STATE_LOST


@mistake("rmsprop_update", "*", "the state keeps the last dw² alone, not the mean", STATE_LOST)
def last_square_kept(w, dw, state, learning_rate, decay=0.99, eps=1e-8):
    s = decay * state.get("s", 0.0) + (1 - decay) * dw**2
    return w - learning_rate * dw / (np.sqrt(s) + eps), {"s": dw**2}


@mistake("adam_update", "*", "the second mean takes |dw|, not its square", MEAN_SQUARE)
def second_mean_of_sizes(w, dw, state, learning_rate, beta1=0.9, beta2=0.999, eps=1e-8):
    t = state.get("t", 0) + 1
    m = beta1 * state.get("m", 0.0) + (1 - beta1) * dw
    v = beta2 * state.get("v", 0.0) + (1 - beta2) * np.abs(dw)
    m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
    return w - learning_rate * m_hat / (np.sqrt(v_hat) + eps), {"m": m, "v": v, "t": t}
