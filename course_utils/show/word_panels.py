"""One small panel for each word of a caption: where attention looks, or what the word is about."""

from __future__ import annotations

import math
from collections.abc import Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from course_utils.nn.attention_scores import masks_on_grid
from course_utils.show.images import draw_image
from course_utils.show.picture import Picture
from course_utils.show.pixels import as_image
from course_utils.show.style import entitle, new_figure, styled
from course_utils.show.wording import percent
from course_utils.words import listed

# Perceptually uniform and safe for the colour-blind: from near white, for no attention, to
# dark; without its blackest end, under which no picture would be seen.
_HEAT = ListedColormap(mpl.colormaps["magma_r"](np.linspace(0, 0.82, 256)))
_WORTH_TELLING = 0.08  # share of a mask
_VERTICAL, _HORIZONTAL = ("top", "middle", "bottom"), ("left", "middle", "right")


def attention_words(
    picture: np.ndarray,
    words: str | Sequence[str],
    weights: np.ndarray,
    masks: np.ndarray | None = None,
    *,
    grid: tuple[int, int] | None = None,
    columns: int = 6,
    size: float = 1.45,
    title: str = "",
) -> Picture:
    """Draw, word by word, where attention looked when the word was said.

    Args:
        picture: (H, W, 3) or (3, H, W), or grey, (H, W).
        words: the caption, or its T words.
        weights: (T, P) or (T, h, w), from 0 on, a row for each word; rows after these, such
            as that of <END>, are left out.
        masks: (T, H, W), bool, the pixels each word is about: outlined, and the share of the
            attention on the places that they cover is told. None if nobody knows.
        grid: (h, w) of weights (T, P); a square if None.
        columns: panels in a row.
        size: width of a panel, inches.
        title: what the figure is to show.

    Returns:
        The picture: first the picture itself, then a panel for each word, all with one scale
        from no attention (pale) to the most that any place gets (dark).

    Raises:
        ValueError: weights or masks that do not fit the words or the picture.
    """
    words = words.split() if isinstance(words, str) else list(words)
    pixels, _ = as_image(picture)
    weights = _on_grid(np.asarray(weights, float), len(words), grid)  # (T, h, w)
    masks = _checked_masks(masks, len(words), pixels.shape[:2])
    shares = [None] * len(words) if masks is None else _shares(weights, masks)
    norm = Normalize(0, float(weights.max()) or 1.0)
    with styled():
        figure, panels = _panels(picture, len(words), columns, size, title, scale=True)
        for which, axes in enumerate(panels):
            axes.imshow(_faded(pixels, 0.4) * _spread(_HEAT(norm(weights[which])), pixels))
            axes.set_title(words[which], fontsize=10, pad=3)
            if shares[which]:
                _outline(axes, masks[which])
                axes.set_xlabel(f"{percent(shares[which][0])} inside", fontsize=8, labelpad=2)
        scale = ScalarMappable(norm, _HEAT)
        bar = figure.colorbar(scale, ax=figure.axes, label="attention", aspect=30, pad=0.01)
        bar.outline.set_visible(False)
        entitle(figure, title)
    told = "; ".join(_where(*row) for row in zip(words, weights, shares, strict=True))
    h, w = weights.shape[1:]
    lead = f"{title or 'Attention'}: for each word of a caption, on {h} by {w} places"
    return Picture(figure, f"{lead}. {told}.{_mean_share(shares)}")


