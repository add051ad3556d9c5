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

# What a run may measure besides, such as BLEU: higher is better, NaN where it was not.
SCORE = "validation_score"

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
        validation_score: the same of what a run was told to judge by, such as BLEU; NaN
            without. Where there is one, the best epoch is that of the highest.
        stopped_because: why the training ended, a sentence; "" while it runs.
        notes: what else is worth telling, a list of sentences.
    """

    def __init__(self):
        for name in (*COLUMNS, SCORE):
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
            **row: a number for each of COLUMNS, all of them; and validation_score, if
                there is one.

        Raises:
            TypeError: a column missing, or one that is not known.
        """
        if row.keys() - {SCORE} != set(COLUMNS):
            raise TypeError(f"row: expected {', '.join(COLUMNS)}, got {', '.join(row)}")
        for name, value in ({SCORE: math.nan} | row).items():
            getattr(self, name).append(int(value) if name == "epoch" else float(value))

    def column(self, name):
        """Give one column as an array, to plot or to compute with.

        Args:
            name: one of COLUMNS, or "validation_score".

        Returns:
            (epochs + 1,), float64; "epoch" as integers.

        Raises:
            KeyError: no such column.
        """
        if name not in (*COLUMNS, SCORE):
            raise KeyError(f"column: expected one of {', '.join(COLUMNS)}, got {name!r}")
        return np.array(getattr(self, name), dtype=int if name == "epoch" else float)

    @property
    def best_epoch(self):
        """Epoch of the lowest validation loss, the first of equals; train loss without one.

        That of the highest score where there are scores. None before the first row. Rows
        that hold NaN or inf are passed over; where all do, it is the first row.
        """
        if not self.epoch:
            return None
        losses = self.validation_loss
        if self._scored:
            losses = [-score for score in self.validation_score]
        if all(map(math.isnan, losses)):
            losses = self.train_loss
        finite = [loss if math.isfinite(loss) else math.inf for loss in losses]
        return self.epoch[finite.index(min(finite))]

    @property
    def _scored(self):
        return not all(map(math.isnan, self.validation_score))

    def header(self):
        """Give the line above the lines: the names of the columns."""
        return _HEADER + "  valid score" if self._scored else _HEADER

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
        if self._scored:
            score = self.validation_score[row]
            cells += (f"{'-':>11}" if math.isnan(score) else f"{score:>11.4f}",)
        return "  ".join(cells)

    def table(self):
        """Give all epochs as text, the names of the columns above."""
        return "\n".join([self.header(), *(self.line(row) for row in range(len(self)))])

    def to_dict(self):
        """Copy everything into plain lists and strings, ready for JSON."""
        told = {"stopped_because": self.stopped_because, "notes": list(self.notes)}
        scores = {SCORE: list(self.validation_score)} if self._scored else {}
        return {name: list(getattr(self, name)) for name in COLUMNS} | scores | told

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
        history.validation_score = list(saved.get(SCORE, [math.nan] * len(history)))
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
