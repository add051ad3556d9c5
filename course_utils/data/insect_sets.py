"""Two insects to tell apart: drawings that need no network, or photographs."""

from __future__ import annotations

from .digits import Split
from .hymenoptera import SIZE as _PHOTOGRAPHS
from .hymenoptera import load_hymenoptera
from .insects import CLASS_NAMES, VERSION, draw_insects
from .photos import Photos
from .profile import resolve_profile

_DRAWINGS = 96  # pixels: enough to see a waist and wings, and quick to train on
_COUNTS = {"train": 200, "validation": 100, "test": 300}


def load_insects(profile: str | None = None, *, size: int | None = None, margin: int = 0) -> Photos:
    """Load pictures of ants and bees, to try what a pretrained net knows already.

    Args:
        profile: "quick": drawings, made anew each time, in about five seconds (see
            `draw_insects`); "full": photographs (see `load_hymenoptera`, which also says
            how the published figures were measured); None: as the environment variable
            COURSE_PROFILE says, else "quick".
        size: side of the pictures, pixels; None: 96 for drawings, 224 for photographs.
        margin: pixels kept beyond it on each side, to move pictures about in while
            training; `middle` takes them off again.

    Returns:
        Photos of 200 + 100 + 300 drawings or 196 + 48 + 153 photographs: X uint8 (N, D),
        y int64 (N,), 0 for ants and 1 for bees, of drawings as many of each.

    Raises:
        ValueError: an unknown profile, or a size or margin out of range.
        DataError: the photographs are missing, unreachable or broken; says what to do.
    """
    if resolve_profile(profile) == "full":
        return load_hymenoptera(size=_PHOTOGRAPHS if size is None else size, margin=margin)
    size = _DRAWINGS if size is None else size
    sets = {
        split: draw_insects(count, split, size=size, margin=margin)
        for split, count in _COUNTS.items()
    }
    parts = {
        split: Split(drawn.pictures.reshape(len(drawn), -1), drawn.labels)
        for split, drawn in sets.items()
    }
    side = size + 2 * margin
    return Photos(
        **parts, profile="quick", source=_source(sets), image_shape=(side, side, 3),
        class_names=CLASS_NAMES,
    )  # fmt: skip


def _source(sets: dict) -> str:
    hashes = " ".join(drawn.sha256[:8] for drawn in sets.values())
    return (
        f"ants and bees, drawings made by the course, version {VERSION}: no two alike, each part "
        f"with as many ants as bees (pixels {hashes})"
    )
