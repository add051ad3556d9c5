"""The few directions that a net's features mostly vary along: shorter rows for every place."""

import sys
import zipfile
import zlib
from dataclasses import dataclass

import numpy as np
import torch

from course_utils.data.whole_files import written_whole
from course_utils.nn.pca import pca_fit

from .feature_store import bar
from .features import batch_of, check, hashed, kept_at, look
from .view import evaluating


@dataclass(frozen=True, eq=False)
class Projection:
    """The directions along which the features of a net vary most, over places and pictures.

    Args:
        mean: (D,), of the features.
        components: (K, D), rows of length 1 at right angles.
        kept: share of the variance that K numbers keep, 0 to 1.
    """

    mean: np.ndarray
    components: np.ndarray
    kept: float

    def __len__(self):
        return len(self.components)

    def __repr__(self):
        K, D = self.components.shape
        return f"Projection({D} features to {K}, {self.kept:.1%} of the variance kept)"


def fit_projection(backbone, pictures, n_components=256, *, sample=500, seed=0):
    """Find the directions that matter in a net's maps, by principal components.

    Maps of 7×7 places and 1,280 features would fill a gigabyte for 8,000 photographs, in
    half precision. Dropping places would blur what attention looks at; the features, though,
    go together. On Flickr8k 256 numbers keep 68 % of the variance, and nearly all that tells
    the words of the captions (datasets/README.md). The result is kept in the cache: computed
    again, it might differ in the last bit, and with it all features.

    Args:
        backbone: a Backbone.
        pictures: (N, 3, H, W), uint8, those to train with.
        n_components: K.
        sample: how many pictures are looked at, drawn from all.
        seed: of the drawing.

    Returns:
        A Projection.

    Raises:
        TypeError, ValueError: as `features`; more components than features or places.
    """
    check(backbone, pictures, ("maps",), np.float32)
    rng = np.random.default_rng(seed)
    pictures = pictures[np.sort(rng.permutation(len(pictures))[:sample])]
    path = kept_at(backbone, "projection", hashed(backbone, pictures, n_components), ".npz")
    kept = _read(path)
    if kept is not None:
        return kept
    size = batch_of(backbone)
    starts = bar(range(0, len(pictures), size), description="principal components")
    with evaluating(backbone), torch.inference_mode():
        maps = [look(backbone, pictures[i : i + size], ("maps",))["maps"] for i in starts]
    X = np.concatenate(maps).reshape(-1, backbone.n_features)  # (n P, D)
    mean, components, variances = pca_fit(X, n_components)
    total = X.var(axis=0, ddof=1, dtype=np.float64).sum()
    projection = Projection(mean, components, float(variances.sum(dtype=np.float64) / total))
    _write(path, projection)
    return projection


def _read(path):
    if not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as file:
            return Projection(file["mean"], file["components"], float(file["kept"]))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        print(f"the cache: {path} is damaged ({error}) and is made anew", file=sys.stderr)
        return None


def _write(path, projection):
    try:
        with written_whole(path) as file:
            np.savez(file, **vars(projection))
    except OSError as error:
        print(f"the cache: {path} cannot be kept ({error}); made anew each time", file=sys.stderr)
