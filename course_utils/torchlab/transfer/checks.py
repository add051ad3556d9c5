"""The slips of transfer learning, each noticed and told in a sentence.

For loops that a student writes: `transfer` itself cannot make them, and asks the same
questions of what it is given.
"""

import contextlib
import math

import numpy as np
import torch
from torch import nn

from course_utils.words import listed

_FORGETFUL = (nn.Dropout, nn.modules.dropout._DropoutNd, nn.modules.batchnorm._BatchNorm)


def expect_optimizer_trains(optimizer, net):
    """Refuse an optimizer that steps nothing that learns, or not all of it.

    Args:
        optimizer: a torch.optim.Optimizer.
        net: a torch.nn.Module, as it is about to be trained.

    Raises:
        ValueError: only frozen parameters, parameters of another net, or a trained one
            that is left out: a head that was made after the optimizer.
    """
    stepped = [p for group in optimizer.param_groups for p in group["params"]]
    own = {id(p): name for name, p in net.named_parameters()}
    if not any(id(p) in own for p in stepped):
        raise ValueError(
            f"optimizer: expected parameters of this {type(net).__name__}, got "
            f"{len(stepped)} of another net; was the net, or its head, copied or made anew after "
            "the optimizer?"
        )
    if not any(p.requires_grad for p in stepped):
        raise ValueError(
            f"optimizer: expected parameters that are trained, got {len(stepped)} frozen ones "
            "only; nothing would ever change. Give it [p for p in net.parameters() if "
            "p.requires_grad], after the head is in its place"
        )
    given = {id(p) for p in stepped}
    forgotten = [n for n, p in net.named_parameters() if p.requires_grad and id(p) not in given]
    if forgotten:
        raise ValueError(
            f"optimizer: expected all that is trained, {listed(forgotten[:3])} "
            f"{'and others ' * (len(forgotten) > 3)}would never be stepped; was the head made "
            "after the optimizer?"
        )


@contextlib.contextmanager
def stays_frozen(module, name="backbone"):
    """See to it that a part is at the end what it was at the beginning.

    Args:
        module: a torch.nn.Module that is meant to be frozen.
        name: what it is called in the message.

    Raises:
        RuntimeError: at the end, if parameters or buffers have changed.
    """
    before = {key: value.detach().clone() for key, value in module.state_dict().items()}
    yield module
    moved = [key for key, w in module.state_dict().items() if not torch.equal(w, before[key])]
    parameters = dict(module.named_parameters())
    weights = [key for key in moved if key in parameters]
    if weights:
        raise RuntimeError(
            f"{name}: expected frozen parameters, {len(weights)} of {len(parameters)} have "
            f"changed ({listed(weights[:3])}); set requires_grad_(False), and leave them out of "
            "what the optimizer steps, also with weight decay"
        )
    if moved:
        raise RuntimeError(
            f"{name}: expected frozen buffers, {len(moved)} have changed ({listed(moved[:3])}) "
            "though no parameter has: no gradient moves a running mean, a forward pass in "
            f"training mode does. Call {name}.eval() after each net.train()"
        )


def expect_evaluation(net):
    """Refuse to measure a net some layers of which behave otherwise in training.

    Args:
        net: a torch.nn.Module.

    Raises:
        ValueError: batch norm or dropout in training mode.
    """
    wrong = [n or "the net" for n, m in net.named_modules() if m.training and _forgets(m)]
    if wrong:
        raise ValueError(
            f"net: expected evaluation mode, {len(wrong)} layers are in training mode "
            f"({listed(wrong[:3])}): dropout would silence units, and batch norm would use this "
            "batch and remember it. Call net.eval() before you measure"
        )


def expect_training(net):
    """Refuse to train a net that was left in evaluation mode after measuring.

    Args:
        net: a torch.nn.Module; layers without a parameter to train may be frozen.

    Raises:
        ValueError: batch norm or dropout that would sleep through the training.
    """
    if not net.training:
        asleep = [name for name, m in net.named_modules() if _forgets(m) and not m.training]
        told = f": {listed(asleep[:3])} would do nothing" if asleep else ""
        raise ValueError(
            f"net: expected training mode, got evaluation mode{told}. Call net.train() at the "
            "beginning of each epoch, not once before the loop"
        )


