from unittest import mock

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as torch_f

from course_utils.nn import (
    _blocks,
    batch_norm_backward,
    batch_norm_forward,
    layer_norm_backward,
    layer_norm_forward,
    spatial_batch_norm_backward,
    spatial_batch_norm_forward,
)

from .helpers import autograd, examples, unchanged
from .layer_checks import assert_agrees_with_torch, normal

sizes = st.integers(1, 6)
ROWS, IMAGES = (7, 5), (3, 5, 4, 2)  # both with five columns or channels
BATCH_NORMS = [
    (batch_norm_forward, batch_norm_backward, ROWS),
    (spatial_batch_norm_forward, spatial_batch_norm_backward, IMAGES),
]


def statistics(D=5, dtype=np.float64):
    mean, log_var = normal((D,), (D,), seed=9)
    return {"mean": mean.astype(dtype), "var": np.exp(log_var).astype(dtype)}


def probe(shape):
    """Columns of different means and spreads, the last one nearly 0 throughout; gamma not 1."""
    X, gamma, beta = normal(shape, (shape[1],), (shape[1],))
    columns = (1, -1) + (1,) * (len(shape) - 2)
    spread = np.geomspace(10, 1e-3, shape[1]).reshape(columns)
    return X * spread + np.arange(shape[1])[::-1].reshape(columns), gamma, beta


def without_running(forward, **settings):
    """Adapt a batch norm to (X, gamma, beta) -> (Y, cache)."""

    def short(X, gamma, beta):
        Y, _, cache = forward(X, gamma, beta, statistics(len(gamma)), **settings)
        return Y, cache

    return short


@pytest.mark.parametrize(("forward", "backward", "shape"), BATCH_NORMS)
@pytest.mark.parametrize("eps", [1e-5, 0.5])
def test_batch_norm_agrees_with_torch_while_training(forward, backward, shape, eps):
    def oracle(X, gamma, beta):
        return torch_f.batch_norm(X, None, None, gamma, beta, training=True, eps=eps)

    short = without_running(forward, eps=np.float64(eps))
    assert_agrees_with_torch(short, backward, oracle, *probe(shape))


@pytest.mark.parametrize(("forward", "backward", "shape"), BATCH_NORMS)
def test_batch_norm_agrees_with_torch_in_test_mode(forward, backward, shape):
    mean, var = (torch.tensor(v) for v in statistics().values())

    def oracle(X, gamma, beta):
        return torch_f.batch_norm(X, mean, var, gamma, beta, training=False, eps=1e-5)

    short = without_running(forward, training=False)
    assert_agrees_with_torch(short, backward, oracle, *probe(shape))


@examples
@given(st.integers(2, 6), sizes, sizes, sizes, st.integers(0, 99))
def test_batch_norms_of_any_size_agree_with_torch(N, C, H, W, seed):
    gamma, beta = normal((C,), (C,), seed=seed)

    def oracle(X, gamma, beta):
        return torch_f.batch_norm(X, None, None, gamma, beta, training=True, eps=1e-2)

    for forward, backward, shape in (
        (batch_norm_forward, batch_norm_backward, (N, C)),
        (spatial_batch_norm_forward, spatial_batch_norm_backward, (N, C, H, W)),
    ):
        (X,) = normal(shape, seed=seed + 1)
        short = without_running(forward, eps=1e-2)
        assert_agrees_with_torch(short, backward, oracle, X, gamma, beta)


