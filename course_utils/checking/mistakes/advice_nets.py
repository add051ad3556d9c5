"""Advice for slips in the penalty, in the whole net and in the update rules."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

PENALTY_SQUARES = Advice(
    "squares of the weights",
    (
        "What does a weight of 2 pay, and a weight of −2?",
        "Work the penalty out by hand for the weights 1, −2 and 3.",
        "First the square of each weight, then the sum of all; no root, no bars.",
    ),
)
PENALTY_STRENGTH = Advice(
    "strength of the penalty",
    (
        "What becomes of the penalty when weight_decay is doubled?",
        "In this course the penalty is weight_decay · ΣW², without 1/2 and without a mean.",
        "Loss and gradient are a pair: the slope of λ w² is the gradient of that very term.",
    ),
)
PENALTY_SLOPE = Advice(
    "slope of the penalty",
    (
        "How steep is the parabola w² at w = 3, at w = 0 and at w = −3?",
        "One weight's slope depends on that weight alone. Which shape must dW have?",
        "The slope of a square is a straight line through 0, and keeps the sign of w.",
    ),
)
PENALTY_LOST = Advice(
    "where the penalty belongs",
    (
        "Set weight_decay to 0: if all is right then, which lines can be wrong?",
        "Which parameters pay the penalty, and which do not?",
        "Each weight matrix adds a term to the loss and its derivative to its own gradient; "
        "biases pay nothing.",
    ),
)
NET_FORWARD = Advice(
    "the way there",
    (
        "Write down the steps from X to the loss, with the shape of each result.",
        "Does every step take the result of the step just before it?",
        "Linear with bias, the bend, linear with bias, the loss. Which one is other than that?",
    ),
)
NET_RELU = Advice(
    "back through ReLU",
    (
        "Which step of the way there lies between A and H? It has a way back, too.",
        "A hidden unit that was at 0 did not touch the loss. What may reach its weights?",
        "The gradient goes through the mask of A first, and then to W1 and b1.",
    ),
)
NET_HIDDEN = Advice(
    "input of the second layer",
    (
        "What did W2 meet on the way there?",
        "dW of a linear layer is made from that layer's own input.",
        "Between the two layers the numbers pass the bend: before it or after it?",
    ),
)
NET_LOSS_BACK = Advice(
    "gradient of the loss",
    (
        "Every gradient of the net begins with dZ. Check that one first.",
        "Each row of dZ sums to 0, and the loss is a mean over the batch.",
        "If all four gradients are wrong by the same slip, it was made before the first layer.",
    ),
)
UPHILL = Advice(
    "uphill",
    (
        "Take w = 1 and a slope of +2. Should w grow or fall?",
        "Count the minus signs between the gradient and the new w.",
        "One minus in all: either where the step is made, or where it is applied.",
    ),
)
RATE = Advice(
    "learning rate",
    (
        "What becomes of the first step when learning_rate is doubled?",
        "The step must be proportional to learning_rate. Where does it enter, and how often?",
        "It scales the step and nothing else: once, on the gradient's side.",
    ),
)
STEP_ITSELF = Advice(
    "the new w",
    (
        "What does the rule return: the way to go, or the place where it arrives?",
        "If the gradient is 0, w must come back as it was.",
        "The new w is the old w and the step. Is what you computed also what you return?",
    ),
)
GRADIENT_CHANGED = Advice(
    "the gradient as it is",
    (
        "Does a step depend on how large the gradient is, or only on its direction?",
        "The gradient has come through the loss: mean and sign are in it already.",
        "Use dw as it arrives; nothing is divided, clipped or normalised here.",
    ),
)
SETTING_IGNORED = Advice(
    "a setting ignored",
    (
        "Call the rule with other settings. Does it notice?",
        "It is right for one value of an argument and wrong for another.",
        "Look for a number in the code that stands where an argument should.",
    ),
)
STATE_LOST = Advice(
    "state not kept",
    (
        "The first step is right. What should the second step know of the first?",
        "What is in the dictionary that you return? Is it what you look up next time?",
        "Everything that must survive the call has to be in the returned state, new values.",
    ),
)
STATE_START = Advice(
    "start of the state",
    (
        "What does the state hold before the first step?",
        "Work out the first step by hand, with nothing remembered.",
        "All that is remembered starts at 0; look at the default of your look-up.",
    ),
)
VELOCITY = Advice(
    "velocity",
    (
        "Without friction and without a slope: what does the velocity do?",
        "Two terms make the new velocity: what is left of the old one, and the push downhill.",
        "momentum weighs the old velocity only; the push has the weight learning_rate, in full.",
    ),
)
ORDER = Advice(
    "old or new",
    (
        "In which order are the state and w brought up to date?",
        "Does the very first gradient already move w?",
        "First the new state, then the step, which uses the new one and nothing older.",
    ),
)
NESTEROV = Advice(
    "a look ahead",
    (
        "There are two kinds of momentum. Which one is asked for?",
        "In the plain kind w moves by the velocity itself.",
        "If the velocity is multiplied by momentum once more, that is Nesterov's variant.",
    ),
)
MEAN_SQUARE = Advice(
    "mean of the squares",
    (
        "The second mean measures the size of the gradients. Can a size be negative?",
        "A running mean: both its shares add up to 1. Do yours?",
        "Each step keeps a share of the old mean and gives the rest to the new square.",
    ),
)
ROOT = Advice(
    "root of the mean square",
    (
        "Multiply all gradients by 10. How much longer should the step become?",
        "The gradient is divided by its own size. Which unit has a mean of squares?",
        "Between the mean of the squares and the division something undoes the square.",
    ),
)
EPS = Advice(
    "place of eps",
    (
        "Is all right with a tiny eps, and wrong with a larger one?",
        "Where does eps stand in the formula: under the root or beside it?",
        "The root is taken of the corrected mean alone; eps is added last, before the division.",
    ),
)
NUMERATOR = Advice(
    "numerator of the step",
    (
        "Which direction does the step take: of this gradient, or of the mean of all so far?",
        "Look above the fraction bar in the formula. Which letter stands there?",
        "RMSProp divides the gradient itself; Adam divides the corrected mean of the gradients.",
    ),
)
CORRECTION = Advice(
    "correction of the means",
    (
        "A mean that starts at 0: is it too small or too large after the first step?",
        "After t steps it has seen the share 1 − beta ** t of all weights. Check it for t = 1.",
        "Both means are corrected, each by its own beta, each by a division.",
    ),
)
STEP_COUNT = Advice(
    "counting the steps",
    (
        "Print t and beta ** t in each of the first three steps.",
        "t is 1 at the first step, 2 at the second. Who makes it grow, and where is it kept?",
        "t is counted up before it is used, stored in the state, and stands as a power.",
    ),
)
BETAS = Advice(
    "weights of the means",
    (
        "How much of the old mean should survive with beta = 0.9?",
        "beta goes with the old mean, 1 − beta with what is new.",
        "beta1 belongs to the mean of the gradients, beta2 to that of their squares.",
    ),
)
