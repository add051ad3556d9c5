"""Advice for layers that go through sequences: the embedding, the plain recurrent net, the LSTM."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

WHICH_ROW = Advice(
    "the row of a token",
    (
        "Take a table of three rows. Which of them does token 0 get? And token 2?",
        "A token is a row number, and rows are counted as Python counts: from 0.",
        "Every token has a row of its own, whichever number it is; none is special here.",
    ),
)
TABLE_AXES = Advice(
    "axes of a looked-up table",
    (
        "There is one row of E numbers for each place. Which shape does a batch of places give?",
        "Indexing with an array of integers puts that array's whole shape where one axis was.",
        "Print the shapes of tokens and of what comes out: the first two axes should agree.",
    ),
)
PLACES_MERGED = Advice(
    "places merged",
    (
        "How many tokens come in, and how many rows go out?",
        "The order of words carries meaning. What is left of it after a sum or a mean over time?",
        "A look-up computes nothing: each place gets its row, unchanged.",
    ),
)
REPEATED_TOKENS = Advice(
    "repeated tokens",
    (
        "A token stands at three places. By how many ways does its row reach the loss?",
        "NumPy reads a[[2, 2]] += 1 as one read, one sum, one write. What is a[2] afterwards?",
        "Look for a NumPy function that adds at indices without a buffer, or write the look-up "
        "as a product with one-hot rows and take the gradient of that.",
    ),
)
COUNTED = Advice(
    "a share for every place",
    (
        "A token stands at two places and each wants its row changed by 1. What is wanted in all?",
        "Ways to the loss add up, however many there are. Where would a mean come from?",
        "The mean over the batch was taken by the loss, once. Nothing is to be divided here.",
    ),
)
PLACES_MATCHED = Advice(
    "places matched with gradients",
    (
        "Which place does entry dY[n, t] belong to, and which token stands there?",
        "If you flatten two arrays, both must be flattened in the same order.",
        "Try a table of two rows and one sentence of two words: each gradient should land alone.",
    ),
)
STEP_SUM = Advice(
    "what is summed in a step",
    (
        "Three things go into a step: an input, a memory and a bias. Where is each in your line?",
        "All of them are added first, each once; what squashes comes after the whole sum.",
        "Set all but one of the arrays to 0 in your head and see whether the rest comes through.",
    ),
)
STEP_SQUASH = Advice(
    "the squashing function of a step",
    (
        "Between which two numbers must every entry of h lie?",
        "Which function of the formula keeps the state in these bounds, and is centred at 0?",
        "It is applied once, to the sum of everything that goes in, and nothing is added after.",
    ),
)
WEIGHT_TURNED = Advice(
    "a square matrix turned",
    (
        "Wh is square, so a transpose never changes a shape. How can you tell which way is right?",
        "Write one entry with indices: which index is summed, the first or the second of Wh?",
        "On the way forward a state meets the rows of Wh; on the way back a gradient meets "
        "the other axis, just as in the linear layer.",
    ),
)
TANH_SLOPE = Advice(
    "the slope of tanh",
    (
        "What is the derivative of tanh(a), written with tanh(a) itself?",
        "At h = 0 the slope is 1, at h near 1 or −1 it is nearly 0. Does yours do that?",
        "Every part of the sum lies behind the tanh, so each gradient passes its slope first. "
        "It is taken at this step's own h.",
    ),
)
OLD_STATE = Advice(
    "the state before the step",
    (
        "Which state was multiplied by Wh in this step: the one it found, or the one it made?",
        "The gradient of a factor holds the other factor. Which array stood beside it?",
        "A cache that a step left holds both states. Only one of them was there before the step.",
    ),
)
CARRIED = Advice(
    "what is carried on",
    (
        "What does step t know of the steps before it? Through which variable?",
        "Follow one variable through two rounds of the loop. Is it new in the second round?",
        "What a round makes must be what the next round starts with.",
    ),
)
START = Advice(
    "the start of a sequence",
    (
        "What stands in the memory before the first input is read?",
        "Look at the very first time step alone: is it what one call of the step gives?",
        "The arguments say what the state starts with. What they do not mention starts empty.",
    ),
)
TIME_ORDER = Advice(
    "the order of time",
    (
        "Which time step belongs to index t of the result?",
        "Print the indices as the loop runs, and where each result is put.",
        "Input t and result t belong together, and step t follows step t − 1.",
    ),
)
TIME_AXIS = Advice(
    "the axis of time",
    (
        "Which of the three axes is time, and which is it after your stacking?",
        "A reshape keeps the order in memory and only cuts it anew. Does it exchange two axes?",
        "np.stack has an argument that says where the new axis goes.",
    ),
)
WHICH_STATES = Advice(
    "which states are kept",
    (
        "How many states are asked for, and is the one before the first input among them?",
        "Is every entry a state of its own, or the same array written into again and again?",
        "Count the rounds of the loop by hand for T = 2, and name what each leaves behind.",
    ),
)
GRADIENT_CARRIED = Advice(
    "the gradient that comes from later",
    (
        "By how many ways does the state at time t reach the loss?",
        "One way is direct, the other goes through the next step. Ways to the loss add up.",
        "What a step hands to its old state is, one round later, part of what arrives there. "
        "Use it once, and all of it.",
    ),
)
SHARED_OVER_TIME = Advice(
    "weights shared by all steps",
    (
        "How often was each weight used on the way through the sequence?",
        "Every use is a way to the loss. What does one do with gradients of several ways?",
        "Look at what happens to the old value when a round of the loop writes a new one; "
        "and no step counts for less than another.",
    ),
)
SHARED_BY_SAMPLES = Advice(
    "weights shared by all samples",
    (
        "How many samples of the batch does your line look at?",
        "Every sample has used the same weights, so every sample has a say in their gradient.",
        "The shares of the samples are added up; a product of matrices does that by itself.",
    ),
)
WAY_BACK = Advice(
    "the way back through time",
    (
        "Which step can be computed first on the way back: the first or the last?",
        "Step t needs something that step t + 1 hands on. In which order must the loop run?",
        "The gradient, the cache and the place in the result must all be of the same time t.",
    ),
)
FIRST_STATE = Advice(
    "the gradient of the first state",
    (
        "Where did h0 go in? And how does it reach the loss from there?",
        "It is one more state before all the others, and reaches the loss by the first step.",
        "After the last round on the way back, which variable holds what flows out at the start?",
    ),
)
SEQUENCE_TURNED = Advice(
    "results collected on the way back",
    (
        "Your loop runs from the end to the beginning. In which order does a list fill up then?",
        "Entry t of the result must belong to time t.",
        "Either put each result at its place at once, or turn the list around at the end.",
    ),
)
