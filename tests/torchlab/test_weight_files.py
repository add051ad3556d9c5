"""Weights in safetensors files: the same numbers back, and a word about every other file."""

import hashlib
import sys

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from course_utils.torchlab.weight_files import WeightsError, load_weights, save_weights


def net(F=4, seed=0, more=()):
    torch.manual_seed(seed)
    layers = [nn.Conv2d(3, F, 3), nn.BatchNorm2d(F), *more]
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


def test_there_and_back(tmp_path):
    one, path = net(), tmp_path / "net.safetensors"
    one(torch.randn(4, 3, 5, 5))  # so that the running statistics are not those of a new net
    save_weights(path, one, about={"task": "none", "epochs": "3"})
    other = net(seed=1)
    assert load_weights(path, other) == {"task": "none", "epochs": "3"}
    for key, value in one.state_dict().items():
        assert torch.equal(value, other.state_dict()[key]), key
    assert set(load_file(path)) == set(one.state_dict())
    assert other[0].weight.is_contiguous(memory_format=torch.channels_last)
    assert [p.name for p in tmp_path.iterdir()] == ["net.safetensors"]


def test_equal_nets_make_equal_files(tmp_path):
    about = {name: name for name in "abcdefgh"}
    contents = []
    for i in range(3):
        save_weights(tmp_path / str(i), net(), about=dict(reversed(about.items())))
        contents.append((tmp_path / str(i)).read_bytes())
    assert contents[0] == contents[1] == contents[2]


def test_files_of_other_nets(tmp_path):
    path = tmp_path / "net.safetensors"
    save_weights(path, net())
    wide, deep = net(F=5), net(more=[nn.Linear(2, 2)])
    before = [p.clone() for p in wide.parameters()]
    with pytest.raises(WeightsError, match=r"0.weight has \(4, 3, 3, 3\), the net has \(5, 3"):
        load_weights(path, wide)
    assert all(map(torch.equal, before, wide.parameters()))
    with pytest.raises(WeightsError, match=r"2.weight is in the net only; another net than Seq"):
        load_weights(path, deep)
    save_weights(path, deep)
    with pytest.raises(WeightsError, match=r"2.bias is in the file only"):
        load_weights(path, net())


@pytest.mark.parametrize("damage", ["missing", "cut", "empty", "pickle"])
def test_damaged_files(tmp_path, damage):
    path = tmp_path / "net.safetensors"
    if damage == "pickle":
        torch.save(net().state_dict(), path)
    elif damage != "missing":
        save_weights(path, net())
        path.write_bytes(path.read_bytes()[: 100 if damage == "cut" else 0])
    with pytest.raises(WeightsError, match=r"which cannot be read .*; missing, or damaged"):
        load_weights(path, net())


def test_a_checksum_that_is_known(tmp_path):
    path = tmp_path / "net.safetensors"
    save_weights(path, net())
    known = hashlib.sha256(path.read_bytes()).hexdigest()
    load_weights(path, net(), sha256=known)
    save_weights(path, net(seed=1))
    other = net(seed=2)
    before = other[0].weight.clone()
    with pytest.raises(WeightsError, match=rf"SHA-256 {known[:16]}\.\.\., got .*, or made anew"):
        load_weights(path, other, sha256=known)
    assert torch.equal(before, other[0].weight)
    with pytest.raises(WeightsError, match="missing, or damaged"):
        load_weights(tmp_path / "none.safetensors", other, sha256=known)


def test_a_net_in_float64_keeps_its_precision(tmp_path):
    path = tmp_path / "net.safetensors"
    save_weights(path, net())
    double = net(seed=1).double()
    load_weights(path, double)
    assert double[0].weight.dtype == torch.float64
    np.testing.assert_array_equal(double[0].weight.detach().float(), net()[0].weight.detach())


def test_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "safetensors", None)
    monkeypatch.setitem(sys.modules, "safetensors.torch", None)
    for call in (save_weights, load_weights):
        with pytest.raises(ModuleNotFoundError, match="pip install safetensors"):
            call(tmp_path / "net.safetensors", net())
