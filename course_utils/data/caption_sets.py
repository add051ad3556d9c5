"""Captioned pictures of either profile: generated scenes, or photographs."""

from __future__ import annotations

from .captions import Captions, Vocabulary
from .flickr8k import load_flickr8k
from .profile import resolve_profile

# How many scenes of each split; the seeds of a split make no other split's scenes.
_SCENES = {"train": 6_000, "validation": 500, "test": 1_000, "unseen": 500}


def load_captions(profile: str | None = None) -> Captions:
    """Load pictures with captions, divided into training, validation and test examples.

    Args:
        profile: "quick": generated scenes of coloured shapes, 32×32 pixels, made in a few
            seconds, no network; `unseen` has scenes with pairs of colour and shape that
            training never shows. "full": Flickr8k, as `load_flickr8k`; `unseen` is None.
            None: as the environment variable COURSE_PROFILE says, else "quick".

    Returns:
        Captions; the pictures are uint8 (n, 3, H, W). The parts of "quick" are Scenes,
        which know the pixels that each word is about.

    Raises:
        ValueError: an unknown profile.
        DataError: the data are missing or broken; says what to do.
    """
    return {"quick": _quick, "full": load_flickr8k}[resolve_profile(profile)]()


def _quick() -> Captions:
    from .scenes import make_scenes  # here, because only this profile needs it

    parts = {split: make_scenes(count, split) for split, count in _SCENES.items()}
    counts = ", ".join(f"{count:,} {split}" for split, count in _SCENES.items())
    source = f"generated scenes, always the same: {counts}; {parts['train'].source}"
    vocabulary = Vocabulary.from_texts(parts["train"].texts)
    return Captions(**parts, vocabulary=vocabulary, profile="quick", source=source)
