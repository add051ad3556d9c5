"""Check the gradients of a whole net along random directions, in milliseconds."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from course_utils.checking.gradient_check import Arrays, as_dictionaries, run_check
from course_utils.checking.gradient_report import GradientReport, gathered
from course_utils.checking.kinks import ASIDE, measure
from course_utils.checking.point import Point, directions_for

TRIES = 3


def directional_check(
    f: Callable[..., float],
    params: Arrays | np.ndarray,
    grads: Arrays | np.ndarray | Callable,
    *,
    directions: int = 3,
    step: float = 1e-5,
    tolerance: float = 1e-6,
    rng: np.random.Generator | None = None,
    name: str = "x",
) -> GradientReport:
    """Compare gradients with slopes along random directions, a few for each array.

    Two values of f tell the slope along a direction, however many entries the
    array has, and every one of them takes part: a single wrong entry shows, but
    not which. Each array is moved alone, so the guilty array is named. A
    direction that crosses a kink is set aside, and others are tried in its place;
    where all cross one, parts of the array are moved by themselves.

    Args:
        f: function of a dictionary of arrays, or of one array; returns the loss.
        params: float64 arrays, any shapes; or one array.
        grads: the gradients to check, same keys and shapes; or one array; or a
            function that gives them when called like `f`.
        directions: how many for each array.
        step: length of the move, all entries together.
        tolerance: largest allowed difference, relative to the array's scale.
        rng: draws the directions; a fixed generator when None.
        name: what to call the array if there is only one.

    Returns:
        A report like `gradient_check`'s, that counts directions in place of entries.
    """
    rng = rng if rng is not None else np.random.default_rng(0)
    f, params, grads, trouble = as_dictionaries(f, params, grads, name)

    def look(point: Point, key: str, grad: np.ndarray, noise: float) -> tuple:
        measured = functools.partial(
            _measure, point, key, grad, rng, tolerance=tolerance, noise=noise
        )
        kept, drawn, room, covered = _along_all(measured, directions, step)
        if not any(m.state != ASIDE for m in kept):
            kept, drawn, room, covered = _along_blocks(measured, grad.size, rng, step)
        values = np.array([float(np.vdot(v, point.params[key])) for v in drawn])
        wrong, entries = gathered(key, kept, range(len(kept)), (len(kept),))
        return wrong, replace(entries, covered=covered), values, room

    report = run_check(f, params, grads, look, step, tolerance, rng, trouble, "directions")
    report.entries.clear()  # a direction has no place in the array: nothing to draw
    return report


def _along_all(measured, directions, step):
    """Move all entries together; shorter each time a kink is met, as that meets fewer."""
    kept, drawn, room = [], [], 0.0
    for again in range(TRIES):
        missing = directions - sum(m.state != ASIDE for m in kept)
        if not missing:
            break
        found, along, room = measured([None] * missing, step=step / 10**again)
        kept, drawn = kept + found, drawn + along
    # What was set aside is told only as far as no other direction took its place.
    order = sorted(range(len(kept)), key=lambda i: kept[i].state == ASIDE)[:directions]
    return [kept[i] for i in order], [drawn[i] for i in order], room, None


def _along_blocks(measured, size, rng, step):
    """Move a quarter of the entries at a time, or a sixteenth: some sit exactly on a kink.

    Returns:
        Measurements, directions, what rounding leaves room for, and the share of
        the entries that were compared.
    """
    blocks, kept, drawn, room, compared = [rng.permutation(size)], [], [], 0.0, 0
    for last in (False, True):
        blocks = [b for block in blocks for b in np.array_split(block, 4) if b.size]
        found, along, room = measured(blocks, step=step)
        for m, v, block in zip(found, along, blocks, strict=True):
            if m.state != ASIDE or last or block.size == 1:
                kept.append(m)
                drawn.append(v)
                compared += block.size * (m.state != ASIDE)
        blocks = [b for m, b in zip(found, blocks, strict=True) if m.state == ASIDE and b.size > 1]
        if not blocks:
            break
    return kept, drawn, room, compared / max(1, size)


def _measure(point, key, grad, rng, blocks, **how):
    """Slopes along a new direction for each block of entries (None: all) of one array."""
    only = {key: point.params[key]}
    drawn = [directions_for(only, rng)[key] for _ in blocks]
    for direction, block in zip(drawn, blocks, strict=True):
        if block is not None:
            rest = np.ones(direction.size, dtype=bool)
            rest[block] = False
            direction.reshape(-1)[rest] = 0.0
            direction *= np.sqrt(direction.size / block.size)
    lines = [point.line({key: v}) for v in drawn]
    gradients = np.array([float(np.vdot(v, grad)) for v in drawn])
    # By chance a direction may run along a level line; the array's typical slope
    # is the scale then, as an extra line that agrees with itself.
    typical = float(np.linalg.norm(grad) / np.sqrt(max(1, grad.size)))
    found, room = measure(
        [*lines, lambda t: (typical * t, t)], np.append(gradients, typical), **how
    )
    return found[:-1], drawn, room
