"""The BLEU of a corpus with single lines changed: what its catalogued slips share."""

from __future__ import annotations

from collections import Counter

import numpy as np


def runs(words, n):
    """How often each run of n words stands there."""
    return Counter(tuple(words[i : i + n]) for i in range(len(words) - n + 1))


def allowed(group, n):
    """How often each run may count: the most that one reference has."""
    most = Counter()
    for reference in group:
        most |= runs(reference, n)
    return most


def found(candidate, group, n):
    """How many runs count."""
    return sum((runs(candidate, n) & allowed(group, n)).values())


def made(candidate, group, n):
    """How many runs there are."""
    return max(0, len(candidate) - n + 1)


def nearest(candidate, group):
    """The length of the reference nearest in length, of two the shorter."""
    return min((abs(len(one) - len(candidate)), len(one)) for one in group)[1]


def penalty(c, r):
    """What short captions are multiplied by."""
    return min(1.0, float(np.exp(1 - r / c)))


def quotients(pairs, max_n, found, made):
    """The precisions, (max_n,), of all captions together."""
    over = [sum(found(*pair, n) for pair in pairs) for n in range(1, max_n + 1)]
    under = [sum(made(*pair, n) for pair in pairs) for n in range(1, max_n + 1)]
    return np.array(over, float) / np.maximum(under, 1)


def geometric(p):
    """BLEU-1 to BLEU-max_n without penalty."""
    with np.errstate(divide="ignore"):
        return np.exp(np.cumsum(np.log(p)) / np.arange(1, len(p) + 1))


def bleu(
    candidates, references, max_n, *, found=found, made=made, quotients=quotients,
    mean=geometric, expected=nearest, penalty=penalty,
):  # fmt: skip
    """The right answer, with any of these lines replaced."""
    pairs = list(zip(candidates, references, strict=True))
    p = quotients(pairs, max_n, found, made)
    c, r = sum(map(len, candidates)), sum(expected(*pair) for pair in pairs)
    return penalty(c, r) * mean(p)
