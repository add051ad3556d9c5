"""Advice for captions: what is read, what is said, what counts; the picture; clipping."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

ONE_APART = Advice(
    "read one token, say the next",
    (
        "The net has read START and nothing else. What is the right answer at this place?",
        "Write a caption on two strips of paper and lay one below the other, shifted by one: "
        "above what is read, below what must be said. Which end of each strip sticks out?",
        "Whether a place counts is read off the lower strip, and END counts there: without it a "
        "caption would never stop.",
    ),
)
WHICH_AXIS_IS_TIME = Advice(
    "which axis is cut",
    (
        "tokens has one caption in each row. Along which axis does time run?",
        "A slice without a comma cuts the first axis. Which one is that here?",
        "The number of captions must stay as it was; only the number of places falls by one.",
    ),
)
WHAT_COUNTS = Advice(
    "which places count",
    (
        "After END there is only null. Should the net be taught to say null?",
        "Does the place where the net must say END count? What would a caption do without it?",
        "It is the answer that decides whether a place counts, not what was read there; and "
        "which token is null, an argument says.",
    ),
)
PICTURE = Advice(
    "how the picture comes in",
    (
        "By which one array does the picture enter? Follow it from there to the loss.",
        "Two pictures, the same first words: what makes the net say different things?",
        "Each caption starts from the state that its own picture gives, made by a linear layer "
        "and nothing else. The gradient of that state flows back to that layer.",
    ),
)
WORDS_READ = Advice(
    "the words that are read",
    (
        "Which words go through the table, and at which step of time is each read?",
        "While it is trained, the net reads the right caption; it must not see the word asked.",
        "The table's gradient collects from the places where a word was read, all of them, and "
        "a word may stand at many places.",
    ),
)
SCORES_FROM = Advice(
    "the state that scores are made from",
    (
        "What does the state know at the moment when word t is to be said?",
        "The state after a word was read makes the scores of the next word.",
        "There is one row of scores for each place: N T rows go into the last layer, and N T "
        "gradients come back.",
    ),
)
ROWS_AND_PLACES = Advice(
    "rows of places",
    (
        "In which order do the places of (N, T, M) stand when it is cut into N T rows?",
        "reshape keeps the order in memory. Are all axes where they were before?",
        "Going back, the same cut is undone: N first, then T, then the rest.",
    ),
)
CAPTION_LOSS = Advice(
    "what the loss adds up",
    (
        "Is this loss a mean over words, or over captions?",
        "The exercise on the masked loss fixed it: summed over time, divided by one number.",
        "Its way back carries the same factor: it comes in there once, and nowhere else.",
    ),
)
TRUE_LENGTH = Advice(
    "the length of all gradients",
    (
        "How long is the vector (3, 4)? And if 3 stands in one array and 4 in another?",
        "Pythagoras: squares, one sum over every number of every array, one root.",
        "No array and no number is left out, and no sign is: a square has none.",
    ),
)
ONE_FACTOR = Advice(
    "one factor for all",
    (
        "Which way does the step point before clipping, and which way after?",
        "If each array, or each number, is cut by itself, the direction changes.",
        "There is one number that all arrays are multiplied by. What is it made of?",
    ),
)
LEFT_LONG = Advice(
    "gradients left as they were",
    (
        "Measure all that you return together: is it longer than max_norm?",
        "Weights and biases belong to one vector. Which of its numbers are multiplied?",
        "A new dictionary with the same keys goes out. What stands at each of them?",
    ),
)
ONLY_SHORTEN = Advice(
    "clipping only shortens",
    (
        "What should happen to a gradient that is shorter than max_norm?",
        "A small gradient means that the minimum is near. What if it is blown up each time?",
        "The factor is never more than one number. Which? And for a long gradient: how long "
        "must it be afterwards?",
    ),
)
NORM_BEFORE = Advice(
    "the norm that is returned",
    (
        "What would one like to see in a log of the training: the lengths before, or after?",
        "After clipping the length is known. Which length says that something exploded?",
        "The docstring asks for the length that the gradients had when they came.",
    ),
)
