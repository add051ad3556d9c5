import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn import lstm_backward, lstm_forward, lstm_step_backward, lstm_step_forward

from .helpers import examples
from .layer_checks import assert_agrees_with_torch, normal

sizes = st.integers(1, 5)


def torch_params(Wx, Wh, b):
    """Reorder our blocks i, f, o, g into torch's i, f, g, o."""

    def reorder(W):
        i, f, o, g = W.chunk(4, dim=-1)
        return torch.cat([i, f, g, o], dim=-1).T

    return [reorder(Wx), reorder(Wh), reorder(b[None])[:, 0], torch.zeros_like(b)]


def torch_step(x, h_prev, c_prev, Wx, Wh, b):
    return torch.cat(torch.lstm_cell(x, (h_prev, c_prev), *torch_params(Wx, Wh, b)), dim=1)


def torch_lstm(X, h0, Wx, Wh, b):
    start = h0[None], torch.zeros_like(h0)[None]
    # has_biases, num_layers, dropout, train, bidirectional, batch_first
    return torch.lstm(X, start, torch_params(Wx, Wh, b), True, 1, 0.0, True, False, True)[0]


def step_forward(*arrays):
    """Put h and c side by side, so that the step has one output, (N, 2 M)."""
    h, c, cache = lstm_step_forward(*arrays)
    return np.concatenate([h, c], axis=1), cache


def step_backward(dout, cache):
    M = dout.shape[1] // 2
    return lstm_step_backward(dout[:, :M], dout[:, M:], cache)


@examples
@given(sizes, sizes, sizes, st.integers(0, 99))
def test_a_step_agrees_with_torch(N, D, M, seed):
    shapes = (N, D), (N, M), (N, M), (D, 4 * M), (M, 4 * M), (4 * M,)
    arrays = normal(*shapes, seed=seed)
    assert_agrees_with_torch(step_forward, step_backward, torch_step, *arrays)


@pytest.mark.parametrize("T", [1, 2, 6])
def test_agrees_with_torch_all_sizes_distinct(T):
    arrays = normal((3, T, 4), (3, 5), (4, 20), (5, 20), (20,))
    assert_agrees_with_torch(lstm_forward, lstm_backward, torch_lstm, *arrays)


@examples
@given(sizes, sizes, sizes, sizes, st.integers(0, 99))
def test_agrees_with_torch_for_any_size(N, T, D, M, seed):
    arrays = normal((N, T, D), (N, M), (D, 4 * M), (M, 4 * M), (4 * M,), seed=seed)
    assert_agrees_with_torch(lstm_forward, lstm_backward, torch_lstm, *arrays)


def test_by_hand_with_gates_fully_open_or_closed():
    # x = 1; i open, f closed, o open, g = tanh(0.5): the cell forgets 7 and takes g.
    x, h_prev, c_prev = np.ones((1, 1)), np.zeros((1, 1)), np.full((1, 1), 7.0)
    Wx, Wh = np.array([[1000.0, -1000.0, 1000.0, 0.5]]), np.zeros((1, 4))
    h, c, cache = lstm_step_forward(x, h_prev, c_prev, Wx, Wh, np.zeros(4))
    g = np.tanh(0.5)
    assert c.item() == pytest.approx(g, rel=1e-14)
    assert h.item() == pytest.approx(np.tanh(g), rel=1e-14)
    dx, _, dc_prev, dWx, _, db = lstm_step_backward(np.ones((1, 1)), np.zeros((1, 1)), cache)
    slope = (1 - np.tanh(g) ** 2) * (1 - g**2)
    assert dx.item() == pytest.approx(0.5 * slope, rel=1e-12)
    assert dc_prev.item() == 0
    np.testing.assert_allclose(dWx, [[0, 0, 0, slope]], atol=1e-14)
    np.testing.assert_allclose(db, [0, 0, 0, slope], atol=1e-14)


def test_the_whole_way_is_the_steps_with_empty_cells_at_the_start():
    X, h, Wx, Wh, b = normal((3, 6, 4), (3, 5), (4, 20), (5, 20), (20,))
    H, _ = lstm_forward(X, h, Wx, Wh, b)
    c = np.zeros((3, 5))
    for t in range(6):
        h, c, _ = lstm_step_forward(X[:, t], h, c, Wx, Wh, b)
        np.testing.assert_array_equal(H[:, t], h)


NAMES = "x", "h_prev", "c_prev", "Wx", "Wh", "b"
SHAPES = (3, 4), (3, 5), (3, 5), (4, 20), (5, 20), (20,)
GOOD = dict(zip(NAMES, normal(*SHAPES), strict=True))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"x": np.zeros((3, 4), int)}, TypeError, "x: expected floats"),
        ({"x": np.zeros((3, 1, 4))}, ValueError, r"x: expected \(N, D\)"),
        ({"h_prev": np.zeros((1, 5))}, ValueError, r"h_prev: expected \(N, M\) with N = 3"),
        ({"c_prev": np.zeros((1, 5))}, ValueError, r"c_prev: expected \(N, M\) = \(3, 5\)"),
        ({"c_prev": None}, TypeError, "c_prev: expected a NumPy array"),
        ({"Wx": np.zeros((4, 5))}, ValueError, r"Wx: expected \(D, 4 M\) = \(4, 20\)"),
        ({"Wh": np.zeros((20, 5))}, ValueError, r"Wh: expected \(M, 4 M\) .*transposed"),
        ({"b": np.zeros(5)}, ValueError, r"b: expected \(4 M,\) = \(20,\)"),
    ],
)
def test_a_step_names_the_wrong_argument(change, error, words):
    with pytest.raises(error, match=words):
        lstm_step_forward(**(GOOD | change))


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"X": np.zeros((3, 4))}, ValueError, r"X: expected \(N, T, D\)"),
        ({"X": np.zeros((3, 0, 4))}, ValueError, "at least one time step"),
        ({"X": np.zeros((3, 6, 4), int)}, TypeError, "X: expected floats"),
        ({"h0": np.zeros((2, 5))}, ValueError, "h0: expected .*N = 3 from X"),
        ({"h0": np.zeros((3, 20))}, ValueError, r"Wx: expected \(D, 4 M\) = \(4, 80\)"),
        ({"b": np.zeros(5)}, ValueError, r"b: expected \(4 M,\)"),
    ],
)
def test_forward_names_the_wrong_argument(change, error, words):
    good = {"X": np.zeros((3, 6, 4)), "h0": GOOD["h_prev"]}
    good |= {key: GOOD[key] for key in ("Wx", "Wh", "b")}
    with pytest.raises(error, match=words):
        lstm_forward(**(good | change))


def test_backward_refuses_a_gradient_of_another_shape():
    h, c, cache = lstm_step_forward(**GOOD)
    with pytest.raises(ValueError, match=r"dh: expected \(N, M\) = \(3, 5\), got \(1, 5\)"):
        lstm_step_backward(h[:1], c, cache)
    with pytest.raises(ValueError, match=r"dc: expected \(N, M\) = \(3, 5\), got \(5,\)"):
        lstm_step_backward(h, c[0], cache)
    _, cache = lstm_forward(np.zeros((3, 6, 4)), h, GOOD["Wx"], GOOD["Wh"], GOOD["b"])
    with pytest.raises(ValueError, match=r"dH: expected \(N, T, M\) = \(3, 6, 5\), got \(3, 5\)"):
        lstm_backward(h, cache)
