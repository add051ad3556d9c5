"""Training a PyTorch model: course_utils.nn's loop, with PyTorch's step inside."""

import math

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from course_utils.nn._checks import expect_generator, expect_labels
from course_utils.nn.evaluation import prepared
from course_utils.nn.optional import FromLesson
from course_utils.nn.training_run import Run, expect_settings, go_through

from .optimizers import OptimizerView, weights_of
from .view import TorchNet


def fit(
    model, train, validation, *, optimizer, epochs, batch_size, rng, prepare=None,
    schedule=None, augment=None, weight_decay=0.0, label_smoothing=0.0, early_stopping=None,
    report=print, progress=None, checkpoint=None, resume=False, train_accuracy_on=5_000,
    max_norm=None, loss=None, measure=None, judge=None, device=None,
):  # fmt: skip
    """Train a PyTorch model in place, and keep account of it as course_utils.nn.fit does.

    The same stopping rules, the same History, the same batches from the same rng. On the
    CPU equal settings give equal results to the last bit, dropout and augment included,
    whatever was drawn from PyTorch's global generator before. With early_stopping, and
    after a divergence, the model ends with the state of the best epoch before, otherwise
    with that of the last. It is left in evaluation mode.

    Args:
        model: a torch.nn.Module that turns a batch into logits, (N, C).
        train: anything with X, (N, ...), and y, (N,), or the pair (X, y), NumPy.
        validation: the same; None to go without.
        optimizer: a torch.optim.Optimizer of the model's parameters.
        epochs: how often to go through train, counted from the beginning also on resume.
        batch_size: examples in a step; the last batch of an epoch may have fewer.
        rng: numpy.random.Generator; gives one permutation of train for each epoch.
        prepare: a function that turns a batch of X into floats of the model's dtype, NumPy
            to NumPy, such as a PixelScaler; None leaves X as it is.
        schedule: a function (epochs done, epochs) -> factor of the learning rate, asked
            before each step, such as Cosine(); None keeps the learning rate.
        augment: a function (tensor, torch.Generator) -> tensor, such as Augment(...),
            on each training batch before prepare; never where something is measured.
        weight_decay: strength of the course's L2 penalty: the loss is cross-entropy +
            weight_decay * sum W^2, over weights, never biases or scales of batch norm.
        label_smoothing: share of the target that is spread evenly over all classes, in
            training; measured is without.
        early_stopping: patience in epochs; None never stops early.
        report: called with each line of text; None for silence.
        progress: called as progress(batches, total=..., description=...).
        checkpoint: a file to write after each epoch, a .npz; None writes none.
        resume: go on from the file checkpoint where it exists, to the last bit as if
            the run had never been interrupted (on the CPU).
        train_accuracy_on: number of training examples that training loss and accuracy
            are measured on; None for all.
        max_norm: gradients that are longer, all together, are clipped to this norm, the
            penalty's included; None lets them be.
        loss: for another task than naming a class: a function (model, X, y,
            label_smoothing) -> scalar tensor, with X and y the batch as tensors; None for
            the cross-entropy of model(X).
        measure: as for course_utils.nn.fit; it goes with loss. What it is given as a net
            is a TorchNet, whose .model is yours.
        judge: a function TorchNet -> number, the higher the better, asked where validation
            is measured; its score takes the place of the validation loss.
        device: where to compute, such as "cuda"; None for where the model is.

    Returns:
        A course_utils.nn.History, with the reason why it stopped.

    Raises:
        TypeError: model, optimizer or rng is something else; a batch of the wrong dtype.
        ValueError: no examples, settings out of range, labels that do not fit.
        CheckpointError: the file is damaged or belongs to another run.
    """
    expect_settings(
        epochs, batch_size, train_accuracy_on, validation=validation, checkpoint=checkpoint,
        early_stopping=early_stopping, resume=resume, max_norm=max_norm,
    )  # fmt: skip
    _expect_shares(weight_decay, label_smoothing)
    _expect_both(loss, measure)
    run = _TorchRun(
        TorchNet(model, device), train, validation, OptimizerView(optimizer),
        batch_size=batch_size, rng=rng, prepare=prepare, decay=1.0,
        n_measured=train_accuracy_on, report=report, progress=progress, max_norm=max_norm,
        measure=measure, judge=judge,
    )  # fmt: skip
    run.set_up(epochs, schedule, augment, weight_decay, label_smoothing, loss)
    gpus = [run.net.device] if run.net.device.type == "cuda" else []
    with torch.random.fork_rng(devices=gpus):  # the caller's global generator is left alone
        go_through(run, epochs, early_stopping, checkpoint, resume)
    run.end(back_to_best=early_stopping is not None)
    return run.history


