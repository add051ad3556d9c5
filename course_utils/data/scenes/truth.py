"""Whether a caption is true of a scene, what is wrong with it, and what its words are about."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from .reading import Claim, Phrase, Sentence, UngrammaticalError, read
from .render import owners
from .saying import PLACES, plural
from .things import NUMBERS, Scene, Thing, holds


def is_true(caption: str, scene: Scene) -> bool:
    """Whether a caption is a sentence of the grammar and true of a scene.

    A count, and "a", tell how many such things there are in the whole picture: of a picture
    with two circles neither "a circle" nor "three circles" is true. Not all there is needs
    to be told.

    Args:
        caption: words with spaces between them.
        scene: what is in the picture.
    """
    return not faults(caption, scene)


def exact(caption: str, texts: Iterable[str]) -> bool:
    """Whether a caption is one of the references, word for word.

    Args:
        caption: words with spaces between them.
        texts: the references.
    """
    words = caption.split()
    return any(words == text.split() for text in texts)


def faults(caption: str, scene: Scene) -> tuple[str, ...]:
    """What is wrong with a caption, in words; nothing if it is true.

    Args:
        caption: words with spaces between them.
        scene: what is in the picture.

    Returns:
        One remark for each thing that is wrong: "no sentence: ...", "there is no blue
        circle", "the red circle is not above the blue square".
    """
    try:
        sentence = read(caption)
    except UngrammaticalError as error:
        return (f"no sentence: {error}",)
    others = [claim.other for claim in sentence.claims if claim.other]
    phrases = [*sentence.phrases, *others]
    wrong = [remark for phrase in phrases if (remark := _miscounted(phrase, scene))]
    if wrong:  # of what is not there nothing can be said
        return tuple(wrong)
    told = [thing for phrase in sentence.phrases for thing in _meant(phrase, scene)]
    if len(told) > len(set(told)):
        wrong.append("something is told twice")
    return (*wrong, *(remark for c in sentence.claims if (remark := _untrue(c, sentence, scene))))


def word_masks(caption: str, scene: Scene) -> np.ndarray:
    """The pixels that each word of a caption is about.

    Args:
        caption: words with spaces between them.
        scene: what is in the picture.

    Returns:
        bool (words, H, W). Counts, sizes, colours, shapes and places are about the things
        they are said of, relations about both sides; only pixels count that show the thing.
        All False for function words (a, the, there, is, of ...), for words about things that
        are not in the picture, and for a caption that is no sentence.
    """
    owner = owners(scene)
    masks = np.zeros((len(caption.split()), scene.size, scene.size), bool)
    try:
        sentence = read(caption)
    except UngrammaticalError:
        return masks
    for word, things in _meanings(sentence, scene):
        numbers = [scene.things.index(thing) for thing in things]
        masks[word] = np.isin(owner, numbers)
    return masks


def _meanings(sentence: Sentence, scene: Scene) -> Iterable[tuple[int, list[Thing]]]:
    """Each word that is about things, and these things."""
    for phrase in sentence.phrases:
        yield from ((word, _meant(phrase, scene)) for word in phrase.words)
    subject = _meant(sentence.phrases[0], scene)
    for claim in sentence.claims:
        things = subject
        if claim.other:
            other = _meant(claim.other, scene)
            yield from ((word, other) for word in claim.other.words)
            things = subject + other
        yield from ((word, things) for word in claim.words)


def _meant(phrase: Phrase, scene: Scene) -> list[Thing]:
    """The things that a phrase fits, however many it speaks of."""
    return [
        thing
        for thing in scene.things
        if thing.shape == phrase.shape
        and phrase.colour in (None, thing.colour)
        and phrase.size in (None, thing.size)
    ]


def _miscounted(phrase: Phrase, scene: Scene) -> str | None:
    found = len(_meant(phrase, scene))
    if found == phrase.count or (phrase.count is None and found > 1):
        return None
    one = phrase.noun if not phrase.plural else _singular(phrase)
    if found == 0:
        return f"there is no {one}"
    if found == 1:
        return f"there is one {one}, not {_number(phrase.count)}"
    many = f"{one.removesuffix(phrase.shape)}{plural(phrase.shape)}"
    return f"there are {_number(found)} {many}, not {_number(phrase.count)}"


def _singular(phrase: Phrase) -> str:
    return f"{phrase.noun.removesuffix(plural(phrase.shape))}{phrase.shape}"


def _number(count: int | None) -> str:
    if count is None:
        return "several"
    return NUMBERS[count - 1] if count <= len(NUMBERS) else str(count)


def _untrue(claim: Claim, sentence: Sentence, scene: Scene) -> str | None:
    subject = sentence.phrases[0]
    things = _meant(subject, scene)
    who = f"the {subject.noun} {'are' if subject.plural else 'is'}"
    if claim.kind == "colour":
        if all(thing.colour == claim.value for thing in things):
            return None
        return f"{who} not {claim.value}"
    if claim.kind == "place":
        return None if all(_is_at(t, claim.value) for t in things) else (
            f"{who} not {PLACES[claim.value]}"
        )  # fmt: skip
    others = _meant(claim.other, scene)
    if all(holds(claim.value, a, b, scene) for a in things for b in others):
        return None
    return f"{who} not {claim.value} the {claim.other.noun}"


def _is_at(thing: Thing, place: tuple[int, int]) -> bool:
    """Whether a place is true: "at the top" asks for the row only, "in the middle" for both."""
    row, column = place
    if (row, column) == (1, 1):
        return (thing.row, thing.column) == (1, 1)
    return row in (1, thing.row) and column in (1, thing.column)
