"""Right answers that write captions, greedily and by beam search."""

import heapq
from dataclasses import dataclass, field

import numpy as np

from course_utils.nn import decoding
from course_utils.nn.beam import beam_search
from tests.checking.right import right


@right("greedy_decode")
def greedy_while(step, state, start, end, length):
    tokens, logs = [start], []
    while len(logs) < length and (tokens[-1] != end or not logs):
        log_probs, state = step(state, np.array(tokens[-1:]))
        tokens.append(np.argmax(log_probs))
        logs.append(np.max(log_probs))
    return tokens[1:], sum(logs)


@right("greedy_decode")
def greedy_recursive(step, state, start, end, length):
    if length == 0:
        return (), 0.0
    log_probs, state = step(state, [start])
    token = max(range(log_probs.shape[1]), key=lambda k: log_probs[0, k])
    if token == end:
        return (token,), log_probs[0, token]
    rest, score = greedy_recursive(step, state, token, end, length - 1)
    return (token, *rest), score + log_probs[0, token]


@right("greedy_decode")
def greedy_into_an_array(step, state, start, end, length):
    tokens, last = np.zeros(length, np.int32), np.full(1, start)
    score = np.zeros(1)
    for t in range(length):
        log_probs, state = step(state, last)
        last = log_probs.argmax(axis=1)
        tokens[t], score = last[0], score + log_probs.max(axis=1)
        if tokens[t] == end:
            return tokens[: t + 1], float(score[0])
    return tokens, float(score[0])


@right("greedy_decode")
def greedy_by_sorting(step, state, start, end, length):
    tokens, probability, last = [], 1.0, start
    for _ in range(length):
        log_probs, state = step(state, np.array([last]))
        last = int(np.argsort(-np.ravel(log_probs), kind="stable")[0])
        tokens, probability = [*tokens, last], probability * np.exp(log_probs[0][last])
        if last == end:
            break
    return np.array(tokens), np.log(probability)


@right("greedy_decode")
def greedy_of_the_package(step, state, start, end, length):
    found = decoding.greedy(step, state, start=start, end=end, length=length, null=-1)
    return found.tokens[0][found.tokens[0] >= 0], found.log_probs[0]


@right("greedy_decode")
def greedy_cut_afterwards(step, state, start, end, length):
    tokens, logs = [], []
    for _ in range(length):
        last = tokens[-1] if tokens else start
        log_probs, state = step(dict(state), np.array([last]))
        tokens.append(int(log_probs[0].argmax()))
        logs.append(log_probs[0].max())
    L = tokens.index(end) + 1 if end in tokens else length
    return np.array(tokens[:L]), np.sum(logs[:L])


@right("beam_decode")
def beam_of_few_children(step, state, start, end, length, width, alpha=0.0):
    """Only the best `width` children of a beginning can be among the best `width` of all."""
    beam = [(0.0, (), state)]
    for _ in range(length):
        children = [one for one in beam if one[1][-1:] == (end,)]
        for score, tokens, state in beam:
            if tokens[-1:] == (end,):
                continue
            log_probs, after = step(state, np.array([start, *tokens][-1:]))
            for k in np.argsort(-log_probs[0], kind="stable")[:width]:
                children.append((score + log_probs[0, k], (*tokens, int(k)), after))
        children.sort(key=lambda one: one[0] / len(one[1]) ** alpha, reverse=True)
        beam = children[:width]
    return list(beam[0][1]), beam[0][0]


@dataclass(order=True)
class _Beginning:
    rank: float
    tokens: list = field(compare=False)
    score: float = field(compare=False)
    state: dict = field(compare=False)


@right("beam_decode")
def beam_with_a_heap(step, state, start, end, length, width, alpha=0.0):
    beam = [_Beginning(0.0, [start], 0.0, state)]
    for _ in range(length):
        heap = []
        for one in beam:
            if len(one.tokens) > 1 and one.tokens[-1] == end:
                heap.append(one)
                continue
            logs, after = step(one.state, np.array(one.tokens[-1:]))
            for token, log in enumerate(logs[0].tolist()):
                score = one.score + log
                rank = score / len(one.tokens) ** alpha  # START stands for the new token
                heap.append(_Beginning(rank, [*one.tokens, token], score, after))
        beam = heapq.nlargest(width, heap)
    return np.array(beam[0].tokens[1:]), beam[0].score


