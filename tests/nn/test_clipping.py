import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn.clipping import clip_gradients

from .helpers import examples, unchanged


def gradients(seed=0, dtype=np.float64):
    rng = np.random.default_rng(seed)
    shapes = {"W": (4, 3), "b": (3,), "Wh": (3, 3)}
    return {key: rng.standard_normal(shape).astype(dtype) for key, shape in shapes.items()}


@examples
@given(st.integers(0, 99), st.floats(0.01, 20))
def test_agrees_with_torch(seed, max_norm):
    grads = gradients(seed)
    tensors = [
        torch.zeros(g.shape, dtype=torch.float64, requires_grad=True) for g in grads.values()
    ]
    for tensor, g in zip(tensors, grads.values(), strict=True):
        tensor.grad = torch.tensor(g)
    total = torch.nn.utils.clip_grad_norm_(tensors, max_norm)
    clipped, norm = clip_gradients(grads, max_norm)
    assert norm == pytest.approx(float(total), rel=1e-12)
    for tensor, g in zip(tensors, clipped.values(), strict=True):
        np.testing.assert_allclose(g, tensor.grad, rtol=1e-5 / max_norm, atol=1e-12)


def test_by_hand():
    clipped, norm = clip_gradients({"a": np.array([[3.0, 0.0]]), "b": np.array([4.0])}, 2.5)
    assert norm == 5
    np.testing.assert_array_equal(clipped["a"], [[1.5, 0]])
    np.testing.assert_array_equal(clipped["b"], [2])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_keeps_dtype_and_direction_and_touches_nothing(dtype):
    grads = gradients(dtype=dtype)
    check = unchanged(*grads.values())
    clipped, norm = clip_gradients(grads, norm_of(grads) / 7)
    check()
    assert list(clipped) == list(grads)
    for key, g in grads.items():
        assert clipped[key].dtype == dtype
        np.testing.assert_allclose(7 * clipped[key], g, rtol=1e-6)
    assert norm_of(clipped) == pytest.approx(norm / 7, rel=1e-6)


def test_a_short_gradient_stays_to_the_last_bit():
    grads = gradients()
    for max_norm in (norm_of(grads), 2 * norm_of(grads)):
        clipped, _ = clip_gradients(grads, max_norm)
        for key, g in grads.items():
            np.testing.assert_array_equal(clipped[key], g)


def test_squares_beyond_single_precision():
    g = np.array([3e30, 4e30], np.float32)
    clipped, norm = clip_gradients({"g": g}, 1.0)
    assert norm == pytest.approx(5e30, rel=1e-6)
    np.testing.assert_allclose(clipped["g"], [0.6, 0.8], rtol=1e-6)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_told_and_left(bad):
    clipped, norm = clip_gradients({"a": np.array([1.0, bad]), "b": np.ones(2)}, 1.0)
    assert not np.isfinite(norm)
    np.testing.assert_array_equal(clipped["b"], [1, 1])


def test_no_gradients_at_all():
    assert clip_gradients({}, 1.0) == ({}, 0.0)


@pytest.mark.parametrize("max_norm", [0, -1.0, np.inf, np.nan])
def test_refuses_a_bound_that_is_none(max_norm):
    with pytest.raises(ValueError, match="max_norm: expected a positive number"):
        clip_gradients(gradients(), max_norm)


def norm_of(grads):
    return float(np.linalg.norm(np.concatenate([g.ravel() for g in grads.values()])))
