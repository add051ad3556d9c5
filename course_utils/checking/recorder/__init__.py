"""The training recorder: it watches a run and names what is wrong with it."""

from course_utils.checking.recorder.diagnosis import Diagnosis, Finding
from course_utils.checking.recorder.recorder import TrainingRecorder, diagnose_history
from course_utils.checking.recorder.rules import RULES
from course_utils.checking.recorder.watched import WatchedNet, record_fit

__all__ = [
    "RULES",
    "Diagnosis",
    "Finding",
    "TrainingRecorder",
    "WatchedNet",
    "diagnose_history",
    "record_fit",
]
