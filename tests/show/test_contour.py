import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import show
from course_utils.show.contour import leaving

BOX = {"x_range": (-4.0, 2.0), "y_range": (-1.0, 1.0)}


def valley(a, b):
    return (a**2 + 20 * b**2) / 2


def descent(rate, steps=30, start=(-3.0, 0.9)):
    path = [np.array(start)]
    for _ in range(steps):
        path.append(path[-1] * (1 - rate * np.array([1.0, 20.0])))
    return np.array(path)


@pytest.mark.parametrize(
    ("path", "inside", "edge"),
    [
        ([(0, 0), (1, 0)], 2, None),
        ([(0, 0), (4, 0)], 1, (2, 0)),
        ([(0, 0), (0, -8)], 1, (0, -1)),
        ([(1, 0), (3, 1)], 1, (2, 0.5)),
        ([(0, 0), (9, 9), (1, 0.5)], 3, None),  # it comes back
        ([(0, 0), (9, 9), (1, 0.5), (1, 2)], 3, (1, 1)),
        ([(0, 0), (np.inf, np.nan)], 1, None),
        ([(8, 8), (9, 9)], 0, None),
    ],
)
def test_where_a_path_leaves(path, inside, edge):
    n, found = leaving(np.array(path, dtype=float), *BOX.values())
    assert n == inside
    if edge is None:
        assert found is None
    else:
        np.testing.assert_allclose(found, edge)


@settings(max_examples=100, deadline=None)
@given(
    st.tuples(st.floats(-3.9, 1.9), st.floats(-0.9, 0.9)),
    st.tuples(st.floats(-50, 50), st.floats(-50, 50)),
)
def test_the_crossing_is_on_the_frame_and_on_the_step(start, end):
    n, edge = leaving(np.array([start, end]), *BOX.values())
    outside = not (-4 <= end[0] <= 2 and -1 <= end[1] <= 1)
    assert (n, edge is not None) == (1 if outside else 2, outside)
    if outside:
        slack = 1e-9
        assert -4 - slack <= edge[0] <= 2 + slack
        assert -1 - slack <= edge[1] <= 1 + slack
        assert min(abs(edge[0] + 4), abs(edge[0] - 2), abs(abs(edge[1]) - 1)) < 1e-9
        step, part = np.subtract(end, start), edge - np.array(start)
        assert step[0] * part[1] - step[1] * part[0] == pytest.approx(0, abs=1e-7)


def arrows(axes):
    return [text for text in axes.texts if text.arrow_patch is not None]


def test_a_path_that_diverges_ends_in_an_arrow_at_the_frame():
    picture = show.paths_on_contour(valley, {"fine": descent(0.09), "wild": descent(0.15)}, **BOX)
    fine, wild = picture.figure.axes
    assert not arrows(fine)
    (arrow,) = arrows(wild)
    # (-3, 0.9), then 0.9 * (1 - 3) = -1.8: the frame is crossed at 1.9 / 2.7 of the way.
    np.testing.assert_allclose(arrow.xy, (-3 + 0.45 * 1.9 / 2.7, -1), atol=1e-2)
    assert wild.get_xlim() == (-4, 2)
    assert wild.get_ylim() == (-1, 1)
    value = f"{10 * (0.9 * 2.0**30) ** 2:.3g}"  # w2 doubles thirty times
    assert f"wild leaves the figure at (-2.68, -1) after 0 steps for good, value {value}" in (
        picture.alt
    )


def test_a_path_to_no_number_ends_in_a_cross():
    path = np.array([[-3.0, 0.5], [1.0, 0.5], [np.nan, np.inf]])
    picture = show.paths_on_contour(valley, {"lost": path}, **BOX)
    (cross,) = (line for line in picture.figure.axes[0].lines if line.get_marker() == "X")
    np.testing.assert_array_equal(cross.get_xydata(), [[1.0, 0.5]])
    assert "lost leaves the figure after 1 step for good, no finite value after 2 steps" in (
        picture.alt
    )


@pytest.mark.parametrize(("count", "shape"), [(1, 1), (4, 4), (5, 6), (6, 6), (7, 8), (9, 9)])
def test_many_panels_are_wrapped_into_rows(count, shape):
    paths = {str(k): descent(0.01 * (k + 1)) for k in range(count)}
    axes = show.paths_on_contour(valley, paths, **BOX).figure.axes
    assert len(axes) == shape
    assert [a.get_title() for a in axes if a.axison] == list(paths)


def test_the_values_of_all_paths_stand_below():
    paths = {"a": descent(0.02), "wild": descent(0.15)}
    picture = show.paths_on_contour(valley, paths, **BOX, with_values=True, value_name="loss")
    below = picture.figure.axes[-1]
    assert (below.get_xlabel(), below.get_ylabel()) == ("step", "loss")
    line = below.lines[0]
    np.testing.assert_allclose(line.get_ydata(), valley(*paths["a"].T))
    # The one that grows without end does not flatten the other.
    assert below.get_ylim()[1] <= 100 * valley(-3.0, 0.9)
    assert [t.get_text() for t in below.get_legend().get_texts()] == ["a", "wild"]


@pytest.mark.parametrize(("steps", "markers"), [(30, 31), (99, 100), (400, 0)])
def test_each_step_has_a_marker_unless_they_are_too_many(steps, markers):
    axes = show.paths_on_contour(valley, {"p": descent(0.02, steps)}, **BOX).figure.axes[0]
    drawn = [line for line in axes.lines if line.get_marker() not in ("None", "*")]
    assert sum(len(line.get_xdata()) for line in drawn) == markers


@pytest.mark.parametrize(
    "f", [lambda a, b: a**2 - b**2, lambda a, b: -1 - a**2 - b**2, lambda a, b: 0 * a]
)
def test_functions_below_zero_and_flat_ones_can_be_drawn(f):
    picture = show.paths_on_contour(f, {"p": descent(0.02)}, **BOX, with_values=True)
    assert picture.png.startswith(b"\x89PNG")


def test_one_point_and_a_path_outside_can_be_drawn():
    paths = {"point": np.array([[0.0, 0.0]]), "outside": np.array([[9.0, 9], [8, 8]])}
    picture = show.paths_on_contour(valley, paths, **BOX, with_values=True)
    assert "point ends at (0, 0) with value 0 after 0 steps" in picture.alt
    assert "outside is outside the figure, value 672 after 1 step" in picture.alt
    assert picture.png.startswith(b"\x89PNG")
