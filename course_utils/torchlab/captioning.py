"""Captioners: an encoder that looks at a picture, and a decoder that says what it sees."""

import math

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy

from course_utils.data.vocabulary import NULL, START
from course_utils.nn._checks import expect_generator

from .captioning_decoders import AttentiveDecoder, RecurrentDecoder
from .captioning_encoders import FeatureEncoder, PictureEncoder
from .captioning_transformer import TransformerDecoder

KINDS = ("rnn", "lstm", "attention", "transformer")


class Captioner(nn.Module):
    """Encoder, decoder, and the scores of all words.

    Args:
        encoder: turns pictures into places (N, P, A); its grid says how they lie.
        decoder: reads words and looks at places; see captioning_decoders.
        vocabulary: V.
    """

    def __init__(self, encoder, decoder, vocabulary):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder
        self.output = nn.Linear(decoder.outputs, vocabulary)

    @property
    def grid(self):
        """Places down and across, (h, w); attention weights go row by row."""
        return self.encoder.grid

    def forward(self, X, inputs, mask=None):
        """Score the next word at each place of captions that are given.

        Args:
            X: pictures or features, (N, ...), floats.
            inputs: the tokens so far, (N, T), or (N, R, T) for R captions of each picture.
            mask: the same shape, bool; only these places are scored. None for all.

        Returns:
            Z, (N, T, V) or (N, R, T, V); with a mask (L, V), the places that count in
            order.
        """
        several = inputs if inputs.ndim == 3 else inputs[:, None]
        H, _ = self.decoder(self.encoder(X), several)  # (N, R, T, M)
        H = H if inputs.ndim == 3 else H[:, 0]
        return self.output(H if mask is None else H[mask])

    def start(self, X):
        """Make the state before the first word, {name: tensor of N rows}."""
        return self.decoder.start(self.encoder(X))

    def step(self, state, tokens):
        """Read one token of each caption and say how likely each is to come next.

        Args:
            state: from start, or from the step before.
            tokens: (B,), integers.

        Returns:
            log_probs, (B, V), and the new state. The tokens that no word follows with,
            <NULL> and <START>, have -inf.
        """
        H, state = self.decoder.step(state, tokens)
        Z = self.output(H)  # (B, V)
        Z[:, [NULL, START]] = -math.inf
        return Z.log_softmax(dim=1), state


def captioner(
    kind, vocabulary, shape, *, rng, embedding=None, hidden=256, score="dot", remembers="what",
    dropout=0.0, widths=(16, 32, 64), layers=2, heads=4, length=64,
):  # fmt: skip
    """Make a captioner with first weights from a generator.

    Args:
        kind: "rnn", "lstm", "attention" (an LSTM with soft attention) or "transformer".
        vocabulary: V, number of tokens.
        shape: of one picture: (3, H, W) for pixels, which get a small convolutional net;
            (D,) for features of the whole, (P, D) for those of P places, which get a
            linear map.
        rng: numpy.random.Generator for the first weights.
        embedding: E, numbers that stand for a token; None for hidden. A Transformer's are
            hidden.
        hidden: M, numbers in the state.
        score: of "attention": "dot" or "additive".
        remembers: of "attention", from one word to the next: "what" it has seen, or only
            "where"; then each word about a thing has to look at it.
        dropout: share of embeddings, features and outputs that is silenced.
        widths: channels of each block of the convolutional net.
        layers: blocks of the Transformer.
        heads: of each of its attentions.
        length: most tokens that it can read.

    Returns:
        A Captioner, in training mode.

    Raises:
        TypeError: rng is no generator.
        ValueError: another kind, a shape that is none of these, settings out of range.

    Source:
        Vinyals et al., Show and tell, CVPR 2015; Xu et al., Show, attend and tell, ICML 2015.
    """
    expect_generator(rng)
    if kind not in KINDS:
        raise ValueError(f"kind: expected one of {', '.join(KINDS)}, got {kind!r}")
    if len(shape) not in (1, 2, 3) or (len(shape) == 3 and shape[0] != 3):
        raise ValueError(
            f"shape: expected (3, H, W), (P, D) or (D,), got {tuple(shape)}; "
            "colours last? Then X.transpose(0, 3, 1, 2), or the batch counted in?"
        )
    if not 0 <= dropout < 1:
        raise ValueError(f"dropout: expected a share from 0 to below 1, got {dropout!r}")
    embedding = hidden if embedding is None else embedding
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(rng.integers(2**63)))
        if len(shape) == 3:
            encoder = PictureEncoder(shape, widths)
        else:
            encoder = FeatureEncoder(shape, hidden, dropout)
        _, A = encoder.sizes
        if kind == "transformer":
            decoder = TransformerDecoder(A, hidden, vocabulary, layers, heads, length, dropout)
        elif kind == "attention":
            decoder = AttentiveDecoder(
                A, embedding, hidden, score, vocabulary, encoder.grid, remembers, dropout
            )
        else:
            decoder = RecurrentDecoder(kind, A, embedding, hidden, vocabulary, dropout)
        return Captioner(encoder, decoder, vocabulary)


def caption_loss(model, X, tokens, label_smoothing=0.0):
    """Compute the course's temporal softmax: summed over words, averaged over captions.

    The sum and not the mean over the words, as in course_utils.nn.temporal_softmax_forward:
    so every word counts the same, in a long caption or in a short one.

    Args:
        model: a Captioner.
        X: pictures or features, (N, ...), floats, a tensor.
        tokens: START, words, END and then NULL, (N, T), or (N, R, T) for R captions of
            each picture; a row of NULL alone is no caption.
        label_smoothing: share of the target that is spread evenly over all tokens.

    Returns:
        The loss in nats, a scalar tensor.
    """
    longest = int((tokens != NULL).any(dim=tuple(range(tokens.ndim - 1))).sum())
    tokens = tokens[..., :longest]
    inputs, targets = tokens[..., :-1], tokens[..., 1:]
    mask = targets != NULL
    Z = model(X, inputs, mask)  # (L, V)
    total = cross_entropy(Z, targets[mask], reduction="sum", label_smoothing=label_smoothing)
    return total / (tokens[..., 0] != NULL).sum()


def as_floats(pictures):
    """Turn a batch of pictures into float32: bytes to -1 .. 1, features as they are.

    Args:
        pictures: (N, ...), uint8 pixels or features of any float.

    Returns:
        (N, ...), float32.
    """
    if pictures.dtype == np.uint8:
        return pictures / np.float32(127.5) - np.float32(1)
    return np.asarray(pictures, np.float32)
