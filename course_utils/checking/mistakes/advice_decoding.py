"""Advice for decoding: one word after the other, and several beginnings at once."""

from __future__ import annotations

from course_utils.checking.mistakes import Advice

WHERE_IT_ENDS = Advice(
    "where a caption ends",
    (
        "Which token says that a caption is over? What may stand behind it?",
        "Two things end the loop. Which of them do you look for, and in which order?",
        "The token is kept first, and looked at then: END belongs to the caption, and nothing "
        "after it. Which number END is, the argument says.",
    ),
)
HOW_MANY = Advice(
    "how many tokens there may be",
    (
        "length = 1: how many tokens may come back?",
        "Count the rounds of your loop, and the tokens of the list before the first of them.",
        "START is given, not written: it is no token of the caption and takes no room in it.",
    ),
)
LAST_TOKEN = Advice(
    "what a step reads",
    (
        "The first step reads START. What does the second read?",
        "Follow the variable that is handed to step through two rounds. Does it change in time?",
        "A round reads the token that the round before has written, and no other.",
    ),
)
STATE_HANDED_ON = Advice(
    "the state goes along",
    (
        "What does the net remember of the words that it has said? Where is that kept?",
        "step returns two things. Where does the second go?",
        "The state that a step leaves is the one that the next step of the same caption starts "
        "from.",
    ),
)
LIKELIEST = Advice(
    "the likeliest token",
    (
        "Are log-probabilities large or small for likely tokens? Which sign have they?",
        "The logarithm grows with its number. Which of the V entries is wanted, then?",
        "One row, V entries: the place of the largest one is the token.",
    ),
)
SCORE_OF_CAPTION = Advice(
    "the score of a caption",
    (
        "How likely is a caption whose words have the probabilities 1/2 and 1/4?",
        "The probability of a whole caption is a product. What is the logarithm of a product?",
        "Every token that is returned adds one number, END too; nothing is divided, and START "
        "adds nothing, for nobody has chosen it.",
    ),
)
FROZEN = Advice(
    "captions that have ended",
    (
        "A caption in the beam has its END. May it still grow? May its score still change?",
        "It stays a competitor: in every round it stands beside those that go on.",
        "Ask of every beginning first whether it has ended; such a one is taken over as it is, "
        "tokens and score, and step is not asked about it.",
    ),
)
WHEN_TO_STOP = Advice(
    "when the search is over",
    (
        "The first caption has ended. Could one that still goes on become better?",
        "The search ends when nothing in the beam can grow, or the tokens are used up.",
        "At the end all in the beam are compared, ended or not, in the same way as before.",
    ),
)
COMPARED_BY = Advice(
    "what captions are compared by",
    (
        "Every further word makes a caption less likely. Whom does that help?",
        "Scores are negative. Does dividing by a number above 1 raise or lower them?",
        "Whenever two captions are compared, in every round, it is by the sum of the logs over "
        "the number of tokens to the power alpha; START is not one of them.",
    ),
)
SUM_KEPT = Advice(
    "the sum that is kept",
    (
        "What is a beginning's score made of: its last token, or all of them?",
        "A child's score is its parent's and one log-probability more. Logarithms are added, "
        "probabilities multiplied: which do you have?",
        "The number that is divided for comparing is not the number that is kept.",
    ),
)
ALL_COMPETE = Advice(
    "all children compete",
    (
        "Two beginnings with V tokens each: among how many are the best few chosen?",
        "May both of the best two come from the same parent? And may a parent be left childless?",
        "In one list stand the children of all, and those that have ended. It is sorted once, "
        "and cut to the width that the argument says; the best stands in front.",
    ),
)
OWN_STATE = Advice(
    "every beginning has its own state",
    (
        "Two beginnings with different words: does the net remember the same of both?",
        "When the beam is cut, beginnings change places. Do their states move with them?",
        "Keep the tokens, the score and the state of a beginning in one tuple; its children get "
        "the state that its own step has left.",
    ),
)
