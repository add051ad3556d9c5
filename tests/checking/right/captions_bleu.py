"""Right answers for the BLEU of a corpus."""

import math
from collections import Counter

import numpy as np
from sacrebleu.metrics import BLEU

from tests.checking.right import right


def _grams(words, n):
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]


@right("corpus_bleu")
def bleu_by_counters(candidates, references, max_n=4):
    scores, logs = [], 0.0
    c = sum(len(words) for words in candidates)
    r = 0
    for words, group in zip(candidates, references, strict=True):
        r += sorted((abs(len(one) - len(words)), len(one)) for one in group)[0][1]
    for n in range(1, max_n + 1):
        hits = total = 0
        for words, group in zip(candidates, references, strict=True):
            for gram, k in Counter(_grams(words, n)).items():
                hits += min(k, max(_grams(one, n).count(gram) for one in group))
                total += k
        logs += math.log(hits / total) if hits else -math.inf
        scores.append(math.exp(logs / n + min(0, 1 - r / c)))
    return scores


@right("corpus_bleu")
def bleu_by_loops(candidates, references, max_n=4):
    found, made, c, r = [0] * max_n, [0] * max_n, 0, 0
    for i in range(len(candidates)):
        words = candidates[i]
        best = references[i][0]
        for one in references[i][1:]:
            near, nearest = abs(len(one) - len(words)), abs(len(best) - len(words))
            if near < nearest or (near == nearest and len(one) < len(best)):
                best = one
        c, r = c + len(words), r + len(best)
        for n in range(1, max_n + 1):
            left = [_grams(one, n) for one in references[i]]
            for gram in _grams(words, n):
                made[n - 1] += 1
                hit = False
                for grams in left:  # every reference that still has it gives one away
                    if gram in grams:
                        grams.remove(gram)
                        hit = True
                found[n - 1] += hit
    penalty = 1 if c > r else math.exp(1 - r / c)
    product, out = 1.0, np.zeros(max_n)
    for n in range(max_n):
        product *= found[n] / made[n] if made[n] else 0
        out[n] = penalty * product ** (1 / (n + 1))
    return out


@right("corpus_bleu")
def bleu_of_sacrebleu(candidates, references, max_n=4):
    longest = max(map(len, references))
    columns = [[" ".join(g[i]) if i < len(g) else None for g in references] for i in range(longest)]
    texts = [" ".join(words) for words in candidates]
    scores = []
    for n in range(1, max_n + 1):
        metric = BLEU(tokenize="none", smooth_method="none", force=True, max_ngram_order=n)
        scores.append(metric.corpus_score(texts, columns).score / 100)
    return tuple(scores)


@right("corpus_bleu")
def bleu_in_logs(candidates, references, max_n=4):
    def counts(n):
        pairs = zip(candidates, references, strict=True)
        both = np.zeros(2)
        for words, group in pairs:
            mine, most = Counter(_grams(words, n)), Counter()
            for one in group:
                most = most | Counter(_grams(one, n))
            both += sum((mine & most).values()), sum(mine.values())
        return both

    table = np.array([counts(n) for n in range(1, max_n + 1)])  # (max_n, 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.nan_to_num(np.log(table[:, 0] / table[:, 1]), nan=-np.inf, neginf=-np.inf)
    c = np.sum([len(words) for words in candidates])
    lengths = [[len(one) for one in sorted(group, key=len)] for group in references]
    r = sum(
        options[int(np.argmin(np.abs(np.array(options) - len(words))))]
        for words, options in zip(candidates, lengths, strict=True)
    )
    triangle = np.tril(np.ones((max_n, max_n)))
    with np.errstate(invalid="ignore"):
        sums = np.where(triangle > 0, logs, 0).sum(axis=1)
    return np.exp(sums / np.arange(1, max_n + 1)) * np.minimum(1, np.exp(1 - r / c))


@right("corpus_bleu")
def bleu_one_n_at_a_time(candidates, references, max_n=4):
    def bleu(n):
        p = []
        for k in range(1, n + 1):
            hits = [
                sum(
                    min(grams.count(gram), max(_grams(one, k).count(gram) for one in group))
                    for gram in set(grams)
                )
                for grams, group in zip((_grams(w, k) for w in candidates), references, strict=True)
            ]
            p.append(sum(hits) / max(1, sum(len(_grams(w, k)) for w in candidates)))
        c, r = sum(map(len, candidates)), 0
        for words, group in zip(candidates, references, strict=True):
            r += min(map(len, group), key=lambda size: (abs(size - len(words)), size))
        return np.prod(p) ** (1 / n) * (1 if c >= r else np.exp(1 - r / c))

    return np.array([bleu(n) for n in range(1, max_n + 1)], np.float64)


@right("corpus_bleu")
def bleu_in_single_precision(candidates, references, max_n=4):
    return np.array(bleu_by_loops(candidates, references, max_n), np.float32)
