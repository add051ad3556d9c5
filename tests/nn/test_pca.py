import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from course_utils import nn
from course_utils.data import load_digits
from tests.nn.helpers import awkward_views, examples, unchanged


def cloud(N, D, seed=0, dtype=np.float64, ratio=0.8):
    """Examples whose variances fall by a ratio, around a mean away from 0."""
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((N, D)) * ratio ** (np.arange(D) / 2)
    rotation = np.linalg.qr(rng.standard_normal((D, D)))[0]
    return (mixed @ rotation + 3 * rng.standard_normal(D)).astype(dtype)


@pytest.fixture(scope="module")
def digits():
    return load_digits("quick").train.X.astype(np.float64)


def assert_same_components(got, expected, tolerance):
    """Equal up to the sign of each row."""
    signs = np.sign(np.sum(got * expected, axis=1, keepdims=True))
    np.testing.assert_allclose(signs * got, expected, rtol=0, atol=tolerance)


@pytest.mark.parametrize(
    ("N", "D", "k"), [(40, 7, 7), (40, 7, 3), (8, 20, 7), (6, 6, 5), (2, 3, 1), (500, 2, 2)]
)
def test_fit_agrees_with_scikit_learn(N, D, k):
    X = cloud(N, D)
    mean, components, variances = nn.pca_fit(X, k)
    expected = PCA(k, svd_solver="full").fit(X)
    np.testing.assert_allclose(mean, expected.mean_, atol=1e-12)
    np.testing.assert_allclose(variances, expected.explained_variance_, rtol=1e-9)
    assert_same_components(components, expected.components_, 1e-9)


def test_fit_agrees_with_scikit_learn_on_digits(digits):
    mean, components, variances = nn.pca_fit(digits, 50)
    expected = PCA(50, svd_solver="full").fit(digits)
    np.testing.assert_allclose(mean, expected.mean_, atol=1e-10)
    np.testing.assert_allclose(variances, expected.explained_variance_, rtol=1e-9)
    assert_same_components(components, expected.components_, 1e-8)
    scores, X_hat = nn.pca_compress(digits[:99], mean, components)
    scores_expected = expected.transform(digits[:99])
    np.testing.assert_allclose(np.abs(scores), np.abs(scores_expected), atol=1e-5)
    np.testing.assert_allclose(X_hat, expected.inverse_transform(scores_expected), atol=1e-6)


def test_closed_form_of_four_points():
    """A cross with arms of length 5 along (3, 4) and 1 along (-4, 3), moved to (10, 20)."""
    u, w = np.array([0.6, 0.8]), np.array([-0.8, 0.6])
    X = np.array([5 * u, -5 * u, w, -w]) + np.array([10, 20])
    mean, components, variances = nn.pca_fit(X, 2)
    np.testing.assert_allclose(mean, [10, 20])
    np.testing.assert_allclose(components, [u, -w], atol=1e-15)  # largest entry positive
    np.testing.assert_allclose(variances, [50 / 3, 2 / 3])


def test_two_correlated_inputs_have_eigenvalues_one_plus_and_minus_r():
    rng = np.random.default_rng(3)
    Z = rng.standard_normal((500, 2))
    Z = (Z - Z.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(Z.T))).T  # covariance 1
    r = 0.7
    X = Z @ np.linalg.cholesky(np.array([[1, r], [r, 1]])).T
    _, components, variances = nn.pca_fit(X, 2)
    np.testing.assert_allclose(variances, [1 + r, 1 - r])
    np.testing.assert_allclose(np.abs(components), np.full((2, 2), np.sqrt(0.5)))


shapes = st.tuples(st.integers(2, 12), st.integers(1, 12), st.integers(0, 2**32 - 1))


@examples
@given(shapes, st.floats(-1e3, 1e3))
def test_components_are_orthonormal_and_variances_fall_and_add_up(shape, shift):
    N, D, seed = shape
    X = np.random.default_rng(seed).standard_normal((N, D)) + shift
    k = min(N, D)
    _, components, variances = nn.pca_fit(X, k)
    np.testing.assert_allclose(components @ components.T, np.eye(k), atol=1e-12)
    assert np.all(np.diff(variances) <= 0)
    assert np.all(variances >= 0)
    np.testing.assert_allclose(variances.sum(), X.var(axis=0, ddof=1).sum(), rtol=1e-9)


