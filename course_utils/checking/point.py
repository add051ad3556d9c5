"""The point at which gradients are checked: asked for values, guarded against surprises."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from course_utils.checking.kinks import Line, rounding_of


class Point:
    """A function and the arrays at which it is asked.

    The arrays are copied once. The function gets the copies, one of them moved a
    little, and they are put back after every call; whether it leaves them alone
    is asked at the beginning and at the end.

    Args:
        f: function of a dictionary of arrays, gives the loss.
        params: the arrays.
    """

    def __init__(self, f: Callable[[dict], float], params: Mapping[str, np.ndarray]) -> None:
        self.f = f
        self.params = {key: np.array(value) for key, value in params.items()}
        self.work = {key: value.copy() for key, value in self.params.items()}

    def value(self) -> float:
        """The loss at the arrays as they stand now."""
        # A dictionary of its own: an entry that f puts in does no harm.
        return float(self.f(dict(self.work)))

    def entry_line(self, key: str, i: int) -> Line:
        """The line along entry i (flat index) of an array."""
        flat, old = self.work[key].reshape(-1), float(self.params[key].reshape(-1)[i])

        def at(t: float) -> tuple[float, float]:
            flat[i] = old + t
            value = self.value()
            flat[i] = old
            return value, (old + t) - old

        return at

    def line(self, directions: Mapping[str, np.ndarray]) -> Line:
        """The line along a direction, given for one or more of the arrays."""

        def at(t: float) -> tuple[float, float]:
            for key, direction in directions.items():
                np.multiply(direction, t, out=self.work[key])
                self.work[key] += self.params[key]
            value = self.value()
            for key in directions:
                self.work[key][...] = self.params[key]
            return value, t

        return at

    def rounding(self, rng: np.random.Generator, step: float) -> float:
        """What rounding does to a value here."""
        return rounding_of(self.line(directions_for(self.params, rng)), step)

    def trouble_before(self, rng: np.random.Generator, step: float) -> str:
        """Why slopes cannot be measured here, if so; each cause in its own words."""
        trouble = next((t for k, v in self.params.items() if (t := _unusable(k, v))), "")
        if trouble:
            return trouble
        returned = self.f(dict(self.work))
        if np.size(returned) != 1:
            shape = np.shape(returned)
            return f"the function returns shape {shape}, expected a single number; sum it up?"
        first = float(returned)
        if changed := self.changed():
            return changed
        second = self.value()
        if not np.isfinite(first):
            return f"the function returns {first} here."
        if first != second:
            return "two equal calls return different values: dropout, or a generator inside?"
        line = self.line(directions_for(self.params, rng))
        if _all_single([first, line(step)[0], line(-step)[0]]):
            return (
                "the function computes in float32, with 7 digits: the step drowns in its rounding. "
                "Keep float64 from the inputs to the loss."
            )
        self.first = first
        return ""

    def trouble_after(self) -> str:
        """What only shows after many calls: arrays that did change, a memory of earlier calls."""
        if changed := self.changed():
            return changed
        if self.value() != self.first:
            return "the function remembers earlier calls: the same point gives another value now."
        return ""

    def changed(self) -> str:
        """Whether the function has changed its arguments."""
        names = [k for k in self.params if not np.array_equal(self.work[k], self.params[k])]
        if not names:
            return ""
        return (
            "the function changes its arguments in place: every call sees another point. "
            f"Work on a copy of {', '.join(names)}."
        )


def directions_for(
    params: Mapping[str, np.ndarray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """A random direction of length 1 or so for each array.

    Signs are random and sizes between a half and one and a half: each entry takes
    part, and two errors of the same size do not cancel.
    """
    drawn = {}
    for key, value in params.items():
        drawn[key] = u = np.asarray(rng.uniform(-1.0, 1.0, value.shape))
        u += np.copysign(0.5, u)
        u /= np.sqrt(max(1, value.size))
    return drawn


def unfit(grad: np.ndarray | None, value: np.ndarray) -> str:
    """Why a gradient cannot be compared with slopes, if so."""
    if grad is None:
        return "no gradient with this name."
    if grad.dtype.kind not in "fiu":
        return f"expected a gradient of floats, got {grad.dtype}."
    if grad.shape != value.shape:
        turned = "; transposed?" if grad.T.shape == value.shape else "."
        return f"expected shape {value.shape}, got {grad.shape}{turned}"
    if not np.isfinite(grad).all():
        return "the gradient holds NaN or inf."
    return ""


def _unusable(key: str, value: np.ndarray) -> str:
    if value.dtype.kind in "iub":
        return (
            f"{key}: expected float64, got {value.dtype}; a step of 1e-5 vanishes in its rounding. "
            f"Pass {key}.astype(float)."
        )
    if value.dtype != np.float64:
        return f"{key}: expected float64, got {value.dtype}; the step drowns in its rounding."
    if not np.isfinite(value).all():
        return f"{key} holds NaN or inf."
    return ""


def _all_single(values: list[float]) -> bool:
    """Whether all values are float32 numbers, but not round ones, which say nothing."""
    if not all(np.isfinite(v) and float(np.float32(v)) == v for v in values):
        return False
    return any(v * 2.0**12 != round(v * 2.0**12) for v in values)