@pytest.mark.parametrize(("forward", "_", "shape"), BATCH_NORMS)
@pytest.mark.parametrize("momentum", [0.0, 0.3, 0.9, 1.0])
def test_running_statistics_are_torchs_up_to_its_two_conventions(forward, _, shape, momentum):
    X, gamma, beta = probe(shape)
    running, theirs = statistics(), {k: torch.tensor(v) for k, v in statistics().items()}
    n = X.size // shape[1]
    for scale in (1, 2):
        _, running, _ = forward(scale * X, gamma, beta, running, momentum=momentum)
        before = theirs["var"].clone()
        torch_f.batch_norm(
            torch.tensor(scale * X), theirs["mean"], theirs["var"], training=True,
            momentum=1 - momentum,
        )  # fmt: skip
        # Torch adds the variance that divides by n - 1.
        theirs["var"] = momentum * before + (theirs["var"] - momentum * before) * (n - 1) / n
        np.testing.assert_allclose(running["mean"], theirs["mean"], rtol=1e-11)
        np.testing.assert_allclose(running["var"], theirs["var"], rtol=1e-11)


def test_batch_norm_by_hand():
    X, gamma, beta = np.array([[1.0], [3.0]]), np.array([10.0]), np.array([5.0])
    running = {"mean": np.array([4.0]), "var": np.array([9.0])}
    Y, new, cache = batch_norm_forward(X, gamma, beta, running, momentum=0.75, eps=0)
    np.testing.assert_array_equal(Y, [[-5.0], [15.0]])  # mean 2, variance 1
    assert new == {"mean": 0.75 * 4 + 0.25 * 2, "var": 0.75 * 9 + 0.25 * 1}
    dX, dgamma, dbeta = batch_norm_backward(np.array([[1.0], [0.0]]), cache)
    np.testing.assert_array_equal(dX, [[0.0], [0.0]])  # two points: always -1 and 1
    assert (dgamma, dbeta) == (-1, 1)
    Y, new, _ = batch_norm_forward(X, gamma, beta, running, training=False, eps=0)
    np.testing.assert_allclose(Y, [[-5.0], [5 - 10 / 3]], rtol=1e-14)


@pytest.mark.parametrize(("forward", "_", "shape"), BATCH_NORMS)
@pytest.mark.parametrize("training", [True, False])
def test_running_statistics_are_a_new_dict_and_the_old_one_stays(forward, _, shape, training):
    X, gamma, beta = probe(shape)
    running = statistics()
    same, keys = unchanged(*running.values()), list(running)
    _, new, _ = forward(X, gamma, beta, running, training=training)
    same()
    assert list(running) == list(new) == keys
    for key in keys:
        assert not np.shares_memory(new[key], running[key])
        assert (new[key] == running[key]).all() != training


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("running_dtype", [np.float32, np.float64])
def test_float64_statistics_and_settings_do_not_change_float32(training, running_dtype):
    X, gamma, beta = (a.astype(np.float32) for a in probe(ROWS))
    settings = {"training": training, "momentum": np.float64(0.9), "eps": np.float64(1e-5)}
    Y, new, cache = batch_norm_forward(X, gamma, beta, statistics(5, running_dtype), **settings)
    assert {a.dtype for a in (Y, *cache[:3])} == {np.dtype(np.float32)}
    assert {a.dtype for a in batch_norm_backward(X, cache)} == {np.dtype(np.float32)}
    assert {a.dtype for a in new.values()} == {np.dtype(running_dtype)}


def test_one_row_alone_becomes_beta_and_has_no_gradient():
    X, gamma, beta = probe((1, 4))
    Y, _, cache = batch_norm_forward(X, gamma, beta, statistics(4))
    np.testing.assert_array_equal(Y, beta[None])
    np.testing.assert_array_equal(batch_norm_backward(np.ones((1, 4)), cache)[0], 0)


def test_no_rows_pass_in_test_mode_and_are_refused_in_training():
    gamma, beta = normal((5,), (5,))
    Y, _, _ = batch_norm_forward(np.zeros((0, 5)), gamma, beta, statistics(), training=False)
    assert Y.shape == (0, 5)
    with pytest.raises(ValueError, match="at least one row"):
        batch_norm_forward(np.zeros((0, 5)), gamma, beta, statistics())


