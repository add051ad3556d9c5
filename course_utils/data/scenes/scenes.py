"""The scenes of a split: pictures, captions, and the pixels that words are about."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..captions import CaptionSplit
from .compose import SPLITS, Compositions, compose
from .difficulty import Difficulty, resolve_difficulty
from .draws import Draws
from .render import Layout, lay_out, owners, render
from .saying import sayings
from .things import COLOURS, SHAPES, SIZES, THIRDS, Scene, Thing
from .truth import word_masks

VERSION = 1  # raise it with every change of what a seed gives; it is part of the hash
SMALLEST = 16
_BLOCK = 1000  # scenes drawn from one stream
_COLOURS = tuple(COLOURS)


@dataclass(frozen=True, eq=False, kw_only=True)
class Scenes(CaptionSplit):
    """Pictures with captions, and what is in them: a CaptionSplit that knows the truth.

    Args:
        pictures: uint8 (n, 3, H, W), red, green, blue, 0 to 255.
        texts: the captions of each, words with spaces between them.
        names: of each picture, "train-0" and so on.
        scenes: what is in each.
        difficulty: the knobs they were made with.
        split: one of `SPLITS`.
        seed: what they were drawn with.
    """

    scenes: tuple[Scene, ...]
    difficulty: Difficulty
    split: str
    seed: int

    def __repr__(self):
        size = self.scenes[0].size if self.scenes else 0
        return f"Scenes({len(self):,} of the split {self.split}; {size}×{size} pixels)"

    def take(self, rows: Sequence[int]) -> Scenes:
        """Some of the pictures, with their captions and scenes; rows as for an array."""
        part = super().take(rows)
        scenes = tuple(self.scenes[row] for row in np.arange(len(self))[rows])
        return replace(
            self, pictures=part.pictures, texts=part.texts, names=part.names, scenes=scenes
        )

    def with_pictures(self, pictures: np.ndarray) -> Scenes:
        """The same captions and scenes for other arrays, such as features of the pictures."""
        return replace(self, pictures=pictures)

    @property
    def source(self) -> str:
        """One line that says what this is."""
        size = self.scenes[0].size if self.scenes else 0
        return (
            f"generated scenes, version {VERSION}: {len(self):,} of the split {self.split}, "
            f"{size}×{size} pixels, seed {self.seed}"
        )

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of version, pictures and captions: the same on every computer."""
        told = f"scenes {VERSION} {self.pictures.shape}\n" + "\n".join(
            "\t".join(texts) for texts in self.texts
        )
        hashed = hashlib.sha256(told.encode())
        hashed.update(np.ascontiguousarray(self.pictures))
        return hashed.hexdigest()

    def masks(self, picture: int, caption: str | int = 0) -> np.ndarray:
        """The pixels that each word of a caption is about, as `word_masks` gives them.

        Args:
            picture: its number.
            caption: any caption, or the number of one of its own.

        Returns:
            bool (words, H, W), all False for function words.
        """
        text = caption if isinstance(caption, str) else self.texts[picture][caption]
        return word_masks(text, self.scenes[picture])


def make_scenes(
    count: int,
    split: str = "train",
    *,
    difficulty: str | Difficulty = "easy",
    size: int = 32,
    seed: int = 0,
) -> Scenes:
    """Make captioned scenes.

    No composition, the set of things with the thirds of the picture they are in, is in two
    of the splits "train", "validation" and "test", whatever the seeds. In "unseen" at least
    one thing of each scene has a colour and a shape that the three never show together.

    Args:
        count: how many; the first ones of a longer set with the same settings are the same.
        split: "train", "validation", "test" or "unseen".
        difficulty: "easy", "medium", "hard", or a Difficulty.
        size: height and width in pixels, at least 16.
        seed: a whole number from 0 on; others give other scenes.

    Returns:
        The scenes, the same for the same arguments on every computer.

    Raises:
        ValueError: an unknown split or difficulty, a number out of range.
    """
    difficulty = resolve_difficulty(difficulty)
    if split not in SPLITS:
        raise ValueError(f"split: expected one of {', '.join(SPLITS)}, got {split!r}")
    for name, value, low in (("count", count, 1), ("size", size, SMALLEST), ("seed", seed, 0)):
        if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < low:
            raise ValueError(f"{name}: expected a whole number from {low} on, got {value!r}")
    pictures = np.empty((count, 3, size, size), np.uint8)
    scenes, texts = [], []
    for block, start in enumerate(range(0, count, _BLOCK)):
        name = (VERSION, int(seed), SPLITS.index(split), block)
        n = min(_BLOCK, count - start)
        layout = _drawn(difficulty, split, size, Draws(*name, 0))
        drawn = [_seen(scene) for scene in _scenes(layout[:n], difficulty, size)]
        veiled = np.array([bool(scene.veil) for scene in drawn])
        pictures[start : start + n] = render(layout, veiled, difficulty, size, Draws(*name, 1))
        texts += _captions(drawn, difficulty, Draws(*name, 2))
        scenes += drawn
    names = tuple(f"{split}-{k}" for k in range(count))
    return Scenes(
        pictures, tuple(texts), names,
        scenes=tuple(scenes), difficulty=difficulty, split=split, seed=int(seed),
    )  # fmt: skip


def _drawn(difficulty: Difficulty, split: str, size: int, draws: Draws) -> Layout:
    """A whole block, so that a shorter set begins as a longer one does."""
    return lay_out(compose(difficulty, split, _BLOCK, draws), difficulty, size, draws)


def _scenes(layout: Layout, difficulty: Difficulty, size: int) -> list[Scene]:
    things: Compositions = layout.things
    columns = (things.colour, things.shape, things.large, things.cell)
    columns += (layout.top, layout.left, layout.side)
    veils = layout.strokes[:, difficulty.strokes_behind :].tolist()
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [
        Scene(_things(row), inside, size, tuple(map(tuple, veil)))
        for row, inside, veil in zip(rows, things.inside.tolist(), veils, strict=True)
    ]


def _seen(scene: Scene) -> Scene:
    """The scene; without strokes in front if they would hide more than half of a thing."""
    if not scene.veil:
        return scene
    bare = replace(scene, veil=())
    count = len(scene.things)
    before, after = (
        np.bincount(owners(s).ravel() + 1, minlength=count + 1)[1:] for s in (bare, scene)
    )
    return scene if (2 * after >= before).all() else bare


def _things(row: tuple[list[int], ...]) -> tuple[Thing, ...]:
    return tuple(
        Thing(_COLOURS[colour], SHAPES[shape], SIZES[large], *divmod(cell, THIRDS), *place)
        for colour, shape, large, cell, *place in zip(*row, strict=True)
        if cell >= 0
    )


def _captions(scenes: list[Scene], d: Difficulty, draws: Draws) -> list[tuple[str, ...]]:
    """For each scene all there is to say, or a random choice of it."""
    keys = draws.bits(_BLOCK, d.captions).tolist()
    texts = []
    for scene, bits in zip(scenes, keys, strict=False):
        said = sayings(scene, d)
        if len(said) > d.captions:
            for k, key in enumerate(bits):  # the first of a random order (Fisher and Yates)
                other = k + ((key >> 32) * (len(said) - k) >> 32)
                said[k], said[other] = said[other], said[k]
            said = said[: d.captions]
        texts.append(tuple(said))
    return texts
