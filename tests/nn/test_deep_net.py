import numpy as np
import pytest
import torch
from torch.nn import functional

import course_utils.nn as nn
from course_utils.nn import DeepNet, FullyConnectedNet, Optimizer, fit

from .helpers import blobs, unchanged

SIZES = (6, 9, 7, 4)


def make(normalization=None, keep=1.0, seed=0, **settings):
    net = DeepNet(
        SIZES,
        rng=np.random.default_rng(seed),
        normalization=normalization,
        keep=keep,
        **{"dtype": np.float64, **settings},
    )
    rng = np.random.default_rng(seed + 1)
    for key, w in net.params.items():  # gamma away from 1, beta and biases away from 0
        if not key.startswith("W"):
            net.params[key] = (w + 0.5 * rng.standard_normal(w.shape)).astype(net.dtype)
    return net


def batch(N=11, seed=5, dtype=np.float64):
    rng = np.random.default_rng(seed)
    return rng.standard_normal((N, SIZES[0])).astype(dtype), rng.integers(0, SIZES[-1], N)


def in_torch(net, X, y, masks=(), statistics=None):
    """Loss and gradients of the same net by autograd; statistics: mean and var to use."""
    params = {
        k: torch.tensor(w, dtype=torch.float64).requires_grad_() for k, w in net.params.items()
    }
    H = torch.tensor(X, dtype=torch.float64)
    for i in range(1, net.depth + 1):
        H = H @ params[f"W{i}"] + params[f"b{i}"]
        if i == net.depth:
            break
        if net.normalization == "batch":
            mean, var = statistics[i] if statistics else (None, None)
            H = functional.batch_norm(
                H, mean, var, params[f"gamma{i}"], params[f"beta{i}"], training=statistics is None
            )
        elif net.normalization == "layer":
            H = functional.layer_norm(H, H.shape[1:], params[f"gamma{i}"], params[f"beta{i}"])
        H = torch.relu(H)
        if masks:
            H = H * torch.tensor(masks[i - 1])
    loss = functional.cross_entropy(H, torch.tensor(y))
    for i in range(1, net.depth + 1):
        loss = loss + net.weight_decay * (params[f"W{i}"] ** 2).sum()
    loss.backward()
    return loss.item(), {k: p.grad.numpy() for k, p in params.items()}, H.detach().numpy()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("normalization", [None, "batch", "layer"])
def test_gradients_agree_with_autograd(normalization, dtype):
    net = make(normalization, weight_decay=0.1, dtype=dtype)
    X, y = batch(dtype=dtype)
    same = unchanged(X, y, *net.params.values())
    loss, grads = net.loss_and_grads(X, y)
    same()
    want, want_grads, _ = in_torch(net, X, y)
    close = {"rtol": 1e-3, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-9, "atol": 1e-10}
    np.testing.assert_allclose(loss, want, **close)
    assert grads.keys() == net.params.keys()
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, want_grads[key], **close, err_msg=key)
        assert grad.dtype == dtype


@pytest.mark.parametrize("normalization", [None, "batch"])
def test_dropout_agrees_with_autograd_under_the_same_masks(normalization):
    net = make(normalization, keep=0.6)
    X, y = batch()
    rng = net.copy().generator  # draws what the net will draw
    masks = [(rng.random((len(X), M)) < 0.6) / 0.6 for M in SIZES[1:-1]]
    loss, grads = net.loss_and_grads(X, y)
    want, want_grads, _ = in_torch(net, X, y, masks)
    np.testing.assert_allclose(loss, want, rtol=1e-10)
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, want_grads[key], rtol=1e-8, atol=1e-10, err_msg=key)


def test_in_use_the_running_statistics_count_and_nothing_is_dropped():
    net = make("batch", keep=0.5)
    X, y = batch()
    for seed in range(3):
        net.loss_and_grads(*batch(seed=seed))
    statistics = {
        i: tuple(torch.tensor(net.buffers[f"{key}{i}"]) for key in ("mean", "var")) for i in (1, 2)
    }
    _, _, want = in_torch(net, X, y, statistics=statistics)
    before = {key: w.copy() for key, w in net.buffers.items()}
    np.testing.assert_allclose(net.logits(X), want, rtol=1e-10)
    # No row looks at the others.
    np.testing.assert_allclose(net.logits(X[:1]), net.logits(X)[:1], rtol=1e-12)
    for key, w in net.buffers.items():
        np.testing.assert_array_equal(w, before[key])


