"""Right answers to the exercises on nets with a body and a head."""

import torch
from torch import nn
from torch.nn.functional import cross_entropy


def freeze_body(net):
    """Freeze what is below the head: its parameters, and its running statistics.

    Args:
        net: a torch.nn.Module with body and head; changed in place.
    """
    net.body.requires_grad_(False)
    net.body.eval()


def new_head(net, C, learning_rate):
    """Put a linear layer for C classes in the place of the head, and make its optimizer.

    Args:
        net: a torch.nn.Module with a frozen body and a head, an nn.Linear; changed in place.
        C: number of classes.
        learning_rate: of the optimizer, above 0.

    Returns:
        A torch.optim.SGD of all that is trained, and of nothing else.
    """
    net.head = nn.Linear(net.head.in_features, C)
    return torch.optim.SGD([p for p in net.parameters() if p.requires_grad], lr=learning_rate)


def train_epoch(net, optimizer, batches):
    """Train the head for an epoch, on a body that stays as it is.

    Args:
        net: a torch.nn.Module with a frozen body and a head, in any mode.
        optimizer: of the head's parameters.
        batches: pairs of inputs (N, D) and labels (N,), tensors.

    Returns:
        The loss of each batch before its step, a list of floats.
    """
    net.train()
    net.body.eval()
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        loss = cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def measure(net, X, y):
    """Measure an accuracy, and leave the net as it was.

    Args:
        net: a torch.nn.Module, each layer in its own mode.
        X: inputs, (N, D), a tensor.
        y: labels, (N,), a tensor.

    Returns:
        The share of X that is named rightly, a float.
    """
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    with torch.no_grad():
        accuracy = (net(X).argmax(dim=1) == y).float().mean().item()
    for module, mode in modes:
        module.training = mode
    return accuracy
