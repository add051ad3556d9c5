"""Steps to decode with, made for probes: their words follow from the state, or from a table."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

State = Mapping[str, np.ndarray]


class Recurrent:
    """A small recurrent net that says how likely each token is to come next.

    Args:
        table: what a token adds to the state, (V, M).
        Wh: from state to state, (M, M).
        out: from the state to the scores, (M, V).
        bias: added to the scores, (V,).
    """

    def __init__(self, table, Wh, out, bias) -> None:
        self.table, self.Wh, self.out, self.bias = table, Wh, out, bias

    def __call__(self, state: State, tokens: np.ndarray) -> tuple[np.ndarray, State]:
        """Log-probabilities, (B, V), and the new state; tokens, (B,), are read first."""
        tokens = expected_tokens(state, tokens)
        h = np.tanh(state["h"] @ self.Wh + self.table[tokens])
        Z = h @ self.out + self.bias
        Z = Z - Z.max(axis=1, keepdims=True)
        return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True)), {"h": h}

    def __repr__(self) -> str:
        return f"a net of {len(self.bias)} tokens"


class Table:
    """The next token's probabilities depend on the last token alone: few numbers, by hand.

    Args:
        P: probabilities of the next token, a row for each last one, (V, V).
        end: token after which nothing need be told.
    """

    def __init__(self, P: np.ndarray, end: int) -> None:
        self.P, self.end = P, end

    def __call__(self, state: State, tokens: np.ndarray) -> tuple[np.ndarray, State]:
        """Log-probabilities, (B, V), and the state, which counts the steps."""
        tokens = expected_tokens(state, tokens)
        return np.log(self.P[tokens]), {"h": state["h"] + 1}

    def __repr__(self) -> str:
        rows = [
            f"[{', '.join(f'{p:g}' for p in row)}] after {token}"
            for token, row in enumerate(self.P)
            if token != self.end
        ]
        return f"(logs of {', '.join(rows)})"


def expected_tokens(state: State, tokens: np.ndarray) -> np.ndarray:
    """The tokens as they must be: one for each row of the state.

    Raises:
        TypeError: the state is no dictionary.
        ValueError: another shape.
    """
    if not isinstance(state, Mapping):
        raise TypeError(f"step: the state is a dictionary of arrays, got {type(state).__name__}")
    rows, got = len(state["h"]), np.shape(tokens)
    if got != (rows,):
        raise ValueError(
            f"step: expected tokens of shape ({rows},), one for each row of the state, got "
            f"{got or 'a single number'}; np.array([token]) is an array with one"
        )
    return np.asarray(tokens, dtype=int)
