"""Slips in an epoch that trains a head on a frozen body."""

import torch
from torch.nn.functional import cross_entropy, nll_loss, softmax

from course_utils.checking.mistakes import WHOLE, mistake
from course_utils.checking.mistakes.advice_nets_frozen import (
    KEEP_NUMBERS,
    LOGITS_IN,
    MODES_OF_EPOCH,
    ORDER_OF_STEP,
)

NAME = "train_epoch"


def _modes(net):
    net.train()
    net.body.eval()


def _mean_loss(net, X, y):
    return cross_entropy(net(X), y)


def _epoch(net, optimizer, batches, modes=_modes, loss_of=_mean_loss, keep=torch.Tensor.item):
    modes(net)
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        loss = loss_of(net, X, y)
        loss.backward()
        optimizer.step()
        losses.append(keep(loss))
    return losses


@mistake(NAME, WHOLE, "net.train() wakes the frozen body: its statistics drift", MODES_OF_EPOCH)
def body_awake(net, optimizer, batches):
    """The famous one: no parameter changes, and the body is another."""
    return _epoch(net, optimizer, batches, modes=lambda net: net.train())


@mistake(NAME, WHOLE, "the mode is left as it came, and nobody knows which it is", MODES_OF_EPOCH)
def mode_as_it_came(net, optimizer, batches):
    """train() is called once, before the first epoch, or never."""
    return _epoch(net, optimizer, batches, modes=lambda net: None)


@mistake(NAME, WHOLE, "the head is trained in evaluation mode: its dropout sleeps", MODES_OF_EPOCH)
def head_asleep(net, optimizer, batches):
    """The whole net is put into evaluation mode."""
    return _epoch(net, optimizer, batches, modes=lambda net: net.eval())


@mistake(NAME, WHOLE, "the body is in training mode, the head in evaluation mode", MODES_OF_EPOCH)
def exchanged(net, optimizer, batches):
    """The wrong way round."""

    def modes(net):
        net.train()
        net.head.eval()

    return _epoch(net, optimizer, batches, modes=modes)


@mistake(NAME, WHOLE, "the head wakes only after the first batch", MODES_OF_EPOCH)
def wakes_late(net, optimizer, batches):
    """train() stands at the end of the loop."""
    net.eval()
    losses = []
    for batch in batches:
        losses += _epoch(net, optimizer, [batch], modes=lambda net: None)
        _modes(net)
    return losses


