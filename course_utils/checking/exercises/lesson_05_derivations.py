"""The derivations of lesson 05: through time, through the LSTM's cell, through attention."""

from __future__ import annotations

from course_utils.checking.derivations import Derivation, derivation_exercise, references
from course_utils.checking.derivations import settings_sequences as sequences
from course_utils.checking.exercises import register

# What each exercise derives.
DERIVATIONS: dict[str, Derivation] = {
    "5.6": sequences.RNN_TWO_STEPS,
    "5.9": sequences.LSTM_CELL,
    "5.20": sequences.ATTENTION,
}

register(
    derivation_exercise(
        "5.6",
        3,
        DERIVATIONS["5.6"],
        references.derive_rnn_two_steps,
        (
            "Begin at the end: h2 reaches L directly, and by no other way. By which two ways does "
            "h1 reach it?",
            "Through each tanh as in one step. z2 holds h1, so that h1 gets something back from "
            "there, by way of Wh; u1 is added to that.",
            "Wx, Wh and b are used twice, so each has two ways to L, and ways add up. Which state "
            "stood beside Wh in the first step, and which in the second?",
        ),
    ),
    derivation_exercise(
        "5.9",
        3,
        DERIVATIONS["5.9"],
        references.derive_lstm_cell,
        (
            "By which two ways does C reach L? One is written down as v; the other goes through H.",
            "H is a product. What is its derivative by C, with O held fixed? Add both ways first: "
            "everything behind C needs their sum.",
            "C is a sum of two products: each factor's gradient holds its partner. Then the slope "
            "of each gate by its own value: a sigmoid for three of them, tanh for G.",
        ),
    ),
    derivation_exercise(
        "5.20",
        4,
        DERIVATIONS["5.20"],
        references.derive_attention,
        (
            "Y is a product of P and the values. Both factors have a gradient, as in the linear "
            "layer without a bias.",
            "Row t of P is a softmax of row t of A: lesson 01 has the way back through it. "
            "The sum goes over all that the row may look at.",
            "A is a product of Q and the keys, with one constant in front that does not go away. "
            "For the keys the queries are summed over: which factor comes transposed?",
        ),
    ),
)
