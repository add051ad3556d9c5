"""Advice for batch norm, layer norm, dropout, convolution and pooling."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

EPS = Advice(
    "norm: eps",
    (
        "What if all numbers that are normalized together are equal: what is divided by what?",
        "eps is there to keep the divisor away from 0. Before or after which step is it added?",
        "Compare with the formula what stands under the root. Is eps there, once?",
    ),
)
STATISTICS_AXIS = Advice(
    "norm: axis of the statistics",
    (
        "Take one number of X. Which others share its mean: a row, a column, a channel?",
        "How many means does this layer have? Compare with the shape of your mean.",
        "Reduce over the axes that the statistics do not have. Does each axis keep its meaning "
        "if you reshape?",
    ),
)
SPREAD = Advice(
    "norm: variance and deviation",
    (
        "X in metres or in millimetres: should Y differ? What units have your divisor and X?",
        "The variance is a mean of squared deviations. From what, and over how many numbers?",
        "Deviations are squared, averaged over all N of them, and a root undoes the square.",
    ),
)
CENTRED = Advice(
    "norm: centring",
    (
        "What are mean and variance of X_hat to be?",
        "First the centre goes to 0, then the spread to 1. Are both done, in each formula?",
        "Print the mean of what you have got just before gamma comes in.",
    ),
)
STRETCH = Advice(
    "norm: gamma and beta",
    (
        "What may the layer still learn after all its outputs have mean 0 and variance 1?",
        "gamma stretches and beta shifts. What, and at which point of the way?",
        "Try gamma = 2 and beta = 5 in your head on a column of X_hat: what mean, what spread?",
    ),
)
TEST_MODE = Advice(
    "norm: which statistics",
    (
        "In use, may the answer for one sample depend on who else is in the batch?",
        "There are two sources of mean and variance. Which serves when?",
        "training decides. Follow both of its branches down to the division.",
    ),
)
RUNNING = Advice(
    "norm: running statistics",
    (
        "momentum = 0.9: how much of the old statistics survives a call?",
        "Two weights that sum to 1, one for the old number and one for the batch. Which is which?",
        "What is kept must be what is needed later: the same kind of number, "
        "renewed by every training batch, and by nothing else.",
    ),
)
PATHS = Advice(
    "norm: ways back",
    (
        "Move one number of X: what else in the layer moves along with it?",
        "Mean and variance hold every X. Two more ways lead back through them.",
        "Test yours: after all ways are in, dX sums to 0 over the numbers normalized together, "
        "and so does dX times X_hat (if eps is tiny).",
    ),
)
LOCAL_SCALE = Advice(
    "norm: scale on the way back",
    (
        "By what numbers is X multiplied or divided on its way to Y?",
        "Each factor on the way there is a factor on the way back.",
        "X is divided by the deviation and multiplied by gamma. Look for each of the two in dX: "
        "how often does it occur, to which power, and before or after the means?",
    ),
)
MEAN_OF = Advice(
    "norm: over how many",
    (
        "Over how many numbers does each mean of the forward go?",
        "The derivative of a mean brings one over its count. Which count is yours?",
        "Sum, count, factor 2 of the square, ½ of the root: write down the variance path and "
        "tick them off.",
    ),
)
X_HAT = Advice(
    "norm: X or X_hat",
    (
        "With what number exactly is gamma multiplied in the forward?",
        "X, X − mean and X_hat differ. Which of the three stands beside gamma?",
        "The cache should keep what the product rule asks for: the other factor.",
    ),
)
CHANNELS_LAST = Advice(
    "images as rows",
    (
        "In memory, which axis of an (N, C, H, W) array runs fastest?",
        "Reshape never moves a number; it only cuts the same line of numbers elsewhere.",
        "Before the cut the channels have to stand last. On the way back: the opposite order.",
    ),
)
DROP_SCALE = Advice(
    "dropout: scale",
    (
        "A unit is on in a share keep of the cases. What does the next layer get on average?",
        "While training and in use the average should be the same. Where is that made up for?",
        "Inverted dropout puts the factor into training alone. Is it larger or smaller than 1?",
    ),
)
DROP_SHARE = Advice(
    "dropout: share kept",
    (
        "With keep = 0.9, what share of zeros should you see? Count them.",
        "What share of the numbers you draw lies on the side that you keep?",
        "Think of keep = 1: nothing may be lost. Does your comparison, on your kind of random "
        "numbers, say so?",
    ),
)
DROP_MASK = Advice(
    "dropout: a mask for each entry",
    (
        "Look at two rows and two columns of Y: where are the zeros?",
        "Every entry is dropped on its own. How many random numbers does that take?",
        "NumPy stretches a short mask over all rows silently. What shape has yours?",
    ),
)
DROP_RNG = Advice(
    "dropout: random numbers",
    (
        "Who decides which random numbers are drawn: your function, or its caller?",
        "Call twice with equal generators, then with different ones. What should be equal?",
        "An rng is handed in. All randomness should come from there, and nothing else set it up.",
    ),
)
DROP_BACK = Advice(
    "dropout: mask on the way back",
    (
        "Does the loss feel a change of an entry that was dropped? And of one that was kept?",
        "The mask was drawn on the way there. Can it be read off anything else?",
        "With the cached mask at hand the backward is as short as the forward.",
    ),
)
IN_USE = Advice(
    "dropout: in use",
    (
        "After training, should two calls on one image give two answers?",
        "What is left to do in use, if training has kept the average already?",
        "With training = False the layer is as if it were not there.",
    ),
)
KERNEL_TURNED = Advice(
    "conv: kernel turned",
    (
        "Put a kernel with a single 1 in its corner on an image. Which pixel does it pick?",
        "Mathematics turns the kernel by 180° and calls it convolution; neural nets do not.",
        "Follow the indices u and v: both in X and in the kernel they count upwards.",
    ),
)
PADDING = Advice(
    "conv: padding",
    (
        "How large is the image with its frame, and where in it does X begin?",
        "The frame has the same width on all four sides and is made of zeros.",
        "X sits in the middle. The same place counts on the way there and back.",
    ),
)
PLACES = Advice(
    "windows: places",
    (
        "Write down for a row of 7 pixels where windows of 3 start, with a stride of 2.",
        "How many windows fit? Count the first one, too, and only whole ones.",
        "Output p belongs to the window that starts at p times the stride, there and back.",
    ),
)
CONTRIBUTIONS = Advice(
    "windows: everything counts",
    (
        "How many output pixels does this number have a part in?",
        "Each of those sends a gradient back, and gradients of several uses add up.",
        "Is something overwritten in a loop where it should grow? Or left before all is seen?",
    ),
)
CHANNELS = Advice(
    "conv: channels",
    (
        "How deep is a kernel?",
        "A filter looks at all channels of the image; what it sees goes into one number.",
        "Three sums make one output pixel. Over what, and does one of them get lost or averaged?",
    ),
)
AXES_ORDER = Advice(
    "conv: order of the axes",
    (
        "Which axis of your result is which? Write letters beside the shape.",
        "einsum and tensordot put the axes where you say, or where they like.",
        "The letters are right, their order is not: move axes, do not reshape.",
    ),
)
CONV_BIAS = Advice(
    "conv: bias",
    (
        "How many biases are there, and which output pixels does one of them move?",
        "Think of kernels that are all 0. What picture comes out?",
        "Each output pixel gets the bias of its filter, one time.",
    ),
)
WINDOW = Advice(
    "pool: window",
    (
        "Follow one window of four numbers by hand. What should it become?",
        "One window, one channel, one number. Which numbers take part, and which rule?",
        "Does the rule hold if all numbers of the window are negative? At its last row and column?",
    ),
)
WINNER = Advice(
    "pool: who gets the gradient",
    (
        "Let one pixel of the window grow a little. Does the output move with it?",
        "A maximum passes everything on to one pixel, and nothing to the others.",
        "Where was it? The position has a row and a column in the window; both are needed.",
    ),
)
TIES = Advice(
    "pool: ties",
    (
        "What if two numbers of a window are equally large? How much gradient goes in, and out?",
        "As much must leave a window as has arrived. Sum your dX over one window.",
        "Comparing with the maximum can mark several pixels. Choose one, or share.",
    ),
)
SHARE = Advice(
    "pool: share of each pixel",
    (
        "If one pixel of a window grows by 1, by how much does the average grow?",
        "How many numbers has a window of size × size? Stride and overlap do not change that.",
        "All pixels of a window get the same share, and the shares of one window sum to dY.",
    ),
)
