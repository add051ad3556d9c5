"""Small scenes with captions that are true of them, and the pixels each word is about."""

from .compose import SPLITS, held_out
from .difficulty import DIFFICULTIES, EASY, HARD, MEDIUM, Difficulty
from .reading import UngrammaticalError, read
from .scenes import VERSION, Scenes, make_scenes
from .things import COLOURS, SHAPES, Scene, Thing
from .truth import exact, faults, is_true, word_masks

__all__ = [
    "COLOURS",
    "DIFFICULTIES",
    "EASY",
    "HARD",
    "MEDIUM",
    "SHAPES",
    "SPLITS",
    "VERSION",
    "Difficulty",
    "Scene",
    "Scenes",
    "Thing",
    "UngrammaticalError",
    "exact",
    "faults",
    "held_out",
    "is_true",
    "make_scenes",
    "read",
    "word_masks",
]
