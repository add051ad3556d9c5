"""Slips in writing a caption word by word."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_decoding import (
    HOW_MANY,
    LAST_TOKEN,
    LIKELIEST,
    SCORE_OF_CAPTION,
    STATE_HANDED_ON,
    WHERE_IT_ENDS,
)

GREEDY = "greedy_decode"


def write(
    step, state, start, end, length, *, choose=np.argmax, ends=None, reads=None, states=None
):  # fmt: skip
    """Tokens and their log-probabilities, with another choice, end, word read or state.

    Args:
        step: as in the exercise, and so are state, start, end and length.
        choose: names one of the log-probabilities, (V,).
        ends: says of a token whether it ends the caption.
        reads: says which token a step reads, from all that were written.
        states: says which state a step starts from, from all that there have been.
    """
    ends = ends or (lambda token: token == end)
    written, logs, visited = [start], [], [state]
    while len(logs) < length:
        last = reads(written) if reads else written[-1]
        log_probs, state = step(states(visited) if states else state, np.array([last]))
        visited.append(state)
        written.append(int(choose(log_probs[0])))
        logs.append(float(log_probs[0, written[-1]]))
        if ends(written[-1]):
            break
    return written[1:], logs


def _slip(name, says, advice, **changed):
    def wrong(step, state, start, end, length):
        tokens, logs = write(step, state, start, end, length, **changed)
        return tokens, sum(logs)

    wrong.__name__ = name
    mistake(GREEDY, WHOLE, says, advice)(wrong)


for _name, _says, _advice, _changed in (
    (
        "never_ends",
        "the caption goes on after its END, up to length",
        WHERE_IT_ENDS,
        {"ends": lambda token: False},
    ),
    (
        "ends_at_two",
        "the caption ends at token 2, whatever the argument end says",
        WHERE_IT_ENDS,
        {"ends": lambda token: token == 2},
    ),
    (
        "ends_at_null",
        "the caption ends at token 0, not at end",
        WHERE_IT_ENDS,
        {"ends": lambda token: token == 0},
    ),
    (
        "start_every_time",
        "every step reads START, not the token just written",
        LAST_TOKEN,
        {"reads": lambda written: written[0]},
    ),
    (
        "reads_too_late",
        "a step reads the token before the last: one round too late",
        LAST_TOKEN,
        {"reads": lambda written: written[max(0, len(written) - 2)]},
    ),
    (
        "starts_with_one",
        "the first step reads token 1, whatever the argument start says",
        LAST_TOKEN,
        {"reads": lambda written: written[-1] if len(written) > 1 else 1},
    ),
    (
        "starts_with_null",
        "the first step reads token 0, not start",
        LAST_TOKEN,
        {"reads": lambda written: written[-1] if len(written) > 1 else 0},
    ),
    (
        "state_not_carried",
        "every step starts from the first state: the new one is dropped",
        STATE_HANDED_ON,
        {"states": lambda visited: visited[0]},
    ),
    (
        "state_too_late",
        "a step starts from the state before the last one",
        STATE_HANDED_ON,
        {"states": lambda visited: visited[max(0, len(visited) - 2)]},
    ),
    (
        "least_likely",
        "the least likely token is taken: the log nearest to 0 is the likeliest",
        LIKELIEST,
        {"choose": np.argmin},
    ),
    (
        "second_best",
        "the second likeliest token is taken",
        LIKELIEST,
        {"choose": lambda row: np.argsort(row)[-2]},
    ),
):
    _slip(_name, _says, _advice, **_changed)


@mistake(GREEDY, WHOLE, "one token too many is written", HOW_MANY)
def one_too_many(step, state, start, end, length):
    tokens, logs = write(step, state, start, end, length + 1)
    return tokens, sum(logs)


@mistake(GREEDY, WHOLE, "one token too few is written: START takes its room", HOW_MANY)
def one_too_few(step, state, start, end, length):
    tokens, logs = write(step, state, start, end, length - 1)
    return tokens, sum(logs)


@mistake(GREEDY, "tokens", "tokens begin with START, which nobody has written", HOW_MANY)
def with_start(step, state, start, end, length):
    return [start, *write(step, state, start, end, length)[0]]


def _without_end(step, state, start, end, length):
    tokens, logs = write(step, state, start, end, length)
    ended = tokens[-1] == end
    return (tokens[:-1], logs[:-1]) if ended else (tokens, logs)


@mistake(GREEDY, WHOLE, "END is left out: the loop stops before it is kept", WHERE_IT_ENDS)
def end_left_out(step, state, start, end, length):
    tokens, logs = _without_end(step, state, start, end, length)
    return tokens, sum(logs)


@mistake(GREEDY, "tokens", "tokens lack their END", WHERE_IT_ENDS)
def end_cut(step, state, start, end, length):
    return _without_end(step, state, start, end, length)[0]


@mistake(GREEDY, "tokens", "tokens are filled up to length after their END", WHERE_IT_ENDS)
def filled_up(step, state, start, end, length):
    tokens, _ = write(step, state, start, end, length)
    return tokens + [0] * (length - len(tokens))


def _score_slip(name, says, score, advice=SCORE_OF_CAPTION):
    def wrong(step, state, start, end, length):
        return score(np.array(write(step, state, start, end, length)[1]))

    wrong.__name__ = name
    mistake(GREEDY, "score", says, advice)(wrong)


for _name, _says, _score in (
    (
        "probabilities_added",
        "score adds probabilities, not their logs",
        lambda logs: np.exp(logs).sum(),
    ),
    ("probability", "score is the probability, not its logarithm", lambda logs: np.exp(logs.sum())),
    ("averaged", "score is divided by the number of tokens", lambda logs: logs.mean()),
    ("last_only", "score is that of the last token only: it is overwritten", lambda logs: logs[-1]),
    ("first_only", "score is that of the first token only", lambda logs: logs[0]),
    ("negative", "score has the wrong sign: it is a loss", lambda logs: -logs.sum()),
    ("twice_logged", "score adds logs of logs", lambda logs: np.log(-logs).sum()),
    ("multiplied", "score multiplies the logs, but logs are added", lambda logs: logs.prod()),
):
    _score_slip(_name, _says, _score)


@mistake(GREEDY, "score", "score lacks the log-probability of END", WHERE_IT_ENDS)
def end_not_scored(step, state, start, end, length):
    return sum(_without_end(step, state, start, end, length)[1])
