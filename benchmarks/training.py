"""Time whole epochs, ours against torch's, and the gradient check of lesson 03.

    python benchmarks/training.py [--threads 1] [--seconds 60]

- 784-800-10 on 60,000 digits: target no slower than torch.
- A small convolutional net on 5,000 digits.
- All gradient checks of lesson 03: target under 100 ms.

Both start from the same weights and see the same batches in the same order; the losses are
compared, or two different things would be timed. They take turns by a tenth of an epoch.
"""

import argparse
import os
import sys
import time
from pathlib import Path

# Set before NumPy is imported: its matrix products read this once.
parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
parser.add_argument("--threads", type=int, default=1)
parser.add_argument("--seconds", type=float, default=60, help="for each net")
if __name__ == "__main__":
    asked = parser.parse_args()
    for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[variable] = str(asked.threads)

import numpy as np
import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from benchmarks.timing import interleaved
from course_utils import nn
from course_utils.nn.convolution import conv2d_backward_parameters

LEARNING_RATE = 0.05
BATCH = 200
TENTHS = 10
CHECK_TARGET = 100  # ms


def digits(n, *, image=False):
    """Ten drawings of noise, and n noisy copies: as many numbers as in MNIST, and learnable."""
    rng = np.random.default_rng(0)
    drawings = rng.random((10, 784), dtype=np.float32)
    y = rng.integers(0, 10, n)
    X = 0.5 * drawings[y] + 0.5 * rng.random((n, 784), dtype=np.float32)  # (n, 784)
    return (X.reshape(n, 1, 28, 28) if image else X), y


class OurConvolutionalNet:
    """3x3 to 8, ReLU, max-pool, 3x3 to 16, ReLU, max-pool, linear to 10."""

    def __init__(self, rng):
        fan_in = {"K1": 9, "K2": 72, "W3": 784}
        shapes = {"K1": (8, 1, 3, 3), "K2": (16, 8, 3, 3), "W3": (784, 10)}
        self.params = {}
        for i, (key, shape) in enumerate(shapes.items(), start=1):
            W = rng.standard_normal(shape, dtype=np.float32) * np.sqrt(2 / fan_in[key])
            self.params[key] = W.astype(np.float32)
            self.params[f"b{i}"] = np.zeros(shape[0] if key[0] == "K" else 10, np.float32)

    def loss_and_grads(self, X, y):
        p, caches, A = self.params, [], X
        for i in (1, 2):
            A, conv = nn.conv2d_forward(A, p[f"K{i}"], p[f"b{i}"], padding=1)
            A, relu = nn.relu_forward(A)
            A, pool = nn.max_pool_forward(A)
            caches.append((conv, relu, pool))
        Z, linear = nn.linear_forward(A.reshape(len(A), -1), p["W3"], p["b3"])
        loss, cache = nn.softmax_cross_entropy_forward(Z, y)
        g = {}
        dA, g["W3"], g["b3"] = nn.linear_backward(
            nn.softmax_cross_entropy_backward(1.0, cache), linear
        )
        dA = dA.reshape(A.shape)
        for i in (2, 1):
            conv, relu, pool = caches[i - 1]
            dZ = nn.relu_backward(nn.max_pool_backward(dA, pool), relu)
            if i == 2:
                dA, g["K2"], g["b2"] = nn.conv2d_backward(dZ, conv)
            else:  # nobody asks for the gradient of the pixels; torch leaves it out, too
                g["K1"], g["b1"] = conv2d_backward_parameters(dZ, conv)
        return loss, g


