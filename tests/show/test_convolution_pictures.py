"""Pictures of convolutions: what is drawn and what is told are the numbers that were given."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle
from scipy.signal import correlate2d

from course_utils import show

X = np.array([[1, 2, 0], [3, -1, 4], [0, 5, 6]])
K = np.array([[1, 0], [-2, 3]])
Y = np.array([[-8.0, 16.0], [18.0, 7.0]])  # 1·1 + 2·0 − 2·3 − 3·1 = −8, and so on


def frames(axes):
    found = [p for p in axes.patches if isinstance(p, Rectangle)]
    return [(p.get_x(), p.get_y(), p.get_width(), p.get_height()) for p in found]


def test_a_step_spells_out_its_sum_and_frames_its_window():
    assert (correlate2d(X, K, "valid") == Y).all()
    picture = show.convolution_step(X, K, Y, place=(1, 0), title="A step")
    assert "A step: the kernel of 2 by 2" in picture.alt
    assert "row 1, column 0; 3·1 + -1·0 + 0·(-2) + 5·3 = 18 stands in row 1" in picture.alt
    in_X, in_K, in_Y = picture.figure.axes
    assert frames(in_X) == [(-0.5, 0.5, 2, 2)]
    assert frames(in_K) == [(-0.5, -0.5, 2, 2)]
    assert frames(in_Y) == [(-0.5, 0.5, 1, 1)]
    assert [t.get_text() for t in in_Y.texts] == ["-8", "16", "18", "7"]


def test_a_step_with_a_stride_begins_further_on():
    wide = np.arange(20.0).reshape(4, 5)
    picture = show.convolution_step(wide, K, np.ones((2, 2)), place=(1, 1), stride=2)
    assert frames(picture.figure.axes[0]) == [(1.5, 1.5, 2, 2)]
    assert "first corner in row 2, column 2" in picture.alt


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"place": (2, 0)}, r"a row and a column of Y \(2, 2\)"),
        ({"place": (1, 1), "stride": 2}, r"window inside X \(3, 3\)"),
    ],
)
def test_a_step_outside_is_refused(settings, words):
    with pytest.raises(ValueError, match=words):
        show.convolution_step(X, K, Y, **settings)


def test_filtered_draws_each_kernel_and_what_it_makes():
    image = np.zeros((5, 6))
    image[:, 3:] = 2.0
    kernels = {"edge": np.array([[-1, 1]]), "mean": np.full((2, 2), 0.25)}
    picture = show.filtered(image, kernels, lambda x, k: correlate2d(x, k, "valid"))
    assert "a picture of 5 by 6 pixels and what 2 kernels make of it" in picture.alt
    assert "edge (-1, 1; sum 0) gives values from 0 to 2, 80% of them zero" in picture.alt
    assert "mean (0.25, 0.25, 0.25, 0.25; sum 1) gives values from 0 to 2, 40% of them zero" in (
        picture.alt
    )
    axes = picture.figure.axes
    np.testing.assert_array_equal(
        axes[4].images[0].get_array(), correlate2d(image, [[-1, 1]], "valid")
    )
    assert axes[4].images[0].get_clim() == (-2, 2)  # so that zero is white
    assert [t.get_text() for t in axes[1].texts] == ["-1", "1"]


def test_filtered_with_one_kernel_and_refusals():
    image = np.diag([1, 0.01, 0.01, 0.01])
    told = show.filtered(image, {"k": K}, lambda x, k: x).alt
    assert "one kernel makes" in told
    assert "75% of them zero" in told  # small is not zero
    with pytest.raises(ValueError, match="expected at least one"):
        show.filtered(image, {}, lambda x, k: x)
    with pytest.raises(ValueError, match=r"expected \(H, W\), got \(784,\)"):
        show.filtered(np.zeros(784), {"k": K}, lambda x, k: x)


def test_feature_maps_draw_the_liveliest_in_their_order():
    maps = np.zeros((4, 3, 3))
    for f, size in enumerate((1.0, 0.0, 5.0, 3.0)):
        maps[f, 1, 1] = size
    picture = show.feature_maps(np.eye(3), {"conv1": maps, "pool1": maps[:, :2, :2]}, count=2)
    grid = np.reshape(picture.figure.axes, (3, 2))
    drawn = [float(axes.images[0].get_array().max()) for axes in grid[1]]
    assert drawn == [5, 3]
    assert {axes.images[0].get_clim() for axes in grid[1]} == {(-5, 5)}
    assert "conv1: 4 maps of 3 by 3, 92% of the values zero" in picture.alt
    assert "pool1: 4 maps of 2 by 2" in picture.alt
    with pytest.raises(ValueError, match="of one picture: maps"):
        show.feature_maps(np.eye(3), {"conv1": maps[None]})


def test_receptive_fields_are_framed_where_they_are():
    fields = {"conv1": (2, 3, 3, 4), "conv2": (-1, 0, 5, 6)}
    picture = show.receptive_fields(np.eye(8), fields, title="Seen")
    assert frames(picture.figure.axes[0]) == [(2.5, 1.5, 4, 3), (-0.5, -1.5, 6, 5)]
    assert "conv1 sees 3 by 4 pixels from row 2, column 3;" in picture.alt
    assert "conv2 sees 5 by 6 pixels from row -1, column 0, over the edge" in picture.alt
    with pytest.raises(ValueError, match="got 0 by 2"):
        show.receptive_fields(np.eye(8), {"a": (0, 0, 0, 2)})


def test_evidence_tells_where_a_map_is_largest_and_how_much_lies_on_the_ink():
    images = np.zeros((2, 4, 4))
    images[:, 1] = 1.0  # a stroke
    maps = np.zeros((2, 4, 4))
    maps[0, 1, 2], maps[0, 3, 3] = 3.0, 1.0
    maps[1, 2, 0] = -2.0
    picture = show.evidence(images, {"slope": maps}, ["a 1", "a 7"], title="Why")
    assert "a 1: slope is largest at row 1, column 2 (for), 75% on the ink" in picture.alt
    assert "a 7: slope is largest at row 2, column 0 (against), 0% on the ink" in picture.alt
    assert picture.figure.axes[2].images[0].get_clim() == (-3, 3)
    silent = show.evidence(images, {"slope": 0 * maps}, ["a 1", "a 7"])
    assert "slope is zero everywhere" in silent.alt


def test_evidence_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="expected the shape of images"):
        show.evidence(np.zeros((2, 4, 4)), {"m": np.zeros((2, 16))}, ["a", "b"])
    with pytest.raises(ValueError, match="one for each of 2, got 1"):
        show.evidence(np.zeros((2, 4, 4)), {"m": np.zeros((2, 4, 4))}, ["a"])
