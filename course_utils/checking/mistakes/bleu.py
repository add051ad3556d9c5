"""Slips in the BLEU of a corpus."""

from __future__ import annotations

from collections import Counter

import numpy as np

from course_utils.checking.mistakes import mistake
from course_utils.checking.mistakes.advice_bleu import (
    BREVITY,
    CLIPPED,
    GEOMETRIC,
    NEAREST,
    NOTHING_FOUND,
    POOLED,
    PRECISION,
    RUNS,
)
from course_utils.checking.mistakes.bleu_steps import (
    allowed,
    bleu,
    found,
    geometric,
    made,
    nearest,
    penalty,
    quotients,
    runs,
)


def _slip(name, says, advice, **changed):
    def wrong(candidates, references, max_n=4):
        return bleu(candidates, references, max_n, **changed)

    wrong.__name__ = name
    mistake("corpus_bleu", "bleu", says, advice)(wrong)


@mistake("corpus_bleu", "bleu", "this is the mean of the captions' own BLEU", POOLED)
def mean_of_sentences(candidates, references, max_n=4):
    each = [bleu([c], [g], max_n) for c, g in zip(candidates, references, strict=True)]
    return np.mean(each, axis=0)


def _mean_quotients(pairs, max_n, found, made):
    each = [[found(*pair, n) / max(1, made(*pair, n)) for pair in pairs]
            for n in range(1, max_n + 1)]  # fmt: skip
    return np.mean(each, axis=1)


@mistake(
    "corpus_bleu", "bleu", "each caption has its own brevity penalty, and they are averaged", POOLED
)
def mean_of_penalties(candidates, references, max_n=4):
    pairs = list(zip(candidates, references, strict=True))
    factor = np.mean([penalty(len(c), nearest(c, g)) for c, g in pairs])
    return factor * bleu(candidates, references, max_n, penalty=lambda c, r: 1.0)


_slip(
    "mean_of_precisions",
    "the precisions of the captions are averaged, not their counts added up",
    POOLED,
    quotients=_mean_quotients,
)
_slip(
    "last_caption",
    "only the last caption is counted: the sums are overwritten",
    POOLED,
    quotients=lambda pairs, max_n, found, made: quotients(pairs[-1:], max_n, found, made),
)


@mistake("corpus_bleu", "bleu", "the captions are joined to one long caption", POOLED)
def joined(candidates, references, max_n=4):
    longest = max(map(len, references))
    columns = [[w for g in references for w in g[min(i, len(g) - 1)]] for i in range(longest)]
    return bleu([[word for c in candidates for word in c]], [columns], max_n)


def _known(candidate, group, n):
    return sum(k for run, k in runs(candidate, n).items() if run in allowed(group, n))


def _against_all(candidate, group, n):
    together = sum((runs(reference, n) for reference in group), Counter())
    return sum((runs(candidate, n) & together).values())


def _against_least(candidate, group, n):
    least = runs(group[0], n)
    for reference in group[1:]:
        least &= runs(reference, n)
    return sum((runs(candidate, n) & least).values())


def _each_reference(candidate, group, n):
    return sum(sum((runs(candidate, n) & runs(one, n)).values()) for one in group)


def _best_reference(candidate, group, n):
    return max(sum((runs(candidate, n) & runs(one, n)).values()) for one in group)


for _name, _says, _found in (
    ("not_clipped", "a run counts as often as the caption repeats it", _known),
    ("clipped_by_sum", "the references' counts are added up, not the largest taken", _against_all),
    ("clipped_by_least", "a run counts only where all references have it", _against_least),
    (
        "first_reference",
        "only the first reference is looked at",
        lambda c, g, n: found(c, g[:1], n),
    ),
    ("last_reference", "only the last reference is looked at", lambda c, g, n: found(c, g[-1:], n)),
    ("found_in_each", "a run counts again for every reference that has it", _each_reference),
    (
        "best_reference",
        "all runs are looked up in one reference, the one that fits best",
        _best_reference,
    ),
    (
        "counted_once",
        "a run counts once, however often it is right",
        lambda c, g, n: len(runs(c, n).keys() & allowed(g, n).keys()),
    ),
):
    _slip(_name, _says, CLIPPED, found=_found)

