"""What a transfer leaves behind, and several of them side by side."""

from dataclasses import dataclass, field

import pandas as pd

from course_utils.checking.recorder import Diagnosis
from course_utils.nn.history import History
from course_utils.torchlab.view import TorchNet, evaluate
from course_utils.words import wrapped

from .net import TransferNet
from .pictures import Pictures

_BATCH = 100  # pictures at a time: enlarged, one may be 600 kB


@dataclass(frozen=True, eq=False)
class TransferResult:
    """A trained net and how it came about.

    Args:
        how: the way, a key of WAYS.
        backbone: its name.
        model: the TransferNet, in evaluation mode, with the weights of `epoch`.
        prepare: what turns pixels into its inputs.
        class_names: what each label means.
        history: of the training; with a frozen backbone, of the head.
        epoch: the one whose weights were kept.
        seconds: of the whole, by the clock on the wall.
        cpu_seconds: of the whole, by the processor: all cores added up, and what else the
            computer did left out.
        feature_seconds: those of `seconds` that went into features of a frozen backbone;
            near 0 where they were known already.
        trained_parameters: how many numbers were trained at the end.
        parameters: how many there are.
        changes: {part: length of its change over its own}, over the weights.
        diagnosis: what the training recorder says of the run.
        settings: what it was called with.
    """

    how: str
    backbone: str
    model: TransferNet
    prepare: Pictures
    class_names: tuple[str, ...]
    history: History
    epoch: int
    seconds: float
    cpu_seconds: float
    feature_seconds: float
    trained_parameters: int
    parameters: int
    changes: dict
    diagnosis: Diagnosis
    settings: dict = field(default_factory=dict)

    @property
    def accuracy(self):
        """On the validation pictures, of the weights that were kept; NaN without."""
        return self.history.validation_accuracy[self.epoch]

    @property
    def best_accuracy(self):
        """The highest of all epochs, as published tables often have it: a little flattering."""
        return max(self.history.validation_accuracy)

    def logits(self, X):
        """Compute the scores of all classes, (N, C), for uint8 rows of pixels (N, H*W*C)."""
        return self._net.logits(self.prepare(X))

    def probabilities(self, X):
        """Compute the probability of each class, (N, C), for uint8 rows of pixels."""
        return self._net.probabilities(self.prepare(X))

    def predict(self, X):
        """Name the likeliest class of each row, (N,), integers."""
        return self._net.predict(self.prepare(X))

    def evaluate(self, split):
        """Measure it on a set: the loss, nats, and the accuracy, such as on target.test."""
        return evaluate(self.model, split, self.prepare, _BATCH)

    @property
    def _net(self):
        return TorchNet(self.model)

    def __str__(self):
        some = f"{self.trained_parameters:,} of {self.parameters:,}"
        trained = f"all {self.parameters:,}" if self.trained_parameters == self.parameters else some
        told = (
            f"{self.how}, {self.backbone}: validation accuracy {self.accuracy:.4f} after epoch "
            f"{self.epoch} of {self.history.epoch[-1]}; {trained} parameters trained, "
            f"{self.seconds:.1f} s"
        )
        ran_away = self.history.stopped_because.startswith("diverged")
        told += f"; {self.history.stopped_because}" if ran_away else ""
        return wrapped(told)

    __repr__ = __str__


def compare(results):
    """Set several transfers side by side.

    Args:
        results: a list of TransferResult, or {name: TransferResult}.

    Returns:
        A pandas DataFrame, a row for each, in the order in which they are given.

    Raises:
        TypeError: something else is among them.
        ValueError: none are given.
    """
    if isinstance(results, TransferResult):
        results = [results]
    for one in results.values() if isinstance(results, dict) else results:
        if not isinstance(one, TransferResult):
            raise TypeError(
                f"results: expected what transfer gives, got {type(one).__name__}; "
                "compare([first, second]), or compare({name: result})"
            )
    named = dict(results) if isinstance(results, dict) else {r.how: r for r in results}
    if len(named) < len(results):
        named = {f"{i}. {r.how}": r for i, r in enumerate(results, start=1)}
    if not named:
        raise ValueError("results: expected at least one, got none")
    return pd.DataFrame(
        {
            "backbone": [r.backbone for r in named.values()],
            "validation accuracy": [r.accuracy for r in named.values()],
            "best epoch": [r.epoch for r in named.values()],
            "trained parameters": [r.trained_parameters for r in named.values()],
            "share trained": [r.trained_parameters / r.parameters for r in named.values()],
            "seconds": [r.seconds for r in named.values()],
            "CPU seconds": [r.cpu_seconds for r in named.values()],
        },
        index=pd.Index(list(named), name="how"),
    )
