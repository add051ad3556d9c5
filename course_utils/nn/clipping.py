"""Clipping: shorten a gradient that is too long, and keep where it points."""

import math

import numpy as np


def clip_gradients(grads, max_norm):
    """Shorten all gradients by one common factor, so that together they are not too long.

    Args:
        grads: {key: array, float}, the gradients of all parameters; not changed.
        max_norm: the greatest length that is let through, above 0.

    Returns:
        The clipped gradients, {key: array} with the same keys, shapes and dtypes, and the
        norm they had before, a float: the length of all of them as one long vector. A
        norm up to max_norm leaves every number as it is, and so does one of NaN or inf,
        which no factor could mend.

    Raises:
        ValueError: max_norm is not a positive number.

    Source:
        norm = sqrt(sum over all arrays of sum g^2); g <- g * min(1, max_norm / norm).
        Pascanu, Mikolov and Bengio, On the difficulty of training recurrent neural
        networks, ICML 2013, algorithm 1.
    """
    if not 0 < max_norm < math.inf:
        raise ValueError(f"max_norm: expected a positive number, got {max_norm!r}")
    # Squares in float64: in float32 a gradient of 1e20 would already make inf.
    norm = math.sqrt(sum(float(np.square(g, dtype=np.float64).sum()) for g in grads.values()))
    if not max_norm < norm < math.inf:
        return dict(grads), norm
    factor = max_norm / norm  # a plain float keeps float32 what it is
    return {key: factor * g for key, g in grads.items()}, norm