@examples
@given(sizes, sizes, st.sampled_from([1e-5, 0.5]), st.integers(0, 99))
def test_layer_norm_agrees_with_torch(N, D, eps, seed):
    X, gamma, beta = normal((N, D), (D,), (D,), seed=seed)
    X *= np.geomspace(10, 0.1, N)[:, None]

    def oracle(X, gamma, beta):
        return torch_f.layer_norm(X, (D,), gamma, beta, eps=eps)

    # One or two entries: at eps = 1e-5 everything that is left is rounding.
    if D > 2 or eps > 0.1:
        assert_agrees_with_torch(
            lambda *a: layer_norm_forward(*a, eps=eps), layer_norm_backward, oracle, X, gamma, beta
        )


@examples
@given(
    st.integers(2, 40),
    sizes,
    st.sampled_from([1, 100, 700]),
    st.sampled_from([2, 5, 2048]),
    st.sampled_from([batch_norm_forward, spatial_batch_norm_forward, layer_norm_forward]),
)
def test_no_size_of_the_blocks_changes_a_number(N, D, block_bytes, piece, forward):
    gamma, beta = normal((D,), (D,))
    with (
        mock.patch.object(_blocks, "BLOCK_BYTES", block_bytes),
        mock.patch.object(_blocks, "PIECE", piece),
    ):
        if forward is layer_norm_forward:
            assert_agrees_with_torch(
                lambda *a: layer_norm_forward(*a, eps=1e-2),
                layer_norm_backward,
                lambda X, gamma, beta: torch_f.layer_norm(X, (D,), gamma, beta, eps=1e-2),
                *normal((N, D), seed=N),
                gamma,
                beta,
            )
            return
        spatial = forward is spatial_batch_norm_forward
        for training in (True, False):
            mean, var = (torch.tensor(v) for v in statistics(D).values())
            assert_agrees_with_torch(
                without_running(forward, eps=1e-2, training=training),
                spatial_batch_norm_backward if spatial else batch_norm_backward,
                lambda X, gamma, beta, mean=mean, var=var, training=training: torch_f.batch_norm(
                    X, mean.clone(), var.clone(), gamma, beta, training=training, eps=1e-2
                ),
                *normal((N, D, 3, 2) if spatial else (N, D), seed=N),
                gamma,
                beta,
            )


@pytest.mark.parametrize(
    ("forward", "backward", "shape"),
    [
        (batch_norm_forward, batch_norm_backward, (100_000, 5)),
        (spatial_batch_norm_forward, spatial_batch_norm_backward, (128, 5, 28, 28)),
    ],
)
def test_float32_keeps_its_digits_over_100_000_rows(forward, backward, shape):
    rng = np.random.default_rng(0)
    X, dY = (3 + rng.standard_normal((2, *shape))).astype(np.float32)
    gamma, beta = (a.astype(np.float32) for a in normal((5,), (5,)))
    start = {"mean": np.zeros(5), "var": np.ones(5)}
    Y, running, cache = forward(X, gamma, beta, start, momentum=0.0)
    want_Y, want = autograd(
        lambda X, gamma, beta: torch_f.batch_norm(X, None, None, gamma, beta, training=True),
        X, gamma, beta, dout=dY,
    )  # fmt: skip
    axes = tuple(axis for axis in range(X.ndim) if axis != 1)
    wide = X.astype(np.float64)
    # One number after the other would be wrong by 2e-5, and by more with more rows.
    np.testing.assert_allclose(running["mean"], wide.mean(axis=axes), rtol=2e-7)
    np.testing.assert_allclose(running["var"], wide.var(axis=axes), rtol=2e-7)
    dX, dgamma, dbeta = backward(dY, cache)
    # Both sums of about 100,000 numbers near 3; dgamma nearly cancels, so its scale is dbeta's.
    scale = np.abs(want[2]).max()
    np.testing.assert_allclose(Y, want_Y, rtol=0, atol=2e-6)
    np.testing.assert_allclose(dX, want[0], rtol=0, atol=2e-6)
    np.testing.assert_allclose(dgamma, want[1], rtol=0, atol=3e-7 * scale)
    np.testing.assert_allclose(dbeta, want[2], rtol=2e-7)


