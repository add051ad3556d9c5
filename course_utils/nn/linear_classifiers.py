"""Linear classifiers of several classes: where their regions meet, their loss, their answers."""

import numpy as np

from ._checks import expect_floats, expect_labels, expect_shape
from .layers import linear_backward_parameters, linear_forward
from .losses import (
    l2_penalty_backward,
    l2_penalty_forward,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)


def meeting_point(W, b):
    """Find the point of the plane where three classes are equally likely.

    Args:
        W: weights of three classes, (2, 3), float.
        b: biases, (3,), float.

    Returns:
        x, (2,), of W's dtype: all three logits x @ W + b are equal there.

    Raises:
        TypeError: W or b does not hold floats.
        ValueError: shapes that do not fit, or boundaries that are parallel: they have no
            single point in common.

    Source:
        (W[:,c] - W[:,0]) . x = b[0] - b[c] for c = 1, 2: two equations, two unknowns.
    """
    expect_floats("W", W)
    expect_floats("b", b)
    expect_shape("W", W, (2, 3), "(D, C)")
    expect_shape("b", b, (3,), "(C,)")
    boundaries = (W[:, 1:] - W[:, :1]).T  # (2, 2), a boundary's normal in each row
    first, second = boundaries
    across = abs(first[0] * second[1] - first[1] * second[0])
    # Two rounding errors large, compared with the lengths: parallel as far as floats can tell.
    if across <= 8 * np.finfo(W.dtype).eps * np.linalg.norm(first) * np.linalg.norm(second):
        raise ValueError(
            "W: expected boundaries that cross, got parallel ones; "
            "two columns alike, or all three on one line?"
        )
    return np.linalg.solve(boundaries, b[0] - b[1:]).astype(W.dtype, copy=False)


def softmax_regression_loss_and_grads(params, X, y, weight_decay=0.0):
    """Compute the loss of softmax regression, and its gradients.

    Args:
        params: {"W": (D, C), "b": (C,)}, float.
        X: inputs, (N, D), float.
        y: labels, (N,), integers from 0 to C - 1.
        weight_decay: strength of the L2 penalty on W; the biases are free.

    Returns:
        The loss, a scalar in nats, and {"W": (D, C), "b": (C,)}.

    Raises:
        TypeError: an argument does not hold floats, or y no integers.
        ValueError: shapes that do not fit together, labels out of range.

    Source:
        Z = X W + b; dW = X^T dZ + 2 weight_decay W; db[c] = sum_n dZ[n,c].
    """
    Z, cache = linear_forward(X, params["W"], params["b"])  # (N, C)
    data_loss, cache_loss = softmax_cross_entropy_forward(Z, y)  # scalar
    penalty, cache_penalty = l2_penalty_forward(params["W"], weight_decay)
    dZ = softmax_cross_entropy_backward(1.0, cache_loss)  # (N, C)
    dW, db = linear_backward_parameters(dZ, cache)  # (D, C), (C,)
    return data_loss + penalty, {"W": dW + l2_penalty_backward(1.0, cache_penalty), "b": db}


def confusion_matrix(y, predicted, C):
    """Count which class was taken for which.

    Args:
        y: labels, (N,), integers from 0 to C - 1.
        predicted: the answers, (N,), integers from 0 to C - 1.
        C: number of classes; one that never occurs keeps its row and column.

    Returns:
        Counts, (C, C), integers: row c is about the examples of class c, column k about
        the answers k. Right answers stand on the diagonal.

    Raises:
        TypeError: labels or answers that are no integers.
        ValueError: lengths that differ, one-hot rows, a class outside 0 .. C - 1.

    Source:
        counts[c,k] = number of n with y[n] = c and predicted[n] = k.
    """
    y, predicted = np.asarray(y), np.asarray(predicted)
    N = len(y) if y.ndim else 0
    expect_labels(y, N, C)
    _expect_answers(predicted, N, C)
    pairs = y.astype(np.int64) * C + predicted  # (N,), a number for each cell
    return np.bincount(pairs, minlength=C * C).reshape(C, C)


def _expect_answers(predicted, n_rows, n_classes):
    """Refuse answers that are no class numbers, one for each label."""
    if predicted.ndim == 2 and predicted.shape[0] == n_rows:
        raise ValueError(
            f"predicted: expected (N,) = ({n_rows},) class numbers, got {predicted.shape}; "
            "scores of all classes? Use predicted.argmax(axis=1)"
        )
    if predicted.dtype.kind not in "iu":
        raise TypeError(
            f"predicted: expected integer class numbers, got {predicted.dtype}; "
            "probabilities instead of answers?"
        )
    expect_shape("predicted", predicted, (n_rows,), "(N,)", "one answer for each label")
    if n_rows and not 0 <= predicted.min() <= predicted.max() < n_classes:
        lowest, highest = predicted.min(), predicted.max()
        raise ValueError(
            f"predicted: expected 0 to C - 1 = {n_classes - 1}, got {lowest} to {highest}; "
            "counted from 1, or from a model of other classes?"
        )
