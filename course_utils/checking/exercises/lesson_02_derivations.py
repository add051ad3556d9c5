"""The derivation of lesson 02: logistic regression, judged line by line."""

from __future__ import annotations

from course_utils.checking.derivations import Derivation, derivation_exercise, references
from course_utils.checking.derivations import settings_linear as models
from course_utils.checking.exercises import register

# What each exercise derives.
DERIVATIONS: dict[str, Derivation] = {"2.12": models.LOGISTIC}

register(
    derivation_exercise(
        "2.12",
        4,
        DERIVATIONS["2.12"],
        references.derive_logistic_gradient,
        (
            "Go backward through the rules one at a time: from L to p, from p to z, from z to w "
            "and b.",
            "diff(L, p[n]) has p[n] and 1 - p[n] in denominators; the slope of the sigmoid has "
            "both in its numerator. Multiply, and most of it cancels.",
            "Per sample the gradient by z is a plain difference, and the mean brings 1/N. From "
            "there on z is a linear layer with one output: X comes transposed, db is a sum.",
        ),
    )
)
