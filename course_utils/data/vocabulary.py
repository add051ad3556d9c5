"""Words and their numbers: how a sentence becomes a row that a net can read, and back."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np

SPECIAL = ("<NULL>", "<START>", "<END>", "<UNK>")
NULL, START, END, UNK = range(len(SPECIAL))

# A number with its point, or a word with its hyphens, or an ending that English
# writes behind an apostrophe. "man's" and "man 's" are both written; both give man, 's.
_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)+(?!\w)|[^\W_]+(?:-[^\W_]+)*|(?:(?<=\w)|(?<!\S))'(?:s|t|d|m|re|ve|ll)(?!\w)"
)


def tokenize(text: str) -> list[str]:
    """Cut a sentence into lower-case words and numbers; punctuation is dropped.

    A hyphened word stays whole (t-shirt); an ending behind an apostrophe is a
    word of its own (man's: man, 's).

    Args:
        text: a sentence.

    Returns:
        The words in order; empty for a text without any.

    Raises:
        TypeError: something else than a string.
    """
    if not isinstance(text, str):
        raise TypeError(f"text: expected a string, got {type(text).__name__}{_nested(text)}")
    plain = unicodedata.normalize("NFC", text.lower()).replace("’", "'")
    return _TOKEN.findall(plain)


class Vocabulary:
    """The words that a net knows, and the number of each.

    Numbers 0 to 3 are <NULL> (filling), <START>, <END> and <UNK> (any word that
    is not here); the others follow by falling count, then by alphabet.

    Args:
        words: the words from number 4 on, all different.

    Raises:
        ValueError: a word twice, or one that `tokenize` would never give.
    """

    def __init__(self, words: Iterable[str]):
        self.words = (*SPECIAL, *words)
        self._ids = {word: number for number, word in enumerate(self.words)}
        if len(self._ids) != len(self.words):
            twice = next(w for w, count in Counter(self.words).items() if count > 1)
            raise ValueError(f"words: expected each word once, got {twice!r} more than once")
        odd = next((w for w in self.words[len(SPECIAL) :] if tokenize(w) != [w]), None)
        if odd is not None:
            raise ValueError(
                f"words: expected words as `tokenize` gives them, got {odd!r}; "
                "a whole sentence? Then: Vocabulary.from_texts(texts)"
            )

    @classmethod
    def from_texts(cls, texts: Iterable, min_count: int = 1) -> Vocabulary:
        """Collect the words of training captions.

        Args:
            texts: sentences; or for each picture its sentences, as in
                `CaptionSplit.texts`.
            min_count: a word that occurs less often becomes <UNK>.

        Returns:
            The vocabulary; the same texts in any order give the same numbers.

        Raises:
            TypeError: one string in place of several.
            ValueError: min_count below 1.
        """
        if min_count < 1:
            raise ValueError(f"min_count: expected 1 or more, got {min_count}")
        counts = Counter(word for text in _flat(texts) for word in tokenize(text))
        kept = [word for word, count in counts.items() if count >= min_count]
        return cls(sorted(kept, key=lambda word: (-counts[word], word)))

    def __len__(self):
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._ids

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vocabulary) and self.words == other.words

    def __hash__(self):
        return hash(self.words)

    def __repr__(self):
        shown = ", ".join(self.words[: len(SPECIAL) + 4])
        return f"Vocabulary({len(self):,} words: {shown}{', …' if len(self) > 8 else ''})"

    def id_of(self, word: str) -> int:
        """The number of a word, that of <UNK> if it is not here."""
        return self._ids.get(word, UNK)

    def encode(self, texts: Sequence[str], length: int | None = None) -> np.ndarray:
        """Write sentences as rows START w1 … wn END NULL NULL ….

        Args:
            texts: n sentences.
            length: T, the length of every row; None: as the longest needs. A
                sentence of more than T - 2 words loses its end, and <END>
                follows where it was cut.

        Returns:
            (n, T) int64.

        Raises:
            TypeError: one string in place of several.
            ValueError: a length without room for a word.
        """
        if length is not None and length < 3:
            raise ValueError(
                f"length: expected 3 or more (START, a word, END), got {length}; "
                "it counts tokens, START and END with them"
            )
        rows = [[self.id_of(word) for word in tokenize(text)] for text in _sentences(texts)]
        T = max(map(len, rows), default=1) + 2 if length is None else length
        tokens = np.full((len(rows), T), NULL, dtype=np.int64)
        for row, ids in zip(tokens, rows, strict=True):
            ids = [START, *ids[: T - 2], END]
            row[: len(ids)] = ids
        return tokens

    def decode(self, ids: Sequence[int]) -> str:
        """Read one row of numbers up to the first <END>; START and NULL are left out.

        Args:
            ids: whole numbers (T,), a row of `encode` or what a net sampled.

        Returns:
            The words with a space between; <UNK> stays visible.

        Raises:
            TypeError: numbers with a fraction.
            ValueError: several rows at once, or a number that no word has.
        """
        ids = np.asarray(ids)
        if ids.ndim != 1:
            cause = "; one row at a time: [decode(row) for row in tokens]" if ids.ndim == 2 else ""
            raise ValueError(f"ids: expected one row, (T,), got shape {ids.shape}{cause}")
        if ids.size and not np.issubdtype(ids.dtype, np.integer):
            raise TypeError(
                f"ids: expected whole numbers, got {ids.dtype}; scores of words? Take their argmax"
            )
        wrong = ids[(ids < 0) | (ids >= len(self))]
        if wrong.size:
            raise ValueError(
                f"ids: expected 0 to {len(self) - 1}, got {wrong[0]}; made with another vocabulary?"
            )
        words = []
        for number in ids:
            if number == END:
                break
            if number not in (NULL, START):
                words.append(self.words[number])
        return " ".join(words)


def _flat(texts: Iterable) -> Iterable[str]:
    """Sentences, out of sentences or out of tuples of sentences."""
    if isinstance(texts, str):
        _sentences(texts)
    return chain.from_iterable((entry,) if isinstance(entry, str) else entry for entry in texts)


def _sentences(texts: Sequence[str]) -> Sequence[str]:
    if isinstance(texts, str):
        raise TypeError("texts: expected several strings, got one; one is still a list: [text]")
    return texts


def _nested(value: object) -> str:
    several = isinstance(value, (list, tuple))
    return "; several sentences at once? One call for each of them" if several else ""
