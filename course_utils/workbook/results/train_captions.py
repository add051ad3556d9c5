"""One run: a captioner in PyTorch, what it says of pictures it has not seen, and of others."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np

from course_utils import nn
from course_utils.data import Captions, CaptionSplit

from . import caption_sets
from .caption_measures import scores
from .versions import made_with

WIDTHS, ALPHAS = (1, 3, 5, 10), (0.0, 0.7, 1.0)  # of the beams that are tried on validation


def train_captions(
    *, data: str, kind: str, hidden: int, embedding: int, learning_rate: float, batch_size: int,
    epochs: int, seed: int, dropout: float = 0.0, label_smoothing: float = 0.0,
    length: int | None = None, beam: int = 0, shuffled: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """Train one captioner and measure its captions on the test pictures, once.

    Args:
        data: name of captioned pictures, see caption_sets.py.
        kind: of captioner: "rnn", "lstm", "attention" or "transformer".
        hidden: M, numbers in its state.
        embedding: E, numbers that stand for a word.
        learning_rate: of Adam, the highest; it rises for half an epoch, then falls like a
            cosine.
        batch_size: pictures in a step, each with all its captions.
        epochs: times through the training pictures.
        seed: of the first weights and of all that is random.
        dropout: share that is silenced.
        label_smoothing: share of the target that is spread over all words.
        length: most tokens of a training caption; None for all.
        beam: width of the beam on the test pictures; 0 for greedy captions alone. Its alpha
            is the one of ALPHAS with the highest BLEU-4 on the validation pictures.
        shuffled: train with the captions of other pictures, as a control.

    Returns:
        As caption_measures.scores: test_..., greedy; test_other_..., what it says of other
        test pictures; with a beam test_beam_..., and beams, BLEU-4 of each width and alpha
        on the validation pictures. The history, the processor seconds of fit_captions, and
        what it was made with.
    """
    from course_utils import torchlab

    captions: Captions = caption_sets.load(data)
    words, train = captions.vocabulary, captions.train
    if shuffled:
        train = _of_others(train, np.random.default_rng([seed, 2]))
    model = torchlab.captioner(
        kind, len(words), train.pictures.shape[1:], rng=np.random.default_rng([seed, 0]),
        hidden=hidden, embedding=embedding, dropout=dropout,
    )  # fmt: skip
    start = time.process_time()
    history = torchlab.fit_captions(
        model, train, captions.validation, words, epochs=epochs, batch_size=batch_size,
        rng=np.random.default_rng([seed, 1]), learning_rate=learning_rate, length=length,
        schedule=torchlab.Cosine(warmup=0.5), label_smoothing=label_smoothing, report=None,
    )  # fmt: skip
    measured: dict[str, Any] = {"cpu_seconds": time.process_time() - start}
    test = captions.test
    measured |= _said(model, test.pictures, test, words, "test")
    others = nn.from_other_pictures(np.arange(len(test)), np.random.default_rng([seed, 3]))
    measured |= _said(model, test.pictures[others], test, words, "test_other")
    if beam:
        tried, alpha = _beams(model, captions.validation, words, beam)
        settings = {"method": "beam", "width": beam, "alpha": alpha}
        measured |= _said(model, test.pictures, test, words, "test_beam", **settings)
        measured |= {"beams": tried, "beam_alpha": alpha}
    told = {"parameters": sum(w.numel() for w in model.parameters()), "data": captions.source}
    told |= {"stopped_because": history.stopped_because, "history": history.to_dict()}
    return measured | told | {"made_with": made_with("numpy", "torch")}


def _of_others(split: CaptionSplit, rng: np.random.Generator) -> CaptionSplit:
    """The same pictures, each with the captions of another."""
    others = nn.from_other_pictures(np.arange(len(split)), rng)
    return replace(split, texts=tuple(split.texts[row] for row in others))


def _said(
    model: Any, pictures: np.ndarray, split: CaptionSplit, words: Any, name: str, **settings: Any
) -> dict[str, float]:
    """Scores of what a model says of pictures, beside the references of a split."""
    from course_utils import torchlab

    texts = torchlab.describe(model, pictures, words, **settings).texts
    return scores(texts, split.texts, name)


def _beams(
    model: Any, split: CaptionSplit, words: Any, width: int
) -> tuple[list[dict[str, float]], float]:
    """BLEU-4 of greedy captions and of each beam on a split, and the alpha for a width."""
    found = [{"width": 0, "alpha": 0.0, **_said(model, split.pictures, split, words, "beam")}]
    for one in WIDTHS:
        for alpha in ALPHAS:
            settings = {"width": one, "alpha": alpha}
            said = _said(model, split.pictures, split, words, "beam", method="beam", **settings)
            found.append({**settings, **said})
    best = max((row for row in found if row["width"] == width), key=lambda row: row["beam_bleu_4"])
    return found, best["alpha"]
