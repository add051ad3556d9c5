"""Advice: three hints for a kind of slip, shared by all mistakes of that kind."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

AVERAGED = Advice(
    "averaged",
    (
        "The loss is a mean over the batch. In which step of the way back was the 1/N put in?",
        "dY has come through the loss already, and brought its 1/N along. "
        "What does a second one do?",
        "Each sample adds its share to a parameter's gradient. Adding is all that is left to do.",
    ),
)
SUMMED_WRONG_AXIS = Advice(
    "summed over the wrong axis",
    (
        "Which shape must the gradient of a parameter have?",
        "One entry of it belongs to one unit. Over what does it collect: samples, or units?",
        "The axis that goes away is the one that the parameter does not have.",
    ),
)
SHAPE_KEPT = Advice(
    "an axis kept",
    (
        "Compare the shape that you return with that of what it is the gradient of.",
        "An extra axis of length 1 seems harmless: NumPy stretches it silently later on.",
        "There is an argument of sum and mean that keeps the axis. Is it wanted here?",
    ),
)
SIGN = Advice(
    "sign",
    (
        "If this number grew a little, would the loss grow or fall?",
        "Follow one path from here to the loss and count the minus signs on it.",
        "A gradient points uphill. The minus of gradient descent comes later, in the step.",
    ),
)
UPSTREAM_LOST = Advice(
    "upstream gradient lost",
    (
        "What tells this layer how much the loss cares about each of its outputs?",
        "The chain rule is a product: what arrives from above, times the local derivative.",
        "With an upstream gradient of ones the slip would not show. Which factor is missing?",
    ),
)
FORWARD_CACHE_MIXED = Advice(
    "the wrong array of the cache",
    (
        "In a product of two factors: what is the derivative with respect to one of them?",
        "The gradient of one factor holds the other factor, never itself.",
        "Write the shapes beside the product. Only one array of the cache can stand there.",
    ),
)
BIAS = Advice(
    "bias",
    (
        "How many numbers has b, and to which entries of Y is each of them added?",
        "Set W to 0 in your head. What should come out then?",
        "b is added to each row, once, after the product.",
    ),
)
