"""Captions: pictures with their sentences, and the rows of numbers to train with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np

from .vocabulary import END, NULL, SPECIAL, START, UNK, Vocabulary, tokenize

__all__ = [
    "END",
    "NULL",
    "SPECIAL",
    "START",
    "UNK",
    "CaptionSplit",
    "Captions",
    "Vocabulary",
    "caption_pairs",
    "tokenize",
]


@dataclass(frozen=True, eq=False)
class CaptionSplit:
    """Pictures with their sentences; `len` counts the pictures.

    Args:
        pictures: (n, …), uint8 pixels (n, 3, H, W) or float features; it may be
            mapped from a file and read-only.
        texts: for each picture a tuple of sentences, one or more.
        names: for each picture a name; none given: "0", "1", ….
    """

    pictures: np.ndarray
    texts: tuple[tuple[str, ...], ...]
    names: tuple[str, ...] = ()

    def __post_init__(self):
        n = len(self.pictures)
        if not self.names:
            object.__setattr__(self, "names", tuple(map(str, range(n))))
        for field in ("texts", "names"):
            value = getattr(self, field)
            if len(value) != n:
                raise ValueError(
                    f"{field}: expected one entry per picture, {n}, got {len(value)}; "
                    "one entry per caption?"
                )
        for name, texts in zip(self.names, self.texts, strict=True):
            if isinstance(texts, str) or not texts:
                got = "a single string" if isinstance(texts, str) else "none"
                raise ValueError(
                    f"texts: expected a tuple of one or more sentences for each picture, "
                    f"got {got} for {name!r}; one caption is still a tuple: (text,)"
                )

    def __len__(self):
        return len(self.texts)

    def __repr__(self):
        shape = f"{self.pictures.dtype} {self.pictures.shape}"
        return f"CaptionSplit(pictures: {shape}; {sum(map(len, self.texts)):,} captions)"

    def take(self, rows: Sequence[int]) -> CaptionSplit:
        """Some of the pictures, with all their sentences; rows as for an array."""
        rows = np.arange(len(self))[rows]
        texts = tuple(self.texts[row] for row in rows)
        return CaptionSplit(self.pictures[rows], texts, tuple(self.names[row] for row in rows))

    def with_pictures(self, pictures: np.ndarray) -> CaptionSplit:
        """The same sentences for other arrays of the same pictures, such as their features."""
        return CaptionSplit(pictures, self.texts, self.names)

    def pairs(
        self, vocabulary: Vocabulary, length: int | None = None
    ) -> tuple[np.ndarray, np.ndarray]:
        """One row per caption; arguments and results as for `caption_pairs`."""
        return caption_pairs(self.texts, vocabulary, length)


def caption_pairs(
    texts: Sequence[Sequence[str]], vocabulary: Vocabulary, length: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Write all captions of all pictures as rows, to train with.

    Args:
        texts: for each picture its sentences.
        vocabulary: gives the numbers.
        length: T, as for `Vocabulary.encode`.

    Returns:
        (which, tokens): int64 (Q,), the number of each caption's picture, and
        int64 (Q, T), in the order of the pictures.
    """
    which = np.repeat(np.arange(len(texts)), [len(sentences) for sentences in texts])
    return which, vocabulary.encode(list(chain.from_iterable(texts)), length)


@dataclass(frozen=True, eq=False)
class Captions:
    """Captioned pictures to train with, to choose by, and to test with once.

    Args:
        train: for fitting parameters; the vocabulary is made of its sentences.
        validation: for choosing between models; shares no picture with `train`.
        test: for the last figure; shares none with either.
        vocabulary: the words that a net learns.
        profile: "quick" or "full".
        source: one line that says what this is.
        unseen: a second test, harder by design, where there is one.
    """

    train: CaptionSplit
    validation: CaptionSplit
    test: CaptionSplit
    vocabulary: Vocabulary
    profile: str
    source: str
    unseen: CaptionSplit | None = None

    def __len__(self):
        return len(self.train) + len(self.validation) + len(self.test)

    def __repr__(self):
        return (
            f"Captions({self.profile}: {len(self.train):,} train, {len(self.validation):,} "
            f"validation, {len(self.test):,} test; {len(self.vocabulary):,} words)"
        )
