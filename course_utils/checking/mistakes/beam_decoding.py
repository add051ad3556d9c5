"""Slips in beam search."""

from __future__ import annotations

import numpy as np

from course_utils.checking.mistakes.advice_decoding import (
    ALL_COMPETE,
    FROZEN,
    HOW_MANY,
    LAST_TOKEN,
    OWN_STATE,
    WHEN_TO_STOP,
    WHERE_IT_ENDS,
)
from course_utils.checking.mistakes.beam_steps import Search, never, slip


def _score_goes_on(s, beginning, beam):
    score, tokens, _ = beginning
    logs, state = s.asked(beginning, beam)
    return [(score + float(logs[s.end]), tokens, state)]


def _end_again(s, beginning, beam):
    score, tokens, state = beginning
    return [(score, [*tokens, s.end], state)]


def _put_aside(s, grown):
    """Ended captions of the best few leave the beam; the next best take their places."""
    best = Search.cut(s, grown)
    s.done = [*getattr(s, "done", []), *(one for one in best if s.ended(one[1]))]
    return [one for one in s.ranked(grown) if not s.ended(one[1])][: s.width]


def _put_aside_only(s, grown):
    """Ended captions leave the beam; nobody takes their places in this round."""
    best = Search.cut(s, grown)
    s.done = [*getattr(s, "done", []), *(one for one in best if s.ended(one[1]))]
    return [one for one in best if not s.ended(one[1])]


def _best_of_all(s, beam):
    return s.ranked([*s.done, *beam])[0]


for _name, _says, _lines in (
    (
        "places_refilled",
        "ended captions leave the beam: they should hold their places in it",
        {"cut": _put_aside, "best": _best_of_all},
    ),
    (
        "places_left",
        "ended captions leave the beam: they should hold their places in it",
        {"cut": _put_aside_only, "best": _best_of_all},
    ),
    (
        "ended_ones_grow",
        "ended captions go on growing after their END",
        {"ended": lambda s, t: False},
    ),
    (
        "ended_score_changes",
        "an ended caption keeps its tokens, but its score goes on falling",
        {"frozen": _score_goes_on, "over": never},
    ),
    (
        "end_repeated",
        "an ended caption gets one more END in every round",
        {"frozen": _end_again, "over": never},
    ),
    (
        "ended_ones_dropped",
        "ended captions fall out of the beam",
        {"frozen": lambda s, beginning, beam: []},
    ),
):
    slip(_name, _says, FROZEN, **_lines)


def _an_ended_one(s, beam):
    return s.ranked([one for one in beam if s.ended(one[1])] or beam)[0]


def _one_that_goes_on(s, beam):
    return s.ranked([one for one in beam if not s.ended(one[1])] or beam)[0]


for _name, _says, _lines in (
    (
        "first_ended_wins",
        "the search stops as soon as one caption has ended, and returns that",
        {"over": lambda s, beam: any(s.ended(t) for _, t, _ in beam), "best": _an_ended_one},
    ),
    (
        "best_ended_wins",
        "the search stops as soon as the best caption has ended",
        {"over": lambda s, beam: s.ended(beam[0][1])},
    ),
    (
        "unended_wins",
        "ended captions are passed over at last: only one that goes on can win",
        {"best": _one_that_goes_on},
    ),
):
    slip(_name, _says, WHEN_TO_STOP, **_lines)


def _best_children(s, beginning, beam):
    return s.ranked(Search.children(s, beginning, beam))[: s.width]


def _all_that_may_win(s, grown):
    """All of them, less those that an ended one has beaten for good: only to be faster.

    A score never rises, and no caption is longer than the limit.
    """
    ended = [s.worth(score, tokens) for score, tokens, _ in grown if s.ended(tokens)]
    beaten = max(ended, default=-np.inf) * s.length**s.alpha
    return s.ranked([one for one in grown if s.ended(one[1]) or one[0] >= beaten])


