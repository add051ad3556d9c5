import numpy as np
import pytest

from course_utils.words import course_of, listed, number, with_article


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), ([1], "1"), ([1, 2], "1 and 2"), ([1, 2, 3], "1, 2 and 3")],
)
def test_listed(items, text):
    assert listed(items) == text


def test_number():
    assert [number(v) for v in (2.302585, 0.5, 1e-5, 1200)] == ["2.3", "0.5", "1e-05", "1.2e+03"]


@pytest.mark.parametrize(
    ("x", "y", "text"),
    [
        ([0, 1, 2], [3, 2, 1], "loss falls from 3 at step = 0 to 1 at step = 2"),
        ([0, 1, 2], [1, 2, 3], "loss rises from 1 at step = 0 to 3 at step = 2"),
        ([0, 1, 2], [3, 1, 2], "loss falls from 3 at step = 0 to 2 at step = 2, lowest 1 at 1"),
        ([0, 1, 2], [1, 4, 1], "loss returns from 1 at step = 0 to 1 at step = 2, highest 4 at 1"),
        ([0, 1, 2], [2, 2, 2], "loss is 2 throughout, from step = 0 to 2"),
        ([0], [2], "loss is 2 at step = 0"),
        ([0, 1], [np.nan, np.nan], "loss has no finite values"),
        (
            [0, 1, 2, 3],
            [1, 2, np.inf, np.nan],
            "loss rises from 1 at step = 0 to 2 at step = 1, and is not finite from step = 2 on",
        ),
    ],
)
def test_course_of(x, y, text):
    assert course_of("loss", x, y, "step") == text


def test_flat_stretches_are_told():
    x = np.linspace(-1, 1, 201)
    assert course_of("slope", x, (x > 0).astype(float), "x") == (
        "slope is 0 up to x = 0, then rises to 1 at x = 0.01 and stays there"
    )


@pytest.mark.parametrize(
    "label", ["an ant", "a bee", "an 8", "a 1", "an 18", "a 3", "an Ankle boot"]
)
def test_a_label_with_its_article(label):
    _, word = label.split(" ", 1)
    assert with_article(word) == label
