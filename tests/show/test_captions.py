"""Pictures with the sampled and the true caption below each."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba

from course_utils import show
from course_utils.show.style import BLUE, VERMILION

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (3, 3, 32, 32), dtype=np.uint8)
SAID = ["a red circle", "two blue squares on the left", ""]
TRUE = [
    ("there is a red circle", "a red circle"),
    ["three blue squares", "two green squares on the left", "two green squares"],
    "an orange ring",
]


def below(axes):
    return axes.get_xlabel().replace("\n   ", " ").split("\n")


def test_each_picture_has_its_captions_and_a_verdict_in_word_and_sign():
    picture = show.captioned(PICTURES, SAID, TRUE, right=[True, False, False], title="Validation")
    first, second, third = picture.figure.axes
    np.testing.assert_array_equal(first.images[0].get_array(), PICTURES[0].transpose(1, 2, 0))
    assert below(first) == ["sampled: a red circle", "true: a red circle"]
    assert below(second) == [
        "sampled: two blue squares on the left",
        "true: two green squares on the left",
    ]
    assert below(third) == ["sampled: (nothing)", "true: an orange ring"]
    assert first.get_title(loc="left") == "✓ right"
    assert second.get_title(loc="left") == "✗ wrong"
    colours = [axes._left_title.get_color() for axes in (first, second)]
    assert [to_rgba(c) for c in colours] == [to_rgba(BLUE), to_rgba(VERMILION)]
    assert picture.alt == (
        "Validation: 3 pictures of 32 by 32 pixels in colour, 1 of 3 captions right. "
        "1, sampled and true: a red circle (right). "
        "2, sampled: two blue squares on the left (wrong); true: two green squares on the left. "
        "3, sampled: nothing (wrong); true: an orange ring."
    )


def test_without_verdicts_none_is_drawn_or_told():
    picture = show.captioned(PICTURES[:1], ["a dog"], ["A dog runs"])
    assert picture.figure.axes[0].get_title(loc="left") == ""
    assert picture.alt == (
        "Pictures with captions: 1 picture of 32 by 32 pixels in colour. "
        "1, sampled: a dog; true: A dog runs."
    )


def test_of_equally_near_truths_the_first_is_shown():
    alt = show.captioned(PICTURES[:1], ["a cat"], [("a dog", "a cow")]).alt
    assert "true: a dog." in alt


@pytest.mark.parametrize("right", [None, [True] * 5])
@pytest.mark.parametrize("columns", [2, 3])
def test_nothing_is_cut_off_or_covered(columns, right):
    long = "the picture shows three large orange triangles and three small purple stars " * 2
    pictures = np.zeros((5, 20, 30, 3), np.uint8)
    figure = show.captioned(
        pictures, [long] * 5, [long] * 5, right=right, columns=columns, title="A title"
    ).figure
    FigureCanvasAgg(figure).draw()
    whole = figure.get_tightbbox()
    assert min(whole.x0, whole.y0) > -0.03
    assert whole.x1 < figure.get_figwidth() + 0.03
    assert whole.y1 < figure.get_figheight() + 0.03
    boxes = [a.get_tightbbox() for a in figure.axes if a.axison]
    for k, one in enumerate(boxes):
        for other in boxes[k + 1 :]:
            across = min(one.x1, other.x1) - max(one.x0, other.x0)
            down = min(one.y1, other.y1) - max(one.y0, other.y0)
            assert min(across, down) < 2  # dots
    assert [a.axison for a in figure.axes].count(False) == -5 % columns


@pytest.mark.parametrize(
    ("pictures", "said", "true", "right", "words"),
    [
        (PICTURES[:0], [], [], None, "pictures: expected at least one"),
        (PICTURES, SAID[:2], TRUE[:2], None, "sampled: expected one for each of 3 pictures, got 2"),
        (PICTURES, SAID, TRUE[:2], None, "truths: expected one entry for each of 3 .* got 2"),
        (PICTURES, SAID, TRUE, [True], "right: expected one for each of 3 pictures, got 1"),
        (PICTURES, SAID, [(), (), ()], None, "a caption or more for each picture, got none"),
    ],
)
def test_captions_that_do_not_fit_are_refused(pictures, said, true, right, words):
    with pytest.raises(ValueError, match=words):
        show.captioned(pictures, said, true, right=right)
