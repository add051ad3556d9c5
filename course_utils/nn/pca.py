"""Principal component analysis: the directions along which examples vary most."""

import numpy as np

from ._checks import expect_floats, expect_shape, expect_whole

# Float64 sums of up to a million numbers are right to more digits than this.
ROUNDING = 1e-12


def pca_fit(X, k):
    """Find the k directions along which the examples vary most.

    Args:
        X: examples, (N, D), float, at least two of them; N may be smaller than D.
        k: how many directions, from 1 to min(N, D).

    Returns:
        mean, (D,): of the examples.
        components, (k, D): one direction per row, of length 1 and at right angles to the
        others, the one with the most variance first. A direction and its negative are
        equally right; here the entry of largest size is positive.
        variances, (k,): of the examples along each direction, divided by N - 1.

    Raises:
        TypeError: X does not hold floats, or k is no whole number.
        ValueError: X is no matrix, has fewer than two rows, holds NaN or inf; k out of range.

    Source:
        Pearson (1901); Hotelling (1933). With X - mean = U diag(s) Vt the components are
        rows of Vt, the variances s^2 / (N - 1). The matrix of covariances is never built:
        its squares would cost half of the digits.
    """
    mean, centred = centred_examples(X, k)
    N, D = X.shape
    # A tall matrix has the s and Vt of its triangle R: a seventh of the time, and no U.
    matrix = np.linalg.qr(centred, mode="r") if N > D else centred  # (min(N, D), D)
    _, s, Vt = np.linalg.svd(matrix, full_matrices=False)
    variances = s[:k] ** 2 / (N - 1)  # (k,)
    return tuple(a.astype(X.dtype) for a in (mean, signs_fixed(Vt[:k]), variances))


def pca_project(X, mean, components):
    """Describe each example by its coordinates along the components.

    Args:
        X: examples, (N, D), float.
        mean: from pca_fit, (D,).
        components: from pca_fit, (k, D), rows of length 1 at right angles.

    Returns:
        scores, (N, k).

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together.

    Source:
        scores = (X - mean) components^T.
    """
    expect_floats("X", X)
    expect_shape("X", X, (None, None), "(N, D)")
    _expect_basis(mean, components, X.shape[1], "from X")
    return (X - mean) @ components.T  # (N, k)


def pca_reconstruct(scores, mean, components):
    """Rebuild examples from their scores: the mean, plus each component by its score.

    Args:
        scores: from pca_project, (N, k), float.
        mean: from pca_fit, (D,).
        components: from pca_fit, (k, D).

    Returns:
        X_hat, (N, D): of all points in the plane of the components the nearest to X.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together.

    Source:
        X_hat = mean + scores components.
    """
    _expect_basis(mean, components, np.size(mean), "from mean")
    expect_floats("scores", scores)
    wanted = (None, len(components))
    expect_shape("scores", scores, wanted, f"(N, k) with k = {len(components)}")
    return scores @ components + mean  # (N, D)


def pca_compress(X, mean, components):
    """Squeeze each example into k numbers and rebuild it from them.

    Args:
        X: examples, (N, D), float.
        mean: from pca_fit, (D,).
        components: from pca_fit, (k, D).

    Returns:
        scores, (N, k): what is kept of each example.
        X_hat, (N, D): what can be rebuilt from that.

    Raises:
        TypeError: an argument does not hold floats.
        ValueError: shapes that do not fit together.

    Source:
        pca_project, then pca_reconstruct. On the examples that the components come from,
        the sum of ||x - x_hat||^2, divided by N - 1, is the sum of the variances left out.
    """
    scores = pca_project(X, mean, components)
    return scores, pca_reconstruct(scores, mean, components)


def components_needed(variances, share):
    """Count the leading components that carry a given share of the variance.

    Args:
        variances: of all components, (K,), float, none negative, largest first.
        share: of their sum that is to be kept, above 0 and up to 1.

    Returns:
        The smallest count, an int, whose variances sum to share of the total or more.

    Raises:
        TypeError: variances does not hold floats.
        ValueError: not a vector, empty, negative, not in falling order, all 0; share out of range.
    """
    expect_floats("variances", variances)
    expect_shape("variances", variances, (None,), "(K,)")
    if not (np.all(variances >= 0) and np.all(variances < np.inf) and np.any(variances)):
        raise ValueError("variances: expected finite numbers of 0 or more, not all of them 0")
    if np.any(variances[1:] - variances[:-1] > 1e-6 * variances[0]):
        raise ValueError("variances: expected the largest first; sorted the other way round?")
    if not 0 < share <= 1:
        raise ValueError(f"share: expected above 0 and up to 1, got {share!r}; per cent?")
    sums = np.cumsum(variances, dtype=np.float64)  # (K,)
    # Rounding must not ask for one more: ten times 0.1 is a little less than 1.
    enough = sums >= share * sums[-1] * (1 - ROUNDING)
    return int(enough.argmax()) + 1


def centred_examples(X, k):
    """The mean, (D,), and X less its mean, (N, D), in float64: float32 sums lose digits."""
    expect_floats("X", X, "convert with .astype(float)")
    expect_shape("X", X, (None, None), "(N, D)")
    if len(X) < 2:
        raise ValueError(f"X: expected at least two examples to vary, got {len(X)}")
    expect_whole("k", k, 1)
    if k > min(X.shape):
        raise ValueError(f"k: expected at most min(N, D) = {min(X.shape)}, got {k}")
    mean = X.mean(axis=0, dtype=np.float64)  # (D,)
    if not np.isfinite(mean).all():
        raise ValueError("X: expected finite numbers, got NaN or inf")
    return mean, X - mean


def signs_fixed(components):
    """The same directions, each with its entry of largest size positive."""
    rows = np.arange(len(components))
    largest = components[rows, np.abs(components).argmax(axis=1)]  # (k,)
    return components * np.where(largest < 0, -1.0, 1.0)[:, None]


def _expect_basis(mean, components, D, origin):
    for name, array in (("mean", mean), ("components", components)):
        expect_floats(name, array)
    expect_shape("mean", mean, (D,), "(D,)", origin)
    expect_shape("components", components, (None, D), f"(k, D) with D = {D}", origin)
