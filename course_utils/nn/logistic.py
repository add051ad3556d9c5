"""Two classes and one logit: the logistic loss, logistic regression and its curvature."""

import numpy as np

from ._checks import expect_floats, expect_shape
from .activations import sigmoid_forward
from .losses import l2_penalty_backward, l2_penalty_forward


def logistic_loss_forward(z, y):
    """Measure how surprised the probabilities sigmoid(z) are by labels 0 and 1.

    Args:
        z: logits, (N,), float.
        y: the right class of each row, (N,), 0 or 1, of any integer, float or bool dtype.

    Returns:
        The loss in nats, averaged over the N rows, a scalar of z's dtype, and the cache
        (p, y): p = sigmoid(z), the probability of class 1, and y as numbers of z's dtype.
        Logits of 0 give ln 2.

    Raises:
        TypeError: z does not hold floats, or y no numbers.
        ValueError: shapes that do not fit, no rows, labels other than 0 and 1.

    Source:
        loss = 1/N sum_n (softplus(z[n]) - y[n] z[n]), softplus(z) = log(1 + exp(z)).
    """
    expect_floats("z", z)
    expect_shape("z", z, (None,), "(N,)")
    if len(z) == 0:
        raise ValueError("z: expected at least one row to average over, got (0,)")
    y = _as_numbers(y, len(z), z.dtype)
    # Out of the logarithm comes the larger of z and 0, so exp(-|z|) is 1 at most. y z is taken
    # off first: that leaves 0 or |z|, exactly, and a tiny logarithm keeps its digits beside 0.
    losses = np.maximum(z, 0) - y * z + np.log1p(np.exp(-np.abs(z)))  # (N,)
    loss = losses.mean()  # scalar
    p, _ = sigmoid_forward(z)
    return loss, (p, y)


def _as_numbers(y, n_rows, dtype):
    """Turn labels 0 and 1 of any kind into numbers that p - y can be made of."""
    y = np.asarray(y)
    if y.dtype.kind not in "biuf":
        raise TypeError(f"y: expected numbers 0 and 1, got {y.dtype}")
    if y.shape == (n_rows, 2):
        raise ValueError(f"y: expected (N,) = ({n_rows},), got one-hot rows {y.shape}; use y[:, 1]")
    expect_shape("y", y, (n_rows,), "(N,)", "one label for each row of z")
    other = y[(y != 0) & (y != 1)]
    if other.size:
        why = {-1: "labels -1 and 1? Use (y + 1) / 2", 2: "labels counted from 1? Use y - 1"}
        cause = why.get(other[0].item(), "probabilities, or another class number?")
        raise ValueError(f"y: expected labels 0 and 1, got {other[0]:g}; {cause}")
    return y.astype(dtype)


def logistic_loss_backward(dloss, cache):
    """Pass the gradient of the loss on to the logits: what was said minus what was right.

    Args:
        dloss: gradient arriving at the loss, a scalar; 1.0 at the end of a net.
        cache: (p, y) from logistic_loss_forward.

    Returns:
        dz, (N,).

    Source:
        dz[n] = dloss / N * (p[n] - y[n]).
    """
    p, y = cache
    return (float(dloss) / len(p)) * (p - y)  # a plain float keeps float32 what it is


def logistic_regression_loss_and_grads(params, X, y, weight_decay=0.0):
    """Compute the loss of logistic regression, and its gradients.

    Args:
        params: {"w": (D,), "b": ()}, float.
        X: inputs, (N, D), float.
        y: labels, (N,), 0 or 1.
        weight_decay: strength of the L2 penalty on w; the bias is free.

    Returns:
        The loss, a scalar in nats, and {"w": (D,), "b": ()}.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together, labels other than 0 and 1.

    Source:
        z = X w + b; dw = X^T dz + 2 weight_decay w; db = sum_n dz[n].
    """
    w, b = params["w"], params["b"]
    for name, array in (("X", X), ("w", w)):
        expect_floats(name, array)
    expect_shape("X", X, (None, None), "(N, D)")
    expect_shape("w", w, (X.shape[1],), "(D,)", f"with D = {X.shape[1]} from X")
    if np.ndim(b):
        raise ValueError(
            f"b: expected a single number, got shape {np.shape(b)}; "
            "kept an axis of length 1 (keepdims)?"
        )
    z = X @ w + float(b)  # (N,)
    data_loss, cache_loss = logistic_loss_forward(z, y)  # scalar
    penalty, cache_penalty = l2_penalty_forward(w, weight_decay)
    dz = logistic_loss_backward(1.0, cache_loss)  # (N,)
    dw = X.T @ dz + l2_penalty_backward(1.0, cache_penalty)  # (D,)
    return data_loss + penalty, {"w": dw, "b": dz.sum()}


def logistic_hessian(X, p, weight_decay=0.0):
    """Give the curvature of logistic regression's loss: how its gradient turns with w.

    Args:
        X: inputs, (N, D), float. A column of ones stands for the bias; it pays the
            penalty like the others.
        p: probabilities of class 1, (N,), float, from 0 to 1.
        weight_decay: strength of the L2 penalty, as in the loss.

    Returns:
        H, (D, D), symmetric, no eigenvalue below 2 weight_decay. The labels do not
        occur in it.

    Raises:
        TypeError: X or p does not hold floats.
        ValueError: shapes that do not fit, no rows, p outside 0 to 1.

    Source:
        H = X^T diag(p (1 - p)) X / N + 2 weight_decay I.
    """
    expect_floats("X", X)
    expect_floats("p", p)
    expect_shape("X", X, (None, None), "(N, D)")
    N, D = X.shape
    if N == 0:
        raise ValueError("X: expected at least one row to average over, got (0, D)")
    expect_shape("p", p, (N,), "(N,)", f"with N = {N} from X")
    if not np.all((p >= 0) & (p <= 1)):
        raise ValueError("p: expected probabilities from 0 to 1, got others; logits?")
    # A matrix times its own transpose is symmetric to the last digit.
    A = np.sqrt(p * (1 - p))[:, None] * X  # (N, D)
    H = A.T @ A / N  # (D, D)
    H[np.diag_indices(D)] += 2 * float(weight_decay)
    return H


def largest_stable_rate(H):
    """Give the learning rate above which gradient descent runs away.

    Args:
        H: Hessian of a loss, (D, D), symmetric, float. Along an eigenvector of
            eigenvalue a, a step multiplies the distance to the minimum by
            1 - learning_rate a.

    Returns:
        2 / (largest eigenvalue of H), a scalar of H's dtype.

    Raises:
        TypeError: H does not hold floats.
        ValueError: H is not square or not symmetric, or no eigenvalue is above 0.

    Source:
        |1 - learning_rate a| < 1 for all eigenvalues a > 0 of H.
    """
    expect_floats("H", H)
    expect_shape("H", H, (None, None), "(D, D)")
    if H.shape[0] != H.shape[1] or len(H) == 0:
        raise ValueError(f"H: expected (D, D), square, got {H.shape}; X or a gradient?")
    if np.abs(H - H.T).max() > 1e-4 * np.abs(H).max():
        raise ValueError("H: expected a symmetric matrix, got another; a transpose missing in it?")
    largest = np.linalg.eigvalsh(H)[-1]  # in ascending order
    if not largest > 0:
        raise ValueError(
            f"H: expected a largest eigenvalue above 0, got {largest:.3g}; "
            "a flat loss has no largest rate"
        )
    return H.dtype.type(2 / largest)  # NumPy 1 makes float64 of a number over a float32
