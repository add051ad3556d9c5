"""Questions of lesson 02 whose answer is a number or a formula."""

from __future__ import annotations

from fractions import Fraction

from course_utils.checking.exercises import register
from course_utils.checking.questions import (
    FormulaQuestion,
    NumberQuestion,
    Slip,
    question_exercise,
)


def probability_where_regions_meet() -> float:
    """How likely each of three classes is where all logits are equal."""
    return 1 / 3


def odds_of_two_classes() -> str:
    """P0/P1 of softmax, written with the two logits."""
    return "exp(z0 - z1)"


def best_rate_in_a_valley() -> str:
    """The rate of gradient descent that shrinks the slower direction of a valley fastest."""
    return "2 / (a + b)"


def parameters_of_softmax_regression() -> int:
    """How many numbers softmax regression learns for 784 inputs and 10 classes."""
    return 784 * 10 + 10


def variance_lost() -> float:
    """The share of the variance that two of four components leave out."""
    return (2 + 1) / (4 + 3 + 2 + 1)


# What each question asks, by its exercise.
QUESTIONS: dict[str, NumberQuestion | FormulaQuestion] = {
    "2.2": NumberQuestion(
        Fraction(1, 3),
        between=(0, 1),
        test="Would the probabilities of the three classes add up to 1?",
        slips={
            "1/2": Slip(
                "A half is right for two classes. Here three regions meet.",
                "Write the three exponentials, one for each class. How many are in the sum?",
            ),
            0: "A logit of 0 is no probability of 0: softmax puts exp of the logit above the "
            "line, and exp is never 0.",
            1: Slip(
                "That would be the probability of all classes together, or of exp(0) alone.",
                "exp(z) of one class stands above the line. What stands below it?",
            ),
            "2/3": "That is the probability of the other two classes together.",
            3: "That is the number of classes. A probability is at most 1.",
            "1/9": "Divided by the number of classes twice. The sum below the line has one "
            "exponential for each class, no more.",
        },
    ),
    "2.4": FormulaQuestion(
        asked="odds",
        symbols={"z0": "", "z1": ""},
        truth="exp(z0 - z1)",
        also=("P0/P1", "P[0]/P[1]"),
        examples=({"z0": 2, "z1": 1}, {"z0": 1, "z1": 3}),
        slips={
            "z0 - z1": Slip(
                "That is the logarithm of the odds.",
                "Which function undoes the logarithm?",
            ),
            "z0 / z1": "The ratio of the logits is not that of the probabilities: softmax takes "
            "exp of each logit first.",
            "exp(z1 - z0)": "That is P1/P0, the odds the other way round.",
            "exp(z0) / (exp(z0) + exp(z1))": Slip(
                "That is the probability P0 itself, if these two classes were all there are.",
                "P0 and P1 have the same denominator. What is left of it in P0/P1?",
            ),
            "exp(z1) / (exp(z0) + exp(z1))": "That is the probability P1 itself, if these two "
            "classes were all there are.",
            "z1 - z0": "That is the logarithm of P1/P0.",
            "exp(z0 / z1)": "A quotient of exponentials takes the exponents apart by a minus, "
            "not by a division.",
            "exp(z0) - exp(z1)": "A difference of exponentials. The odds are a quotient: how "
            "many times as likely.",
            "log(z0 / z1)": "The logarithm belongs to the odds, not to the logits: they are "
            "logarithms already, but for one number that both share.",
            "exp(z0)": "That leaves out P1: the odds compare the two.",
        },
    ),
    "2.21": FormulaQuestion(
        asked="rate",
        symbols={"a": "", "b": ""},
        truth="2 / (a + b)",
        positive=("a", "b"),
        also=("learning_rate", "eta"),
        examples=({"a": 1, "b": 3}, {"a": 2, "b": 6}),
        slips={
            "2 / b": Slip(
                "That is where the steep direction y stops shrinking: each step throws it to the "
                "other side, as far out. Smaller is stable.",
                "At this rate x shrinks and y does not. Lower the rate until both shrink by the "
                "same factor.",
            ),
            "1 / b": Slip(
                "That removes the steep direction y in one step; x could shrink faster with a "
                "larger rate.",
                "y may pass 0 and come back from the other side, as long as it shrinks as much "
                "as x does.",
            ),
            "1 / a": "That removes the flat direction x in one step, but the steep one grows "
            "wherever b is more than twice a.",
            "2 / a": "That is the limit for the flat direction x alone; the steep one, y, has "
            "long run away.",
            "1 / (a + b)": "Right in what it depends on, but too careful: both directions can "
            "still shrink faster.",
            "2 / a + b": "Without brackets only a stands below the line.",
            "2 / b + a": "Without brackets only b stands below the line.",
            "(1 / a + 1 / b) / 2": "That is halfway between 1/a and 1/b. Where b is more than 3 "
            "times a, the steep direction grows at this rate.",
            "2 / (b - a)": "The sign between the curvatures: one factor is 1 - rate*a, the other "
            "is negative, rate*b - 1 in size. Set them equal.",
            "(b - a) / (a + b)": "That is the factor by which each step shrinks both directions "
            "at the best rate, not the rate itself.",
            "(a + b) / 2": "That is the mean curvature. A steeper valley asks for a smaller "
            "rate, so the curvatures belong below the line.",
            "1 / sqrt(a * b)": "The geometric mean of the curvatures. Here two distances are "
            "made equal, not two ratios.",
        },
    ),
    "2.23": NumberQuestion(
        7850,
        unit="parameters",
        whole=True,
        test="Count for 2 inputs and 3 classes first, drawn as arrows from inputs to classes.",
        slips={
            7840: Slip(
                "These are the weights. The biases are missing.",
                "Z = X W + b: how many entries does b have?",
            ),
            794: Slip(
                "Inputs and classes are added. Every input has a weight for every class.",
                "W has a row for each input and a column for each class.",
            ),
            7841: "One bias is counted. Every class has its own.",
            8624: "A bias for each input is counted. They are added to the logits, so there are "
            "as many as classes.",
            8635: "A bias may be counted as one more input, but not as one more class as well.",
            614656: "A weight from every input to every input. The outputs are the classes.",
            10: "These are the biases. The weights are missing.",
            785: "That is one class: its weights and its bias.",
            784: "That is the number of inputs, or the weights of one class.",
            78500: "Ten times too many: the classes are counted twice.",
            78400: "The classes are counted twice, and the biases not at all.",
            7065: "Nine classes would do, the tenth being what is left of 1. Softmax as it is "
            "here has weights for all ten.",
        },
    ),
    "2.29": NumberQuestion(
        Fraction(3, 10),
        between=(0, 1),
        test="What is lost and what is kept must add up to all of the variance.",
        slips={
            "7/10": Slip(
                "That is the share that is kept.",
                "The distance to the reconstruction lies along the components that were dropped.",
            ),
            3: Slip(
                "That is the variance that is lost. Asked is its share of all of it.",
                "All four variances together are the whole.",
            ),
            7: "That is the variance that is kept. Asked is the share that is lost.",
            "1/2": "Two of four components are dropped, but not half of the variance: the first "
            "ones hold more.",
            "1/10": "That is the last component alone; the third is dropped as well.",
            "2/10": "That is the third component alone; the last is dropped as well.",
            "3/7": "That compares what is lost with what is kept. A share compares with all.",
            "1/6": "The variances are squared. They are mean squared distances already: add them "
            "as they are.",
            "3/4": "Divided by the number of components, or by the first variance. A share is a "
            "part of all of the variance.",
            "4/10": "That is the first component, the best one: it is kept.",
            "6/10": "That is the first and the third component together. Dropped are the two of "
            "least variance.",
            0: "Nothing is lost only if the dropped components have no variance.",
            1: "That would be all of it, but the components that are kept hold some.",
            10: "That is all of the variance. Asked is the share that is lost.",
        },
    ),
}

