"""Where an array is wrong: only for negative inputs, at the border, from the second sample on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import scale_of
from course_utils.words import number


@dataclass(frozen=True)
class Region:
    """Where the wrong numbers are, in words, and what they are there if that is known."""

    told: str
    there: str = ""

    def __str__(self) -> str:
        return f"{self.told}; there {self.there}" if self.there else self.told


def find_region(case: Case) -> Region | None:
    """The smallest region that holds every wrong number, on every probe; None if all are wrong."""
    if len(case.comparable) < len(case.trials) or np.ndim(case.trials[0].expected) == 0:
        return None
    wrong = [wrong_entries(t) for t in case.trials]
    if all(w.all() for w in wrong if w.any()):
        return None
    masks = [dict(_regions(case, t)) for t in case.trials]
    _add_ranges(case, wrong, masks)
    best: tuple[float, str] | None = None
    for told in masks[0]:
        if not all(told in m for m in masks):
            continue
        inside = all(not (w & ~m[told]).any() for w, m in zip(wrong, masks, strict=True))
        size = float(np.mean([m[told].mean() for m in masks]))
        # A region that is nearly everything says nothing, nor one with few wrong numbers in it.
        hits = sum(w.sum() for w in wrong) / max(1, sum(m[told].sum() for m in masks))
        # A range is read off the wrong numbers: it must say clearly more than a sign does.
        rank = 1.25 * size if " is between " in told else size
        if inside and size < 0.95 and hits > 0.4 and (best is None or rank < best[0]):
            best = (rank, told)
    if best is None:
        return None
    return Region(f"only {best[1]}", _what_is_there(case, wrong))


def wrong_entries(trial: Trial) -> np.ndarray:
    """Which entries differ from the right ones."""
    difference = np.abs(np.asarray(trial.got, float) - np.asarray(trial.expected, float))
    return difference > trial.probe.rtol * scale_of(trial.expected)


def _regions(case: Case, trial: Trial) -> Iterator[tuple[str, np.ndarray]]:
    shape = np.shape(trial.expected)
    for name, array in case.arrays(trial.probe).items():
        if array.shape == shape:
            yield f"where {name} < 0", array < 0
            yield f"where {name} > 0", array > 0
            yield f"where {name} = 0", array == 0
            yield f"where {name} ≤ 0", array <= 0
            yield f"where {name} ≥ 0", array >= 0
    yield from _labels(trial, shape)
    for axis, letter in enumerate(case.letters):
        if shape[axis] < 2:
            continue
        along = f"{letter or f'axis {axis}'}"
        index = np.arange(shape[axis]).reshape([-1 if k == axis else 1 for k in range(len(shape))])
        for told, chosen in (
            (f"at the first place along {along}", index == 0),
            (f"at the last place along {along}", index == shape[axis] - 1),
            (f"after the first place along {along}", index > 0),
            (f"before the last place along {along}", index < shape[axis] - 1),
        ):
            yield told, np.broadcast_to(chosen, shape)
    if case.letters and case.letters[-1].startswith("4"):
        block = np.arange(shape[-1]) // (shape[-1] // 4)
        for k, gate in enumerate("ifog"):
            yield f"in the block of gate {gate}", np.broadcast_to(block == k, shape)
    if len(shape) == 4:
        border = np.ones(shape, bool)
        border[..., 1:-1, 1:-1] = False
        yield "at the border of the image", border


def _add_ranges(case: Case, wrong: list[np.ndarray], masks: list[dict]) -> None:
    """Between which values of an array of this shape everything wrong lies."""
    for name in case.arrays(case.trials[0].probe):
        arrays = [case.arrays(t.probe).get(name) for t in case.trials]
        if any(a is None or a.shape != w.shape for a, w in zip(arrays, wrong, strict=True)):
            continue
        hit = np.concatenate([a[w] for a, w in zip(arrays, wrong, strict=True)])
        if len(hit) < 4:
            continue
        low, high = float(hit.min()), float(hit.max())
        inside = [(a >= low) & (a <= high) for a in arrays]
        exact = sum(w.sum() for w in wrong) / sum(i.sum() for i in inside)
        if exact > 0.97:  # nearly nothing between these values is right
            told = f"where {name} is between {number(low)} and {number(high)}"
            for mask, entries in zip(masks, inside, strict=True):
                mask[told] = entries


def _labels(trial: Trial, shape: tuple[int, ...]) -> Iterator[tuple[str, np.ndarray]]:
    for value in trial.probe.args:
        if not isinstance(value, np.ndarray):
            continue
        if value.dtype == bool and value.shape == shape[: value.ndim]:
            wide = value.reshape(value.shape + (1,) * (len(shape) - value.ndim))
            yield "where the mask is False", np.broadcast_to(~wide, shape)
        if value.dtype.kind in "iu" and value.shape == shape[:-1]:
            hit = value[..., None] == np.arange(shape[-1])
            yield "at the label of each row", hit
            yield "away from the labels", ~hit


def _what_is_there(case: Case, wrong: list[np.ndarray]) -> str:
    """What the wrong numbers are: 0, or those of an argument."""
    pairs = list(zip(case.trials, wrong, strict=True))
    if all(not np.any(np.asarray(t.got)[w]) for t, w in pairs):
        return "it is 0"
    if all(np.allclose(np.asarray(t.got)[w], -np.asarray(t.expected)[w]) for t, w in pairs):
        return "the sign is turned"
    if all(np.allclose(np.asarray(t.got)[w], 1 - np.asarray(t.expected)[w]) for t, w in pairs):
        return "it is 1 minus the right number"
    for name in case.arrays(case.trials[0].probe):
        arrays = [case.arrays(t.probe).get(name) for t, _ in pairs]
        if any(a is None or a.shape != w.shape for a, (_, w) in zip(arrays, pairs, strict=True)):
            continue
        factor = _common_factor([(t.got, a, w) for a, (t, w) in zip(arrays, pairs, strict=True)])
        if factor is not None:
            times = "" if abs(factor - 1) < 1e-4 else f"{number(factor)} times "
            return f"it is {times}{name}"
    return ""


def _common_factor(triples: list[tuple]) -> float | None:
    """The c for which got = c·array wherever it is wrong, on all probes; None if there is none."""
    got = np.concatenate([np.asarray(g, float)[w] for g, _, w in triples])
    array = np.concatenate([np.asarray(a, float)[w] for _, a, w in triples])
    if not np.any(array):
        return None
    factor = float(got @ array / (array @ array))
    return factor if np.allclose(got, factor * array, rtol=1e-4, atol=1e-7) else None
