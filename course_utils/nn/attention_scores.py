"""Whether attention looks at what a word is about: against true masks, and against chance."""

import math
from dataclasses import dataclass

import numpy as np

from ._checks import expect_floats, expect_generator, expect_shape


@dataclass(frozen=True)
class AttentionScore:
    """How well attention fits the masks, and what looking anywhere at random would give.

    Args:
        words: how many words were judged; those without a mask are not.
        pointing: share of words whose most attended place is in the mask.
        pointing_by_chance: the same for a place taken at random.
        mass: share of the attention that lies inside the mask, mean over the words.
        mass_by_chance: the same for attention that is equal everywhere.
        iou: places in both, divided by places in either, of the mask and of the most
            attended places, as many as the mask has; mean over the words.
        iou_by_chance: the same for as many places taken at random.
    """

    words: int
    pointing: float
    pointing_by_chance: float
    mass: float
    mass_by_chance: float
    iou: float
    iou_by_chance: float


def masks_on_grid(masks, grid, least=0.25):
    """Bring masks of pixels to the coarser places that attention knows.

    Args:
        masks: (Q, H, W), bool: the pixels each word is about.
        grid: (h, w), places down and across; a place is an H/h by W/w piece of the picture.
        least: a place belongs to the mask if at least this share of it is covered; the
            place that is covered most belongs to it in any case.

    Returns:
        (Q, h w), bool, row by row. A mask without pixels stays empty.

    Raises:
        ValueError: no masks of pixels, or a grid finer than the pixels.
    """
    masks = np.asarray(masks)
    expect_shape("masks", masks, (None, None, None), "(Q, H, W)")
    (Q, H, W), (h, w) = masks.shape, grid
    if not (1 <= h <= H and 1 <= w <= W):
        raise ValueError(f"grid: expected at most {H} by {W} places, as pixels, got {h} by {w}")
    covered = _pieces(H, h) @ masks.astype(np.float64) @ _pieces(W, w).T  # (Q, h, w)
    covered = covered.reshape(Q, -1)  # shares of each place, 0 to 1
    most = covered.max(axis=1, keepdims=True)  # (Q, 1)
    return (covered > 0) & (covered >= np.minimum(least, most * (1 - 1e-9)))


def attention_score(weights, masks):
    """Judge attention by masks on the same places.

    Args:
        weights: (Q, P), float, the attention at each of Q words, rows that sum to 1.
        masks: (Q, P), bool, from masks_on_grid; empty for words that are about nothing,
            which are left out.

    Returns:
        An AttentionScore.

    Raises:
        TypeError: weights are no floats, or masks no booleans.
        ValueError: shapes that do not fit, or no word with a mask.
    """
    expect_floats("weights", weights)
    expect_shape("weights", weights, (None, None), "(Q, P)")
    if not isinstance(masks, np.ndarray) or masks.dtype != bool:
        raise TypeError("masks: expected a NumPy array of booleans, from masks_on_grid")
    expect_shape("masks", masks, weights.shape, "(Q, P)", "from weights")
    judged = masks.any(axis=1)
    if not judged.any():
        raise ValueError("masks: expected a word with a mask, got none; function words only?")
    weights, masks = weights[judged], masks[judged]
    Q, P = weights.shape
    order = np.argsort(-weights, axis=1, kind="stable")  # most attended first
    sizes = masks.sum(axis=1)  # (Q,)
    chosen = np.zeros_like(masks)
    np.put_along_axis(chosen, order, np.arange(P) < sizes[:, None], axis=1)
    both = (chosen & masks).sum(axis=1)  # (Q,)
    return AttentionScore(
        words=Q,
        pointing=float(masks[np.arange(Q), order[:, 0]].mean()),
        pointing_by_chance=float((sizes / P).mean()),
        mass=float((weights * masks).sum(axis=1).mean()),
        mass_by_chance=float((sizes / P).mean()),
        iou=float((both / (2 * sizes - both)).mean()),
        iou_by_chance=float(np.mean([_chance_of_overlap(int(k), P) for k in sizes])),
    )


def from_other_pictures(pictures, rng):
    """Choose for every word a word of another picture, the control for attention.

    Attention that fits its own picture no better than it fits others has learnt where
    things usually are, and does not look.

    Args:
        pictures: (Q,), the picture each word belongs to.
        rng: numpy.random.Generator.

    Returns:
        (Q,), integers: a permutation of the words under which none keeps its picture.

    Raises:
        TypeError: rng is no generator.
        ValueError: one picture has more than half of the words.
    """
    expect_generator(rng)
    pictures = np.asarray(pictures)
    _, which, counts = np.unique(pictures, return_inverse=True, return_counts=True)
    if 2 * counts.max(initial=0) > len(pictures):
        raise ValueError(
            "pictures: expected none with more than half of the words, got one with "
            f"{counts.max(initial=0)} of {len(pictures)}"
        )
    # Pictures in random order, words of each together and in random order: moved by the
    # longest group, no word lands in its own.
    order = np.lexsort((rng.random(len(pictures)), rng.permutation(len(counts))[which]))
    chosen = np.empty_like(order)
    chosen[order] = np.roll(order, counts.max(initial=0))
    return chosen


def _pieces(n, places):
    """Shares of n pixels in each of some equal pieces, (places, n); each row sums to 1."""
    edges = np.arange(places + 1) * n / places
    pixels = np.arange(n)
    ends = np.minimum(edges[1:, None], pixels + 1)
    return np.maximum(0, ends - np.maximum(edges[:-1, None], pixels)) * places / n


def _chance_of_overlap(k, P):
    """Expected intersection over union of k of P places taken at random with k given ones."""
    total = math.comb(P, k)
    return sum(
        math.comb(k, both) * math.comb(P - k, k - both) / total * both / (2 * k - both)
        for both in range(k + 1)
    )
