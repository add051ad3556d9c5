"""Time training, ours against torch's, and the gradient checks of a lesson.

    python benchmarks/training.py                writes training.md and a table of the README
    python benchmarks/training.py --seconds 2    a quick look: prints, and writes nothing

About three minutes. Measured are steps of 784-800-10 on one batch, whole epochs of it on as
many pictures as MNIST has, epochs of a small convolutional net, and all gradient checks of
lesson 03. Both sides start from the same weights and see the same batches in the same order;
their losses are compared, or two different things would be timed.
"""

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import numpy as np
import torch

from benchmarks import gradient_check, readme, workers
from benchmarks.layers_page import verdict
from benchmarks.timing import clock_for, medians
from course_utils import nn, torchlab

PAGE = HERE / "training.md"
SECONDS = 20  # for each training and number of threads
THREADS = (1, 2)
LEARNING_RATE = 0.05
BATCH = 200
TENTHS = 10  # an epoch is timed by tenths: more turns, and less that happens within one
CHECK_TARGET = 100  # ms


@dataclass(frozen=True)
class Training:
    """What is trained, and how much of it is told as one.

    Args:
        name: in words.
        ours: rng -> our net.
        torchs: rng -> torch's, with the same weights from the same generator.
        n: how many pictures.
        rows: (n) -> lists of batches of row numbers without end, each list one turn.
        turns: how many turns are told as one.
        unit: of the time, with how many of it are a second.
        target: the largest ratio wanted, or None.
    """

    name: str
    ours: Callable
    torchs: Callable
    n: int
    rows: Callable
    turns: int
    unit: tuple[str, float]
    target: float | None


