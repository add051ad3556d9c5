"""Explain wrong values: each explainer looks at all probes and may name a cause.

An explainer is a function ``(exercise, part, trials) -> Finding | None``. They
are asked in the order of `EXPLAINERS`, and the first that is sure speaks. To
add one is to write the function and append it to the list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from course_utils.checking.compare import close
from course_utils.checking.exercises import Exercise, Probe
from course_utils.checking.verdict import WRONG, Finding
from course_utils.words import listed


@dataclass(frozen=True)
class Trial:
    """What one probe brought: the answer's value of a part, the right one, the finding."""

    probe: Probe
    got: Any
    expected: np.ndarray
    finding: Finding


Explainer = Callable[[Exercise, str, Sequence[Trial]], Finding | None]


def explain(exercise: Exercise, part: str, trials: Sequence[Trial]) -> Finding:
    """The finding to tell about a part, given how it did on every probe.

    Args:
        exercise: what was asked.
        part: name of the returned array.
        trials: one per probe, in the order of the probes.

    Returns:
        The first wrong finding, its message made more exact where a cause is
        sure or where only some probes fail; right or a remark otherwise.
    """
    wrong = [t for t in trials if t.finding.status == WRONG]
    if not wrong:
        remarks = [t.finding for t in trials if t.finding.message]
        return remarks[0] if remarks else trials[0].finding
    first = wrong[0].finding
    if first.cause == "values":
        for explainer in EXPLAINERS:
            named = explainer(exercise, part, trials)
            if named is not None:
                return named
    return _with_the_probes_that_fail(first, wrong, trials)


def constant_ratio(exercise: Exercise, part: str, trials: Sequence[Trial]) -> Finding | None:
    """Is it the right array times −1, 2, N, 1/N …, on every probe?

    A factor that is a size must follow that size from probe to probe, so that
    2 and N = 2 are never confused: a factor counts only if it holds on all
    probes, and a size only if it was seen at two values of it at least.
    """
    seen = [t for t in trials if np.shape(t.got) == np.shape(t.expected)]
    seen = [t for t in seen if np.any(np.asarray(t.expected))]
    if len(seen) < len(trials) or len(seen) < 2:
        return None
    for told, factor in _factors(seen[0].probe):
        try:
            fits = all(
                close(t.got, np.asarray(t.expected) * factor(t.probe.sizes), t.probe.rtol)
                for t in seen
            )
        except KeyError:
            continue
        values = {float(factor(t.probe.sizes)) for t in seen}
        letter = told.removeprefix("1/")
        if not fits or (letter in seen[0].probe.sizes and len(values) < 2):
            continue
        sizes = sorted({t.probe.sizes[letter] for t in seen} if letter.isalpha() else set())
        at = f" (seen at {letter} = {listed(sizes)})" if sizes else ""
        message = f"exactly {told} times the right value{at}."
        return Finding(part, WRONG, f"ratio {told}", message, {"ratio": told, "sizes": sizes})
    return None


def _factors(probe: Probe):
    yield "−1", lambda sizes: -1.0
    yield "2", lambda sizes: 2.0
    yield "1/2", lambda sizes: 0.5
    for letter in probe.sizes:
        yield letter, lambda sizes, letter=letter: float(sizes[letter])
        yield f"1/{letter}", lambda sizes, letter=letter: 1.0 / sizes[letter]


EXPLAINERS: list[Explainer] = [constant_ratio]


def _with_the_probes_that_fail(first: Finding, wrong: list, trials: Sequence[Trial]) -> Finding:
    """Say on what kind of input it fails, when it is right on another kind."""
    if len(wrong) == len(trials):
        return first
    failing = list(dict.fromkeys(t.probe.about for t in wrong))
    passing = list(dict.fromkeys(t.probe.about for t in trials if t.finding.status != WRONG))
    passing = [about for about in passing if about not in failing]
    if not passing:
        return first
    message = (
        f"right on {', '.join(passing)}; wrong on {', '.join(failing)}. There: {first.message}"
    )
    return replace(first, message=message)
