"""Gradual unfreezing: the head first, then one part after the other, from above."""

from dataclasses import dataclass, field
from itertools import count

from .net import HEAD, TransferNet


@dataclass
class Thaw:
    """A schedule that also says what is trained: more parts as the epochs go by.

    The epochs are divided evenly; in the first piece the head is trained alone, in each
    further one the next part below joins in. What is trained follows from the epoch alone,
    so a run that is resumed goes on as it would have.

    Args:
        net: a TransferNet.
        schedule: a function (epochs done, epochs) -> factor of the learning rate; None
            keeps it.
        whole: share of the epochs that is left for the whole net at the end, in addition
            to its piece.

    Source:
        Howard and Ruder, Universal language model fine-tuning for text classification,
        ACL 2018, section 3.3.
    """

    net: TransferNet
    schedule: object = None
    whole: float = 0.25
    _now: tuple = field(default=(), repr=False)

    def __post_init__(self):
        if not 0 <= self.whole < 1:
            raise ValueError(f"whole: expected a share from 0 to below 1, got {self.whole!r}")
        self.net.train_only(HEAD)
        self._now = self.net.trained

    def trained(self, epoch, epochs):
        """Name the parts that are trained after so many of the epochs.

        Args:
            epoch: how many epochs are done; parts thaw at the beginning of an epoch.
            epochs: how many there will be.

        Returns:
            Names of parts, the lowest first; the head is always one.
        """
        n = len(self.net.parts)
        share = int(epoch) / max(1, epochs) / (1 - self.whole)
        thawed = min(n, 1 + int(share * n + 1e-9))
        return self.net.parts[n - thawed :]

    def expect_enough(self, epochs):
        """Refuse so few epochs that the lowest part would never be thawed.

        Raises:
            ValueError: too few; says how many are needed.
        """
        if epochs and self.trained(epochs - 1, epochs) != self.net.parts:
            enough = next(n for n in count(1) if self.trained(n - 1, n) == self.net.parts)
            raise ValueError(
                f"epochs: gradual unfreezing of {len(self.net.parts)} parts needs {enough} or "
                f"more, got {epochs}; the lowest would stay frozen to the end"
            )

    def __call__(self, epoch, epochs):
        """Thaw what is due, and give the factor of the learning rate."""
        due = self.trained(epoch, epochs)
        if due != self._now:
            self._now = due
            self.net.train_only(*due)
        return 1.0 if self.schedule is None else self.schedule(epoch, epochs)
