"""Faults told by the height of the loss: where it begins, what it cannot get below."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from course_utils.checking.recorder.rule import found, number, rule

# He's first weights on inputs of standard deviation 1 give logits of about ±1.4 and a
# first loss of up to 1.7 ln C; wide weights give many times ln C.
FIRST_TOO_LARGE = 2.5
# Nothing guesses better than ln C by luck; log10 for ln gives 0.43 of it.
FIRST_TOO_SMALL = 0.7
ENOUGH = 16  # examples in a batch for its loss to be near the mean
AT_CHANCE = 0.05  # an accuracy within this of the most frequent class's share
# The first loss, divided by N ln C: 1 at small logits, as above at He's.
SUMMED = (0.85, 1.7)
# Softmax of probabilities: right answers at accuracy a leave a loss near floor + 1 - a.
NEAR_FLOOR, ACCURATE, FLAT = 0.2, 0.8, 0.05
# Times the first loss, or ln C where that is more: where a run ends, and in any step.
DIVERGED, SHOT_UP = 3.0, 100.0
JUMPS_SHARE = 0.03  # of the later steps
# Rises of the training loss, over a whole epoch, that chance does not make: three of this
# size, or more smaller ones that add up to ln C.
RISE, RISE_NATS, RISES, RISES_SHARE = 1.5, 0.25, 3, 0.15


@rule("loss-summed", needs=("steps", "classes"))
def loss_summed(run):
    """The loss is summed over the batch instead of averaged."""
    n = run.batch_sizes[0] if run.batch_sizes else 0
    if n < 4 or not run.from_scratch:
        return None
    first = run.losses[0]
    # Where the loss was also measured by somebody else, that one says what a mean would be.
    mean = run.column("train_loss")[0] if run.row_0 and run.epochs["train_loss"] else math.nan
    n_times = abs(first / (n * mean) - 1) < 0.3 if 0 < mean < first / 2 else False
    if not n_times and not _proved_summed(run, first / (n * run.log_classes)):
        return None
    return found(
        f"The first loss is {number(first)}. That is {number(first / run.log_classes)} times "
        f"ln {run.n_classes} = {run.log_classes:.3f}, and a batch has {n} examples: the loss is "
        "summed, not averaged; so, as a rule, are its gradients.",
        "Divide the loss and its gradient by N. (With the sum, the learning rate would depend on "
        "the size of the batch.)",
        first=first, batch=n,
    )  # fmt: skip


def _proved_summed(run, share):
    """Whether a first loss of about N ln C is a sum, and not by chance that of wide weights.

    The gradient of the last bias is the mean of p - y, never longer than sqrt(2); a sum is.
    """
    last = [t for t in run.traces.values() if t.shape == (run.n_classes,) and t.gradients]
    if last:
        length = max(last[-1].gradients[:5]) * math.sqrt(run.n_classes)
        return SUMMED[0] < share < SUMMED[1] and length > 1.05 * math.sqrt(2)
    few = np.array(run.losses[:5])
    return SUMMED[0] < share < 2 - SUMMED[0] and np.ptp(few) < 0.1 * np.mean(few)


@rule("initial-loss-too-large", needs=("loss", "classes"), unless=("loss-summed",))
def initial_loss_too_large(run):
    """The net is sure of wrong answers before it has seen anything."""
    first, usual = run.first_loss, run.log_classes
    if not run.from_scratch or not first > FIRST_TOO_LARGE * usual:
        return None
    return found(
        f"The first loss is {number(first)}; {run.n_classes} classes and no idea cost "
        f"ln {run.n_classes} = {usual:.3f}. It is {first / usual:.1f} times that: the net is sure "
        "of wrong answers before it has learned anything.",
        "The first weights are too wide, or the inputs are not scaled: sqrt(2 / D) as standard "
        "deviation, and inputs with a standard deviation near 1.",
        first=first, usual=usual,
    )  # fmt: skip


@rule("initial-loss-too-small", needs=("loss", "classes", "train accuracy"))
def initial_loss_too_small(run):
    """A loss below that of guessing, at the accuracy of guessing: it is not -ln p."""
    first, usual = run.first_loss, run.log_classes
    if run.batch_sizes and run.batch_sizes[0] >= ENOUGH:
        first = run.losses[0]  # what is trained on; the epochs' may be measured by others
    accuracy = run.column("train_accuracy")[0]
    guessing = run.row_0 and accuracy < run.chance + 2 * AT_CHANCE
    if not (run.from_scratch and guessing and first < FIRST_TOO_SMALL * usual):
        return None
    ten = abs(first / usual * math.log(10) - 1) < 0.15
    return found(
        f"The first loss is {number(first)} at an accuracy of {100 * accuracy:.0f} %; guessing "
        f"among {run.n_classes} classes costs ln {run.n_classes} = {usual:.3f}.",
        "The logarithm is one to base 10: use np.log." if ten else
        "Is the loss divided by N twice, or n_classes not the number of logits?",
        first=first, usual=usual,
    )  # fmt: skip


@rule("softmax-twice", needs=("classes",))
def softmax_twice(run):
    """The loss gets probabilities and takes their softmax once more."""
    C = run.n_classes
    floor = math.log(math.e + C - 1) - 1
    if run.outputs_seen and run.outputs_probabilities:
        told = "What the loss is given sums to 1 in each row: it is probabilities already"
        lowest = min(run.losses, default=math.nan)
    else:
        losses, accuracies = run.known("train_loss"), run.known("train_accuracy")
        every = np.array(run.losses + losses.tolist())
        if len(losses) < 3 or len(accuracies) < 3 or not _within_band(every, floor):
            return None
        lowest, last, accuracy = float(every.min()), losses[-1], accuracies[-1]
        near = abs(last - (floor + 1 - accuracy)) < NEAR_FLOOR
        if not (near and accuracy > ACCURATE and losses[-2] - last < FLAT):
            return None
        told = (f"At an accuracy of {100 * accuracy:.0f} % the loss is still {last:.3f} and hardly "
                f"falls; the lowest was {lowest:.3f}")  # fmt: skip
    return found(
        f"{told}. Softmax taken twice cannot get below ln(e + {C} - 1) - 1 = {floor:.4f}.",
        "Give the loss the logits: it takes the softmax itself.",
        floor=floor, lowest=lowest,
    )  # fmt: skip


def _within_band(losses, floor):
    """Whether all losses lie where the softmax of probabilities can put them."""
    return bool((losses > floor - 0.01).all() and (losses < floor + 1.01).all())


@rule("diverged", needs=("any loss",))
def diverged(run):
    """The loss becomes NaN or inf, or ends far above where it began."""
    bad = [i for i, loss in enumerate(run.losses) if not math.isfinite(loss)]
    epochs = run.column("train_loss")
    began = run.first_loss if math.isfinite(run.first_loss) else 0.0
    usual = max(began, run.log_classes if run.n_classes and run.n_classes > 1 else 0.0)
    worst = DIVERGED * usual
    start = max([usual, *run.losses[:1]])  # a sum over the batch is no divergence
    if bad:
        told = f"The loss is {run.losses[bad[0]]} in step {bad[0] + 1} of {len(run.losses)}"
    elif len(epochs) and np.isinf(epochs).any():
        told = "The training loss is inf at the end of an epoch"
    elif run.stopped_because.startswith("diverged"):
        told = f"The training loop gave up: {run.stopped_because.rstrip('?.')}"
    elif usual == 0:  # nothing to compare with
        return None
    elif len(epochs) and epochs[-1] > worst:
        told = f"The training loss ends at {number(epochs[-1])}"
    elif len(run.losses) >= 10 and np.median(run.losses[-5:]) > DIVERGED * start:
        told = f"The loss ends at {number(float(np.median(run.losses[-5:])))}"
    elif max(run.losses, default=0) > SHOT_UP * start:
        at = int(np.argmax(run.losses))
        told = f"The loss shoots up to {number(run.losses[at])} in step {at + 1}"
    else:
        return None
    return found(
        f"{told}; it began at {number(run.first_loss)}." if 0 not in bad[:1] else f"{told}.",
        "Divide the learning rate by 10." if 0 not in bad[:1] else
        "No update was made before: look for NaN in the data, and for a logarithm of 0.",
        first=run.first_loss, bad_steps=len(bad),
    )  # fmt: skip


@rule("loss-oscillates", needs=("loss", "classes"), unless=("diverged", "batches-sorted"))
def loss_oscillates(run):
    """The loss jumps up again and again, after it was far below."""
    told = _jumps_of_steps(run) or _jumps_of_epochs(run)
    if not told:
        return None
    return found(
        f"{told}: it jumps over the valley and back.",
        "Divide the learning rate by 3 to 10, or let it fall from epoch to epoch.",
        first=run.first_loss,
    )  # fmt: skip


def _jumps_of_steps(run):
    """A sentence where single steps are worse than guessing, though others are good."""
    late = np.array(run.losses[len(run.losses) // 3 :])
    if len(late) < 20 or np.quantile(late, 0.25) > 0.5 * run.log_classes:
        return ""
    jumps = int((late > run.log_classes).sum())
    if jumps < 3 or jumps < JUMPS_SHARE * len(late):
        return ""
    return (f"In the last {len(late)} steps the loss is below {np.quantile(late, 0.25):.2f} in a "
            f"quarter of them, and above ln {run.n_classes} = {run.log_classes:.2f}, worse than "
            f"guessing, in {jumps}")  # fmt: skip


def _jumps_of_epochs(run):
    """A sentence where the training loss rises a lot in several epochs."""
    losses = run.known("train_loss")
    rises = [(a, b) for a, b in pairwise(losses) if b > 1.1 * a and b - a > 0.1]
    high = sum(b > RISE * a and b - a > RISE_NATS for a, b in rises)
    # With the whole set in a step, an epoch is a single step: more of them may rise.
    if (
        high < max(RISES, RISES_SHARE * len(losses))
        and sum(b - a for a, b in rises) < run.log_classes
    ):
        return ""
    worst = max(rises, key=lambda pair: pair[1] - pair[0])
    return (f"The training loss rose in {len(rises)} of {len(losses) - 1} epochs, once from "
            f"{number(worst[0])} to {number(worst[1])}")  # fmt: skip
