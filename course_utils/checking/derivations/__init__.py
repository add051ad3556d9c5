"""Derivations that the machine follows line by line.

`judge_derivation` judges typed lines against a `Derivation`, which is no more than
shapes and forward rules; `compile_backward` runs a finished derivation as code, and
`compile_forward` the rules that it is about.
"""

from course_utils.checking.derivations.compile import (
    compile_backward,
    compile_forward,
    compile_line,
)
from course_utils.checking.derivations.exercise import derivation_exercise
from course_utils.checking.derivations.hints import derivation_hint
from course_utils.checking.derivations.judge import LineFinding, first_false, judge_lines
from course_utils.checking.derivations.setting import Derivation
from course_utils.checking.derivations.verdict import (
    DerivationVerdict,
    judge_answer,
    judge_derivation,
    judged_as,
)

__all__ = [
    "Derivation",
    "DerivationVerdict",
    "LineFinding",
    "compile_backward",
    "compile_forward",
    "compile_line",
    "derivation_exercise",
    "derivation_hint",
    "first_false",
    "judge_answer",
    "judge_derivation",
    "judge_lines",
    "judged_as",
]