def test_running_statistics_follow_the_batches():
    net = make("batch")
    X, y = batch()
    A = X @ net.params["W1"] + net.params["b1"]
    net.loss_and_grads(X, y)
    np.testing.assert_allclose(net.buffers["mean1"], 0.1 * A.mean(axis=0))
    np.testing.assert_allclose(net.buffers["var1"], 0.9 + 0.1 * A.var(axis=0))


def test_plain_it_is_the_fully_connected_net():
    X, y = batch()
    plain = FullyConnectedNet(SIZES, rng=np.random.default_rng(0), dtype=np.float64)
    net = DeepNet(SIZES, rng=np.random.default_rng(0), dtype=np.float64)
    loss, grads = net.loss_and_grads(X, y)
    want, want_grads = plain.loss_and_grads(X, y)
    assert loss == want
    for key, grad in grads.items():
        np.testing.assert_array_equal(grad, want_grads[key])


def test_dropout_does_not_change_the_first_weights():
    for key, w in make(keep=0.5).params.items():
        np.testing.assert_array_equal(w, make(keep=1.0).params[key])


def test_a_copy_goes_its_own_way():
    net = make("batch", keep=0.5)
    twin = net.copy()
    X, y = batch()
    loss, _ = net.loss_and_grads(X, y)
    assert not np.array_equal(twin.buffers["mean1"], net.buffers["mean1"])
    assert twin.loss_and_grads(X, y)[0] == loss  # the same masks


def test_layers_of_the_student_run_in_pairs():
    ran = []

    def noting(name):
        def run(*args, **settings):
            ran.append(name)
            return getattr(nn, name)(*args, **settings)

        return run

    names = (*nn.layer_choice.LAYER_NAMES, "batch_norm_forward", "batch_norm_backward")
    functions = {name: noting(name) for name in names}
    make("batch", layers=functions).loss_and_grads(*batch())
    assert set(ran) == set(names)
    ran.clear()
    del functions["batch_norm_backward"]
    make("batch", layers=functions).loss_and_grads(*batch())
    assert "batch_norm_forward" not in ran


def train(net, epochs, **settings):
    return fit(
        net,
        blobs(60, seed=1),
        blobs(30, seed=2),
        optimizer=Optimizer(nn.momentum_update, 0.05),
        epochs=epochs,
        batch_size=8,
        rng=np.random.default_rng(7),
        report=None,
        **settings,
    )


def small(seed=0):
    rng = np.random.default_rng(seed)
    return DeepNet((6, 9, 3), rng=rng, normalization="batch", keep=0.7)


def test_a_resumed_run_is_the_same_to_the_last_bit(tmp_path):
    whole, halves = small(), small()
    train(whole, 6)
    train(halves, 3, checkpoint=tmp_path / "run.npz")
    again = small(seed=99)  # other weights, another generator: all of it comes from the file
    train(again, 6, checkpoint=tmp_path / "run.npz", resume=True)
    for key, w in {**whole.params, **whole.buffers}.items():
        np.testing.assert_array_equal({**again.params, **again.buffers}[key], w, err_msg=key)


def test_the_best_epoch_comes_back_with_its_buffers():
    net = small()
    history = train(net, 60, early_stopping=2)
    loss, _ = nn.evaluate(net, blobs(30, seed=2))
    best = history.epoch.index(history.best_epoch)
    assert history.best_epoch != history.epoch[-1]
    assert loss == history.validation_loss[best]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"normalization": "group"}, 'expected "batch", "layer" or None, got \'group\''),
        ({"keep": 0}, "keep: expected the probability to keep"),
        ({"keep": 1.5}, "keep: expected the probability to keep"),
    ],
)
def test_wrong_settings(settings, words):
    with pytest.raises(ValueError, match=words):
        DeepNet(SIZES, rng=np.random.default_rng(0), **settings)
