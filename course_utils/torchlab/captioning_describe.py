"""Captions for pictures: a trained captioner, and the course's ways of decoding."""

from dataclasses import dataclass

import numpy as np
import torch

from course_utils.data.vocabulary import END, NULL, START, UNK, tokenize
from course_utils.nn.beam import beam_search
from course_utils.nn.bleu import corpus_bleu
from course_utils.nn.decoding import greedy, sample

from .captioning import as_floats
from .view import TorchNet, evaluating

METHODS = ("greedy", "sample", "beam")


@dataclass(frozen=True)
class Descriptions:
    """Captions of N pictures.

    Args:
        texts: N strings.
        tokens: (N, T), integers, NULL after END.
        log_probs: (N,), of each caption, its END included.
        attention: (N, T, P), where each word was looked for, 0 after END; None for a
            captioner without attention.
        grid: (h, w), how the P places lie.
    """

    texts: list
    tokens: np.ndarray
    log_probs: np.ndarray
    attention: np.ndarray | None
    grid: tuple

    def __len__(self):
        return len(self.texts)


def describe(
    model, pictures, vocabulary, method="greedy", *, length=20, width=3, alpha=0.7, rng=None,
    temperature=1.0, top_k=None, unknown=False, prepare=as_floats, batch_size=100,
):  # fmt: skip
    """Write a caption for each picture.

    Args:
        model: a Captioner.
        pictures: (N, ...), as it was trained with.
        vocabulary: a Vocabulary.
        method: "greedy", "sample" or "beam".
        length: T, most tokens of a caption, END included.
        width: of "beam", see nn.beam_search.
        alpha: the same.
        rng: of "sample", a numpy.random.Generator.
        temperature: of "sample", see nn.sample.
        top_k: the same.
        unknown: whether <UNK> may be said.
        prepare: turns a batch of pictures into floats, as in training.
        batch_size: pictures at a time.

    Returns:
        Descriptions.

    Raises:
        ValueError: another method, settings out of range.
        TypeError: "sample" without a generator.
    """
    if method not in METHODS:
        raise ValueError(f"method: expected one of {', '.join(METHODS)}, got {method!r}")
    net = TorchNet(model)
    step = _step_of(net, unknown)
    settings = {"start": START, "end": END, "null": NULL, "length": length}
    found = []
    with evaluating(model), torch.inference_mode():
        for begin in range(0, len(pictures), batch_size):
            batch = net.as_input(prepare(pictures[begin : begin + batch_size]))
            state = model.start(batch)
            settings["keep"] = ("attention",) if "attention" in state else ()
            if method == "greedy":
                found.append(greedy(step, state, **settings))
            elif method == "beam":
                found.append(beam_search(step, state, width=width, alpha=alpha, **settings))
            else:
                more = {"rng": rng, "temperature": temperature, "top_k": top_k}
                found.append(sample(step, state, **more, **settings))
    return _together(found, vocabulary, model.grid)


def words_of(texts):
    """Cut captions into words, for the scores of course_utils.nn.

    Args:
        texts: N strings; or for each of N pictures several.

    Returns:
        N lists of words; or N lists of such lists.
    """
    return [tokenize(one) if isinstance(one, str) else words_of(one) for one in texts]


def bleu_judge(split, vocabulary, *, n=4, **settings):
    """Make a judge for fit_captions: BLEU of the captions that the model would write.

    Args:
        split: pictures with their texts, such as some of the validation pictures.
        vocabulary: a Vocabulary.
        n: BLEU-n.
        **settings: for describe, such as method and length.

    Returns:
        A function model -> number from 0 to 1.
    """
    references = words_of(split.texts)

    def judge(model):
        texts = describe(model, split.pictures, vocabulary, **settings).texts
        return float(corpus_bleu(words_of(texts), references, n)[-1])

    return judge


def _step_of(net, unknown):
    """The step as nn's decoding asks for it: arrays in and out, tensors in the state."""

    def step(state, tokens):
        log_probs, state = net.model.step(state, torch.from_numpy(tokens).to(net.device))
        if not unknown:
            log_probs[:, UNK] = -torch.inf
            log_probs = log_probs.log_softmax(dim=1)
        return log_probs.cpu().numpy(), state

    return step


def _together(found, vocabulary, grid):
    tokens = np.concatenate([one.tokens for one in found])
    attention = [one.kept["attention"] for one in found if one.kept]
    return Descriptions(
        texts=[vocabulary.decode(row) for row in tokens],
        tokens=tokens,
        log_probs=np.concatenate([one.log_probs for one in found]),
        attention=np.concatenate(attention) if attention else None,
        grid=grid,
    )
