"""Faults of the examples: scale, NaN, labels, rows in both sets."""

from __future__ import annotations

import math

from course_utils.checking.recorder.rule import found, number, rule

# Inputs have mean about 0 and standard deviation about 1, or lie in 0..1 (std 0.3 for
# digits). Pixels in 0..255 have a standard deviation of 50 to 100, and divided by 255
# twice one of 0.001: a factor of ten is left on both sides.
STD_TOO_LARGE, STD_TOO_SMALL = 10.0, 0.005
# Two sets drawn from one differ by a few percent in both.
OTHER_SCALE, OTHER_MEAN = 2.0, 0.5
# One row in a hundred may be in both by chance: photos taken twice, simple drawings.
OVERLAP, OVERLAP_ROWS = 0.01, 2
SET_NAMES = {"train": "training", "validation": "validation"}


@rule("nan-in-data", needs=("inputs",))
def nan_in_data(run):
    """NaN or inf among the inputs."""
    bad = {name: facts.not_finite for name, facts in run.sets.items() if facts.not_finite}
    if not bad and not run.batch_not_finite:
        return None
    told = " and ".join(f"{count:,} in the {SET_NAMES[name]} set" for name, count in bad.items())
    told = told or f"they are in {run.batch_not_finite} of the batches looked at"
    return found(
        f"There are numbers among the inputs that are NaN or inf: {told}.",
        "Find the rows with np.isfinite(X).all(axis=1), and what made them: a division by "
        "a standard deviation of 0, a logarithm of 0, or an empty cell of the file.",
        sets=bad, batches=run.batch_not_finite,
    )  # fmt: skip


@rule("input-scale", needs=("inputs",), unless=("nan-in-data",))
def input_scale(run):
    """Inputs far from mean 0 and standard deviation 1: pixels that were never scaled."""
    if "train" in run.sets and not run.sets["train"].whole_numbers:
        mean, std = run.sets["train"].mean, run.sets["train"].std
    elif run.batch_scale:
        mean, std = (sum(v) / len(v) for v in zip(*run.batch_scale, strict=True))
    else:
        return None
    if not math.isfinite(std) or std == 0 or STD_TOO_SMALL <= std <= STD_TOO_LARGE:
        return None
    large = std > STD_TOO_LARGE
    return found(
        f"The inputs have mean {number(mean)} and standard deviation {number(std)}; first "
        "weights are made for inputs with a standard deviation near 1.",
        "Pixels from 0 to 255? Divide them by 255 before the net sees them, in training and "
        "in validation." if large else
        "Divided by 255 twice? Look at X.min() and X.max() after each step of preparation.",
        mean=mean, std=std,
    )  # fmt: skip


@rule("validation-scale", needs=("train set", "validation set"), unless=("nan-in-data",))
def validation_scale(run):
    """Training and validation inputs were prepared differently."""
    train, other = run.sets["train"], run.sets["validation"]
    if train.whole_numbers or not (train.std > 0 and other.std > 0):
        return None
    ratio = max(train.std / other.std, other.std / train.std)
    apart = abs(train.mean - other.mean) / train.std
    if ratio < OTHER_SCALE and apart < OTHER_MEAN:
        return None
    return found(
        f"Training inputs have mean {number(train.mean)} and standard deviation "
        f"{number(train.std)}, validation inputs {number(other.mean)} and {number(other.std)}: "
        "they were not prepared alike.",
        "Send both sets through the same function, with the mean and the standard deviation "
        "of the training set.",
        train=(train.mean, train.std), validation=(other.mean, other.std),
    )  # fmt: skip


@rule("overlap", needs=("both sets",))
def overlap(run):
    """Validation examples that are training examples too."""
    shared, n = run.overlap
    if shared < OVERLAP_ROWS or shared < OVERLAP * n:
        return None
    return found(
        f"{shared:,} of the {n:,} validation examples are in the training set too, to the last "
        "bit: the validation accuracy also counts what was learned by heart.",
        "Divide the rows once, with one permutation: the first part to train, the rest to "
        "validate; np.intersect1d of the row numbers must be empty.",
        shared=shared, of=n,
    )  # fmt: skip


@rule("one-class-validation", needs=("validation set",))
def one_class_validation(run):
    """All validation labels are the same."""
    classes = run.sets["validation"].classes
    if len(classes) != 1 or (run.n_classes or 2) < 2 or run.sets["validation"].n < 10:
        return None
    label = next(iter(classes))
    return found(
        f"All {run.sets['validation'].n:,} validation labels are {label}: the accuracy on them "
        "says how often the net names one class, not how good it is.",
        "The data were sorted by class when they were cut? Permute rows and labels together "
        "first, or divide each class by itself.",
        label=label,
    )  # fmt: skip
