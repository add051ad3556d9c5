"""Models: the right layers, the course's first weights, and conversion there and back."""

import contextlib
import warnings

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.nn import ConvNet, FullyConnectedNet, TwoLayerNet
from course_utils.torchlab import (
    FromRows,
    TorchNet,
    conv_net,
    evaluating,
    from_numpy,
    fully_connected,
    small_cnn,
    to_numpy,
)

SIZES = (6, 9, 7, 3)
X = np.random.default_rng(5).standard_normal((8, 6))


def rng(seed=0):
    return np.random.default_rng(seed)


def new_net(dtype=np.float64, seed=0):
    net = FullyConnectedNet(SIZES, rng=rng(seed), weight_decay=0.01, dtype=dtype)
    for i in range(1, 4):  # biases of zero would hide that they are forgotten
        net.params[f"b{i}"] += rng(i).standard_normal(net.params[f"b{i}"].shape).astype(dtype)
    return net


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("initializer", ["he_normal", "xavier_normal", "small_normal"])
def test_starts_with_the_weights_of_the_course_s_net(dtype, initializer):
    settings = {"initializer": initializer, "dtype": dtype}
    model = fully_connected(SIZES, rng=rng(), **settings)
    net = FullyConnectedNet(SIZES, rng=rng(), **settings)
    twin = to_numpy(model)
    assert twin.params.keys() == net.params.keys()
    for key, w in net.params.items():
        assert twin.params[key].dtype == dtype
        np.testing.assert_array_equal(twin.params[key], w)


def test_layers_stand_in_the_usual_order():
    model = fully_connected((6, 9, 7, 3), rng=rng(), batch_norm=True, dropout=0.25)
    kinds = ["linear", "batch_norm", "relu", "dropout"]
    names = [f"{kind}{i}" for i in (1, 2) for kind in kinds]
    assert [name for name, _ in model.named_children()] == [*names, "linear3"]
    assert model.dropout1.p == 0.25
    plain = [name for name, _ in fully_connected(SIZES, rng=rng()).named_children()]
    assert plain == ["linear1", "relu1", "linear2", "relu2", "linear3"]


def test_batch_norm_and_dropout_act_while_training_only():
    """In training each hidden column has mean 0 and variance 1, and a share is silent."""
    torch.manual_seed(0)
    model = fully_connected((6, 400, 3), rng=rng(), batch_norm=True, dropout=0.25)
    batch = torch.tensor(X, dtype=torch.float32)
    normed = model.batch_norm1(model.linear1(batch))
    assert normed.mean(dim=0).abs().max() < 1e-5
    hidden = model[:4](batch)
    active = torch.relu(normed) > 0
    assert abs((hidden[active] == 0).float().mean() - 0.25) < 0.03
    first, second = (TorchNet(model).logits(X.astype(np.float32)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_same_logits_as_numpy():
    net = new_net()
    model = from_numpy(net)
    np.testing.assert_allclose(TorchNet(model).logits(X), net.logits(X), rtol=1e-13, atol=1e-13)
    np.testing.assert_array_equal(TorchNet(model).predict(X), net.predict(X))
    np.testing.assert_allclose(
        TorchNet(model).probabilities(X), net.probabilities(X), rtol=1e-12, atol=1e-14
    )


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_there_and_back(dtype):
    net = new_net(dtype)
    model = from_numpy(net)
    back = to_numpy(model, weight_decay=net.weight_decay)
    assert (back.sizes, back.dtype, back.weight_decay) == (SIZES, dtype, 0.01)
    for key, w in net.params.items():
        np.testing.assert_array_equal(back.params[key], w)
        assert back.params[key].dtype == dtype
        assert back.params[key].flags.c_contiguous
    # No memory is shared: what one side learns, the other does not.
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(1)
    for key, w in new_net(dtype).params.items():
        np.testing.assert_array_equal(net.params[key], w)
        np.testing.assert_array_equal(back.params[key], w)


def test_two_layer_net_and_dropout_convert():
    assert from_numpy(TwoLayerNet(4, 5, 3, rng=rng())).linear2.out_features == 3
    model = fully_connected(SIZES, rng=rng(), dropout=0.5)
    with evaluating(model):
        expected = model(torch.tensor(X, dtype=torch.float32)).detach().numpy()
    np.testing.assert_allclose(to_numpy(model).logits(X.astype(np.float32)), expected, atol=1e-6)


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        (lambda: fully_connected(SIZES, rng=rng(), batch_norm=True), "ReLU as layer 2, got Batch"),
        (lambda: nn.Sequential(nn.Linear(3, 2), nn.Tanh(), nn.Linear(2, 2)), "got Tanh"),
        (lambda: nn.Sequential(nn.Linear(3, 2), nn.ReLU()), "end with a linear layer"),
        (lambda: nn.Sequential(nn.Linear(3, 2, bias=False)), "a bias in each"),
        (lambda: nn.Sequential(), "end with a linear layer"),
        (lambda: nn.Linear(3, 2), "expected a torch.nn.Sequential, got Linear"),
    ],
)
def test_to_numpy_says_what_it_does_not_know(layers, told):
    with pytest.raises(TypeError, match=told):
        to_numpy(layers())


