"""ConvNet against the same net written with torch, in both modes, with and without everything."""

import numpy as np
import pytest
import torch
from torch.nn import functional

import course_utils.nn as nn
from course_utils.nn import ConvNet, Optimizer, fit

from .helpers import numeric_gradient, unchanged

SHAPE, CLASSES = (7, 6, 2), 4


def make(seed=0, **settings):
    settings = {"filters": (3, 4), "hidden": (5,), "dtype": np.float64, **settings}
    net = ConvNet(SHAPE, CLASSES, rng=np.random.default_rng(seed), **settings)
    rng = np.random.default_rng(seed + 1)
    for key, w in net.params.items():  # gamma away from 1, beta and biases away from 0
        if not key.startswith(("W", "kernels")):
            net.params[key] = (w + 0.5 * rng.standard_normal(w.shape)).astype(net.dtype)
    return net


def batch(N=6, seed=5, dtype=np.float64):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((N, int(np.prod(SHAPE)))).astype(dtype)
    return X, rng.integers(0, CLASSES, N)


def in_torch(net, X, y, masks=(), training=True):
    """Logits, loss, gradients of all parameters and the pixels, by autograd in float64."""
    params = {
        k: torch.tensor(w, dtype=torch.float64).requires_grad_() for k, w in net.params.items()
    }
    H, W, C = SHAPE
    pixels = torch.tensor(X, dtype=torch.float64).requires_grad_()
    Y, masks = pixels.reshape(-1, H, W, C).permute(0, 3, 1, 2), list(masks)

    def norm(Y, i):
        if not net.normalization:
            return Y
        running = [torch.tensor(net.buffers[f"{key}{i}"]).double() for key in ("mean", "var")]
        mean, var = (None, None) if training else running
        return functional.batch_norm(
            Y, mean, var, params[f"gamma{i}"], params[f"beta{i}"], training=training
        )

    n = sum(key.startswith("kernels") for key in params)
    for i in range(1, n + 1):
        K = params[f"kernels{i}"]
        Y = functional.conv2d(Y, K, params[f"b{i}"], padding=K.shape[2] // 2)
        Y = torch.relu(norm(Y, i))
        pool = functional.max_pool2d if net.pooling == "max" else functional.avg_pool2d
        Y = pool(Y, net.pools[i - 1])
    Y = Y.flatten(1)
    depth = n + sum(key.startswith("W") for key in params)
    for i in range(n + 1, depth + 1):
        if masks:
            Y = Y * torch.tensor(masks.pop(0))
        Y = Y @ params[f"W{i}"] + params[f"b{i}"]
        if i < depth:
            Y = torch.relu(norm(Y, i))
    loss = functional.cross_entropy(Y, torch.tensor(y))
    for key, w in params.items():
        if key.startswith(("W", "kernels")):
            loss = loss + net.weight_decay * (w**2).sum()
    loss.backward(retain_graph=True)
    grads = {k: p.grad.numpy().copy() for k, p in params.items()}
    pixels.grad = None
    Y[torch.arange(len(y)), torch.tensor(y)].sum().backward()
    return Y.detach().numpy(), loss.item(), grads, pixels.grad.numpy()


KINDS = [
    {"filters": (3,), "kernel_size": 5, "pool": 2, "hidden": (5,)},
    {"normalization": "batch", "weight_decay": 0.1},
    {"filters": (3, 4, 2), "kernel_size": (3, 1, 3), "pool": (2, 1, 3), "hidden": ()},
    {"pooling": "average", "normalization": "batch", "hidden": (5, 6)},
    {"filters": (2,), "kernel_size": 2, "pool": 1, "weight_decay": 0.3},
]


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_agree_with_autograd(kind, dtype):
    net = make(**kind, dtype=dtype)
    X, y = batch(dtype=dtype)
    same = unchanged(X, y, *net.params.values())
    loss, grads = net.loss_and_grads(X, y)
    same()
    _, want, want_grads, _ = in_torch(net, X, y)
    close = {"rtol": 1e-3, "atol": 1e-4} if dtype == np.float32 else {"rtol": 1e-8, "atol": 1e-10}
    np.testing.assert_allclose(loss, want, **close)
    assert list(grads) == list(net.params)
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, want_grads[key], **close, err_msg=key)
        assert grad.dtype == dtype, key


