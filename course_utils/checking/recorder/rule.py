"""A rule: one fault, the data it needs, and the function that looks for it.

To add one, write a function Record -> Finding or None beside its like in ``rules_*.py``:

    @rule("loss-summed", needs=("steps", "classes"))
    def loss_summed(run):
        ...
        return found("The first loss is ...", "Divide by ...", first=first)
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from course_utils import words
from course_utils.checking.recorder.diagnosis import FAULT, Diagnosis, Finding
from course_utils.checking.recorder.record import Record


@dataclass(frozen=True)
class Rule:
    """One fault.

    Args:
        code: its name.
        look: Record -> Finding or None; called only where the data are there.
        needs: keys of NEEDS.
        severity: "fault" or "remark".
        unless: codes that explain the same signs better; when one of them was
            found, this rule's finding is dropped.
    """

    code: str
    look: Callable[[Record], Finding | None]
    needs: tuple[str, ...]
    severity: str
    unless: tuple[str, ...]


RULES: list[Rule] = []

# What a rule may ask for: is it there, and how the caller gives it.
NEEDS = {
    "classes": (lambda run: run.n_classes and run.n_classes > 1, "n_classes"),
    "steps": (lambda run: run.losses, "step(loss=...)"),
    "any loss": (lambda run: run.losses or run.epochs["train_loss"], "step(loss=...)"),
    "loss": (lambda run: math.isfinite(run.first_loss), "step(loss=...) or epoch(train_loss=...)"),
    "train loss": (lambda run: len(run.known("train_loss")) > 1, "epoch(train_loss=...)"),
    "train accuracy": (
        lambda run: len(run.known("train_accuracy")) > 0, "epoch(train_accuracy=...)"),
    "validation loss": (
        lambda run: len(run.known("validation_loss")) > 2, "epoch(validation_loss=...)"),
    "validation accuracy": (
        lambda run: len(run.known("validation_accuracy")) > 0, "epoch(validation_accuracy=...)"),
    "params": (lambda run: run.traces, "step(params=...)"),
    "grads": (
        lambda run: any(t.gradients for t in run.traces.values()), "step(params=..., grads=...)"),
    "batches": (lambda run: run.batches, "step(batch=...)"),
    "labels": (lambda run: run.batch_classes, "step(y=...)"),
    "rates": (lambda run: run.learning_rates or len(run.known("learning_rate")) > 1,
              "step(learning_rate=...)"),
    "activations": (lambda run: run.activity, "activations(layer, H)"),
    "inputs": (lambda run: run.sets or run.batches, "data(train=...) or step(batch=...)"),
    "both sets": (lambda run: run.overlap is not None, "data(train=..., validation=...)"),
    "train set": (lambda run: "train" in run.sets, "data(train=...)"),
    "validation set": (lambda run: "validation" in run.sets, "data(validation=...)"),
    "frozen": (lambda run: run.frozen, "frozen(name, arrays)"),
    "buffers": (lambda run: run.moving, "buffers(arrays)"),
}  # fmt: skip


def rule(code: str, *, needs: tuple[str, ...] = (), severity: str = FAULT,
         unless: tuple[str, ...] = ()) -> Callable:  # fmt: skip
    """Add a function to the rules.

    Args:
        code: the name of the fault, unlike any other.
        needs: keys of NEEDS.
        severity: "fault" or "remark".
        unless: codes of rules above this one.

    Returns:
        A decorator that gives the function back as it was.

    Raises:
        ValueError: the code is taken, or a code in unless is not known yet.
    """
    known = {r.code for r in RULES}
    if code in known or not set(unless) <= known or not set(needs) <= NEEDS.keys():
        raise ValueError(
            f"rule {code}: expected a new code, needs from NEEDS and unless from the rules "
            f"above; got needs={needs}, unless={unless}"
        )

    def add(look: Callable[[Record], Finding | None]) -> Callable:
        RULES.append(Rule(code, look, needs, severity, unless))
        return look

    return add


def number(value: float) -> str:
    """Three significant digits, thousands written out: ``0.0213``, ``13,700``, ``1.2e-05``."""
    if 1000 <= abs(value) < 1e9:
        return f"{float(f'{value:.3g}'):,.0f}"
    return words.number(value)


def found(sentence: str, next_step: str, **evidence) -> Finding:
    """Make a finding; code and severity are filled in from the rule."""
    return Finding("", "", sentence, next_step, evidence)


def diagnose(run: Record) -> Diagnosis:
    """Ask every rule that has the data it needs.

    Args:
        run: what was recorded.

    Returns:
        The findings, faults first, each in the order of the rules.
    """
    findings: dict[str, Finding] = {}
    asked, not_asked = [], {}
    with np.errstate(all="ignore"):  # a diverged run holds inf and NaN, and is told in words
        for each in RULES:
            missing = [NEEDS[need][1] for need in each.needs if not NEEDS[need][0](run)]
            if missing:
                not_asked[each.code] = ", ".join(missing)
                continue
            asked.append(each.code)
            finding = each.look(run)
            if finding is not None and not any(code in findings for code in each.unless):
                findings[each.code] = replace(finding, code=each.code, severity=each.severity)
    in_order = sorted(findings.values(), key=lambda finding: finding.severity != FAULT)
    epochs = max(len(run.epochs["train_loss"]), len(run.epoch_ends)) - run.row_0
    return Diagnosis(tuple(in_order), tuple(asked), not_asked, len(run.losses), max(epochs, 0))