def torchs_convolutional_net():
    return torch.nn.Sequential(
        torch.nn.Conv2d(1, 8, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(8, 16, 3, padding=1), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
        torch.nn.Flatten(), torch.nn.Linear(784, 10),
    )  # fmt: skip


def torchs_fully_connected_net():
    return torch.nn.Sequential(torch.nn.Linear(784, 800), torch.nn.ReLU(), torch.nn.Linear(800, 10))


def give_weights(params, twin):
    """Copy our parameters into torch's net; its linear layers keep them transposed."""
    ours = [params[k].T if k[0] == "W" else params[k] for k in in_order(params)]
    with torch.no_grad():
        for theirs, array in zip(twin.parameters(), ours, strict=True):
            theirs.copy_(torch.from_numpy(array.copy()))


def in_order(params):
    """Layer by layer, weights before biases."""
    return sorted(params, key=lambda key: (key[1:], key[0] == "b"))


class Ours:
    """A tenth of an epoch at each call, with our net and our optimizer."""

    def __init__(self, net, X, y, batches):
        self.net, self.X, self.y, self.batches = net, X, y, batches
        self.optimizer, self.losses = nn.make_optimizer("sgd", LEARNING_RATE), []

    def __call__(self):
        for rows in next(self.batches):
            loss, grads = self.net.loss_and_grads(self.X[rows], self.y[rows])
            self.optimizer.step(self.net.params, grads)
            self.losses.append(float(loss))


class Torchs:
    """The same with autograd and torch.optim.SGD."""

    def __init__(self, net, X, y, batches):
        self.net, self.batches, self.losses = net, batches, []
        self.X, self.y = torch.from_numpy(X), torch.from_numpy(y)
        self.optimizer = torch.optim.SGD(net.parameters(), lr=LEARNING_RATE)

    def __call__(self):
        for rows in map(torch.from_numpy, next(self.batches)):
            self.optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(self.net(self.X[rows]), self.y[rows])
            loss.backward()
            self.optimizer.step()
            self.losses.append(float(loss.detach()))


def tenths_of_epochs(n):
    """Lists of batches of row numbers, shuffled anew for each epoch, without end."""
    rng = np.random.default_rng(1)
    while True:
        rows = np.array_split(rng.permutation(n), max(1, n // BATCH))
        for tenth in np.array_split(np.arange(len(rows)), TENTHS):
            yield [rows[i] for i in tenth]


def compare(net, twin, X, y, seconds, clock):
    """Seconds of an epoch, ours and torch's."""
    give_weights(net.params, twin)
    ours, theirs = (
        kind(which, X, y, tenths_of_epochs(len(y))) for kind, which in ((Ours, net), (Torchs, twin))
    )
    steps = {"ours": ours, "torch": theirs}
    taken = interleaved(steps, seconds=seconds, rounds=3 * TENTHS, clock=clock)
    shared = min(len(ours.losses), len(theirs.losses))
    first, last = slice(0, 10), slice(shared - 10, shared)
    np.testing.assert_allclose(ours.losses[first], theirs.losses[first], rtol=1e-4)
    # Later float32 drifts apart, a little; the mean of the last losses is still the same.
    means = [np.mean(trainer.losses[last]) for trainer in (ours, theirs)]
    np.testing.assert_allclose(means[0], means[1], rtol=0.05, atol=1e-4)
    return {name: TENTHS * float(np.median(times)) for name, times in taken.items()}


def tell(name, taken, target=None):
    ratio = taken["ours"] / taken["torch"]
    verdict = "" if target is None or ratio <= target else f"   above the target {target:g}"
    print(f"{name:<42} {taken['ours']:6.2f} s  {taken['torch']:6.2f} s  {ratio:6.2f}{verdict}")


def main():
    torch.set_num_threads(asked.threads)
    clock = time.process_time if asked.threads == 1 else time.perf_counter
    print(
        f"one epoch, float32, {asked.threads} thread{'s' * (asked.threads > 1)}, batches of "
        f"{BATCH}, numpy {np.__version__}, torch {torch.__version__}\n"
        f"{'':<42}     ours     torch   ratio"
    )
    X, y = digits(60_000)
    net = nn.FullyConnectedNet((784, 800, 10), rng=np.random.default_rng(2))
    taken = compare(net, torchs_fully_connected_net(), X, y, asked.seconds, clock)
    tell("784-800-10, 60,000 digits", taken, 1.0)
    X, y = digits(5_000, image=True)
    net = OurConvolutionalNet(np.random.default_rng(2))
    taken = compare(net, torchs_convolutional_net(), X, y, asked.seconds, clock)
    tell("conv 8, pool, conv 16, pool, 5,000 digits", taken)

    from benchmarks.gradient_check import lesson, milliseconds

    check = milliseconds(lesson)
    verdict = "" if check <= CHECK_TARGET else f"   above the target {CHECK_TARGET}"
    print(f"{'gradient checks of lesson 03':<42} {check:6.1f} ms{verdict}")


if __name__ == "__main__":
    main()