@mistake(NAME, WHOLE, "gradients pile up: zero_grad is missing", ORDER_OF_STEP)
def no_zero_grad(net, optimizer, batches):
    """Every step uses the sum of all gradients so far."""
    _modes(net)
    losses = []
    for X, y in batches:
        loss = cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    NAME,
    WHOLE,
    "nothing is learned: a step or backward is missing, or zero_grad before step",
    ORDER_OF_STEP,
)
def zero_grad_before_step(net, optimizer, batches):
    """Nothing is learned."""
    _modes(net)
    losses = []
    for X, y in batches:
        loss = cross_entropy(net(X), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(
    NAME,
    WHOLE,
    "nothing is learned: a step or backward is missing, or zero_grad before step",
    ORDER_OF_STEP,
)
def no_step(net, optimizer, batches):
    """The losses are measured all the same."""
    _modes(net)
    return [cross_entropy(net(X), y).item() for X, y in batches]


@mistake(
    NAME, WHOLE, "the step comes before backward: each uses the gradient before", ORDER_OF_STEP
)
def step_first(net, optimizer, batches):
    """One batch late."""
    _modes(net)
    losses = []
    for X, y in batches:
        loss = cross_entropy(net(X), y)
        optimizer.step()
        optimizer.zero_grad()
        loss.backward()
        losses.append(loss.item())
    return losses


@mistake(
    NAME,
    WHOLE,
    "one step at the end of the epoch, with the gradients of all batches",
    ORDER_OF_STEP,
)
def one_step(net, optimizer, batches):
    """zero_grad and step stand outside the loop."""
    _modes(net)
    optimizer.zero_grad()
    losses = []
    for X, y in batches:
        loss = cross_entropy(net(X), y)
        loss.backward()
        losses.append(loss.item())
    optimizer.step()
    return losses


@mistake(NAME, WHOLE, "only the last batch is stepped: step stands behind the loop", ORDER_OF_STEP)
def last_step(net, optimizer, batches):
    """zero_grad inside, step outside."""
    _modes(net)
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        loss = cross_entropy(net(X), y)
        loss.backward()
        losses.append(loss.item())
    optimizer.step()
    return losses


@mistake(NAME, WHOLE, "only the first batch is used: a return inside the loop", ORDER_OF_STEP)
def first_batch(net, optimizer, batches):
    """The indentation."""
    return _epoch(net, optimizer, batches[:1])


@mistake(NAME, WHOLE, "each batch is stepped twice", ORDER_OF_STEP)
def stepped_twice(net, optimizer, batches):
    """step stands there two times."""
    _modes(net)
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        loss = cross_entropy(net(X), y)
        loss.backward()
        optimizer.step()
        optimizer.step()
        losses.append(loss.item())
    return losses


@mistake(NAME, WHOLE, "softmax is applied before cross_entropy, which has its own", LOGITS_IN)
def softmax_twice(net, optimizer, batches):
    """The loss cannot become small."""
    return _epoch(
        net, optimizer, batches, loss_of=lambda net, X, y: cross_entropy(softmax(net(X), 1), y)
    )


@mistake(NAME, WHOLE, "the loss is summed over the batch, not averaged", LOGITS_IN)
def summed(net, optimizer, batches):
    """As if the rate were N times as large."""
    return _epoch(
        net, optimizer, batches,
        loss_of=lambda net, X, y: cross_entropy(net(X), y, reduction="sum"),
    )  # fmt: skip


@mistake(NAME, WHOLE, "nll_loss gets logits: their log softmax is missing", LOGITS_IN)
def logits_as_logs(net, optimizer, batches):
    """It believes what it gets to be logarithms."""
    return _epoch(net, optimizer, batches, loss_of=lambda net, X, y: nll_loss(net(X), y))


@mistake(NAME, WHOLE, "the sign of the loss is turned round: the net unlearns", LOGITS_IN)
def unlearns(net, optimizer, batches):
    """Uphill."""
    return _epoch(net, optimizer, batches, loss_of=lambda net, X, y: -cross_entropy(net(X), y))


@mistake(NAME, WHOLE, "losses are kept as tensors with their graph: memory grows", KEEP_NUMBERS)
def kept_tensors(net, optimizer, batches):
    """X19: append(loss)."""
    return _epoch(net, optimizer, batches, keep=lambda loss: loss)


@mistake(NAME, WHOLE, "losses are measured after the step", KEEP_NUMBERS)
def after_the_step(net, optimizer, batches):
    """A second forward pass, with other dropout."""
    losses = []
    for X, y in batches:
        _epoch(net, optimizer, [(X, y)])
        losses.append(cross_entropy(net(X), y).item())
    return losses


@mistake(NAME, WHOLE, "one mean is returned, not the loss of each batch", KEEP_NUMBERS)
def one_mean(net, optimizer, batches):
    """A list of one number."""
    losses = _epoch(net, optimizer, batches)
    return [sum(losses) / len(losses)]


@mistake(NAME, WHOLE, "the losses are added up as they come", KEEP_NUMBERS)
def running_sum(net, optimizer, batches):
    """loss_sum += loss.item(), and the sum is kept."""
    losses = _epoch(net, optimizer, batches)
    return [sum(losses[: i + 1]) for i in range(len(losses))]


@mistake(NAME, WHOLE, "each loss is multiplied by the size of its batch", KEEP_NUMBERS)
def times_batch(net, optimizer, batches):
    """As for a mean over an epoch."""
    losses = _epoch(net, optimizer, batches)
    return [loss * len(y) for loss, (_, y) in zip(losses, batches, strict=True)]


@mistake(NAME, WHOLE, "the list has the last loss only", KEEP_NUMBERS)
def last_loss(net, optimizer, batches):
    """append stands behind the loop."""
    return _epoch(net, optimizer, batches)[-1:]