def word_masks(
    picture: np.ndarray,
    words: str | Sequence[str],
    masks: np.ndarray,
    *,
    columns: int = 6,
    size: float = 1.45,
    title: str = "",
) -> Picture:
    """Draw, word by word, the pixels that a word is about; the others fade.

    Args:
        picture: (H, W, 3) or (3, H, W), or grey, (H, W).
        words: the caption, or its T words.
        masks: (T, H, W), bool; words without pixels get no panel.
        columns: panels in a row.
        size: width of a panel, inches.
        title: what the figure is to show.

    Returns:
        The picture; its words tell the share of the pixels and the place of each mask.

    Raises:
        ValueError: masks that do not fit the words or the picture, or none with pixels.
    """
    words = words.split() if isinstance(words, str) else list(words)
    pixels, _ = as_image(picture)
    masks = _checked_masks(masks, len(words), pixels.shape[:2])
    about = [which for which in range(len(words)) if masks[which].any()]
    if not about:
        raise ValueError("masks: expected a word with pixels, got none; a false caption?")
    with styled():
        figure, panels = _panels(picture, len(about), columns, size, title, scale=False)
        for which, axes in zip(about, panels, strict=True):
            shown = np.where(masks[which][..., None], _colours(pixels), _faded(pixels, 0.15))
            axes.imshow(shown)
            _outline(axes, masks[which])
            axes.set_title(words[which], fontsize=10, pad=3)
        entitle(figure, title)
    told = "; ".join(
        f"{words[k]!r}: {percent(float(masks[k].mean()))} of the pixels, {_thirds(masks[k])}"
        for k in about
    )
    others = dict.fromkeys(repr(word) for k, word in enumerate(words) if k not in about)
    rest = f" No pixels belong to {listed(list(others))}." if others else ""
    return Picture(figure, f"{title or 'What words are about'}: {told}.{rest}")


def _on_grid(weights: np.ndarray, T: int, grid: tuple[int, int] | None) -> np.ndarray:
    """Weights of T words as (T, h, w)."""
    if weights.ndim == 2:
        P = weights.shape[1]
        h, w = grid or (math.isqrt(P),) * 2
        if h * w != P:
            cause = "; say grid=(h, w)?" if grid is None else ""
            raise ValueError(f"weights: expected {h} by {w} places, got P = {P}{cause}")
        weights = weights.reshape(-1, h, w)
    if weights.ndim != 3 or len(weights) < T:
        raise ValueError(
            f"weights: expected a row for each of {T} words, (T, P) or (T, h, w), got shape "
            f"{weights.shape}; of one picture: attention[n]?"
        )
    weights = weights[:T]
    if not T or not np.isfinite(weights).all() or weights.min() < 0:
        raise ValueError("weights: expected words, and numbers from 0 on; scores before softmax?")
    return weights


def _checked_masks(masks: np.ndarray | None, T: int, shape: tuple[int, int]) -> np.ndarray | None:
    if masks is None:
        return None
    masks = np.asarray(masks)
    if masks.shape != (T, *shape) or masks.dtype != bool:
        raise ValueError(
            f"masks: expected booleans (T, H, W) = {(T, *shape)}, got {masks.dtype} {masks.shape}"
        )
    return masks


def _shares(weights: np.ndarray, masks: np.ndarray) -> list[tuple[float, float] | None]:
    """For each word the share of attention, and of places, inside its mask; None without one."""
    inside = masks_on_grid(masks, weights.shape[1:])  # (T, P)
    flat = weights.reshape(len(weights), -1)
    total = flat.sum(axis=1)
    return [
        (float(row[mask].sum() / (all_ or 1.0)), float(mask.mean())) if mask.any() else None
        for row, mask, all_ in zip(flat, inside, total, strict=True)
    ]


