"""The judge: puts an answer to every probe and returns a verdict."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from course_utils.checking.asking import ask, forward_values, quietly, references, together
from course_utils.checking.broken import broken
from course_utils.checking.case import Case, Trial
from course_utils.checking.compare import close, compare_part
from course_utils.checking.credit import credit
from course_utils.checking.exercises import Exercise, Probe, all_exercises, find_exercise
from course_utils.checking.explain import explain
from course_utils.checking.open_blank import is_open
from course_utils.checking.returns import kind_of
from course_utils.checking.time_limit import TookTooLongError, time_limit
from course_utils.checking.verdict import (
    EXTRA,
    NOTE,
    OPEN,
    RIGHT,
    WRONG,
    Finding,
    Verdict,
    settle,
)

SECONDS = 20.0


def judge(
    exercise: Exercise | str,
    answer: Callable,
    peers: Mapping[str, Callable] | None = None,
    *,
    seconds: float = SECONDS,
    seed: int | None = None,
) -> Verdict:
    """Judge an answer to an exercise.

    Asked in this order: not attempted, exception, type, dtype, shape, NaN and
    inf, values; then whether inputs were changed and whether two equal calls
    agree. All returned arrays are judged, so two slips are both told.

    Args:
        exercise: what was asked, or its id such as ``"3.2"``.
        answer: the function to judge.
        peers: functions of other exercises by name, used where this one builds
            on them (a backward reads its forward's cache). Default: references.
        seconds: after this long without an end the answer counts as endless.
        seed: other numbers in the probes, of the same kind; a grader keeps its own.

    Returns:
        The verdict; nothing the answer raises escapes, except KeyboardInterrupt.

    Raises:
        UnknownExerciseError: no exercise has this id.
    """
    if isinstance(exercise, str):
        exercise = find_exercise(exercise)
    if exercise.judged_by is not None:
        return exercise.judged_by(exercise, answer)
    if seed is not None:
        exercise = dataclasses.replace(exercise, seed=seed)
    right = references()
    verdict = _judge_with(exercise, answer, {**right, **(peers or {})}, seconds)
    if peers and exercise.forward in peers and not verdict.right:
        # The answer may follow the cache of equation and docstring while the
        # student's own forward keeps another one: each is right, the pair is not.
        again = _judge_with(exercise, answer, right, seconds)
        if again.right:
            return _not_a_pair(exercise, again)
        verdict = again if again.earned > verdict.earned else verdict
    return verdict


def _not_a_pair(exercise: Exercise, verdict: Verdict) -> Verdict:
    message = (
        f"right with the cache that the course's own {exercise.forward} keeps, but not with what "
        f"your own {exercise.forward} keeps: the two do not fit together. Compare what stands in "
        "the cache there with how each entry is used here."
    )
    findings = [*verdict.findings, Finding("", WRONG, "cache", message)]
    return settle(exercise.id, verdict.name, exercise.points, findings)


def judge_all(
    answers: Mapping[str, Callable], *, seconds: float = SECONDS, seed: int | None = None
) -> dict[str, Verdict]:
    """Judge several functions by name, each beside those already found right.

    Args:
        answers: functions by the names that the exercises ask for; other names
            are passed over.
        seconds: for each.
        seed: as for `judge`.

    Returns:
        Verdicts by exercise id, in the order of the lessons.
    """
    verdicts: dict[str, Verdict] = {}
    right: dict[str, Callable] = {}
    for asked in all_exercises().values():
        if asked.name not in answers:
            continue
        answer = answers[asked.name]
        verdicts[asked.id] = judge(asked, answer, right, seconds=seconds, seed=seed)
        if verdicts[asked.id].right:
            right[asked.name] = answer
    return verdicts


def _judge_with(exercise, answer, peers, seconds) -> Verdict:
    name = getattr(answer, "__name__", exercise.name)
    trials: dict[str, list[Trial]] = {}
    whole: list[dict[str, Any]] = []
    about_call: list[Finding] = []
    given: dict[str, Any] = {}
    sizes: Mapping[str, int] = {}
    try:
        with quietly(), time_limit(seconds):
            for probe in exercise.probes():
                sizes = probe.sizes
                got = ask(exercise, probe, answer, peers, about_call, given)
                whole.append(got)
                expected = ask(exercise, probe, exercise.reference, references())
                for part, finding in _compare(exercise, probe, got, expected).items():
                    value = expected.get(part)
                    trials.setdefault(part, []).append(Trial(probe, got.get(part), value, finding))
            about_call += _is_deterministic(exercise, answer, peers, whole[0])
    except TookTooLongError:
        message = (
            f"no end after {seconds:g} s. An endless loop? (A loop must change its condition.)"
        )
        return _stopped(exercise, name, Finding("", WRONG, "endless", message))
    except (Exception, SystemExit) as error:  # told to the student, never raised on
        if isinstance(error, NotImplementedError) and not trials and is_open(error, answer):
            return settle(exercise.id, name, exercise.points, [Finding("", OPEN)])
        told = broken(error, answer, given, sizes)
        return _stopped(exercise, name, _with_the_origin_of_the_cache(exercise, peers, told))
    findings = [
        dataclasses.replace(f, credit=credit(exercise, trials[f.part]))
        for f in _explained(exercise, answer, peers, trials, whole, seconds)
    ]
    return settle(exercise.id, name, exercise.points, findings + together(about_call))


def _with_the_origin_of_the_cache(exercise, peers, finding: Finding) -> Finding:
    """Say whose cache it was, where a line about the cache fails and no own forward is right."""
    code, kind = (finding.evidence.get(key) or "" for key in ("code", "type"))
    form = kind in ("KeyError", "IndexError", "AttributeError") or "on the left" in finding.message
    reference = references().get(exercise.forward)
    own = reference is None or peers.get(exercise.forward) is not reference
    if own or not form or "cache" not in code:
        return finding
    message = (
        f"{finding.message}\nThis cache is what the course's own {exercise.forward} keeps: it "
        "stands in until yours is right, and may keep other things than yours does."
    )
    return dataclasses.replace(finding, message=message)


def _explained(exercise, answer, peers, trials, whole, seconds) -> list[Finding]:
    """One finding for each part, the cause named where it can be."""

    def again(probe: Probe) -> dict[str, Any]:
        try:
            return ask(exercise, probe, answer, peers)
        except Exception:  # it did answer every probe; a variation may be beyond it
            return {}

    def right(probe: Probe) -> dict[str, Any]:
        try:
            return ask(exercise, probe, exercise.reference, references())
        except Exception:  # a variation (a rate doubled beyond 1) may be no question at all
            return {}

    def forward(probe: Probe) -> dict[str, Any]:
        partner = next((e for e in all_exercises().values() if e.name == exercise.forward), None)
        return forward_values(partner, probe) if partner else {}

    try:
        with quietly(), time_limit(seconds):
            expected = {part: [t.expected for t in seen] for part, seen in trials.items()}
            cases = [
                Case(exercise, part, seen, again, right, forward, whole, _without(expected, part))
                for part, seen in trials.items()
            ]
            return _explain_in_order(exercise, cases)
    except TookTooLongError:  # the answer is slow: its verdict stands, without the cause
        return [min((t.finding for t in seen), key=_wrong_first) for seen in trials.values()]


def _without(expected: Mapping[str, Any], part: str) -> dict[str, Any]:
    return {name: values for name, values in expected.items() if name != part}


def _explain_in_order(exercise: Exercise, cases: list[Case]) -> list[Finding]:
    """Explain each part; where parts follow from one another, only the first wrong one."""
    findings: list[Finding] = []
    for case in cases:
        before = findings[-1] if findings and exercise.sequential else None
        if before is not None and before.status == WRONG and case.wrong:
            message = f"follows from {before.part.removeprefix('w after ')}."
            findings.append(Finding(case.part, WRONG, "follows", message))
        else:
            shown = any(f.evidence.get("smallest") for f in findings)
            findings.append(_explained_safely(case, shown))
    return findings


def _explained_safely(case: Case, brief: bool) -> Finding:
    """The explanation; where the search for it fails, what was found without it.

    An answer may return what no explainer has thought of. The student is told what is
    wrong all the same; what failed stands in the evidence, and tests look for it there.
    """
    try:
        return explain(case, brief=brief)
    except TookTooLongError:
        raise
    except Exception as error:
        found = min((t.finding for t in case.trials), key=_wrong_first)
        evidence = {**found.evidence, "unexplained": f"{type(error).__name__}: {error}"}
        return dataclasses.replace(found, evidence=evidence)


def _wrong_first(finding: Finding) -> int:
    return (WRONG, NOTE, RIGHT).index(finding.status)


def _compare(exercise, probe, got: dict, expected: dict) -> dict[str, Finding]:
    findings = {}
    renamed = {part for part in expected if part not in got and f"d{part}" in got}
    for part, right in expected.items():
        if part in got:
            findings[part] = _by_convention(exercise, probe, part, got[part], right)
            continue
        message = f"missing. Returned were {', '.join(got) or 'no arrays'}."
        if part in renamed:
            key = part.removeprefix("d")
            message = f"the keys of grads are those of params: {key}, not {part}."
        findings[part] = Finding(part, WRONG, "missing", message)
    extra = got.keys() - expected.keys() - {f"d{part}" for part in renamed}
    for part in sorted(extra, key=str):
        message = f"not asked for; asked were {', '.join(expected)}."
        findings[part] = Finding(part, NOTE, EXTRA, message)
    return findings


def _by_convention(exercise, probe, part, got, right) -> Finding:
    finding = compare_part(exercise, probe, part, got, right)
    if finding.cause == "values" and exercise.convention:
        remark = exercise.convention(probe, part, np.asarray(got), np.asarray(right))
        if remark:
            return Finding(part, NOTE, "convention", remark)
    return finding


def _is_deterministic(exercise, answer, peers, first) -> list[Finding]:
    """Ask the first probe twice more, after all the others: `first` is what it gave then."""
    probe = exercise.probes()[0]
    for again in (ask(exercise, probe, answer, peers) for _ in range(2)):
        for part in first:
            if kind_of(first[part]) != kind_of(again.get(part)) or not _same(
                first[part], again[part]
            ):
                message = (
                    f"two equal calls gave different {part}. Random numbers, an uninitialised "
                    "array (np.empty), or something kept from the call before?"
                )
                return [Finding("", WRONG, "nondeterministic", message)]
    return []


def _same(first, second) -> bool:
    try:
        return bool(np.array_equal(first, second, equal_nan=True)) or close(first, second, 1e-12)
    except (TypeError, ValueError):
        return True  # not numbers at all: told as a wrong type already


def _stopped(exercise: Exercise, name: str, finding: Finding) -> Verdict:
    return settle(exercise.id, name, exercise.points, [finding])
