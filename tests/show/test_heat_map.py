import numpy as np
import pytest

from course_utils.checking import directional_check, gradient_check
from course_utils.show.heat_map import heat_map

X = np.random.default_rng(0).standard_normal((5, 6))


def squares(x):
    return float((x**2).sum())


def checked(spoil, x=X, **options):
    gradient = 2 * x
    spoil(gradient)
    return gradient_check(squares, x, gradient, name="dW", **options)


def column_2(g):
    g[:, 2] += 0.5


def test_the_words_count_the_wrong_entries_and_place_them():
    words = heat_map(checked(column_2), "dW").alt
    assert "5 of 30 entries are wrong, all in column 2" in words
    assert "by 0.5" in words


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda g: None, "none of 30 entries is wrong."),
        (lambda g: g.__iadd__(1.0), "30 of 30 entries are wrong, every one"),
        (lambda g: g.__setitem__(([1, 1, 4, 4], [0, 3, 1, 5]), 9.0), "all in rows 1 and 4"),
        (lambda g: np.fill_diagonal(g, 9.0), "5 of 30 entries are wrong, in no single row"),
        (lambda g: g.__setitem__((3, 4), 99.0), "1 of 30 entries are wrong; the most, by"),
    ],
)
def test_where_they_are(spoil, words):
    assert words in checked(spoil).heat_map("dW").alt


def test_the_worst_entry_is_told_with_its_own_index():
    x = np.random.default_rng(1).standard_normal((2, 3, 4))

    def spoil(g):
        g[1, 2, 3] += 7.0

    assert "by 7, at [1, 2, 3]" in heat_map(checked(spoil, x), "dW").alt


def test_entries_on_a_kink_are_hatched_and_told():
    x = np.array([[1.0, 0.0], [-2.0, 3.0]])
    report = gradient_check(lambda x: float(np.maximum(x, 0).sum()), x, (x > 0) * 1.0)
    picture = heat_map(report, "x")
    assert "none of 3 entries is wrong. 1 set aside at a kink (hatched)." in picture.alt
    hatched = [p for p in picture.figure.axes[0].patches if p.get_hatch()]
    assert [(p.get_x(), p.get_y()) for p in hatched] == [(0.52, -0.48)]


def test_what_was_not_looked_at_stays_empty_and_is_told():
    picture = checked(column_2, samples=10).heat_map("dW")
    assert "20 others were not looked at (empty)" in picture.alt
    assert np.ma.count_masked(picture.figure.axes[0].images[0].get_array()) == 20


@pytest.mark.parametrize("shape", [(), (7,), (3, 4), (2, 3, 2, 2), (40, 50)])
def test_every_shape_can_be_drawn(shape):
    x = np.random.default_rng(2).standard_normal(shape)
    picture = gradient_check(squares, x, 2.1 * x).heat_map("x")
    assert picture.png.startswith(b"\x89PNG")
    assert "wrong" in picture.alt


def test_an_unknown_name_and_directions_are_refused():
    with pytest.raises(ValueError, match=r"'W'.*there are: dW"):
        checked(column_2).heat_map("W")
    with pytest.raises(ValueError, match="directions"):
        directional_check(squares, X, 2 * X).heat_map("x")
