"""From next-word probabilities to captions: greedy, by chance, and by beam search.

Every way of decoding asks the same question again and again:

    log_probs, state = step(state, tokens)

with tokens, (B,), the last token of each of B captions, log_probs, (B, V), the
log-probability of each next token, and state, a dictionary of arrays with B rows (NumPy, or
anything else that array[rows] and len(array) work on). A step may put more into the state
than it found, such as attention weights. Captions that have ended are asked about as long as
others have not; what the step says about them is dropped.
"""

from dataclasses import dataclass, field

import numpy as np

from ._checks import expect_generator


def greedy_decode(step, state, start, end, length):
    """Write one caption, taking the likeliest token each time.

    Args:
        step: step(state, tokens (1,)) -> (log_probs (1, V), new state).
        state: what the first step starts from, a dictionary of arrays with one row.
        start: token that the first step is given.
        end: token that ends the caption.
        length: the caption has at most so many tokens.

    Returns:
        tokens, (L,), integers: without start, with end unless length cut it short, and
        score, the sum of their log-probabilities. Of equally likely tokens the lower is
        taken.
    """
    tokens, score, last = [], 0.0, start
    for _ in range(length):
        log_probs, state = step(state, np.array([last]))  # (1, V)
        last = int(log_probs[0].argmax())  # the first of the largest
        tokens.append(last)
        score += float(log_probs[0, last])
        if last == end:
            break
    return np.array(tokens), score


def beam_decode(step, state, start, end, length, width, alpha=0.0):
    """Write one caption, keeping the best few beginnings each time and not only one.

    Args:
        step: step(state, tokens (1,)) -> (log_probs (1, V), new state).
        state: what the first step starts from, a dictionary of arrays with one row.
        start: token that the first step is given.
        end: token that ends a caption; from then on it stays in the beam as it is.
        length: a caption has at most so many tokens.
        width: how many beginnings are kept; 1 is greedy_decode.
        alpha: captions of L tokens, end included, are compared by score / L^alpha: 0 by
            probability alone, which favours short ones, 1 by the mean over their tokens.

    Returns:
        tokens, (L,), integers: without start, with end unless length cut it short, and
        score, the sum of their log-probabilities, not divided. Among equals the caption
        with the lower token is taken, at the first place where they differ.
    """
    beam = [(0.0, [], state)]
    for _ in range(length):
        grown = []
        for score, tokens, state in beam:
            if tokens and tokens[-1] == end:
                grown.append((score, tokens, state))  # frozen
                continue
            last = tokens[-1] if tokens else start
            log_probs, new_state = step(state, np.array([last]))  # (1, V)
            for token, log_prob in enumerate(log_probs[0]):
                grown.append((score + float(log_prob), [*tokens, token], new_state))
        grown.sort(key=lambda one: (-one[0] / len(one[1]) ** alpha, one[1]))
        beam = grown[:width]
    score, tokens, _ = beam[0]
    return np.array(tokens), score


@dataclass(frozen=True)
class Decoded:
    """Captions as decoding wrote them.

    Args:
        tokens: (N, T), integers, without start; null after end.
        log_probs: (N,), the sum of the log-probabilities of a caption's tokens, end
            included, as the net gives them: neither tempered nor divided by a length.
        kept: {name: (N, T, ...)}, what the state held after each step, 0 after end.
    """

    tokens: np.ndarray
    log_probs: np.ndarray
    kept: dict = field(default_factory=dict)


def greedy(step, state, *, start, end, length, null=0, keep=()):
    """Write N captions at once, taking the likeliest token each time.

    Args:
        step: step(state, tokens (N,)) -> (log_probs (N, V), new state).
        state: what the first step starts from, a dictionary of arrays with N rows.
        start: token that the first step is given.
        end: token that ends a caption.
        length: T, a caption has at most so many tokens.
        null: token that stands after the end.
        keep: names in the state to collect, step by step, such as ("attention",).

    Returns:
        Decoded. Of equally likely tokens the lower is taken.

    Raises:
        ValueError: settings out of range, a step that gives another shape or NaN.
        KeyError: a name in keep that the state does not have.
    """
    return _write(step, state, _likeliest, start, end, length, null, keep)