for _name, _says, _changed in (
    (
        "last_run_missed",
        "the last run of every caption is missed",
        {
            "found": lambda c, g, n: found(c[:-1], g, n),
            "made": lambda c, g, n: made(c[:-1], g, n),
        },
    ),
    (
        "runs_too_long",
        "runs have n + 1 words, not n",
        {"found": lambda c, g, n: found(c, g, n + 1), "made": lambda c, g, n: made(c, g, n + 1)},
    ),
    (
        "words_only",
        "single words are counted for every n: runs have no order",
        {"found": lambda c, g, n: found(c, g, 1), "made": lambda c, g, n: made(c, g, 1)},
    ),
    (
        "every_nth",
        "the caption is cut into pieces of n words: runs do not overlap",
        {
            "found": lambda c, g, n: sum(
                tuple(c[i : i + n]) in allowed(g, n) for i in range(0, len(c) - n + 1, n)
            ),
            "made": lambda c, g, n: len(range(0, len(c) - n + 1, n)),
        },
    ),
):
    _slip(_name, _says, RUNS, **_changed)

for _name, _says, _made in (
    ("by_words", "found runs are divided by the words, not by the runs", lambda c, g, n: len(c)),
    (
        "negative_runs",
        "a caption shorter than n has a negative number of runs",
        lambda c, g, n: len(c) - n + 1,
    ),
    (
        "recall",
        "found runs are divided by those of the reference: a recall",
        lambda c, g, n: max(0, nearest(c, g) - n + 1),
    ),
    (
        "distinct_runs",
        "found runs are divided by the different runs only",
        lambda c, g, n: len(runs(c, n)),
    ),
):
    _slip(_name, _says, PRECISION, made=_made)


@mistake("corpus_bleu", "bleu", "captions and references are exchanged", PRECISION)
def exchanged(candidates, references, max_n=4):
    return bleu([g[0] for g in references], [[c] for c in candidates], max_n)


for _name, _says, _mean in (
    ("no_mean", "BLEU-n is the precision of n alone, not a mean of n", lambda p: p),
    (
        "arithmetic",
        "the precisions are added and divided, not multiplied",
        lambda p: np.cumsum(p) / np.arange(1, len(p) + 1),
    ),
    ("product", "the precisions are multiplied, but no root is taken", np.cumprod),
    (
        "weights_of_last",
        "all weights are 1/max_n, also for shorter n",
        lambda p: geometric(p) ** (np.arange(1, len(p) + 1) / len(p)),
    ),
    (
        "only_last",
        "BLEU of max_n stands in all places",
        lambda p: np.full(len(p), geometric(p)[-1]),
    ),
    ("percent", "these are percent: 0 to 100, not 0 to 1", lambda p: 100 * geometric(p)),
):
    _slip(_name, _says, GEOMETRIC, mean=_mean)

for _name, _says, _penalty in (
    ("no_penalty", "short captions are not held back: no brevity penalty", lambda c, r: 1.0),
    ("rewarded", "longer captions get a factor above 1", lambda c, r: float(np.exp(1 - r / c))),
    (
        "penalty_turned",
        "the quotient stands upside down: c/r for r/c",
        lambda c, r: min(1.0, float(np.exp(1 - c / r))),
    ),
    ("penalty_quotient", "the factor is c/r, without exp", lambda c, r: min(1.0, c / r)),
    (
        "penalty_for_long",
        "long captions are held back, not short ones",
        lambda c, r: float(np.exp(1 - r / c)) if c > r else 1.0,
    ),
    ("penalty_without_1", "the factor is exp(−r/c): the 1 is missing",
     lambda c, r: 1.0 if c > r else float(np.exp(-r / c))),
):  # fmt: skip
    _slip(_name, _says, BREVITY, penalty=_penalty)

for _name, _says, _expected in (
    ("shortest", "r is made of the shortest references", lambda c, g: min(map(len, g))),
    ("longest", "r is made of the longest references", lambda c, g: max(map(len, g))),
    ("mean_length", "r is made of mean lengths", lambda c, g: sum(map(len, g)) / len(g)),
    ("first_length", "r is made of the first references", lambda c, g: len(g[0])),
    ("all_lengths", "r adds up the words of all references", lambda c, g: sum(map(len, g))),
    (
        "longer_of_two",
        "of two equally near references the longer counts",
        lambda c, g: min((abs(len(one) - len(c)), -len(one)) for one in g)[1] * -1,
    ),
):
    _slip(_name, _says, NEAREST, expected=_expected)


def _with(over, under):
    """Numbers added to what was found and made."""

    def smoothed(pairs, max_n, found, made):
        n = range(1, max_n + 1)
        above = np.array([sum(found(*pair, k) for pair in pairs) for k in n], float)
        below = np.array([sum(made(*pair, k) for pair in pairs) for k in n], float)
        return (above + over) / np.maximum(below + under, 1)

    return smoothed


_slip("one_added", "1 is added to all counts", NOTHING_FOUND, quotients=_with(1, 1))
_slip(
    "little_added",
    "a little is added where nothing is found: BLEU is not 0 there",
    NOTHING_FOUND,
    mean=lambda p: geometric(np.maximum(p, 1e-6)),
)
