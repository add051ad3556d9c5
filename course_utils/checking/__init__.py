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
from course_utils.checking.recorder import TrainingRecorder, diagnose_history, record_fit
from course_utils.checking.session import answers, check, exercise, hint, progress, try_answer
from course_utils.checking.verdict import Finding, Verdict

__all__ = [
    "Blame",
    "ExpectationError",
    "Finding",
    "GradientReport",
    "Part",
    "TrainingRecorder",
    "Verdict",
    "answers",
    "blame",
    "blame_chain",
    "check",
    "diagnose_history",
    "directional_check",
    "exercise",
    "expect",
    "gradient_check",
    "hint",
    "judge",
    "judge_all",
    "layer_gradient_check",
    "progress",
    "record_fit",
    "try_answer",
]
