"""Reliability: is a net that says 90 % right in nine of ten cases?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, GREY, entitle, new_figure, styled
from course_utils.show.wording import counted, percent
from course_utils.words import number

_Z = 1.96  # 95 % of a normal distribution
_FEW = 0.01  # a smaller calibration error, of all, is told as none


@dataclass(frozen=True)
class CalibrationBins:
    """Answers sorted by their confidence into bins of equal width.

    Args:
        edges: ends of the bins, (B + 1,).
        confidence: mean probability of the answer, (B,); NaN in an empty bin.
        accuracy: share of right answers, (B,); NaN in an empty bin.
        count: answers in the bin, (B,).
        error: the expected calibration error, mean of |accuracy − confidence| over
            all answers; NaN without any.
        left_out: examples whose probabilities are not finite.
    """

    edges: np.ndarray
    confidence: np.ndarray
    accuracy: np.ndarray
    count: np.ndarray
    error: float
    left_out: int

    @property
    def gap(self) -> float:
        """Mean confidence minus accuracy over all answers; above 0 is over-confident."""
        some = self.count > 0
        weight = self.count[some] / max(self.count.sum(), 1)
        return float(weight @ (self.confidence[some] - self.accuracy[some]))


def calibration_bins(P: np.ndarray, y: np.ndarray, bins: int = 10) -> CalibrationBins:
    """Compare how sure the answers are with how often they are right.

    The answer is the most probable class, its probability the confidence. The bins
    have equal width, (0, 1/bins], (1/bins, 2/bins] …, because the published expected
    calibration error is defined with those, and because a student can read off them
    what 90 % means. Equal counts would put nearly all bins of a sure net close to 1.

    Args:
        P: probabilities, (N, C), or (N,), then that of class 1.
        y: labels, (N,).
        bins: how many.

    Returns:
        The bins.

    Raises:
        ValueError: shapes that do not fit, or probabilities outside 0 … 1.

    Source: Guo, Pleiss, Sun and Weinberger, On calibration of modern neural networks, 2017.
    """
    P, y = np.asarray(P, dtype=float), np.asarray(y)
    if P.ndim == 1:
        P = np.stack([1 - P, P], axis=1)
    if P.ndim != 2 or y.shape != (len(P),):
        raise ValueError(
            f"calibration_bins: expected P (N, C) and y (N,), got {P.shape} and {y.shape}"
        )
    finite = np.isfinite(P).all(axis=1)
    P, y = P[finite], y[finite]
    if P.size and (P.min() < -1e-6 or P.max() > 1 + 1e-6):
        raise ValueError(
            f"P: expected probabilities from 0 to 1, got {number(P.min())} to "
            f"{number(P.max())}; logits?"
        )
    sure = P.max(axis=1, initial=0.0)
    right = (P.argmax(axis=1) == y) if len(P) else np.zeros(0, dtype=bool)
    edges = np.linspace(0, 1, bins + 1)
    which = np.searchsorted(edges[1:-1], sure, side="left")  # (low, high]
    count = np.bincount(which, minlength=bins)
    with np.errstate(invalid="ignore"):
        confidence = np.bincount(which, sure, bins) / count
        accuracy = np.bincount(which, right, bins) / count
    some = count > 0
    gaps = np.abs(accuracy[some] - confidence[some])
    error = float(gaps @ count[some] / count.sum()) if some.any() else np.nan
    return CalibrationBins(edges, confidence, accuracy, count, error, int((~finite).sum()))


def calibration(P: np.ndarray, y: np.ndarray, bins: int = 10, *, title: str = "") -> Picture:
    """Draw how often answers are right against how sure they are.

    Args:
        P: probabilities, (N, C), or (N,), then that of class 1.
        y: labels, (N,).
        bins: how many, of equal width (`calibration_bins` says why).
        title: what was measured.

    Returns:
        The picture: above accuracy against confidence, with 95 % intervals and the
        diagonal of perfect calibration; below the answers in each bin.
    """
    found = calibration_bins(P, y, bins)
    with styled():
        figure = new_figure(4.8, 5.2)
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3, 1])
        _draw_reliability(above, found)
        middles, width = (found.edges[1:] + found.edges[:-1]) / 2, np.diff(found.edges)
        below.bar(middles, found.count, width=width, color=GREY, edgecolor="white")
        below.set(xlabel="confidence of the answer", ylabel="answers")
        below.set_ylim(0, max(1, 1.05 * found.count.max()))
        below.yaxis.set_major_locator(MaxNLocator(3, integer=True))
        if found.count.any():
            above.set_title(f"expected calibration error {found.error:.1%}")
        entitle(figure, title)
    return Picture(figure, _told(found, title))


def _draw_reliability(axes: Axes, found: CalibrationBins) -> None:
    some = found.count > 0
    x, y = found.confidence[some], found.accuracy[some]
    low, high = wilson(y, found.count[some])
    axes.plot([0, 1], [0, 1], color="black", linestyle=":", linewidth=1)
    axes.vlines(x, low, high, color=BLUE, linewidth=1.2, alpha=0.6)
    axes.plot(x, y, "o-", color=BLUE, markersize=5)
    axes.text(0.03, 0.95, "above the dotted line: too modest", va="top", fontsize=9, color="0.3")
    axes.text(0.97, 0.05, "below it: too sure", ha="right", fontsize=9, color="0.3")
    axes.set(xlim=(0, 1), ylim=(-0.02, 1.02), ylabel="share of right answers")
    axes.grid(True)


def wilson(share: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of a share, which stays within 0 … 1 for few examples too.

    Args:
        share: of right answers, (B,).
        count: answers, (B,), above 0.

    Returns:
        Lower and upper ends, (B,) each.

    Source: Wilson, Probable inference, 1927.
    """
    scale = 1 + _Z**2 / count
    middle = (share + _Z**2 / (2 * count)) / scale
    half = _Z * np.sqrt(share * (1 - share) / count + _Z**2 / (4 * count**2)) / scale
    return middle - half, middle + half


def _told(found: CalibrationBins, title: str) -> str:
    lead = f"Calibration, {title}: " if title else "Calibration: "
    left_out = f" Left out as not finite: {found.left_out}." if found.left_out else ""
    total = int(found.count.sum())
    if not total:
        return f"{lead}there are no answers.{left_out}"
    told = f"expected calibration error {found.error:.1%} over {counted(total, 'answer')}"
    told += f" in {len(found.count)} bins of equal width"
    gap = found.gap
    if abs(gap) >= _FEW:
        kind = "too sure" if gap > 0 else "too modest"
        told += f"; on the whole {kind}, confidence minus accuracy is {number(gap)}"
    rows = [
        f"{n} with confidence {percent(c)}, {percent(a)} right"
        for n, c, a in zip(found.count, found.confidence, found.accuracy, strict=True)
        if n
    ]
    return f"{lead}{told}. Answers bin by bin: {'; '.join(rows)}.{left_out}"
