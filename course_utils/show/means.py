"""Means with their spread over several seeds, and which of them is best."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from course_utils.show.lines import log_scale
from course_utils.show.picture import Picture
from course_utils.show.style import BLUE, VERMILION, entitle, new_figure, styled
from course_utils.show.table import setting_name, sign_of
from course_utils.words import listed, number


def means(
    x: Sequence[float],
    mean: Sequence[float],
    sd: Sequence[float],
    *,
    x_label: str,
    y_label: str,
    best: str = "max",
    log_x: bool = False,
    spread: str = "standard deviation over seeds",
    title: str = "",
) -> Picture:
    """Draw means with error bars over a setting, the best one marked.

    Args:
        x: the settings, (K,), numbers.
        mean: of what was measured, (K,); NaN where a run failed.
        sd: length of the error bars to each side, (K,).
        x_label: name of the setting, with its unit.
        y_label: name of what was measured.
        best: ``"max"`` or ``"min"``.
        log_x: logarithmic x axis, with a tick at each setting.
        spread: what the error bars are.
        title: what the figure is to show.

    Returns:
        The picture. Settings that lie within the best one's error bar are told: they
        may be as good.

    Raises:
        ValueError: lists of different lengths, no settings, or another `best`.
    """
    sign = sign_of(best)
    x, mean, sd = (np.asarray(list(values), dtype=float) for values in (x, mean, sd))
    if not (x.shape == mean.shape == sd.shape and x.ndim == 1 and len(x)):
        shapes = listed([values.shape for values in (x, mean, sd)])
        raise ValueError(f"means: expected x, mean and sd of one length (K,), got {shapes}")
    order = np.argsort(x, kind="stable")
    x, mean, sd = x[order], mean[order], sd[order]
    seen = np.isfinite(mean)
    with styled():
        figure = new_figure(6.4, 3.6)
        axes = figure.subplots()
        bars = {"capsize": 4, "elinewidth": 1.2, "markersize": 5}
        axes.errorbar(x[seen], mean[seen], np.nan_to_num(sd[seen]), fmt="o-", color=BLUE, **bars)
        if seen.any():
            top = _best(mean, sign)
            look = {"color": VERMILION, "markersize": 15, "markeredgecolor": "white", "zorder": 5}
            axes.plot(x[top], mean[top], "*", **look)
            # The best one's error bar across the panel: what reaches into it may be as good.
            edges = mean[top] - sd[top], mean[top] + sd[top]
            axes.axhspan(*edges, color=VERMILION, alpha=0.10, linewidth=0)
        if log_x:
            log_scale(axes.xaxis)
            crowded = len(x) > 1 and np.diff(np.log(x)).min() < 0.07 * np.log(x[-1] / x[0])
            slant = {"rotation": 45, "ha": "right", "rotation_mode": "anchor"} if crowded else {}
            axes.set_xticks(x, [setting_name(v) for v in x], **slant)
            axes.minorticks_off()
        axes.set(xlabel=x_label, ylabel=f"{y_label}, mean ± sd")
        axes.grid(True)
        entitle(figure, title)
    lead = f"{title}: " if title else ""
    return Picture(figure, lead + _told(x, mean, sd, x_label, y_label, spread, sign))


def _best(mean: np.ndarray, sign: int) -> int:
    return int(np.nanargmax(sign * mean))


def _told(x, mean, sd, x_label: str, y_label: str, spread: str, sign: int) -> str:
    told = f"{y_label} over {x_label}, mean and {spread}. "
    if not np.isfinite(mean).any():
        return told + "No value is finite."
    top = _best(mean, sign)
    told += f"Best {_four_digits(mean[top])} ± {number(sd[top])} at {setting_name(x[top])}"
    near = np.abs(mean - mean[top]) <= sd[top]
    near[top] = False
    if near.any():
        told += f"; within its error bar: {listed([setting_name(v) for v in x[near]])}"
    all_of_them = [
        f"{setting_name(a)}: {_four_digits(m)} ± {number(s)}"
        if np.isfinite(m)
        else f"{setting_name(a)}: not finite"
        for a, m, s in zip(x, mean, sd, strict=True)
    ]
    return f"{told}. {'; '.join(all_of_them)}."


def _four_digits(value: float) -> str:
    """Four significant digits: accuracies of 0.9814 and 0.9836 are to be told apart."""
    return f"{float(value):.4g}"
