"""NumPy and PyTorch side by side: the same weights, the same batches, step by step."""

import time
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from course_utils.nn import make_optimizer as make_numpy_optimizer
from course_utils.nn._checks import expect_generator
from course_utils.nn.evaluation import examples, prepared

from .conversion import from_numpy
from .optimizers import make_optimizer, weights_of


@dataclass(frozen=True, eq=False)
class Parity:
    """The losses of both sides before each of K steps, and the time that each step took.

    Args:
        numpy_losses: (K,), nats, the penalty on the weights included.
        torch_losses: (K,), the same by PyTorch.
        numpy_seconds: (K,), forward, backward and update.
        torch_seconds: (K,), the same by PyTorch.
        dtype: what both computed in.
    """

    numpy_losses: np.ndarray
    torch_losses: np.ndarray
    numpy_seconds: np.ndarray
    torch_seconds: np.ndarray
    dtype: np.dtype

    @property
    def largest_difference(self):
        """The largest distance between the two losses of a step, nats."""
        return float(np.abs(self.numpy_losses - self.torch_losses).max())

    @property
    def time_ratio(self):
        """NumPy's time for a step over PyTorch's, each the median: above 1, PyTorch is faster."""
        return float(np.median(self.numpy_seconds) / np.median(self.torch_seconds))

    def __str__(self):
        numpy_ms, torch_ms = (
            1000 * float(np.median(s)) for s in (self.numpy_seconds, self.torch_seconds)
        )
        return (
            f"{len(self.numpy_losses)} steps in {self.dtype}: the losses differ by at most "
            f"{self.largest_difference:.1e}; a step takes {numpy_ms:.2f} ms in NumPy, "
            f"{torch_ms:.2f} ms in PyTorch"
        )


def same_steps(
    net, train, *, rule, learning_rate, batch_size, rng, steps=100, prepare=None, **hyperparameters
):
    """Train one net twice, in NumPy and in PyTorch, from the same weights on the same batches.

    Args:
        net: a FullyConnectedNet, weight_decay included; it is not changed.
        train: anything with X, (N, ...), and y, (N,), or the pair (X, y).
        rule: "sgd", "momentum", "rmsprop" or "adam".
        learning_rate: length of the step.
        batch_size: examples in a step.
        rng: numpy.random.Generator; draws the batches as fit does.
        steps: K.
        prepare: a function that turns a batch of X into floats of the net's dtype.
        **hyperparameters: of the rule, the same on both sides.

    Returns:
        A Parity.

    Raises:
        TypeError: rng is no generator, or a hyperparameter that the rule does not have.
        ValueError: no examples, no steps, or a rule that is not known.
    """
    expect_generator(rng)
    X, y = examples("train", train)
    if steps < 1 or batch_size < 1:
        raise ValueError(f"steps, batch_size: expected 1 or more, got {steps} and {batch_size}")
    batches = list(_batches(len(y), batch_size, steps, rng))
    # One side after the other: taking turns, each would find the other's data in the cache.
    ours = net.copy()
    numpy_step = _numpy_step(ours, make_numpy_optimizer(rule, learning_rate, **hyperparameters))
    model = from_numpy(net)
    torch_step = _torch_step(
        model, make_optimizer(model, rule, learning_rate, **hyperparameters), net.weight_decay
    )
    measured = []
    for step in (numpy_step, torch_step):
        rows = [_timed(step, prepared(X[batch], prepare), y[batch]) for batch in batches]
        measured.append(np.array(rows).T)  # (2, K)
    (numpy_losses, numpy_seconds), (torch_losses, torch_seconds) = measured
    return Parity(numpy_losses, torch_losses, numpy_seconds, torch_seconds, net.dtype)


def _batches(n, batch_size, steps, rng):
    made = 0
    while made < steps:
        order = rng.permutation(n)
        for start in range(0, n, batch_size):
            if made < steps:
                yield order[start : start + batch_size]
            made += 1


def _numpy_step(net, optimizer):
    def step(X, y):
        loss, grads = net.loss_and_grads(X, y)
        optimizer.step(net.params, grads)
        return float(loss)

    return step


def _torch_step(model, optimizer, weight_decay):
    weights = weights_of(model)

    def step(X, y):
        optimizer.zero_grad()
        loss = cross_entropy(model(torch.from_numpy(X)), torch.from_numpy(y))
        if weight_decay:
            loss = loss + weight_decay * sum((W**2).sum() for W in weights)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def _timed(step, X, y):
    y = y.astype(np.int64)
    started = time.perf_counter()
    loss = step(X, y)
    return loss, time.perf_counter() - started
