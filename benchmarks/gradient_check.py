"""Measure the gradient checks: false accusations, share of wrong gradients found, time.

    python benchmarks/gradient_check.py [--nets 400]

The nets are random: 2 to 5 linear layers with ReLU or maxima of groups between
them, some units exactly on a kink, some losses large. torch.autograd gives the
right gradients; a planted error is relative to the largest gradient of its array.
"""

import os

# Set before NumPy is imported: its matrix products read this once.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import sys
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.timing import clock_for, medians
from course_utils import nn
from course_utils.checking import directional_check, gradient_check, layer_gradient_check


def random_net(seed, *, on_kinks=True, large=True, widest=40):
    """A right net: the loss as a function of the parameters, these, and autograd's gradients."""
    rng = np.random.default_rng(seed)
    depth, N, C = int(rng.integers(2, 6)), int(rng.integers(1, 13)), int(rng.integers(2, 7))
    sizes = [int(rng.integers(2, 9)), *(6 * rng.integers(1, 1 + widest // 6, depth - 1)), C]
    kinds = [str(rng.choice(["relu", "maximum", "leaky"])) for _ in range(depth - 1)]
    scale, factor, offset = rng.choice([0.3, 1.0, 3.0]), rng.choice([1.0, 1.0, 1e3]), 0.0
    if large and rng.random() < 0.2:
        offset = 1e6
    X, y = rng.standard_normal((N, sizes[0])), rng.integers(0, C, N)
    params = {}
    for i in range(depth):
        inputs = sizes[i] // (3 if i and kinds[i - 1] == "maximum" else 1)
        W = rng.standard_normal((inputs, sizes[i + 1])) * scale / np.sqrt(inputs)
        params[f"W{i + 1}"], params[f"b{i + 1}"] = W, rng.standard_normal(sizes[i + 1]) * 0.1
    if on_kinks and rng.random() < 0.5:
        X[rng.random(N) < 0.4] = 0.0  # with b = 0 these rows sit on the kink of every unit
        params["b1"][rng.random(sizes[1]) < 0.5] = 0.0

    def loss(values, of=np):
        Y = X if of is np else torch.from_numpy(X)
        for i in range(1, depth + 1):
            Y = Y @ values[f"W{i}"] + values[f"b{i}"]
            if i < depth:
                Y = _bend(Y, kinds[i - 1], of)
        if of is np:
            return factor * nn.softmax_cross_entropy_forward(Y, y)[0] + offset
        return factor * torch.nn.functional.cross_entropy(Y, torch.from_numpy(y)) + offset

    tensors = {k: torch.from_numpy(v).requires_grad_() for k, v in params.items()}
    loss(tensors, torch).backward()
    return loss, params, {k: t.grad.numpy().copy() for k, t in tensors.items()}


def _bend(Y, kind, of):
    if kind == "relu":
        return np.maximum(Y, 0) if of is np else torch.relu(Y)
    if kind == "leaky":
        return np.where(Y > 0, Y, 0.1 * Y) if of is np else torch.nn.functional.leaky_relu(Y, 0.1)
    groups = Y.reshape(Y.shape[0], -1, 3)  # the largest of three, as in max-pooling
    return groups.max(axis=2) if of is np else groups.max(dim=2).values


def plant(grads, relative, rng):
    """The gradients with one entry wrong, and the name of its array."""
    grads = {k: g.copy() for k, g in grads.items()}
    key = str(rng.choice([k for k in grads if np.abs(grads[k]).max() > 1e-9]))
    at = int(rng.integers(grads[key].size))
    grads[key].reshape(-1)[at] += relative * np.abs(grads[key]).max() * rng.choice([-1.0, 1.0])
    return grads, key


CHECKS = {
    "entries": lambda f, p, g: gradient_check(f, p, g, samples=10_000),
    "directions": directional_check,
}


def accusations(nets, check):
    """Of right nets: how many are accused, and of how many an array was left undecided."""
    accused = undecided = 0
    for seed in range(nets):
        report = check(*random_net(seed))
        accused += bool(report.wrong or report.problem)
        undecided += bool(report.problems)
    return accused, undecided


def found(nets, check, relative):
    """Of nets with one wrong entry: the share that is told, with that array named and no other."""
    hits, asked, rng = 0, 0, np.random.default_rng(7)
    for seed in range(nets):
        loss, params, grads = random_net(10_000 + seed, on_kinks=False, large=False)
        if max(np.abs(g).max() for g in grads.values()) < 1e-6:
            continue  # a net so sure of its answers that all gradients are 0
        asked += 1
        planted, key = plant(grads, relative, rng)
        report = check(loss, params, planted)
        hits += {e.key for e in report.wrong} == {key}
    return hits / asked


def lesson():
    """All gradient checks of lesson 03."""
    rng = np.random.default_rng(3)
    X, W, b = rng.standard_normal((4, 3)), rng.standard_normal((3, 5)), rng.standard_normal(5)
    layer_gradient_check(nn.linear_forward, nn.linear_backward, X, W, b)
    layer_gradient_check(nn.relu_forward, nn.relu_backward, rng.standard_normal((2, 3)))
    Z, y = 3 * rng.standard_normal((5, 4)), np.array([0, 3, 1, 1, 2])
    layer_gradient_check(nn.softmax_cross_entropy_forward, nn.softmax_cross_entropy_backward, Z, y)
    whole_net((6, 8, 4), 5, gradient_check)()


def whole_net(sizes, N, check):
    """A check of a whole net, to be called."""
    rng = np.random.default_rng(0)
    net = nn.FullyConnectedNet(sizes, rng=rng, dtype=np.float64)
    X, y = rng.standard_normal((N, sizes[0])), rng.integers(0, sizes[-1], N)
    grads = net.loss_and_grads(X, y)[1]

    def loss(params):
        net.params = params
        return net.loss(X, y)

    params = dict(net.params)
    return lambda: check(loss, params, grads)


def milliseconds(act, seconds=1.0):
    """How long a check takes: the median of several rounds."""
    return 1e3 * medians({"check": act}, seconds=seconds, clock=clock_for(threads=1))["check"]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--nets", type=int, default=400)
    nets = parser.parse_args().nets
    print(f"{nets} random nets          entries  directions")
    right = [accusations(nets, check) for check in CHECKS.values()]
    print(f"right ones accused        {right[0][0]:7d}  {right[1][0]:10d}")
    print(f"an array left undecided   {right[0][1]:7d}  {right[1][1]:10d}")
    for relative in (1e-2, 1e-4):
        shares = [found(nets, check, relative) for check in CHECKS.values()]
        print(f"one entry off by {relative:.0e}    {shares[0]:7.1%}  {shares[1]:10.1%}")
    print(f"lesson 03, all checks     {milliseconds(lesson):5.1f} ms")
    for N in (10, 50):
        took = milliseconds(whole_net((784, 100, 10), N, directional_check))
        print(f"784-100-10, {N} rows                {took:6.1f} ms")


if __name__ == "__main__":
    main()
