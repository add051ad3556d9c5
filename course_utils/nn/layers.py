"""Layers as pairs of plain functions: forward keeps what backward needs.

``name_forward(...) -> (out, cache)`` and ``name_backward(dout, cache) -> grads``,
the gradients in the order of the forward's arguments. ``dX`` is the derivative
of the loss with respect to X, and always has the shape of X.
"""

import numpy as np

from ._checks import expect_floats, expect_shape


def linear_forward(X, W, b):
    """Map every row of X by the same weights: Y = X W + b.

    Args:
        X: inputs, (N, D), float.
        W: weights, (D, M), float.
        b: biases, (M,), float.

    Returns:
        Y, (N, M), and the cache (X, W) for the way back.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together.

    Source:
        Y[n,m] = sum_d X[n,d] W[d,m] + b[m].
    """
    for name, array in (("X", X), ("W", W), ("b", b)):
        expect_floats(name, array)
    expect_shape("X", X, (None, None), "(N, D)")
    D = X.shape[1]
    expect_shape("W", W, (D, None), "(D, M)", f"with D = {D} from X")
    M = W.shape[1]
    expect_shape("b", b, (M,), "(M,)", f"with M = {M} from W")
    Y = X @ W  # (N, M)
    Y += b  # a new array, so adding in place touches nobody's data
    return Y, (X, W)


def linear_backward(dY, cache):
    """Pass the gradient of Y = X W + b on to X, W and b.

    Args:
        dY: gradient of the loss with respect to Y, (N, M), float.
        cache: (X, W) from linear_forward.

    Returns:
        dX (N, D), dW (D, M), db (M,).

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        dX = dY W^T, dW = X^T dY, db[m] = sum_n dY[n,m].
    """
    dW, db = linear_backward_parameters(dY, cache)
    W = cache[1]
    dX = dY @ W.T  # (N, D)
    return dX, dW, db


def linear_backward_parameters(dY, cache):
    """Give the gradients of W and b alone, for a first layer: nobody asks for its dX.

    Args:
        dY: gradient of the loss with respect to Y, (N, M), float.
        cache: (X, W) from linear_forward.

    Returns:
        dW (D, M), db (M,).

    Raises:
        ValueError: dY does not have the shape of Y.

    Source:
        As linear_backward, which is this and one product more.
    """
    X, W = cache
    expect_shape("dY", dY, (X.shape[0], W.shape[1]), "(N, M)")
    dW = X.T @ dY  # (D, M)
    db = dY.sum(axis=0)  # (M,)
    return dW, db


def relu_forward(X):
    """Keep what is positive, set the rest to zero: Y = max(X, 0).

    Args:
        X: any shape, float.

    Returns:
        Y, the shape of X, and the cache X. A NaN stays a NaN, to be noticed.

    Raises:
        TypeError: X does not hold floats.

    Source:
        Nair and Hinton, Rectified linear units improve restricted Boltzmann
        machines, ICML 2010.
    """
    expect_floats("X", X)
    return np.maximum(X, 0), X


def relu_backward(dY, cache):
    """Let the gradient through where the input was positive.

    Args:
        dY: gradient of the loss with respect to Y, the shape of X, float.
        cache: X from relu_forward.

    Returns:
        dX, the shape of X. At X = 0 the slope is taken as 0.

    Raises:
        ValueError: dY does not have the shape of X.

    Source:
        dX = dY * [X > 0].
    """
    X = cache
    expect_shape("dY", dY, X.shape, "the shape of X")
    return dY * (X > 0)
