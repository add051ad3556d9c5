"""Advice for slips with linear models: the plane, basis functions, two classes, their curvature."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

MEETING_EQUATIONS = Advice(
    "equations of the meeting point",
    (
        "Put your point back in: x @ W + b. Are the three logits equal?",
        "Where two classes are equally likely their logits are equal; they need not be 0.",
        "Each equation takes one class from another, in the weights and in the biases alike.",
    ),
)
MEETING_SIGN = Advice(
    "biases brought across",
    (
        "Write the equation of one boundary in full, with x and the biases on one side.",
        "What becomes of the sign of a term that changes sides?",
        "If the weights are class 1 less class 0, which way round must the biases be?",
    ),
)
MEETING_SOLVE = Advice(
    "solving two equations",
    (
        "Solve a x = r for numbers first, then for a matrix: what is it that you do with a?",
        "Each row of the matrix is one equation: the two numbers that meet x₁ and x₂.",
        "Multiply your matrix with your point. It should give back the right side.",
    ),
)
MEETING_WHAT = Advice(
    "what is asked of the point",
    (
        "How many coordinates has a point of the plane, and in which order do they stand?",
        "The logits at the point are a check, not the answer.",
        "x has the shape (2,): first the coordinate that meets W[0], then that of W[1].",
    ),
)
BUMP_WIDTH = Advice(
    "width of a bump",
    (
        "Make the width twice as large. Should the bump get wider or narrower?",
        "At a distance of one width the bump must be exp(−1/2), for every width.",
        "Python works from left to right: a / 2 * w multiplies by w. Which brackets are missing?",
    ),
)
BUMP_DISTANCE = Advice(
    "distance to a centre",
    (
        "How far is (3, 4) from (0, 0), and what is the square of that?",
        "Differences are squared one by one and then summed over the coordinates.",
        "One number for each pair of a row and a centre: no root, no mean, no bars.",
    ),
)
BUMP_CURVE = Advice(
    "curve of a bump",
    (
        "What comes out of your function at the centre itself, and far away from it?",
        "A basis function is a bump of height 1, not a probability: what does it sum to?",
        "exp of minus something that grows with the distance. Which of the three is missing?",
    ),
)
POWERS_RANGE = Advice(
    "which powers",
    (
        "Write out the row for x = 2 and degree = 3 by hand. How many numbers has it?",
        "The lowest power is 0 and the highest is degree, both included, in rising order.",
        "range(k) stops before k. Which k makes the last power come out as degree?",
    ),
)
POWERS_KIND = Advice(
    "what a power is",
    (
        "Write out the row for x = −2 and degree = 3 by hand: 1, −2, 4, −8.",
        "Which of both is the base and which the exponent, and may the base be negative?",
        "Column m holds x multiplied with itself m times, nothing added, divided or dropped.",
    ),
)
TWO_LABELS = Advice(
    "both labels",
    (
        "Take a row with label 1 and one with label 0, and work out the loss of each.",
        "p is the probability of class 1. Which probability counts for a row of class 0?",
        "Two terms, switched by y and by 1 − y. Which of them is wrong, lost or exchanged?",
    ),
)
TWO_FORMULA = Advice(
    "loss of a logit",
    (
        "What should the loss be for z = 0, for either label? And for a large z and y = 1?",
        "log(1 + exp(z)) − y z: check each of its signs with y = 0 and with y = 1.",
        "Draw your loss over z for y = 1: it must fall from a slope of −1 down to 0.",
    ),
)
TWO_LOGITS = Advice(
    "logit or probability",
    (
        "Which numbers may z be? Which numbers may a probability be?",
        "How often does the sigmoid come on the way from z to the loss?",
        "z goes through the sigmoid once, and only what comes out goes into a logarithm.",
    ),
)
TWO_BACK = Advice(
    "what was said less what was right",
    (
        "For y = 1 and p = 1 nothing is wrong. Is your gradient 0 there? And for y = 0, p = 0?",
        "The slope of the logarithm and the slope of the sigmoid cancel. What is left?",
        "The gradient is a difference of two numbers that are known for each row, and its "
        "sign says whether z was too large.",
    ),
)
LOGITS = Advice(
    "the logits",
    (
        "Write down the steps from X to the loss, with the shape of each result.",
        "Set all weights to 0. Which logits should come out?",
        "Every row's logits are its product with the weights and, once, the bias.",
    ),
)
ROWS_COLLECTED = Advice(
    "what a parameter collects",
    (
        "Which logits change when one weight changes, and which when the bias does?",
        "The gradient of a weight holds the input that the weight meets, row by row.",
        "Multiply each row's input by its own dz, then sum over the rows. The bias meets 1.",
    ),
)
CURVATURE_SLOPE = Advice(
    "the slope of p",
    (
        "How fast does p move with z where p = 1/2, and where it is nearly 0 or 1?",
        "The gradient is X^T (p − y)/N. In its derivative, which factor does p bring along?",
        "Differentiate the sigmoid once, express it by p, and use it once for each row.",
    ),
)
CURVATURE_SHAPE = Advice(
    "rows into a matrix",
    (
        "H says how each of D slopes changes with each of D weights. Which shape is that?",
        "One row x adds a D×D table: the products x[i] x[j] of all pairs.",
        "Sum these tables over the rows, each with its weight. Which index goes away?",
    ),
)
CURVATURE_MEAN = Advice(
    "mean of the curvatures",
    (
        "Repeat every row of X twice. Should the curvature of the mean loss change?",
        "The loss is a mean over N rows, so each of its derivatives is one.",
        "Count the divisions between the rows and H: by what, and how often?",
    ),
)
CURVATURE_PENALTY = Advice(
    "curvature of the penalty",
    (
        "What is the second derivative of λ w²?",
        "Does the slope of λ w₁² change when w₂ changes? Where in H does the penalty stand?",
        "The same number at every place of the diagonal, and nothing beside it.",
    ),
)
WHICH_EIGENVALUE = Advice(
    "which eigenvalue",
    (
        "A valley is steep across and flat along. In which direction does a step go too far?",
        "Print np.linalg.eigvalsh(H). Which of these numbers limits the rate?",
        "Only the largest eigenvalue decides, and not a sum, a mean or an entry of H.",
    ),
)
TWO_OVER_IT = Advice(
    "two over the eigenvalue",
    (
        "The parabola κ w²/2 has the slope κ w: a step takes w to (1 − rate · κ) w. "
        "Try rate = 1/κ and rate = 2/κ.",
        "The steeper the parabola, the smaller the rate. How does your rate follow κ?",
        "|1 − rate · κ| = 1 has the solution rate = 0 and one other. Which?",
    ),
)
TABLE_AXES = Advice(
    "rows and columns of the table",
    (
        "A 3 was taken for an 8, once. Which entry of the table is 1?",
        "The rows belong to the labels, the columns to the answers.",
        "How much should row 0 sum to? Count the zeros in y.",
    ),
)
TABLE_TICKS = Advice(
    "one tick for each example",
    (
        "Sum up the whole table. Is it N?",
        "The same pair of label and answer may come up many times. What happens to the second?",
        "counts[y, predicted] += 1 reads, adds and writes once for each different pair.",
    ),
)
TABLE_SHARES = Advice(
    "counts, not shares",
    (
        "Is an entry of the table a number of examples or a part of something?",
        "What would a row's share be for a class without examples?",
        "Only ticks are asked for; a division may come later, where one is wanted.",
    ),
)
TABLE_SIZE = Advice(
    "size of the table",
    (
        "How large must the table be if the last class never comes up?",
        "The table has a place for each class there is, numbered from 0.",
        "The argument C says how many; the labels of one batch need not.",
    ),
)
