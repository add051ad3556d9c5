"""Advice for slips in the layers of a dense net: three hints for each kind."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

NEURON_BIAS = Advice(
    "bias of a neuron",
    (
        "What should the neuron give for x = 0?",
        "The bias does not depend on the inputs. How often does it enter, and with which sign?",
        "First one number from all the products, and only then b, once.",
    ),
)
NEURON_SUM = Advice(
    "weighted sum",
    (
        "How many numbers come out of one neuron, however many inputs it has?",
        "Work it out by hand for x = (1, 2) and w = (3, 5).",
        "Each input meets its own weight first; then all the products are added up.",
    ),
)
NOT_SUMMED = Advice(
    "not summed",
    (
        "Compare the shape that you return with the shape that is asked for.",
        "An axis is left over. Whose shares stand side by side along it?",
        "Shares of the same quantity are added up: over that axis a sum is missing.",
    ),
)
SUMMED_AWAY = Advice(
    "summed over too much",
    (
        "Compare the shape that you return with the shape that is asked for.",
        "Which numbers have been melted into one that should have stayed apart?",
        "sum() without an axis sums over all of them. Which axis may go, if any?",
    ),
)
TRANSPOSED = Advice(
    "transposed",
    (
        "Write the shape of each factor under the product, and that of the result.",
        "The numbers are right, their place is not: rows and columns are exchanged.",
        "(A B)ᵀ = Bᵀ Aᵀ. Which of the two sides has the shape that you need?",
    ),
)
OVERWRITTEN = Advice(
    "overwritten",
    (
        "After the loop: how many of its rounds can still be seen in the result?",
        "Try it with two rounds on paper. What does the second one do with what the first left?",
        "Start with zeros before the loop; inside, each round must add and not replace.",
    ),
)
LEFT_EARLY = Advice(
    "left out of the loop",
    (
        "How many rounds does the loop really make? Print its counter.",
        "Look at the indentation of the return, and at the bounds of the range.",
        "range(a, b) starts at a and stops before b; a return inside a loop ends it at once.",
    ),
)
MEAN_FOR_SUM = Advice(
    "mean instead of sum",
    (
        "Give the layer twice as many inputs with the same numbers. What should happen to Y?",
        "A weighted sum grows with each input. What does a mean do?",
        "Look for a division, or for mean where the formula has only the sign Σ.",
    ),
)
FACTOR = Advice(
    "a factor too much",
    (
        "Compare one entry with the formula, factor by factor.",
        "Work it out for sizes of 1 and small whole numbers. Which factor is too much?",
        "Every factor comes from a local derivative or from above. From which step is this one?",
    ),
)
ACTIVATION_TOO_MUCH = Advice(
    "an activation too much",
    (
        "What may come out of this step: every number, or only some?",
        "A bend in the curve is a step of its own, with a function of its own.",
        "Look for a max, a mask or an exp that the equation of this step does not have.",
    ),
)
WHOLE_NUMBERS = Advice(
    "whole numbers",
    (
        "What becomes of 0.7 when it is put into an array of integers?",
        "Print the dtype of every array that you make yourself.",
        "An array takes the dtype that it was made with. Make it with the dtype of the input.",
    ),
)
SUM_BEFORE_PRODUCT = Advice(
    "summed before the product",
    (
        "Is (1 + 2)(3 + 4) the same as 1·3 + 2·4?",
        "A sample's input belongs with that sample's gradient, with no other.",
        "Multiply sample by sample first, then add up over the batch.",
    ),
)
PENALTY_HERE = Advice(
    "a term of another step",
    (
        "Does Y = X W + b know of any penalty?",
        "What does dW become when dY is 0 everywhere? What should it be?",
        "A penalty on the weights is a step of its own, with a gradient of its own.",
    ),
)
RELU_MAX = Advice(
    "max of what",
    (
        "What should the output be for [−2, 3]: one number or two?",
        "One function finds the largest entry of an array, another compares two arrays "
        "entry by entry. Which one is this?",
        "The second argument of X.max and np.max is an axis, not a number to compare with.",
    ),
)
RELU_SHAPE = Advice(
    "the curve of ReLU",
    (
        "Draw the curve that you have programmed at X = −2, −1, 0, 1, 2.",
        "Left of 0 it must be flat, right of 0 it must be the diagonal.",
        "Which of the two halves is different, and which operation does that?",
    ),
)
RELU_MASK = Advice(
    "the mask of ReLU",
    (
        "For which inputs did the output move at all when the input moved a little?",
        "Where the curve is flat nothing comes back; where it is the diagonal all comes back.",
        "The question is put to X, the input of the forward step, entry by entry.",
    ),
)
RELU_SLOPE = Advice(
    "slope instead of value",
    (
        "What is wanted at X = 3: the height of the curve, or its slope?",
        "The slope of a straight line is the same at X = 3 and at X = 300.",
        "Right of 0 the slope does not depend on how large X is.",
    ),
)
LEAK = Advice(
    "leak",
    (
        "How large is ReLU at X = −5, and at X = −6?",
        "A leaky ReLU has a small slope on the left. Is this one leaky?",
        "Where the curve is flat, the slope is exactly 0: no small number belongs there.",
    ),
)
SIGMOID_FORMULA = Advice(
    "formula of the sigmoid",
    (
        "Put X = 0, X = 20 and X = −20 into your formula by hand. Are they 1/2, 1 and 0?",
        "Which sign stands in the exponent, and what belongs inside the brackets?",
        "Python divides before it adds: without brackets only the next term is divided by.",
    ),
)
OVERFLOW = Advice(
    "overflow",
    (
        "What does NumPy give for np.exp(1000.0), and for that divided by itself?",
        "In floating point exp overflows beyond about 709, while exp of a very negative "
        "number only becomes 0.",
        "Rewrite the formula so that every exponent is 0 or less; its value stays the same.",
    ),
)
OTHER_CURVE = Advice(
    "another curve",
    (
        "Between which two values does the output stay? What is it at 0?",
        "Draw your curve and the one asked for, from −3 to 3.",
        "Sigmoid, tanh, ReLU and their relatives are easily mixed up: compare limits, then slopes.",
    ),
)
SLOPE_PREACTIVATION = Advice(
    "slope from the wrong array",
    (
        "The formula of the slope speaks of one variable. Is that the input or the output?",
        "The cache holds the output already: the function need not be applied once more.",
        "Check the slope at 0 and far out. Can a slope of this curve be negative?",
    ),
)
LOCAL_SLOPE = Advice(
    "local slope",
    (
        "Work out your slope at the output's smallest, middle and largest value.",
        "Where the curve is flat the slope must be 0, on both sides.",
        "Differentiate once more on paper: which factor, square or bracket is lost?",
    ),
)
SOFTMAX_SHIFT = Advice(
    "shift of the logits",
    (
        "Which number is taken off each logit, and is it the same for all logits of a row?",
        "One row's softmax must not depend on the other rows.",
        "The largest of each row's own logits, kept as a column so that it fits the rows.",
    ),
)
SOFTMAX_AXIS = Advice(
    "axis of the classes",
    (
        "Sum up the probabilities of one row. Are they 1?",
        "Each row is a sample with one probability for each class.",
        "The axis that you sum over must be that of the classes. Which number has it?",
    ),
)
SOFTMAX_FORMULA = Advice(
    "formula of softmax",
    (
        "Two equal logits: what should come out for them?",
        "Larger logits have larger probabilities, all are positive, and a row sums to 1.",
        "Two steps: make all positive with the natural exp, then divide by their sum.",
    ),
)
LOSS_MEAN = Advice(
    "mean over the batch",
    (
        "Repeat every row of the batch twice. Should the loss change?",
        "Count: how many losses are there, and by what are they divided?",
        "One loss for each row, and their mean: a division by the number of rows, once.",
    ),
)
LOSS_LOG = Advice(
    "logarithm of the loss",
    (
        "What should the loss be when all classes get the same probability?",
        "Surprise is never negative, and grows when the right class gets less probability.",
        "The natural logarithm of one probability per row, with a minus in front.",
    ),
)
LOSS_LABEL = Advice(
    "the entry at the label",
    (
        "How many entries of P count for one row's loss?",
        "Row n has one label, y[n]. Which pair of indices finds its entry?",
        "Picking one entry per row takes two index arrays: the rows' numbers, and the labels.",
    ),
)
LOSS_FLOOR = Advice(
    "floor inside the log",
    (
        "What is the loss of a row whose right class has the probability 1e−300?",
        "A small number inside the log hides the infinity, and hides how wrong the row is.",
        "Take the logarithm on paper first: log of exp goes away, and no log(0) is left.",
    ),
)
LOSS_BACK = Advice(
    "probabilities less one-hot",
    (
        "Sum up one row of dZ. What should it be, if adding 1 to all logits changes nothing?",
        "Every class is pushed down by its probability. Who is pushed up, and by how much?",
        "Only one entry of each row differs from P: the one at the row's own label.",
    ),
)
