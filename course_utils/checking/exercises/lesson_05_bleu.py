"""Exercise of lesson 05 on BLEU: how near captions come to those that people wrote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.checking.exercises import Draw, Exercise, Probe, Sizes, register
from course_utils.checking.returns import WrongReturnError, kind_of
from course_utils.nn.bleu import corpus_bleu

_WORDS = ["a", "red", "blue", "square", "circle", "left", "of", "small", "two"]
_TRIES = 4000


class Words:
    """Lists of words, which no array holds; shown as Python writes them.

    Args:
        lists: captions, or groups of captions.
    """

    def __init__(self, lists: list) -> None:
        self.lists = lists

    def __repr__(self) -> str:
        return repr(self.lists)


def _sentence(draw: Draw, low: int, high: int, words: list[str]) -> list[str]:
    return draw.rng.choice(words, int(draw.rng.integers(low, high + 1))).tolist()


def _near(draw: Draw, reference: list[str], longer: int) -> list[str]:
    """The reference with a word exchanged, a piece repeated or cut out."""
    words = list(reference)
    words[int(draw.rng.integers(len(words)))] = str(draw.rng.choice(_WORDS))
    at = int(draw.rng.integers(len(words)))
    if longer > 0:
        words[at:at] = words[max(0, at - longer) : at]
    return words[:at] + words[at - longer :] if longer < 0 else words


def _corpus(draw: Draw, N: int, longer: int) -> tuple[list, list]:
    """Captions that are longer or shorter than their references, and 1 to 3 references each."""
    candidates, references = [], []
    for n in range(N):
        group = [_sentence(draw, 5, 9, _WORDS) for _ in range(1 + n % 3)]
        candidates.append(_near(draw, group[int(draw.rng.integers(len(group)))], longer))
        references.append(group)
    return candidates, references


def _drawn_until(draw: Draw, make: Callable, wanted: Callable, max_n: int) -> tuple:
    for _ in range(_TRIES):
        candidates, references = make(draw)
        if wanted(candidates, references, corpus_bleu(candidates, references, max_n)):
            return Words(candidates), Words(references), max_n
    raise ValueError("no captions found for this probe")


def _brevity(candidates: list, references: list) -> float:
    """Length of the captions over that of their nearest references."""
    nearest = [
        min((abs(len(one) - len(c)), len(one)) for one in group)[1]
        for c, group in zip(candidates, references, strict=True)
    ]
    return sum(map(len, candidates)) / sum(nearest)


def _captions(draw: Draw, sizes: Sizes) -> Probe:
    N, n = sizes["N"], sizes["n"]
    if draw.small:
        candidates = [_sentence(draw, 2, 3, _WORDS[:3]) for _ in range(N)]
        references = [[_sentence(draw, 2, 4, _WORDS[:3])] for _ in range(N)]
        return Probe((Words(candidates), Words(references), n))
    longer = {3: -2, 5: 2}.get(N, -1)

    def wanted(candidates, references, bleu) -> bool:
        lengths = _brevity(candidates, references)
        return bleu[-1] > 0.1 and (lengths > 1.1 if longer > 0 else 0.6 < lengths < 0.95)

    return Probe(_drawn_until(draw, lambda d: _corpus(d, N, longer), wanted, n))


def _hard_captions(draw: Draw) -> list[Probe]:
    """No run of four; captions with fewer words than a run; a single word; equal distances."""

    def short_ones(draw: Draw) -> tuple[list, list]:
        candidates, references = _corpus(draw, 4, -1)
        candidates[1], candidates[2] = candidates[1][:1], candidates[2][:2]
        return candidates, references

    def tied(draw: Draw) -> tuple[list, list]:
        candidates, references = _corpus(draw, 4, 0)
        for candidate, group in zip(candidates, references, strict=True):
            group[:] = [[*candidate[1:], "two", "left"], candidate[:-1], *group[:1]]
            candidate[2] = "of"
        return candidates, references

    def no_four(candidates, references, bleu) -> bool:
        return bleu[2] > 0 and bleu[3] == 0

    def all_runs(candidates, references, bleu) -> bool:
        return bleu[-1] > 0.1

    single = Words([["circle"]]), Words([[["a", "red", "circle"], ["a", "circle"]]]), 1
    near = _drawn_until(draw, lambda d: _corpus(d, 2, -1), no_four, 4)
    return [
        Probe(near, "no run of four words found", {"N": 2, "n": 4}),
        Probe(
            _drawn_until(draw, short_ones, all_runs, 4),
            "captions of one and two words",
            {"N": 4, "n": 4},
        ),
        Probe(single, "one caption of one word", {"N": 1, "n": 1}),
        Probe(
            _drawn_until(draw, tied, lambda c, r, b: b[-1] > 0.1 and _brevity(c, r) < 1.2, 3),
            "references as much longer as shorter",
            {"N": 4, "n": 3},
        ),
    ]


def _run(call, probe, peers) -> dict[str, Any]:
    candidates, references, max_n = probe.args
    bleu = call(candidates.lists, references.lists, max_n)
    if isinstance(bleu, (list, tuple)):
        try:
            bleu = np.array(bleu, dtype=float)
        except (TypeError, ValueError):
            raise WrongReturnError(f"bleu: expected numbers, got {kind_of(bleu)}.") from None
    return {"bleu": bleu}


register(
    Exercise(
        id="5.23",
        name="corpus_bleu",
        points=4,
        reference=corpus_bleu,
        make=_captions,
        sizes=({"N": 3, "n": 4}, {"N": 5, "n": 3}, {"N": 7, "n": 2}),
        smallest={"N": 1, "n": 1},
        special=_hard_captions,
        shapes={"bleu": "n"},
        returns=("bleu",),
        run=_run,
        hints=(
            "Which runs of two words has a caption, and which of them has some reference? How "
            "often may a run count that stands twice in the caption and once in a reference?",
            "For each n, two sums go over the whole set: runs found, and runs made. They are "
            "divided once, at the end. BLEU-n is the geometric mean of the first n quotients.",
            "A short caption finds all its words easily. What holds it back is a factor made of "
            "two sums: the words of all captions, and those of the references nearest in length.",
        ),
    ),
)
