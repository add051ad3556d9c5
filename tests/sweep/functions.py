"""Functions for sweeps: importable, so that worker processes find them, and light."""

import os
import random
import time

import numpy as np


def line(slope, x=2.0, *, seed):
    """A number that can be worked out by hand."""
    return {"y": slope * x + seed}


def noisy(width, seed):
    """All kinds of values; uses every source of randomness, and a product of matrices."""
    rng = np.random.default_rng([seed, width])
    weights = rng.normal(size=(width, 120))
    product = weights @ weights.T
    return {
        "own": float(rng.normal()),
        "legacy": float(np.random.rand()),  # noqa: NPY002
        "standard": random.random(),
        "product": float(product.sum()),
        "history": {"loss": [1.0 / (step + 1 + seed) for step in range(4)]},
        "weights": weights[:2],
    }


def sometimes(x, seed):
    """Fails in several ways."""
    if x == "value":
        raise ValueError(f"no {x}\nsecond line")
    if x == "exit":
        raise SystemExit(3)
    if x == "result":
        return 0.93
    return {"y": 1.0 + seed}


def deadly(x, seed):
    """Takes its process along for x = 2; a little late, so that others run beside it."""
    time.sleep(0.05)
    if x == 2:
        os._exit(7)
    return {"y": x}


def interrupted(x, seed):
    """Stopped by hand at x = 3."""
    if x == 3:
        raise KeyboardInterrupt
    return {"y": x, "array": np.full(2, x)}