@pytest.mark.parametrize("kind", KINDS)
def test_in_use_logits_loss_and_input_gradient_agree_with_torch(kind):
    net = make(**kind, keep=0.5)
    for seed in range(3):  # running statistics of their own
        net.loss_and_grads(*batch(seed=seed))
    X, y = batch()
    before = {key: w.copy() for key, w in net.buffers.items()}
    want, loss, _, want_pixels = in_torch(net, X, y, training=False)
    np.testing.assert_allclose(net.logits(X), want, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(net.loss(X, y), loss, rtol=1e-10)
    np.testing.assert_allclose(net.input_gradient(X, y), want_pixels, rtol=1e-8, atol=1e-11)
    np.testing.assert_allclose(net.logits(X[:1]), net.logits(X)[:1], rtol=1e-10)
    for key, w in net.buffers.items():
        np.testing.assert_array_equal(w, before[key])


def test_small_net_agrees_with_finite_differences():
    net = make(filters=(2,), hidden=(3,), weight_decay=0.2)
    X, y = batch(N=3)
    _, grads = net.loss_and_grads(X, y)
    for key in ("kernels1", "b1", "W2", "b3"):

        def loss(w, key=key):
            twin = net.copy()
            twin.params[key] = w
            return twin.loss(X, y)

        want = numeric_gradient(loss, net.params[key])
        np.testing.assert_allclose(grads[key], want, rtol=1e-5, atol=1e-7, err_msg=key)


def test_dropout_agrees_with_autograd_under_the_same_masks():
    net = make(keep=0.6)
    X, y = batch()
    rng = net.copy().generator  # draws what the net will draw
    masks = [(rng.random((len(X), D)) < 0.6) / 0.6 for D in net.sizes[:-1]]
    loss, grads = net.loss_and_grads(X, y)
    _, want, want_grads, _ = in_torch(net, X, y, masks)
    np.testing.assert_allclose(loss, want, rtol=1e-10)
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, want_grads[key], rtol=1e-8, atol=1e-10, err_msg=key)


def test_running_statistics_follow_the_batches():
    net = make(normalization="batch")
    X, y = batch()
    A = net.feature_maps(X)["conv1"]
    net.loss_and_grads(X, y)
    np.testing.assert_allclose(net.buffers["mean1"], 0.1 * A.mean(axis=(0, 2, 3)))
    np.testing.assert_allclose(net.buffers["var1"], 0.9 + 0.1 * A.var(axis=(0, 2, 3)))
    assert set(net.buffers) == {f"{key}{i}" for key in ("mean", "var") for i in (1, 2, 3)}


def test_rows_and_pictures_are_the_same():
    net = make()
    X, y = batch()
    pictures = X.reshape(-1, *SHAPE).transpose(0, 3, 1, 2)
    np.testing.assert_array_equal(net.logits(pictures), net.logits(X))
    back = net.input_gradient(pictures, y).transpose(0, 2, 3, 1).reshape(X.shape)
    np.testing.assert_array_equal(back, net.input_gradient(X, y))


def test_feature_maps_have_a_name_for_each_step():
    net = make(pool=(2, 1), normalization="batch")
    shapes = {name: maps.shape for name, maps in net.feature_maps(batch(N=2)[0]).items()}
    assert shapes == {
        "conv1": (2, 3, 7, 6), "relu1": (2, 3, 7, 6), "pool1": (2, 3, 3, 3),
        "conv2": (2, 4, 3, 3), "relu2": (2, 4, 3, 3),
    }  # fmt: skip


def test_first_weights_are_those_of_he_et_al():
    net = ConvNet((28, 28), 10, rng=np.random.default_rng(2), filters=(64, 64), kernel_size=5)
    for key, fan_in in {"kernels1": 25, "kernels2": 1600, "W3": 3136, "W4": 100}.items():
        assert net.params[key].std() == pytest.approx(np.sqrt(2 / fan_in), rel=0.06), key
    assert not any(net.params[f"b{i}"].any() for i in (1, 2, 3, 4))
    assert {w.dtype for w in net.params.values()} == {np.dtype(np.float32)}
    assert net.n_parameters == sum(w.size for w in net.params.values())


