"""Grey and colour images: pixels, galleries, grids, mistakes and first-layer weights."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgba

from course_utils import show
from course_utils.show.pixels import as_image, image_shape
from course_utils.show.style import BLUE, VERMILION
from course_utils.show.weights import around_grey

RNG = np.random.default_rng(0)
PHOTOS = RNG.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)


def shown(axes):
    return np.asarray(axes.images[0].get_array())


@pytest.mark.parametrize(
    "image",
    [PHOTOS[0], PHOTOS[0].transpose(2, 0, 1), PHOTOS[0].ravel(), PHOTOS[0] / 255],
    ids=["rows", "channels first", "flat", "floats"],
)
def test_all_forms_of_a_photo_are_one_picture(image):
    pixels, options = as_image(image, (32, 32, 3))
    assert options == {}
    scaled = pixels / 255 if pixels.dtype == np.uint8 else pixels
    np.testing.assert_allclose(scaled, PHOTOS[0] / 255)


def test_floats_of_other_ranges_are_brought_to_colours():
    bytes_as_floats, _ = as_image(PHOTOS[0].astype(np.float32))
    np.testing.assert_allclose(bytes_as_floats, PHOTOS[0] / 255, atol=1e-6)
    standardised, _ = as_image(PHOTOS[0] / 64 - 2.0)
    assert (standardised.min(), standardised.max()) == (0, 1)
    order = np.argsort(PHOTOS[0], axis=None)
    assert (np.diff(standardised.ravel()[order]) >= 0).all()


def test_grey_images_keep_their_shape_and_are_drawn_as_ink():
    pixels, options = as_image(np.arange(784))
    assert pixels.shape == (28, 28)
    assert options["cmap"] == "gray_r"
    assert image_shape(np.zeros((1, 12, 12, 1))[0]) == (12, 12)
    assert image_shape(np.zeros((8, 9))) == (8, 9)


@pytest.mark.parametrize("image", [np.zeros(3072), np.zeros((2, 5, 5, 5)), np.zeros((4, 5, 7))])
def test_what_is_no_image_is_refused(image):
    with pytest.raises(ValueError, match="image: expected"):
        as_image(image)


def test_a_gallery_has_captions_signs_and_frames():
    captions = ["a cat", "a dog that runs along the beach with a ball", "a ship"]
    picture = show.gallery(PHOTOS[:3], captions, right=[True, False, True], title="Photos")
    first, second, _ = picture.figure.axes
    np.testing.assert_array_equal(shown(first), PHOTOS[0])
    assert first.get_xlabel() == "✓ a cat"
    assert second.get_xlabel().replace("\n", " ") == f"✗ {captions[1]}"
    assert "\n" in second.get_xlabel()
    assert first.spines["left"].get_edgecolor() == to_rgba(BLUE)
    assert second.spines["left"].get_edgecolor() == to_rgba(VERMILION)
    assert second.spines["left"].get_linestyle() == "--"
    assert picture.alt == (
        "Photos: 3 images of 32 by 32 pixels in colour, 2 of 3 right. Row by row: a cat (right); "
        "a dog that runs along the beach with a ball (wrong); a ship (right)."
    )


def test_a_gallery_without_captions_tells_which_are_wrong():
    alt = show.gallery(np.zeros((3, 8, 8)), right=[True, False, False]).alt
    assert alt == "Images: 3 images of 8 by 8 pixels, 1 of 3 right; wrong are numbers 2, 3."


def test_captions_are_not_cut_off():
    figure = show.gallery(PHOTOS[:2], ["word " * 20] * 2).figure
    FigureCanvasAgg(figure).draw()
    for axes in figure.axes:
        box = axes.xaxis.label.get_window_extent()
        assert box.y0 >= 0
        assert box.width <= axes.get_window_extent().width * 1.15


def test_one_image_and_nan_can_be_drawn_and_none_is_refused():
    assert show.gallery(np.full((1, 4, 4, 3), np.nan)).png.startswith(b"\x89PNG")
    with pytest.raises(ValueError, match="expected at least one"):
        show.gallery(PHOTOS[:0])
    with pytest.raises(ValueError, match="captions: expected one for each of 6 images, got 1"):
        show.gallery(PHOTOS, ["a"])


def test_a_grid_takes_photos_and_names():
    picture = show.digit_grid(PHOTOS, ["cat"] * 5 + ["automobile"], title="Photos")
    np.testing.assert_array_equal(shown(picture.figure.axes[2]), PHOTOS[2])
    assert "6 images of 32 by 32 pixels in colour, row by row: cat, cat," in picture.alt
    flat = show.digit_grid(PHOTOS.reshape(6, -1), shape=(32, 32, 3))
    np.testing.assert_array_equal(shown(flat.figure.axes[2]), PHOTOS[2])


def test_mistakes_in_colour_have_names():
    names = ["airplane", "ship", "truck"]
    P = np.array([[0.1, 0.2, 0.7]] * 6)
    picture = show.mistakes(PHOTOS, np.array([2, 2, 2, 0, 2, 2]), P, names=names)
    assert "1 of 6 images are classified wrongly" in picture.alt
    assert "an airplane taken for truck (70%)" in picture.alt
    above, below = picture.figure.axes
    np.testing.assert_array_equal(shown(above), PHOTOS[3])
    assert [t.get_text() for t in below.get_xticklabels()] == names


def test_weights_in_colour_are_scaled_for_each_unit_and_the_same_for_its_channels():
    W = RNG.standard_normal((3072, 4)) * [1.0, 10.0, 0.1, 5.0]
    picture = show.weight_images(W, shape=(32, 32, 3), count=2)
    first = shown(picture.figure.axes[0])
    unit = W[:, 1].reshape(32, 32, 3)
    np.testing.assert_allclose(first, 0.5 + 0.5 * unit / np.abs(unit).max())
    assert max(np.abs(first - 0.5).max(), 0) == pytest.approx(0.5)
    assert "2 of 4 units, those with the largest weights, as images of 32 by 32 in colour" in (
        picture.alt
    )


def test_zero_weights_are_grey():
    np.testing.assert_array_equal(around_grey(np.zeros((2, 2, 3))), np.full((2, 2, 3), 0.5))


def test_the_share_of_brightness_and_colour_is_told():
    grey = np.repeat(RNG.standard_normal((1024, 1, 2)), 3, axis=1).reshape(3072, 2)
    assert "makes 100% of it" in show.weight_images(grey, shape=(32, 32, 3)).alt
    red_against_green = RNG.standard_normal((1024, 1, 2)) * np.array([1, -1, 0])[:, None]
    assert "makes 0% of it" in (
        show.weight_images(red_against_green.reshape(3072, 2), shape=(32, 32, 3)).alt
    )


def test_components_stay_in_order():
    components = np.linalg.qr(RNG.standard_normal((784, 5)))[0]  # all of length 1, but for rounding
    picture = show.weight_images(components, in_order=True, count=3, title="Eigendigits")
    for k in range(3):
        np.testing.assert_array_equal(
            shown(picture.figure.axes[k]), components[:, k].reshape(28, 28)
        )
    assert "Eigendigits: the first 3 of 5, in order, as images of 28 by 28;" in picture.alt


def test_templates_of_all_classes_are_all():
    alt = show.weight_images(np.eye(784)[:, :10], in_order=True, title="Templates").alt
    assert alt.startswith("Templates: all 10, as images of 28 by 28;")


def test_weights_that_do_not_fill_the_shape_are_refused():
    with pytest.raises(ValueError, match=r"D = 28 \* 28, got \(10, 784\); transposed"):
        show.weight_images(np.zeros((10, 784)))
