"""Checks that explain: exercises, verdicts, hints, gradient checks."""

from course_utils.checking.blame import Blame, blame, blame_chain
from course_utils.checking.blame_parts import Part
from course_utils.checking.directions import directional_check
from course_utils.checking.expect import ExpectationError, expect
from course_utils.checking.gradient_check import (
    GradientReport,
    gradient_check,
    layer_gradient_check,
)
from course_utils.checking.judge import judge, judge_all
from course_utils.checking.session import answers, check, exercise, hint, progress, try_answer
from course_utils.checking.verdict import Finding, Verdict

__all__ = [
    "Blame",
    "ExpectationError",
    "Finding",
    "GradientReport",
    "Part",
    "Verdict",
    "answers",
    "blame",
    "blame_chain",
    "check",
    "directional_check",
    "exercise",
    "expect",
    "gradient_check",
    "hint",
    "judge",
    "judge_all",
    "layer_gradient_check",
    "progress",
    "try_answer",
]
