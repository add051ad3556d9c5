"""One picture of the page as HTML: where it lies in its sheet, the verdict, bars of its scores."""

from __future__ import annotations

import html
from collections.abc import Iterator

import numpy as np

from course_utils.show.scores.sheets import COLUMNS, PER_SHEET
from course_utils.show.scores.summary import ScoreSummary
from course_utils.show.wording import percent

ALL_BARS = 12  # more classes than these, and only the highest are shown
_TOP = 6


def entries(summary: ScoreSummary, probabilities: np.ndarray) -> Iterator[str]:
    """Yield a list item for each picture, in the order of the summary, each in one line.

    Args:
        summary: of the same scores.
        probabilities: (N, C).
    """
    names = [html.escape(name) for name in summary.class_names]
    for place, n in enumerate(summary.order.tolist()):
        label, answer = int(summary.labels[n]), int(summary.answers[n])
        sheet, k = divmod(place, PER_SHEET)
        y, x = divmod(k, COLUMNS)
        told = f"picture {n}, labelled {names[label]}"
        yield (
            f'<li class="e {"r" if label == answer else "w"}">'
            f'<i class="s s{sheet}" style="--x:{x};--y:{y}" role=img aria-label="{told}"></i>'
            f"<div><p>{_verdict(names, label, answer)} <small>picture {n}</small></p>"
            f"<ol>{''.join(_bars(probabilities[n], names, label, answer))}</ol></div></li>"
        )


def _verdict(names: list[str], label: int, answer: int) -> str:
    if label == answer:
        return f"<b>✓ right:</b> {names[label]}"
    return f"<b>✗ wrong:</b> {names[label]} taken for {names[answer]}"


def _bars(scores: np.ndarray, names: list[str], label: int, answer: int) -> Iterator[str]:
    """A line for each class; of many classes those with the highest scores, and the label."""
    shown = range(len(names))
    if len(names) > ALL_BARS:
        shown = [int(c) for c in np.argsort(-scores, kind="stable")[:_TOP]]
        shown += [label] if label not in shown else []
    for c in shown:
        kind = " class=t" if c == label else " class=a" if c == answer else ""
        mark = " (label)" if c == label else " (answer)" if c == answer else ""
        length = round(100 * float(scores[c]), 1)
        style = f" style=--p:{length:g}" if length else ""
        yield f"<li{kind}{style}>{names[c]}{mark} <b>{_short(float(scores[c]))}</b></li>"


def _short(share: float) -> str:
    """A percentage with at most one decimal: 0% and 100% where it is so, 0.0% next to nothing."""
    if 0 < share < 0.0005:
        return "0.0%"
    return "&gt;99.9%" if 0.9995 < share < 1 else percent(share)
