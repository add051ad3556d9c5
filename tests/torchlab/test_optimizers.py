"""Optimizers do what the course's rules of that name do; schedules are their formulas."""

import math

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.nn import RULES
from course_utils.nn import make_optimizer as make_numpy_optimizer
from course_utils.torchlab import Cosine, Decay, Steps, fully_connected, make_optimizer, weights_of
from course_utils.torchlab.optimizers import OptimizerView


def model(batch_norm=True):
    return fully_connected((4, 5, 3), rng=np.random.default_rng(0), batch_norm=batch_norm)


HYPERPARAMETERS = {
    "sgd": {},
    "momentum": {"momentum": 0.8},
    "rmsprop": {"decay": 0.9, "eps": 1e-3},
    "adam": {"beta1": 0.8, "beta2": 0.9, "eps": 1e-3},
}


@pytest.mark.parametrize("defaults", [True, False])
@pytest.mark.parametrize("rule", RULES)
def test_same_steps_as_the_course_s_rule(rule, defaults):
    """One parameter, thirty made-up gradients."""
    settings = {} if defaults else HYPERPARAMETERS[rule]
    rng = np.random.default_rng(1)
    params = {"w": rng.standard_normal((3, 4))}
    layer = nn.Linear(4, 3, bias=False, dtype=torch.float64)
    layer.weight.data.copy_(torch.tensor(params["w"]))
    ours = make_numpy_optimizer(rule, 0.05, **settings)
    theirs = make_optimizer(layer, rule, 0.05, **settings)
    for _ in range(30):
        grad = rng.standard_normal((3, 4))
        ours.step(params, {"w": grad})
        layer.weight.grad = torch.tensor(grad)
        theirs.step()
    np.testing.assert_allclose(layer.weight.detach().numpy(), params["w"], rtol=0, atol=1e-12)


def test_nesterov_looks_ahead():
    """Sutskever et al. 2013 in PyTorch's form: v = mu v + g; w -= rate (g + mu v)."""
    layer = nn.Linear(2, 1, bias=False, dtype=torch.float64)
    w, v, rng = layer.weight.detach().numpy().copy(), 0.0, np.random.default_rng(0)
    optimizer = make_optimizer(layer, "nesterov", 0.1, momentum=0.7)
    for _ in range(5):
        grad = rng.standard_normal((1, 2))
        layer.weight.grad = torch.tensor(grad)
        optimizer.step()
        v = 0.7 * v + grad
        w = w - 0.1 * (grad + 0.7 * v)
    np.testing.assert_allclose(layer.weight.detach().numpy(), w, rtol=0, atol=1e-14)


def test_adamw_shrinks_weights_and_nothing_else():
    net = model()
    before = {name: p.detach().clone() for name, p in net.named_parameters()}
    optimizer = make_optimizer(net, "adamw", 0.1, weight_decay=0.5)
    for p in net.parameters():
        p.grad = torch.zeros_like(p)  # then only the decay is left
    optimizer.step()
    for name, p in net.named_parameters():
        factor = 1 - 0.1 * 0.5 if name in ("linear1.weight", "linear2.weight") else 1.0
        torch.testing.assert_close(p.detach(), before[name] * factor)


def test_weights_are_matrices_and_kernels_that_are_trained():
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Flatten(), nn.Linear(4, 3))
    assert [tuple(p.shape) for p in weights_of(net)] == [(2, 1, 3, 3), (3, 4)]
    net[0].weight.requires_grad_(False)
    assert [tuple(p.shape) for p in weights_of(net)] == [(3, 4)]


def test_frozen_parameters_are_left_out():
    net = model(batch_norm=False)
    net.linear1.requires_grad_(False)
    (group,) = make_optimizer(net, "sgd", 0.1).param_groups
    assert len(group["params"]) == 2
    net.requires_grad_(False)
    with pytest.raises(ValueError, match="all frozen"):
        make_optimizer(net, "sgd", 0.1)


@pytest.mark.parametrize(
    ("name", "rate", "settings", "error", "told"),
    [
        ("adma", 0.1, {}, ValueError, "expected one of sgd, momentum.* got 'adma'"),
        ("sgd", 0.0, {}, ValueError, "learning_rate: expected a positive number, got 0.0"),
        ("sgd", math.nan, {}, ValueError, "positive"),
        ("sgd", [0.1], {}, ValueError, "positive"),
        ("sgd", 0.1, {"momentum": 0.9}, TypeError, "sgd has no such.*none but the learning rate"),
        ("adam", 0.1, {"lr": 1}, TypeError, "it takes beta1, beta2, eps"),
        ("adam", 0.1, {"weight_decay": 1}, TypeError, r"fit\(weight_decay=...\) adds"),
    ],
)
def test_settings(name, rate, settings, error, told):
    with pytest.raises(error, match=told):
        make_optimizer(model(), name, rate, **settings)


@pytest.mark.parametrize("rule", ["nesterov", "rmsprop", "adam", "adamw"])
def test_a_restored_moment_lies_in_memory_as_its_parameter_does(rule):
    """A fused step walks through memory: in another order it would pair the wrong numbers."""

    def kernels():
        torch.manual_seed(0)
        return nn.Conv2d(3, 5, (2, 3)).to(memory_format=torch.channels_last)

    def step(net, optimizer, seed):
        X = torch.randn(4, 3, 6, 6, generator=torch.Generator().manual_seed(seed))
        optimizer.zero_grad()
        net(X.contiguous(memory_format=torch.channels_last)).square().mean().backward()
        optimizer.step()

    whole, stopped = kernels(), kernels()
    optimizer = make_optimizer(whole, rule, 0.1)
    for seed in range(3):
        step(whole, optimizer, seed)
    first = make_optimizer(stopped, rule, 0.1)
    step(stopped, first, 0)
    second = make_optimizer(stopped, rule, 0.1)
    OptimizerView(second).load_state_dict(OptimizerView(first).state_dict())
    for value in second.state[stopped.weight].values():
        if isinstance(value, torch.Tensor) and value.ndim:
            assert value.stride() == stopped.weight.stride()
    for seed in (1, 2):
        step(stopped, second, seed)
    assert torch.equal(stopped.weight, whole.weight)
    assert torch.equal(stopped.bias, whole.bias)


def test_cosine():
    schedule = Cosine()
    assert [schedule(e, 8) for e in (0, 2, 4, 6, 8)] == pytest.approx(
        [1, (1 + math.sqrt(0.5)) / 2, 0.5, (1 - math.sqrt(0.5)) / 2, 0], abs=1e-15
    )
    warm = Cosine(warmup=2)
    assert [warm(e, 10) for e in (0, 1, 2, 6, 10)] == pytest.approx([0.1, 0.55, 1, 0.5, 0])
    assert warm(2, 2) == 1.0


def test_steps_and_decay():
    schedule = Steps(at=(0.5, 0.75), factor=0.1)
    assert [schedule(e, 4) for e in (0, 1.99, 2, 2.9, 3, 4)] == pytest.approx(
        [1, 1, 0.1, 0.1, 0.01, 0.01]
    )
    assert [Decay(0.5)(e, 9) for e in (0, 0.99, 1, 2.5)] == [1, 1, 0.5, 0.25]


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Cosine(warmup=-1), "warmup: expected"),
        (lambda: Steps(at=(30, 60)), "shares from 0 to 1, got .* epochs"),
        (lambda: Steps(factor=0), "factor: expected"),
        (lambda: Decay(-0.5), "factor: expected"),
    ],
)
def test_schedules_out_of_range(make, told):
    with pytest.raises(ValueError, match=told):
        make()
