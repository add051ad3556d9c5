"""Advice for masked losses and attention."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

MASK = Advice(
    "what the mask leaves out",
    (
        "Sentences differ in length. What stands at the end of the short ones, and does it count?",
        "Change the logits at padding in your head: may the loss move? May they get a gradient?",
        "True means that a place counts. A place that does not count adds nothing at all: "
        "neither to the loss nor to any gradient.",
    ),
)
MASKED_MEAN = Advice(
    "what the loss is divided by",
    (
        "The docstring names one number that the sum is divided by. Which?",
        "A mean over sequences differs from a mean over places: long sentences weigh more.",
        "Compute it by hand for two sentences of one and of three words, with all logits equal.",
    ),
)
PICKED = Advice(
    "the number that is picked",
    (
        "Which of the V log-probabilities of a place enters the loss?",
        "The label of place [n, t] picks among the logits of the same place [n, t].",
        "Cross-entropy asks for the logarithm of the probability that the right token got, "
        "with a minus in front; ln is the one that belongs to exp.",
    ),
)
SOFTMAX_AXIS = Advice(
    "the axis of the softmax",
    (
        "What competes with what: which numbers should add up to 1?",
        "Sum what you have over each axis in turn. Over which one do you get ones?",
        "The candidates among which a place, or a query, chooses stand along one axis. Use that.",
    ),
)
OVERFLOW = Advice(
    "exp of large numbers",
    (
        "What is exp(1000) in floating point? And inf/inf?",
        "Does softmax change when the same number is taken off all the numbers of a row?",
        "Which number would you take off so that the largest exponent of every row is 0?",
    ),
)
LABEL_TERM = Advice(
    "the label in the gradient",
    (
        "What should each row of the gradient add up to?",
        "The loss of a place is log of a sum, less the logit of the label. Differentiate both.",
        "What was said minus what was right: one of the two has an entry at the label alone.",
    ),
)
SCALE = Advice(
    "the scale of the scores",
    (
        "A product of two random vectors of K numbers: how does its spread grow with K?",
        "The scores are brought back to spread 1. What does that divide by, and before what?",
        "The number under the root is the one that the dot product summed over.",
    ),
)
SCALE_BACK = Advice(
    "the scale on the way back",
    (
        "On the way forward the products Q·key were divided by a number. And on the way back?",
        "The derivative of a·x is a: a constant factor comes along, once.",
        "It belongs to the scores. Which gradients pass the scores, and which does not?",
    ),
)
MASK_SCORES = Advice(
    "how attention leaves keys out",
    (
        "What weight must a key get that may not be seen? And what do the others add up to?",
        "exp(0) is 1. Which score gives weight 0 after exp?",
        "The mask has to act before the softmax, so that what is left is shared among "
        "the visible keys.",
    ),
)
NOWHERE = Advice(
    "a query that may look nowhere",
    (
        "What should come out for a query whose keys are all hidden?",
        "With every score at −inf: what is the largest of them, and what is −inf − (−inf)?",
        "The docstring promises zeros there. Which step could see that a row is empty?",
    ),
)
WEIGHTS = Advice(
    "weights of an average",
    (
        "Y is an average. What do the weights of an average add up to?",
        "Scores can be negative and of any size. What makes them weights?",
        "Check the weights of one query: all from 0 to 1, and their sum.",
    ),
)
SOFTMAX_BACK = Advice(
    "the way back through softmax",
    (
        "If one weight of a row grows, what must the other weights do?",
        "Each score changes all the weights of its row: one term for itself, one for the sum.",
        "A gradient through softmax adds up to 0 over each row. "
        "What has to be taken off dP first, and with which weights is that averaged?",
    ),
)
VALUES_BACK = Advice(
    "the gradient of the values",
    (
        "To which queries does value s give something, and how much?",
        "Y is linear in the values. Of a matrix product, the gradient of the right factor is …",
        "Only the weights and what arrives from above enter; the scores' scale does not.",
    ),
)
