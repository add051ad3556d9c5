"""Advice for BLEU: what is counted, what is pooled, what holds short captions back."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

POOLED = Advice(
    "a corpus is no mean of sentences",
    (
        "Two captions, of 2 and of 20 words: which should weigh more?",
        "A caption without a run of four words has a BLEU of 0 by itself. And within a set?",
        "What is found and what is made are added up over the whole set. There is one division "
        "for each n, and one penalty, after that.",
    ),
)
CLIPPED = Advice(
    "how often a run may count",
    (
        'How good is the caption "the the the the"?',
        "A run counts as often as the caption has it, but no more often than a reference has it.",
        "With several references it is the one that has the run most often that sets the limit; "
        "they are not added up, and none is left out.",
    ),
)
RUNS = Advice(
    "the runs of a caption",
    (
        "How many runs of two words has a caption of three words? Write them down.",
        "The last run begins n words before the end. Does your loop reach it, and stop there?",
        "A run is n words in a row of one caption, in their order. A caption shorter than n has "
        "none of them.",
    ),
)
PRECISION = Advice(
    "what is divided by what",
    (
        "Of all that the caption says, how much is right? Is that what you divide?",
        "The runs of the caption stand below the line, found or not; how many there are depends "
        "on n.",
        "It is a precision: references may say more than the caption without any harm.",
    ),
)
GEOMETRIC = Advice(
    "the mean over n",
    (
        "BLEU-2 has two precisions in it. How are they brought together?",
        "A mean of logarithms, and exp of that: which mean of the numbers themselves is it?",
        "BLEU-n takes p_1 to p_n, all with the same weight, and the weights of n numbers add up "
        "to 1.",
    ),
)
BREVITY = Advice(
    "what holds short captions back",
    (
        'How many words of "a" stand in a reference? Is it a good caption?',
        "c words were written where r were expected. What must the factor be for c = r, and what "
        "for c much smaller?",
        "The factor is exp of 1 less a quotient. Which quotient grows when captions get shorter? "
        "Captions that are longer get no reward: precision sees to those.",
    ),
)
NEAREST = Advice(
    "the length expected of a caption",
    (
        "A caption has 6 words, its references 4, 7 and 12. How many were expected?",
        "Each caption has its own: the reference that comes nearest in length, of two the shorter.",
        "Distances know no sign: a reference may be longer or shorter.",
    ),
)
NOTHING_FOUND = Advice(
    "nothing found",
    (
        "What should BLEU-4 be where not one run of four words is right?",
        "A geometric mean with a 0 in it is 0. What does your logarithm make of 0?",
        "Nothing is added to the counts here: smoothing is for single sentences.",
    ),
)
