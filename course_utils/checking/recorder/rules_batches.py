"""Faults of what the steps are given: batches, their order, the learning rate."""

from __future__ import annotations

import numpy as np

from course_utils.checking.recorder.rule import found, number, rule

# A shuffled batch has the number of classes that chance gives it, within some percent;
# sorted data give one or two. Half is far from both.
CLASSES_SHARE = 0.5
FEW_STEPS = 5
# A rate that falls to less than a tenth within one epoch leaves the second one nothing.
# (A smooth schedule over the whole run falls that far in no single epoch before the last.)
DECAY_IN_AN_EPOCH = 0.1
SAME_FACTOR = 0.9  # share of the steps whose factor is the usual one


@rule("batch-repeated", needs=("batches",))
def batch_repeated(run):
    """The same few examples in every step: the generator is made anew inside the loop."""
    steps, different = len(run.batches), len(set(run.batches))
    if steps < FEW_STEPS or run.whole_set_in_a_step or different > 1:
        return None
    n = run.batch_sizes[0]
    return found(
        f"All {steps:,} steps had the same batch of {n} examples; the net learns them by heart "
        "and sees nothing else.",
        "Make the random generator once, before the loop: with the seed inside it draws the "
        "same rows each time. (Meant as a test that one batch can be learned? Then it is right.)",
        steps=steps, batch=n,
    )  # fmt: skip


@rule("batches-sorted", needs=("labels",), unless=("batch-repeated",))
def batches_sorted(run):
    """Batches hold far fewer classes than chance would give them."""
    total = sum(run.labels_seen.values())
    if len(run.batch_classes) < FEW_STEPS or run.whole_set_in_a_step or len(run.labels_seen) < 2:
        return None
    shares = np.array(list(run.labels_seen.values())) / total
    sizes, got = np.array(run.batch_sizes), np.array(run.batch_classes)
    expected = float(np.mean([np.sum(1 - (1 - shares) ** n) for n in sizes]))
    if np.mean(got) >= CLASSES_SHARE * expected or expected < 1.5:
        return None
    return found(
        f"A batch has {np.mean(got):.1f} classes on average; drawn at random it would have "
        f"{expected:.1f}. The examples come sorted by class, and each step unlearns the last ones.",
        "Take a new order in each epoch, order = rng.permutation(N), and index X and y with it.",
        classes=float(np.mean(got)), expected=expected,
    )  # fmt: skip


@rule("same-order", needs=("batches",), unless=("batch-repeated", "batches-sorted"))
def same_order(run):
    """Each epoch has the same batches in the same order."""
    epochs = [tuple(run.batches[part]) for part in run.epoch_slices()]
    epochs = [epoch for epoch in epochs if len(epoch) == len(epochs[0])]
    if run.whole_set_in_a_step or len(epochs) < 2 or len(epochs[0]) < 2 or len(set(epochs)) > 1:
        return None
    if len(set(epochs[0])) < 2:
        return None
    return found(
        f"All {len(epochs)} epochs had the same {len(epochs[0])} batches in the same order; the "
        "same examples always push together.",
        "Take a new order in each epoch, order = rng.permutation(N), from a generator that is "
        "made once, before the loop.",
        epochs=len(epochs), batches=len(epochs[0]),
    )  # fmt: skip


@rule("decay-per-step", needs=("rates",))
def decay_per_step(run):
    """The learning rate is multiplied in each step by what was meant for an epoch."""
    by_step = [r for part in run.epoch_slices() if (r := _decay_within(run, part)) is not None]
    if by_step:
        start, end, factor, steps = by_step[0]
        told = (f"from {number(start)} to {number(end)} in the {steps} steps of an epoch, by "
                f"{factor:.3g} in each")  # fmt: skip
    else:
        rates = run.known("learning_rate")
        ratios = rates[1:] / rates[:-1]
        if len(ratios) < 2 or not np.median(ratios) < DECAY_IN_AN_EPOCH:
            return None
        start, end = float(rates[0]), float(rates[-1])
        told = f"from {number(start)} to {number(end)} in {len(ratios)} epochs"
    return found(
        f"The learning rate falls {told}: soon no step moves anything.",
        "Multiply it by the decay once, after the loop over the batches; look at how far the "
        "line is indented.",
        start=start, end=end,
    )  # fmt: skip


def _decay_within(run, part):
    """Start, end, factor and steps, where one epoch decays steadily to less than a tenth."""
    rates = np.array(run.learning_rates[part])
    if len(rates) < FEW_STEPS or not (rates > 0).all():
        return None
    factors = rates[1:] / rates[:-1]
    usual = float(np.median(factors))
    steady = np.mean(np.isclose(factors, usual, rtol=1e-3)) >= SAME_FACTOR
    if usual < 1 and steady and rates[-1] < DECAY_IN_AN_EPOCH * rates[0]:
        return float(rates[0]), float(rates[-1]), usual, len(rates)
    return None
