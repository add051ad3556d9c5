"""Slopes along a line, and whether a kink spoils them: decided from values alone.

A *line* is a function ``at(t) -> (value, step)``: the loss after a move by t,
and the move that was really made (x + t is rounded when x is large). It may move
one entry or a whole array along a direction; everything below works on both.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Line = Callable[[float], tuple[float, float]]

AGREES, WRONG, ASIDE = "agrees", "wrong", "aside"

# A difference counts once it is this many times what rounding was seen to do.
# It is generous because a false accusation costs a student an evening.
ROUNDING = 32.0


@dataclass(frozen=True)
class Measurement:
    """What was found along one line: the slope, and whether (within what) the gradient agrees."""

    state: str
    gradient: float
    slope: float
    within: float = 0.0


def central(at: Line, h: float) -> float:
    """The slope between −h and h."""
    (right, up), (left, down) = at(h), at(-h)
    return (right - left) / (up - down)


def measure(
    lines: list[Line], gradients: np.ndarray, *, step: float, tolerance: float, noise: float
) -> tuple[list[Measurement], float]:
    """Compare gradients with slopes, all on the scale of the largest among them.

    Args:
        lines: one for each gradient.
        gradients: the derivatives along the lines that are to be checked.
        step: h. It is widened, tenfold and at most thrice, where the slopes are so
            small that rounding would hide an error of ten times the tolerance.
        tolerance: largest allowed difference, relative to the scale.
        noise: what rounding does to a value of the function, see `rounding_of`.

    Returns:
        A measurement for each line, and the relative difference that rounding
        leaves room for, at least `tolerance`.
    """
    for widened in range(4):
        h = step * 10.0**widened
        slopes = np.array([central(at, h) for at in lines])
        scale = max(np.abs(slopes).max(initial=0), np.abs(gradients).max(initial=0))
        if scale == 0 or ROUNDING * noise / h <= 10 * tolerance * scale:
            break
    allowed = tolerance * max(scale, 1e-12)
    found = []
    for at, gradient, slope in zip(lines, gradients, slopes, strict=True):
        if abs(slope - gradient) <= allowed + ROUNDING * noise / h:
            found.append(Measurement(AGREES, float(gradient), float(slope)))
        else:
            found.append(_look_again(at, float(gradient), float(slope), h, allowed, noise))
    within = max([allowed + ROUNDING * noise / h, *(m.within for m in found)])
    return found, float(max(tolerance, within / scale if scale else 0.0))


def _look_again(at, gradient, slope, h, allowed, noise) -> Measurement:
    """Ask a doubtful line for a kink, then at smaller steps: wrong is what disagrees at all.

    The formula's own error falls with h², so a hundredfold with h/10; rounding
    grows tenfold, and is allowed for. Still smaller steps are asked while rounding
    stays below the difference: a steep function needs them.
    """
    if has_kink(at, h, noise):
        return Measurement(ASIDE, gradient, slope)
    difference = abs(slope - gradient)
    for s in (h / 10, h / 100, h / 1000):
        within = allowed + ROUNDING * noise / s
        if s < h / 10 and within > difference / 2:
            break  # any gradient would agree
        again, before = central(at, s), slope
        slope = again
        if abs(again - gradient) <= within:
            return Measurement(AGREES, gradient, again, within)
        if abs(again - before) < 0.1 * abs(again - gradient):
            break  # smaller steps would only say the same again
    return Measurement(WRONG, gradient, slope)


def has_kink(at: Line, h: float, noise: float) -> bool:
    """Whether the slope jumps between −h and h.

    The slopes left and right of 0 differ by h·f'' where f is smooth: halve h and
    the difference halves. Where there is a kink it does not. Several step sizes
    are asked, since one pair alone has a blind spot (a kink at h/3).

    Args:
        at: the line.
        h: the step.
        noise: what rounding does to a value.
    """
    here, _ = at(0.0)
    jumps, scale = [], 1e-12
    for size in (h, h / 2, h / 4, h / 8):
        (right, up), (left, down) = at(size), at(-size)
        ahead, behind = (right - here) / up, (left - here) / down
        jumps.append(ahead - behind)
        scale = max(scale, abs(ahead), abs(behind))
    uneven = [a - 2 * b for a, b in itertools.pairwise(jumps)]
    if max(abs(uneven[0]), abs(uneven[1])) <= max(ROUNDING * noise / h, 1e-7 * scale):
        return False
    # Strong curvature is uneven, too, but that dies away as h³: by 8 with each halving.
    return not all(
        0.05 * abs(a) < abs(b) < 0.25 * abs(a) and a * b > 0 for a, b in itertools.pairwise(uneven)
    )


def rounding_of(at: Line, step: float) -> float:
    """How far rounding alone moves the function's values, measured.

    Seven values very close together lie on a straight line, or on a bent one if
    the point is exactly on a kink; what is left over is rounding. The size of the
    value alone would not tell: a sum may cancel inside the function.

    Args:
        at: a line that moves everything.
        step: h of the check; the values are much closer together.
    """
    t = np.arange(-3.0, 4.0)
    values = np.array([at(k * step * 1e-4)[0] for k in t])
    form = np.stack([np.ones_like(t), t, np.abs(t)], axis=1)  # (7, 3)
    level = values[3]
    fitted = form @ np.linalg.lstsq(form, values - level, rcond=None)[0]
    left_over = np.abs(values - level - fitted).max()
    return float(max(left_over, np.finfo(float).eps * abs(level), 1e-300))
