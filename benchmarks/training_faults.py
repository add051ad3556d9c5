"""Plant each fault in small real runs and count how often the recorder names it.

    python benchmarks/training_faults.py            writes training_faults.md beside itself
    python benchmarks/training_faults.py --check 2  two seeds; fails where a goal is missed

The digits are those of the quick profile; nets, optimizers and loop are the course's own.
"""

import os

# Set before NumPy is imported: its matrix products read this once.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import sys
import time
from collections import Counter
from functools import cache, partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from course_utils.checking.recorder import RULES, TrainingRecorder, WatchedNet, record_fit
from course_utils.data import load_digits
from course_utils.nn import (
    FullyConnectedNet,
    evaluate,
    fit,
    make_optimizer,
    softmax,
    softmax_cross_entropy_backward,
    softmax_cross_entropy_forward,
)
from course_utils.nn.layer_choice import LAYER_NAMES, OPTIONAL_LAYER_NAMES, OUR_LAYERS

TABLE = Path(__file__).with_suffix(".md")
SEEDS = 5
RECALL, FALSE_ALARMS = 0.95, 0


# --- runs ------------------------------------------------------------------------------


@cache
def digits():
    """The pixels as floats in 0..1, and the labels, of training and of validation."""
    data = load_digits("quick")
    return tuple(((s.X / 255).astype(np.float32), s.y) for s in (data.train, data.validation))


def some_digits(rng, n=1000):
    """n training examples, drawn anew for each seed, and all of validation."""
    (X, y), validation = digits()
    rows = rng.permutation(len(y))[:n]
    return (X[rows], y[rows]), validation


def by_fit(seed, *, sizes=(784, 64, 10), n=1000, optimizer=("sgd", 0.1), epochs=5, batch=50,
           change=None, initializer="he_normal", weight_decay=0.0, layers=None,
           net_class=FullyConnectedNet, **settings):  # fmt: skip
    """Train with fit and return the diagnosis; change(train, validation) -> both, spoilt."""
    rng = np.random.default_rng(seed)
    train, validation = some_digits(rng, n)
    if change is not None:
        train, validation = change(train, validation, rng)
    net = net_class(
        sizes, rng=rng, initializer=initializer, weight_decay=weight_decay, layers=layers
    )
    _, recorder = record_fit(
        fit, net, train, validation, optimizer=make_optimizer(*optimizer), epochs=epochs,
        batch_size=batch, rng=rng, report=None, **settings,
    )  # fmt: skip
    return recorder.diagnose()


def by_hand(seed, *, sizes=(784, 64, 10), n=1000, optimizer=("sgd", 0.1), epochs=4, batch=50,
            order=None, gradient=None, step=None, each_epoch=None, initializer="he_normal",
            prepare_net=None, layers=None, outputs=None, compare=False):  # fmt: skip
    """Train in a loop as a student writes it, and return the diagnosis.

    order(rng, y, epoch) gives the rows; gradient(net, X, y, kept) the loss and gradients;
    step(net, optimizer, grads) makes the update; each_epoch(net, recorder) ends an epoch.
    """
    rng = np.random.default_rng(seed)
    (X, y), validation = some_digits(rng, n)
    net = FullyConnectedNet(sizes, rng=rng, initializer=initializer, layers=layers)
    if prepare_net is not None:
        prepare_net(net)
    recorder, optimizer, kept = TrainingRecorder(n_classes=10), make_optimizer(*optimizer), {}
    recorder.data(train=(X, y), validation=validation)
    watched = WatchedNet(net, recorder)  # for its logits: they show the hidden layers
    if each_epoch is not None:
        each_epoch(net, recorder, 0)
    _measure(recorder, watched, (X, y), validation)
    for epoch in range(1, epochs + 1):
        rows = rng.permutation(n) if order is None else order(rng, y, epoch)
        for i in range(0, n, batch):
            part = rows[i : i + batch]
            compute = _gradient if gradient is None else gradient
            loss, grads = compute(net, X[part], y[part], kept)
            again = partial(lambda X, y: net.loss_and_grads(X, y)[1], X[part], y[part])
            recorder.step(
                loss=loss, params=net.params, grads=grads, batch=X[part], y=y[part],
                learning_rate=optimizer.learning_rate,
                gradient_again=again if compare else None,
                logits=None if outputs is None else outputs(net.logits(X[part])),
            )  # fmt: skip
            with np.errstate(all="ignore"):
                (step or _step)(net, optimizer, grads)
        if each_epoch is not None:
            each_epoch(net, recorder, epoch)
        _measure(recorder, watched, (X, y), validation)
    return recorder.diagnose()


