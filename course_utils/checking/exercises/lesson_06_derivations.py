"""The derivations of lesson 06: frozen batch norm, and cross-entropy with smoothed labels."""

from __future__ import annotations

from course_utils.checking.derivations import Derivation, derivation_exercise, references
from course_utils.checking.derivations import settings_transfer as transfer
from course_utils.checking.exercises import register

# What each exercise derives.
DERIVATIONS: dict[str, Derivation] = {
    "6.6": transfer.FROZEN_NORM,
    "6.12": transfer.SMOOTHED_LOSS,
}

register(
    derivation_exercise(
        "6.6",
        2,
        DERIVATIONS["6.6"],
        references.derive_frozen_norm,
        (
            "mu and var are given numbers here. Which entries of Y does one entry of X reach?",
            "X goes through a subtraction, a division and a product, one entry by itself. "
            "Multiply the local slopes.",
            "gamma and beta stand beside every row: sum over n. What is gamma multiplied by?",
        ),
    ),
    derivation_exercise(
        "6.12",
        3,
        DERIVATIONS["6.12"],
        references.derive_smoothed_loss,
        (
            "log P[n,k] is Z[n,k] minus the log of a sum. How does each part depend on Z[n,j]?",
            "The log of the sum has the derivative P[n,j], whatever k is. So Q is summed over k "
            "there: what do the targets of one row add up to?",
            "Lesson 01 had the target delta(j,y[n]). What stands in its place now?",
        ),
    ),
)
