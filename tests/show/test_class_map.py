import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from scipy.special import expit, softmax

from course_utils import show
from course_utils.show.style import CLASS_COLOURS, CLASS_MARKERS

W = np.array([[1.0, -1.0, 0.0], [0.6, 0.6, -1.2]])
SQUARE = {"x_range": (-3, 3), "y_range": (-3, 3)}


def linear(X):
    return softmax(3 * X @ W, axis=1)


def right_half(X):
    """Class 1 where x is above 0."""
    return expit(4 * X[:, 0])


POINTS = np.array([[-1.0, 0.0], [-2.0, 1.0], [2.0, 1.0], [1.0, -2.0], [0.5, 0.5]])
LABELS = [0, 0, 1, 1, 0]


def paths_of(axes, colour):
    return [c for c in axes.collections if np.allclose(c.get_edgecolor()[:, :3], to_rgb(colour))]


def test_the_words_tell_shares_meeting_point_and_where_boundaries_leave():
    alt = show.class_map(linear, **SQUARE, names=["cat", "dog", "bird"], title="Softmax").alt
    assert alt.startswith("Softmax: x1 from -3 to 3, x2 from -3 to 3. ")
    assert "cat, dog and bird meet at (0, 0)" in alt
    # cat against dog: x1 = 0; cat against bird: x1 + 1.8 x2 = 0; so on the frame
    assert "between cat and dog at (0, 3)" in alt
    assert "between cat and bird at (3, -1.67)" in alt
    # A region of area 3 * 3 + 3 * (5 / 3) / 2 of 36, its middle at (1.61, 1.05)
    assert "the most probable class is cat on 32% of the plane, around (1.61, 1.0" in alt


def test_shares_in_words_are_areas():
    alt = show.class_map(right_half, **SQUARE).alt
    assert "class 0 on 50% of the plane, around (-1.5, 0), class 1 on 50%" in alt
    assert "boundaries reach the frame, between class 0 and class 1 at (0, -3) and (0, 3)" in alt


def test_points_are_counted_by_the_side_they_are_on():
    picture = show.class_map(right_half, **SQUARE, points=POINTS, labels=LABELS)
    assert "4 of 5 points are right (80%)" in picture.alt
    axes = picture.figure.axes[0]
    assert axes.get_title() == "80% of 5 points right"
    rings = [line for line in axes.lines if line.get_markerfacecolor() == "none"]
    np.testing.assert_array_equal(rings[0].get_xydata(), [[0.5, 0.5]])


def test_classes_differ_in_marker_and_in_colour():
    axes = show.class_map(right_half, **SQUARE, points=POINTS, labels=LABELS).figure.axes[0]
    drawn = {line.get_marker(): line for line in axes.lines if len(line.get_xdata()) > 1}
    for c in (0, 1):
        line = drawn[CLASS_MARKERS[c]]
        assert line.get_color() == CLASS_COLOURS[c]
        np.testing.assert_array_equal(line.get_xydata(), POINTS[np.equal(LABELS, c)])


def test_each_region_has_its_colour_the_fuller_the_surer():
    image = show.class_map(linear, **SQUARE).figure.axes[0].images[0].get_array()
    middle, right, far = image[100, 82], image[100, 90], image[100, 150]  # rows count upwards
    base = np.array(to_rgb(CLASS_COLOURS[0]))
    for colour in (middle, right, far):  # on the way from white to the class's colour
        shares = (1 - colour) / (1 - base + 1e-9)
        np.testing.assert_allclose(shares, shares[0], atol=0.01)
    assert middle.mean() > right.mean() > far.mean()


def test_the_boundary_is_black_and_where_it_belongs():
    axes = show.class_map(right_half, **SQUARE).figure.axes[0]
    (boundary,) = paths_of(axes, "black")
    np.testing.assert_allclose(np.concatenate([p.vertices for p in boundary.get_paths()])[:, 0], 0)


def test_level_lines_are_where_the_probability_is_and_say_so():
    axes = show.class_map(right_half, **SQUARE, levels=(0.9,)).figure.axes[0]
    x = np.concatenate([p.vertices[:, 0] for c in paths_of(axes, "0.25") for p in c.get_paths()])
    np.testing.assert_allclose(np.abs(x), np.log(9) / 4, atol=1e-3)  # logit of 0.9
    assert [t.get_text() for t in axes.texts].count("0.9") == 2


