"""Word by word: attention over a picture, and the pixels that words are about."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import rgb_to_hsv, to_rgb

from course_utils import show
from course_utils.data import make_scenes
from course_utils.show.word_panels import _HEAT, _outline

WORDS = "a red ring"
PICTURE = np.full((3, 24, 24), 240, np.uint8)
PICTURE[:, 0:6, 18:24] = np.array([200, 24, 36], np.uint8)[:, None, None]
MASKS = np.zeros((3, 24, 24), bool)
MASKS[1:, 0:6, 18:24] = True  # place 3 of 4 by 4
WEIGHTS = np.full((4, 16), 1 / 16)  # with a row for <END>
WEIGHTS[1] = np.where(np.arange(16) == 3, 0.7, 0.02)
WEIGHTS[2] = np.where(np.arange(16) == 12, 0.85, 0.01)


def test_attention_is_told_word_by_word_with_its_share_in_the_mask():
    picture = show.attention_words(PICTURE, WORDS, WEIGHTS, MASKS, title="Looking")
    assert picture.alt == (
        "Looking: for each word of a caption, on 4 by 4 places. "
        "'a': about the same everywhere; "
        "'red': most at the top right, 70% of it inside the mask (6% of the places); "
        "'ring': most at the bottom left, 1% of it inside the mask (6% of the places). "
        "Of all words with a mask, on average 36% of the attention lies inside; spread evenly "
        "it would be 6%."
    )
    panels = picture.figure.axes[:4]
    assert [axes.get_title() for axes in panels] == ["the picture", "a", "red", "ring"]
    assert [axes.get_xlabel() for axes in panels] == ["", "", "70% inside", "1% inside"]


def test_the_more_attention_the_darker_on_one_scale_for_all_words():
    white = np.full((24, 24, 3), 255, np.uint8)
    axes = show.attention_words(white, WORDS, WEIGHTS, MASKS).figure.axes
    panels = [np.asarray(a.images[0].get_array()) for a in axes[1:4]]
    for panel, weights in zip(panels, WEIGHTS, strict=False):
        expected = _HEAT(weights.reshape(4, 4) / 0.85)[..., :3]
        np.testing.assert_allclose(panel, np.kron(expected, np.ones((6, 6, 1))), atol=1e-12)
    assert panels[2][20, 2].mean() < panels[1][2, 20].mean() < panels[0].mean()


def test_the_scale_is_even_to_the_eye_and_needs_no_colour():
    """Lightness (CIE L*) falls steadily along the scale."""
    rgb = _HEAT(np.linspace(0, 1, 64))[:, :3]
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    lightness = 116 * np.cbrt(linear @ (0.2126, 0.7152, 0.0722)) - 16
    steps = -np.diff(lightness)
    assert steps.min() > 0.5 * steps.mean()
    assert steps.max() < 1.6 * steps.mean()
    assert lightness[0] > 95
    assert lightness[-1] < 30


@pytest.mark.parametrize("shape", [(7, 7), (2, 5), (1, 1)])
def test_any_grid_lies_over_the_whole_picture(shape):
    h, w = shape
    rng = np.random.default_rng(1)
    photo = rng.integers(0, 256, (30, 41, 3), dtype=np.uint8)
    weights = rng.random((2, h * w))
    by_rows = show.attention_words(photo, ["a", "dog"], weights, grid=shape)
    by_grid = show.attention_words(photo, ["a", "dog"], weights.reshape(2, h, w))
    first, second = (p.figure.axes[1].images[0].get_array() for p in (by_rows, by_grid))
    np.testing.assert_array_equal(first, second)
    assert first.shape == (30, 41, 3)
    # The place of each pixel's middle, written out.
    grey = 1 - 0.4 * (1 - photo / 255 @ (0.299, 0.587, 0.114))
    for y, x in [(0, 0), (29, 40), (14, 20), (7, 33)]:
        place = weights[0].reshape(h, w)[int((y + 0.5) * h / 30), int((x + 0.5) * w / 41)]
        expected = np.array(_HEAT(place / weights.max())[:3]) * grey[y, x]
        np.testing.assert_allclose(first[y, x], expected, atol=1e-9)
    assert "mask" not in by_rows.alt


def test_the_place_of_the_most_attention_is_told():
    names = [
        "at the top left", "at the top", "at the top right", "at the left", "in the middle",
        "at the right", "at the bottom left", "at the bottom", "at the bottom right",
    ]  # fmt: skip
    alt = show.attention_words(PICTURE, list("abcdefghi"), np.eye(9)).alt
    for letter, name in zip("abcdefghi", names, strict=True):
        assert f"'{letter}': most {name}" in alt


def segments(mask):
    """All unit edges that a drawn outline covers."""
    from matplotlib.figure import Figure

    axes = Figure().subplots()
    _outline(axes, mask)
    first, second = axes.collections
    edges = set()
    for (x0, y0), (x1, y1) in second.get_segments():
        assert x0 == x1 or y0 == y1
        for k in range(int(max(x1 - x0, y1 - y0))):
            edge = (x0 + k, y0, "across") if y0 == y1 else (x0, y0 + k, "down")
            assert edge not in edges
            edges.add(edge)
    np.testing.assert_array_equal(first.get_segments(), second.get_segments())
    return edges


def test_outlines_run_along_the_edges_of_the_pixels():
    mask = np.random.default_rng(2).random((9, 11)) < 0.5
    padded = np.pad(mask, 1)
    expected = set()
    for y in range(10):
        for x in range(12):
            here = padded[y + 1, x + 1]
            if here != padded[y, x + 1]:
                expected.add((x - 0.5, y - 0.5, "across"))
            if here != padded[y + 1, x]:
                expected.add((x - 0.5, y - 0.5, "down"))
    assert segments(mask) == expected
    assert segments(np.zeros((3, 3), bool)) == set()


def test_masks_of_words_are_in_colour_and_the_rest_fades():
    picture = show.word_masks(PICTURE, WORDS, MASKS, title="About")
    assert picture.alt == (
        "About: 'red': 6% of the pixels, at the top right; 'ring': 6% of the pixels, at the top "
        "right. No pixels belong to 'a'."
    )
    _, red, ring = picture.figure.axes
    assert [red.get_title(), ring.get_title()] == ["red", "ring"]
    shown = np.asarray(red.images[0].get_array())
    np.testing.assert_allclose(shown[MASKS[1]], np.tile([200 / 255, 24 / 255, 36 / 255], (36, 1)))
    rest = shown[~MASKS[1]]
    assert rest.min() > 0.85
    assert rgb_to_hsv(rest)[:, 1].max() < 1e-9
    assert len(red.collections) == 2
    assert to_rgb(red.collections[1].get_edgecolor()[0][:3]) == (0, 0, 0)


def test_masks_in_several_places_are_told_one_by_one():
    masks = np.zeros((1, 24, 24), bool)
    masks[0, :4, :4] = masks[0, 10:14, 10:14] = masks[0, 20:, 20:] = True
    alt = show.word_masks(PICTURE, ["three"], masks).alt
    assert "at the top left, in the middle and at the bottom right" in alt


@pytest.mark.parametrize("difficulty", ["easy", "hard"])
def test_scenes_with_their_own_masks(difficulty):
    made = make_scenes(4, "test", difficulty=difficulty)
    for k in range(4):
        text, masks = made.texts[k][0], made.masks(k)
        about = masks.any(axis=(1, 2))
        picture = show.word_masks(made.pictures[k], text, masks)
        titles = [axes.get_title() for axes in picture.figure.axes if axes.axison]
        words = [word for word, any_ in zip(text.split(), about, strict=True) if any_]
        assert titles == ["the picture", *words]
        flat = np.full((len(masks), 64), 1 / 64)
        alt = show.attention_words(made.pictures[k], text, flat, masks).alt
        assert alt.count("about the same everywhere") == len(masks)
        shares = alt.rsplit("on average ", 1)[1]
        inside, even = shares.split("% of the attention lies inside; spread evenly it would be ")
        assert inside == even.removesuffix("%.")


@pytest.mark.parametrize("size", [24, 224])
def test_nothing_is_cut_off(size):
    words = [f"word{k}" for k in range(9)]
    masks = np.ones((9, size, size), bool)
    figures = [
        show.attention_words(np.zeros((size, size, 3)), words, np.ones((9, 49)), masks, title="T"),
        show.word_masks(np.zeros((size, size, 3)), words, masks, columns=4, title="T"),
    ]
    for picture in figures:
        FigureCanvasAgg(picture.figure).draw()
        whole = picture.figure.get_tightbbox()
        assert min(whole.x0, whole.y0) > -0.06
        assert whole.x1 < picture.figure.get_figwidth() + 0.06
        assert whole.y1 < picture.figure.get_figheight() + 0.06


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((PICTURE, WORDS, WEIGHTS[:2]), "expected a row for each of 3 words"),
        ((PICTURE, WORDS, WEIGHTS[:, :15]), r"3 by 3 places, got P = 15; say grid"),
        ((PICTURE, WORDS, -WEIGHTS), "scores before softmax"),
        ((PICTURE, WORDS, WEIGHTS * np.nan), "numbers from 0 on"),
        ((PICTURE, WORDS, WEIGHTS[None, None]), r"of one picture: attention\[n\]\?"),
        ((PICTURE, "", WEIGHTS), "expected words"),
        ((PICTURE, WORDS, WEIGHTS, MASKS[:2]), r"\(T, H, W\) = \(3, 24, 24\), got bool \(2, 24"),
        ((PICTURE, WORDS, WEIGHTS, MASKS.astype(int)), "masks: expected booleans"),
    ],
)
def test_what_does_not_fit_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        show.attention_words(*arguments)


def test_masks_without_pixels_are_refused():
    with pytest.raises(ValueError, match="expected a word with pixels"):
        show.word_masks(PICTURE, WORDS, np.zeros_like(MASKS))
