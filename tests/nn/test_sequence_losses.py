import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn import (
    softmax_cross_entropy_forward,
    temporal_softmax_backward,
    temporal_softmax_forward,
)

from .helpers import awkward_views, examples, numeric_gradient, unchanged
from .layer_checks import assert_agrees_with_torch, normal

sizes = st.integers(1, 5)


def torch_loss(y, mask):
    labels = torch.tensor(np.where(mask, y, -100))

    def loss(Z):
        flat = Z.reshape(-1, Z.shape[2])
        # ignore_index is -100; a sum over no places is 0
        return torch.nn.functional.cross_entropy(flat, labels.reshape(-1), reduction="sum") / len(Z)

    return loss


@examples
@given(sizes, sizes, sizes, st.floats(0, 1), st.integers(0, 99))
def test_agrees_with_torch_under_any_mask(N, T, V, share, seed):
    rng = np.random.default_rng(seed)
    y, mask = rng.integers(0, V, (N, T)), rng.random((N, T)) < share
    same = unchanged(y, mask)
    assert_agrees_with_torch(
        lambda Z: temporal_softmax_forward(Z, y, mask),
        temporal_softmax_backward,
        torch_loss(y, mask),
        100 * normal((N, T, V), seed=seed)[0],
    )
    same()


def probe():
    (Z,) = normal((2, 3, 5))
    y = np.array([[0, 4, 2], [3, 1, 1]])
    return Z, y, np.array([[True, True, False], [True, False, False]])


def test_closed_form_and_division_by_the_batch():
    _, y, mask = probe()
    loss, _ = temporal_softmax_forward(np.full((2, 3, 5), 7.0), y, mask)
    assert loss == pytest.approx(3 * math.log(5) / 2, rel=1e-14)  # three places, two captions
    assert np.ndim(loss) == 0


def test_one_step_that_counts_everywhere_is_the_plain_cross_entropy():
    Z, y, _ = probe()
    loss, _ = temporal_softmax_forward(Z[:, :1], y[:, :1], np.ones((2, 1), bool))
    assert loss == pytest.approx(softmax_cross_entropy_forward(Z[:, 0], y[:, 0])[0], rel=1e-14)


def test_agrees_with_finite_differences():
    Z, y, mask = probe()
    _, cache = temporal_softmax_forward(Z, y, mask)
    want = numeric_gradient(lambda Z: temporal_softmax_forward(Z, y, mask)[0], Z)
    np.testing.assert_allclose(temporal_softmax_backward(1.0, cache), want, atol=1e-9)


def test_padding_may_hold_anything():
    Z, y, mask = probe()
    loss, cache = temporal_softmax_forward(Z, y, mask)
    dZ = temporal_softmax_backward(1.0, cache)
    Z[~mask], y[~mask] = np.nan, -100
    again, cache = temporal_softmax_forward(Z, y, mask)
    assert again == loss
    np.testing.assert_array_equal(temporal_softmax_backward(1.0, cache), dZ)
    assert not dZ[~mask].any()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_mask_that_lets_nothing_through_gives_zero(dtype):
    Z, y, mask = probe()
    loss, cache = temporal_softmax_forward(Z.astype(dtype), y, mask & False)
    dZ = temporal_softmax_backward(np.float64(1), cache)
    assert str(float(loss)) == "0.0"
    assert loss.dtype == dZ.dtype == dtype
    assert dZ.shape == Z.shape
    assert not dZ.any()


def test_logits_of_1000_stay_finite():
    Z = np.array([[[1000.0, -1000.0]]], np.float32)
    loss, cache = temporal_softmax_forward(Z, np.array([[1]]), np.ones((1, 1), bool))
    assert loss == 2000
    np.testing.assert_array_equal(temporal_softmax_backward(3.0, cache), [[[3.0, -3.0]]])


def test_labels_and_mask_may_lie_anyhow_in_memory():
    Z, y, mask = probe()
    loss, _ = temporal_softmax_forward(Z, y, mask)
    for y_v, mask_v in zip(awkward_views(y), awkward_views(mask), strict=True):
        assert temporal_softmax_forward(Z, y_v, mask_v)[0] == loss


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"Z": np.zeros((2, 3, 5), int)}, TypeError, "Z: expected floats"),
        ({"Z": np.zeros((6, 5))}, ValueError, r"Z: expected \(N, T, V\), got \(6, 5\)"),
        ({"Z": np.zeros((0, 3, 5))}, ValueError, "at least one sequence"),
        ({"y": np.zeros((3, 2), int)}, ValueError, r"y: expected \(N, T\) = \(2, 3\) .*transposed"),
        ({"y": np.zeros((2, 3))}, TypeError, "y: expected integer class numbers, got float64"),
        ({"y": np.full((2, 3), 5)}, ValueError, "got 5"),
        ({"y": np.full((2, 3), -1)}, ValueError, "got -1"),
        ({"mask": np.ones((2, 3))}, TypeError, "mask: .*booleans, got float64; .*y != pad"),
        ({"mask": np.ones((2, 3), int)}, TypeError, "mask: .*got int64"),
        ({"mask": None}, TypeError, "mask: .*got NoneType"),
        ({"mask": np.ones((2, 1), bool)}, ValueError, r"mask: expected \(N, T\) = \(2, 3\)"),
    ],
)
def test_names_the_wrong_argument(change, error, words):
    Z, y, mask = probe()
    with pytest.raises(error, match=words):
        temporal_softmax_forward(**({"Z": Z, "y": y, "mask": mask} | change))
