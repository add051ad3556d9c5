import io

import numpy as np
import pytest
from PIL import Image
from scipy.special import softmax

from course_utils import show

W = np.array([[1.0, -1.0, 0.0], [0.6, 0.6, -1.2]])
SQUARE = {"x_range": (-3, 3), "y_range": (-3, 3)}
WAYS = {"into 0": (1.0, 0.6), "between 0 and 1": (0.0, 2.0), "back": (-1.0, 0.0)}


def linear(X):
    return softmax(3 * X @ W, axis=1)


def panel(picture, name):
    return next(axes for axes in picture.figure.axes if axes.get_title().endswith(name))


@pytest.mark.parametrize("name", WAYS)
def test_each_panel_has_the_probabilities_along_its_ray(name):
    start = np.array([0.4, -0.3])
    picture = show.walk_from_point(linear, start, WAYS, **SQUARE, length=2.0)
    way = np.array(WAYS[name]) / np.hypot(*WAYS[name])
    lines = [line for line in panel(picture, name).lines if len(line.get_xdata()) > 2]
    assert len(lines) == 3
    for c, line in enumerate(lines):
        distance, p = line.get_data()
        assert (distance[0], distance[-1]) == (0, 2)
        points = start + np.outer(distance, way)
        np.testing.assert_allclose(p, softmax(3 * points @ W, axis=1)[:, c])


def test_the_map_has_the_point_and_its_rays():
    picture = show.walk_from_point(linear, (0.5, 1.0), WAYS, **SQUARE, length=1.0)
    the_map = picture.figure.axes[0]
    star = next(line for line in the_map.lines if line.get_marker() == "*")
    np.testing.assert_array_equal(star.get_xydata(), [[0.5, 1.0]])
    ends = [line.get_xydata()[-1] for line in the_map.lines if len(line.get_xdata()) > 2]
    unit = [np.array(way) / np.hypot(*way) for way in WAYS.values()]
    np.testing.assert_allclose(ends, np.array([0.5, 1.0]) + unit)


def test_the_words_tell_the_point_and_what_happens_on_the_way():
    alt = show.walk_from_point(linear, (0, 0), WAYS, **SQUARE, length=2.0).alt
    assert "probabilities at (0, 0): class 0 0.333, class 1 0.333, class 2 0.333" in alt
    # On the border of 0 and 1 both come to one half; class 2 goes out.
    end = softmax(3 * np.array([0.0, 2.0]) @ W).round(3)
    assert (
        f"between 0 and 1: class 0 from 0.333 to {end[0]:.3g}, "
        f"class 1 from 0.333 to {end[1]:.3g}, class 2 from 0.333 to {end[2]:.3g}." in alt
    )


def test_a_change_of_the_lead_is_told_where_it_happens():
    # From (-1, 1) to the right: class 1, then class 0 from x1 = 0 on, a distance of 1.
    alt = show.walk_from_point(linear, (-1, 1), {"right": (1, 0)}, **SQUARE, length=2.0).alt
    assert "class 0 leads from distance 1 on" in alt
    assert alt.count("leads") == 1


def test_a_lead_that_is_only_rounding_is_not_told():
    alt = show.walk_from_point(linear, (0, 0.5), {"up": (0, 1)}, **SQUARE).alt
    assert "leads" not in alt


def test_a_class_that_does_not_change_stays():
    alt = show.walk_from_point(linear, (2, 2), {"out": (1, 1)}, **SQUARE).alt
    assert "class 0 stays at 1" in alt


def test_the_moved_point_draws_what_a_new_walk_draws():
    walk = show.PointWalk(linear, WAYS, **SQUARE)
    walk.at((-2, -2)).quick_png()
    moved = walk.at((1.0, 0.5))
    fresh = show.PointWalk(linear, WAYS, **SQUARE).at((1.0, 0.5))
    assert moved.alt == fresh.alt
    assert moved.quick_png() == fresh.quick_png()


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("L"), dtype=float)


def test_the_quick_drawing_shows_what_a_whole_one_does():
    walk = show.PointWalk(linear, WAYS, **SQUARE)
    walk.at((-1.0, 0.5)).quick_png()
    moved = walk.at((1.0, 0.5))
    whole = show.Picture(moved.figure, "drawn from the beginning").quick_png()
    apart = np.abs(pixels(moved.quick_png()) - pixels(whole))
    assert apart.mean() < 1  # of 255
    before = walk.at((-1.0, 0.5)).quick_png()
    assert np.abs(pixels(before) - pixels(whole)).mean() > 4 * apart.mean()


def test_a_whole_picture_can_still_be_made_after_a_quick_one():
    walk = show.PointWalk(linear, WAYS, **SQUARE)
    expected = walk.at((0.5, 0.5)).png
    walk.at((1, 1)).quick_png()
    apart = np.abs(pixels(walk.at((0.5, 0.5)).png) - pixels(expected))
    assert apart.mean() < 3  # the layout is found anew, and may move by a pixel


@pytest.mark.parametrize("point", [(2.95, -2.95), (40.0, 0.0)])
def test_points_at_the_rim_and_beyond_can_be_drawn(point):
    picture = show.walk_from_point(linear, point, WAYS, **SQUARE)
    assert picture.figure.axes[0].get_xlim() == (-3, 3)
    assert picture.png.startswith(b"\x89PNG")


def test_one_class_nan_and_training_points_can_be_drawn():
    for probabilities in (
        lambda X: np.ones((len(X), 1)),
        lambda X: np.full((len(X), 2), np.nan),
        lambda X: X[:, 0] > 0,
    ):
        picture = show.walk_from_point(
            probabilities, (0, 0), {"right": (1, 0)}, **SQUARE, points=[[1.0, 1]], labels=[0]
        )
        assert picture.png.startswith(b"\x89PNG")


def test_a_direction_without_length_is_refused():
    with pytest.raises(ValueError, match=r"'nowhere' to be .2,., longer than 0"):
        show.PointWalk(linear, {"nowhere": (0, 0)}, **SQUARE)