def test_from_numpy_says_what_it_does_not_know():
    with pytest.raises(TypeError, match="expected a FullyConnectedNet, got Linear"):
        from_numpy(nn.Linear(3, 2))


@pytest.mark.parametrize(
    ("settings", "error", "told"),
    [
        ({"sizes": (5,)}, ValueError, r"got \(5,\)"),
        ({"sizes": (5, 0, 3)}, ValueError, "each 1 or more"),
        ({"rng": 0}, TypeError, "np.random.default_rng"),
        ({"dropout": 1.0}, ValueError, "0 to below 1, got 1.0"),
        ({"dropout": -0.1}, ValueError, "share to silence"),
        ({"initializer": "he"}, ValueError, "expected one of he_normal"),
    ],
)
def test_settings_of_fully_connected(settings, error, told):
    with pytest.raises(error, match=told):
        fully_connected(**{"sizes": SIZES, "rng": rng()} | settings)


@pytest.mark.parametrize("batch_norm", [False, True])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("shape", "blocks"),
    [
        ((9, 8, 3), {"filters": (5, 6), "kernel_size": (5, 3), "pool": (2, 1), "hidden": (7,)}),
        ((7, 6), {"filters": (4,), "kernel_size": 3, "hidden": ()}),
        ((12, 9, 2), {"filters": (3, 4), "kernel_size": 1, "pool": 2, "hidden": (6, 5)}),
    ],
)
def test_conv_net_starts_as_the_course_s_net(shape, blocks, dtype, batch_norm):
    """From the same generator the same numbers: so the same logits, and the same gradients."""
    net = ConvNet(
        shape, 4, rng=rng(3), normalization="batch" if batch_norm else None, dtype=dtype, **blocks
    )
    model = conv_net(shape, 4, rng=rng(3), batch_norm=batch_norm, dtype=dtype, **blocks)
    rows = rng(1).standard_normal((6, net.image_shape[0] * net.image_shape[1] * net.image_shape[2]))
    rows, y = rows.astype(dtype), np.array([0, 1, 2, 3, 1, 1])
    near = {"rtol": 1e-10, "atol": 1e-12} if dtype is np.float64 else {"rtol": 1e-3, "atol": 1e-5}
    np.testing.assert_allclose(TorchNet(model).logits(rows), net.logits(rows), **near)
    loss, grads = net.loss_and_grads(rows, y)
    theirs = nn.functional.cross_entropy(model.train()(torch.tensor(rows)), torch.tensor(y))
    theirs.backward()
    np.testing.assert_allclose(theirs.item(), loss, **near)
    for name, layer in model.named_children():
        kind, i = name.rstrip("0123456789"), name[-1]
        if kind == "conv":
            np.testing.assert_allclose(layer.weight.grad, grads[f"kernels{i}"], **near)
        if kind == "linear":
            np.testing.assert_allclose(layer.weight.grad.T, grads[f"W{i}"], **near)
        if kind in ("conv", "linear"):
            np.testing.assert_allclose(layer.bias.grad, grads[f"b{i}"], **near)


