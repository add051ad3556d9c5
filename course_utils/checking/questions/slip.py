"""A wrong answer that is known, with the sentence that explains it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from course_utils.checking.verdict import Finding


@dataclass(frozen=True)
class Slip:
    """What is told about one wrong answer.

    Args:
        says: where it comes from, a sentence or two for the student.
        hint: the first hint after it; ``""`` for that of the exercise.
    """

    says: str
    hint: str = ""


def as_slips(slips: Mapping[object, Slip | str]) -> dict[object, Slip]:
    """Slips by wrong answer; a plain sentence is a slip without a hint."""
    return {k: Slip(told) if isinstance(told, str) else told for k, told in slips.items()}


def slip_hint(slips: Mapping[object, Slip | str], finding: Finding) -> str:
    """The hint of the slip that a finding names, ``""`` if there is none."""
    key = finding.evidence.get("slip")
    return "" if key is None else as_slips(slips)[key].hint