def _measure(recorder, net, train, validation):
    (loss, accuracy), (other_loss, other) = evaluate(net, train), evaluate(net, validation)
    recorder.epoch(train_loss=loss, train_accuracy=accuracy, validation_loss=other_loss,
                   validation_accuracy=other)  # fmt: skip


def _gradient(net, X, y, kept):
    return net.loss_and_grads(X, y)


def _step(net, optimizer, grads):
    optimizer.step(net.params, grads)


# --- what goes wrong -------------------------------------------------------------------


def layers_with(**functions):
    ours = {name: getattr(OUR_LAYERS, name) for name in LAYER_NAMES + OPTIONAL_LAYER_NAMES}
    return {**ours, **functions}


def summed_forward(Z, y):
    loss, kept = softmax_cross_entropy_forward(Z, y)
    return loss * len(y), (kept, len(y))


def summed_backward(dloss, kept):
    return softmax_cross_entropy_backward(dloss, kept[0]) * kept[1]


def log10_forward(Z, y):
    loss, kept = softmax_cross_entropy_forward(Z, y)
    return loss / np.log(10), kept


def twice_forward(Z, y):
    P = softmax(Z)
    loss, kept = softmax_cross_entropy_forward(P, y)
    return loss, (P, kept)


def twice_backward(dloss, kept):
    P, kept = kept
    dP = softmax_cross_entropy_backward(dloss, kept)
    return P * (dP - (P * dP).sum(axis=1, keepdims=True))


TWICE = layers_with(
    softmax_cross_entropy_forward=twice_forward, softmax_cross_entropy_backward=twice_backward
)


class TwiceNet(FullyConnectedNet):
    """Its loss takes the softmax of logits that were through one already."""

    def logits(self, X):
        return softmax(super().logits(X))


def sigmoid_forward(Z):
    H = 1 / (1 + np.exp(-Z))
    return H, H


def sigmoid_backward(dH, H):
    return dH * H * (1 - H)


def wide(std):
    return lambda rng, D, M, dtype: (rng.standard_normal((D, M)) * std).astype(dtype)


def without_root(rng, D, M, dtype):
    return (rng.standard_normal((D, M)) * (2 / D)).astype(dtype)


def times_he(factor):
    return lambda rng, D, M, dtype: (rng.standard_normal((D, M)) * factor * np.sqrt(2 / D)).astype(
        dtype
    )


def constant(value):
    return lambda rng, D, M, dtype: np.full((D, M), value, dtype)


def shuffled_apart(train, validation, rng):
    return (train[0], rng.permutation(train[1])), validation


def bytes_again(train, validation, rng):
    return (train[0] * 255, train[1]), (validation[0] * 255, validation[1])


def scaled_twice(train, validation, rng):
    return (train[0] / 255, train[1]), (validation[0] / 255, validation[1])


def validation_unscaled(train, validation, rng):
    return train, (validation[0] * 255, validation[1])


def overlapping(train, validation, rng):
    rows = rng.permutation(len(train[1]))[:25]  # 25 of 525
    X = np.concatenate([validation[0], train[0][rows]])
    return train, (X, np.concatenate([validation[1], train[1][rows]]))


def one_class(train, validation, rng):
    keep = validation[1] == rng.integers(10)
    return train, (validation[0][keep], validation[1][keep])


def with_nan(train, validation, rng):
    X = train[0].copy()
    X[rng.integers(len(X)), rng.integers(784)] = np.nan
    return (X, train[1]), validation


def noisy_labels(train, validation, rng, share=0.2):
    y = train[1].copy()
    wrong = rng.random(len(y)) < share
    y[wrong] = rng.integers(0, 10, wrong.sum())
    return (train[0], y), validation


def noisier_labels(train, validation, rng):
    return noisy_labels(train, validation, rng, share=0.4)


