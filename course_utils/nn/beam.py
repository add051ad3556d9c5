"""Beam search for many captions at once."""

import numpy as np

from .decoding import Decoded, blanked, expect_count, expect_log_probs, rows_of, stacked


def beam_search(
    step, state, *, start, end, length, width, alpha=0.0, null=0, keep=()
):  # fmt: skip
    """Write N captions at once, keeping the best few beginnings of each.

    A caption that has ended stays in the beam as it is, as long as no `width` others are
    better. Width 1 is greedy.

    Args:
        step: step(state, tokens (B,)) -> (log_probs (B, V), new state), with B = N width.
        state: what the first step starts from, a dictionary of arrays with N rows.
        start: token that the first step is given.
        end: token that ends a caption.
        length: T, a caption has at most so many tokens.
        width: beginnings kept for each caption.
        alpha: captions of L tokens, end included, are compared by score / L^alpha: 0 by
            probability alone, which favours short ones, 1 by the mean over their tokens.
        null: token that stands after the end.
        keep: names in the state to collect along the caption that is returned.

    Returns:
        Decoded, with the best caption of each beam. Among equals the caption with the
        lower token is taken, at the first place where they differ.

    Raises:
        ValueError: settings out of range, a step that gives another shape or NaN.
        KeyError: a name in keep that the state does not have.

    Source:
        Division by the length as in Wu et al., Google's neural machine translation
        system, 2016, equation 14, without its constant 5.
    """
    expect_count("length", length)
    expect_count("width", width)
    if not 0 <= alpha < np.inf:
        raise ValueError(
            f"alpha: expected 0 or more, got {alpha!r}; scores are negative, so that dividing by "
            "L^alpha favours long captions"
        )
    N = rows_of(state)
    beams = _Beams(N, width, length, null)
    state = _rows(state, np.repeat(np.arange(N), width))  # (N W) rows
    last, kept = np.full(N * width, start), {name: [] for name in keep}
    for t in range(length):
        log_probs, state = step(state, last)  # (N W, V)
        expect_log_probs(log_probs, N * width)
        for name, entries in kept.items():
            entries.append(blanked(state[name], beams.done))
        parents = beams.grow(t, log_probs, end, alpha)  # (N W,)
        state = _rows(state, parents)
        kept = {name: [one[parents] for one in entries] for name, entries in kept.items()}
        last = beams.tokens[:, t]
        if beams.done.all():
            break
    best = beams.best(alpha)  # (N,)
    kept = {name: stacked([one[best] for one in entries], length) for name, entries in kept.items()}
    return Decoded(beams.tokens[best], beams.scores[best], kept)


class _Beams:
    """N beams of W beginnings each, in rows of N W; a beam is sorted by its tokens.

    Sorted by tokens and not by score, because then the first of several equal scores is
    the caption with the lower token.
    """

    def __init__(self, N, width, length, null):
        self.N, self.width, self.null = N, width, null
        self.tokens = np.full((N * width, length), null, dtype=np.int64)
        # One empty beginning for each caption; the other places in its beam are free.
        self.scores = np.full((N, width), -np.inf)
        self.scores[:, 0] = 0
        self.scores = self.scores.reshape(-1)  # (N W,), sums of log-probabilities
        self.lengths = np.zeros(N * width, dtype=np.int64)
        self.done = np.zeros(N * width, dtype=bool)

    def grow(self, t, log_probs, end, alpha):
        """Add a token to every beginning, keep the best, and tell which rows they came from."""
        V = log_probs.shape[1]
        grown = self.scores[:, None] + log_probs  # (N W, V)
        grown[self.done] = -np.inf
        grown[self.done, self.null] = self.scores[self.done]  # frozen: one way to go on
        lengths = np.where(self.done, self.lengths, t + 1)  # (N W,)
        ranked = (grown / lengths[:, None] ** alpha).reshape(self.N, -1)  # (N, W V)
        chosen = np.stack([_best_places(row, self.width) for row in ranked])  # (N, W)
        places = chosen + np.arange(self.N)[:, None] * self.width * V
        parents, tokens = np.divmod(places.reshape(-1), V)  # (N W,)
        self.scores, self.lengths = grown[parents, tokens], lengths[parents]
        self.tokens = self.tokens[parents]
        self.tokens[:, t] = tokens
        self.done = self.done[parents] | (tokens == end)
        return parents

    def best(self, alpha):
        """Find the row of the best caption in each beam, (N,)."""
        ranked = (self.scores / self.lengths**alpha).reshape(self.N, self.width)
        return ranked.argmax(axis=1) + np.arange(self.N) * self.width


def _best_places(ranked, width):
    """Find the `width` largest numbers, the first of equals first; places in rising order.

    As sorting all of them would, at the cost of a partition: there are W V of them.
    """
    threshold = np.partition(ranked, -width)[-width]
    above, at = np.flatnonzero(ranked > threshold), np.flatnonzero(ranked == threshold)
    return np.sort(np.concatenate([above, at[: width - len(above)]]))


def _rows(state, rows):
    """Take the given rows of every array."""
    return {name: array[rows] for name, array in state.items()}