def _forgets(module):
    return isinstance(module, _FORGETFUL)


def expect_numbers(losses):
    """Refuse a list of losses that keeps every step's graph in memory.

    Args:
        losses: a list of what was kept of each step.

    Raises:
        TypeError: tensors that know how they were computed.
    """
    kept = [loss for loss in losses if isinstance(loss, torch.Tensor) and loss.requires_grad]
    if kept:
        raise TypeError(
            f"losses: expected numbers, got {len(kept)} tensors that each hold the graph of "
            "their step, activations and all, so memory grows with every step; keep loss.item()"
        )


def expect_normalised(X, mean, std):
    """Refuse inputs that cannot be pictures as a pretrained net was trained with.

    After (x - mean) / std pictures reach from -mean / std to (1 - mean) / std: what lies
    outside was not normalised so, and what leaves half of it unused hardly was.

    Args:
        X: a batch for the net, (N, C, H, W), floats.
        mean, std: of the documented normalisation, on the scale 0 to 1; numbers, or one
            for each channel.

    Raises:
        ValueError: another scale; says which is likely.
    """
    X = np.asarray(X)
    mean, std = np.asarray(mean, float).reshape(-1), np.asarray(std, float).reshape(-1)
    low, high = float((-mean / std).min()), float(((1 - mean) / std).max())
    least, most, slack = float(X.min()), float(X.max()), 0.05 * (high - low)
    if not (math.isfinite(least) and math.isfinite(most)):
        raise ValueError(f"X: expected numbers, got {least} to {most}")
    inside = low - slack <= least and most <= high + slack
    if inside and most - least > (high - low) / 2 + slack:
        return
    if inside and not (least >= 0 > low):
        return  # pale pictures: unusual, but no fault that could be proved
    cause = "normalised with another net's mean and std?"
    if most > 20:
        cause = "pixels from 0 to 255: divide by 255, then subtract mean and divide by std"
    elif least >= 0 and most <= 1 + slack:
        cause = "pixels from 0 to 1 that were not normalised: subtract mean, divide by std"
    raise ValueError(
        f"X: expected normalised pictures, {low:.2f} to {high:.2f} with mean "
        f"{_told(mean)} and std {_told(std)}, got {least:.2f} to {most:.2f}; {cause}"
    )


def _told(values):
    return ", ".join(f"{value:g}" for value in np.unique(values.round(4)))


def expect_gentle_below(changes):
    """Refuse a fine-tuning that has rewritten the first layers as it has written the head.

    Args:
        changes: {part: number}, of relative_changes or of a TransferResult, the lowest part
            first and the head last.

    Raises:
        ValueError: the lowest part moved at least a quarter as far as the head.
    """
    names = list(changes)
    lowest, head = names[0], names[-1]
    if len(names) > 1 and changes[lowest] >= changes[head] / 4 > 0:
        raise ValueError(
            f"{lowest}: expected to change far less than {head}, got {changes[lowest]:.2f} of its "
            f"length beside {changes[head]:.2f}: one large learning rate for all layers wipes out "
            "what was pretrained. Take a smaller one below, body=0.1 or how='discriminative' of "
            "transfer, or rates_by_depth for a loop of your own"
        )


def relative_changes(before, net):
    """Measure how far training moved each part: the length of its change over its own.

    Args:
        before: {name: tensor}, copies of net.state_dict() before training.
        net: a TransferNet.

    Returns:
        {part: number}, over weights (kernels and matrices), the lowest part first.
    """
    names = {id(p): name for name, p in net.named_parameters()}
    changes = {}
    for part in net.parts:
        moved = whole = 0.0
        for p in net.parameters_of(part):
            if p.ndim >= 2:
                then = before[names[id(p)]].to(p.device)
                moved += float((p.detach() - then).square().sum())
                whole += float(then.square().sum())
        # A head that began with zeros has no length to compare with: all of it is change.
        changes[part] = math.sqrt(moved / whole) if whole else float(moved > 0)
    return changes
