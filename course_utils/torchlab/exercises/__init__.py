"""What the exercises on nets of PyTorch need: nets to ask about, and right answers."""

from .answers import freeze_body, measure, new_head, train_epoch
from .probes import (
    freeze_body_probe,
    measure_probe,
    measure_specials,
    new_head_probe,
    train_epoch_probe,
    train_epoch_specials,
)
from .runs import run_freeze_body, run_measure, run_new_head, run_train_epoch

__all__ = [
    "freeze_body",
    "freeze_body_probe",
    "measure",
    "measure_probe",
    "measure_specials",
    "new_head",
    "new_head_probe",
    "run_freeze_body",
    "run_measure",
    "run_new_head",
    "run_train_epoch",
    "train_epoch",
    "train_epoch_probe",
    "train_epoch_specials",
]
