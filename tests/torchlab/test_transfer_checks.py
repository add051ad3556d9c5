"""Each slip of transfer learning made once, and the sentence that names it."""

import numpy as np
import pytest
import torch
from torch import nn

from course_utils.torchlab.transfer import (
    Pictures,
    TransferNet,
    expect_evaluation,
    expect_gentle_below,
    expect_normalised,
    expect_numbers,
    expect_optimizer_trains,
    expect_training,
    make_head,
    relative_changes,
    stays_frozen,
    transfer,
)

from .transfer_examples import SHAPE, SIDE, target, tiny_backbone

HALF = ((0.5,) * 3, (0.5,) * 3)
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))


def new_net():
    head = make_head(8, 3, rng=np.random.default_rng(0), dropout=0.5, silent=False)
    net = TransferNet(tiny_backbone(), head)
    net.train_only("head")
    return net


def sgd(parameters):
    return torch.optim.SGD(parameters, lr=0.1)


def test_an_optimizer_of_what_is_trained():
    net = new_net()
    expect_optimizer_trains(sgd(net.head.parameters()), net)
    expect_optimizer_trains(sgd(net.parameters()), net)  # frozen ones beside do no harm


def test_an_optimizer_of_frozen_parameters_only():
    net = new_net()
    with pytest.raises(ValueError, match="frozen ones only; nothing would ever change"):
        expect_optimizer_trains(sgd(net.body.parameters()), net)


def test_a_head_that_was_made_after_the_optimizer():
    net = new_net()
    net.train_only(*net.parts)
    optimizer = sgd(net.parameters())
    net.head.linear1 = nn.Linear(8, 3)
    with pytest.raises(ValueError, match=r"head.linear1.weight and head.linear1.bias would never"):
        expect_optimizer_trains(optimizer, net)


def test_an_optimizer_of_another_net():
    with pytest.raises(ValueError, match="of another net; was the net, or its head, copied"):
        expect_optimizer_trains(sgd(new_net().parameters()), new_net())


def forward(net):
    net(torch.randn(4, 3, SIDE, SIDE))


def test_frozen_parts_that_move():
    backbone = tiny_backbone()
    with stays_frozen(backbone):
        forward(backbone.eval())
    with (
        pytest.raises(RuntimeError, match=r"frozen buffers.*Call backbone.eval\(\) after each"),
        stays_frozen(backbone),
    ):
        forward(backbone.train())
    with (
        pytest.raises(RuntimeError, match="body: expected frozen parameters, 1 of 21 have changed"),
        stays_frozen(backbone, "body"),
        torch.no_grad(),
    ):
        backbone.net.stem.conv.weight += 1


def forward_and_fail(net):
    forward(net)
    raise ValueError("first")


def test_an_error_inside_is_not_hidden():
    backbone = tiny_backbone()
    with pytest.raises(ValueError, match="first"), stays_frozen(backbone):
        forward_and_fail(backbone.train())


def test_modes():
    net = new_net()
    expect_evaluation(net.eval())
    with pytest.raises(ValueError, match=r"got evaluation mode: .* would do nothing. Call net.tr"):
        expect_training(net)
    expect_training(net.train())
    with pytest.raises(ValueError, match=r"1 layers are in training mode \(head.dropout\)"):
        expect_evaluation(net)
    net.train_only(*net.parts)
    with pytest.raises(ValueError, match="8 layers are in training mode"):
        expect_evaluation(net)
    expect_evaluation(nn.Sequential(nn.Linear(2, 2), nn.ReLU()).train())  # nothing differs


def loop(net, epochs=2, *, mode_each_epoch=True, keep=torch.Tensor.item):
    """A student's loop, with the questions that the lesson puts into it."""
    net.train_only("head")
    optimizer, losses, y = sgd(net.head.parameters()), [], torch.arange(8) % 3
    expect_optimizer_trains(optimizer, net)
    net.train()
    with stays_frozen(net.body):
        for _ in range(epochs):
            if mode_each_epoch:
                net.train()
            expect_training(net)
            X = torch.randn(8, 3, SIDE, SIDE)
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(X), y)
            loss.backward()
            optimizer.step()
            losses.append(keep(loss))
            net.eval()
            expect_evaluation(net)
        expect_numbers(losses)


