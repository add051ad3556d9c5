"""Smooth activations, sigmoid and tanh: their derivatives need the output alone."""

import numpy as np

from ._checks import expect_floats, expect_shape


def sigmoid_forward(X):
    """Squeeze every number into 0 to 1: Y = 1 / (1 + exp(-X)).

    Args:
        X: any shape, float.

    Returns:
        Y, the shape of X, and the cache, which is Y itself. A NaN stays a NaN.

    Raises:
        TypeError: X does not hold floats.

    Source:
        For X < 0 the fraction is extended by exp(X): Y = exp(X) / (1 + exp(X)). Either
        way only exponents up to 0 occur, so nothing overflows.
    """
    expect_floats("X", X)
    Y = np.exp(np.minimum(X, 0)) / (1 + np.exp(-np.abs(X)))
    return Y, Y


def sigmoid_backward(dY, cache):
    """Pass the gradient of Y = sigmoid(X) on to X.

    Args:
        dY: gradient of the loss with respect to Y, the shape of Y, float.
        cache: Y from sigmoid_forward.

    Returns:
        dX, the shape of Y. The slope is 1/4 at most, at X = 0.

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dX = dY * Y (1 - Y).
    """
    Y = cache
    expect_shape("dY", dY, Y.shape, "the shape of Y")
    return dY * Y * (1 - Y)


def tanh_forward(X):
    """Squeeze every number into -1 to 1: Y = tanh(X).

    Args:
        X: any shape, float.

    Returns:
        Y, the shape of X, and the cache, which is Y itself. A NaN stays a NaN.

    Raises:
        TypeError: X does not hold floats.

    Source:
        tanh(X) = 2 sigmoid(2 X) - 1.
    """
    expect_floats("X", X)
    Y = np.tanh(X)
    return Y, Y


def tanh_backward(dY, cache):
    """Pass the gradient of Y = tanh(X) on to X.

    Args:
        dY: gradient of the loss with respect to Y, the shape of Y, float.
        cache: Y from tanh_forward.

    Returns:
        dX, the shape of Y. The slope is 1 at most, at X = 0.

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dX = dY * (1 - Y^2).
    """
    Y = cache
    expect_shape("dY", dY, Y.shape, "the shape of Y")
    return dY * (1 - Y * Y)
