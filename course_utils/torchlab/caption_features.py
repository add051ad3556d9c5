"""Captions with features in place of pixels: what a decoder is trained on."""

from dataclasses import replace

import numpy as np

from .features import features
from .projection import fit_projection

_PARTS = ("train", "validation", "test", "unseen")


def with_features(captions, backbone, kind="maps", *, n_components=256, dtype=np.float16):
    """Replace the pictures of all parts by what a frozen net sees in them, kept on disk.

    Args:
        captions: Captions with pictures, uint8 (n, 3, H, W).
        backbone: a Backbone, such as pretrained().
        kind: "pooled": (n, D); "maps": (n, P, n_components), for attention.
        n_components: numbers for each place of the maps; None keeps all. The projection is
            made from training pictures alone.
        dtype: np.float16 or np.float32.

    Returns:
        Captions with the same sentences and vocabulary; `source` says what was done.

    Raises:
        TypeError, ValueError: as `features`.
    """
    projection = None
    if kind == "maps" and n_components is not None:
        projection = fit_projection(backbone, captions.train.pictures, n_components)
    parts = {}
    for part in _PARTS:
        split = getattr(captions, part)
        if split is not None:
            rows = features(backbone, split.pictures, kind, projection=projection, dtype=dtype)
            parts[part] = split.with_pictures(rows)
    shortened = "" if projection is None else f", {projection}"
    source = f"{captions.source}; seen by {backbone.name} ({kind}{shortened})"
    return replace(captions, source=source, **parts)
