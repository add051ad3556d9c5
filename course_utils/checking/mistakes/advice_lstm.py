"""Advice for the LSTM: its gates, its cell, and the two ways back."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

GATE_ORDER = Advice(
    "the order of the gates",
    (
        "The four blocks of columns have an order. Which does this course use?",
        "Books and libraries differ here; the docstring of the step names the order.",
        "Cut the array into four blocks of M neighbouring columns, and name them left to right; "
        "the way back puts them together in the same order.",
    ),
)
GATE_SQUASH = Advice(
    "gates lie between 0 and 1",
    (
        "A gate lets through a share. Between which numbers does a share lie?",
        "Three blocks are gates, one is the new content. Which of them may be negative?",
        "Two squashing functions are used: one for shares, one for content.",
    ),
)
CELL_UPDATE = Advice(
    "what the new cell is made of",
    (
        "What is kept of the old cell, what is written anew, and who decides on each?",
        "The cell is a sum of two products: a share of the old, and a share of the new.",
        "Two gates of their own, one for each share, so that they need not add up to 1. "
        "The sum itself is left as it is.",
    ),
)
CELL_SHOWN = Advice(
    "what the cell shows",
    (
        "Between which bounds does h lie? And c?",
        "h is the cell, squashed, and of that the share that one gate lets out.",
        "Is it the new cell that is shown, or the old one? And which of the two is returned first?",
    ),
)
CELL_PATHS = Advice(
    "the ways from the cell to the loss",
    (
        "By which two ways does c reach the loss?",
        "One gradient arrives as dc. The other comes through h: how does h depend on c?",
        "Both are added before anything is handed on to the gates. "
        "The way through h passes a gate and a tanh.",
    ),
)
FORGET_PATH = Advice(
    "the way from cell to cell",
    (
        "How much does the new cell change when the old one grows a little?",
        "c holds the old cell in one product. What is the other factor?",
        "All of the gradient that has gathered at c goes this way, times that one factor.",
    ),
)
GATE_PRODUCTS = Advice(
    "the partner in a product",
    (
        "Each gate is multiplied by one array. Which one, in the lines for c and for h?",
        "In a product, the gradient of one factor holds the other factor.",
        "Write the two forward lines down and cover one letter: what is left beside it "
        "is what the gradient is multiplied by.",
    ),
)
GATE_SLOPES = Advice(
    "the slopes of gates and candidate",
    (
        "Behind which function does each block lie, on the way from A?",
        "Both functions have slopes that can be written with their own outputs.",
        "For the three gates it is the slope of the sigmoid, for the candidate that of tanh. "
        "Which of your blocks has which?",
    ),
)
CELL_CARRIED = Advice(
    "the cell is carried as well",
    (
        "How many arrays does one step hand to the next?",
        "State and cell travel side by side, and so do their gradients on the way back.",
        "After every round, each of the two must be what the next round starts with; "
        "only before the first is there nothing.",
    ),
)