def _one_child(s, beginning, beam):
    return _best_children(s, beginning, beam)[: 1 if beginning[1] else s.width]


for _name, _says, _lines in (
    ("one_child_each", "only the best child of each beginning competes", {"children": _one_child}),
    (
        "width_one",
        "only one beginning is kept: width is not used, or all are alike",
        {"cut": lambda s, grown: s.ranked(grown)[:1]},
    ),
    (
        "never_cut",
        "every beginning keeps its best children: the beam is never cut",
        {"children": _best_children, "cut": _all_that_may_win},
    ),
    (
        "one_too_many",
        "one beginning too many is kept",
        {"cut": lambda s, grown: s.ranked(grown)[: s.width + 1]},
    ),
    (
        "one_too_few",
        "one beginning too few is kept",
        {"cut": lambda s, grown: s.ranked(grown)[: max(1, s.width - 1)]},
    ),
    (
        "worst_kept",
        "the worst are kept: the list is sorted upwards",
        {"ranked": lambda s, grown: Search.ranked(s, grown)[::-1]},
    ),
    (
        "last_returned",
        "the last of the beam is returned, not the best",
        {"best": lambda s, beam: s.ranked(beam)[-1]},
    ),
):
    slip(_name, _says, ALL_COMPETE, **_lines)


def _asked_with_one_state(s, beginning, beam):
    """The variable that holds the state is overwritten by every beginning that is asked."""
    state = getattr(s, "shared", s.first)
    logs, s.shared = Search.asked(s, (*beginning[:2], state), beam)
    return logs, s.shared


def _states_left_behind(s, grown):
    """State number k stays with whoever is number k after sorting."""
    states = []
    for _, _, state in grown:
        if not any(state is one for one in states):
            states.append(state)
    last = len(states) - 1
    kept = enumerate(Search.cut(s, grown))
    return [(score, tokens, states[min(k, last)]) for k, (score, tokens, _) in kept]


for _name, _says, _lines in (
    (
        "state_not_carried",
        "every step starts from the first state: the new one is dropped",
        {"state_of": lambda s, beginning: s.first},
    ),
    (
        "state_shared",
        "all beginnings share one state: that of the last one asked",
        {"asked": _asked_with_one_state},
    ),
    (
        "states_not_moved",
        "states keep their places while the beam is sorted",
        {"cut": _states_left_behind},
    ),
):
    slip(_name, _says, OWN_STATE, **_lines)

for _name, _says, _lines in (
    (
        "start_every_time",
        "every step reads START, not the last token of its beginning",
        {"read": lambda s, tokens, beam: s.start},
    ),
    (
        "token_of_the_best",
        "every beginning reads the last token of the best one",
        {"read": lambda s, tokens, beam: beam[0][1][-1] if tokens else s.start},
    ),
    (
        "starts_with_one",
        "the first step reads token 1, whatever the argument start says",
        {"read": lambda s, tokens, beam: tokens[-1] if tokens else 1},
    ),
):
    slip(_name, _says, LAST_TOKEN, **_lines)

slip("one_round_more", "one round too many is made", HOW_MANY, rounds=lambda s: s.length + 1)
slip("one_round_less", "one round too few is made", HOW_MANY, rounds=lambda s: s.length - 1)
slip(
    "with_start",
    "tokens begin with START, which nobody has written",
    HOW_MANY,
    "tokens",
    told=lambda s, score, tokens: ([s.start, *tokens], score),
)
slip(
    "ends_at_two",
    "a caption ends at token 2, whatever the argument end says",
    WHERE_IT_ENDS,
    ended=lambda s, tokens: bool(tokens) and tokens[-1] == 2,
)
slip(
    "end_cut",
    "tokens lack their END",
    WHERE_IT_ENDS,
    "tokens",
    told=lambda s, score, tokens: (tokens[:-1] if s.ended(tokens) else tokens, score),
)