def test_marks_and_lines_are_drawn_named_and_told():
    line = np.array([[0.0, 0.0], [1.0, 2.0]])
    picture = show.class_map(linear, **SQUARE, marks={"start": (1, -2)}, lines={"up": line})
    axes = picture.figure.axes[0]
    assert "Marked: start at (1, -2); line up from (0, 0) to (1, 2)." in picture.alt
    star = next(drawn for drawn in axes.lines if drawn.get_marker() == "*")
    np.testing.assert_array_equal(star.get_xydata(), [[1, -2]])
    assert {"start", "up"} <= {text.get_text() for text in axes.texts}


def test_nothing_reaches_beyond_the_plane():
    far = np.array([[50.0, 0.0], [-1.0, 0.0]])
    picture = show.class_map(right_half, **SQUARE, points=far, labels=[1, 0], marks={"m": (9, 9)})
    axes = picture.figure.axes[0]
    assert axes.get_xlim() == (-3, 3)
    assert axes.get_ylim() == (-3, 3)


def test_panels_stand_side_by_side_each_with_its_share():
    maps = {"linear": right_half, "other way": lambda X: 1 - right_half(X)}
    picture = show.class_maps(maps, **SQUARE, points=POINTS, labels=LABELS, title="Bases")
    assert [a.get_title() for a in picture.figure.axes] == [
        "linear\n80% of 5 points right",
        "other way\n20% of 5 points right",
    ]
    assert "linear: the most probable class" in picture.alt
    assert "1 of 5 points are right (20%)" in picture.alt


@pytest.mark.parametrize("title", ["", "Three bases"])
@pytest.mark.parametrize("panels", [2, 3, 4])
def test_headings_keep_apart_and_inside_the_figure(panels, title):
    names = ["raw inputs", "powers to degree 2", "a name so long that it does not fit in one line"]
    maps = dict.fromkeys([*names, "25 bumps"][:panels], right_half)
    figure = show.class_maps(maps, **SQUARE, points=POINTS, labels=LABELS, title=title).figure
    FigureCanvasAgg(figure).draw()
    boxes = [axes.title.get_window_extent() for axes in figure.axes]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))
    assert max(box.y1 for box in boxes) <= figure.bbox.height
    assert figure.get_tightbbox().y1 <= figure.get_figheight() + 0.02


def test_more_than_three_panels_make_rows():
    maps = dict.fromkeys("abcde", right_half)
    axes = show.class_maps(maps, **SQUARE).figure.axes
    assert [a.axison for a in axes] == [True] * 5 + [False]


def one_class(X):
    return np.ones((len(X), 1))


def nothing(X):
    return np.full((len(X), 3), np.nan)


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        (one_class, "the most probable class is class 0 everywhere; "),
        (lambda X: np.tile([0.1, 0.9], (len(X), 1)), "class 1 everywhere, class 0 nowhere"),
        (nothing, "the probabilities are not finite on 100% of the plane (grey)"),
        (
            lambda X: expit(5 * ((X**2).sum(axis=1) - 1)),
            "no boundary reaches the frame: one region encloses the others",
        ),
    ],
)
def test_plain_cases_are_told(probabilities, words):
    picture = show.class_map(probabilities, **SQUARE, points=[[0.0, 0.0]], labels=[0])
    assert words in picture.alt
    assert picture.png.startswith(b"\x89PNG")


def test_a_ring_is_not_placed_at_its_middle_where_another_class_is():
    alt = show.class_map(lambda X: expit(5 * ((X**2).sum(axis=1) - 1)), **SQUARE).alt
    assert "class 0 on 9% of the plane, around (0, 0), class 1 on 91%;" in alt


def test_points_with_probabilities_that_are_not_finite_are_wrong():
    alt = show.class_map(nothing, **SQUARE, points=POINTS, labels=LABELS).alt
    assert "0 of 5 points are right" in alt


def test_labels_and_names_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match=r"labels: expected \(K,\) = \(5,\), got \(4,\)"):
        show.class_map(right_half, **SQUARE, points=POINTS, labels=LABELS[:4])
    with pytest.raises(ValueError, match="one for each of 3 classes, got 2"):
        show.class_map(linear, **SQUARE, names=["a", "b"])