def test_layers_of_conv_net_stand_in_the_usual_order():
    model = conv_net((8, 8), 3, rng=rng(), filters=(2, 3), hidden=(5,), dropout=0.25)
    blocks = [f"{kind}{i}" for i in (1, 2) for kind in ("conv", "relu", "pool")]
    names = ["rows", *blocks, "flat", "dropout", "linear3", "relu3", "dropout3", "linear4"]
    assert [name for name, _ in model.named_children()] == names
    assert (model.dropout.p, model.dropout3.p) == (0.25, 0.25)
    with_norm = conv_net((8, 8), 3, rng=rng(), filters=(2,), hidden=(5,), batch_norm=True)
    names = [name for name, _ in with_norm.named_children()]
    assert names.index("batch_norm1") + 1 == names.index("relu1")
    assert names.index("batch_norm2") + 1 == names.index("relu2")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"kernel_size": 4}, r"odd numbers, which have a middle, got \(4,\)"),
        ({"pool": 9}, r"inside the picture, got \(9,\) for 8×8"),
        ({"filters": (2, 2, 2, 2)}, "inside the picture"),
        ({"filters": ()}, "filters: expected a tuple"),
        ({"filters": (2, 2), "pool": (2,)}, "one for each of 2 blocks"),
        ({"dropout": 1.0}, "0 to below 1, got 1.0"),
    ],
)
def test_settings_of_conv_net(settings, told):
    with pytest.raises(ValueError, match=told):
        conv_net((8, 8), 3, rng=rng(), **settings)


@pytest.mark.parametrize("residual", [False, True])
@pytest.mark.parametrize(("shape", "classes"), [((28, 28, 1), 10), ((32, 32, 3), 7), ((28, 28), 4)])
def test_small_cnn(shape, classes, residual):
    settings = {"widths": (4, 6, 8), "residual": residual, "dropout": 0.1}
    model = small_cnn(shape, classes, rng=rng(), **settings)
    H, W, C = (*shape, 1)[:3]
    # Kernels 3×3 without bias, two numbers of batch norm a channel, one linear layer.
    expected = 9 * (C * 4 + 4 * 6 + 6 * 8) + 2 * (4 + 6 + 8) + (8 + 1) * classes
    expected += residual * (9 * (6 * 6 + 8 * 8) + 2 * (6 + 8))
    assert sum(p.numel() for p in model.parameters()) == expected
    pictures = rng(1).standard_normal((5, H, W, C)).astype(np.float32)
    rows = TorchNet(model).logits(pictures.reshape(5, -1))
    assert rows.shape == (5, classes)
    first = TorchNet(model).logits(np.ascontiguousarray(pictures.transpose(0, 3, 1, 2)))
    np.testing.assert_array_equal(rows, first)
    twin = small_cnn(shape, classes, rng=rng(), **settings)
    np.testing.assert_array_equal(TorchNet(twin).logits(pictures.reshape(5, -1)), rows)


def test_small_cnn_by_hand():
    """Each step written out with torch.nn.functional, in float64 from the model's own tensors."""
    model = small_cnn((8, 8, 3), 4, rng=rng(), widths=(5, 6)).double().eval()
    for i, part in enumerate(part for part in model.modules() if isinstance(part, nn.BatchNorm2d)):
        for k, w in enumerate((part.weight, part.bias, part.running_mean, part.running_var)):
            noise = torch.tensor(rng(10 * i + k).uniform(0.5, 1.5, w.shape))
            w.data = noise * (-1 if k == 0 and i == 1 else 1)  # a negative scale, too
    rows = torch.tensor(rng(1).standard_normal((3, 192)))
    F = nn.functional

    def normed(X, norm):
        return F.relu(
            (X - norm.running_mean[:, None, None])
            / torch.sqrt(norm.running_var[:, None, None] + norm.eps)
            * norm.weight[:, None, None]
            + norm.bias[:, None, None]
        )

    X = rows.reshape(3, 8, 8, 3).permute(0, 3, 1, 2)
    for i in (1, 2):
        kernels = model.get_submodule(f"conv{i}").weight
        X = F.max_pool2d(F.conv2d(X, kernels, padding=1), 2)
        X = normed(X, model.get_submodule(f"batch_norm{i}"))
    again, norm, _ = model.residual2
    X = X + normed(F.conv2d(X, again.weight, padding=1), norm)
    expected = X.mean(dim=(2, 3)) @ model.linear.weight.T + model.linear.bias
    torch.testing.assert_close(model(rows), expected, rtol=1e-12, atol=1e-12)


