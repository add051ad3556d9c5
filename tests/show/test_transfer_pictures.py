"""Neighbours, maps of features, and intervals: what is drawn, and what is said."""

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils import show
from course_utils.show.style import VERMILION


def axes_of(picture):
    return picture.figure.axes


def test_neighbours_of_the_same_class_are_framed_and_counted():
    rng = np.random.default_rng(0)
    asked, others = (rng.integers(0, 256, (n, 4, 5, 3)).astype(np.uint8) for n in (2, 6))
    found = {"features": np.array([[0, 1], [2, 3]]), "pixels": np.array([[4, 5, 0], [1, 2, 3]])}
    labels = np.array([0, 1, 1, 1, 0, 0])
    picture = show.neighbours(
        asked, [0, 1], others, labels, found, names=("ant", "bee"), title="Alike"
    )
    assert picture.alt == (
        "Alike: 2 pictures (ant, bee), each beside its nearest neighbours; by features 3 of 4 "
        "are of the same class and by pixels 6 of 6 are of the same class."
    )
    shown = [axes for axes in axes_of(picture) if axes.images]
    assert len(shown) == 2 * (1 + 2 + 3)
    dashed = [a for a in shown if a.axison and a.spines["left"].get_linestyle() != "-"]
    assert len(dashed) == 1
    np.testing.assert_array_equal(dashed[0].images[0].get_array(), others[1])
    colours = {to_hex(a.spines["left"].get_edgecolor()) for a in dashed}
    assert colours == {VERMILION.lower()}
    titles = {a.get_title(loc="left") for a in shown} - {""}
    assert titles == {"nearest by features", "nearest by pixels"}


@pytest.mark.parametrize("found", [{}, {"a": np.zeros((3, 2), int)}, {"a": np.zeros(2, int)}])
def test_neighbours_that_do_not_fit_are_refused(found):
    X = np.zeros((2, 4, 4, 3), np.uint8)
    with pytest.raises(ValueError, match="found: expected"):
        show.neighbours(X, [0, 1], X, [0, 1], found, names=("a", "b"))


def test_a_scatter_says_how_far_classes_are_apart():
    rng = np.random.default_rng(1)
    labels = np.arange(40) % 2
    apart = rng.standard_normal((40, 2)) + 20 * labels[:, None]
    alternating = np.stack([np.arange(40.0), np.zeros(40)], axis=1)
    picture = show.scatter({"far": apart, "row": alternating}, labels, ("ant", "bee"))
    assert "far: of 100% of 40 points" in picture.alt
    assert "row: of 0% of 40 points" in picture.alt
    first = axes_of(picture)[0].collections
    np.testing.assert_allclose(first[1].get_offsets(), apart[labels == 1])
    assert axes_of(picture)[0].get_title() == "far"
    with pytest.raises(ValueError, match=r"points: expected \(N, 2\) with N = 40"):
        show.scatter({"far": apart[:3]}, labels, ("ant", "bee"))


def test_intervals_are_drawn_and_told():
    mean, low, high = [0.6, 0.9], [0.5, 0.88], [0.7, 0.92]
    other = [0.55, 0.6], [0.5, 0.5], [0.65, 0.7]
    picture = show.intervals(
        [5, 50], {"transfer": (mean, low, high), "scratch": other},
        x_label="pictures", y_label="accuracy", log_x=True, chance=0.5, title="Few",
    )  # fmt: skip
    (axes,) = axes_of(picture)
    np.testing.assert_allclose(axes.lines[0].get_ydata(), mean)
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == 0.5
    assert band[:, 1].max() == 0.92
    assert [t.get_text() for t in axes.get_xticklabels()] == ["5", "50"]
    assert picture.alt == (
        "Few: accuracy over pictures. transfer: 5: 0.6 (0.5 to 0.7), 50: 0.9 (0.88 to 0.92). "
        "scratch: 5: 0.55 (0.5 to 0.65), 50: 0.6 (0.5 to 0.7). "
        "The interval of transfer lies above that of scratch at 50."
    )
    with pytest.raises(ValueError, match="three lists of K = 2"):
        show.intervals([5, 50], {"a": (mean, low)}, x_label="x", y_label="y")
