"""Slips in the scores of beam search: what is kept, compared and returned."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes.advice_decoding import (
    COMPARED_BY,
    SCORE_OF_CAPTION,
    SUM_KEPT,
)
from course_utils.checking.mistakes.beam_steps import Search, slip


def _cut_by_plain_sums(s, grown):
    return sorted(grown, key=lambda one: (-one[0], one[1]))[: s.width]


def _worth_without_end(s, score, tokens):
    return score / max(1, len(tokens) - s.ended(tokens)) ** s.alpha


for _name, _says, _lines in (
    (
        "not_normalised",
        "lengths make no difference: alpha is not used, or all are divided alike",
        {"worth": lambda s, score, t: score},
    ),
    (
        "multiplied",
        "scores are multiplied by the length, not divided: short captions win",
        {"worth": lambda s, score, t: score * len(t) ** s.alpha},
    ),
    (
        "always_mean",
        "scores are divided by the length itself, whatever alpha says",
        {"worth": lambda s, score, t: score / len(t)},
    ),
    (
        "times_alpha",
        "scores are divided by 1 + alpha times the length, not by a power",
        {"worth": lambda s, score, t: score / (1 + s.alpha * len(t))},
    ),
    (
        "normalised_at_last",
        "lengths are compared only at the end: the beam is cut by plain sums",
        {"cut": _cut_by_plain_sums},
    ),
    (
        "plain_at_last",
        "the beam is cut by length, but the last choice is by plain sums",
        {"best": lambda s, beam: max(beam, key=lambda one: one[0])},
    ),
    (
        "start_counted",
        "START is counted: every length is one too large",
        {"worth": lambda s, score, t: score / (len(t) + 1) ** s.alpha},
    ),
    (
        "end_not_counted",
        "END is not counted: ended captions are taken for shorter",
        {"worth": _worth_without_end},
    ),
):
    slip(_name, _says, COMPARED_BY, **_lines)


def _divided_sums_kept(s, grown):
    return [(s.worth(score, t), t, state) for score, t, state in Search.cut(s, grown)]


for _name, _says, _lines in (
    (
        "parent_lost",
        "a child's score is its last log-probability: the parent's is lost",
        {"sum": lambda s, score, log: float(log)},
    ),
    (
        "probabilities_added",
        "probabilities are added where their logs should be",
        {"sum": lambda s, score, log: score + float(np.exp(log))},
    ),
    (
        "divided_again",
        "the divided score is kept, and divided again in the next round",
        {"cut": _divided_sums_kept},
    ),
):
    slip(_name, _says, SUM_KEPT, **_lines)


for _name, _says, _told in (
    (
        "score_divided",
        "score is divided by a power of the length: the plain sum is asked for",
        lambda s, score, tokens: (tokens, s.worth(score, tokens)),
    ),
    (
        "probability",
        "score is the probability, not its logarithm",
        lambda s, score, tokens: (tokens, float(np.exp(score))),
    ),
    (
        "averaged",
        "score is the mean over the tokens, not their sum",
        lambda s, score, tokens: (tokens, score / len(tokens)),
    ),
    ("negative", "score has the wrong sign: it is a loss", lambda s, score, t: (t, -score)),
):
    slip(_name, _says, SCORE_OF_CAPTION, "score", told=_told)
