"""Features of many pictures by a net that stays as it is: computed once, then on disk."""

import hashlib

import numpy as np
import torch

from course_utils.data.places import cache_root

from .backbone import Backbone
from .feature_store import kept_rows
from .view import evaluating

VERSION = 1  # raise it when the same net and pictures give other features
KINDS = ("pooled", "maps")
_FOLDER = "features"
# On a CPU a few pictures at a time stay in its cache: with 32 each takes half as long again.
_BATCH = {"cpu": 8, "cuda": 256}


def features(
    backbone, pictures, kind="pooled", *, projection=None, dtype=np.float32, batch_size=None
):
    """Compute what a frozen net sees in pictures, or take it from the cache.

    The net is in evaluation mode meanwhile, so that batch norm's running statistics stay as
    they are. Kept are the results, in the course's cache, under a hash of the net's weights
    and its preparation, of the pictures, and of what is asked for: another net or another
    pixel is another entry.

    Args:
        backbone: a Backbone.
        pictures: (N, 3, H, W), uint8; brought to the net's size and range.
        kind: "pooled": one row of D numbers for each picture; "maps": one for each place
            of the last maps, row by row of the grid; or a tuple of both, in one pass.
        projection: a Projection that shortens the rows of the maps to K numbers.
        dtype: np.float32, or np.float16 for half the space and three digits.
        batch_size: pictures at a time; None: 8 on a CPU, 256 on a GPU.

    Returns:
        (N, D) or (N, P, D or K), read-only, mapped from a file; a tuple for several kinds.

    Raises:
        TypeError: no Backbone, or pictures that are not uint8.
        ValueError: another shape, kind or dtype, or no pictures.
    """
    kinds = (kind,) if isinstance(kind, str) else tuple(kind)
    check(backbone, pictures, kinds, dtype)
    batch_size = batch_size or batch_of(backbone)
    shapes = _shapes(backbone, pictures, projection)
    base = hashed(backbone, pictures, np.dtype(dtype).name)

    def compute(wanted, start, stop):
        batches = [
            look(backbone, pictures[i : min(i + batch_size, stop)], wanted, projection)
            for i in range(start, stop, batch_size)
        ]
        rows = {k: np.concatenate([batch[k] for batch in batches]) for k in wanted}
        return {k: _as(dtype, array) for k, array in rows.items()}

    paths = {}
    for k in kinds:
        key = base.copy()
        if k == "maps" and projection is not None:
            key.update(projection.mean.tobytes() + projection.components.tobytes())
        paths[k] = kept_at(backbone, k, key)
    with evaluating(backbone), torch.inference_mode():
        description = f"{backbone.name}: features"
        rows = kept_rows(paths, len(pictures), compute, shapes, dtype, description=description)
    return rows[kind] if isinstance(kind, str) else tuple(rows[k] for k in kinds)


def check(backbone, pictures, kinds, dtype):
    """Refuse what `features` cannot use; arguments as there, `kinds` a tuple."""
    if not isinstance(backbone, Backbone):
        raise TypeError(
            f"backbone: expected a Backbone, got {type(backbone).__name__}; "
            "pretrained() gives one, and Backbone(net, ...) makes one"
        )
    if not isinstance(pictures, np.ndarray) or pictures.dtype != np.uint8:
        got = getattr(pictures, "dtype", type(pictures).__name__)
        raise TypeError(f"pictures: expected uint8 as loaded, got {got}; they are normalised here")
    if pictures.ndim != 4 or not len(pictures):
        raise ValueError(f"pictures: expected (N, 3, H, W), N above 0, got {pictures.shape}")
    wrong = [kind for kind in kinds if kind not in KINDS]
    if wrong or not kinds:
        raise ValueError(f"kind: expected 'pooled' or 'maps', got {wrong[0] if wrong else kinds!r}")
    if np.dtype(dtype) not in (np.float16, np.float32):
        raise ValueError(f"dtype: expected float16 or float32, got {np.dtype(dtype)}")


def look(backbone, pictures, kinds, projection=None):
    """Compute features of a few pictures in one pass, without keeping them.

    Args:
        backbone, pictures: as for `features`; in the mode and on the device that it has.
        kinds: what is wanted, of KINDS.
        projection: a Projection for the maps, or None.

    Returns:
        For each kind an array, float32.
    """
    maps = backbone.maps(backbone.normalise(pictures))  # (n, D, h, w)
    made = {}
    if "pooled" in kinds:
        made["pooled"] = maps.mean(dim=(2, 3))
    if "maps" in kinds:
        places = maps.flatten(2).transpose(1, 2)  # (n, P, D)
        if projection is not None:
            mean, components = (
                torch.from_numpy(a).to(places) for a in (projection.mean, projection.components)
            )
            places = (places - mean) @ components.T  # (n, P, K)
        made["maps"] = places
    return {kind: array.float().cpu().numpy() for kind, array in made.items()}


def _as(dtype, array):
    with np.errstate(over="ignore"):  # said below
        array = array.astype(dtype, copy=False)
    if not np.isfinite(array).all():
        cause = "too large for float16? dtype=np.float32" if dtype == np.float16 else "weights?"
        raise ValueError(f"features: expected finite numbers, got NaN or inf; {cause}")
    return array


def _shapes(backbone, pictures, projection):
    """The shape of one row of each kind, found out with one picture."""
    with evaluating(backbone), torch.inference_mode():
        one = look(backbone, pictures[:1], KINDS, projection)
    return {kind: array.shape[1:] for kind, array in one.items()}


def hashed(backbone, pictures, told):
    """A hash of a net, how it is fed, pictures, and what else is told, to be added to."""
    digest = hashlib.sha256(
        f"{VERSION} {backbone.name} {backbone.input_size} {backbone.mean} {backbone.std} "
        f"{pictures.shape} {told}".encode()
    )
    for key, tensor in backbone.state_dict().items():
        digest.update(f"{key} {tuple(tensor.shape)} {tensor.dtype}".encode())
        # As bytes, because NumPy does not know all kinds of floats that PyTorch has.
        digest.update(tensor.cpu().contiguous().reshape(-1).view(torch.uint8).numpy())
    for start in range(0, len(pictures), 64):  # never all of a mapped file at once
        digest.update(np.ascontiguousarray(pictures[start : start + 64]))
    return digest


def kept_at(backbone, what, key, suffix=".npy"):
    """The file in the cache for what has this hash."""
    return cache_root() / _FOLDER / f"{backbone.name}-{what}-{key.hexdigest()[:20]}{suffix}"


def batch_of(backbone):
    """How many pictures at a time suit the device that the net is on."""
    return _BATCH.get(next(backbone.parameters()).device.type, 64)
