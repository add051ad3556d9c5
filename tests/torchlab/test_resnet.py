"""ResNet-20: the paper's counts, the forward pass written out, and the weights that are shipped."""

import hashlib
import sys
from fnmatch import fnmatch

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from course_utils.torchlab import resnet as resnet_module
from course_utils.torchlab.resnet import (
    MEAN,
    SHA256,
    STD,
    WEIGHTS,
    ResNet20,
    resnet20,
    untrained_resnet20,
)
from course_utils.torchlab.weight_files import WeightsError, save_weights
from course_utils.workbook.project import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


def rng(seed=0):
    return np.random.default_rng(seed)


def test_the_counts_of_the_paper():
    """He et al., table 6: 20 layers, 0.27 million parameters; option A has none of its own."""
    body = ResNet20(rng=rng())
    kernels = 9 * (3 * 16 + 6 * 16**2 + 16 * 32 + 5 * 32**2 + 32 * 64 + 5 * 64**2)
    norms = 2 * (7 * 16 + 6 * 32 + 6 * 64)
    head = 64 * 10 + 10
    assert sum(p.numel() for p in body.parameters()) == kernels + norms == 269_072
    assert kernels + norms + head == 269_722
    convolutions = [m for m in body.modules() if isinstance(m, nn.Conv2d)]
    assert len(convolutions) + 1 == 20  # and the head
    assert [tuple(m.stride) for m in convolutions].count((2, 2)) == 2


def normed(X, norm):
    shape = (1, -1, 1, 1)
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return (X - norm.running_mean.view(shape)) * scale.view(shape) + norm.bias.view(shape)


def test_forward_by_hand():
    """Each step written out with torch.nn.functional, in float64 from the net's own tensors."""
    body = ResNet20(rng=rng(), widths=(3, 5, 7), blocks=2).double().eval()
    for i, norm in enumerate(m for m in body.modules() if isinstance(m, nn.BatchNorm2d)):
        for k, w in enumerate((norm.weight, norm.bias, norm.running_mean, norm.running_var)):
            w.data = torch.tensor(rng(10 * i + k).uniform(0.5, 1.5, w.shape))
    X = torch.tensor(rng(1).standard_normal((2, 3, 9, 8)))
    H = F.relu(normed(F.conv2d(X, body.stem.conv.weight, padding=1), body.stem.batch_norm))
    for i, stage in enumerate((body.stage1, body.stage2, body.stage3)):
        for k, block in enumerate(stage):
            stride = 2 if i and not k else 1
            more = block.conv1.weight.shape[0] - H.shape[1]
            near = torch.cat([H, H.new_zeros(2, more, *H.shape[2:])], dim=1)
            near = near[:, :, ::stride, ::stride]
            H = normed(F.conv2d(H, block.conv1.weight, stride=stride, padding=1), block.batch_norm1)
            H = normed(F.conv2d(F.relu(H), block.conv2.weight, padding=1), block.batch_norm2)
            H = F.relu(H + near)
    assert H.shape == (2, 7, 3, 2)
    torch.testing.assert_close(body.maps(X), H, rtol=1e-10, atol=1e-10)
    torch.testing.assert_close(body(X), H.mean(dim=(2, 3)), rtol=1e-10, atol=1e-10)
    # Another form of the same block in training mode: nothing that autograd needs is overwritten.
    body.train()
    assert torch.autograd.gradcheck(lambda X: body.stage2(X), torch.tensor(
        rng(2).standard_normal((2, 3, 4, 4)), requires_grad=True))  # fmt: skip


def test_inputs_are_not_changed_and_memory_is_channels_last():
    body = ResNet20(rng=rng())
    X = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    before = X.clone()
    maps = body.maps(X)
    assert torch.equal(X, before)
    assert maps.shape == (2, 64, 8, 8)
    assert maps.is_contiguous(memory_format=torch.channels_last)


def test_first_weights_come_from_the_generator_alone():
    first, second = ResNet20(rng=rng(3)), ResNet20(rng=rng(3))
    assert all(map(torch.equal, first.parameters(), second.parameters()))
    for kernels, fan_in in ((first.stem.conv.weight, 27), (first.stage3[2].conv2.weight, 576)):
        assert abs(kernels.std().item() / np.sqrt(2 / fan_in) - 1) < 0.1
    with pytest.raises(TypeError, match=r"np.random.default_rng"):
        ResNet20(rng=0)


def test_stages_are_its_parts():
    backbone = untrained_resnet20(rng=rng())
    assert list(backbone.stages()) == ["stem", "stage1", "stage2", "stage3"]
    assert backbone.training
    assert (backbone.name, backbone.input_size, backbone.n_features) == ("resnet20", (32, 32), 64)
    assert (backbone.mean, backbone.std) == (MEAN, STD)
    with pytest.raises(TypeError):
        untrained_resnet20(rng=0)


def test_the_weights_that_are_shipped():
    assert WEIGHTS.stat().st_size < 2_000_000
    assert hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() == SHA256
    backbone = resnet20()
    assert not backbone.training
    fresh = untrained_resnet20(rng=rng()).state_dict()
    for key, value in backbone.state_dict().items():
        assert torch.isfinite(value).all(), key
        assert not torch.equal(value, fresh[key]), key
    card = WEIGHTS.with_suffix(".md").read_text("utf-8")
    assert "python -m course_utils.torchlab.pretrain_resnet20" in card
    assert SHA256 in card


def test_other_weights_in_their_place_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "other.safetensors"
    save_weights(path, ResNet20(rng=rng()))
    monkeypatch.setattr(resnet_module, "WEIGHTS", path)
    with pytest.raises(WeightsError, match=r"SHA-256 .* or made anew"):
        resnet20()


def test_an_installed_course_has_the_weights_too():
    """The wheel holds what is in the package's folder, but for what git is told to ignore."""
    folder = ROOT / "course_utils"
    assert WEIGHTS.is_relative_to(folder)
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]
    assert tools["targets"]["wheel"]["packages"] == ["course_utils"]
    told = str(tools)
    assert not any(word in told for word in ("exclude", "only-include", "'include'"))
    patterns = (ROOT / ".gitignore").read_text("utf-8").split()
    parts = WEIGHTS.relative_to(ROOT).parts
    for pattern in patterns:
        assert not any(fnmatch(part, pattern.strip("/")) for part in parts), pattern
