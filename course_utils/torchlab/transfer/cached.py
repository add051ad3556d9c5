"""Features of a frozen backbone, computed once for each picture, whoever asks for it."""

import hashlib
from collections import OrderedDict

import numpy as np

from course_utils.torchlab.features import features

_BACKBONES = 3  # so many at a time are remembered in memory; the disk remembers all
_known = OrderedDict()  # state of a backbone -> {picture: features}


def features_of(pictures, X):
    """Give the features of pictures that a backbone leaves as they are.

    They are kept on disk by course_utils.torchlab.features, and by picture in memory: the
    twenty pictures of a smaller experiment are not computed again.

    Args:
        pictures: a Pictures, of the backbone.
        X: uint8 rows (N, H*W*C).

    Returns:
        (N, D), float32.

    Raises:
        ValueError: rows of another length.
    """
    memory = _memory(pictures)
    keys = [hashlib.blake2b(row, digest_size=16).digest() for row in np.ascontiguousarray(X)]
    missing = {key: i for i, key in enumerate(keys) if key not in memory}
    if missing:
        rows = sorted(missing.values())
        found = features(pictures.backbone, pictures.as_pictures(X[rows]))
        memory.update((keys[i], np.array(row)) for i, row in zip(rows, found, strict=True))
    return np.stack([memory[key] for key in keys])  # (N, D)


def _memory(pictures):
    """What is known of a backbone in its present state, with its preparation."""
    backbone = pictures.backbone
    about = backbone.name, backbone.input_size, backbone.mean, backbone.std, pictures.image_shape
    digest = hashlib.sha256(repr(about).encode())
    for key, tensor in backbone.state_dict().items():
        digest.update(key.encode())
        digest.update(tensor.cpu().contiguous().numpy())
    memory = _known.pop(digest.digest(), {})
    _known[digest.digest()] = memory  # the youngest last
    while len(_known) > _BACKBONES:
        _known.popitem(last=False)
    return memory
