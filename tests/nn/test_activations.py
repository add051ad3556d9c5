import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from course_utils.nn import sigmoid_backward, sigmoid_forward, tanh_backward, tanh_forward

from .helpers import examples
from .layer_checks import assert_agrees_with_torch

LAYERS = [
    (sigmoid_forward, sigmoid_backward, torch.sigmoid),
    (tanh_forward, tanh_backward, torch.tanh),
]
FORWARDS = [sigmoid_forward, tanh_forward]


@pytest.mark.parametrize(("forward", "backward", "oracle"), LAYERS)
@examples
@given(X=arrays(np.float64, array_shapes(max_dims=3, max_side=4), elements=st.floats(-30, 30)))
def test_agrees_with_torch(forward, backward, oracle, X):
    assert_agrees_with_torch(forward, backward, oracle, X)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_stays_finite_and_silent_far_out(dtype):
    X = np.array([-1e30, -1000.0, -40.0, -0.0, 0.0, 40.0, 1000.0, 1e30], dtype)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        Y, cache = sigmoid_forward(X)
        T, cache_tanh = tanh_forward(X)
        dX = sigmoid_backward(np.ones_like(X), cache)
        dX_tanh = tanh_backward(np.ones_like(X), cache_tanh)
    np.testing.assert_array_equal(Y[[0, 1, 3, 4, 6, 7]], [0, 0, 0.5, 0.5, 1, 1])
    assert Y[2] == pytest.approx(math.exp(-40), rel=1e-6)  # not rounded to 0
    np.testing.assert_array_equal(T, [-1, -1, -1, 0, 0, 1, 1, 1])
    np.testing.assert_array_equal(dX[[0, 1, 3, 4, 6, 7]], [0, 0, 0.25, 0.25, 0, 0])
    np.testing.assert_array_equal(dX_tanh, [0, 0, 0, 1, 1, 0, 0, 0])


def test_a_sigmoid_and_its_mirror_image_sum_to_one():
    X = np.linspace(-50, 50, 201)
    np.testing.assert_allclose(sigmoid_forward(X)[0] + sigmoid_forward(-X)[0], 1, rtol=1e-15)


@pytest.mark.parametrize("forward", FORWARDS)
def test_the_cache_is_the_output_and_a_nan_is_kept(forward):
    Y, cache = forward(np.array([np.nan, 1.0]))
    assert cache is Y
    assert np.isnan(Y[0])


@pytest.mark.parametrize(("forward", "backward", "_"), LAYERS)
def test_names_the_wrong_argument(forward, backward, _):
    with pytest.raises(TypeError, match="X: expected a NumPy array of floats, got list"):
        forward([1.0])
    with pytest.raises(TypeError, match="X: expected floats, got int64"):
        forward(np.zeros(3, int))
    with pytest.raises(ValueError, match=r"dY: expected the shape of Y = \(2, 3\), got \(3,\)"):
        backward(np.zeros(3), np.zeros((2, 3)))
