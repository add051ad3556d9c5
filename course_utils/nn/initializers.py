"""First weights: how wide to draw them, so that signals neither fade nor explode."""

import numpy as np

from ._checks import expect_generator


def he_normal(rng, fan_in, fan_out, dtype=np.float32):
    """Draw weights for a layer followed by ReLU, which loses half of the signal.

    Args:
        rng: numpy.random.Generator.
        fan_in: D, inputs of a unit.
        fan_out: M, units of the layer.
        dtype: dtype of the weights.

    Returns:
        W, (D, M), normal with mean 0 and standard deviation sqrt(2 / D).

    Raises:
        TypeError: rng is no generator.

    Source:
        He et al., Delving deep into rectifiers, ICCV 2015, equation 10.
    """
    return _normal(rng, fan_in, fan_out, np.sqrt(2 / fan_in), dtype)


def xavier_normal(rng, fan_in, fan_out, dtype=np.float32):
    """Draw weights that suit the way there and the way back, for tanh or no activation.

    Args:
        rng: numpy.random.Generator.
        fan_in: D, inputs of a unit.
        fan_out: M, units of the layer.
        dtype: dtype of the weights.

    Returns:
        W, (D, M), normal with mean 0 and standard deviation sqrt(2 / (D + M)).

    Raises:
        TypeError: rng is no generator.

    Source:
        Glorot and Bengio, Understanding the difficulty of training deep
        feedforward neural networks, AISTATS 2010, equation 12.
    """
    return _normal(rng, fan_in, fan_out, np.sqrt(2 / (fan_in + fan_out)), dtype)


def small_normal(rng, fan_in, fan_out, dtype=np.float32, std=0.01):
    """Draw small weights whatever the layer's width: well for one layer, too small for ten.

    Args:
        rng: numpy.random.Generator.
        fan_in: D, inputs of a unit.
        fan_out: M, units of the layer.
        dtype: dtype of the weights.
        std: standard deviation.

    Returns:
        W, (D, M), normal with mean 0 and the given standard deviation.

    Raises:
        TypeError: rng is no generator.
    """
    return _normal(rng, fan_in, fan_out, std, dtype)


def _normal(rng, fan_in, fan_out, std, dtype):
    """Draw in float64 and round, so that both precisions start from the same net."""
    expect_generator(rng)
    return (rng.standard_normal((fan_in, fan_out)) * std).astype(dtype)  # (D, M)


INITIALIZERS = {
    "he_normal": he_normal,
    "xavier_normal": xavier_normal,
    "small_normal": small_normal,
}


def get_initializer(initializer):
    """Look up an initializer by name; a function passes through.

    Args:
        initializer: a name in INITIALIZERS, or a function
            (rng, fan_in, fan_out, dtype) -> W.

    Returns:
        The function.

    Raises:
        ValueError: a name that is not known.
    """
    if callable(initializer):
        return initializer
    if initializer not in INITIALIZERS:
        raise ValueError(
            f"initializer: expected one of {', '.join(INITIALIZERS)} "
            f"or a function, got {initializer!r}"
        )
    return INITIALIZERS[initializer]