def test_a_copy_goes_its_own_way():
    net = make(normalization="batch", keep=0.5)
    twin = net.copy()
    X, y = batch()
    loss, _ = net.loss_and_grads(X, y)
    assert not np.array_equal(twin.buffers["mean1"], net.buffers["mean1"])
    twin.params["kernels1"] += 0
    assert twin.params["kernels1"] is not net.params["kernels1"]
    assert twin.loss_and_grads(X, y)[0] == loss  # the same masks


PAIRS = ("conv2d", "max_pool", "spatial_batch_norm", "batch_norm", "dropout")


@pytest.mark.parametrize("gone", ["conv2d_backward", "max_pool_forward", ""])
def test_layers_of_the_student_run_in_pairs(gone):
    ran = set()

    def noting(name):
        def run(*args, **settings):
            ran.add(name)
            return getattr(nn, name)(*args, **settings)

        return run

    names = {f"{layer}_{way}" for layer in PAIRS for way in ("forward", "backward")}
    names |= set(nn.layer_choice.LAYER_NAMES)
    functions = {name: noting(name) for name in names if name != gone}
    net = make(normalization="batch", keep=0.5, layers=functions)
    X, y = batch()
    loss, grads = net.loss_and_grads(X, y)
    layer = gone.rsplit("_", 1)[0]
    assert ran == {name for name in names if not gone or not name.startswith(layer)}
    want, want_grads = make(normalization="batch", keep=0.5).loss_and_grads(X, y)
    np.testing.assert_allclose(loss, want, rtol=1e-12)
    for key, grad in grads.items():
        np.testing.assert_allclose(grad, want_grads[key], rtol=1e-9, atol=1e-12, err_msg=key)


def pictures(N, seed):
    """Bright upper, lower or left halves in noise: three classes."""
    rng = np.random.default_rng(seed)
    X, y = rng.standard_normal((N, 8, 8)).astype(np.float32), rng.integers(0, 3, N)
    for part, c in ((np.s_[:, :4], 0), (np.s_[:, 4:], 1), (np.s_[:, :, :4], 2)):
        X[part][y == c] += 1
    return X.reshape(N, 64), y


def small(seed=0, **settings):
    settings = {"filters": (4,), "hidden": (8,), "normalization": "batch", "keep": 0.7, **settings}
    return ConvNet((8, 8), 3, rng=np.random.default_rng(seed), **settings)


def train(net, epochs, **settings):
    return fit(
        net,
        pictures(80, seed=1),
        pictures(60, seed=2),
        optimizer=Optimizer(nn.momentum_update, 0.02),
        epochs=epochs,
        batch_size=16,
        rng=np.random.default_rng(7),
        report=None,
        **settings,
    )


def test_it_learns():
    net = small()
    train(net, 8)
    assert nn.evaluate(net, pictures(300, seed=3))[1] > 0.9


def test_a_resumed_run_is_the_same_to_the_last_bit(tmp_path):
    whole, halves = small(), small()
    train(whole, 4)
    train(halves, 2, checkpoint=tmp_path / "run.npz")
    again = small(seed=99)  # other weights, another generator: all of it comes from the file
    train(again, 4, checkpoint=tmp_path / "run.npz", resume=True)
    for key, w in {**whole.params, **whole.buffers}.items():
        np.testing.assert_array_equal({**again.params, **again.buffers}[key], w, err_msg=key)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"normalization": "layer"}, "expected \"batch\" or None, got 'layer'"),
        ({"pooling": "min"}, 'expected "max" or "average", got \'min\''),
        ({"keep": 0}, "keep: expected the probability to keep"),
        ({"filters": ()}, "filters: expected a tuple of whole numbers"),
        ({"filters": 16}, "filters: expected a tuple of whole numbers"),
        ({"filters": (0,)}, "filters: expected at least 1, got 0"),
        ({"kernel_size": (3,)}, "one for each of 2 blocks"),
        ({"pool": 4}, "block 2 has no pixel left"),
    ],
)
def test_wrong_settings(settings, words):
    with pytest.raises(ValueError, match=words):
        make(**settings)


def test_wrong_shapes():
    with pytest.raises(ValueError, match=r"expected \(H, W\) or \(H, W, C\), got \(784,\)"):
        ConvNet((784,), 10, rng=np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"expected rows \(N, 84\) or pictures \(N, 2, 7, 6\)"):
        make().logits(np.zeros((3, 85)))
    with pytest.raises(TypeError, match="whole number"):
        make(filters=(2.5,))
