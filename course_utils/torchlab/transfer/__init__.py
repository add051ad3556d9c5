"""Transfer learning: what a net has learned about other pictures, used for new ones."""

from .cached import features_of
from .checks import (
    expect_evaluation,
    expect_gentle_below,
    expect_normalised,
    expect_numbers,
    expect_optimizer_trains,
    expect_training,
    relative_changes,
    stays_frozen,
)
from .fresh import untrained_like
from .groups import optimizer_by_depth, rates_by_depth
from .heads import Standardise, make_head
from .net import TransferNet
from .parts import parts_of
from .pictures import Pictures
from .result import TransferResult, compare
from .run import find_backbone, transfer
from .thaw import Thaw
from .ways import WAYS, Way

__all__ = [
    "WAYS",
    "Pictures",
    "Standardise",
    "Thaw",
    "TransferNet",
    "TransferResult",
    "Way",
    "compare",
    "expect_evaluation",
    "expect_gentle_below",
    "expect_normalised",
    "expect_numbers",
    "expect_optimizer_trains",
    "expect_training",
    "features_of",
    "find_backbone",
    "make_head",
    "optimizer_by_depth",
    "parts_of",
    "rates_by_depth",
    "relative_changes",
    "stays_frozen",
    "transfer",
    "untrained_like",
]