def test_layer_norm_by_hand():
    X, gamma, beta = np.array([[1.0, 3.0], [5.0, 5.0]]), np.array([2.0, 3.0]), np.array([0.0, 1.0])
    Y, _ = layer_norm_forward(X, gamma, beta, eps=1e-20)
    np.testing.assert_allclose(Y, [[-2.0, 4.0], [0.0, 1.0]])


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"X": [[1.0]]}, TypeError, "X: expected a NumPy array"),
        ({"X": np.zeros((7, 5), int)}, TypeError, "X: expected floats"),
        ({"X": np.zeros(5)}, ValueError, r"X\[None, :\]"),
        ({"X": np.zeros((3, 5, 4, 2))}, ValueError, "for spatial_batch_norm_forward"),
        ({"gamma": np.ones((1, 5))}, ValueError, r"gamma: expected \(D,\) = \(5,\).*keepdims"),
        ({"beta": np.ones(7)}, ValueError, r"beta: .*D = 5 from X, got \(7,\)"),
        ({"beta": np.ones(5, int)}, TypeError, "beta: expected floats"),
        ({"running": {"mean": np.zeros(5)}}, ValueError, 'found no "var"; start with'),
        ({"running": (0, 1)}, ValueError, "running: expected a dict"),
        ({"running": {"mean": np.zeros(5), "var": np.ones(())}}, ValueError, r'running\["var"\]'),
        ({"momentum": 90}, ValueError, "momentum: expected a share from 0 to 1, got 90"),
        ({"eps": -1e-5}, ValueError, "eps: expected a small number"),
        ({"eps": float("nan")}, ValueError, "eps: expected a small number"),
    ],
)
def test_batch_norm_names_the_wrong_argument(change, error, words):
    good = {"X": np.zeros((7, 5)), "gamma": np.ones(5), "beta": np.ones(5)}
    good |= {"running": statistics()}
    with pytest.raises(error, match=words):
        batch_norm_forward(**(good | change))


def test_the_other_norms_name_the_wrong_argument():
    X, gamma, beta = probe(IMAGES)
    with pytest.raises(ValueError, match=r"X: expected \(N, C, H, W\)"):
        spatial_batch_norm_forward(X[0], gamma, beta, statistics())
    with pytest.raises(TypeError, match="X: expected"):
        spatial_batch_norm_forward(None, gamma, beta, statistics())
    with pytest.raises(ValueError, match=r"gamma: expected \(C,\) = \(5,\) with C = 5 from X"):
        spatial_batch_norm_forward(X, gamma[:4], beta, statistics())
    with pytest.raises(ValueError, match=r"X.reshape\(-1, X.shape\[-1\]\)"):
        layer_norm_forward(X[0], gamma, beta)
    with pytest.raises(ValueError, match=r"gamma: expected \(D,\)"):
        layer_norm_forward(np.zeros((7, 4)), gamma, beta)
    with pytest.raises(ValueError, match="eps"):
        layer_norm_forward(np.zeros((7, 5)), gamma, beta, eps=-1)


def test_backward_refuses_a_gradient_of_another_shape():
    X, gamma, beta = probe(ROWS)
    *_, cache = batch_norm_forward(X, gamma, beta, statistics())
    with pytest.raises(ValueError, match=r"dY: expected \(N, D\) = \(7, 5\), got \(1, 5\)"):
        batch_norm_backward(X[:1], cache)
    with pytest.raises(ValueError, match=r"dY: .*transposed"):
        layer_norm_backward(X.T, layer_norm_forward(X, gamma, beta)[1])
    X, gamma, beta = probe(IMAGES)
    *_, cache = spatial_batch_norm_forward(X, gamma, beta, statistics())
    with pytest.raises(ValueError, match=r"dY: expected \(N, C, H, W\)"):
        spatial_batch_norm_backward(X.transpose(0, 2, 3, 1), cache)
