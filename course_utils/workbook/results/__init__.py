"""`workbook results`: the figures of the reference write-ups measured again, side by side."""

from .experiment import Experiment, Figure
from .registry import EXPERIMENTS
from .run import Order, results

__all__ = ["EXPERIMENTS", "Experiment", "Figure", "Order", "results"]
