import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as torch_f

from course_utils.nn import conv2d_backward, conv2d_forward

from .helpers import examples
from .layer_checks import assert_agrees_with_torch, normal

few = st.integers(1, 3)


def check(N, C_in, H, W, F, KH, KW, stride, padding, seed=0):
    settings = {"stride": stride, "padding": padding}
    assert_agrees_with_torch(
        lambda X, kernels, b: conv2d_forward(X, kernels, b, **settings),
        conv2d_backward,
        lambda X, kernels, b: torch_f.conv2d(X, kernels, b, **settings),
        *normal((N, C_in, H, W), (F, C_in, KH, KW), (F,), seed=seed),
    )


@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("padding", [0, 1, 2])
def test_agrees_with_torch_all_sizes_distinct_with_remainders(stride, padding):
    check(2, 3, 9, 8, 5, 4, 1, stride, padding)
    check(2, 3, 10, 7, 5, 1, 4, stride, padding)


@examples
@given(few, few, st.integers(3, 7), st.integers(3, 7), few, few, few, few, st.integers(0, 3))
def test_agrees_with_torch_for_any_size(N, C_in, H, W, F, KH, KW, stride, padding):
    check(N, C_in, H, W, F, KH, KW, stride, padding, seed=H + 10 * W)


def test_a_kernel_as_large_as_the_padded_image_and_strides_beyond_it():
    check(2, 3, 4, 5, 6, 4, 5, 1, 0)
    check(2, 3, 2, 3, 4, 4, 5, 7, 1)
    check(2, 3, 1, 1, 4, 1, 1, np.int64(2), np.int64(0))


def test_by_hand_the_kernel_is_not_flipped():
    X = np.array([[[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]]])
    kernels, b = np.array([[[[1.0, 10.0]]]]), np.array([0.5])
    Y, cache = conv2d_forward(X, kernels, b)
    np.testing.assert_array_equal(Y, [[[[21.5, 32.5], [54.5, 65.5]]]])
    dX, dkernels, db = conv2d_backward(np.array([[[[1.0, 0.0], [0.0, 2.0]]]]), cache)
    np.testing.assert_array_equal(dX, [[[[1.0, 10.0, 0.0], [0.0, 2.0, 20.0]]]])
    np.testing.assert_array_equal(dkernels, [[[[1 + 2 * 5, 2 + 2 * 6]]]])
    np.testing.assert_array_equal(db, [3.0])


def test_pixels_beyond_the_last_whole_step_have_no_gradient():
    X, kernels, b = normal((1, 1, 6, 5), (1, 1, 3, 2), (1,))
    Y, cache = conv2d_forward(X, kernels, b, stride=2)
    assert Y.shape == (1, 1, 2, 2)
    dX, _, _ = conv2d_backward(np.ones_like(Y), cache)
    assert not dX[:, :, 5].any()
    assert not dX[:, :, :, 4].any()
    assert dX[:, :, :5, :4].all()


def test_the_way_back_does_not_depend_on_what_happens_to_the_gradients():
    X, kernels, b = normal((2, 3, 5, 4), (6, 3, 2, 2), (6,))
    Y, cache = conv2d_forward(X, kernels, b, padding=1)
    first = [g.copy() for g in conv2d_backward(Y, cache)]
    for grad in conv2d_backward(Y, cache):
        grad[...] = 0
    for again, want in zip(conv2d_backward(Y, cache), first, strict=True):
        np.testing.assert_array_equal(again, want)


def test_an_empty_batch_passes_through():
    X, kernels, b = normal((0, 3, 5, 4), (6, 3, 2, 2), (6,))
    Y, cache = conv2d_forward(X, kernels, b)
    dX, dkernels, db = conv2d_backward(Y, cache)
    assert (Y.shape, dX.shape) == ((0, 6, 4, 3), X.shape)
    assert dkernels.shape == kernels.shape
    assert not dkernels.any()
    assert not db.any()


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"X": [[1.0]]}, TypeError, "X: expected a NumPy array"),
        ({"X": np.zeros((2, 3, 5, 4), np.uint8)}, TypeError, "X: expected floats, got uint8"),
        ({"X": np.zeros((3, 5, 4))}, ValueError, r"X: expected \(N, C_in, H, W\), got \(3, 5, 4\)"),
        ({"kernels": np.zeros((6, 3, 2, 2), int)}, TypeError, "kernels: expected floats"),
        ({"kernels": np.zeros((3, 6, 2, 2))}, ValueError, "kernels: .*with C_in = 3 from X, got"),
        ({"kernels": np.zeros((6, 3, 6, 2))}, ValueError, "to 5 x 4, .*padding, got 6 x 2"),
        ({"kernels": np.zeros((6, 3, 2, 5))}, ValueError, "to 5 x 4, .*padding, got 2 x 5"),
        ({"kernels": np.zeros((6, 3, 0, 2))}, ValueError, "kernels: expected from 1 x 1"),
        ({"kernels": np.zeros((6, 3, 8, 2)), "padding": 1}, ValueError, "to 7 x 6"),
        ({"b": np.zeros((6, 1))}, ValueError, r"b: expected \(F,\) = \(6,\) with F = 6 .*keepdims"),
        ({"b": np.zeros(3)}, ValueError, r"b: expected \(F,\)"),
        ({"stride": 0}, ValueError, "stride: expected at least 1, got 0"),
        ({"stride": 1.5}, TypeError, "stride: expected a whole number, got 1.5"),
        ({"stride": True}, TypeError, "stride: expected a whole number, got True"),
        ({"padding": -1}, ValueError, "padding: expected at least 0, got -1"),
        ({"padding": (1, 1)}, TypeError, "padding: expected a whole number"),
    ],
)
def test_forward_names_the_wrong_argument(change, error, words):
    good = {"X": np.zeros((2, 3, 5, 4)), "kernels": np.zeros((6, 3, 2, 2)), "b": np.zeros(6)}
    with pytest.raises(error, match=words):
        conv2d_forward(**(good | change))


def test_backward_refuses_a_gradient_of_another_shape():
    X, kernels, b = normal((2, 3, 5, 4), (6, 3, 2, 2), (6,))
    Y, cache = conv2d_forward(X, kernels, b)
    for wrong in (Y[:1], Y[:, :, :, :2], X):
        with pytest.raises(ValueError, match=r"dY: expected \(N, F, H_out, W_out\)"):
            conv2d_backward(wrong, cache)
