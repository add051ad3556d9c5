"""How good a net is on a set of examples."""

import numpy as np

from .losses import softmax_cross_entropy_forward

EVALUATION_BATCH = 500


def evaluate(net, split, prepare=None, batch_size=EVALUATION_BATCH):
    """Measure the cross-entropy and the accuracy of a net on a set of examples.

    Args:
        net: has logits(X) -> (N, C).
        split: anything with X, (N, ...), and y, (N,), or the pair (X, y).
        prepare: a function that turns a batch of X into floats; None leaves it as it is.
        batch_size: examples at a time; it bounds the memory.

    Returns:
        The loss, nats, without any penalty, and the accuracy, a share from 0 to 1.

    Raises:
        ValueError: no examples, or X and y of different lengths.
    """
    X, y = examples("split", split)
    total, n_right = 0.0, 0
    for start in range(0, len(y), batch_size):
        rows = slice(start, start + batch_size)
        Z = net.logits(prepared(X[rows], prepare))  # (N, C)
        # A batch's mean times its size, so that a short last batch counts for what it is.
        total += float(softmax_cross_entropy_forward(Z, y[rows])[0]) * len(Z)
        n_right += int((Z.argmax(axis=1) == y[rows]).sum())
    return total / len(y), n_right / len(y)


def examples(name, split):
    """Part a set of examples into X and y.

    Args:
        name: how the caller calls it, for the message.
        split: anything with X, (N, ...), and y, (N,), or the pair (X, y).

    Returns:
        X and y, arrays.

    Raises:
        TypeError: neither.
        ValueError: no examples, or X and y of different lengths.
    """
    pair = (split.X, split.y) if hasattr(split, "X") and hasattr(split, "y") else split
    if not (isinstance(pair, tuple | list) and len(pair) == 2):
        raise TypeError(
            f"{name}: expected something with X and y, or a pair (X, y), got {type(split).__name__}"
        )
    X, y = map(np.asarray, pair)
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            f"{name}: expected one label for each example, got X {X.shape} and y {y.shape}; "
            "cut or shuffled apart?"
        )
    if len(y) == 0:
        raise ValueError(f"{name}: expected at least one example, got none; an empty selection?")
    return X, y


def prepared(X, prepare):
    """Turn a batch into floats, where the caller said how.

    Args:
        X: a batch, (N, ...).
        prepare: a function of X, or None.

    Returns:
        What prepare makes of X; without it, X.
    """
    return X if prepare is None else prepare(X)
