"""The recorder: call points for a training loop, and the diagnosis of what they saw."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping

import numpy as np

from course_utils.checking.recorder import rules
from course_utils.checking.recorder.diagnosis import Diagnosis
from course_utils.checking.recorder.measure import (
    array,
    batch_fingerprint,
    fingerprints,
    row_hashes,
    spread_rows,
)
from course_utils.checking.recorder.parameters import Parameters
from course_utils.checking.recorder.record import (
    HISTORY_COLUMNS,
    Activity,
    Frozen,
    Record,
    SetFacts,
)

# Every step is looked at closely while the run is young, as most faults show there;
# later two in fifty, which keeps the cost below a tenth of a small step.
YOUNG = 20
EVERY = 50
PROBABILITIES_SUM = 1e-3  # allowed distance of a row's sum from 1, in float16 too


class TrainingRecorder:
    """Watch a training run and name its faults.

    All calls are optional, and so are their arguments: each rule is asked where the
    data it needs were given. Nothing is kept but numbers and fingerprints.

    Args:
        n_classes: C; taken from the labels of data() where None.
        from_scratch: whether the first weights are random; False for a run that goes
            on from trained weights, whose first loss says nothing.

    Example:
        >>> recorder = TrainingRecorder(n_classes=10)
        >>> for X, y in batches:
        ...     loss, grads = net.loss_and_grads(X, y)
        ...     recorder.step(loss=loss, params=net.params, grads=grads, batch=X, y=y)
        ...     optimizer.step(net.params, grads)
        >>> recorder.diagnose()
    """

    def __init__(self, n_classes: int | None = None, *, from_scratch: bool = True) -> None:
        self.record = Record(n_classes=n_classes, from_scratch=from_scratch)
        self._watched: Mapping | None = None
        self._parameters = Parameters(self.record)

    def watch(self, params: Mapping) -> None:
        """Look at these parameters in each step that is given none.

        Args:
            params: {key: array}, the dict that the optimizer writes to; in the order of
                the layers.
        """
        self._watched = params
        self._parameters.take_fingerprints(params)

    @property
    def looks_closely(self) -> bool:
        """Whether the next step is one that parameters and activations are looked at in."""
        number = len(self.record.losses)
        return number < YOUNG or number % EVERY < 2  # two in a row, for an update's length

    def step(
        self, *, loss: float, params: Mapping | None = None, grads: Mapping | None = None,
        batch=None, y=None, logits=None, learning_rate: float | None = None,
        gradient_again: Callable[[], Mapping] | None = None,
    ) -> None:  # fmt: skip
        """Record one step; call it once for each, always at the same place of the loop.

        Args:
            loss: of the batch, nats, without the penalty on the weights if you have both.
            params: {key: array}; those of watch() where None.
            grads: {key: array}, the gradients the optimizer is given.
            batch: (N, ...), the examples, as the net gets them.
            y: (N,), their labels.
            logits: (N, C), what the loss function is given.
            learning_rate: of this step.
            gradient_again: computes the gradients of this batch afresh, at the same
                parameters; called in two early steps, to see whether gradients pile up.
        """
        run, number, closely = self.record, len(self.record.losses), self.looks_closely
        params = self._watched if params is None else params
        if closely and params is not None:
            self._parameters.look(number, params, grads)
        if gradient_again is not None and grads and params is not None and number in (2, 5):
            self._parameters.compare_gradients(number, gradient_again)
        if closely and logits is not None:
            self._look_at_outputs(array(logits))
        run.losses.append(float(loss))
        if learning_rate is not None:
            run.learning_rates.append(float(learning_rate))
        if batch is not None:
            self._look_at_batch(array(batch), y, closely, whole=number < 3 or loss != loss)

    def epoch(
        self, *, train_loss: float = math.nan, train_accuracy: float = math.nan,
        validation_loss: float = math.nan, validation_accuracy: float = math.nan,
        learning_rate: float = math.nan,
    ) -> None:  # fmt: skip
        """Record the end of an epoch; called before the first step, it is row 0.

        Args:
            train_loss, validation_loss: mean cross-entropy, nats.
            train_accuracy, validation_accuracy: shares from 0 to 1.
            learning_rate: at the end of the epoch.
        """
        run = self.record
        row = (train_loss, train_accuracy, validation_loss, validation_accuracy, learning_rate)
        if not run.losses and not run.epochs["train_loss"]:
            run.row_0 = True
        for name, value in zip(HISTORY_COLUMNS, row, strict=True):
            run.epochs[name].append(float(value))
        if run.losses:
            run.epoch_ends.append(len(run.losses))
        self._close_epoch()

    def history(self, history) -> None:
        """Take over the columns of a finished run, row 0 from before the first step.

        Args:
            history: anything with .column(name), attributes, or keys named train_loss,
                train_accuracy, validation_loss, validation_accuracy, learning_rate; those
                that are missing are left out.
        """
        run = self.record
        columns = {name: _column(history, name) for name in HISTORY_COLUMNS}
        length = max(len(values) for values in columns.values())
        run.epochs = {name: values or [math.nan] * length for name, values in columns.items()}
        run.row_0 = length > 0
        run.stopped_because = str(getattr(history, "stopped_because", ""))

    def activations(self, layer: str, H) -> None:
        """Record what a hidden layer gives; call it in the order of the layers.

        Args:
            layer: its name, the same each time.
            H: (N, M) or (N, M, height, width), after the activation function.
        """
        H = array(H)
        activity = self.record.activity.setdefault(layer, Activity())
        others = tuple(axis for axis in range(H.ndim) if axis != 1)
        alive = (H > 0).any(axis=others)  # (M,)
        fits = activity.alive is not None and activity.alive.shape == alive.shape
        activity.alive = activity.alive | alive if fits else alive
        activity.seen = activity.seen + len(H) if fits else len(H)
        activity.sizes.append(float(np.sqrt(np.mean(np.square(H, dtype=np.float32)))))

    def data(self, *, train=None, validation=None, prepare: Callable | None = None) -> None:
        """Look once at the sets of examples: labels, scale, NaN, rows that are in both.

        Args:
            train, validation: anything with X and y, or the pair (X, y).
            prepare: what the run does to a batch of X.
        """
        run, raw = self.record, {}
        for name, given in (("train", train), ("validation", validation)):
            if given is None:
                continue
            X, y = (given.X, given.y) if hasattr(given, "X") else given
            raw[name], y = array(X), array(y).reshape(-1)
            run.sets[name] = _facts(raw[name], y, prepare)
        if run.n_classes is None and "train" in run.sets:
            run.n_classes = len(run.sets["train"].classes)
        if len(raw) == 2 and raw["train"].shape[1:] == raw["validation"].shape[1:]:
            known = set(row_hashes(raw["train"])) - {0}
            again = row_hashes(raw["validation"].astype(raw["train"].dtype, copy=False))
            run.overlap = sum(row in known for row in again), len(again)

    def frozen(self, name: str, arrays: Mapping | Callable, *, kind: str = "parameters") -> None:
        """Declare arrays that this run may not change; looked at now and at each epoch's end.

        Args:
            name: what they are, ``"backbone"``.
            arrays: {key: array}, or a function that gives it, such as a module's state_dict.
            kind: "parameters", or "buffers" (running means and variances).

        Raises:
            ValueError: another kind.
        """
        if kind not in ("parameters", "buffers"):
            raise ValueError(f"kind: expected 'parameters' or 'buffers', got {kind!r}")
        now = fingerprints(_given(arrays))
        self.record.frozen[f"{name} ({kind})"] = Frozen(kind, arrays, now)

    def buffers(self, arrays: Mapping) -> None:
        """Record buffers that should move while training: call it once for each epoch.

        Args:
            arrays: {key: array}, the running means and variances of batch norm.
        """
        for key, check in fingerprints(arrays).items():
            self.record.moving.setdefault(key, []).append(check)

    def diagnose(self) -> Diagnosis:
        """Name the faults of the run so far; it may go on afterwards."""
        self._close_epoch(new_epoch=False)
        return rules.diagnose(self.record)

    def _close_epoch(self, new_epoch: bool = True) -> None:
        """Take the fingerprints that are due at the end of an epoch."""
        if self._parameters.latest is not None:
            self._parameters.take_fingerprints(self._parameters.latest)
        for part in self.record.frozen.values():
            now = fingerprints(_given(part.source))
            part.moved |= {key for key, check in part.first.items() if now.get(key) != check}
        if new_epoch:
            for a in self.record.activity.values():
                a.last_alive, a.last_seen, a.alive, a.seen = a.alive, a.seen, None, 0

    def _look_at_batch(self, X: np.ndarray, y, closely: bool, whole: bool) -> None:
        """Which batch it is, how many classes it has, and now and then its scale."""
        run = self.record
        run.batches.append(batch_fingerprint(X, y))
        run.batch_sizes.append(len(X))
        if y is not None and array(y).ndim == 1:
            counts = Counter(array(y).tolist())
            run.batch_classes.append(len(counts))
            run.labels_seen.update(counts)
        if (closely or whole) and X.dtype.kind in "fiu" and X.size:
            part = X if whole else X[:: max(1, len(X) // 4)]
            with np.errstate(all="ignore"):  # NaN and inf are what is looked for
                mean, std = float(part.mean(dtype=float)), float(part.std(dtype=float))
            run.batch_not_finite += not math.isfinite(mean)
            if X.dtype.kind == "f" or X.dtype == np.uint8:
                run.batch_scale.append((mean, std))

    def _look_at_outputs(self, Z: np.ndarray) -> None:
        """Whether what the loss gets are probabilities already."""
        run = self.record
        run.outputs_seen += len(Z)
        sums = Z.sum(axis=-1)
        sure = Z.min() >= 0 and np.abs(sums - 1).max() < PROBABILITIES_SUM
        run.outputs_probabilities &= bool(sure)


def diagnose_history(history, n_classes: int | None = None) -> Diagnosis:
    """Name what a History alone tells: losses, accuracies and learning rates by epoch.

    Args:
        history: as for TrainingRecorder.history.
        n_classes: C; None leaves out the rules that need it.

    Returns:
        The diagnosis.
    """
    recorder = TrainingRecorder(n_classes=n_classes)
    recorder.history(history)
    return recorder.diagnose()


def _column(history, name: str) -> list[float]:
    """A column as a list of floats; empty where there is none."""
    if hasattr(history, "column"):
        try:
            return [float(value) for value in history.column(name)]
        except KeyError:
            return []
    values = history.get(name) if isinstance(history, Mapping) else getattr(history, name, None)
    return [float(value) for value in values] if values is not None else []


def _given(arrays: Mapping | Callable) -> Mapping:
    """The arrays themselves, where a function gives them."""
    return arrays() if callable(arrays) else arrays


def _facts(X: np.ndarray, y: np.ndarray, prepare: Callable | None) -> SetFacts:
    """Measure a set on evenly spread rows; look for NaN in all of them."""
    some = X[spread_rows(len(X))]
    some = np.asarray(some if prepare is None else prepare(some))
    floats = X.dtype.kind == "f"
    bad = sum(int((~np.isfinite(X[i : i + 1000])).sum()) for i in range(0, len(X), 1000)) * floats
    finite = some[np.isfinite(some)].astype(float) if some.dtype.kind in "fiu" else np.zeros(1)
    return SetFacts(
        n=len(X), mean=float(finite.mean()), std=float(finite.std()), not_finite=bad,
        whole_numbers=some.dtype.kind in "iu" and some.dtype != np.uint8,
        classes=Counter(y.tolist()),
    )  # fmt: skip