def test_a_whole_loop_with_each_slip_in_it():
    loop(new_net())
    with pytest.raises(ValueError, match="at the beginning of each epoch, not once before"):
        loop(new_net(), mode_each_epoch=False)
    with pytest.raises(TypeError, match="so memory grows with every step"):
        loop(new_net(), keep=lambda loss: loss)
    drifting = new_net()
    drifting.frozen_modules = list  # as with requires_grad alone
    with pytest.raises(RuntimeError, match=r"expected frozen buffers, .* though no parameter has"):
        loop(drifting)


def test_losses_that_keep_their_graph():
    w = torch.ones(2, requires_grad=True)
    expect_numbers([w.sum().item(), w.sum().detach(), np.float32(1)])
    with pytest.raises(TypeError, match="got 2 tensors that each hold the graph"):
        expect_numbers([w.sum(), 1.0, w.sum()])


@pytest.mark.parametrize(("mean", "std"), [HALF, IMAGENET])
def test_inputs_as_the_backbone_had_them(mean, std):
    x = np.random.default_rng(0).uniform(0, 1, (4, 3, 8, 8)).astype(np.float32)
    m, s = (np.array(v, np.float32)[:, None, None] for v in (mean, std))
    expect_normalised((x - m) / s, mean, std)
    expect_normalised(torch.tensor((x - m) / s), mean, std)
    with pytest.raises(ValueError, match="from 0 to 255: divide by 255"):
        expect_normalised(255 * x, mean, std)
    with pytest.raises(ValueError, match="from 0 to 1 that were not normalised"):
        expect_normalised(x, mean, std)
    with pytest.raises(ValueError, match="from 0 to 255"):
        expect_normalised((255 * x - m) / s, mean, std)
    with pytest.raises(ValueError, match="got nan"):
        expect_normalised(x * np.nan, mean, std)


def test_inputs_normalised_for_another_net():
    x = np.random.default_rng(0).uniform(0, 1, (4, 3, 8, 8))
    m, s = (np.array(v)[:, None, None] for v in IMAGENET)
    with pytest.raises(ValueError, match="with another net's mean and std"):
        expect_normalised((x - m) / s, *HALF)


def test_what_pictures_prepares_is_normalised():
    backbone = tiny_backbone()
    expect_normalised(Pictures(backbone, SHAPE)(target().train.X), backbone.mean, backbone.std)
    expect_normalised(-0.3 * np.ones((2, 3, 4, 4)), *HALF)  # dark, but possible


def test_relative_changes_by_hand():
    net = new_net()
    before = {key: w.clone() for key, w in net.state_dict().items()}
    assert set(relative_changes(before, net).values()) == {0.0}
    with torch.no_grad():
        net.head.linear1.weight.mul_(1.25)
        net.head.linear1.bias += 1  # biases do not count
        net.body.net.stage1[0].conv1.weight.mul_(3)
    changes = relative_changes(before, net)
    assert changes["head"] == pytest.approx(0.25)
    a, b = (
        float((getattr(net.body.net.stage1[0], name).weight ** 2).sum()) / scale
        for name, scale in (("conv1", 9), ("conv2", 1))
    )
    assert changes["stage1"] == pytest.approx((4 * a / (a + b)) ** 0.5)
    assert list(changes) == list(net.parts)


def changes_of(how, **settings):
    settings = {"epochs": 3, "batch_size": 16, "keep": "last", "report": None} | settings
    return transfer(tiny_backbone(), target(), how, **settings).changes


def test_one_large_rate_for_all_layers():
    expect_gentle_below(changes_of("fine-tune"))
    expect_gentle_below(changes_of("discriminative"))
    expect_gentle_below({"stem": 0.0, "head": 0.0})  # nothing has moved
    expect_gentle_below({"head": 1.0})
    large = changes_of("fine-tune", learning_rate=0.3, body=1.0, hold_statistics=False)
    with pytest.raises(ValueError, match=r"stem: expected to change far less than head, got 0\."):
        expect_gentle_below(large)
    expect_gentle_below(changes_of("fine-tune", learning_rate=0.3, body=0.05))
