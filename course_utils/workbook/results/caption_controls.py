"""Runs that are small beside training a captioner: captions without one, and fifty by heart."""

from __future__ import annotations

import time
from collections import Counter
from itertools import chain
from typing import Any

import numpy as np

from course_utils import nn
from course_utils.data import Captions, Vocabulary, caption_pairs, tokenize
from course_utils.data.vocabulary import END, NULL, START

from . import caption_sets
from .caption_measures import plain_features, scores
from .versions import made_with

_MAX_NORM = 5.0


def without_decoder(*, data: str, how: str, seed: int) -> dict[str, Any]:
    """Give test pictures captions that people wrote of training pictures, and score them.

    Args:
        data: name of captioned pictures, see caption_sets.py.
        how: "nearest": the first caption of the training picture most like it; "bag of
            words": the training caption whose words fit the picture best, in whatever
            order; "commonest": the caption that stands most often, for all pictures.
        seed: not used; nothing here is random.

    Returns:
        test_... as caption_measures.scores, and what it was made with.

    Raises:
        ValueError: another way.
    """
    captions: Captions = caption_sets.load(data)
    if how not in _WAYS:
        raise ValueError(f"how: expected one of {', '.join(_WAYS)}, got {how!r}")
    start = time.process_time()
    texts = _WAYS[how](captions)
    measured = {"cpu_seconds": time.process_time() - start}
    measured |= scores(texts, captions.test.texts, "test")
    return measured | {"data": captions.source, "made_with": made_with("numpy")}


def _nearest(captions: Captions) -> list[str]:
    A, B = (plain_features(split.pictures) for split in (captions.train, captions.test))
    return [captions.train.texts[row][0] for row in nn.nearest_pictures(A, B)]


def _bag_of_words(captions: Captions) -> list[str]:
    A, B = (plain_features(split.pictures) for split in (captions.train, captions.test))
    which, tokens = caption_pairs(captions.train.texts, captions.vocabulary)
    texts = list(chain.from_iterable(captions.train.texts))
    return [texts[row] for row in nn.bag_of_words_captions(A, which, tokens, B)]


def _commonest(captions: Captions) -> list[str]:
    counts = Counter(" ".join(tokenize(text)) for texts in captions.train.texts for text in texts)
    return [counts.most_common(1)[0][0]] * len(captions.test)


_WAYS = {"nearest": _nearest, "bag of words": _bag_of_words, "commonest": _commonest}


def by_heart(
    *, data: str, captions: int, words: str, cell: str, hidden: int, embedding: int,
    learning_rate: float, steps: int, seed: int, standardised: bool = True,
) -> dict[str, Any]:  # fmt: skip
    """Let a captioner in NumPy learn a few captions by heart, all of them in each step.

    Args:
        data: name of captioned pictures, see caption_sets.py.
        captions: how many: the first caption of as many training pictures.
        words: "their own": the net knows the words of these captions only; "all": those of
            all training captions, rare ones aside.
        cell: "rnn" or "lstm".
        hidden: M, numbers in its state.
        embedding: E, numbers that stand for a word.
        learning_rate: of Adam.
        steps: how many.
        seed: of the first weights.
        standardised: whether each feature has mean 0 and deviation 1 over the training
            pictures, or is taken as the pretrained net gives it.

    Returns:
        losses, before the first step and after each, nats, summed over words and averaged
        over captions; the first and the last of them; said_by_heart, the share of captions
        that the net then says word for word; vocabulary, words of a caption and
        parameters; what it was made with.

    Raises:
        ValueError: words is something else.
    """
    chosen: Captions = caption_sets.load(data)
    texts = [group[0] for group in chosen.train.texts[:captions]]
    if words not in ("their own", "all"):
        raise ValueError(f"words: expected 'their own' or 'all', got {words!r}")
    vocabulary = chosen.vocabulary if words == "all" else Vocabulary.from_texts(texts)
    tokens = vocabulary.encode(texts)
    X = plain_features(chosen.train.pictures)
    features = (_standard(X) if standardised else X)[:captions]  # (N, D)
    net = nn.CaptionNet(
        features.shape[1], len(vocabulary), rng=np.random.default_rng([seed, 0]), cell=cell,
        embedding=embedding, hidden=hidden,
    )  # fmt: skip
    optimizer = nn.make_optimizer("adam", learning_rate)
    losses, start = [], time.process_time()
    for _ in range(steps):
        loss, grads = net.loss_and_grads(features, tokens)
        losses.append(float(loss))
        clipped, _ = nn.clip_gradients(grads, _MAX_NORM)
        optimizer.step(net.params, clipped)
    seconds = time.process_time() - start
    losses.append(float(net.loss(features, tokens)))
    told = {"first_loss": losses[0], "last_loss": losses[-1], "losses": losses}
    told |= {"said_by_heart": _said_by_heart(net, features, tokens), "cpu_seconds": seconds}
    told |= {"vocabulary": len(vocabulary), "words": float((tokens[:, 1:] != NULL).sum(1).mean())}
    told["parameters"] = net.n_parameters
    return told | {"data": chosen.source, "made_with": made_with("numpy")}


def _standard(X: np.ndarray) -> np.ndarray:
    """Features of mean 0 and deviation 1, each by itself: what pictures share says nothing."""
    return ((X - X.mean(axis=0)) / (X.std(axis=0) + 1e-6)).astype(np.float32)


def _said_by_heart(net: nn.CaptionNet, features: np.ndarray, tokens: np.ndarray) -> float:
    """Share of captions that greedy decoding gives back word for word, END included."""
    targets = tokens[:, 1:]
    said = nn.greedy(
        net.step, net.start(features), start=START, end=END, length=targets.shape[1], null=NULL
    )
    return float((said.tokens == targets).all(axis=1).mean())