def same_batch(rng, y, epoch):
    return np.tile(np.random.default_rng(0).permutation(len(y))[:50], len(y) // 50)


def by_class(rng, y, epoch):
    return np.argsort(y, kind="stable")


def as_they_come(rng, y, epoch):
    return np.arange(len(y))


def piling_up(net, X, y, kept):
    loss, grads = net.loss_and_grads(X, y)
    for key, dw in grads.items():
        kept[key] = kept.get(key, 0) + dw
    return loss, dict(kept)


def zeros(net, X, y, kept):
    loss, grads = net.loss_and_grads(X, y)
    return loss, {key: dw.astype(int) for key, dw in grads.items()}


def lost_update(net, optimizer, grads):
    for key, w in net.params.items():
        w = w - optimizer.learning_rate * grads[key]


def decay_each_step(net, optimizer, grads):
    optimizer.step(net.params, grads)
    optimizer.learning_rate *= 0.8


def only(*keys):
    def step(net, optimizer, grads):
        part = {key: net.params[key] for key in keys}
        optimizer.step(part, {key: grads[key] for key in keys})
        net.params.update(part)

    return step


def freeze_first(net, recorder, epoch):
    if epoch == 0:
        recorder.frozen("backbone", lambda: {key: net.params[key] for key in ("W1", "b1")})


def batch_norm_buffers(moves):
    """Running means that a frozen part (or a whole net) keeps; moves says in which epochs."""

    def each_epoch(net, recorder, epoch, buffers={}):  # noqa: B006 -- one run at a time
        if epoch == 0:
            buffers.update(running_mean=np.zeros(64), running_var=np.ones(64))
            recorder.frozen("backbone", buffers, kind="buffers")
            recorder.frozen("nothing", {})
        elif moves(epoch):
            buffers["running_mean"] = 0.9 * buffers["running_mean"] + 0.1 * net.params["b1"]

    return each_epoch


def evaluation_mode_stays(net, recorder, epoch, buffers={}):  # noqa: B006
    if epoch == 0:
        buffers["running_mean"] = np.zeros(64)
    if epoch == 1:  # the first evaluation switches training mode off for good
        buffers["running_mean"] = buffers["running_mean"] + net.params["b1"]
    recorder.buffers(buffers)


def negative_biases(net):
    net.params["b1"][:58] = -50


# Code -> ways to plant it, each a function of the seed.
PLANTS = {
    "nan-in-data": [lambda s: by_fit(s, change=with_nan)],
    "input-scale": [lambda s: by_fit(s, change=bytes_again, optimizer=("sgd", 1e-5)),
                    lambda s: by_fit(s, change=scaled_twice)],
    "validation-scale": [lambda s: by_fit(s, change=validation_unscaled)],
    "overlap": [lambda s: by_fit(s, change=overlapping)],
    "one-class-validation": [lambda s: by_fit(s, change=one_class)],
    "batch-repeated": [lambda s: by_hand(s, order=same_batch)],
    "batches-sorted": [lambda s: by_hand(s, order=by_class)],
    "same-order": [lambda s: by_hand(s, order=as_they_come)],
    "decay-per-step": [lambda s: by_hand(s, step=decay_each_step),
                       lambda s: by_fit(s, learning_rate_decay=0.95**100, batch=10)],
    "frozen-parameters-move": [lambda s: by_hand(s, each_epoch=freeze_first)],
    "frozen-buffers-move": [
        lambda s: by_hand(s, each_epoch=batch_norm_buffers(lambda epoch: True))],
    "buffers-stand-still": [lambda s: by_hand(s, each_epoch=evaluation_mode_stays)],
    "parameters-unchanged": [lambda s: by_hand(s, step=lost_update)],
    "part-never-stepped": [lambda s: by_hand(s, step=only("W1", "b1")),
                           lambda s: by_hand(s, step=only("W2", "b2"))],
    "symmetric-units": [lambda s: by_fit(s, initializer=constant(0.0)),
                        lambda s: by_fit(s, initializer=constant(0.01))],
    "zero-gradients": [lambda s: by_hand(s, gradient=zeros)],
    "dead-units": [lambda s: by_hand(s, prepare_net=negative_biases),
                   lambda s: by_fit(s, optimizer=("sgd", 2.0))],
    "signal-fades": [lambda s: by_fit(s, sizes=(784, 64, 64, 10), initializer=without_root),
                     lambda s: by_fit(s, sizes=(784, 64, 64, 64, 10), initializer=without_root)],
    "signal-explodes": [
        lambda s: by_fit(s, sizes=(784, 64, 64, 10), initializer=times_he(6),
                         optimizer=("sgd", 1e-4))],
    "vanishing-gradients": [
        lambda s: by_fit(s, sizes=(784, *5 * [64], 10), initializer="xavier_normal",
                         layers=layers_with(relu_forward=sigmoid_forward,
                                            relu_backward=sigmoid_backward))],
    "exploding-gradients": [
        lambda s: by_fit(s, sizes=(784, *4 * [64], 10), initializer=times_he(8),
                         optimizer=("sgd", 1e-6))],
    "update-too-large": [lambda s: by_fit(s, sizes=(784, 10), optimizer=("sgd", 5.0)),
                         lambda s: by_fit(s, sizes=(784, 10), optimizer=("sgd", 20.0))],
    "gradients-accumulate": [
        lambda s: by_hand(s, gradient=piling_up, optimizer=("sgd", 0.01)),
        lambda s: by_hand(s, gradient=piling_up, optimizer=("adam", 0.001), compare=True)],
    "loss-summed": [
        lambda s: by_fit(s, optimizer=("sgd", 0.001), layers=layers_with(
            softmax_cross_entropy_forward=summed_forward,
            softmax_cross_entropy_backward=summed_backward))],
    "initial-loss-too-large": [lambda s: by_fit(s, initializer=wide(0.3)),
                               lambda s: by_fit(s, initializer=wide(1.0))],
    "initial-loss-too-small": [
        lambda s: by_fit(s, layers=layers_with(softmax_cross_entropy_forward=log10_forward))],
    "softmax-twice": [
        lambda s: by_fit(s, net_class=TwiceNet, optimizer=("adam", 3e-3), epochs=12, layers=TWICE),
        lambda s: by_hand(s, optimizer=("sgd", 1.0), layers=TWICE, outputs=softmax)],
    "diverged": [lambda s: by_fit(s, optimizer=("sgd", 1e3)),
                 lambda s: by_hand(s, optimizer=("sgd", 30.0))],
    "loss-oscillates": [
        lambda s: by_fit(s, sizes=(784, 10), optimizer=("sgd", 2.0), epochs=10,
                         change=noisy_labels),
        lambda s: by_fit(s, sizes=(784, 10), optimizer=("sgd", 2.0), epochs=40, batch=1000)],
    "learning-rate-too-small": [lambda s: by_fit(s, optimizer=("sgd", 1e-5)),
                                lambda s: by_fit(s, optimizer=("adam", 1e-8))],
    "labels-apart": [lambda s: by_fit(s, change=shuffled_apart),
                     lambda s: by_fit(s, change=shuffled_apart, optimizer=("adam", 1e-3),
                                      epochs=20)],
    "not-learning": [lambda s: by_fit(s, optimizer=("sgd", 1e-4), initializer="small_normal")],
    "under-fit": [lambda s: by_fit(s, weight_decay=0.1, epochs=15),
                  lambda s: by_fit(s, weight_decay=0.2, epochs=15)],
    "over-fit": [lambda s: by_fit(s, n=300, optimizer=("adam", 1e-2), change=noisier_labels,
                                  epochs=25)],
    "early-stop": [lambda s: by_fit(s, n=300, optimizer=("adam", 3e-3), change=noisy_labels,
                                    epochs=25)],
}  # fmt: skip


# --- what goes right -------------------------------------------------------------------


def standardized(train, validation, rng):
    mean, std = train[0].mean(axis=0), train[0].std(axis=0) + 0.1
    return tuple(((X - mean) / std, y) for X, y in (train, validation))


def from_minus_1(train, validation, rng):
    return tuple((2 * X - 1, y) for X, y in (train, validation))


def augmented(net, X, y, kept):
    return net.loss_and_grads(X + 0.02 * kept.setdefault("rng", np.random.default_rng(0))
                              .standard_normal(X.shape, dtype=np.float32), y)  # fmt: skip


DEEP, DEEPER, WIDE = (784, 64, 64, 10), (784, 64, 64, 64, 10), (784, 200, 10)

# Name -> a run that is as it should be, a function of the seed.
HEALTHY = {
    "sgd 0.1": lambda s: by_fit(s),
    "sgd 0.01": lambda s: by_fit(s, optimizer=("sgd", 0.01)),
    "sgd 0.003": lambda s: by_fit(s, optimizer=("sgd", 0.003), epochs=8),
    "sgd 0.3, batch 100": lambda s: by_fit(s, optimizer=("sgd", 0.3), batch=100),
    "sgd 0.5": lambda s: by_fit(s, optimizer=("sgd", 0.5)),
    "sgd 0.1, batch 10": lambda s: by_fit(s, batch=10, epochs=4),
    "sgd 0.1, whole set": lambda s: by_fit(s, batch=1000, epochs=40),
    "sgd 0.05, decay 0.9": lambda s: by_fit(s, optimizer=("sgd", 0.05), learning_rate_decay=0.9),
    "sgd 0.1, decay 0.5": lambda s: by_fit(s, learning_rate_decay=0.5),
    "momentum 0.01": lambda s: by_fit(s, optimizer=("momentum", 0.01)),
    "momentum 0.05": lambda s: by_fit(s, optimizer=("momentum", 0.05)),
    "momentum 0.03, batch 20": lambda s: by_fit(s, optimizer=("momentum", 0.03), batch=20),
    "adam 0.001": lambda s: by_fit(s, optimizer=("adam", 1e-3)),
    "adam 0.003": lambda s: by_fit(s, optimizer=("adam", 3e-3)),
    "adam 0.01": lambda s: by_fit(s, optimizer=("adam", 1e-2)),
    "adam 0.0001": lambda s: by_fit(s, optimizer=("adam", 1e-4)),
    "rmsprop 0.001": lambda s: by_fit(s, optimizer=("rmsprop", 1e-3)),
    "linear": lambda s: by_fit(s, sizes=(784, 10)),
    "linear, weights 0": lambda s: by_fit(s, sizes=(784, 10), initializer=constant(0.0)),
    "3 layers, sgd": lambda s: by_fit(s, sizes=DEEP),
    "3 layers, adam": lambda s: by_fit(s, sizes=DEEP, optimizer=("adam", 1e-3)),
    "4 layers, sgd": lambda s: by_fit(s, sizes=DEEPER),
    "4 layers, momentum": lambda s: by_fit(s, sizes=DEEPER, optimizer=("momentum", 0.02)),
    "4 layers, adam": lambda s: by_fit(s, sizes=DEEPER, optimizer=("adam", 1e-3)),
    "200 units": lambda s: by_fit(s, sizes=WIDE),
    "16 units": lambda s: by_fit(s, sizes=(784, 16, 10), epochs=8),
    "small first weights": lambda s: by_fit(s, initializer="small_normal"),
    "small first weights, whole set": lambda s: by_fit(
        s, initializer="small_normal", batch=1000, epochs=30, optimizer=("sgd", 0.5)),
    "Xavier": lambda s: by_fit(s, initializer="xavier_normal", sizes=DEEP),
    "weight decay 0.0001": lambda s: by_fit(s, weight_decay=1e-4, epochs=8),
    "weight decay 0.01": lambda s: by_fit(s, weight_decay=1e-2, epochs=8),
    "100 examples": lambda s: by_fit(s, n=100, batch=20, epochs=15),
    "300 examples, adam": lambda s: by_fit(s, n=300, batch=30, optimizer=("adam", 1e-3)),
    "300 examples, early stopping": lambda s: by_fit(
        s, n=300, optimizer=("adam", 3e-3), epochs=40, early_stopping=4),
    "standardized": lambda s: by_fit(s, change=standardized, optimizer=("sgd", 0.03)),
    "standardized, 4 layers": lambda s: by_fit(
        s, change=standardized, sizes=DEEPER, optimizer=("adam", 1e-3)),
    "-1 to 1, 3,500 examples, sgd": lambda s: by_fit(
        s, n=3500, change=from_minus_1, sizes=DEEP, epochs=12, early_stopping=3),
    "-1 to 1, 3,500 examples, adam": lambda s: by_fit(
        s, n=3500, change=from_minus_1, optimizer=("adam", 1e-3), epochs=12),
    "-1 to 1, 3,500 examples, rmsprop": lambda s: by_fit(
        s, n=3500, change=from_minus_1, optimizer=("rmsprop", 1e-3), epochs=12),
    "one label in five wrong": lambda s: by_fit(s, change=noisy_labels, epochs=5),
    "sigmoid": lambda s: by_fit(
        s, initializer="xavier_normal", optimizer=("momentum", 0.1),
        layers=layers_with(relu_forward=sigmoid_forward, relu_backward=sigmoid_backward)),
    "by hand": lambda s: by_hand(s),
    "by hand, adam": lambda s: by_hand(s, optimizer=("adam", 1e-3)),
    "by hand, momentum, whole set": lambda s: by_hand(
        s, optimizer=("momentum", 0.05), batch=1000, epochs=20),
    "by hand, gradients compared": lambda s: by_hand(s, compare=True),
    "by hand, noise added": lambda s: by_hand(s, gradient=augmented),
    "by hand, head only, backbone frozen": lambda s: by_hand(
        s, step=only("W2", "b2"), each_epoch=declared_frozen, epochs=6),
}  # fmt: skip


def declared_frozen(net, recorder, epoch):
    freeze_first(net, recorder, epoch)
    if epoch == 0:
        recorder.frozen("backbone", {"running_mean": np.zeros(64)}, kind="buffers")


# --- the table -------------------------------------------------------------------------


def planted_rows(seeds):
    """For each code: runs, those in which it was named, and how often other codes were."""
    rows = []
    for code, plants in PLANTS.items():
        diagnoses = [plant(seed).codes for plant in plants for seed in range(seeds)]
        others = Counter(other for codes in diagnoses for other in codes if other != code)
        rows.append((code, len(diagnoses), sum(code in codes for codes in diagnoses), others))
    return rows


def healthy_rows(seeds):
    """For each setting: runs, and how often each code was raised."""
    return [
        (name, seeds, Counter(code for seed in range(seeds) for code in run(seed).codes))
        for name, run in HEALTHY.items()
    ]


def table(planted, healthy):
    """The results in Markdown; no number in it depends on the clock."""
    runs, named = sum(n for _, n, _, _ in planted), sum(k for _, _, k, _ in planted)
    n_healthy, alarms = sum(n for _, n, _ in healthy), sum(c.total() for _, _, c in healthy)
    lines = [
        "# What the training recorder finds", "",
        "Written by `python benchmarks/training_faults.py`: small nets on 1,000 digits of the "
        "quick profile.", "",
        f"- Planted faults: **{named} of {runs} runs named** "
        f"({100 * named / runs:.1f} %, goal {100 * RECALL:.0f} %).",
        f"- Healthy runs: **{alarms} findings in {n_healthy} runs** (goal {FALSE_ALARMS}).", "",
        "| fault | named | of | also raised |", "|---|---:|---:|---|",
    ]  # fmt: skip
    lines += [f"| `{c}` | {k} | {n} | {_counted(o)} |" for c, n, k, o in planted]
    lines += ["", "| healthy run | runs | raised |", "|---|---:|---|"]
    lines += [f"| {name} | {n} | {_counted(codes)} |" for name, n, codes in healthy]
    return "\n".join(lines) + "\n"


def _counted(codes):
    return ", ".join(f"`{code}` {n}" for code, n in sorted(codes.items())) or "-"


def missed_goals(planted, healthy):
    """Sentences on what fell short; none where all goals are met."""
    runs, named = sum(n for _, n, _, _ in planted), sum(k for _, _, k, _ in planted)
    told = [f"{code}: named in {k} of {n}" for code, n, k, _ in planted if k < n]
    short = [f"recall {named}/{runs}: " + "; ".join(told)] if named < RECALL * runs else []
    alarms = [f"{name}: {_counted(codes)}" for name, _, codes in healthy if codes]
    return short + (["false alarms: " + "; ".join(alarms)] if alarms else [])


def main():
    """Run everything; write the table, or only check it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", type=int, metavar="SEEDS", help="few seeds, write nothing")
    chosen = parser.parse_args()
    started, seeds = time.perf_counter(), chosen.check or SEEDS
    planted, healthy = planted_rows(seeds), healthy_rows(seeds)
    without = {rule.code for rule in RULES} - PLANTS.keys()
    problems = missed_goals(planted, healthy)
    problems += [f"no run is planted for {', '.join(sorted(without))}"] if without else []
    text = table(planted, healthy)
    if chosen.check:
        print(text)
    else:
        TABLE.write_text(text, encoding="utf-8")
        print(text + f"\nwritten to {TABLE.name} in {time.perf_counter() - started:.0f} s")
    sys.exit("\n".join(problems) or 0)


if __name__ == "__main__":
    main()
