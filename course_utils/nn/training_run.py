"""A training run: batches, epochs, when to stop, and what is kept of it."""

import math
import time
from pathlib import Path

import numpy as np

from ._checks import expect_generator
from .checkpoint import Checkpoint, load_checkpoint, restore, save_checkpoint
from .evaluation import evaluate, examples, prepared
from .history import History
from .net_state import arrays_of, copy_arrays, generator_state, set_arrays
from .optional import FromLesson

# At the end of an epoch the loss may not be more than this many times what it was
# before the first step, or what guessing costs (ln C) where that is more.
DIVERGED_ABOVE = 10


class Run:
    """One call of fit: what it was given, and how far it is.

    Args:
        net, train, validation, optimizer, batch_size, rng, prepare, report, progress,
        max_norm, measure, judge: as for fit.
        decay: fit's learning_rate_decay.
        n_measured: fit's train_accuracy_on.
    """

    clipping = FromLesson("05", "course_utils.nn.clipping", "clip_gradients")

    def __init__(self, net, train, validation, optimizer, *, batch_size, rng, prepare, decay,
                 n_measured, report, progress, max_norm, measure, judge):  # fmt: skip
        expect_generator(rng)
        self.net, self.optimizer, self.rng = net, optimizer, rng
        self.X, self.y = examples("train", train)
        self.validation = None if validation is None else examples("validation", validation)
        self.batch_size, self.prepare, self.decay = batch_size, prepare, decay
        self.report, self.progress = report or _silent, progress
        self.max_norm, self.measure, self.judge = max_norm, measure, judge
        self.clip = None if max_norm is None else self.clipping.find()
        self.history, self.diverged = History(), ""
        self.best_params, self.best_epoch = {}, 0
        # Evenly spread, because the examples may be sorted by class.
        n = len(self.y) if n_measured is None else min(n_measured, len(self.y))
        self.measured = np.linspace(0, len(self.y) - 1, n).astype(int)  # (n,)
        self.settings = {
            "batch_size": int(batch_size), "learning_rate_decay": float(decay),
            "train_accuracy_on": n, "training examples": len(self.y),
            "max_norm": None if max_norm is None else float(max_norm),
        }  # fmt: skip

    def begin(self):
        """Measure the net before the first step: row 0."""
        started = time.perf_counter()
        with _quiet_overflow():
            self._measure(0, started)

    def resume(self, path):
        """Take up the thread where the file was written."""
        saved = load_checkpoint(path)
        restore(saved, self.net, self.optimizer, self.rng, self.settings)
        self.history, self.best_params = saved.history, saved.best_params
        self.best_epoch = self.history.best_epoch
        self.history.notes.append(f"resumed after epoch {saved.epoch} from {path}")
        for line in (*self.history.table().splitlines(), self.history.notes[-1]):
            self.report(line)

    def save(self, path):
        """Write down everything that the next epoch depends on."""
        save_checkpoint(path, Checkpoint(
            arrays_of(self.net), self.optimizer.state_dict(), self.rng.bit_generator.state,
            self.history, self.best_params, self.settings, generator_state(self.net),
        ))  # fmt: skip

    def reason_to_stop(self, epochs, patience):
        """Say why not to go on; a function of the history alone, so it survives a resume."""
        if self.diverged:
            return self.diverged
        last, best = self.history.epoch[-1], self.best_epoch
        if not math.isfinite(self.history.train_loss[-1]):
            return (f"the loss is {self.history.train_loss[-1]} before the first step; "
                    "NaN or inf in the data, or first weights too large?")  # fmt: skip
        if patience is not None and last - best >= patience:
            what = "score" if self.judge is not None else "loss"
            return (f"the validation {what} has not improved for {patience} epochs, "
                    f"since epoch {best}")  # fmt: skip
        return f"all {epochs} epochs done" if last >= epochs else ""

    def epoch(self):
        """Go through the training examples once, in a new order, and measure."""
        started, number = time.perf_counter(), self.history.epoch[-1] + 1
        order = self.rng.permutation(len(self.y))  # (N,)
        batches = [order[i : i + self.batch_size] for i in range(0, len(order), self.batch_size)]
        shown = batches
        if self.progress is not None:
            shown = self.progress(batches, total=len(batches), description=f"epoch {number}")
        with _quiet_overflow():
            for step, rows in enumerate(shown, start=1):
                loss = self._step(rows)
                if not math.isfinite(loss):
                    self._diverge(f"in epoch {number}, step {step} of {len(batches)}", loss)
                    return
            self._measure(number, started)
        self.optimizer.learning_rate *= self.decay

    def end(self, back_to_best):
        """Say why it is over, and put back the best parameters where that was promised."""
        self.report(f"stopped: {self.history.stopped_because}")
        if self.diverged or (back_to_best and self.best_epoch != self.history.epoch[-1]):
            set_arrays(self.net, self.best_params)
            self.history.notes.append(f"the parameters are those of epoch {self.best_epoch}")
            self.report(self.history.notes[-1])

    def _step(self, rows):
        """Make one step on the given rows and return the loss before it."""
        X = prepared(self.X[rows], self.prepare)
        loss, grads = self.net.loss_and_grads(X, self.y[rows])
        loss = float(loss)
        if math.isfinite(loss):  # else the gradients are worthless
            if self.max_norm is not None:
                grads, _ = self.clip(grads, self.max_norm)
            self.optimizer.step(self.net.params, grads)
        return loss

    def _measure(self, number, started):
        """Measure at the end of an epoch, add and report the row, and look whether it diverges.

        Training and validation are measured alike, on the net as it is now and without the
        penalty on the weights: only then does a gap between them mean over-fitting.
        """
        rows, measure = self.measured, self.measure or evaluate
        loss, accuracy = measure(self.net, (self.X[rows], self.y[rows]), self.prepare)
        if number > 0 and not math.isfinite(loss):  # the last step broke it: nothing to record
            self._diverge(f"at the end of epoch {number}", loss)
            return
        validation = math.nan, math.nan
        if self.validation is not None:
            validation = measure(self.net, self.validation, self.prepare)
        score = math.nan if self.judge is None else float(self.judge(self.net))
        self.history.append(
            epoch=number, train_loss=loss, train_accuracy=accuracy,
            validation_loss=validation[0], validation_accuracy=validation[1],
            validation_score=score, learning_rate=self.optimizer.learning_rate,
            seconds=time.perf_counter() - started,
        )  # fmt: skip
        if number == 0:
            self.report(self.history.header())
        self.report(self.history.line())
        if number > 0 and loss > self._highest_loss():
            self._diverge(f"by the end of epoch {number}", loss)
        elif self.history.best_epoch == number:
            self.best_epoch = number
            self.best_params = copy_arrays(self.net)

    def _highest_loss(self):
        """Give the loss above which an epoch may not end.

        A spike that is over by the end of the epoch passes, and so does a net that was
        already good and has become a little worse: guessing counts as a start too, where
        it is known what guessing costs.
        """
        if self.measure is not None:
            return DIVERGED_ABOVE * self.history.train_loss[0]
        n_classes = self.net.logits(prepared(self.X[:1], self.prepare)).shape[1]
        return DIVERGED_ABOVE * max(self.history.train_loss[0], math.log(n_classes))

    def _diverge(self, where, loss):
        """Note that there is no point in going on, and the likely cause."""
        self.diverged = (
            f"diverged {where}: the loss is {loss:.4g}, it began at "
            f"{self.history.train_loss[0]:.4g}; learning rate {self.optimizer.learning_rate:g} "
            "too large?"
        )


