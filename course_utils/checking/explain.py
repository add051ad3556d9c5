"""Explain a wrong array: a known mistake, a relation, a region, the smallest failing case."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from course_utils.checking.by_setting import by_setting
from course_utils.checking.case import Case
from course_utils.checking.compare import close
from course_utils.checking.experiments import experiment
from course_utils.checking.mistakes.match import find_mistakes, find_partly
from course_utils.checking.regions import find_region, wrong_entries
from course_utils.checking.relations import find_relation
from course_utils.checking.relations_size import times_a_factor
from course_utils.checking.smallest import smallest_case
from course_utils.checking.verdict import WRONG, Finding


def explain(case: Case, brief: bool = False) -> Finding:
    """The finding to tell about a part, given how it did on every probe.

    Args:
        case: the answer's and the right values on all probes.
        brief: leave out the case to follow by hand: another part has one already.

    Returns:
        The first wrong finding, with the cause named where it is known; right or
        a remark if nothing is wrong.
    """
    wrong = case.wrong
    if not wrong:
        remarks = [t.finding for t in case.trials if t.finding.message]
        return remarks[0] if remarks else case.trials[0].finding
    first = wrong[0].finding
    if first.cause in ("type", "missing", "extra"):
        return first
    known = find_mistakes(case)
    if known:
        return _named(case, first, known)
    relation = find_relation(case) if first.cause == "values" else None
    if relation is not None:
        message = f"{relation.told}{'' if relation.told.endswith('?') else '.'}"
        message += _where_it_matters(case, relation.key) + _and_not_finite(case)
        return replace(first, cause=relation.key, message=message)
    other = _another_part(case)
    if other:
        return replace(first, cause="order", message=other)
    two = _two_slips(case, first)
    if two is not None:
        return two
    if first.cause != "values":
        return _with_the_probes_that_fail(case, first)
    return _unknown(case, first, brief)


def _named(case: Case, first: Finding, known: list) -> Finding:
    """Tell a mistake of the catalogue, with the relation as evidence where it has one."""
    mistake = known[0]
    evidence = {**first.evidence, "mistakes": [m.id for m in known], "kind": first.cause}
    message = f"{mistake.says}."
    ratio = find_relation(case, [times_a_factor]) if first.cause == "values" else None
    if ratio is not None and ratio.key.startswith("ratio ") and ratio.key != "ratio varies":
        message = f"{mistake.says}: {ratio.told}."
        evidence["relation"] = ratio.key
    if first.cause == "shape":
        message = f"{mistake.says} ({first.message.rstrip('.')})."
    return replace(first, cause=mistake.id, message=message, evidence=evidence)


def _two_slips(case: Case, first: Finding) -> Finding | None:
    """A mistake that is named although a second one, on some kinds of input, hides it."""
    found = find_partly(case)
    if found is None:
        return None
    mistake, left = found
    message = f"{mistake.says}. Something else is wrong besides, on: {'; '.join(left)}."
    if not left:  # all that is wrong is explained, but some is right that should be wrong
        kinds = dict.fromkeys(t.probe.about for t in case.trials if t.finding.status != WRONG)
        message = f"{mistake.says}; but not on: {'; '.join(kinds)}. There it is right."
    evidence = {**first.evidence, "mistakes": [mistake.id], "left": left}
    return replace(first, cause=mistake.id, message=message, evidence=evidence)


def _another_part(case: Case) -> str:
    """What to say if this is, on every probe, the right value of another part; "" if not."""
    if case.exercise.sequential:  # the part before, one step late, is another mistake
        return ""
    for name, values in case.others.items():
        if all(
            np.ndim(right) and close(t.got, right, t.probe.rtol)
            for t, right in zip(case.trials, values, strict=False)
        ):
            returned = case.exercise.returns
            order = f" The order of what is returned is {', '.join(returned)}."
            both = case.part in returned and name in returned
            return f"these are the numbers of {name}: exchanged?{order if both else ''}"
    return ""


def _where_it_matters(case: Case, key: str) -> str:
    """Where the wrong numbers stand, besides a what-if that does not say it."""
    region = find_region(case) if key.startswith("as if ") else None
    return f" The wrong numbers stand {region}." if region is not None else ""


def _and_not_finite(case: Case) -> str:
    """Where the result is NaN or inf besides, in a sentence of its own."""
    broken = [t for t in case.wrong if t.finding.cause == "nonfinite"]
    return f" On {broken[0].probe.about}: {broken[0].finding.message}" if broken else ""


def _unknown(case: Case, first: Finding, brief: bool) -> Finding:
    """No cause is known: say where it is wrong, and give a case to follow by hand."""
    region = find_region(case)
    failing = _with_the_probes_that_fail(case, first)
    message = failing.message
    if region is not None:
        wrong = [wrong_entries(t) for t in case.trials]
        count, size = sum(int(w.sum()) for w in wrong), sum(w.size for w in wrong)
        message = f"{count} of {size} numbers differ, {region}."
    tried = experiment(case)
    small = "" if brief else smallest_case(case)
    told = "\n".join(line for line in (message, tried, small) if line)
    evidence = {**first.evidence, "region": str(region or ""), "smallest": small}
    return replace(first, message=told, evidence={**evidence, "experiment": tried})


def _with_the_probes_that_fail(case: Case, first: Finding) -> Finding:
    """Say on what kind of input it fails, when it is right on another kind."""
    if len(case.wrong) == len(case.trials):
        return first
    told = _by_kind(case) or by_setting(case)
    return replace(first, message=f"{told} There: {first.message}") if told else first


def _by_kind(case: Case) -> str:
    """Kinds of input, where some are always right and the others always wrong."""
    states: dict[str, set[bool]] = {}
    for trial in case.trials:
        kind, wrong = trial.probe.about, trial.finding.status == WRONG
        twins = [t for t in case.trials if t.probe.sizes == trial.probe.sizes and t is not trial]
        alike = any((t.finding.status == WRONG) == wrong for t in twins)
        if kind.startswith("float32") and alike:
            kind = "ordinary numbers"  # in both precisions the same: it is not the precision
        states.setdefault(kind, set()).add(wrong)
    if any(len(state) > 1 for state in states.values()):
        return ""
    right = [kind for kind, state in states.items() if state == {False}]
    wrong = [kind for kind, state in states.items() if state == {True}]
    return f"right on {', '.join(right)}; wrong on {', '.join(wrong)}." if right and wrong else ""
