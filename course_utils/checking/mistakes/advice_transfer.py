"""Advice for transfer learning: pictures, features, frozen layers, rates, labels, repeats."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

SAME_SCALE = Advice(
    "pictures: the same scale",
    (
        "On which scale are mean and std given, and on which are the pixels at that moment?",
        "A black pixel is 0, a white one 255. What should they be after the first step?",
        "Bring the bytes to the scale of mean and std first, and in floats: bytes cannot hold "
        "fractions, nor numbers below 0.",
    ),
)
SAME_STATISTICS = Advice(
    "pictures: the statistics of the net",
    (
        "Whose mean and std are these: your pictures', or those that the net was trained with?",
        "A picture whose pixels all equal the mean: what should the net get to see?",
        "First the mean goes off, then std divides what is left. Each channel has its own.",
    ),
)
AXES_OF_PICTURES = Advice(
    "pictures: rows, columns, channels",
    (
        "Write down the first six numbers of a row. Which pixels and which channels are they?",
        "reshape never moves a number: it can only give back the axes in which they were stored.",
        "Rows, columns, channels is how they were stored; another order is a matter for "
        "transpose, after reshape.",
    ),
)
COSINE = Advice(
    "neighbours: the cosine",
    (
        "A feature row doubled points where it did. Should its neighbours change?",
        "Each row is divided by its own length, in Q and in F, and by nothing else.",
        "Test it: the cosine of a row with itself is 1, and none is larger.",
    ),
)
NEAREST_FIRST = Advice(
    "neighbours: the nearest first",
    (
        "Which cosine belongs to the most similar picture: the largest, or the smallest?",
        "argsort puts small numbers first. How do you get the k largest, the largest in front?",
        "Each question has a row of its own. Along which axis are the candidates?",
    ),
)
PLACES_AND_VALUES = Advice(
    "neighbours: places and values",
    (
        "For one question, print the candidates' numbers and their cosines side by side.",
        "What you return as similarity belongs to the neighbours that you return, in their order.",
        "np.take_along_axis takes from each row what that row's places say.",
    ),
)
BROUGHT_ALONG = Advice(
    "frozen norm: statistics brought along",
    (
        "Ask for one picture alone, and for the same in a batch. May the answers differ?",
        "Nothing is averaged over X. Both numbers stand in running.",
        "Follow mean and var from running to the place where they are used: all other "
        "statistics are for training.",
    ),
)
ROOT_AND_EPS = Advice(
    "frozen norm: the divisor",
    (
        "running['var'] is a variance. Which units has it, and which has X?",
        "eps is added before the root is taken, and the root divides.",
        "For var = 4 and eps = 0: what is 2 away from the mean becomes 1.",
    ),
)
ORDER_OF_NORM = Advice(
    "frozen norm: centre, divide, stretch, shift",
    (
        "Where does the running mean itself go, and where does beta?",
        "What is exactly at the running mean becomes beta, whatever gamma is.",
        "Write the four steps below each other, in the order of the formula.",
    ),
)
ONLY_STRAIGHT = Advice(
    "frozen norm: only the straight way",
    (
        "Did mean and variance come from this batch?",
        "What does not depend on X hands nothing back to X.",
        "Strike the ways through the statistics out of lesson 03's formula. What is left?",
    ),
)
SLOPE_OF_NORM = Advice(
    "frozen norm: the slope",
    (
        "By how much does Y grow if one number of X grows by 1? Which two numbers are in that?",
        "The forward multiplied by gamma and divided by the deviation. So does the way back.",
        "Compare with a linear layer that has one weight for each column.",
    ),
)
WHICH_PART = Advice(
    "rates: which part has which",
    (
        "Which part is to keep most of what it knows? Its rate is the smallest.",
        "The given rate is that of the head, and the head stands last.",
        "Write the rates for three parts by hand, with 1 and ½, and compare.",
    ),
)
ONE_FACTOR_EACH = Advice(
    "rates: one factor for each part",
    (
        "By what do the rates of two neighbouring parts differ?",
        "It is the same factor everywhere: the rates form a geometric sequence.",
        "How many factors lie between the head and itself? And between it and the part below?",
    ),
)
FROZEN_STAYS = Advice(
    "step: frozen stays",
    (
        "Compare a frozen parameter before and after: is any digit different?",
        "Frozen is what has no rate. Its gradient may be an old one, and its penalty is none.",
        "What is frozen is still part of the net: it goes back with the same numbers.",
    ),
)
OWN_RATE = Advice(
    "step: its own rate",
    (
        "Which rate belongs to this parameter? Look it up by its key.",
        "The rate multiplies all that moves the parameter, the penalty's gradient included.",
        "A gradient points uphill. The step goes the other way, once.",
    ),
)
PENALTY_ON_WEIGHTS = Advice(
    "step: the penalty",
    (
        "What is the derivative of weight_decay · W²?",
        "Which arrays are weights, and which are biases? Count their axes.",
        "The penalty pulls towards 0. Which sign has its gradient where W is positive?",
    ),
)
SPREAD_OVER_ALL = Advice(
    "labels: the share is spread over all",
    (
        "Add up one row of your target. Is it 1?",
        "The share is divided evenly among all C classes. Does the right class get a part of it?",
        "Write the row for C = 4 and smoothing = 0.2: three entries are 0.05.",
    ),
)
TARGET_EVERYWHERE = Advice(
    "labels: loss and gradient of one target",
    (
        "Which target does the loss use, and which does the gradient? There is only one.",
        "Every class has a share of the target now, so every log P counts, not the right one's "
        "alone.",
        "The derivative of this loss by the logits is what was said minus what should be said.",
    ),
)
MEAN_OF_ROWS = Advice(
    "labels: a mean over the rows",
    (
        "For logits that are all equal the loss is ln C, for any N. Is yours?",
        "Summed over the classes, averaged over the rows. The gradient has the same 1/N.",
        "Double every row of the batch: neither the loss nor what one row wants may grow.",
    ),
)
STABLE_LOG = Advice(
    "labels: log of softmax",
    (
        "What is exp(1000)? And log of 0?",
        "Softmax is along a row. A constant taken off the row leaves it as it is.",
        "log P is the shifted logits minus the log of their summed exponentials: no log of a "
        "tiny number is ever taken.",
    ),
)
REPEATS_ARE_TRIALS = Advice(
    "interval: the repeats are the trials",
    (
        "If you tested each net on every picture twice, would you know more about transfer?",
        "All answers of one repeat share one training. What is independent of what?",
        "One accuracy for each repeat; then the spread of these R numbers, and nothing else.",
    ),
)
STANDARD_ERROR = Advice(
    "interval: from spread to standard error",
    (
        "Does the mean of more repeats become more certain? Where does R stand in your formula?",
        "The spread is made with R − 1, for the mean was estimated from the same numbers. The "
        "mean itself varies less, by a root.",
        "Check with two accuracies, 0.4 and 0.6: the mean is 0.5, the spread 0.1414, the "
        "standard error 0.1.",
    ),
)
BOTH_SIDES = Advice(
    "interval: to both sides",
    (
        "What is in the middle between low and high?",
        "t says how many standard errors it is to each side.",
        "low is below the mean, high above it, by the same amount.",
    ),
)
