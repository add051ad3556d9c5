import tracemalloc
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as torch_f

from course_utils.nn import _unrolling, conv2d_backward, conv2d_forward, convolution
from course_utils.nn.convolution import conv2d_backward_parameters

from .helpers import autograd, examples, unchanged
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


def by_loops(X, kernels, b, dY, stride, padding):
    """The seven loops: every product of Y, and what it gives back, one after the other."""
    margins = (0, 0), (0, 0), (padding, padding), (padding, padding)
    padded = np.pad(X, margins)
    dpadded, dkernels = np.zeros_like(padded), np.zeros_like(kernels)
    Y = np.empty_like(dY)
    for n, f, p, q in np.ndindex(*dY.shape):
        Y[n, f, p, q] = b[f]
        for c, u, v in np.ndindex(*kernels.shape[1:]):
            at = n, c, p * stride + u, q * stride + v
            Y[n, f, p, q] += padded[at] * kernels[f, c, u, v]
            dpadded[at] += dY[n, f, p, q] * kernels[f, c, u, v]
            dkernels[f, c, u, v] += dY[n, f, p, q] * padded[at]
    H, W = X.shape[2:]
    dX = dpadded[:, :, padding : padding + H, padding : padding + W]
    return Y, dX, dkernels, dY.sum(axis=(0, 2, 3))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("shape", "F", "KH", "KW", "stride", "padding"),
    [
        ((2, 2, 5, 4), 3, 3, 2, 1, 1),
        ((2, 3, 5, 4), 2, 2, 3, 1, 2),  # padding beyond the kernel: no full convolution there
        ((2, 3, 6, 5), 2, 2, 3, 1, 0),
        ((1, 2, 7, 6), 3, 3, 2, 2, 1),  # a column is left over
        ((2, 2, 4, 3), 2, 4, 3, 1, 0),  # the kernel is the image
        ((3, 2, 4, 3), 2, 1, 1, 2, 0),
    ],
)
def test_agrees_with_the_seven_loops(shape, F, KH, KW, stride, padding, dtype):
    arrays = normal(shape, (F, shape[1], KH, KW), (F,))
    X, kernels, b = (a.astype(dtype) for a in arrays)
    Y, cache = conv2d_forward(X, kernels, b, stride=stride, padding=padding)
    dY = normal(Y.shape, seed=1)[0].astype(dtype)
    wide = [a.astype(np.float64) for a in (X, kernels, b, dY)]
    eps = 1e-12 if dtype == np.float64 else 1e-5
    got = Y, *conv2d_backward(dY, cache)
    for mine, want in zip(got, by_loops(*wide, stride, padding), strict=True):
        assert mine.dtype == dtype
        np.testing.assert_allclose(mine, want, rtol=eps, atol=eps * np.abs(want).max())


@examples
@given(
    sizes=st.tuples(st.integers(1, 7), *[few] * 2, st.integers(3, 6), st.integers(3, 6), few, few),
    stride=few,
    padding=st.integers(0, 2),
    buffer_bytes=st.sampled_from([1, 2000, 7000]),
    wide_enough=st.sampled_from([1, 30, 10**6]),
    many_channels=st.sampled_from([1, 2, 32]),
)
def test_no_group_of_images_and_no_memory_order_changes_a_number(
    sizes, stride, padding, buffer_bytes, wide_enough, many_channels
):
    N, C_in, F, H, W, KH, KW = sizes
    with (
        mock.patch.object(_unrolling, "BUFFER_BYTES", buffer_bytes),
        mock.patch.object(_unrolling, "MANY_CHANNELS", many_channels),
        mock.patch.object(convolution, "WIDE_ENOUGH", wide_enough),
    ):
        check(N, C_in, H, W, F, KH, KW, stride, padding, seed=H + 10 * W)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize(("C_in", "F"), [(35, 6), (6, 35), (35, 35), (1, 35), (35, 1)])
def test_agrees_with_torch_for_many_channels(C_in, F, stride):
    check(3, C_in, 7, 6, F, 3, 2, stride, 1)
    check(3, C_in, 5, 4, F, 1, 1, stride, 0)


def test_a_batch_of_many_groups_with_a_remainder_agrees_with_torch():
    one_image = 9 * 4 * 40 * 30 * 8
    assert 23 * one_image > 5 * _unrolling.BUFFER_BYTES  # else this tests one group only
    for F in (3, 5):  # dX as a convolution, and folded
        X, kernels, b = normal((23, 4, 40, 30), (F, 4, 3, 3), (F,))
        Y, cache = conv2d_forward(X, kernels, b, padding=1)
        dY = normal(Y.shape, seed=1)[0]
        want_Y, want = autograd(lambda *a: torch_f.conv2d(*a, padding=1), X, kernels, b, dout=dY)
        np.testing.assert_allclose(Y, want_Y, rtol=0, atol=1e-10)
        for got, wanted in zip(conv2d_backward(dY, cache), want, strict=True):
            np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-10)


@pytest.mark.parametrize("C_in", [3, 40])
@pytest.mark.parametrize("padding", [0, 1])
def test_the_gradients_of_the_parameters_can_be_had_alone(C_in, padding):
    X, kernels, b = normal((4, C_in, 6, 5), (4, C_in, 3, 2), (4,))
    Y, cache = conv2d_forward(X, kernels, b, padding=padding)
    dY = normal(Y.shape, seed=1)[0]
    same = unchanged(X, kernels, b, dY)
    got = conv2d_backward_parameters(dY, cache)
    same()
    _, (_, *want) = autograd(lambda *a: torch_f.conv2d(*a, padding=padding), X, kernels, b, dout=dY)
    for mine, wanted in zip(got, want, strict=True):
        np.testing.assert_allclose(mine, wanted, rtol=1e-11, atol=1e-11)
    with pytest.raises(ValueError, match=r"dY: expected \(N, F, H_out, W_out\)"):
        conv2d_backward_parameters(dY[:1], cache)


def peak_beside_results(act):
    """Bytes that were in use at the worst moment, beside what act returns."""
    tracemalloc.start()
    try:
        results = act()
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert results is not None
    return peak - held


@pytest.mark.parametrize("N", [24, 72])
@pytest.mark.parametrize(
    ("C_in", "F", "stride"), [(3, 8, 1), (16, 16, 1), (40, 8, 1), (40, 48, 1), (6, 8, 2)]
)
def test_memory_beside_the_results_is_that_of_a_few_images(N, C_in, F, stride):
    H = W = 24
    X, kernels, b = (a.astype(np.float32) for a in normal((N, C_in, H, W), (F, C_in, 3, 3), (F,)))
    forward = lambda: conv2d_forward(X, kernels, b, stride=stride, padding=1)  # noqa: E731
    Y, cache = forward()
    # One image unrolled with what belongs to it, or as many as fit into the buffers; on the way
    # to dX the filters of dY are unrolled instead. The weights come a few times.
    channels, places = max(C_in, F), Y[0, 0].size
    strips_and_image = 3 * channels * (H + 4) * Y.shape[3] + channels * (H + 4) * (W + 4)
    one_image = 4 * ((10 * channels + 1) * places + strips_and_image)
    bound = max(_unrolling.BUFFER_BYTES, one_image) + 6 * (kernels.nbytes + b.nbytes)
    bound += 150_000  # NumPy's own buffers, and the Python objects
    assert peak_beside_results(forward) < bound
    assert peak_beside_results(lambda: conv2d_backward(Y, cache)) < bound
    if N == 72:
        assert bound < 9 * C_in * Y[:, 0].size * 4  # far less than the whole batch unrolled


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
