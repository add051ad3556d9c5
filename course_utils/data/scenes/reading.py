"""Reading a caption: from its words to what it claims, or the reason why it is no sentence."""

from __future__ import annotations

from dataclasses import dataclass

from .saying import PLACES, plural
from .things import COLOURS, INVERSE, NUMBERS, SHAPES, SIZES

_SINGULAR = {shape: shape for shape in SHAPES}
_PLURAL = {plural(shape): shape for shape in SHAPES}
_PLACES = {tuple(words.split()): where for where, words in PLACES.items()}
_RELATIONS = {tuple(words.split()): words for words in INVERSE}
_FUNCTION = {"of", "in", "at", "on", "the"}  # of places and relations: words about nothing


class UngrammaticalError(ValueError):
    """A caption is no sentence of the grammar; the message says where it stops being one."""


@dataclass(frozen=True)
class Phrase:
    """What "two small red circles" says.

    Args:
        count: 2; None for "the circles".
        plural: whether it speaks of several.
        size: "small", "large" or None.
        colour: a colour or None.
        shape: a shape.
        words: numbers of the words that are about the things.
        noun: how the caption calls them, without article and count: "small red circles".
    """

    count: int | None
    plural: bool
    size: str | None
    colour: str | None
    shape: str
    words: tuple[int, ...]
    noun: str


@dataclass(frozen=True)
class Claim:
    """What is said of the things of a phrase.

    Args:
        kind: "place", "relation" or "colour".
        value: (row, column) with 1 for what is not told, a relation, or a colour.
        words: numbers of the words that are about the things.
        other: what they are in relation to.
    """

    kind: str
    value: object
    words: tuple[int, ...]
    other: Phrase | None = None


@dataclass(frozen=True)
class Sentence:
    """A caption that was read.

    Args:
        phrases: what there is; claims are about the first.
        claims: what is said of it.
        length: how many words the caption has.
    """

    phrases: tuple[Phrase, ...]
    claims: tuple[Claim, ...]
    length: int


def read(caption: str) -> Sentence:
    """Read a caption.

    Args:
        caption: words with spaces between them.

    Returns:
        What it claims.

    Raises:
        UngrammaticalError: it is no sentence of the grammar, which is this, with singular,
            plural, a and an where they belong:

            sentence = [there is | the picture shows] list
                     | [there is | the picture shows] phrase (place | relation)
                     | phrase [place] is (place | relation | colour) | place is phrase
            list     = phrase {and phrase}        relation = (left of | above | ...) phrase
            phrase   = (a | one | two | the | the two | both | all three | ...)
                       [size] [colour] shape
    """
    reader = _Reader(caption)
    sentence = reader.sentence()
    if reader.at < len(reader.words):
        reader.fail("the end")
    return sentence


class _Reader:
    """Words and how far they are read."""

    def __init__(self, caption: str) -> None:
        self.words, self.at = caption.split(), 0

    def fail(self, expected: str):
        got = repr(self.words[self.at]) if self.at < len(self.words) else "the end"
        said = " ".join(self.words[: self.at])
        after = f" after {said!r}" if said else ""
        raise UngrammaticalError(f"expected {expected}{after}, got {got}")

    def take(self, *words: str) -> bool:
        """Go on if these words come next."""
        found = tuple(self.words[self.at : self.at + len(words)]) == words
        self.at += len(words) * found
        return found

    def one_of(self, table) -> str | None:
        """The next word, if it is in the table."""
        if self.at < len(self.words) and self.words[self.at] in table:
            self.at += 1
            return self.words[self.at - 1]
        return None

    def sentence(self) -> Sentence:
        if self.take("there"):
            is_ = self.one_of(("is", "are")) or self.fail("'is' or 'are'")
            phrases, claims = self.shown(is_)
        elif self.take("the", "picture", "shows"):
            phrases, claims = self.shown()
        elif place := self.place():
            is_ = self.one_of(("is", "are")) or self.fail("'is' or 'are'")
            phrases, claims = (self.indefinite(is_),), (place,)
        else:
            phrases, claims = self.stated()
        return Sentence(phrases, claims, len(self.words))

    def shown(self, is_: str | None = None) -> tuple[tuple[Phrase, ...], tuple[Claim, ...]]:
        """Phrases joined by "and", or one phrase and where it is."""
        first = self.indefinite(is_)
        if claim := self.place() or self.relation():
            return (first,), (claim,)
        return self.joined(first), ()

    def stated(self) -> tuple[tuple[Phrase, ...], tuple[Claim, ...]]:
        """A phrase and what is said of it."""
        first, definite = self.phrase()
        place = self.place()
        relation = None if place else self.relation()
        if is_ := None if relation else self.one_of(("is", "are")):
            if (is_ == "are") != first.plural:
                self.at -= 1
                self.fail("'are'" if first.plural else "'is'")
            start = self.at
            claim = self.place() or self.relation()
            if not claim and first.colour is None and (colour := self.one_of(COLOURS)):
                claim = Claim("colour", colour, (start,))
            return (first,), (*filter(None, [place]), claim or self.fail("where or how it is"))
        if definite:
            self.fail("'are'" if first.plural else "'is'")
        if place or relation:
            return (first,), (place or relation,)
        return self.joined(first), ()

    def joined(self, first: Phrase) -> tuple[Phrase, ...]:
        phrases = [first]
        while self.take("and"):
            phrases.append(self.indefinite())
        return tuple(phrases)

    def indefinite(self, is_: str | None = None) -> Phrase:
        start = self.at
        phrase, definite = self.phrase()
        if definite or (is_ and (is_ == "are") != phrase.plural):
            self.at = start
            self.fail("'a' or a number that fits")
        return phrase

    def phrase(self) -> tuple[Phrase, bool]:
        """A phrase, and whether it is definite ("the", "both", "all")."""
        start, definite, count = self.at, False, None
        article = self.one_of(("a", "an"))
        if article:
            count = 1
        elif self.take("both"):
            definite, count = True, 2
        else:
            every = self.take("all")
            definite = every or self.take("the")
            if number := self.one_of(NUMBERS):
                count = NUMBERS.index(number) + 1
            elif every or not definite:
                self.fail("a number" if every else "a phrase")
            if every and count < 3:
                self.at -= 1
                self.fail("a number above two")
        noun = self.at
        size, colour = self.one_of(SIZES), self.one_of(COLOURS)
        name = self.one_of(_SINGULAR if count == 1 else _PLURAL if count else _SINGULAR | _PLURAL)
        if name is None:
            self.fail("a shape in the plural" if count and count > 1 else "a shape")
        if article and article != ("an" if self.words[noun][0] in "aeiou" else "a"):
            self.at = start
            self.fail("'a'" if article == "an" else "'an'")
        about = [k for k in range(start, self.at) if self.words[k] not in ("a", "an", "the", "all")]
        count = 1 if count is None and name in _SINGULAR else count
        shape = _SINGULAR.get(name) or _PLURAL[name]
        said = " ".join(self.words[noun : self.at])
        return Phrase(count, count != 1, size, colour, shape, tuple(about), said), definite

    def place(self) -> Claim | None:
        return self.known(_PLACES, "place")

    def relation(self) -> Claim | None:
        claim = self.known(_RELATIONS, "relation")
        return claim and Claim("relation", claim.value, claim.words, self.phrase()[0])

    def known(self, table: dict, kind: str) -> Claim | None:
        start = self.at
        for words, value in table.items():
            if self.take(*words):
                about = (k for k in range(start, self.at) if self.words[k] not in _FUNCTION)
                return Claim(kind, value, tuple(about))
        return None
