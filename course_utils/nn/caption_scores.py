"""How far captions are from their references: the same, or so many words away."""

import numpy as np

from .bleu import expect_captions


def exact_match(candidates, references):
    """Tell which captions are, word for word, one of their references.

    Args:
        candidates: N captions, each a list of words (or of tokens).
        references: N groups, each of one or more captions that are right.

    Returns:
        (N,), bool; the mean is the share.

    Raises:
        TypeError: a caption that is one string and no list of words.
        ValueError: no captions, groups that do not fit them, one without a reference.
    """
    expect_captions(candidates, references)
    pairs = zip(candidates, references, strict=True)
    return np.array([any(list(one) == list(r) for r in group) for one, group in pairs])


def word_error(candidates, references):
    """Count the words to change, drop or add to get the nearest reference, per its words.

    Args:
        candidates: N captions, each a list of words (or of tokens).
        references: N groups, each of one or more captions that are right.

    Returns:
        All edits of the set divided by all words of the nearest references, 0 or more; 1
        is reached by saying nothing. Nearest is the reference with the fewest edits, of
        several the shortest.

    Raises:
        TypeError: a caption that is one string and no list of words.
        ValueError: no captions, groups that do not fit them, one without a reference, or
            references without a word.
    """
    expect_captions(candidates, references)
    edits = words = 0
    for candidate, group in zip(candidates, references, strict=True):
        fewest, length = min((edit_distance(candidate, one), len(one)) for one in group)
        edits, words = edits + fewest, words + length
    if words == 0:
        raise ValueError("references: expected a word in at least one of them, got none")
    return edits / words


def edit_distance(words, others):
    """Count the fewest words to change, drop or add to make one caption into another.

    Args:
        words: a list of words, or anything with an order.
        others: the same.

    Returns:
        A whole number.

    Source:
        Levenshtein 1966; by rows, as in Wagner and Fischer 1974.
    """
    row = list(range(len(others) + 1))  # from nothing to each beginning of others
    for i, word in enumerate(words, start=1):
        previous, row = row, [i]
        for j, other in enumerate(others, start=1):
            row.append(min(previous[j] + 1, row[-1] + 1, previous[j - 1] + (word != other)))
    return row[-1]
