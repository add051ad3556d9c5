"""Time a training step of 784-800-10, ours against torch's, on one thread.

    python benchmarks/fully_connected.py [--rounds 60]

A step is forward, backward and the update of plain gradient descent, in float32.
The two take turns and each number is a median, so that a busy machine slows both alike.
"""

import os

# Set before NumPy is imported: its matrix products read this once.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import sys
import time
from pathlib import Path

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from course_utils.nn import FullyConnectedNet, make_optimizer

SIZES = (784, 800, 10)
LEARNING_RATE = 0.01
TARGET = 1.1


def our_step(net, X, y):
    """Return a function that makes one training step of ours and returns the loss."""
    optimizer = make_optimizer("sgd", LEARNING_RATE)

    def step():
        loss, grads = net.loss_and_grads(X, y)
        optimizer.step(net.params, grads)
        return float(loss)

    return step


def torch_step(net, X, y):
    """Return a function that makes the same step with autograd and torch.optim.SGD."""
    twin = torch.nn.Sequential(
        torch.nn.Linear(SIZES[0], SIZES[1]), torch.nn.ReLU(), torch.nn.Linear(SIZES[1], SIZES[2])
    )
    with torch.no_grad():
        for i, linear in enumerate((twin[0], twin[2]), start=1):
            linear.weight.copy_(torch.from_numpy(net.params[f"W{i}"].T.copy()))
            linear.bias.copy_(torch.from_numpy(net.params[f"b{i}"]))
    optimizer = torch.optim.SGD(twin.parameters(), lr=LEARNING_RATE)
    X, y = torch.from_numpy(X), torch.from_numpy(y)

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(twin(X), y)
        loss.backward()
        optimizer.step()
        return float(loss.detach())

    return step


def interleaved_medians(steps, rounds, repeats=5):
    """Return the median seconds of one call of each step, the steps taking turns."""
    seconds = [[] for _ in steps]
    for turn in range(rounds):
        order = range(len(steps)) if turn % 2 else reversed(range(len(steps)))
        for i in order:
            start = time.perf_counter()
            for _ in range(repeats):
                steps[i]()
            seconds[i].append((time.perf_counter() - start) / repeats)
    return [float(np.median(taken)) for taken in seconds]


def compare(batch_size, rounds):
    """Return the seconds of a step, ours and torch's, after proving that they agree."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((batch_size, SIZES[0]), dtype=np.float32)  # (N, D)
    y = rng.integers(0, SIZES[-1], batch_size)  # (N,)
    net = FullyConnectedNet(SIZES, rng=rng)
    steps = our_step(net, X, y), torch_step(net, X, y)
    for _ in range(10):  # warm up; the losses must fall alike, or we time two different things
        ours, theirs = (step() for step in steps)
        np.testing.assert_allclose(ours, theirs, rtol=1e-4)
    return interleaved_medians(steps, rounds)


def main():
    """Print one line for each batch size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(1)
    print(
        f"training step of {'-'.join(map(str, SIZES))}, float32, one thread, "
        f"numpy {np.__version__}, torch {torch.__version__}"
    )
    print("batch   ours ms  torch ms   ratio")
    for batch_size in (64, 200):
        ours, theirs = compare(batch_size, rounds)
        verdict = "" if ours <= TARGET * theirs else f"   above the target {TARGET}"
        print(
            f"{batch_size:>5}  {ours * 1e3:>8.3f}  {theirs * 1e3:>8.3f}  "
            f"{ours / theirs:>6.2f}{verdict}"
        )


if __name__ == "__main__":
    main()
