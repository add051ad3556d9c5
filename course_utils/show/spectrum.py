"""Principal components: how much of the variance each explains, and how it adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from course_utils.show.picture import Picture
from course_utils.show.plane import HALO
from course_utils.show.style import BLUE, VERMILION, entitle, new_figure, styled
from course_utils.show.wording import counted, percent

_BARS = 60  # more components than this are a line on a logarithmic axis


def spectrum(
    variances: Sequence[float],
    share: Sequence[float] = (0.8, 0.9, 0.95),
    *,
    total: float | None = None,
    title: str = "",
) -> Picture:
    """Draw the variance that each principal component explains, and how it adds up.

    Args:
        variances: of the components, largest first, (K,).
        share: of the total variance, each marked with the components that it takes.
        total: the variance of the data, if `variances` holds only the first components.
        title: what was analysed.

    Returns:
        The picture: left each component's share, right the sum from the first on.

    Raises:
        ValueError: negative, rising or non-finite variances, or all 0.
    """
    variances = np.asarray(variances, dtype=float)
    if variances.ndim != 1 or not len(variances) or not np.isfinite(variances).all():
        raise ValueError(f"variances: expected (K,), all finite, got {variances.shape}")
    slack = 1e-9 * np.abs(variances).max()  # rounding leaves the last ones a little below 0
    if (variances < -slack).any() or (np.diff(variances) > slack).any():
        raise ValueError("variances: expected none below 0, the largest first; not sorted?")
    total = float(variances.sum() if total is None else total)
    if not total > 0:
        raise ValueError("variances: expected a total above 0, got 0; are all examples equal?")
    each = np.clip(variances, 0, None) / total
    summed = np.cumsum(each)
    needed = {part: components_for(summed, part) for part in share}
    with styled():
        figure = new_figure(8.6, 3.4)
        left, right = figure.subplots(1, 2)
        _draw_each(left, each)
        _draw_summed(right, summed, needed)
        entitle(figure, title)
    lead = f"Principal components, {title}: " if title else "Principal components: "
    return Picture(figure, lead + _told(each, summed, needed))


def _draw_each(axes: Axes, each: np.ndarray) -> None:
    k = np.arange(1, len(each) + 1)
    if len(each) <= _BARS:
        axes.bar(k, each, color=BLUE)
    else:
        axes.plot(k, each, color=BLUE)
        axes.set_yscale("log")
        axes.set_ylim(max(each[each > 0].min(), each[0] * 1e-5), 1.6 * each[0])
    axes.set(xlabel="component", ylabel="share of the variance")
    axes.grid(True)


def _draw_summed(axes: Axes, summed: np.ndarray, needed: Mapping[float, int | None]) -> None:
    axes.plot(np.arange(len(summed) + 1), np.r_[0, summed], color=BLUE)
    thin = {"color": VERMILION, "linewidth": 0.9, "linestyle": "--"}
    beside = {"textcoords": "offset points", "va": "center", "path_effects": HALO}
    for which, (part, count) in enumerate(needed.items()):
        if count is not None:
            axes.plot([0, count, count], [part, part, 0], **thin)
            axes.plot(count, summed[count - 1], "o", color=VERMILION, markersize=5)
            at = (count, 0.07 + 0.1 * which)  # each higher than the last, so that none overlap
            axes.annotate(f"{percent(part)}: {count}", at, (6, 0), **beside)
    axes.set(xlabel="components together", ylabel="share of the variance")
    axes.set(ylim=(0, 1.02), xlim=(0, None))
    axes.grid(True)


def components_for(summed: np.ndarray, part: float) -> int | None:
    """How many components explain this share; None if all together do not.

    Args:
        summed: shares added up, (K,), rising.
        part: from 0 to 1.
    """
    # What adds up to 0.95 on paper may be 0.9499999999999999 in floating point.
    reached = np.flatnonzero(summed >= part - 1e-9)
    return int(reached[0]) + 1 if len(reached) else None


def _whole(share: float) -> float:
    """A sum that is 1 but for rounding is 1."""
    return 1.0 if share > 1 - 1e-9 else float(share)


def _told(each: np.ndarray, summed: np.ndarray, needed: Mapping[float, int | None]) -> str:
    told = [f"the first explains {percent(each[0])} of the variance"]
    told += [f"the second {percent(each[1])}"] if len(each) > 1 else []
    for part, count in needed.items():
        enough = f"takes {counted(count, 'component')}" if count else "is not reached"
        told.append(f"{percent(part)} {enough}")
    told.append(f"all {len(each)} together explain {percent(_whole(summed[-1]))}")
    return f"{'; '.join(told)}."
