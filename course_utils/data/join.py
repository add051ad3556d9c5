"""Putting parts of a data set together again."""

from __future__ import annotations

import numpy as np

from .digits import Split


def joined(*parts: Split) -> Split:
    """Several parts as one, in the order given, such as training and validation examples.

    Args:
        parts: at least one, with rows of one length.

    Returns:
        A Split with new arrays.

    Raises:
        ValueError: no parts, or rows of several lengths.
    """
    lengths = sorted({part.X.shape[1:] for part in parts})
    if len(lengths) != 1:
        raise ValueError(f"parts: expected one or more with rows of one length, got {lengths}")
    return Split(
        np.concatenate([part.X for part in parts]), np.concatenate([part.y for part in parts])
    )
