"""BLEU: how many of a caption's words, and runs of words, some reference has too."""

from collections import Counter

import numpy as np


def corpus_bleu(candidates, references, max_n=4):
    """Score all captions of a set together, BLEU-1 to BLEU-max_n.

    Args:
        candidates: N captions, each a list of words (or of tokens).
        references: N groups, each of one or more captions that are right.
        max_n: longest run of words that is counted.

    Returns:
        (max_n,), float64, from 0 to 1: BLEU-1, BLEU-2 and so on. It is 0 from the first n
        on of which no run is found.

    Raises:
        TypeError: a caption that is one string and no list of words.
        ValueError: no captions, groups that do not fit them, one without a reference.

    Source:
        Papineni et al., BLEU: a method for automatic evaluation of machine translation,
        ACL 2002. A run counts at most as often as it stands in any one reference; counts
        are summed over the set before they are divided; captions shorter than their
        references (each the closest in length, of two the shorter) are held back by
        exp(1 - r / c). No smoothing.
    """
    expect_captions(candidates, references)
    found, made = np.zeros(max_n), np.zeros(max_n)
    c = r = 0
    for candidate, group in zip(candidates, references, strict=True):
        found_here, made_here = _clipped_counts(candidate, group, max_n)
        found, made = found + found_here, made + made_here
        c, r = c + len(candidate), r + _closest_length(candidate, group)
    return _bleu(found, made, c, r)


def sentence_bleu(candidate, references, max_n=4):
    """Score one caption, BLEU-1 to BLEU-max_n, smoothed; the mean over a set is not corpus BLEU.

    Args:
        candidate: a caption, a list of words.
        references: one or more captions that are right.
        max_n: longest run of words that is counted.

    Returns:
        (max_n,), float64, from 0 to 1. For runs of two words and more 1 is added to what
        was found and to what was made, so that a short caption without a run of four is
        not worth 0.

    Raises:
        TypeError: a caption that is one string and no list of words.
        ValueError: no reference.

    Source:
        The smoothing: Lin and Och, ORANGE: a method for evaluating automatic evaluation
        metrics for machine translation, COLING 2004.
    """
    expect_captions([candidate], [references])
    found, made = _clipped_counts(candidate, references, max_n)
    if not found[0]:
        return np.zeros(max_n)
    found[1:] += 1
    made[1:] += 1
    return _bleu(found, made, len(candidate), _closest_length(candidate, references))


def _clipped_counts(candidate, references, max_n):
    """Count the caption's runs of 1 to max_n words: those found in a reference, and all."""
    found, made = np.zeros(max_n), np.zeros(max_n)
    for n in range(1, max_n + 1):
        runs, allowed = _runs(candidate, n), Counter()
        for reference in references:
            allowed |= _runs(reference, n)  # the most that any one reference has
        found[n - 1] = (runs & allowed).total() if runs else 0
        made[n - 1] = max(0, len(candidate) - n + 1)
    return found, made


def _runs(words, n):
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def _closest_length(candidate, references):
    """The length of the reference nearest in length, of two the shorter."""
    return min((abs(len(one) - len(candidate)), len(one)) for one in references)[1]


def _bleu(found, made, c, r):
    """Brevity penalty times the geometric mean of the precisions up to each n."""
    if c == 0:
        return np.zeros(len(found))
    precisions = found / np.maximum(made, 1)  # (max_n,)
    with np.errstate(divide="ignore"):
        logs = np.log(precisions)  # -inf where nothing was found, and 0 after exp
    means = np.cumsum(logs) / np.arange(1, len(logs) + 1)
    return min(1.0, float(np.exp(1 - r / c))) * np.exp(means)


def expect_captions(candidates, references):
    """Refuse what is not N lists of words beside N groups of lists of words.

    Args:
        candidates: expected N lists of words.
        references: expected N groups, each of one or more lists of words.

    Raises:
        TypeError: a string where a list of words belongs.
        ValueError: no captions, groups that do not fit them, one without a reference.
    """
    if len(candidates) != len(references):
        raise ValueError(
            f"references: expected a group of references for each of {len(candidates)} "
            f"captions, got {len(references)} groups; references by column and not by caption?"
        )
    if not len(candidates):
        raise ValueError("candidates: expected at least one caption, got none")
    for i, (candidate, group) in enumerate(zip(candidates, references, strict=True)):
        if isinstance(group, str) or not len(group):
            raise ValueError(
                f"references: expected one or more references for caption {i}, each a list of "
                f"words, got {group!r}; one reference is still a group: [words]?"
            )
        for words in (candidate, *group):
            if isinstance(words, str):
                raise TypeError(
                    f"caption {i}: expected a list of words, got the string {words!r}; its "
                    "letters would be taken for words: words = text.split()?"
                )
