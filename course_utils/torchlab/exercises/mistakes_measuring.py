"""Slips in measuring an accuracy."""

import torch

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_nets_frozen import (
    MEASURED_IN,
    MODE_BACK,
    NO_GRAPH,
    SHARE_RIGHT,
)

NAME = "measure"


def _modes(net):
    return [(module, module.training) for module in net.modules()]


def _back(modes):
    for module, mode in modes:
        module.training = mode


def _right(Z, y):
    return (Z.argmax(dim=1) == y).double().mean().item()


def _measure(net, X, y, of=_right, before=torch.nn.Module.eval, after=None):
    modes = _modes(net)
    before(net)
    with torch.no_grad():
        found = of(net(X), y)
    _back(modes)
    if after is not None:
        after(net)
    return found


@mistake(NAME, WHOLE, "the net is measured in the mode it came in: dropout is awake", MEASURED_IN)
def mode_as_it_came(net, X, y):
    """No eval."""
    return _measure(net, X, y, before=lambda net: None)


@mistake(NAME, WHOLE, "the net is measured in training mode", MEASURED_IN)
def in_training_mode(net, X, y):
    """train() for eval()."""
    return _measure(net, X, y, before=torch.nn.Module.train)


@mistake(NAME, WHOLE, "only the head is put into evaluation mode", MEASURED_IN)
def only_head(net, X, y):
    """Batch norm of the body uses this very batch."""
    return _measure(net, X, y, before=lambda net: net.head.eval())


@mistake(NAME, WHOLE, "only the body is put into evaluation mode", MEASURED_IN)
def only_body(net, X, y):
    """The head's dropout is awake."""
    return _measure(net, X, y, before=lambda net: net.body.eval())


@mistake(
    NAME, WHOLE, "only the flag of the net itself is set, not those of its layers", MEASURED_IN
)
def only_outermost(net, X, y):
    """net.training = False."""
    return _measure(net, X, y, before=lambda net: setattr(net, "training", False))


@mistake(NAME, WHOLE, "the net stays in evaluation mode: the next epoch trains so", MODE_BACK)
def left_asleep(net, X, y):
    """Nothing is put back."""
    return _measure(net, X, y, after=lambda net: net.eval())


@mistake(NAME, WHOLE, "net.train() at the end wakes what was asleep: the frozen body", MODE_BACK)
def all_awake(net, X, y):
    """The usual line."""
    return _measure(net, X, y, after=lambda net: net.train())


@mistake(NAME, WHOLE, "one flag is remembered for all layers, the net's own", MODE_BACK)
def one_flag(net, X, y):
    """net.train(was) reaches every layer."""
    was = net.training
    return _measure(net, X, y, after=lambda net: net.train(was))


@mistake(NAME, WHOLE, "only the head is woken again, whatever was before", MODE_BACK)
def head_awake(net, X, y):
    """Right in the middle of a training with a frozen body, and nowhere else."""

    def after(net):
        net.train()
        net.body.eval()

    return _measure(net, X, y, after=after)


@mistake(NAME, WHOLE, "gradients are recorded: no_grad is missing", NO_GRAPH)
def gradients_recorded(net, X, y):
    """All activations are kept."""
    modes = _modes(net)
    net.eval()
    found = _right(net(X), y)
    _back(modes)
    return found


@mistake(NAME, WHOLE, "no_grad ends before the net is asked", NO_GRAPH)
def no_grad_elsewhere(net, X, y):
    """It stands around the counting."""
    modes = _modes(net)
    net.eval()
    Z = net(X)
    with torch.no_grad():
        found = _right(Z, y)
        net(X)
    _back(modes)
    net(X)
    return found


@mistake(NAME, WHOLE, "the share that is wrong is returned", SHARE_RIGHT)
def share_wrong(net, X, y):
    """The error."""
    return _measure(net, X, y, of=lambda Z, y: 1 - _right(Z, y))


@mistake(NAME, WHOLE, "it is counted, not divided by how many there are", SHARE_RIGHT)
def counted(net, X, y):
    """sum for mean."""
    return _measure(net, X, y, of=lambda Z, y: _right(Z, y) * len(y))


@mistake(NAME, WHOLE, "this is percent, not a share from 0 to 1", SHARE_RIGHT)
def percent(net, X, y):
    """Times 100."""
    return _measure(net, X, y, of=lambda Z, y: 100 * _right(Z, y))


@mistake(NAME, WHOLE, "it is divided by the number of classes", SHARE_RIGHT)
def divided_by_classes(net, X, y):
    """The wrong size."""
    return _measure(net, X, y, of=lambda Z, y: _right(Z, y) * len(y) / Z.shape[1])


@mistake(NAME, WHOLE, "the least likely class is compared, not the likeliest", SHARE_RIGHT)
def least_likely(net, X, y):
    """argmin."""
    return _measure(net, X, y, of=lambda Z, y: _right(-Z, y))


@mistake(NAME, WHOLE, "the mean probability of the right class is no accuracy", SHARE_RIGHT)
def mean_probability(net, X, y):
    """Softmax at the label."""
    return _measure(net, X, y, of=lambda Z, y: Z.softmax(1)[torch.arange(len(y)), y].mean().item())


@mistake(NAME, WHOLE, "only the first picture is looked at", SHARE_RIGHT)
def first_only(net, X, y):
    """An index too many."""
    return _measure(net, X, y, of=lambda Z, y: float(Z[0].argmax() == y[0]))


@mistake(
    NAME, WHOLE, "it is always 0: logits compared with classes, or a share cut off", SHARE_RIGHT
)
def values_for_places(net, X, y):
    """max for argmax."""
    return _measure(net, X, y, of=lambda Z, y: (Z.max(dim=1).values == y).double().mean().item())
