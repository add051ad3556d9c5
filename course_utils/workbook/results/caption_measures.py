"""What is counted of captions, and the numbers of a picture that need no captioner."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils import nn
from course_utils.data import tokenize

ORDERS = (1, 2, 3, 4)  # BLEU-1 to BLEU-4


def scores(texts: Sequence[str], references: Sequence[Sequence[str]], name: str) -> dict:
    """Count what can be counted of captions beside their references.

    Args:
        texts: a caption for each of n pictures.
        references: for each picture the sentences that people wrote.
        name: what the names of the numbers begin with.

    Returns:
        Numbers by name: bleu_1 to bleu_4 of all captions together, words, the mean length
        of a caption, and different, how many of the captions are not the same.
    """
    said = [tokenize(text) for text in texts]
    bleu = nn.corpus_bleu(said, [[tokenize(one) for one in group] for group in references])
    told = {f"{name}_bleu_{n}": float(score) for n, score in zip(ORDERS, bleu, strict=True)}
    told[f"{name}_words"] = float(np.mean([len(one) for one in said]))
    return told | {f"{name}_different": len(set(texts))}


def plain_features(pictures: np.ndarray) -> np.ndarray:
    """Describe each picture as a whole, without training on captions.

    Args:
        pictures: uint8 (N, 3, H, W), or features (N, D) or (N, P, D).

    Returns:
        (N, D), float32: of pixels the mean of each 2×2, of places the mean.
    """
    if pictures.dtype != np.uint8:
        rows = np.asarray(pictures, np.float32)
        return rows.mean(axis=1) if rows.ndim == 3 else rows
    N, _, H, W = pictures.shape
    even = pictures[:, :, : H // 2 * 2, : W // 2 * 2]
    pieces = even.reshape(N, 3, H // 2, 2, W // 2, 2)
    return pieces.mean(axis=(3, 5), dtype=np.float32).reshape(N, -1)