@examples
@given(shapes, st.data())
def test_what_rebuilding_loses_is_the_sum_of_the_variances_left_out(shape, data):
    N, D, seed = shape
    X = np.random.default_rng(seed).standard_normal((N, D)) + 5
    k = data.draw(st.integers(1, min(N, D)))
    mean, components, variances = nn.pca_fit(X, min(N, D))
    scores, X_hat = nn.pca_compress(X, mean, components[:k])
    lost = np.sum((X - X_hat) ** 2) / (N - 1)
    np.testing.assert_allclose(lost, variances[k:].sum(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(scores.var(axis=0, ddof=1), variances[:k], atol=1e-9)
    np.testing.assert_allclose(scores.mean(axis=0), 0, atol=1e-12)


@examples
@given(st.integers(0, 2**32 - 1), st.integers(3, 9), st.booleans())
def test_a_rotation_turns_the_components_and_leaves_the_variances(seed, D, wide):
    X = cloud(D - 1 if wide else 3 * D, D, seed, ratio=0.5)
    rotation = np.linalg.qr(np.random.default_rng(seed + 1).standard_normal((D, D)))[0]
    k = min(2, D - 2)
    _, components, variances = nn.pca_fit(X, k)
    mean, turned, same = nn.pca_fit(X @ rotation + 7, k)
    np.testing.assert_allclose(same, variances, rtol=1e-9)
    np.testing.assert_allclose(mean, X.mean(axis=0) @ rotation + 7, atol=1e-10)
    # Two directions of nearly one variance may be mixed: compare the plane of k where k + 1 is far.
    values = nn.pca_fit(X, k + 1)[2] if k < min(X.shape) else np.zeros(k + 1)
    if values[k] < 0.9 * values[k - 1]:
        plane = (components @ rotation).T @ (components @ rotation)
        np.testing.assert_allclose(turned.T @ turned, plane, atol=1e-7)


@pytest.mark.parametrize("shape", [(200, 6), (6, 30)])
def test_float32_far_from_zero_is_as_exact_as_its_numbers(shape):
    """The mean of float32 numbers near 1000 is not summed in float32; dtypes are kept."""
    X = (cloud(*shape) + 1000).astype(np.float32)
    for fitted in (nn.pca_fit(X, 3), nn.power_pca(X, 3, np.random.default_rng(0), tol=1e-8)):
        assert [a.dtype for a in fitted] == [np.float32] * 3
        mean, components, variances = fitted
        expected = PCA(3, svd_solver="full").fit(X.astype(np.float64))
        np.testing.assert_allclose(mean, expected.mean_, rtol=1e-7)
        np.testing.assert_allclose(variances, expected.explained_variance_, rtol=1e-6)
        assert_same_components(components, expected.components_, 1e-6)
    scores, X_hat = nn.pca_compress(X, mean, components)
    assert scores.dtype == X_hat.dtype == np.float32


def test_the_mean_of_many_float32_numbers_keeps_its_digits():
    X = np.full((300_000, 2), 0.1, np.float32)
    X[::2, 1] = 0.3
    mean, _, variances = nn.pca_fit(X, 1)
    np.testing.assert_allclose(mean, [0.1, 0.2], rtol=1e-6)
    np.testing.assert_allclose(variances, 0.01, rtol=1e-5)


def test_signs_are_fixed_by_the_largest_entry():
    components = np.concatenate([nn.pca_fit(cloud(30, 6, seed), 4)[1] for seed in range(5)])
    largest = np.abs(components).argmax(axis=1)
    assert np.all(components[np.arange(len(components)), largest] > 0)


def test_project_and_reconstruct_are_the_two_halves_of_compress():
    X = cloud(9, 5)
    mean, components, _ = nn.pca_fit(X, 5)
    scores, X_hat = nn.pca_compress(X, mean, components)
    np.testing.assert_allclose(X_hat, X)  # all components: nothing is lost
    np.testing.assert_array_equal(nn.pca_project(X, mean, components), scores)
    np.testing.assert_allclose(nn.pca_reconstruct(np.zeros((2, 5)), mean, components), [mean] * 2)
    np.testing.assert_allclose(
        nn.pca_reconstruct(np.eye(5), mean, components), mean + components, atol=1e-14
    )
    # The nearest point of the plane: what is lost is at right angles to all components.
    scores, X_hat = nn.pca_compress(X + 1, mean, components[:2])
    np.testing.assert_allclose((X + 1 - X_hat) @ components[:2].T, 0, atol=1e-12)


@pytest.mark.parametrize("view", range(4))
def test_layout_in_memory_does_not_matter_and_inputs_stay(view):
    X = awkward_views(cloud(9, 4))[view]
    check = unchanged(X)
    mean, components, variances = nn.pca_fit(X, 2)
    nn.pca_compress(X, mean, components)
    nn.power_pca(X, 2, np.random.default_rng(0))
    check()
    for got, expected in zip(
        (mean, components, variances), nn.pca_fit(cloud(9, 4), 2), strict=True
    ):
        np.testing.assert_allclose(got, expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("D", [1, 2, 7])
def test_power_iteration_finds_the_eigenvalue_of_largest_size(D, seed):
    rng = np.random.default_rng(seed)
    values = rng.permutation((-1.0) ** np.arange(D) * 3 * 0.6 ** np.arange(D))
    values *= rng.choice([-1, 1])
    Q = np.linalg.qr(rng.standard_normal((D, D)))[0]
    S = (Q * values) @ Q.T
    S = (S + S.T) / 2
    eigenvalue, eigenvector = nn.power_iteration(S, rng.standard_normal(D), 200)
    exact, vectors = np.linalg.eigh(S)
    best = np.abs(exact).argmax()
    np.testing.assert_allclose(eigenvalue, exact[best], rtol=1e-12)
    assert_same_components(eigenvector[None], vectors[:, best][None], 1e-10)
    np.testing.assert_allclose(np.linalg.norm(eigenvector), 1)


def test_power_iteration_step_by_step():
    S, v = np.diag([3.0, 1.0]), np.array([2.0, 2.0])
    for steps in range(6):
        eigenvalue, eigenvector = nn.power_iteration(S, v, steps)
        expected = np.array([3.0**steps, 1.0]) / np.sqrt(9.0**steps + 1)
        np.testing.assert_allclose(eigenvector, expected)
        np.testing.assert_allclose(eigenvalue, (3 * 9.0**steps + 1) / (9.0**steps + 1))


def test_the_error_of_the_direction_shrinks_by_the_ratio_of_the_eigenvalues():
    S, v = np.diag([5.0, -4.0, 1.0]), np.ones(3)
    tangents = [np.linalg.norm(w[1:]) / abs(w[0]) for w in _vectors(S, v, (40, 41))]
    np.testing.assert_allclose(tangents[1] / tangents[0], 0.8, rtol=1e-6)


def _vectors(S, v, counts):
    return [nn.power_iteration(S, v, steps)[1] for steps in counts]


def test_power_iteration_does_not_overflow_and_keeps_float32():
    S = np.diag([1e4, 3e3]).astype(np.float32)
    v = np.array([3.0, 4.0], np.float32)
    check = unchanged(S, v)
    eigenvalue, eigenvector = nn.power_iteration(S, v, 500)
    assert (eigenvalue.dtype, eigenvector.dtype) == (np.float32, np.float32)
    np.testing.assert_allclose(eigenvalue, 1e4, rtol=1e-6)
    check()


def test_a_start_that_s_maps_to_zero_is_an_eigenvector():
    eigenvalue, eigenvector = nn.power_iteration(np.diag([2.0, 0.0]), np.array([0.0, 5.0]), 3)
    assert eigenvalue == 0
    np.testing.assert_array_equal(eigenvector, [0, 1])


@pytest.mark.parametrize(("N", "D", "k"), [(60, 8, 8), (7, 25, 6), (50, 3, 1)])
def test_power_pca_agrees_with_eigh_of_the_covariances(N, D, k):
    X = cloud(N, D, ratio=0.6)
    mean, components, variances = nn.power_pca(X, k, np.random.default_rng(5))
    values, vectors = np.linalg.eigh(np.cov(X, rowvar=False))
    np.testing.assert_allclose(mean, X.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(variances, values[::-1][:k], rtol=1e-9)
    assert_same_components(components, vectors.T[::-1][:k], 1e-7)
    np.testing.assert_allclose(components @ components.T, np.eye(k), atol=1e-14)


def test_power_pca_of_digits(digits):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, components, variances = nn.power_pca(digits, 5, np.random.default_rng(0))
    expected = PCA(5, svd_solver="full").fit(digits)
    np.testing.assert_allclose(variances, expected.explained_variance_, rtol=1e-10)
    assert_same_components(components, expected.components_, 1e-7)


@pytest.mark.parametrize("others", [np.random.default_rng(1).standard_normal((2, 6)), np.eye(2, 6)])
def test_power_pca_of_data_with_fewer_dimensions_than_asked_for(others):
    X = cloud(20, 2) @ others
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no variance is left: nothing to wait for
        _, components, variances = nn.power_pca(X, 4, np.random.default_rng(2))
    np.testing.assert_allclose(components @ components.T, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(variances[2:], 0, atol=1e-20)
    np.testing.assert_allclose(variances[:2], nn.pca_fit(X, 2)[2])


def test_power_pca_of_equal_variances_rests_and_of_nearly_equal_ones_warns():
    X = np.concatenate([np.eye(3), -np.eye(3)])
    np.testing.assert_allclose(nn.power_pca(X, 3, np.random.default_rng(0))[2], [0.4] * 3)
    X[:, 0] *= 1.0001
    with pytest.warns(RuntimeWarning, match="component 0: step 50 still moved it"):
        _, _, variances = nn.power_pca(X, 1, np.random.default_rng(0), steps=50)
    np.testing.assert_allclose(variances, 0.4, rtol=1e-3)


@examples
@given(
    st.lists(st.integers(0, 60), min_size=1, max_size=12).filter(any),
    st.integers(1, 64),
)
def test_components_needed_is_the_first_count_that_is_enough(values, sixty_fourths):
    """In whole numbers, where nothing is rounded."""
    values = sorted(values, reverse=True)
    count = nn.components_needed(np.array(values, float), sixty_fourths / 64)
    assert type(count) is int
    assert 64 * sum(values[:count]) >= sixty_fourths * sum(values)
    assert 64 * sum(values[: count - 1]) < sixty_fourths * sum(values)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_components_needed_is_not_misled_by_rounding(dtype):
    """Ten times 0.1 sums to less than 1, and 0.3 / 1 to more than three tenths of it."""
    for m in range(1, 11):
        assert nn.components_needed(np.full(10, 0.1, dtype), m / 10) == m
    assert nn.components_needed(np.array([3.0, 1.0, 0.0], dtype), 1.0) == 2


def test_components_needed_agrees_with_scikit_learn_on_digits(digits):
    _, _, variances = nn.pca_fit(digits, 784)
    # Scikit-learn asks for more than the share; no sum of these meets it exactly.
    assert nn.components_needed(variances, 0.9) == PCA(0.9).fit(digits).n_components_


X, S, V = np.ones((4, 3)), np.eye(3), np.ones(3)
RNG = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.pca_fit(X.astype(np.uint8), 1), TypeError, "X: expected floats, got uint8"),
        (lambda: nn.pca_fit(X, 4), ValueError, r"k: expected at most min\(N, D\) = 3, got 4"),
        (lambda: nn.pca_fit(X, 0), ValueError, "k: expected at least 1, got 0"),
        (lambda: nn.pca_fit(X, 1.0), TypeError, "k: expected a whole number"),
        (lambda: nn.pca_fit(X, True), TypeError, "k: expected a whole number"),
        (lambda: nn.pca_fit(X[:1], 1), ValueError, "at least two examples"),
        (lambda: nn.pca_fit(X[:0], 1), ValueError, "at least two examples"),
        (lambda: nn.pca_fit(V, 1), ValueError, "one example is still a batch"),
        (lambda: nn.pca_fit(X * np.nan, 1), ValueError, "finite numbers, got NaN"),
        (lambda: nn.pca_project(X, V, S[:, :2]), ValueError, r"components: expected \(k, D\)"),
        (lambda: nn.pca_project(X, V, np.ones((3, 2))), ValueError, "transposed"),
        (lambda: nn.pca_project(X, V[None], S), ValueError, "keepdims"),
        (lambda: nn.pca_project(X, V[:2], S), ValueError, "mean: expected"),
        (lambda: nn.pca_reconstruct(X, V, S[:2]), ValueError, r"scores: expected \(N, k\)"),
        (lambda: nn.pca_compress([[1.0]], V, S), TypeError, "X: expected a NumPy array"),
        (lambda: nn.power_iteration(X, V, 1), ValueError, "square matrix"),
        (lambda: nn.power_iteration(S + X[:3].cumsum(0), V, 1), ValueError, "symmetric"),
        (lambda: nn.power_iteration(S, 0 * V, 1), ValueError, "length above 0"),
        (lambda: nn.power_iteration(S, V[:2], 1), ValueError, "v: expected"),
        (lambda: nn.power_iteration(S, V, -1), ValueError, "steps: expected at least 0"),
        (lambda: nn.power_iteration(S, V, 2.5), TypeError, "steps: expected a whole number"),
        (lambda: nn.power_pca(X, 1, 7), TypeError, "default_rng"),
        (lambda: nn.power_pca(X, 9, RNG), ValueError, "k: expected at most"),
        (lambda: nn.power_pca(X, 1, RNG, steps=0), ValueError, "steps: expected at least 1"),
        (lambda: nn.components_needed(V[:0], 0.5), ValueError, "not all of them 0"),
        (lambda: nn.components_needed(0 * V, 0.5), ValueError, "not all of them 0"),
        (lambda: nn.components_needed(-V, 0.5), ValueError, "0 or more"),
        (lambda: nn.components_needed(np.arange(1.0, 4.0), 0.5), ValueError, "the largest first"),
        (lambda: nn.components_needed(V, 95), ValueError, "per cent"),
        (lambda: nn.components_needed(V, 0.0), ValueError, "above 0"),
        (lambda: nn.components_needed(X, 0.5), ValueError, r"variances: expected \(K,\)"),
    ],
)
def test_errors(call, error, words):
    with pytest.raises(error, match=words):
        call()
