"""What is kept of a run: a few numbers for each step, epoch, parameter and layer."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

HISTORY_COLUMNS = (
    "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "learning_rate",
)  # fmt: skip


@dataclass
class Trace:
    """One parameter over the run; lists have an entry for each step that was looked at.

    Args:
        shape: of the parameter.
        values: root mean square of its entries.
        gradients: root mean square of its gradient's.
        gradient_nonzero: whether any entry of any gradient seen was not 0.
        updates: length of an update over length of the parameter.
        fingerprints: of all its bytes, at some steps and each epoch's end.
        alike: whether its units (columns, or rows) are all equal, at the same moments.
    """

    shape: tuple[int, ...]
    values: list[float] = field(default_factory=list)
    gradients: list[float] = field(default_factory=list)
    gradient_nonzero: bool = False
    updates: list[float] = field(default_factory=list)
    fingerprints: list[int] = field(default_factory=list)
    alike: list[bool] = field(default_factory=list)

    @property
    def is_weight(self) -> bool:
        """Whether it is a matrix or kernels: biases and scales have norms of their own."""
        return len(self.shape) >= 2

    @property
    def moved(self) -> bool:
        """Whether any two fingerprints differ."""
        return len(set(self.fingerprints)) > 1


@dataclass
class Activity:
    """The units of one hidden layer.

    Args:
        sizes: root mean square of the activations, one for each look.
        alive: (M,), units above 0 for any example since the epoch began.
        seen: examples looked at since then.
        last_alive, last_seen: the same of the epoch before.
    """

    sizes: list[float] = field(default_factory=list)
    alive: np.ndarray | None = None
    seen: int = 0
    last_alive: np.ndarray | None = None
    last_seen: int = 0

    def latest(self) -> tuple[np.ndarray | None, int]:
        """Give the units alive and the examples seen, of the epoch with more examples."""
        if self.seen >= self.last_seen:
            return self.alive, self.seen
        return self.last_alive, self.last_seen


@dataclass
class Frozen:
    """Arrays that may not move: their fingerprints then, and the keys that moved since.

    Args:
        kind: "parameters" or "buffers".
        source: the arrays by key, or a function that gives them.
        first: fingerprints at the beginning.
        moved: keys that differ now.
    """

    kind: str
    source: object
    first: dict
    moved: set = field(default_factory=set)


@dataclass
class SetFacts:
    """One set of examples: mean and standard deviation, what is not finite, its classes."""

    n: int
    mean: float
    std: float
    not_finite: int
    whole_numbers: bool
    classes: Counter


@dataclass
class Record:
    """A run, as far as it was seen. Rules read this and nothing else.

    Lists named for steps have one entry for each step; a column of `epochs` has one for
    each epoch, row 0 from before the first step where the caller measured there.
    """

    n_classes: int | None = None
    from_scratch: bool = True
    losses: list[float] = field(default_factory=list)
    batch_sizes: list[int] = field(default_factory=list)
    batch_classes: list[int] = field(default_factory=list)
    batches: list[int] = field(default_factory=list)  # fingerprints
    labels_seen: Counter = field(default_factory=Counter)
    batch_scale: list[tuple[float, float]] = field(default_factory=list)  # mean, std
    batch_not_finite: int = 0
    learning_rates: list[float] = field(default_factory=list)
    epoch_ends: list[int] = field(default_factory=list)  # steps made by then
    epochs: dict[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in HISTORY_COLUMNS}
    )
    row_0: bool = False  # whether the first row was measured before the first step
    stopped_because: str = ""
    traces: dict[str, Trace] = field(default_factory=dict)
    young_gradients: list[tuple[float, float, float]] = field(default_factory=list)
    repeated_gradients: list[tuple[int, float]] = field(default_factory=list)
    activity: dict[str, Activity] = field(default_factory=dict)
    outputs_seen: int = 0
    outputs_probabilities: bool = True
    sets: dict[str, SetFacts] = field(default_factory=dict)
    overlap: tuple[int, int] | None = None  # validation rows found in train, of how many
    frozen: dict[str, Frozen] = field(default_factory=dict)
    moving: dict[str, list[int]] = field(default_factory=dict)  # buffers' fingerprints

    def column(self, name: str) -> np.ndarray:
        """Give a column of the epochs, NaN where it was not measured."""
        return np.array(self.epochs[name], dtype=float)

    def known(self, name: str) -> np.ndarray:
        """Give the entries of a column that were measured and are finite."""
        column = self.column(name)
        return column[np.isfinite(column)]

    @property
    def log_classes(self) -> float:
        """The loss of a net that has no idea: ln C; NaN where C is not known."""
        return math.log(self.n_classes) if self.n_classes and self.n_classes > 1 else math.nan

    @property
    def chance(self) -> float:
        """Accuracy of always naming the most frequent class."""
        shares = [1 / self.n_classes] if self.n_classes else []
        for counts in [self.labels_seen, *(facts.classes for facts in self.sets.values())]:
            if len(counts) > 1:
                shares.append(max(counts.values()) / counts.total())
        return max(shares) if shares else math.nan

    @property
    def first_loss(self) -> float:
        """The loss before the first step; NaN where none was seen."""
        if self.row_0 and len(self.known("train_loss")):
            return float(self.column("train_loss")[0])
        return self.losses[0] if self.losses else math.nan

    @property
    def weights(self) -> dict[str, Trace]:
        """The traces of weights, in the order of the layers."""
        return {key: trace for key, trace in self.traces.items() if trace.is_weight}

    def epoch_slices(self) -> list[slice]:
        """Where in the lists for steps each epoch lies; the one under way last."""
        ends = sorted({0, *self.epoch_ends, len(self.losses)})
        return [slice(a, b) for a, b in pairwise(ends)]

    @property
    def whole_set_in_a_step(self) -> bool:
        """Whether each batch is all there is: then the same batch each step is right."""
        if not self.batch_sizes:
            return False
        if "train" in self.sets:
            return max(self.batch_sizes) >= self.sets["train"].n
        lengths = [part.stop - part.start for part in self.epoch_slices()]
        return len(lengths) < 2 or max(lengths) == 1
