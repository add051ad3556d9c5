"""Exercises of lesson 05, fourth part: from probabilities of the next word to a caption."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.exercises.words_to_decode import Recurrent, Table
from course_utils.checking.mistakes import catalogue
from course_utils.checking.returns import WrongReturnError, kind_of, unpack
from course_utils.nn.decoding import beam_decode, greedy_decode

START, END = 1, 2
_TRIES = 40_000
_NEARLY = 2e-3  # single precision must not turn the order of two captions

# Sizes so large that no caption is as long as a state, or the vocabulary.
_SIZES = ({"V": 13, "M": 16}, {"V": 17, "M": 12}, {"V": 15, "M": 14})

# Some slips in a beam search change few captions. So that a wrong answer earns the same with
# whatever numbers are drawn, it is laid down where each shows. These only on special probes:
_SHOWN_BY_SPECIAL = ("places_refilled", "places_left", "one_too_many", "never_cut")
# Width, alpha, and what must end at another length, by the size of the vocabulary.
_BEAMS = {
    13: (3, 0.7, ("best_ended_wins",)),
    17: (2, 0.0, ("state_shared", "states_not_moved")),
    15: (4, 1.0, ("normalised_at_last", "plain_at_last", "times_alpha", "start_counted",
                  "divided_again")),
}  # fmt: skip
_SHOWN_IN_SINGLE_PRECISION = ("one_round_more", "one_round_less")


class _Nudged:
    """A step whose log-probabilities are a little off, to see whether the caption holds."""

    def __init__(self, step: Callable, seed: int) -> None:
        self.step, self.rng = step, np.random.default_rng(seed)

    def __call__(self, state, tokens):
        log_probs, state = self.step(state, tokens)
        return log_probs + self.rng.uniform(-_NEARLY, _NEARLY, log_probs.shape), state


def _net(draw: Draw, V: int, M: int, end: int, ends: float) -> tuple[Recurrent, dict]:
    """A step and its first state; the larger `ends`, the sooner captions end."""
    numbers = Draw(draw.rng)  # float64 also where the probe is not: then it is rounded
    table, Wh = 1.2 * numbers.array(V, M), numbers.array(M, M) / np.sqrt(M)
    out, bias = 1.3 * numbers.array(M, V) / np.sqrt(M), np.zeros(V)
    bias[end] = ends
    arrays = (a.astype(draw.dtype) for a in (table, Wh, out, bias))
    return Recurrent(*arrays), {"h": numbers.array(1, M).astype(draw.dtype)}


def _by_hand(draw: Draw, V: int) -> tuple:
    """A table of probabilities in hundredths, its first state, start and end."""
    weights = np.stack([draw.rng.permutation(np.arange(1, 12))[:V] for _ in range(V)])
    P = np.maximum(np.round(weights / weights.sum(axis=1, keepdims=True), 2), 0.02)
    P[:, -1] = np.round(1 - P[:, :-1].sum(axis=1), 2)
    return Table(P, end=1), {"h": np.zeros((1, 1))}, 0, 1


_found: dict[str, tuple[tuple, dict]] = {}


def _drawn_until(draw: Draw, make: Callable, decode: Callable, wanted: Callable) -> tuple:
    """Arguments of a probe whose caption is as wanted, and the same if nudged a little.

    A verdict asks for its probes more than once, and the search takes longer than the verdict:
    what was found from a state of the generator is kept, with the state it left.
    """
    generator = draw.rng.bit_generator
    key = f"{decode.__name__} {np.dtype(draw.dtype)} {generator.state}"
    if key not in _found:
        _found[key] = _search(draw, make, decode, wanted), generator.state
    args, generator.state = _found[key]
    return args


def _search(draw: Draw, make: Callable, decode: Callable, wanted: Callable) -> tuple:
    for _ in range(_TRIES):
        args = make(draw)
        tokens, _ = decode(*args)
        if wanted(args, tokens) and all(
            np.array_equal(decode(_Nudged(args[0], seed), *args[1:])[0], tokens)
            for seed in range(3)
        ):
            return args
    raise ValueError("no numbers found for this probe")


def tokens_and_score(result: Any) -> dict[str, Any]:
    """The tokens as an array of whole numbers, whatever holds them, and the score."""
    tokens, score = unpack(result, ("tokens", "score"))
    if not isinstance(tokens, (list, tuple, np.ndarray)):
        raise WrongReturnError(f"tokens: expected a list or an array, got {kind_of(tokens)}.")
    try:
        array = np.array(tokens)
    except ValueError:
        raise WrongReturnError("tokens: expected whole numbers, got lists within a list.") from None
    array = array.astype(int) if array.size == 0 else array
    if array.dtype.kind not in "iu":
        raise WrongReturnError(f"tokens: expected whole numbers, got {array.dtype}.")
    return {"tokens": array, "score": score}


def _run(call, probe, peers) -> dict[str, Any]:
    return tokens_and_score(call(*probe.args))


def _greedy(draw: Draw, sizes: Sizes) -> Probe:
    if "M" not in sizes:
        return Probe((*_by_hand(draw, sizes["V"]), sizes["T"]))
    V, M = sizes["V"], sizes["M"]

    def make(draw: Draw) -> tuple:
        return *_net(draw, V, M, END, ends=0.5), START, END, 9

    def wanted(args: tuple, tokens: np.ndarray) -> bool:
        return tokens[-1] == END and 4 <= len(tokens) <= 7 and START not in tokens

    return Probe(_drawn_until(draw, make, greedy_decode, wanted))


def _greedy_ends(draw: Draw) -> list[Probe]:
    def without_end(draw: Draw) -> tuple:
        return *_net(draw, 14, 12, END, ends=-3.0), START, END, 5

    def at_once(draw: Draw) -> tuple:
        return *_net(draw, 14, 12, END, ends=4.0), START, END, 5

    def others(draw: Draw) -> tuple:
        return *_net(draw, 14, 12, 6, ends=0.5), 9, 6, 8

    def other_words(args: tuple, tokens: np.ndarray) -> bool:
        return tokens[-1] == 6 and len(tokens) == 5 and END in tokens[:-1]

    def found(make: Callable, wanted: Callable) -> tuple:
        return _drawn_until(draw, make, greedy_decode, wanted)

    sizes = {"V": 14, "M": 12}
    cut = found(without_end, lambda args, tokens: len(tokens) == 5 and END not in tokens)
    ended = found(at_once, lambda args, tokens: len(tokens) == 1)
    return [
        Probe(cut, "a caption that does not end in time", sizes),
        Probe(ended, "a caption that ends at once", sizes),
        Probe(found(others, other_words), "start = 9, end = 6", sizes),
    ]


def _beam(draw: Draw, sizes: Sizes) -> Probe:
    if "M" not in sizes:
        alpha = float(draw.rng.integers(0, 2))
        return Probe((*_by_hand(draw, sizes["V"]), sizes["T"], 2, alpha))
    V, M = sizes["V"], sizes["M"]
    width, alpha, shown = _BEAMS.get(V, (4, 1.0, ()))

    def make(draw: Draw) -> tuple:
        return *_net(draw, V, M, END, ends=0.3), START, END, 7, width, alpha

    def wanted(args: tuple, tokens: np.ndarray) -> bool:
        if not _worth_searching(args, tokens):
            return False
        if draw.dtype == np.float32:
            return _show(args, _SHOWN_IN_SINGLE_PRECISION) and _hide(args, _SHOWN_BY_SPECIAL)
        return _show(args, shown, len) and _hide(args, _SHOWN_BY_SPECIAL)

    return Probe(_drawn_until(draw, make, beam_decode, wanted))


@functools.cache
def _slips() -> dict[str, Callable]:
    return {m.id.split("/")[1]: m.wrong for m in catalogue(beam_decode.__name__)}


def _show(args: tuple, slips: Iterable[str], told_by: Callable = list) -> bool:
    """Whether each of these known mistakes gives another caption, or one of another length."""
    right = told_by(beam_decode(*args)[0])
    return all(told_by(_slips()[slip](*args)[0]) != right for slip in slips)


def _hide(args: tuple, slips: Iterable[str]) -> bool:
    """Whether all of these known mistakes give the right caption."""
    right = list(beam_decode(*args)[0])
    return all(list(_slips()[slip](*args)[0]) == right for slip in slips)


def _with(args: tuple, alpha: float) -> tuple[int, ...]:
    """The caption that a search with another alpha ends with."""
    return tuple(beam_decode(*args[:-1], alpha)[0])


def _worth_searching(args: tuple, tokens: np.ndarray) -> bool:
    """An ended caption that neither greedy writes, nor a search that prefers other lengths."""
    if tokens[-1] != args[3] or not 3 <= len(tokens) < args[4]:
        return False
    others = tuple(greedy_decode(*args[:5])[0]), _with(args, 0.0 if args[-1] else 1.0)
    return tuple(tokens) not in others


def _length_matters(args: tuple, tokens: np.ndarray) -> bool:
    """Three captions, by whether a score is divided by a power of the length, left, multiplied."""
    return len({tuple(tokens), _with(args, 0.0), _with(args, -args[-1])}) == 3


def _beam_special(draw: Draw) -> list[Probe]:
    def beam(V: int, M: int, end: int, ends: float, *settings) -> Callable:
        return lambda draw: (*_net(draw, V, M, end, ends), *settings)

    def found(make: Callable, wanted: Callable) -> tuple:
        return _drawn_until(draw, make, beam_decode, wanted)

    sizes = {"V": 14, "M": 12}
    one = found(beam(14, 12, 2, 0.5, 1, 2, 8, 1, 0.7), lambda a, tokens: 3 <= len(tokens) < 8)
    cut = found(
        beam(14, 12, 2, -3.0, 1, 2, 5, 3, 0.5),
        lambda args, tokens: len(tokens) == 5 and END not in tokens,
    )
    other = found(
        beam(14, 12, 6, 0.3, 9, 6, 6, 3, 0.5),
        lambda args, tokens: (
            _worth_searching(args, tokens)
            and _show(args, ("places_refilled", "places_left", "never_cut", "starts_with_one"))
        ),
    )
    wide = found(
        beam(14, 12, 2, -0.5, 1, 2, 3, 40, 0.0),
        lambda args, tokens: len(tokens) > 1,  # although END is among the first children
    )
    long = found(
        beam(14, 12, 2, 2.0, 1, 2, 7, 4, 2.0),
        lambda args, tokens: _length_matters(args, tokens) and _show(args, ("one_too_many",)),
    )
    return [
        Probe(one, "width 1", sizes),
        Probe(cut, "captions that do not end in time", sizes),
        Probe(other, "start = 9, end = 6", sizes),
        Probe(wide, "a beam wider than the vocabulary", sizes),
        Probe(long, "alpha = 2", sizes),
    ]


register(
    Exercise(
        id="5.18",
        name="greedy_decode",
        points=3,
        reference=greedy_decode,
        make=_greedy,
        sizes=_SIZES,
        smallest={"V": 3, "T": 2},
        special=_greedy_ends,
        shapes={"tokens": "L", "score": "", "h": "N M"},
        returns=("tokens", "score"),
        run=_run,
        hints=(
            "What does the first step read? What does each step hand to the next, besides its "
            "token?",
            "A round of the loop: ask step with the last token and the last state, take the "
            "token with the largest log-probability, keep it, go on from there.",
            "Two things end the loop: the caption has its END, or it has as many tokens as it "
            "may. The END is part of the caption, and its log-probability of the score.",
        ),
    ),
    Exercise(
        id="5.22",
        name="beam_decode",
        points=5,
        reference=beam_decode,
        make=_beam,
        sizes=_SIZES,
        smallest={"V": 3, "T": 2},
        special=_beam_special,
        shapes={"tokens": "L", "score": "", "h": "N M"},
        returns=("tokens", "score"),
        run=_run,
        hints=(
            "What has to be known of a beginning, to be able to go on with it later? Three "
            "things; keep them together.",
            "A round: every beginning that has not ended grows by every token; those that have "
            "ended stay as they are. All of them compete, and the best few are kept.",
            "A beginning's score is its parent's plus one log-probability. Only for comparing is "
            "it divided, by a power of the number of tokens; what is kept is the plain sum.",
        ),
    ),
)
