"""What a gradient check found, in words."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from course_utils.checking.kinks import ASIDE, WRONG
from course_utils.words import number


@dataclass(frozen=True)
class EntryError:
    """One entry (or direction) whose gradient disagrees with the slope that was measured."""

    key: str
    index: tuple[int, ...]
    gradient: float
    slope: float


@dataclass(frozen=True)
class Entries:
    """Every entry of one array that was looked at.

    Args:
        shape: shape of the array.
        flat: flat indices of the entries, (K,).
        gradient: the gradient under test, (K,).
        slope: the slope that was measured, (K,).
        state: ``"agrees"``, ``"wrong"`` or ``"aside"``, (K,).
        covered: share of the array that was compared, where lines move several entries.
    """

    shape: tuple[int, ...]
    flat: np.ndarray
    gradient: np.ndarray
    slope: np.ndarray
    state: np.ndarray
    covered: float | None = None


@dataclass(frozen=True)
class GradientReport:
    """What a gradient check found.

    Args:
        checked: entries compared, per array.
        aside: entries set aside because a kink lies within ±step, per array.
        wrong: entries that disagree.
        worst: the largest relative difference among entries compared, per array.
        tolerance: the largest relative difference allowed.
        problem: why nothing could be compared, if so.
        problems: why one array could not be compared, if so.
        room: the difference that rounding left room for, where more than tolerance.
        slips: what the differences of an array look like, ``"the sign is wrong"``.
        entries: all that was measured, per array; empty for directions.
        unit: ``"entries"`` or ``"directions"``.
    """

    checked: dict[str, int]
    aside: dict[str, int]
    wrong: tuple[EntryError, ...]
    worst: dict[str, float]
    tolerance: float
    problem: str = ""
    problems: dict[str, str] = field(default_factory=dict)
    room: dict[str, float] = field(default_factory=dict)
    slips: dict[str, str] = field(default_factory=dict)
    entries: dict[str, Entries] = field(default_factory=dict)
    unit: str = "entries"

    @property
    def passed(self) -> bool:
        """Whether every entry compared agrees, and there were any."""
        return not self.wrong and not self.problem and not self.problems

    def __bool__(self) -> bool:
        return self.passed

    def text(self) -> str:
        """A line per array; numbers that differ between machines are left out."""
        if self.problem:
            return f"✗ gradient check: {self.problem}"
        return "\n".join(self._line(key) for key in self.checked)

    def heat_map(self, key: str):
        """Draw |gradient − slope| of one array, entry by entry.

        Args:
            key: name of the array, ``"dW"``.

        Returns:
            A `course_utils.show.Picture`.

        Raises:
            ValueError: nothing was measured under this name.
        """
        from course_utils.show.heat_map import heat_map  # matplotlib, only where it is used

        return heat_map(self, key)

    def _line(self, key: str) -> str:
        bad = [e for e in self.wrong if e.key == key]
        if key in self.problems:
            told = f"✗ {key}: {self.problems[key]}"
        elif bad:
            worst = max(bad, key=lambda e: abs(e.gradient - e.slope))
            where = f"at {list(worst.index)}" if self.unit == "entries" else "in one direction"
            told = (
                f"✗ {key}: {len(bad)} of {self.checked[key]} {self.unit} disagree, the most "
                f"{where}: gradient {worst.gradient:.4g}, slope {worst.slope:.4g}"
            )
        else:
            told = f"✓ {key}: {self.checked[key]} {self.unit} agree to {self._agreement(key)}"
        if self.aside[key] and key not in self.problems:
            told += f" ({self.aside[key]} set aside: a kink within one step)"
        slip = self.slips.get(key)
        return f"{told}. {slip}" if slip else told

    def _agreement(self, key: str) -> str:
        room = self.room.get(key, 0.0)
        if room >= 0.5:
            return "rounding: they are too small to be told from 0 beside this loss"
        if room > 10 * self.tolerance:
            return f"{room:.0e}: the loss is too large for a finer comparison"
        return f"{self.tolerance:.0e}"

    def __repr__(self) -> str:
        return self.text()


def slip_in(gradients: np.ndarray, slopes: np.ndarray, values: np.ndarray, name: str) -> str:
    """A closed form that explains wrong gradients, as a sentence; "" if none is found.

    Args:
        gradients: under test, (K,).
        slopes: measured, (K,).
        values: the parameters themselves, along the same lines, (K,).
        name: what to call the array.
    """
    if len(gradients) < 3:
        return ""  # one or two numbers are proportional to anything
    if not slopes.any():
        return "The loss does not move at all with it: does the function use its argument?"
    if not gradients.any():
        return "The gradient is 0 everywhere: is it set at all?"
    ratio = _proportional(gradients, slopes)
    if ratio is not None and abs(ratio - 1) > 1e-3:
        if abs(ratio + 1) < 1e-3:
            return "The sign is wrong."
        return f"The gradient is {number(ratio)} times the slope."
    share = _proportional(gradients - slopes, values)
    if share is not None:
        has, lacks = ("gradient", "loss") if share > 0 else ("loss", "gradient")
        return (
            f"The difference is {number(share)} times {name}: a penalty on {name} (weight decay) "
            f"that the {has} has and the {lacks} lacks?"
        )
    return ""


def _proportional(a: np.ndarray, b: np.ndarray) -> float | None:
    """The number c with a = c b, if there is one."""
    size = float(b @ b)
    if not size or np.count_nonzero(np.abs(b) > 1e-3 * np.abs(b).max()) < 3:
        return None
    c = float(a @ b) / size
    return c if np.abs(a - c * b).max() <= 1e-3 * np.abs(a).max() else None


def gathered(key: str, found, indices, shape) -> tuple[list[EntryError], Entries]:
    """Sort measurements into what is wrong and what a picture needs.

    Args:
        key: name of the array.
        found: one `Measurement` for each index.
        indices: flat indices, (K,).
        shape: shape that the indices belong to.
    """
    wrong = []
    for i, m in zip(indices, found, strict=True):
        if m.state == WRONG:
            index = tuple(int(k) for k in np.unravel_index(int(i), shape))
            wrong.append(EntryError(key, index, m.gradient, m.slope))
    entries = Entries(
        tuple(shape),
        np.asarray(indices, dtype=int),
        np.array([m.gradient for m in found]),
        np.array([m.slope for m in found]),
        np.array([m.state for m in found], dtype=object),
    )
    return wrong, entries


def mostly_aside(entries: Entries, unit: str) -> str:
    """The sentence for an array of which too little could be compared, else ""."""
    aside, asked = int((entries.state == ASIDE).sum()), len(entries.state)
    covered = entries.covered if entries.covered is not None else 1 - aside / max(1, asked)
    if covered >= 0.5:
        return ""
    return (
        f"{aside} of {asked} {unit} lie on a kink: nothing can be said here. "
        "Check at another point (random, not zero)."
    )
