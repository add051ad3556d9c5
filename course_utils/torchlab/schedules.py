"""How the learning rate goes on during a training: functions of how far it is."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Cosine:
    """Half a wave of the cosine, from the full learning rate down to nothing.

    Args:
        warmup: epochs in which it first rises in a line, from a tenth to the whole.

    Source:
        Loshchilov and Hutter, SGDR: stochastic gradient descent with warm restarts,
        ICLR 2017, equation 5, without restarts.
    """

    warmup: float = 0.0

    def __post_init__(self):
        if not 0 <= self.warmup < math.inf:
            raise ValueError(f"warmup: expected a number of epochs from 0 on, got {self.warmup!r}")

    def __call__(self, epoch, epochs):
        """Give the factor of the learning rate.

        Args:
            epoch: how many epochs are done, such as 2.5 in the middle of the third.
            epochs: how many there will be.

        Returns:
            A number from 0 to 1.
        """
        if epoch < self.warmup:
            return 0.1 + 0.9 * epoch / self.warmup
        if epochs <= self.warmup:
            return 1.0
        share = min(1.0, (epoch - self.warmup) / (epochs - self.warmup))
        return 0.5 * (1 + math.cos(math.pi * share))


@dataclass(frozen=True)
class Steps:
    """A fall by the same factor at a few points of the training.

    Args:
        at: shares of the training, such as (0.5, 0.75).
        factor: what the learning rate is multiplied by at each.

    Source:
        As in He et al., Deep residual learning for image recognition, CVPR 2016.
    """

    at: tuple[float, ...] = (0.5, 0.75)
    factor: float = 0.1

    def __post_init__(self):
        if not all(0 <= share <= 1 for share in self.at):
            raise ValueError(f"at: expected shares from 0 to 1, got {self.at!r}; epochs?")
        _expect_factor(self.factor)

    def __call__(self, epoch, epochs):
        """Give the factor of the learning rate; arguments as for Cosine."""
        return self.factor ** sum(epoch >= share * epochs for share in self.at)


@dataclass(frozen=True)
class Decay:
    """A fall by a factor after each epoch: nn.fit's learning_rate_decay.

    Args:
        factor: such as 0.95.
    """

    factor: float

    def __post_init__(self):
        _expect_factor(self.factor)

    def __call__(self, epoch, epochs):
        """Give the factor of the learning rate; arguments as for Cosine."""
        return self.factor ** math.floor(epoch)


def _expect_factor(factor):
    if not 0 < factor < math.inf:
        raise ValueError(f"factor: expected a number above 0, such as 0.1, got {factor!r}")
