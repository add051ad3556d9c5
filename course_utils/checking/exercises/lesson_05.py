"""Exercises of lesson 05: the embedding, the plain recurrent net, and the LSTM."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np

from course_utils import nn
from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import name_returns

_TABLE = {"tokens": "N T", "W": "V E", "Y": "N T E", "dY": "N T E", "dW": "V E"}
_STEP = {"x": "N D", "h_prev": "N M", "Wx": "D M", "Wh": "M M", "b": "M", "h": "N M"}
_STEP |= {"dh": "N M", "dx": "N D", "dh_prev": "N M", "dWx": "D M", "dWh": "M M", "db": "M"}
_GATES = {"Wx": "D 4M", "Wh": "M 4M", "b": "4M", "dWx": "D 4M", "dWh": "M 4M", "db": "4M"}
_CELL = {"c_prev": "N M", "c": "N M", "dc": "N M", "dc_prev": "N M"}
_SEQUENCE = {"X": "N T D", "h0": "N M", "H": "N T M", "dH": "N T M", "dX": "N T D", "dh0": "N M"}


def _tokens(draw: Draw, sizes: Sizes) -> Probe:
    N, T, V, E = (sizes[letter] for letter in "NTVE")
    tokens = draw.labels((N, T), V)
    if V > 2:  # one token never occurs, here and there the last: its row has no gradient
        absent = V - 1 if T == 3 else int(draw.rng.integers(1, V))
        tokens[tokens == absent] = (absent + 1) % V
    tokens[:, -1] = tokens[:, 0]  # repeated within each row …
    tokens[-1, T // 2] = tokens[0, T // 2]  # … and across rows
    return Probe((tokens, draw.array(V, E)), upstream=draw.array(N, T, E))


_TABLE_PROBES = {
    "make": _tokens,
    "sizes": (
        {"N": 3, "T": 4, "V": 6, "E": 5},
        {"N": 5, "T": 3, "V": 4, "E": 2},
        {"N": 2, "T": 6, "V": 5, "E": 3},
    ),
    "smallest": {"N": 1, "T": 1, "V": 2, "E": 1},
    "shapes": _TABLE,
}


def _parameters(draw: Draw, D: int, M: int, gates: int = 1) -> tuple[np.ndarray, ...]:
    """Weights so small that tanh and sigmoid do not saturate."""
    scale = 0.25 if draw.small else 0.5
    shapes = ((D, gates * M), (M, gates * M), (gates * M,))
    return tuple(scale * draw.array(*shape) for shape in shapes)


def _step(draw: Draw, sizes: Sizes) -> Probe:
    N, D, M = (sizes[letter] for letter in "NDM")
    args = (draw.array(N, D), draw.array(N, M), *_parameters(draw, D, M))
    return Probe(args, upstream=draw.array(N, M))


def _lstm_step(draw: Draw, sizes: Sizes) -> Probe:
    N, D, M = (sizes[letter] for letter in "NDM")
    states = (draw.array(N, M), draw.array(N, M))
    return Probe((draw.array(N, D), *states, *_parameters(draw, D, M, gates=4)))


def _lstm_step_back(draw: Draw, sizes: Sizes) -> Probe:
    """Two gradients arrive; dc goes along as a keyword, see _run_lstm_step_backward."""
    probe, (N, M) = _lstm_step(draw, sizes), (sizes["N"], sizes["M"])
    return replace(probe, upstream=draw.array(N, M), kwargs={"dc": draw.array(N, M)})


def _run_lstm_step_forward(call, probe, peers) -> dict[str, np.ndarray]:
    return name_returns(("h", "c", "cache"), call(*probe.args))


def _run_lstm_step_backward(call, probe, peers) -> dict[str, np.ndarray]:
    """Hand over both gradients that arrive, dh and dc."""
    *_, cache = peers["lstm_step_forward"](*(copy.deepcopy(a) for a in probe.args))
    return name_returns(_LSTM_STEP_PARTS, call(probe.upstream, probe.kwargs["dc"], cache))


_LSTM_STEP_PARTS = ("dx", "dh_prev", "dc_prev", "dWx", "dWh", "db")
_STEP_SIZES = ({"N": 5, "D": 4, "M": 3}, {"N": 3, "D": 2, "M": 4}, {"N": 2, "D": 3, "M": 5})
_STEP_PROBES = {
    "make": _step,
    "sizes": _STEP_SIZES,
    "smallest": {"N": 1, "D": 1, "M": 1},
    "shapes": _STEP,
}
_LSTM_STEP_PROBES = {**_STEP_PROBES, "make": _lstm_step, "shapes": _STEP | _GATES | _CELL}


def _sequence(gates: int):
    def make(draw: Draw, sizes: Sizes) -> Probe:
        N, T, D, M = (sizes[letter] for letter in "NTDM")
        args = (draw.array(N, T, D), draw.array(N, M), *_parameters(draw, D, M, gates))
        return Probe(args, upstream=draw.array(N, T, M))

    def one_step(draw: Draw) -> list[Probe]:
        """One time step: nothing is carried on, so only the step itself is asked."""
        sizes = {"N": 3, "T": 1, "D": 4, "M": 2}
        made = make(draw, sizes)
        return [Probe(made.args, "a single time step", sizes, upstream=made.upstream)]

    return {
        "make": make,
        "sizes": (
            {"N": 3, "T": 4, "D": 5, "M": 2},
            {"N": 5, "T": 3, "D": 2, "M": 4},
            {"N": 2, "T": 5, "D": 4, "M": 3},
        ),
        "smallest": {"N": 1, "T": 1, "D": 1, "M": 1},
        "special": one_step,
        "shapes": _STEP | _SEQUENCE | (_GATES if gates > 1 else {}),
    }


register(
    Exercise(
        id="5.1",
        name="embedding_forward",
        points=1,
        reference=nn.embedding_forward,
        **_TABLE_PROBES,
        returns=("Y", "cache"),
        hints=(
            "The table has one row for each token. Which row belongs to token 3?",
            "A list of row numbers in square brackets gives those rows, in that order, "
            "repeated ones too.",
            "The same works with an array of any shape: the rows take the place of its entries. "
            "Which shape has the result for tokens of shape (N, T)?",
        ),
    ),
    Exercise(
        id="5.2",
        name="embedding_backward",
        points=2,
        reference=nn.embedding_backward,
        **_TABLE_PROBES,
        returns=("dW",),
        forward="embedding_forward",
        hints=(
            "A token stands at three places. Which entries of dY belong to its row of the table?",
            "They are added up; the row of a token that did not occur stays 0.",
            "Beware of += with an array of indices: an index that stands there twice is written "
            "once. Loop over all places, use what NumPy has for this, or one-hot rows.",
        ),
    ),
    Exercise(
        id="5.3",
        name="rnn_step_forward",
        points=1,
        reference=nn.rnn_step_forward,
        **_STEP_PROBES,
        returns=("h", "cache"),
        hints=(
            "What goes into a step? Which two of these are multiplied by matrices?",
            "It is a linear layer with two inputs: two products of shape (N, M) and one bias "
            "are added up.",
            "The sum goes through tanh as a whole. Keep what the way back will ask for: "
            "both inputs, both matrices, and what determines the slope of tanh.",
        ),
    ),
    Exercise(
        id="5.4",
        name="rnn_step_backward",
        points=3,
        reference=nn.rnn_step_backward,
        **_STEP_PROBES,
        returns=("dx", "dh_prev", "dWx", "dWh", "db"),
        forward="rnn_step_forward",
        hints=(
            "Which function was the last on the way forward? It is the first on the way back.",
            "Find the gradient of the sum inside tanh first; its slope can be written with h.",
            "From that sum on it is the linear layer twice: once for x with Wx, "
            "once for h_prev with Wh. The bias is as it was there.",
        ),
    ),
    Exercise(
        id="5.5",
        name="rnn_forward",
        points=2,
        reference=nn.rnn_forward,
        **_sequence(1),
        returns=("H", "cache"),
        hints=(
            "What does the first step start from? And the second?",
            "A loop over the T time steps: X[:, t] is the input of all N sequences at time t.",
            "Each round makes a state, keeps it and its cache, and hands the state to the next "
            "round. np.stack puts a list of arrays side by side along an axis that you choose.",
        ),
    ),
    Exercise(
        id="5.7",
        name="rnn_backward",
        points=4,
        reference=nn.rnn_backward,
        **_sequence(1),
        returns=("dX", "dh0", "dWx", "dWh", "db"),
        forward="rnn_forward",
        hints=(
            "By which two ways does the state at time t reach the loss? "
            "Which of them ends at the last time step?",
            "Walk from the end to the beginning. At each step, what dH says of this state and "
            "what the next step handed back are added up.",
            "All steps share Wx, Wh and b: what each wants of them adds up. "
            "What the first step hands back belongs to h0.",
        ),
    ),
    Exercise(
        id="5.8",
        name="lstm_step_forward",
        points=3,
        reference=nn.lstm_step_forward,
        **_LSTM_STEP_PROBES,
        returns=("h", "c", "cache"),
        run=_run_lstm_step_forward,
        hints=(
            "One sum of shape (N, 4 M) as in the plain net. Which M columns of it are which gate?",
            "Three blocks become shares from 0 to 1, the last becomes content from −1 to 1.",
            "The new cell is a share of the old one and a share of the new content. "
            "The state is the share of the squashed cell that is let out.",
        ),
    ),
    Exercise(
        id="5.10",
        name="lstm_step_backward",
        points=5,
        reference=nn.lstm_step_backward,
        **{**_LSTM_STEP_PROBES, "make": _lstm_step_back},
        returns=_LSTM_STEP_PARTS,
        forward="lstm_step_forward",
        run=_run_lstm_step_backward,
        hints=(
            "c reaches the loss by two ways: one gradient arrives as dc. What is the other way?",
            "With the whole gradient at c, take the forward lines one by one: every product "
            "gives each of its factors the gradient times the other factor.",
            "Each block then passes its own slope, sigmoid or tanh. Put the four blocks side by "
            "side in the forward order: from there on it is the linear layer twice.",
        ),
    ),
    Exercise(
        id="5.11",
        name="lstm_forward",
        points=2,
        reference=nn.lstm_forward,
        **_sequence(4),
        returns=("H", "cache"),
        hints=(
            "What are the two arrays that one step hands to the next?",
            "The loop is that of the plain net, with one more array carried along.",
            "The state begins as h0. The cell begins with nothing in it. "
            "Only the states are returned.",
        ),
    ),
    Exercise(
        id="5.12",
        name="lstm_backward",
        points=4,
        reference=nn.lstm_backward,
        **_sequence(4),
        returns=("dX", "dh0", "dWx", "dWh", "db"),
        forward="lstm_forward",
        hints=(
            "Two arrays went from step to step. How many gradients come back from step to step?",
            "Only the state is seen by the loss directly: dH[:, t] is added to one of the two.",
            "Otherwise it is the way back of the plain net: from the end to the beginning, "
            "sums for what all steps share, and what is left over at the start for h0.",
        ),
    ),
)