def _quiet_overflow():
    """Silence NumPy's warnings: a loss of NaN or inf ends the run and is told in words."""
    return np.errstate(over="ignore", invalid="ignore", divide="ignore")


def _silent(line):
    """Report to nobody."""


def go_through(run, epochs, patience, checkpoint, resume):
    """Train until there is a reason to stop, and write a checkpoint after each epoch.

    Args:
        run: a Run; its history is told why it stopped.
        epochs: as for fit.
        patience: fit's early_stopping.
        checkpoint: as for fit.
        resume: as for fit.
    """
    if resume and Path(checkpoint).exists():
        run.resume(checkpoint)
    else:
        run.begin()
        if checkpoint is not None:  # at once: a folder that is missing shows now, not in an hour
            run.save(checkpoint)
    while not (reason := run.reason_to_stop(epochs, patience)):
        run.epoch()
        if checkpoint is not None and not run.diverged:
            run.save(checkpoint)
    run.history.stopped_because = reason


def expect_settings(
    epochs, batch_size, n_measured, *, validation, checkpoint, early_stopping, resume,
    learning_rate_decay=1.0, max_norm=None,
):  # fmt: skip
    """Refuse settings out of range before any time is spent.

    Args:
        n_measured: fit's train_accuracy_on.
        epochs, batch_size, validation, checkpoint, early_stopping, resume,
        learning_rate_decay, max_norm: as for fit.

    Raises:
        ValueError: out of range, or two that do not go together.
    """
    counts = {"epochs": (epochs, 0), "batch_size": (batch_size, 1)}
    if early_stopping is not None:
        counts["early_stopping"] = early_stopping, 1
    if n_measured is not None:
        counts["train_accuracy_on"] = n_measured, 1
    for name, (value, least) in counts.items():
        whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
        if not whole or value < least:
            raise ValueError(f"{name}: expected a whole number from {least} on, got {value!r}")
    if not 0 < learning_rate_decay < math.inf:
        raise ValueError(
            f"learning_rate_decay: expected a factor such as 0.95, got {learning_rate_decay!r}; "
            "1.0 keeps the learning rate"
        )
    if max_norm is not None and not 0 < max_norm < math.inf:
        raise ValueError(
            f"max_norm: expected a positive number, got {max_norm!r}; None clips nothing"
        )
    if early_stopping is not None and validation is None:
        raise ValueError("early_stopping: expected validation examples to judge by, got None")
    if resume and checkpoint is None:
        raise ValueError("resume: expected a file in checkpoint to go on from, got None")