register(
    question_exercise(
        "2.2",
        1,
        QUESTIONS["2.2"],
        probability_where_regions_meet,
        (
            "Where three regions meet, is any of the three classes ahead of the others?",
            "Put the same logit z into all three places of the softmax. What cancels?",
            "Three equal probabilities, and they add up to 1.",
        ),
    ),
    question_exercise(
        "2.4",
        1,
        QUESTIONS["2.4"],
        odds_of_two_classes,
        (
            "Write P0 and P1 as softmax gives them. What do the two fractions share?",
            "The denominator is the same in both and cancels, however many classes there are.",
            "A quotient of two exponentials is one exponential. What becomes of the exponents?",
        ),
    ),
    question_exercise(
        "2.21",
        1,
        QUESTIONS["2.21"],
        best_rate_in_a_valley,
        (
            "One step multiplies x by 1 - rate*a, and y by a like factor. Draw both against the "
            "rate, signs apart.",
            "The slower direction counts: the larger of the two sizes. Where is the larger one "
            "smallest?",
            "Where the two lines cross: 1 - rate*a on one side, rate*b - 1 on the other. Solve "
            "for the rate.",
        ),
    ),
    question_exercise(
        "2.23",
        1,
        QUESTIONS["2.23"],
        parameters_of_softmax_regression,
        (
            "Which arrays does the model learn? Write down their shapes.",
            "W takes D inputs to C logits. Each logit is shifted by a number of its own.",
            "D times C weights, and one bias for each class.",
        ),
    ),
    question_exercise(
        "2.29",
        1,
        QUESTIONS["2.29"],
        variance_lost,
        (
            "Which components are kept, and which distances does the reconstruction not follow?",
            "The variance along a component is the mean squared distance along it.",
            "Add the variances of the dropped components, and divide by the sum of all four.",
        ),
    ),
)