def test_pooling_before_relu_gives_what_relu_before_pooling_gives():
    X = torch.tensor(rng().standard_normal((2, 3, 6, 6)))
    pool, relu = nn.MaxPool2d(2), nn.ReLU()
    assert torch.equal(relu(pool(X)), pool(relu(X)))


def test_small_cnn_starts_as_he_et_al_say():
    model = small_cnn((32, 32, 3), 10, rng=rng())
    for name, fan_in in (("conv1", 27), ("conv2", 288), ("residual2.0", 576), ("conv3", 576)):
        kernels = model.get_submodule(name).weight
        assert abs(kernels.std().item() / np.sqrt(2 / fan_in) - 1) < 0.06
    out = model(torch.randn(64, 3072, generator=torch.Generator().manual_seed(0)))
    assert out.std() < 1.5  # the first loss is near ln C


def test_small_cnn_refuses_what_cannot_be_halved():
    with pytest.raises(ValueError, match=r"halves 4×4 pixels, got 3"):
        small_cnn((4, 4, 1), 2, rng=rng(), widths=(2, 2, 2))
    with pytest.raises(ValueError, match="got 0"):
        small_cnn((4, 4, 1), 2, rng=rng(), widths=())


def test_from_rows_puts_each_pixel_where_it_belongs():
    pictures = torch.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)  # (N, C, H, W)
    rows = pictures.permute(0, 2, 3, 1).reshape(2, -1)
    layer = FromRows((4, 5, 3))
    assert torch.equal(layer(rows), pictures)
    assert torch.equal(layer(pictures), pictures)
    # Each pixel's channels lie side by side, whatever came in: later layers are quicker so.
    for given in (rows, pictures):
        assert layer(given).is_contiguous(memory_format=torch.channels_last)
    assert "4×5×3" in repr(layer)
    with pytest.raises(ValueError, match=r"rows \(N, 60\) or pictures \(N, 3, 4, 5\), got \(2, 61"):
        layer(torch.zeros(2, 61))


def test_evaluating_gives_each_part_its_own_mode_back():
    model = fully_connected(SIZES, rng=rng(), batch_norm=True)
    model.train()
    model.batch_norm1.eval()  # frozen, as in transfer learning
    with contextlib.suppress(ZeroDivisionError), evaluating(model):
        assert not any(part.training for part in model.modules())
        1 / 0  # noqa: B018
    assert model.training
    assert model.batch_norm2.training
    assert not model.batch_norm1.training


def test_params_are_the_model_s_own():
    model = fully_connected(SIZES, rng=rng(), batch_norm=True)
    params = TorchNet(model).params
    assert list(params) == list(model.state_dict())
    assert len(params) == len(model.state_dict())
    weight = model.linear2.weight
    params["linear2.weight"] = np.full((7, 9), 0.5)
    assert model.linear2.weight is weight
    assert (weight == 0.5).all()
    assert dict(params.items())["linear2.weight"][0, 0] == 0.5
    with pytest.raises(ValueError, match=r"expected the shape of linear2.weight = \(7, 9\), got"):
        params["linear2.weight"] = np.zeros((9, 7))
    with pytest.raises(TypeError, match="cannot be deleted"):
        del params["linear2.weight"]


def test_inputs_of_the_wrong_kind():
    net = TorchNet(fully_connected(SIZES, rng=rng()))
    with pytest.raises(TypeError, match="expected floats, got uint8; give fit or evaluate a prep"):
        net.logits(np.zeros((2, 6), np.uint8))
    with pytest.raises(TypeError, match="expected float32, as the model's parameters are, got flo"):
        net.logits(np.zeros((2, 6)))
    frozen = np.zeros((2, 6), np.float32)
    frozen.flags.writeable = False
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert net.logits(frozen).shape == (2, 3)
    with pytest.raises(TypeError, match=r"expected a torch.nn.Module, got FullyConnectedNet"):
        TorchNet(new_net())
    with pytest.raises(TypeError, match="an empty Sequential"):
        TorchNet(nn.Sequential())
