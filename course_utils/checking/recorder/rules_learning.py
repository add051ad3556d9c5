"""Why nothing is learned: a rate too small, labels that do not belong to the inputs."""

from __future__ import annotations

import numpy as np

from course_utils.checking.recorder.rule import found, number, rule
from course_utils.checking.recorder.rules_loss import AT_CHANCE

# A good update is a thousandth of the weights; a hundredth of that is slow, but works.
UPDATE_TOO_SMALL = 1e-5
HARDLY_FELL = 0.1  # share of the first loss
NOT_AT_ALL = 0.02
EPOCHS_TO_JUDGE = 3

BROKEN = (
    "nan-in-data", "batch-repeated", "batches-sorted", "parameters-unchanged",
    "part-never-stepped", "symmetric-units", "zero-gradients", "dead-units", "signal-fades",
    "vanishing-gradients", "update-too-large", "diverged", "gradients-accumulate",
    "signal-explodes", "exploding-gradients", "loss-summed", "one-class-validation", "input-scale",
    "decay-per-step", "validation-scale",
)  # fmt: skip


@rule("learning-rate-too-small", needs=("params", "steps"),
      unless=("symmetric-units", "zero-gradients"))  # fmt: skip
def learning_rate_too_small(run):
    """Updates so short that nothing happens in the time there is."""
    updates = [np.median(t.updates[:20]) for t in run.weights.values() if len(t.updates) >= 5]
    losses = np.array(run.losses)
    tail = max(1, min(20, len(losses) // 4))
    fell = 1 - np.mean(losses[-tail:]) / np.mean(losses[:tail])
    if not updates or not 0 < max(updates) < UPDATE_TOO_SMALL or fell > HARDLY_FELL:
        return None
    return found(
        f"A step changes the weights by {number(max(updates))} of their length; 0.001 is usual. "
        f"In {len(losses):,} steps the loss fell by {100 * max(fell, 0):.1f} %.",
        "Multiply the learning rate by 10, and again, until the loss falls visibly in the first "
        "hundred steps.",
        update=float(max(updates)), fell=float(fell),
    )  # fmt: skip


@rule("labels-apart", needs=("train loss", "train accuracy"),
      unless=(*BROKEN, "learning-rate-too-small"))  # fmt: skip
def labels_apart(run):
    """The weights move, but what is learned about the examples holds for no others."""
    start = 1 if run.row_0 else 0  # before the first step, one class may be lucky
    train = run.known("train_accuracy")[start:]
    other = run.known("validation_accuracy")[start:]
    if len(train) < EPOCHS_TO_JUDGE or not _moves(run):
        return None
    chance = run.chance
    stuck = train[-1] < chance + AT_CHANCE and np.max(train) < chance + 2 * AT_CHANCE
    by_heart = (
        len(other) == len(train)
        and train[-1] > chance + 2 * AT_CHANCE
        and np.max(other) < chance + 2 * AT_CHANCE
        and other[-1] < chance + AT_CHANCE
        and len(other) >= EPOCHS_TO_JUDGE
    )
    if by_heart:
        told = (f"Training accuracy rises to {100 * train[-1]:.0f} %, validation accuracy stays at "
                f"{100 * other[-1]:.0f} %, that of guessing")  # fmt: skip
    elif stuck and len(other) and np.max(other) < chance + 2 * AT_CHANCE:
        told = (f"The weights move, and yet training accuracy stays at {100 * train[-1]:.0f} % and "
                f"validation accuracy at {100 * other[-1]:.0f} %, that of guessing")  # fmt: skip
    else:
        return None
    return found(
        f"{told}: labels and inputs do not belong together.",
        "Show ten examples with their labels. X and y must be permuted by one and the same "
        "order; two calls of rng.shuffle make two.",
        train=float(train[-1]), chance=chance,
    )  # fmt: skip


def _moves(run):
    """Whether the weights are seen to move by useful amounts."""
    updates = [np.median(t.updates[:20]) for t in run.weights.values() if t.updates]
    return bool(updates) and max(updates) > 10 * UPDATE_TOO_SMALL


@rule("not-learning", needs=("train loss", "train accuracy"),
      unless=(*BROKEN, "learning-rate-too-small", "labels-apart", "softmax-twice"))  # fmt: skip
def not_learning(run):
    """Loss and accuracy stay where they began, for no reason that another rule names."""
    losses, accuracies = run.known("train_loss"), run.known("train_accuracy")
    if len(losses) <= EPOCHS_TO_JUDGE or not run.row_0:
        return None
    fell = 1 - losses.min() / losses[0]
    if fell > NOT_AT_ALL or accuracies.max() > run.chance + 2 * AT_CHANCE:
        return None
    return found(
        f"After {len(losses) - 1} epochs the training loss is {losses[-1]:.3f}, it began at "
        f"{losses[0]:.3f}; the accuracy, {100 * accuracies[-1]:.0f} %, is that of guessing.",
        "Can the net learn ten examples by heart? If not, the gradient or the update is wrong; "
        "if so, try a ten times larger learning rate, and look at examples with their labels.",
        fell=float(fell),
    )  # fmt: skip
