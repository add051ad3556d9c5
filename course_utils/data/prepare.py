"""Pixels as numbers a network likes: mean 0, standard deviation 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_LEVELS = 256
_BLOCK = 1 << 20  # pixels counted at a time: bincount needs 8 bytes for each


@dataclass(frozen=True)
class PixelScaler:
    """Turns bytes into (x/255 − mean) / std, with one mean and one std for all pixels.

    Args:
        mean: mean of the training pixels on the scale 0 to 1 (MNIST: 0.1307).
        std: their standard deviation on the same scale (MNIST: 0.3081).
        dtype: of the result, float32 unless told otherwise.
    """

    mean: float
    std: float
    dtype: type | np.dtype = np.float32

    def __post_init__(self):
        if not np.isfinite(self.mean) or not np.isfinite(self.std) or self.std <= 0:
            raise ValueError(
                f"PixelScaler: expected a finite mean and std > 0, got {self.mean} and {self.std}; "
                "are all pixels alike?"
            )
        if np.dtype(self.dtype).kind != "f":
            raise ValueError(f"dtype: expected a float type, got {np.dtype(self.dtype)}")

    @classmethod
    def fit(cls, X: np.ndarray, dtype: type | np.dtype = np.float32) -> PixelScaler:
        """Measure mean and standard deviation, on training pixels only.

        Args:
            X: uint8 (N, D), values 0 to 255.
            dtype: of the results of the scaler.

        Returns:
            The scaler.

        Raises:
            TypeError: not uint8.
            ValueError: no pixels, or all alike.
        """
        _expect_bytes(X)
        if not X.size:
            raise ValueError(f"X: expected pixels, got shape {X.shape}; an empty selection?")
        # From the counts of the 256 levels: exact, and no copy of X in floats.
        counts = np.zeros(_LEVELS, dtype=np.int64)
        flat = X.reshape(-1)
        for start in range(0, flat.size, _BLOCK):
            counts += np.bincount(flat[start : start + _BLOCK], minlength=_LEVELS)
        levels = np.arange(_LEVELS) / (_LEVELS - 1)
        mean = float(counts @ levels / flat.size)
        std = float(np.sqrt(counts @ (levels - mean) ** 2 / flat.size))
        return cls(mean, std, dtype)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Scale pixels.

        Args:
            X: uint8 (N, D), values 0 to 255.

        Returns:
            float array of the scaler's dtype, (N, D).

        Raises:
            TypeError: not uint8; scaled already?
        """
        _expect_bytes(X)
        # A byte has 256 values: work each out once, in float64, and look it up.
        table = (np.arange(_LEVELS) / (_LEVELS - 1) - self.mean) / self.std
        return table.astype(self.dtype)[X]

    def inverse(self, Z: np.ndarray) -> np.ndarray:
        """Pixels again: the nearest of 0 to 255, what lies outside is clipped.

        Args:
            Z: float (N, D), as `__call__` returns it.

        Returns:
            uint8 (N, D).

        Raises:
            TypeError: not floats.
            ValueError: NaN, which is no pixel.
        """
        Z = np.asarray(Z)
        if Z.dtype.kind != "f":
            raise TypeError(f"Z: expected floats, got {Z.dtype}; these are pixels already?")
        if np.isnan(Z).any():
            raise ValueError("Z: expected numbers, got NaN; a loss that ran away?")
        levels = (Z * self.std + self.mean) * (_LEVELS - 1)
        return np.clip(np.rint(levels), 0, _LEVELS - 1).astype(np.uint8)


def _expect_bytes(X: np.ndarray) -> None:
    got = X.dtype if isinstance(X, np.ndarray) else type(X).__name__
    if got != np.uint8:
        raise TypeError(f"X: expected a uint8 array (0 to 255), got {got}; scaled already?")
