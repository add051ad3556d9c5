import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from course_utils import show

LABELS = ["cat"] * 10 + ["dog"] * 8 + ["fox"] * 2
ANSWERS = ["cat"] * 7 + ["dog"] * 3 + ["dog"] * 7 + ["cat"] + ["dog"] * 2
NAMES = ["cat", "dog", "fox"]
MATRIX = confusion_matrix(LABELS, ANSWERS, labels=NAMES)


def test_the_words_tell_accuracy_the_worst_confusions_and_the_weakest_label():
    alt = show.confusion(MATRIX, NAMES, title="Animals").alt
    assert alt == (
        "Animals: rows are the label, columns the answer. 14 of 20 answers are right (70%); "
        "the most frequent confusions: cat taken for dog 3 times, fox taken for dog twice and "
        "dog taken for cat once; weakest label fox (0% right), strongest dog (88% right)."
    )


def test_counts_stand_in_their_cells_and_names_beside_them():
    axes = show.confusion(MATRIX, NAMES).figure.axes[0]
    texts = {t.get_position(): t.get_text() for t in axes.texts if t.get_text() != "right"}
    assert texts[(1, 0)] == "3"  # column dog, row cat
    assert texts[(0, 1)] == "1"
    assert texts[(2, 0)] == ""
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("answer", "label")
    assert [t.get_text() for t in axes.get_yticklabels()] == NAMES


def test_the_diagonal_does_not_count_for_the_colours():
    matrix = np.array([[1000, 2], [1, 500]])
    image = show.confusion(matrix).figure.axes[0].images[0]
    np.testing.assert_array_equal(np.ma.getmaskarray(image.get_array()), np.eye(2))
    assert image.norm.vmax == 2
    muted = show.confusion(matrix).figure.axes[0].patches
    assert [patch.get_xy() for patch in muted] == [(-0.5, -0.5), (0.5, 0.5)]


def test_the_share_of_each_row_stands_beside_it():
    figure = show.confusion(MATRIX, NAMES).figure
    (right,) = figure.axes[0].child_axes
    assert [t.get_text() for t in right.get_yticklabels()] == ["70%", "88%", "0%"]


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[7]], "7 of 7 answers are right (100%); nothing is confused."),
        (np.zeros((3, 3)), "There are no answers."),
        (np.diag([2, 0, 3]), "5 of 5 answers are right (100%); nothing is confused."),
        ([[0, 4], [0, 0]], "0 of 4 answers are right (0%); the most frequent confusions: 0"),
    ],
)
def test_plain_cases(matrix, words):
    picture = show.confusion(np.array(matrix))
    assert words in picture.alt
    assert picture.png.startswith(b"\x89PNG")


def test_many_classes_are_coloured_without_numbers():
    matrix = np.random.default_rng(0).integers(1, 9, (30, 30))
    figure = show.confusion(matrix).figure
    assert all(t.get_text() in ("", "right") for t in figure.axes[0].texts)
    assert figure.axes[-1].get_ylabel() == "wrong answers"


@pytest.mark.parametrize(
    ("matrix", "names", "message"),
    [
        (np.zeros((2, 3)), None, r"expected \(C, C\), rows the label, got \(2, 3\)"),
        (np.array([[0.5, 0.5], [0, 1]]), None, "shares instead of counts"),
        (np.array([[1, -1], [0, 1]]), None, "from 0 on"),
        (np.eye(2), ["a"], "one for each of 2 classes, got 1"),
    ],
)
def test_what_is_no_count_is_refused(matrix, names, message):
    with pytest.raises(ValueError, match=message):
        show.confusion(matrix, names)
