"""Captioned pictures of the runs by name, each picture as numbers that a captioner starts from."""

from __future__ import annotations

import functools

from course_utils.data import Captions, Vocabulary, flickr8k_files, load_flickr8k, make_scenes

_SCENES = {"train": 600, "validation": 60, "test": 100}
_KINDS = {"flickr8k-maps": "maps", "flickr8k-pooled": "pooled"}
NAMES = ("scenes", *_KINDS)


@functools.cache
def load(name: str) -> Captions:
    """Load captioned pictures; a second time they are there already.

    Args:
        name: "scenes", a few small ones as pixels; "flickr8k-maps", photographs seen by a
            frozen pretrained net, 49 places each; "flickr8k-pooled", the mean over places.

    Returns:
        The Captions; not yours to change.

    Raises:
        DataError: they, or the weights of the net, are not there; says what to do.
        ValueError: no such name.
    """
    _expect(name)
    if name not in _KINDS:
        return _scenes()
    from course_utils.torchlab import pretrained, with_features

    return with_features(load_flickr8k(), pretrained(), _KINDS[name])


def source(name: str) -> str:
    """One line that says which pictures load(name) would read; none of them is opened.

    Args:
        name: as for load.

    Raises:
        DataError: they are not there.
        ValueError: no such name.
    """
    _expect(name)
    if name not in _KINDS:
        return _scenes().source
    pictures = flickr8k_files.find(flickr8k_files.PICTURES, "Flickr8k's photographs")
    texts = flickr8k_files.find(flickr8k_files.TEXTS, "Flickr8k's captions")
    return f"{pictures.name} and {texts.name}, {_KINDS[name]}"


@functools.cache
def _scenes() -> Captions:
    parts = {split: make_scenes(count, split) for split, count in _SCENES.items()}
    counts = ", ".join(f"{count} {split}" for split, count in _SCENES.items())
    vocabulary = Vocabulary.from_texts(parts["train"].texts)
    told = f"generated scenes, always the same: {counts}; {parts['train'].source}"
    return Captions(**parts, vocabulary=vocabulary, profile="quick", source=told)


def _expect(name: str) -> None:
    if name not in NAMES:
        raise ValueError(f"data: expected one of {', '.join(NAMES)}, got {name!r}")
