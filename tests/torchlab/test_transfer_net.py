"""The net of a transfer: parts in order, and frozen means that nothing moves."""

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.checking.recorder import TrainingRecorder
from course_utils.torchlab import Backbone, untrained
from course_utils.torchlab.transfer import (
    Standardise,
    TransferNet,
    make_head,
    parts_of,
    untrained_like,
)

from .transfer_examples import SIDE, tiny_backbone


def rng(seed=0):
    return np.random.default_rng(seed)


def new_net(**head):
    return TransferNet(tiny_backbone(), make_head(8, 3, rng=rng(), **head))


def batch(n=8, seed=0):
    return torch.randn(n, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(seed))


def state(module):
    return {key: value.clone() for key, value in module.state_dict().items()}


def moved(before, module):
    return {key for key, w in module.state_dict().items() if not torch.equal(w, before[key])}


def train(net, steps=4, stepped=None):
    """A student's loop: the optimizer is given all, as is usual."""
    optimizer = torch.optim.SGD(stepped or net.parameters(), lr=0.1, weight_decay=0.1)
    y = torch.arange(8) % 3
    for seed in range(steps):
        net.train()
        optimizer.zero_grad()
        nn.functional.cross_entropy(net(batch(seed=seed)), y).backward()
        optimizer.step()


def test_parts_are_in_the_order_of_depth_and_the_head_is_last():
    net = new_net()
    assert net.parts == ("stem", "stage1", "stage2", "stage3", "head")
    assert net.trained == net.parts
    inside = [p for name in net.parts for p in net.parameters_of(name)]
    assert {id(p) for p in inside} == {id(p) for p in net.parameters()}
    assert len(inside) == len(list(net.parameters()))
    names = [name for name, _ in net.named_parameters()]
    assert not any("_modules_of" in name for name in names)


def test_what_is_frozen_does_not_move_and_the_recorder_agrees():
    net = new_net()
    net.train_only("head")
    recorder = TrainingRecorder()
    for kind in ("parameters", "buffers"):
        recorder.frozen(
            "backbone", lambda kind=kind: dict(getattr(net.body, f"named_{kind}")()), kind=kind
        )
    body, head = state(net.body), state(net.head)
    train(net)
    recorder.epoch(train_loss=1.0)
    assert moved(body, net.body) == set()
    assert moved(head, net.head) == {"linear1.weight", "linear1.bias"}
    assert recorder.diagnose().codes == ()


def test_the_usual_freezing_drifts_and_the_recorder_says_so():
    """requires_grad alone: what the class is for; without it the test above would fail."""
    backbone, head = tiny_backbone(), make_head(8, 3, rng=rng())
    for p in backbone.parameters():
        p.requires_grad_(False)
    recorder = TrainingRecorder()
    recorder.frozen("backbone", lambda: dict(backbone.named_buffers()), kind="buffers")
    train(nn.Sequential(backbone, head), stepped=head.parameters())
    recorder.epoch(train_loss=1.0)
    assert recorder.diagnose().codes == ("frozen-buffers-move",)


@pytest.mark.parametrize("names", [("head",), ("stage3", "head"), ("stem", "stage2")])
def test_each_part_by_itself(names):
    net = new_net()
    net.train_only(*names)
    before = {name: [state(m) for m in net.modules_of(name)] for name in net.parts}
    train(net)
    for name in net.parts:
        keys = [moved(old, m) for old, m in zip(before[name], net.modules_of(name), strict=True)]
        assert bool(set().union(*keys)) == (name in names), name
    assert net.trained == tuple(name for name in net.parts if name in names)
    assert net.trained_parameters == sum(
        p.numel() for name in names for p in net.parameters_of(name)
    )


def test_an_old_gradient_of_a_part_that_is_frozen_now_is_forgotten():
    """Else the next step, before any gradient is set to zero, would move what is frozen."""
    net = new_net(silent=False)  # else no gradient would go below the head
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    nn.functional.cross_entropy(net(batch()), torch.arange(8) % 3).backward()
    before = state(net.body)
    net.train_only("head")
    optimizer.step()
    assert moved(before, net.body) == set()


def test_held_statistics_stay_while_the_weights_are_trained():
    net = new_net()
    net.train_only(*net.parts, hold_statistics=True)
    before = state(net.body)
    train(net)
    changed = moved(before, net.body)
    buffers = {key for key, _ in net.body.named_buffers()}
    assert changed == {key for key, _ in net.body.named_parameters()}
    assert not changed & buffers


def test_the_mode_is_kept_through_train_and_eval():
    net = new_net(dropout=0.5)
    net.train_only("stage3", "head")
    for _ in range(2):
        net.train()
        assert net.training
        assert net.head.dropout.training
        assert net.body.net.stage3[0].batch_norm1.training
        assert not any(part.training for part in net.body.net.stage2.modules())
        net.eval()
        assert not any(part.training for part in net.modules())


def test_names_of_parts_are_checked():
    with pytest.raises(ValueError, match=r"expected some of stem, stage1.*head, got 'top'"):
        new_net().train_only("head", "top")
    with pytest.raises(ValueError, match="got 'none'"):
        new_net().train_only()