class _TorchRun(Run):
    """One call of fit: the course's run, which measures and stops, with PyTorch's step."""

    clipping = FromLesson("05", "course_utils.torchlab.clipping", "clip_in_place")

    def set_up(self, epochs, schedule, augment, weight_decay, label_smoothing, loss):
        """Take what only PyTorch's side has."""
        self.model, self.loss = self.net.model, loss
        self.rng = _Randomness(self.rng)
        self.epochs, self.schedule, self.augment = epochs, schedule, augment
        self.weight_decay, self.label_smoothing = float(weight_decay), float(label_smoothing)
        self.first_rates, self.step_of_epoch = self.optimizer.learning_rates, 0
        self.weights = weights_of(self.model)
        self.n_batches = math.ceil(len(self.y) / self.batch_size)
        _expect_no_batch_of_one(self.model, len(self.y), self.batch_size)
        self.settings |= {
            "weight_decay": self.weight_decay, "label_smoothing": self.label_smoothing,
            "first learning rates": self.first_rates,
        }  # fmt: skip
        if schedule is not None:  # else more epochs than planned are no harm
            self.settings["epochs"] = int(epochs)

    def begin(self):
        self.rng.begin()
        if self.loss is None:
            first = self.net.logits(prepared(self.X[:1], self.prepare))  # (1, C)
            expect_labels(self.y, len(self.y), first.shape[1])
        super().begin()

    def epoch(self):
        self.model.train()
        self.step_of_epoch = 0
        super().epoch()
        self.model.eval()

    def end(self, back_to_best):
        self.optimizer.learning_rates = self.first_rates  # as the caller gave them
        super().end(back_to_best)

    def _step(self, rows):
        """Make one step on the given rows and return the loss before it."""
        self._set_learning_rates()
        batch = self.X[rows]
        if self.augment is not None:
            batch = self.augment(torch.from_numpy(batch), self.rng.augmentation).numpy()
        X = self.net.as_input(prepared(batch, self.prepare))
        y = torch.from_numpy(self.y[rows].astype(np.int64)).to(X.device)
        loss = (self.loss or _naming_loss)(self.model, X, y, self.label_smoothing)
        value = loss.item()
        if math.isfinite(value):  # else the gradients are worthless
            self.optimizer.optimizer.zero_grad()
            loss.backward()
            if self.weight_decay:
                for W in self.weights:  # the gradient of weight_decay * sum W^2
                    W.grad.add_(W.detach(), alpha=2 * self.weight_decay)
            if self.max_norm is not None:
                self.clip(
                    [p.grad for p in self.model.parameters() if p.grad is not None], self.max_norm
                )
            self.optimizer.optimizer.step()
        return value

    def _set_learning_rates(self):
        if self.schedule is not None:
            done = self.history.epoch[-1] + self.step_of_epoch / self.n_batches
            factor = float(self.schedule(done, self.epochs))
            if not 0 <= factor < math.inf:
                raise ValueError(
                    f"schedule: expected a factor from 0 on, got {factor} after {done:.3g} "
                    f"of {self.epochs} epochs"
                )
            self.optimizer.learning_rates = [factor * rate for rate in self.first_rates]
            self.step_of_epoch += 1


def _naming_loss(model, X, y, label_smoothing):
    """The loss of naming a class: what fit minimises unless it is told otherwise."""
    return cross_entropy(model(X), y, label_smoothing=label_smoothing)


class _Randomness:
    """All that is random in a run, under the names by which the course's run knows its rng.

    Batches come from the caller's generator alone, so they are those of nn.fit. Dropout
    and augmentation have streams of their own: using them does not change the batches.
    """

    def __init__(self, rng):
        expect_generator(rng)
        self._batches = rng
        dropout, augmentation = (int(twin.integers(2**63)) for twin in rng.spawn(2))
        self._dropout_seed = dropout
        self.augmentation = torch.Generator().manual_seed(augmentation)

    def begin(self):
        torch.manual_seed(self._dropout_seed)  # dropout knows no other generator

    def permutation(self, n):
        return self._batches.permutation(n)

    @property
    def bit_generator(self):
        return self

    @property
    def state(self):
        ours_only = {"dropout": torch.get_rng_state(), "augment": self.augmentation.get_state()}
        return {
            **self._batches.bit_generator.state,
            "torch": {name: state.numpy() for name, state in ours_only.items()},
        }

    @state.setter
    def state(self, saved):
        batches = {name: value for name, value in saved.items() if name != "torch"}
        self._batches.bit_generator.state = batches
        torch.set_rng_state(torch.tensor(saved["torch"]["dropout"]))
        self.augmentation.set_state(torch.tensor(saved["torch"]["augment"]))


def _expect_shares(weight_decay, label_smoothing):
    if not 0 <= weight_decay < math.inf:
        raise ValueError(f"weight_decay: expected 0 or more, got {weight_decay!r}")
    if not 0 <= label_smoothing < 1:
        raise ValueError(
            f"label_smoothing: expected a share from 0 to below 1, got {label_smoothing!r}"
        )


def _expect_both(loss, measure):
    if (loss is None) != (measure is None):
        raise ValueError(
            "loss, measure: expected both or neither; what is trained and what is measured "
            "should be the same task"
        )


def _expect_no_batch_of_one(model, n, batch_size):
    normed = any(isinstance(part, torch.nn.BatchNorm1d) for part in model.modules())
    if normed and (n % batch_size == 1 or batch_size == 1):
        raise ValueError(
            f"batch_size: {n} examples in batches of {batch_size} leave a batch of one, which "
            "has no variance for batch norm; choose another size"
        )
