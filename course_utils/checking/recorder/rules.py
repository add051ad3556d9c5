"""All rules, in the order in which they are asked: causes before what they lead to."""

from __future__ import annotations

# The order of these imports is the order of the rules; `unless` looks upwards only.
from course_utils.checking.recorder import rules_data  # isort: skip
from course_utils.checking.recorder import rules_batches  # isort: skip
from course_utils.checking.recorder import rules_parts  # isort: skip
from course_utils.checking.recorder import rules_loss  # isort: skip
from course_utils.checking.recorder import rules_layers  # isort: skip
from course_utils.checking.recorder import rules_learning  # isort: skip
from course_utils.checking.recorder import rules_curves  # isort: skip
from course_utils.checking.recorder.rule import RULES, Rule, diagnose

__all__ = [
    "RULES",
    "Rule",
    "diagnose",
    "rules_batches",
    "rules_curves",
    "rules_data",
    "rules_layers",
    "rules_learning",
    "rules_loss",
    "rules_parts",
]