class Plain(nn.Module):
    """As torchvision's nets are: children in order, a norm beside its convolution."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 4, 3)
        self.bn1 = nn.BatchNorm2d(4)
        self.relu = nn.ReLU()
        self.layer1 = nn.Sequential(nn.Conv2d(4, 4, 3), nn.BatchNorm2d(4))
        self.layer2 = nn.Conv2d(4, 8, 3)
        self.layer3 = nn.Conv2d(8, 8, 3)
        self.pool = nn.AdaptiveAvgPool2d(1)


def test_parts_of_a_net_that_does_not_tell_its_stages():
    net = Plain()
    parts = parts_of(net)
    assert list(parts) == ["conv1", "layer1", "layer2", "layer3"]
    assert parts["conv1"] == [net.conv1, net.bn1, net.relu]
    assert parts["layer3"] == [net.layer3, net.pool]


class PlainMaps(Plain):
    n_features = 8

    def maps(self, X):
        return self.layer3(self.layer2(self.layer1(self.relu(self.bn1(self.conv1(X))))))


def test_parts_of_a_backbone_whose_net_does_not_tell_its_stages():
    """As torchvision's nets come: ReLU and pooling are no parts of their own."""
    half = (0.5,) * 3
    body = Backbone(PlainMaps(), name="plain", input_size=(SIDE, SIDE), mean=half, std=half)
    assert list(parts_of(body)) == ["conv1", "layer1", "layer2", "layer3"]


def test_neighbours_are_joined_where_there_are_too_many():
    net = nn.Sequential(*[nn.Conv2d(3, 3, 1) for _ in range(23)])
    parts = parts_of(net)
    assert [len(modules) for modules in parts.values()] == [3, 3, 3, 2, 2, 2, 2, 2, 2, 2]
    assert list(parts)[:2] == ["0", "3"]
    assert [module for modules in parts.values() for module in modules] == list(net)


def test_a_backbone_that_calls_its_last_layer_a_head():
    """EfficientNet does; were that forgotten, it would neither be frozen nor trained."""
    body = untrained(rng=rng()).eval()
    net = TransferNet(body, make_head(body.n_features, 3, rng=rng()))
    assert net.parts == ("stem", *(f"stage{i}" for i in range(1, 8)), "top", "head")
    inside = [id(p) for name in net.parts for p in net.parameters_of(name)]
    assert sorted(inside) == sorted(id(p) for p in net.parameters())
    net.train_only("head")
    assert not any(p.requires_grad for p in body.parameters())
    norms = [module for module in net.train().modules() if isinstance(module, nn.BatchNorm2d)]
    assert len(norms) == 49
    assert not any(module.training for module in norms)


def test_a_container_that_holds_everything_is_opened():
    inner = nn.Sequential(*[nn.Conv2d(3, 3, 1) for _ in range(6)])
    net = nn.Sequential(nn.Sequential(inner))
    assert list(parts_of(net)) == [f"0.0.{i}" for i in range(6)]


def test_parameters_in_no_part_or_in_two():
    lost = Plain()
    lost.extra = nn.Parameter(torch.zeros(2))
    with pytest.raises(ValueError, match="each parameter of Plain in one part, extra is in none"):
        parts_of(lost)
    twice = Plain()
    twice.stages = lambda: {"a": list(twice.children()), "b": [twice.conv1]}
    with pytest.raises(ValueError, match="in two"):
        parts_of(twice)
    with pytest.raises(ValueError, match="no parameters"):
        parts_of(nn.Sequential(nn.ReLU()))


def test_standardise_against_numpy():
    X = rng(1).normal(5, [0.1, 1, 10], (50, 3)).astype(np.float32)
    layer = Standardise(3)
    assert torch.equal(layer(torch.tensor(X)), torch.tensor(X))
    layer.measure(X)
    np.testing.assert_allclose(
        layer(torch.tensor(X)), (X - X.mean(0)) / X.std(0), rtol=1e-4, atol=1e-4
    )
    assert not list(layer.parameters())
    flat = X.copy()
    flat[:, 0] = 2  # never moves: not divided by nothing
    layer.measure(flat)
    assert torch.isfinite(layer(torch.tensor(flat))).all()
    with pytest.raises(ValueError, match=r"expected \(N, 3\).*got \(50, 2\); of another"):
        layer.measure(X[:, :2])


def test_make_head():
    head = make_head(8, 3, rng=rng(), hidden=(5,), dropout=0.25)
    assert [name for name, _ in head.named_children()] == [
        "standardise", "dropout", "linear1", "relu1", "dropout1", "linear2",
    ]  # fmt: skip
    assert sum(p.numel() for p in head.parameters()) == 8 * 5 + 5 + 5 * 3 + 3
    assert head.linear1.weight.all()
    assert not head.linear2.weight.any()  # all classes equally likely at first
    assert make_head(8, 3, rng=rng(), silent=False).linear1.weight.all()
    with pytest.raises(ValueError, match="two or more, got 1"):
        make_head(8, 1, rng=rng())


def test_untrained_like_draws_all_weights_anew_and_leaves_the_net_alone():
    backbone = tiny_backbone()
    before = state(backbone)
    fresh = untrained_like(backbone, rng=rng(5))
    assert moved(before, backbone) == set()
    again = untrained_like(backbone, rng=rng(5))
    assert moved(state(fresh), again) == set()
    weights = {k for k, p in backbone.named_parameters() if p.ndim > 1}
    means = {
        k for k in before if k.endswith(("running_mean", "running_var", "num_batches_tracked"))
    }
    assert moved(before, fresh) == weights | means
    for key, value in fresh.state_dict().items():
        if key.endswith("running_mean"):
            assert not value.any()
    big = untrained_like(nn.Conv2d(64, 64, 3), rng=rng())
    assert abs(big.weight.std().item() / np.sqrt(2 / 576) - 1) < 0.03
    assert not big.bias.any()
