"""Right answers to dropout: the mask drawn in other ways, the cache in other forms."""

import numpy as np

from . import right


@right("dropout_forward")
def as_the_formula(X, keep, rng, *, training=True):
    if not training:
        return X, None
    mask = (rng.random(X.shape) < keep) / X.dtype.type(keep)
    return (X * mask).astype(X.dtype), mask


@right("dropout_forward")
def above_the_share_dropped(X, keep, rng, *, training=True):
    mask = rng.uniform(size=X.shape) >= 1 - keep
    return (np.where(mask, X / X.dtype.type(keep), X.dtype.type(0)) if training else X), mask


@right("dropout_forward")
def binomial(X, keep, rng, *, training=True):
    if not training:
        return X.copy(), 1.0
    mask = rng.binomial(1, keep, X.shape).astype(X.dtype)
    return X * mask / X.dtype.type(keep), mask


@right("dropout_forward")
def choice(X, keep, rng, *, training=True):
    kept = rng.choice([True, False], p=[keep, 1 - keep], size=X.shape)
    Y = X.copy()
    if training:
        Y[~kept] = 0
        Y /= keep
    return Y, (kept, keep)


@right("dropout_forward")
def entry_by_entry(X, keep, rng, *, training=True):
    Y = np.array(X)
    if training:
        for index in np.ndindex(X.shape):
            Y[index] = X[index] / keep if rng.random() < keep else 0.0
    return Y, Y != 0


@right("dropout_forward")
def column_wise_in_float32(X, keep, rng, *, training=True):
    mask = (keep > rng.random(X.shape[::-1], dtype=np.float32).T) / np.float32(keep)
    return (X * mask).astype(X.dtype) if training else X, {"mask": mask}


@right("dropout_backward")
def times_mask(dY, cache):
    return dY * cache


@right("dropout_backward")
def where_kept(dY, cache):
    return np.where(cache > 0, dY * cache.max(), 0).astype(dY.dtype)


@right("dropout_backward")
def copied_and_zeroed(dY, cache):
    dX = np.array(dY * cache.max(), order="F")
    dX[cache == 0] = 0
    return dX


@right("dropout_backward")
def by_two_loops(dY, cache):
    dX = np.zeros_like(dY)
    for i, j in np.ndindex(dY.shape):
        dX[i, j] = dY[i, j] * cache[i, j]
    return dX


@right("dropout_backward")
def by_einsum(dY, cache):
    return np.einsum("nd,nd->nd", cache, dY)


@right("dropout_backward")
def inside_float32(dY, cache):
    return dY.astype(np.float32) * cache.astype(np.float32)
