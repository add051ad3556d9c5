"""What a training run leaves behind: one row of numbers for each epoch, and why it ended."""

import math

import numpy as np

COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "validation_loss",
    "validation_accuracy",
    "learning_rate",
    "seconds",
)

_HEADER = "epoch  train loss  train acc  valid loss  valid acc  learning rate  seconds"


class History:
    """Plain lists, one for each column, and in words why the training ended.

    Row 0 is measured before the first step, each other row at the end of its epoch. Both
    losses are the cross-entropy alone, without the penalty on the weights, so that they
    can be compared. Losses are in nats, accuracies shares from 0 to 1, ``seconds`` one
    epoch's, measuring included. A column that was not measured holds NaN.

    Attributes:
        epoch, train_loss, train_accuracy, validation_loss, validation_accuracy,
        learning_rate, seconds: lists of numbers, one for each epoch from 0 on.
        stopped_because: why the training ended, a sentence; "" while it runs.
        notes: what else is worth telling, a list of sentences.
    """

    def __init__(self):
        for name in COLUMNS:
            setattr(self, name, [])
        self.stopped_because = ""
        self.notes = []

    def __len__(self):
        return len(self.epoch)

    def __repr__(self):
        return f"History({len(self)} rows, stopped_because={self.stopped_because!r})"

    def __str__(self):
        ending = [f"stopped: {self.stopped_because}"] if self.stopped_because else []
        return "\n".join([self.table(), *ending, *self.notes])

    def append(self, **row):
        """Add one epoch.

        Args:
            **row: a number for each of COLUMNS; all of them.

        Raises:
            TypeError: a column missing, or one that is not known.
        """
        if row.keys() != set(COLUMNS):
            raise TypeError(f"row: expected {', '.join(COLUMNS)}, got {', '.join(row)}")
        for name, value in row.items():
            getattr(self, name).append(int(value) if name == "epoch" else float(value))

    def column(self, name):
        """Give one column as an array, to plot or to compute with.

        Args:
            name: one of COLUMNS.

        Returns:
            (epochs + 1,), float64; "epoch" as integers.

        Raises:
            KeyError: no such column.
        """
        if name not in COLUMNS:
            raise KeyError(f"column: expected one of {', '.join(COLUMNS)}, got {name!r}")
        return np.array(getattr(self, name), dtype=int if name == "epoch" else float)

    @property
    def best_epoch(self):
        """Epoch of the lowest validation loss, the first of equals; train loss without one.

        None before the first row. Rows that hold NaN or inf are passed over; where all do,
        it is the first row.
        """
        if not self.epoch:
            return None
        losses = self.validation_loss
        if all(map(math.isnan, losses)):
            losses = self.train_loss
        finite = [loss if math.isfinite(loss) else math.inf for loss in losses]
        return self.epoch[finite.index(min(finite))]

    def header(self):
        """Give the line above the lines: the names of the columns."""
        return _HEADER

    def line(self, row=-1):
        """Give one epoch as a line of text, in columns of fixed width.

        Args:
            row: which one; the last by default.

        Returns:
            A line as wide as header().
        """
        cells = (
            f"{self.epoch[row]:>5d}",
            _loss(self.train_loss[row]),
            _percent(self.train_accuracy[row]),
            _loss(self.validation_loss[row]),
            _percent(self.validation_accuracy[row]),
            f"{self.learning_rate[row]:>13.4g}",
            f"{self.seconds[row]:>7.1f}",
        )
        return "  ".join(cells)

    def table(self):
        """Give all epochs as text, the names of the columns above."""
        return "\n".join([self.header(), *(self.line(row) for row in range(len(self)))])

    def to_dict(self):
        """Copy everything into plain lists and strings, ready for JSON."""
        told = {"stopped_because": self.stopped_because, "notes": list(self.notes)}
        return {name: list(getattr(self, name)) for name in COLUMNS} | told

    @classmethod
    def from_dict(cls, saved):
        """Make a history out of what to_dict gave.

        Args:
            saved: what to_dict returned.

        Returns:
            A History with its own lists.

        Raises:
            KeyError: a column missing.
        """
        history = cls()
        for name in COLUMNS:
            setattr(history, name, list(saved[name]))
        history.stopped_because = saved["stopped_because"]
        history.notes = list(saved["notes"])
        return history


def _loss(value):
    """Ten characters; the number is rounded more roughly where it is long."""
    if math.isnan(value):
        return f"{'-':>10}"
    return f"{value:>10.4f}" if abs(value) < 10_000 else f"{value:>10.3g}"


def _percent(value):
    """Nine characters, "-" for what was not measured."""
    return f"{'-':>9}" if math.isnan(value) else f"{100 * value:>7.2f} %"