def tenths_of_epochs(n):
    """Batches of row numbers, shuffled anew for each epoch."""
    rng = np.random.default_rng(1)
    while True:
        batches = np.array_split(rng.permutation(n), max(1, n // BATCH))
        for tenth in np.array_split(np.arange(len(batches)), TENTHS):
            yield [batches[i] for i in tenth]


def the_same_batch(n):
    """All rows, again and again."""
    return repeat([np.arange(n)])


def _fully_connected(name, n, rows, turns, unit, target):
    sizes = 784, 800, 10
    return Training(
        f"{'-'.join(map(str, sizes))}: {name}",
        lambda rng: nn.FullyConnectedNet(sizes, rng=rng),
        lambda rng: torchlab.fully_connected(sizes, rng=rng),
        n, rows, turns, unit, target,
    )  # fmt: skip


def _convolutional(name, n):
    shape, settings = (28, 28), {"filters": (8, 16), "hidden": ()}
    return Training(
        f"conv 8, pool, conv 16, pool, linear: {name}",
        lambda rng: nn.ConvNet(shape, 10, rng=rng, **settings),
        lambda rng: torchlab.conv_net(shape, 10, rng=rng, **settings),
        n, tenths_of_epochs, TENTHS, ("s", 1), None,
    )  # fmt: skip


TRAININGS = (
    _fully_connected("a step on 64 pictures", 64, the_same_batch, 1, ("ms", 1e3), 1.1),
    _fully_connected("a step on 200 pictures", 200, the_same_batch, 1, ("ms", 1e3), 1.1),
    _fully_connected(
        "an epoch of 60,000 pictures", 60_000, tenths_of_epochs, TENTHS, ("s", 1), 1.0
    ),
    _convolutional("an epoch of 5,000 pictures", 5_000),
)


# --- in a process of its own -----------------------------------------------------------


def pictures(n):
    """Ten drawings of noise, and n noisy copies: as many numbers as in MNIST, and learnable."""
    rng = np.random.default_rng(0)
    drawings = rng.random((10, 784), dtype=np.float32)
    y = rng.integers(0, 10, n)
    X = 0.5 * drawings[y] + 0.5 * rng.random((n, 784), dtype=np.float32)  # (n, 784)
    return X, y


def our_turn(net, X, y, rows, losses):
    """A function that trains on the next batches with our net and our optimizer."""
    optimizer = nn.make_optimizer("sgd", LEARNING_RATE)

    def turn():
        for batch in next(rows):
            loss, grads = net.loss_and_grads(X[batch], y[batch])
            optimizer.step(net.params, grads)
            losses.append(float(loss))

    return turn


def torchs_turn(net, X, y, rows, losses):
    """The same with autograd and torch.optim.SGD."""
    X, y = torch.from_numpy(X), torch.from_numpy(y)
    optimizer = torch.optim.SGD(net.parameters(), lr=LEARNING_RATE)

    def turn():
        for batch in map(torch.from_numpy, next(rows)):
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(net(X[batch]), y[batch])
            loss.backward()
            optimizer.step()
            losses.append(float(loss.detach()))

    return turn


def compare(training, seconds, clock):
    """Seconds of what is told as one, ours and torch's, after proving that they agree."""
    X, y = pictures(training.n)
    losses = {"ours": [], "torch": []}
    turns = {
        name: make(net(np.random.default_rng(2)), X, y, training.rows(training.n), losses[name])
        for name, make, net in (
            ("ours", our_turn, training.ours),
            ("torch", torchs_turn, training.torchs),
        )
    }
    taken = medians(turns, seconds=seconds, rounds=3 * TENTHS, clock=clock)
    agree(**losses)
    return {name: training.turns * median for name, median in taken.items()}


def agree(ours, torch):
    """Refuse two trainings whose losses differ by more than rounding lets them drift apart."""
    shared = min(len(ours), len(torch))
    np.testing.assert_allclose(ours[:10], torch[:10], rtol=1e-4)
    last = slice(max(0, shared - 10), shared)
    np.testing.assert_allclose(np.mean(ours[last]), np.mean(torch[last]), rtol=0.05, atol=1e-4)


def measure(threads, seconds):
    """Time all trainings, and with one thread the gradient checks; data for JSON."""
    torch.set_num_threads(threads)
    clock = clock_for(threads)
    found = {"rows": [compare(training, seconds, clock) for training in TRAININGS]}
    if threads == 1:
        found["check"] = gradient_check.milliseconds(gradient_check.lesson)
    return found | workers.libraries()


# --- telling ---------------------------------------------------------------------------


def table(runs):
    """A line for each training, and one for the gradient checks.

    Args:
        runs: from a number of threads to what measure gives.

    Returns:
        Markdown.
    """
    lines = [
        "| what | ours | torch | ratio | 2 threads | target | |",
        "|---|" + "---:|" * 5 + "---|",
    ]
    for training, *rows in zip(TRAININGS, *(runs[n]["rows"] for n in THREADS), strict=True):
        unit, per_second = training.unit
        ours, torchs = (f"{per_second * rows[0][who]:.3g} {unit}" for who in ("ours", "torch"))
        ratio, with_two = (row["ours"] / row["torch"] for row in rows)
        lines.append(
            f"| {training.name} | {ours} | {torchs} | {ratio:.2f} | {with_two:.2f} | "
            f"{'' if training.target is None else training.target} | "
            f"{verdict(ratio, training.target)} |"
        )
    check = runs[1]["check"]
    lines.append(
        f"| all gradient checks of lesson 03 | {check:.3g} ms | | | | {CHECK_TARGET} ms | "
        f"{verdict(check, CHECK_TARGET)} |"
    )
    return "\n".join(lines)


def page(runs):
    """All of training.md."""
    return (
        "# Training against torch\n\n"
        "Written by `python benchmarks/training.py`. Forward, backward and the update of plain "
        f"gradient descent, float32; epochs in batches of {BATCH}. Both sides start from the "
        "same weights and see the same batches; they take turns in one process, their losses "
        "were compared, and each time is a median. Times and ratio, ours over torch's: one "
        "thread, the processor's time; with two threads it is the clock on the wall.\n\n"
        f"{workers.machine(runs[1])}\n\n{table(runs)}\n"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, help="for each training; writes nothing")
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.worker:
        threads, seconds = asked.worker
        json.dump(measure(int(threads), float(seconds)), sys.stdout)
        return
    seconds = asked.seconds or SECONDS
    runs = {n: workers.run_worker(__file__, n, seconds, threads=n) for n in THREADS}
    text = page(runs)
    print(text)
    if asked.seconds is None:
        PAGE.write_text(text, encoding="utf-8")
        readme.put("training", table(runs))


if __name__ == "__main__":
    main()
