import numpy as np
import pytest
from torch.nn import functional as torch_f

from course_utils.nn import (
    batch_norm_backward,
    batch_norm_forward,
    layer_norm_backward,
    layer_norm_forward,
)
from course_utils.nn._blocks import LONG_ROW, Blocks, uncopied

from .layer_checks import assert_agrees_with_torch, normal


def test_numpy_takes_less_at_once_only_inside_and_only_for_long_rows():
    before = np.getbufsize()
    with uncopied(LONG_ROW):
        assert np.getbufsize() == LONG_ROW < before
    assert np.getbufsize() == before
    with uncopied(LONG_ROW - 1):
        assert np.getbufsize() == before
    with pytest.raises(ZeroDivisionError), uncopied(LONG_ROW):
        _ = 1 / 0
    assert np.getbufsize() == before


@pytest.mark.parametrize(("D", "runs"), [(LONG_ROW, 3), (LONG_ROW - 1, 1), (3, 1)])
def test_long_rows_stay_apart_and_short_ones_become_runs(D, runs):
    X = np.arange(3 * D, dtype=np.float32).reshape(3, D)
    blocks = Blocks(X.shape, X.dtype)
    (part,) = blocks.parts
    assert blocks.of(X, part).shape == blocks.scratch(part).shape == (runs, 3 * D // runs)
    assert np.shares_memory(blocks.of(X, part), X)
    vector = np.arange(D)
    np.testing.assert_array_equal(
        (blocks.of(X, part) * blocks.beside(vector)(part)).reshape(X.shape), X * vector
    )


@pytest.mark.parametrize("N", [2, 5])
@pytest.mark.parametrize("D", [LONG_ROW - 1, LONG_ROW, LONG_ROW + 9])
def test_norms_of_long_rows_agree_with_torch(N, D):
    before = np.getbufsize()
    arrays = normal((N, D), (D,), (D,))
    running = {"mean": np.zeros(D), "var": np.ones(D)}

    def batch_norm(X, gamma, beta):
        Y, _, cache = batch_norm_forward(X, gamma, beta, running, eps=1e-2)
        return Y, cache

    assert_agrees_with_torch(
        batch_norm, batch_norm_backward,
        lambda X, g, b: torch_f.batch_norm(X, None, None, g, b, training=True, eps=1e-2),
        *arrays,
    )  # fmt: skip
    assert_agrees_with_torch(
        layer_norm_forward, layer_norm_backward,
        lambda X, g, b: torch_f.layer_norm(X, (D,), g, b), *arrays,
    )  # fmt: skip
    assert np.getbufsize() == before