def _panels(
    picture: np.ndarray, count: int, columns: int, size: float, title: str, *, scale: bool
) -> tuple[Figure, list[Axes]]:
    """A figure with the picture in its first panel, and the other panels, still empty."""
    H, W = as_image(picture)[0].shape[:2]
    columns = min(columns, count + 1)
    rows = -(-(count + 1) // columns)
    height = size * H / W + (0.5 if scale else 0.3)  # with a scale go shares below the panels
    figure = new_figure(
        size * columns + (1.0 if scale else 0.1), height * rows + (0.4 if title else 0.1)
    )
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes in grid.flat:
        axes.set(xticks=(), yticks=())
        axes.spines[:].set_visible(False)
    for axes in grid.flat[count + 1 :]:
        axes.set_axis_off()
    draw_image(grid.flat[0], picture)
    grid.flat[0].set_title("the picture", fontsize=10, pad=3, style="italic")
    return figure, list(grid.flat[1 : count + 1])


def _colours(pixels: np.ndarray) -> np.ndarray:
    """Any image as colours from 0 to 1, (H, W, 3)."""
    if pixels.ndim == 2:
        span = float(np.ptp(pixels)) or 1.0
        return np.repeat(1 - (pixels[..., None] - pixels.min()) / span, 3, axis=2)
    return pixels / 255 if pixels.dtype == np.uint8 else pixels


def _faded(pixels: np.ndarray, strength: float) -> np.ndarray:
    """The brightness of an image, paled, as colours, (H, W, 3); weights of ITU-R BT.601."""
    brightness = _colours(pixels) @ np.array([0.299, 0.587, 0.114])
    return np.repeat(1 - strength * (1 - brightness[..., None]), 3, axis=2)


def _spread(colours: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    """Colours of places, (h, w, 4), for each pixel of the image the colour of its place."""
    (h, w), (H, W) = colours.shape[:2], pixels.shape[:2]
    y, x = ((2 * np.arange(n) + 1) * places // (2 * n) for n, places in ((H, h), (W, w)))
    return colours[y[:, None], x, :3]


def _outline(axes: Axes, mask: np.ndarray) -> None:
    """A line along the very edges of a mask's pixels, black on white: seen on any ground."""
    padded = np.pad(mask, 1)
    across = _runs(padded[1:, 1:-1] != padded[:-1, 1:-1])  # edges above the pixels
    down = _runs((padded[1:-1, 1:] != padded[1:-1, :-1]).T)[:, :, ::-1]  # edges left of them
    for colour, width in (("white", 3.2), ("black", 1.4)):
        look = {"colors": colour, "linewidths": width, "capstyle": "projecting"}
        lines = LineCollection(np.concatenate([across, down]) - 0.5, clip_on=False, **look)
        axes.add_collection(lines, autolim=False)


def _runs(edges: np.ndarray) -> np.ndarray:
    """Runs of True along rows, as lines from (start, row) to (end, row), (K, 2, 2)."""
    steps = np.diff(np.pad(edges, ((0, 0), (1, 1))).astype(int), axis=1)
    row, start = np.nonzero(steps == 1)
    _, end = np.nonzero(steps == -1)  # row by row as many as starts, in the same order
    return np.stack([np.stack([start, row], axis=1), np.stack([end, row], axis=1)], axis=1)


def _where(word: str, weights: np.ndarray, share: tuple[float, float] | None) -> str:
    """ "'red': most at the top left, 93% of it inside the mask, which is 12% of the places"."""
    h, w = weights.shape
    y, x = np.unravel_index(int(weights.argmax()), weights.shape)
    told = f"{word!r}: most {_place((y + 0.5) / h, (x + 0.5) / w)}"
    if weights.max() <= 1.05 * weights.min():
        told = f"{word!r}: about the same everywhere"
    if share:
        told += f", {percent(share[0])} of it inside the mask ({percent(share[1])} of the places)"
    return told


def _mean_share(shares: Sequence[tuple[float, float] | None]) -> str:
    known = np.array([share for share in shares if share])
    if not len(known):
        return ""
    inside, places = known.mean(axis=0)
    return (
        f" Of all words with a mask, on average {percent(inside)} of the attention lies inside; "
        f"spread evenly it would be {percent(places)}."
    )


def _thirds(mask: np.ndarray) -> str:
    """ "at the top left and in the middle": the ninths of the picture that hold most of a mask."""
    H, W = mask.shape
    y, x = np.nonzero(mask)
    ninths = np.bincount(3 * (3 * y // H) + 3 * x // W, minlength=9) / len(y)
    held = [divmod(int(k), 3) for k in np.flatnonzero(ninths >= _WORTH_TELLING)]
    return listed([_place((row + 0.5) / 3, (column + 0.5) / 3) for row, column in held])


def _place(y: float, x: float) -> str:
    """A place by thirds, y and x from 0 to 1: "at the top left", "in the middle"."""
    row, column = _VERTICAL[min(2, int(3 * y))], _HORIZONTAL[min(2, int(3 * x))]
    if row == column == "middle":
        return "in the middle"
    return "at the " + " ".join(word for word in (row, column) if word != "middle")
