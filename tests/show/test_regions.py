"""Regions in the plane, against classifiers whose borders are known in closed form."""

import numpy as np
import pytest
from scipy.special import expit, softmax

from course_utils.show.regions import (
    NOWHERE,
    answers,
    asked,
    crossings,
    deepest,
    look_at,
    meeting_points,
)

W = np.array([[1.0, -1.0, 0.0], [0.6, 0.6, -1.2]])
B = np.array([0.3, 0.0, -0.2])
SQUARE = {"x_range": (-3.0, 3.0), "y_range": (-3.0, 3.0)}


def linear(X):
    return softmax(X @ W + B, axis=1)


def ring(X):
    """Class 1 outside the circle of radius 2."""
    return expit(3 * ((X**2).sum(axis=1) - 4))


def test_three_linear_regions_meet_where_their_logits_are_equal():
    # Z0 = Z1 and Z1 = Z2, two equations for the point.
    equations = np.array([W[:, 0] - W[:, 1], W[:, 1] - W[:, 2]])
    truth = np.linalg.solve(equations, [B[1] - B[0], B[2] - B[1]])
    ((point, classes),) = meeting_points(linear, **SQUARE)
    np.testing.assert_allclose(point, truth, atol=1e-5)
    assert classes == (0, 1, 2)


@pytest.mark.parametrize("scale", [0.2, 1.0, 30.0])
def test_the_meeting_point_does_not_depend_on_how_steep_the_regions_are(scale):
    ((point, _),) = meeting_points(lambda X: softmax(scale * (X @ W + B), axis=1), **SQUARE)
    ((truth, _),) = meeting_points(linear, **SQUARE)
    np.testing.assert_allclose(point, truth, atol=1e-4)


def test_ten_sectors_meet_in_one_point():
    turns = 2 * np.pi * np.arange(10) / 10
    sectors = np.stack([np.cos(turns), np.sin(turns)])
    ((point, classes),) = meeting_points(lambda X: softmax(X @ sectors, axis=1), **SQUARE)
    np.testing.assert_allclose(point, (0, 0), atol=1e-5)
    assert classes == tuple(range(10))


def test_probabilities_that_jump_have_meeting_points_too():
    def quadrants(X):
        return np.eye(4)[(X[:, 0] > 0.51) + 2 * (X[:, 1] > -0.77)]

    ((point, classes),) = meeting_points(quadrants, **SQUARE)
    np.testing.assert_allclose(point, (0.51, -0.77), atol=0.08)
    assert classes == (0, 1, 2, 3)


def test_two_classes_meet_nowhere():
    assert meeting_points(ring, **SQUARE) == []


def test_shares_are_areas():
    plane = look_at(ring, **SQUARE)
    assert plane.share(0) == pytest.approx(np.pi * 4 / 36, abs=0.005)
    assert plane.share(0) + plane.share(1) == pytest.approx(1)
    assert plane.middle(0) == pytest.approx((0, 0), abs=1e-9)


def test_a_straight_border_reaches_the_frame_at_two_points():
    # Class 1 where 2 x + y > 1: the line leaves at (-1, 3) and (2, -3).
    found = crossings(look_at(lambda X: expit(2 * X[:, 0] + X[:, 1] - 1), **SQUARE))
    points = sorted(point for point, _ in found)
    np.testing.assert_allclose(points, [(-1, 3), (2, -3)], atol=1e-3)
    assert {classes for _, classes in found} == {(0, 1)}


def test_a_closed_border_reaches_the_frame_nowhere():
    assert crossings(look_at(ring, **SQUARE)) == []


def test_what_is_not_finite_has_no_winner():
    def half(X):
        return np.where(X[:, :1] > 0, np.nan, [[0.2, 0.8]])

    plane = look_at(half, **SQUARE)
    assert set(np.unique(plane.winner)) == {NOWHERE, 1}
    assert plane.share(NOWHERE) == pytest.approx(0.5, abs=0.01)
    np.testing.assert_array_equal(answers(half, np.array([[-1.0, 0], [1, 0]])), [1, NOWHERE])


def test_one_number_for_each_point_is_the_probability_of_class_1():
    P = asked(lambda X: X[:, 0], np.array([[0.25, 9.0], [1.0, 9.0]]))
    np.testing.assert_allclose(P, [[0.75, 0.25], [0, 1]])


@pytest.mark.parametrize("wrong", [lambda X: X[:-1], lambda X: 0.5, lambda X: X[None]])
def test_probabilities_of_another_shape_are_refused(wrong):
    with pytest.raises(ValueError, match="a row for each point"):
        asked(wrong, np.zeros((5, 2)))


def test_a_range_the_wrong_way_round_is_refused():
    with pytest.raises(ValueError, match=r"x_range.*wrong way round"):
        look_at(linear, (3, -3), (-3, 3))


def test_the_deepest_cell_is_the_centre_of_a_disc_and_not_in_its_handle():
    rows, columns = np.mgrid[:41, :61]
    pan = (rows - 20) ** 2 + (columns - 15) ** 2 <= 12**2
    pan |= (abs(rows - 20) < 2) & (columns > 15)
    row, column = deepest(pan)
    assert abs(row - 20) <= 1
    assert abs(column - 15) <= 1


@pytest.mark.parametrize("c", [0, 1, 2])
def test_names_stand_in_their_regions_and_away_from_what_is_there(c):
    plane = look_at(linear, **SQUARE)
    places = np.array([plane.inside(c), plane.at_rim(c)])
    np.testing.assert_array_equal(answers(linear, places), [c, c])
    moved = np.array([plane.inside(c, avoid=[places[0]])])
    assert np.abs(moved[0] - places[0]).max() > 0.08 * 6
    assert answers(linear, moved)[0] == c