@right("beam_decode")
def beam_as_a_batch(step, state, start, end, length, width, alpha=0.0):
    """All beginnings in one call of step; an ended one gets a single child that costs nothing."""
    tokens, scores, counts = np.full((1, 0), end), np.zeros(1), np.zeros(1, int)
    last, done = np.array([start]), np.zeros(1, bool)
    for _ in range(length):
        log_probs, after = step(state, last)
        log_probs = log_probs.copy()
        log_probs[done] = -np.inf
        log_probs[done, end] = 0.0
        total = scores[:, None] + log_probs  # (B, V)
        lengths = (counts + ~done)[:, None]
        order = np.argsort(-(total / lengths**alpha), axis=None, kind="stable")[:width]
        parents, last = np.unravel_index(order, total.shape)
        alive = np.isfinite(total[parents, last])
        parents, last = parents[alive], last[alive]
        scores, counts = total[parents, last], lengths[parents, 0]
        tokens = np.concatenate([tokens[parents], last[:, None]], axis=1)
        state = {name: array[parents] for name, array in after.items()}
        done = done[parents] | (last == end)
        if done.all():
            break
    best = int(np.argmax(scores / counts**alpha))
    return tokens[best, : counts[best]], scores[best]


@right("beam_decode")
def beam_until_all_have_ended(step, state, start, end, length, width, alpha=0.0):
    def grow(one):
        tokens, score, state = one
        if end in tokens:
            return [one]
        log_probs, after = step(state, np.array([tokens[-1] if tokens else start]))
        return [([*tokens, k], score + v, after) for k, v in enumerate(map(float, log_probs[0]))]

    def worth(one):
        return one[1] if alpha == 0 else one[1] * len(one[0]) ** -alpha

    beam = [([], 0.0, state)]
    while any(end not in tokens and len(tokens) < length for tokens, _, _ in beam):
        grown = [child for one in beam for child in grow(one)]
        beam = sorted(grown, key=worth)[-width:][::-1]
    best = max(beam, key=worth)
    return best[0], best[1]


@right("beam_decode")
def beam_that_replays(step, state, start, end, length, width, alpha=0.0):
    """No state is kept: every beginning is read again from its first token."""

    def next_logs(tokens):
        now = state
        for token in [start, *tokens]:
            log_probs, now = step(now, np.array([token]))
        return log_probs[0]

    beam = {(): 0.0}
    for _ in range(length):
        grown = {}
        for tokens, score in beam.items():
            if tokens and tokens[-1] == end:
                grown[tokens] = score
            else:
                logs = next_logs(tokens)
                grown |= {(*tokens, k): score + float(log) for k, log in enumerate(logs)}
        kept = sorted(grown, key=lambda tokens: -grown[tokens] / len(tokens) ** alpha)[:width]
        beam = {tokens: grown[tokens] for tokens in kept}
    best = next(iter(beam))
    return np.array(best), beam[best]


@right("beam_decode")
def beam_of_the_package(step, state, start, end, length, width, alpha=0.0):
    found = beam_search(step, state, start=start, end=end, length=length, width=width, alpha=alpha)
    tokens = found.tokens[0].tolist()
    return tokens[: tokens.index(end) + 1 if end in tokens else length], found.log_probs[0]


@right("beam_decode")
def beam_in_single_precision(step, state, start, end, length, width, alpha=0.0):
    def rounded(state, tokens):
        log_probs, state = step(state, tokens)
        return log_probs.astype(np.float32), state

    tokens, score = decoding.beam_decode(rounded, state, start, end, length, width, alpha)
    return tokens.astype(np.int32), np.float32(score)
