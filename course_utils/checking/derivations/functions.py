"""The elementwise functions of the language with their derivatives."""

from __future__ import annotations

import numpy as np


def _sigmoid(x):
    return 0.5 * (1.0 + np.tanh(0.5 * x))


def _relu(x):
    return np.where(x > 0, x, 0)


def _step(x):
    return np.where(x > 0, 1, 0)


def _sigmoid_prime(x):
    return _sigmoid(x) * (1.0 - _sigmoid(x))


def _tanh_prime(x):
    return 1.0 - np.tanh(x) ** 2


def _zero(x):
    return 0 * x


# name -> (function, derivative). The convention of the course: no slope of ReLU at 0.
ELEMENTWISE = {
    "exp": (np.exp, np.exp),
    "log": (np.log, lambda x: 1.0 / x),
    "sqrt": (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
    "abs": (abs, np.sign),
    "sign": (np.sign, _zero),
    "relu": (_relu, _step),
    "sigmoid": (_sigmoid, _sigmoid_prime),
    "tanh": (np.tanh, _tanh_prime),
    "relu_prime": (_step, _zero),
    "sigmoid_prime": (
        _sigmoid_prime,
        lambda x: _sigmoid_prime(x) * (1.0 - 2.0 * _sigmoid(x)),
    ),
    "tanh_prime": (_tanh_prime, lambda x: -2.0 * np.tanh(x) * _tanh_prime(x)),
}

# Those that keep fractions fractions.
RATIONAL = {"abs", "relu", "relu_prime"}
WITH_KINK = {"abs", "relu", "relu_prime", "max", "min", "where", "sign"}

COMPARE = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def softmax(x):
    """Softmax along the last axis, stable."""
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