def sample(
    step, state, *, start, end, length, rng, temperature=1.0, top_k=None, null=0, keep=()
):  # fmt: skip
    """Write N captions at once, drawing each token by its probability.

    Args:
        step: step(state, tokens (N,)) -> (log_probs (N, V), new state).
        state: what the first step starts from, a dictionary of arrays with N rows.
        start: token that the first step is given.
        end: token that ends a caption.
        length: T, a caption has at most so many tokens.
        rng: numpy.random.Generator; gives (N, V) numbers for each step.
        temperature: above 0: log-probabilities are divided by it, so that below 1 likely
            tokens are drawn more often than their probability says, above 1 less often.
        top_k: only the k likeliest tokens are drawn from; None for all.
        null: token that stands after the end.
        keep: names in the state to collect, step by step.

    Returns:
        Decoded, with the net's own log-probabilities.

    Raises:
        TypeError: rng is no generator.
        ValueError: settings out of range, a step that gives another shape or NaN.
        KeyError: a name in keep that the state does not have.

    Source:
        Adding to each log-probability a number -ln(-ln u), u uniform, and taking the
        largest sum draws by probability: Gumbel 1954. Top-k: Fan et al., Hierarchical
        neural story generation, ACL 2018.
    """
    expect_generator(rng)
    if not 0 < temperature < np.inf:
        raise ValueError(
            f"temperature: expected a number above 0, got {temperature!r}; 0 would be greedy"
        )
    if top_k is not None:
        expect_count("top_k", top_k)

    def choose(log_probs):
        scaled = log_probs / temperature  # (N, V)
        if top_k is not None and top_k < scaled.shape[1]:
            order = np.argsort(-scaled, axis=1, kind="stable")  # stable: lower tokens first
            np.put_along_axis(scaled, order[:, top_k:], -np.inf, axis=1)
        return _likeliest(scaled + rng.gumbel(size=scaled.shape))

    return _write(step, state, choose, start, end, length, null, keep)


def _likeliest(log_probs):
    return log_probs.argmax(axis=1)  # (N,), the first of the largest


def _write(step, state, choose, start, end, length, null, keep):
    """Write N captions side by side; choose names the next token of each."""
    expect_count("length", length)
    N = rows_of(state)
    tokens = np.full((N, length), null, dtype=np.int64)
    totals, done, last = np.zeros(N), np.zeros(N, dtype=bool), np.full(N, start, dtype=np.int64)
    kept = {name: [] for name in keep}
    for t in range(length):
        log_probs, state = step(state, last)
        expect_log_probs(log_probs, N)
        last = np.where(done, null, choose(log_probs))  # (N,)
        tokens[:, t] = last
        totals += np.where(done, 0.0, log_probs[np.arange(N), last])
        for name, entries in kept.items():
            entries.append(blanked(state[name], done))
        done |= last == end
        if done.all():
            break
    return Decoded(tokens, totals, {name: stacked(one, length) for name, one in kept.items()})


def rows_of(state):
    """Count the captions that a state is of.

    Args:
        state: dictionary of arrays with N rows.

    Returns:
        N.

    Raises:
        TypeError: no dictionary.
        ValueError: nothing in it, or arrays of unequal length.
    """
    if not isinstance(state, dict):
        raise TypeError(f"state: expected a dictionary of arrays, got {type(state).__name__}")
    rows = {name: len(array) for name, array in state.items()}
    if len(set(rows.values())) != 1:
        raise ValueError(
            f"state: expected arrays with as many rows as there are captions, got {rows}; "
            "step by the batch, and keep weights out of the state"
        )
    return next(iter(rows.values()))


def expect_log_probs(log_probs, n_rows):
    """Refuse what cannot be log-probabilities of the next tokens.

    Args:
        log_probs: expected (n_rows, V), floats up to 0.
        n_rows: captions asked about.

    Raises:
        ValueError: another shape, NaN, or a number above 0.
    """
    shape = np.shape(log_probs)
    if len(shape) != 2 or shape[0] != n_rows:
        raise ValueError(f"step: expected log_probs (B, V) with B = {n_rows}, got {shape}")
    largest = np.max(log_probs)
    if not largest <= 1e-3:  # NaN too; rounding may lift ln 1 a little
        raise ValueError(
            f"step: expected log-probabilities, 0 or less, got {largest:.4g}; "
            "logits or probabilities without log_softmax?"
        )


def blanked(array, done):
    """Copy an array with zeros in the rows of captions that are over.

    Args:
        array: (N, ...), anything that NumPy can read.
        done: (N,), bool.

    Returns:
        A NumPy array of the same shape.
    """
    array = np.asarray(array).copy()
    array[done] = 0
    return array


def stacked(steps, length):
    """Put what was kept of each step side by side.

    Args:
        steps: up to `length` arrays, (N, ...).
        length: T.

    Returns:
        (N, T, ...), 0 at the steps that were not taken.
    """
    out = np.zeros((len(steps[0]), length, *steps[0].shape[1:]), steps[0].dtype)
    out[:, : len(steps)] = np.stack(steps, axis=1)
    return out


def expect_count(name, value):
    """Refuse anything but a whole number from 1 on.

    Args:
        name: of the setting, for the message.
        value: the setting.

    Raises:
        ValueError: anything else.
    """
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    if not whole or value < 1:
        raise ValueError(f"{name}: expected a whole number from 1 on, got {value!r}")
