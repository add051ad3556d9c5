"""Oracles that share no line with the code under test: torch.autograd and finite differences."""

import numpy as np
import torch
from hypothesis import settings

# Without a deadline, because the machine may be busy; the same examples in each run.
examples = settings(deadline=None, max_examples=60, derandomize=True)


def autograd(function, *arrays, dout=None):
    """Return a torch function's output and the gradients of sum(output * dout), in float64."""
    tensors = [torch.tensor(np.asarray(a, np.float64), requires_grad=True) for a in arrays]
    out = function(*tensors)
    upstream = torch.ones_like(out) if dout is None else torch.tensor(np.asarray(dout, np.float64))
    grads = torch.autograd.grad(out, tensors, upstream)
    return out.detach().numpy(), [g.numpy() for g in grads]


def numeric_gradient(function, array, h=1e-6):
    """Central differences of a scalar function, one entry of the array after the other."""
    grad = np.zeros(array.shape)
    for index in np.ndindex(*array.shape):
        plus, minus = array.copy(), array.copy()
        plus[index] += h
        minus[index] -= h
        grad[index] = (function(plus) - function(minus)) / (2 * h)
    return grad


def torch_net_loss(params, X, y, weight_decay=0.0):
    """Loss and gradients of linear - ReLU - ... - linear - cross-entropy - penalty by torch."""
    keys = list(params)
    depth = len(keys) // 2

    def loss(*tensors):
        p = dict(zip(keys, tensors, strict=True))
        Y = torch.tensor(np.asarray(X, np.float64))
        for i in range(1, depth + 1):
            Y = torch.nn.functional.linear(Y, p[f"W{i}"].T, p[f"b{i}"])
            if i < depth:
                Y = torch.relu(Y)
        penalty = sum((p[f"W{i}"] ** 2).sum() for i in range(1, depth + 1))
        return torch.nn.functional.cross_entropy(Y, torch.tensor(y)) + weight_decay * penalty

    value, grads = autograd(loss, *params.values())
    return float(value), dict(zip(keys, grads, strict=True))


def unchanged(*arrays):
    """Return a function that asserts that the arrays still hold what they hold now."""
    before = [a.copy() for a in arrays]

    def check():
        for now, then in zip(arrays, before, strict=True):
            np.testing.assert_array_equal(now, then)

    return check


def awkward_views(array):
    """Return equal arrays that are laid out in memory in other ways."""
    reversed_twice = array[::-1].copy()[::-1]
    every_other = np.repeat(array, 2, axis=-1)[..., ::2]
    read_only = array.copy()
    read_only.flags.writeable = False
    return [np.asfortranarray(array), reversed_twice, every_other, read_only]


def blobs(n=300, D=6, C=3, seed=0, dtype=np.float32, spread=1.0):
    """Make an easy problem: C clouds of points around random centres."""
    rng = np.random.default_rng(seed)
    centres = 2 * rng.standard_normal((C, D))
    y = rng.integers(0, C, n)
    return (centres[y] + spread * rng.standard_normal((n, D))).astype(dtype), y
