"""Whether an answer uses the settings that it is given, or fixed numbers in their place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from course_utils.checking.case import Case
from course_utils.checking.compare import close
from course_utils.checking.exercises import Probe
from course_utils.checking.relation import Relation
from course_utils.checking.variation import float_inputs, settings, with_input

_PROBES = 3


def setting_not_used(case: Case) -> Relation | None:
    """A setting whose change the right array follows, and the answer's does not."""
    probes = [t.probe for t in case.wrong][:_PROBES]
    for name, value in _numbers(case, probes[0]):
        if all(_ignored(case, probe, name) for probe in probes):
            fixed = "" if isinstance(value, bool) else ", or is a fixed number in its place"
            return Relation(
                f"{name} not used",
                f"{case.part} does not change when {name} is changed, but should: is {name} "
                f"used{fixed}?",
            )
    return None


def _numbers(case: Case, probe: Probe) -> Iterator[tuple[str, Any]]:
    yield from ((k, v) for k, v in probe.kwargs.items() if isinstance(v, bool))
    yield from settings(probe)
    yield from ((k, v) for k, v in float_inputs(case, probe) if np.ndim(v) == 0)


def _ignored(case: Case, probe: Probe, name: str) -> bool:
    """Whether the right array follows a change of this setting and the answer's does not."""
    other = with_input(case, probe, name, lambda v: not v if isinstance(v, bool) else 0.5 * v)
    mine = case.answer(probe).get(case.part), case.answer(other).get(case.part)
    right = case.reference(probe).get(case.part), case.reference(other).get(case.part)
    return _same(*mine) is True and _same(*right) is False


def _same(before: Any, after: Any) -> bool | None:
    try:
        before, after = np.asarray(before, float), np.asarray(after, float)
    except (TypeError, ValueError):
        return None
    if before.shape != after.shape or not np.isfinite(after).all():
        return None
    return close(after, before, 1e-9)
