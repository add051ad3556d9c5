"""Slips in giving a net a new head, and in making its optimizer."""

import torch
from torch import nn

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_nets_frozen import (
    CLASSES_OUT,
    HEAD_FIRST,
    RATE_GIVEN,
    WHAT_IS_TRAINED,
)

HEAD = "new_head"


def _made(net, C):
    return nn.Linear(net.head.in_features, C).to(net.head.weight)


def _trained(net):
    return [p for p in net.parameters() if p.requires_grad]


@mistake(HEAD, WHOLE, "the optimizer is made before the head: it steps the old one", HEAD_FIRST)
def optimizer_first(net, C, learning_rate):
    """It holds tensors that no layer has any more."""
    optimizer = torch.optim.SGD(_trained(net), lr=learning_rate)
    net.head = _made(net, C)
    return optimizer


@mistake(
    HEAD, WHOLE, "the optimizer is made before the head, of all the old parameters", HEAD_FIRST
)
def optimizer_of_all_first(net, C, learning_rate):
    """The frozen ones are in it, too."""
    optimizer = torch.optim.SGD(net.parameters(), lr=learning_rate)
    net.head = _made(net, C)
    return optimizer


@mistake(HEAD, WHOLE, "the optimizer steps a second new head, not the one in the net", HEAD_FIRST)
def another_head(net, C, learning_rate):
    """Two layers were made."""
    net.head = _made(net, C)
    return torch.optim.SGD(nn.Linear(net.head.in_features, C).parameters(), lr=learning_rate)


@mistake(HEAD, WHOLE, "the optimizer has the old head and the new one", HEAD_FIRST)
def both_heads(net, C, learning_rate):
    """The old one was kept."""
    old = list(net.head.parameters())
    net.head = _made(net, C)
    return torch.optim.SGD([*old, *_trained(net)], lr=learning_rate)


@mistake(HEAD, WHOLE, "the new head is not put into the net", CLASSES_OUT)
def not_put_in(net, C, learning_rate):
    """A local name."""
    head = _made(net, C)
    return torch.optim.SGD(head.parameters(), lr=learning_rate)


@mistake(HEAD, WHOLE, "the old head stays, with its old classes", CLASSES_OUT)
def old_head(net, C, learning_rate):
    """No new layer."""
    return torch.optim.SGD(_trained(net), lr=learning_rate)


@mistake(HEAD, WHOLE, "the new head has as many outputs as the old one", CLASSES_OUT)
def old_outputs(net, C, learning_rate):
    """C is not used."""
    net.head = _made(net, net.head.out_features)
    return torch.optim.SGD(_trained(net), lr=learning_rate)


@mistake(HEAD, WHOLE, "a new layer is put behind the old head, which goes on", CLASSES_OUT)
def behind_the_old(net, C, learning_rate):
    """A linear layer on logits of other classes."""
    net.head = nn.Sequential(net.head, nn.Linear(net.head.out_features, C).to(net.head.weight))
    return torch.optim.SGD(net.head[1].parameters(), lr=learning_rate)


@mistake(HEAD, WHOLE, "the head ends with softmax: the loss has its own", CLASSES_OUT)
def with_softmax(net, C, learning_rate):
    """X02: logits are asked for."""
    net.head = nn.Sequential(_made(net, C), nn.Softmax(dim=1))
    return torch.optim.SGD(_trained(net), lr=learning_rate)


@mistake(HEAD, WHOLE, "the head has one class too many", CLASSES_OUT)
def one_class_more(net, C, learning_rate):
    """One off."""
    net.head = _made(net, C + 1)
    return torch.optim.SGD(_trained(net), lr=learning_rate)


@mistake(HEAD, WHOLE, "the optimizer gets the frozen parameters, and not the head", WHAT_IS_TRAINED)
def only_frozen(net, C, learning_rate):
    """The choice is turned round."""
    net.head = _made(net, C)
    return torch.optim.SGD([p for p in net.parameters() if not p.requires_grad], lr=learning_rate)


@mistake(HEAD, WHOLE, "the optimizer gets the body's parameters only", WHAT_IS_TRAINED)
def body_and_thawed(net, C, learning_rate):
    """And they are thawed, too."""
    net.head = _made(net, C)
    net.body.requires_grad_(True)
    return torch.optim.SGD(net.body.parameters(), lr=learning_rate)


@mistake(HEAD, WHOLE, "the body is thawed: all of the net is trained", WHAT_IS_TRAINED)
def thawed(net, C, learning_rate):
    """requires_grad is set for everything."""
    net.head = _made(net, C)
    net.requires_grad_(True)
    return torch.optim.SGD(net.parameters(), lr=learning_rate)


@mistake(HEAD, WHOLE, "the head's weights are given, its biases are left out", WHAT_IS_TRAINED)
def without_biases(net, C, learning_rate):
    """One of two."""
    net.head = _made(net, C)
    return torch.optim.SGD([net.head.weight], lr=learning_rate)


@mistake(HEAD, WHOLE, "the head is frozen, too: nothing is trained", WHAT_IS_TRAINED)
def head_frozen(net, C, learning_rate):
    """Given to the optimizer all the same."""
    net.head = _made(net, C)
    optimizer = torch.optim.SGD(net.head.parameters(), lr=learning_rate)
    net.head.bias.requires_grad_(False)
    return optimizer


@mistake(HEAD, WHOLE, "learning_rate is not used: the optimizer has another", RATE_GIVEN)
def default_rate(net, C, learning_rate):
    """torch's own default."""
    net.head = _made(net, C)
    return torch.optim.SGD(_trained(net), lr=1e-3)


@mistake(HEAD, WHOLE, "the rate is divided by the number of classes", RATE_GIVEN)
def rate_divided(net, C, learning_rate):
    """Nobody asked for it."""
    net.head = _made(net, C)
    return torch.optim.SGD(_trained(net), lr=learning_rate / C)


@mistake(HEAD, WHOLE, "the rate is a tenth of the one given", RATE_GIVEN)
def rate_of_body(net, C, learning_rate):
    """What one would give a body."""
    net.head = _made(net, C)
    return torch.optim.SGD(_trained(net), lr=learning_rate / 10)
