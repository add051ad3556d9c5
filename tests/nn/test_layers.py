import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn import linear_backward, linear_forward, relu_backward, relu_forward
from course_utils.nn.layers import linear_backward_parameters

from .helpers import autograd, awkward_views, examples, numeric_gradient, unchanged

sizes = st.integers(1, 7)
DTYPES = [np.float32, np.float64]


def tolerance(dtype):
    return {"rtol": 1e-4, "atol": 1e-5} if dtype == np.float32 else {"rtol": 1e-11, "atol": 1e-12}


def linear_probe(N, D, M, seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = (N, D), (D, M), (M,), (N, M)
    return [rng.standard_normal(shape).astype(dtype) for shape in shapes]


@examples
@given(sizes, sizes, sizes, st.integers(0, 99), st.sampled_from(DTYPES))
def test_linear_agrees_with_autograd(N, D, M, seed, dtype):
    X, W, b, dY = linear_probe(N, D, M, seed, dtype)
    same = unchanged(X, W, b, dY)
    Y, cache = linear_forward(X, W, b)
    grads = linear_backward(dY, cache)
    same()
    expected, expected_grads = autograd(lambda X, W, b: X @ W + b, X, W, b, dout=dY)
    np.testing.assert_allclose(Y, expected, **tolerance(dtype))
    for got, want in zip(grads, expected_grads, strict=True):
        assert got.shape == want.shape
        assert got.dtype == dtype
        np.testing.assert_allclose(got, want, **tolerance(dtype))
    assert Y.dtype == dtype


def test_linear_by_hand():
    X, W, b = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]]), np.array([10.0, 20.0])
    Y, cache = linear_forward(X, W, b)
    np.testing.assert_array_equal(Y, [[23.0, 36.0]])
    assert cache[0] is X
    assert cache[1] is W
    dX, dW, db = linear_backward(np.array([[1.0, -1.0]]), cache)
    np.testing.assert_array_equal(dX, [[-1.0, -1.0]])
    np.testing.assert_array_equal(dW, [[1.0, -1.0], [2.0, -2.0]])
    np.testing.assert_array_equal(db, [1.0, -1.0])


def test_linear_agrees_with_finite_differences():
    X, W, b, dY = linear_probe(3, 4, 2)
    _, cache = linear_forward(X, W, b)
    dX, dW, db = linear_backward(dY, cache)

    def through(X, W, b):
        return (linear_forward(X, W, b)[0] * dY).sum()

    for got, want in (
        (dX, numeric_gradient(lambda v: through(v, W, b), X)),
        (dW, numeric_gradient(lambda v: through(X, v, b), W)),
        (db, numeric_gradient(lambda v: through(X, W, v), b)),
    ):
        np.testing.assert_allclose(got, want, rtol=1e-7, atol=1e-8)


def test_linear_backward_parameters_leaves_out_dX_alone():
    X, W, b, dY = linear_probe(3, 4, 2)
    _, cache = linear_forward(X, W, b)
    got = linear_backward_parameters(dY, cache)
    for a, want in zip(got, (X.T @ dY, np.ones(3) @ dY), strict=True):
        np.testing.assert_allclose(a, want, rtol=1e-12)


def test_layers_do_not_mind_how_arrays_lie_in_memory():
    X, W, b, dY = linear_probe(5, 4, 3)
    Y, cache = linear_forward(X, W, b)
    grads = linear_backward(dY, cache)
    dX_relu = relu_backward(dY, relu_forward(Y)[1])
    views = zip(*map(awkward_views, (X, W, b, dY)), strict=True)
    for X_v, W_v, b_v, dY_v in views:
        Y_v, cache_v = linear_forward(X_v, W_v, b_v)
        np.testing.assert_allclose(Y_v, Y, rtol=1e-12)
        for got, want in zip(linear_backward(dY_v, cache_v), grads, strict=True):
            np.testing.assert_allclose(got, want, rtol=1e-12)
        np.testing.assert_array_equal(relu_backward(dY_v, relu_forward(Y_v)[1]), dX_relu)


def test_empty_batch_passes_through():
    X, W, b, dY = linear_probe(0, 4, 3)
    Y, cache = linear_forward(X, W, b)
    dX, dW, db = linear_backward(dY, cache)
    assert Y.shape == (0, 3)
    assert dX.shape == (0, 4)
    assert not dW.any()
    assert not db.any()


@examples
@given(
    st.lists(st.sampled_from([-2.0, -1e-30, -0.0, 0.0, 1e-30, 3.0]), min_size=6, max_size=6),
    st.sampled_from(DTYPES),
)
def test_relu_agrees_with_torch_ties_included(values, dtype):
    X = np.array(values, dtype).reshape(2, 3)
    dY = np.random.default_rng(0).standard_normal((2, 3)).astype(dtype)
    same = unchanged(X, dY)
    Y, cache = relu_forward(X)
    dX = relu_backward(dY, cache)
    same()
    expected, (expected_dX,) = autograd(torch.relu, X, dout=dY)  # torch: slope 0 at 0
    np.testing.assert_array_equal(Y, expected.astype(dtype))
    np.testing.assert_array_equal(dX, expected_dX.astype(dtype))
    assert Y.dtype == dX.dtype == dtype


def test_relu_slope_at_zero_is_zero_and_takes_any_shape():
    X = np.array([[[-1.0, 0.0, 2.0]]])
    Y, cache = relu_forward(X)
    np.testing.assert_array_equal(Y, [[[0.0, 0.0, 2.0]]])
    np.testing.assert_array_equal(relu_backward(np.full_like(X, 5.0), cache), [[[0.0, 0.0, 5.0]]])


def test_relu_keeps_a_nan_to_be_noticed():
    assert np.isnan(relu_forward(np.array([np.nan]))[0][0])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"X": [[1.0]]}, TypeError, "X: expected a NumPy array of floats, got list"),
        ({"X": np.zeros((2, 3), np.uint8)}, TypeError, "X: expected floats, got uint8"),
        ({"W": np.zeros((4, 3))}, ValueError, r"W: expected \(D, M\) .* \(4, 3\); transposed\?"),
        ({"W": np.zeros((3, 4), int)}, TypeError, "W: expected floats, got int64"),
        ({"b": np.zeros((1, 4))}, ValueError, r"b: expected \(M,\) = \(4,\) .*keepdims"),
        ({"b": np.zeros(())}, ValueError, r"b: expected \(M,\)"),
        ({"X": np.zeros((2, 1, 3))}, ValueError, "flatten each example"),
        ({"X": np.zeros(3)}, ValueError, r"X\[None, :\]"),
    ],
)
def test_linear_forward_names_the_wrong_argument(change, error, words):
    good = {"X": np.zeros((2, 3)), "W": np.zeros((3, 4)), "b": np.zeros(4)}
    with pytest.raises(error, match=words):
        linear_forward(**(good | change))


def test_backward_refuses_a_gradient_of_another_shape():
    X, W, b, _ = linear_probe(2, 3, 4)
    _, cache = linear_forward(X, W, b)
    with pytest.raises(ValueError, match=r"dY: .*\(2, 4\).*got \(4, 2\); transposed"):
        linear_backward(np.zeros((4, 2)), cache)
    with pytest.raises(ValueError, match="dY"):
        linear_backward(np.zeros((1, 4)), cache)  # would broadcast in the sum
    with pytest.raises(ValueError, match="dY"):
        relu_backward(np.zeros(3), np.zeros((2, 3)))
    with pytest.raises(TypeError, match="X: expected"):
        relu_forward([1.0])
