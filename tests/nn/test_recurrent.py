import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn import rnn_backward, rnn_forward, rnn_step_backward, rnn_step_forward

from .helpers import examples
from .layer_checks import assert_agrees_with_torch, normal

sizes = st.integers(1, 5)


def torch_step(x, h_prev, Wx, Wh, b):
    return torch.rnn_tanh_cell(x, h_prev, Wx.T, Wh.T, b, torch.zeros_like(b))


def torch_rnn(X, h0, Wx, Wh, b):
    params = [Wx.T, Wh.T, b, torch.zeros_like(b)]
    # has_biases, num_layers, dropout, train, bidirectional, batch_first
    return torch.rnn_tanh(X, h0[None], params, True, 1, 0.0, True, False, True)[0]


@examples
@given(sizes, sizes, sizes, st.integers(0, 99))
def test_a_step_agrees_with_torch(N, D, M, seed):
    arrays = normal((N, D), (N, M), (D, M), (M, M), (M,), seed=seed)
    assert_agrees_with_torch(rnn_step_forward, rnn_step_backward, torch_step, *arrays)


@pytest.mark.parametrize("T", [1, 2, 6])
def test_agrees_with_torch_all_sizes_distinct(T):
    arrays = normal((3, T, 4), (3, 5), (4, 5), (5, 5), (5,))
    assert_agrees_with_torch(rnn_forward, rnn_backward, torch_rnn, *arrays)


@examples
@given(sizes, sizes, sizes, sizes, st.integers(0, 99))
def test_agrees_with_torch_for_any_size(N, T, D, M, seed):
    arrays = normal((N, T, D), (N, M), (D, M), (M, M), (M,), seed=seed)
    assert_agrees_with_torch(rnn_forward, rnn_backward, torch_rnn, *arrays)


def test_by_hand():
    X, h0 = np.array([[[1.0], [0.0]]]), np.array([[0.0]])
    Wx, Wh, b = np.array([[2.0]]), np.array([[3.0]]), np.array([0.0])
    H, cache = rnn_forward(X, h0, Wx, Wh, b)
    h1, h2 = np.tanh(2), np.tanh(3 * np.tanh(2))
    np.testing.assert_allclose(H, [[[h1], [h2]]], rtol=1e-14)
    # Only the last state reaches the loss, so the first input does by way of Wh alone.
    dX, dh0, dWx, dWh, db = rnn_backward(np.array([[[0.0], [1.0]]]), cache)
    dA2, dA1 = 1 - h2**2, (1 - h2**2) * 3 * (1 - h1**2)
    np.testing.assert_allclose(dX, [[[2 * dA1], [2 * dA2]]], rtol=1e-10)
    np.testing.assert_allclose((dh0, dWx, dWh), ([[3 * dA1]], [[dA1]], [[dA2 * h1]]), rtol=1e-10)
    np.testing.assert_allclose(db, [dA1 + dA2], rtol=1e-10)


GOOD = dict(zip(("x", "h_prev", "Wx", "Wh", "b"), normal((3, 4), (3, 5), (4, 5), (5, 5), (5,)),
                strict=True))  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"x": np.zeros((3, 4), int)}, TypeError, "x: expected floats"),
        ({"x": np.zeros(4)}, ValueError, r"x: expected \(N, D\)"),
        ({"h_prev": np.zeros((1, 5))}, ValueError, r"h_prev: expected \(N, M\) with N = 3 from x"),
        ({"Wx": np.zeros((5, 4))}, ValueError, r"Wx: expected \(D, M\) = \(4, 5\) .*transposed"),
        ({"Wh": np.zeros((4, 5))}, ValueError, r"Wh: expected \(M, M\) = \(5, 5\)"),
        ({"b": np.zeros((1, 5))}, ValueError, r"b: expected \(M,\) = \(5,\) .*keepdims"),
        ({"b": [0.0] * 5}, TypeError, "b: expected a NumPy array"),
    ],
)
def test_a_step_names_the_wrong_argument(change, error, words):
    with pytest.raises(error, match=words):
        rnn_step_forward(**(GOOD | change))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"X": np.zeros((3, 6, 4), int)}, TypeError, "X: expected floats"),
        ({"X": np.zeros((3, 4))}, ValueError, r"X: expected \(N, T, D\), got \(3, 4\)"),
        ({"X": np.zeros((3, 0, 4))}, ValueError, "X: expected at least one time step"),
        ({"h0": np.zeros((1, 5))}, ValueError, r"h0: expected \(N, M\) with N = 3 from X"),
        ({"h0": None}, TypeError, "h0: expected a NumPy array"),
        ({"Wx": np.zeros((5, 4))}, ValueError, r"Wx: expected \(D, M\)"),
        ({"Wh": np.zeros((5, 4))}, ValueError, r"Wh: expected \(M, M\)"),
        ({"b": np.zeros(4)}, ValueError, r"b: expected \(M,\)"),
    ],
)
def test_forward_names_the_wrong_argument(change, error, words):
    good = {"X": np.zeros((3, 6, 4)), "h0": GOOD["h_prev"]}
    good |= {key: GOOD[key] for key in ("Wx", "Wh", "b")}
    with pytest.raises(error, match=words):
        rnn_forward(**(good | change))


def test_backward_refuses_a_gradient_of_another_shape():
    h, cache = rnn_step_forward(**GOOD)
    with pytest.raises(ValueError, match=r"dh: expected \(N, M\) = \(3, 5\), got \(1, 5\)"):
        rnn_step_backward(h[:1], cache)
    _, cache = rnn_forward(np.zeros((3, 6, 4)), *list(GOOD.values())[1:])
    with pytest.raises(ValueError, match=r"dH: expected \(N, T, M\) = \(3, 6, 5\), got \(3, 5\)"):
        rnn_backward(h, cache)
