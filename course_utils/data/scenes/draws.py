"""Random whole numbers that are the same on every computer and with every NumPy."""

from __future__ import annotations

import numpy as np


class Draws:
    """Draws from one generator, of whose stream only the raw bits are used.

    NumPy promises the bits of PCG64 for ever, but not what `Generator.integers` makes of
    them. Here all is integer arithmetic, so that a data set's hash can be written down.

    Args:
        seed: whole numbers from 0 on that name the stream.
    """

    def __init__(self, *seed: int) -> None:
        self.rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))

    def bits(self, *shape: int) -> np.ndarray:
        """64 random bits for each entry, uint64."""
        return self.rng.bit_generator.random_raw(int(np.prod(shape))).reshape(shape)

    def below(self, bound: int | np.ndarray, *shape: int) -> np.ndarray:
        """Whole numbers from 0 to bound - 1, int64.

        Args:
            bound: up to 2^31, or an array that broadcasts to the shape.
            shape: of the result.
        """
        # The upper 32 bits as a fraction; a number is too frequent by under bound / 2^32.
        high = self.bits(*shape) >> np.uint64(32)
        return ((high * np.asarray(bound, np.uint64)) >> np.uint64(32)).astype(np.int64)

    def octets(self, count: int) -> np.ndarray:
        """Random bytes, uint8 (count,)."""
        words = self.bits(-(-count // 8)).astype("<u8")  # the byte order would change the bytes
        return words.view(np.uint8)[:count]

    def distinct(self, count: int, bounds: tuple[int, ...]) -> np.ndarray:
        """Rows of numbers of which no two in a row are equal, int64 (count, K).

        Args:
            count: of rows.
            bounds: number k is below bounds[k]; not falling, and bounds[k] > k.
        """
        drawn = np.zeros((count, len(bounds)), np.int64)
        for k, bound in enumerate(bounds):
            number = self.below(bound - k, count)
            for taken in np.sort(drawn[:, :k], axis=1).T:
                number += number >= taken  # the number-th of those that are left
            drawn[:, k] = number
        return drawn
