import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial.polynomial import polyval2d, polyvander
from sklearn.metrics.pairwise import rbf_kernel
from sklearn.preprocessing import PolynomialFeatures

from course_utils.nn import gaussian_basis, monomials, polynomial_basis

from .helpers import awkward_views, examples, unchanged

DTYPES = st.sampled_from([np.float32, np.float64])


@examples
@given(
    st.integers(0, 6),
    st.integers(1, 5),
    st.integers(1, 4),
    st.floats(0.1, 5),
    DTYPES,
    st.integers(0, 50),
)
def test_bumps_agree_with_scikit_learn(N, M, D, width, dtype, seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, D)).astype(dtype)
    centres = rng.standard_normal((M, D)).astype(dtype)
    same = unchanged(X, centres)
    Phi = gaussian_basis(X, centres, width)
    same()
    assert Phi.shape == (N, M)
    assert Phi.dtype == dtype
    if N:
        exact = X.astype(np.float64), centres.astype(np.float64)
        want = rbf_kernel(*exact, gamma=1 / (2 * width**2))
        rtol = 1e-3 if dtype == np.float32 else 1e-9
        np.testing.assert_allclose(Phi, want, rtol=rtol, atol=1e-30)


def test_bumps_by_hand():
    X = np.array([[0.0, 0.0], [3.0, 4.0], [1e6, 0.0]])
    centres = np.array([[0.0, 0.0], [3.0, 4.0]])
    # One centre is 5 from the other: exp(−25/50) with a width of 5.
    half = math.exp(-0.5)
    want = [[1, half], [half, 1], [0, 0]]
    np.testing.assert_allclose(gaussian_basis(X, centres, 5), want, rtol=1e-15)


@examples
@given(st.integers(0, 20), st.floats(-100, 100))
def test_bumps_depend_on_differences_only(seed, shift):
    rng = np.random.default_rng(seed)
    X, centres = rng.standard_normal((4, 2)), rng.standard_normal((3, 2))
    moved = gaussian_basis(X + shift, centres + shift, 0.8)
    np.testing.assert_allclose(moved, gaussian_basis(X, centres, 0.8), rtol=1e-9)
    grown = gaussian_basis(7 * X, 7 * centres, 7 * 0.8)
    np.testing.assert_allclose(grown, gaussian_basis(X, centres, 0.8), rtol=1e-12)


@examples
@given(st.integers(0, 6), st.integers(0, 8), DTYPES, st.integers(0, 50))
def test_powers_agree_with_numpy(N, degree, dtype, seed):
    x = np.random.default_rng(seed).standard_normal(N).astype(dtype)
    x[: N // 3] = 0
    same = unchanged(x)
    Phi = polynomial_basis(x, degree)
    same()
    assert Phi.shape == (N, degree + 1)
    assert Phi.dtype == dtype
    rtol = 1e-5 if dtype == np.float32 else 1e-13
    np.testing.assert_allclose(Phi, polyvander(x.astype(np.float64), degree), rtol=rtol)


@examples
@given(st.integers(1, 6), st.integers(0, 6), DTYPES, st.integers(0, 50))
def test_monomials_agree_with_scikit_learn_in_value_and_order(N, degree, dtype, seed):
    X = np.random.default_rng(seed).standard_normal((N, 2)).astype(dtype)
    X[: N // 3] = 0
    same = unchanged(X)
    Phi = monomials(X, degree)
    same()
    assert Phi.shape == (N, (degree + 1) * (degree + 2) // 2)
    assert Phi.dtype == dtype
    want = PolynomialFeatures(degree).fit_transform(X.astype(np.float64))
    np.testing.assert_allclose(Phi, want, rtol=1e-5 if dtype == np.float32 else 1e-13)


def test_monomials_span_the_polynomials_of_two_variables():
    rng = np.random.default_rng(0)
    X, c = rng.standard_normal((7, 2)), rng.standard_normal((3, 3))
    c[(1, 2, 2), (2, 1, 2)] = 0  # nothing above a total degree of 2
    in_order = [c[0, 0], c[1, 0], c[0, 1], c[2, 0], c[1, 1], c[0, 2]]
    np.testing.assert_allclose(monomials(X, 2) @ in_order, polyval2d(X[:, 0], X[:, 1], c))


def test_layout_in_memory_does_not_matter():
    rng = np.random.default_rng(1)
    X, centres = rng.standard_normal((4, 2)), rng.standard_normal((3, 2))
    for X_view, c_view in zip(awkward_views(X), awkward_views(centres), strict=True):
        np.testing.assert_array_equal(
            gaussian_basis(X_view, c_view, 0.7), gaussian_basis(X, centres, 0.7)
        )
        np.testing.assert_array_equal(monomials(X_view, 3), monomials(X, 3))
        np.testing.assert_array_equal(
            polynomial_basis(X_view[:, 0], 3), polynomial_basis(X[:, 0], 3)
        )


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: gaussian_basis(np.ones((3, 2)), np.ones((4, 3)), 1), ValueError, "centres: exp"),
        (lambda: gaussian_basis(np.ones((3, 2)), np.ones(2), 1), ValueError, "still a batch"),
        (lambda: gaussian_basis(np.ones((3, 2)), np.ones((0, 2)), 1), ValueError, "at least one"),
        (lambda: gaussian_basis(np.ones((3, 2)), np.ones((4, 2)), 0), ValueError, "width: .*got 0"),
        (lambda: gaussian_basis(np.ones((3, 2)), np.ones((4, 2)), -1), ValueError, "got -1"),
        (lambda: gaussian_basis(np.ones((3, 2), int), np.ones((4, 2)), 1), TypeError, "X: .*float"),
        (lambda: gaussian_basis(np.ones((3, 2)), [[0.0, 0.0]], 1), TypeError, "centres: .*list"),
        (lambda: polynomial_basis(np.ones(3), -1), ValueError, "degree: expected 0 or more"),
        (lambda: polynomial_basis(np.ones(3), 2.0), TypeError, "whole number, got float"),
        (lambda: polynomial_basis(np.ones((3, 1)), 2), ValueError, r"x: .*\(N,\), got \(3, 1\)"),
        (lambda: monomials(np.ones((3, 3)), 2), ValueError, r"X: expected \(N, 2\), got \(3, 3\)"),
        (lambda: monomials(np.ones((3, 2)), True), TypeError, "whole number, got bool"),
    ],
)
def test_errors_name_what_is_wrong(call, error, words):
    with pytest.raises(error, match=words):
        call()
