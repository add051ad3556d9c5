"""Attention against masks: by hand, against what chance gives, and the shuffled control."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils.nn.attention_scores import (
    attention_score,
    from_other_pictures,
    masks_on_grid,
)

from .helpers import examples

PAINTED = np.array([[True, True, False, False]])


def one_mask(H, W, rows, columns):
    mask = np.zeros((1, H, W), dtype=bool)
    mask[0, rows, columns] = True
    return mask


def test_a_place_belongs_to_a_mask_that_covers_a_quarter_of_it():
    mask = one_mask(8, 8, slice(0, 4), slice(0, 5))  # all of the first place, 4 pixels of the next
    assert masks_on_grid(mask, (2, 2)).tolist() == [[True, True, False, False]]
    mask[0, 0, 4] = False  # 3 of 16 pixels
    assert masks_on_grid(mask, (2, 2)).tolist() == [[True, False, False, False]]
    assert masks_on_grid(mask, (2, 2), least=0.1).tolist() == [[True, True, False, False]]


def test_a_small_mask_has_the_place_that_it_covers_most():
    assert masks_on_grid(one_mask(8, 8, 7, 0), (2, 2)).tolist() == [[False, False, True, False]]
    assert not masks_on_grid(np.zeros((1, 8, 8), dtype=bool), (2, 2)).any()


@examples
@given(st.integers(1, 9), st.integers(1, 9), st.data())
def test_places_that_are_no_whole_pixels(H, W, data):
    """Shares of area, against pixels made so fine that every place is some of them whole."""
    h, w = data.draw(st.integers(1, H)), data.draw(st.integers(1, W))
    mask = np.random.default_rng(data.draw(st.integers(0, 99))).random((1, H, W)) < 0.3
    fine = mask.repeat(h, axis=1).repeat(w, axis=2)  # (1, H h, W w)
    shares = fine.reshape(h, H, w, W).mean(axis=(1, 3))
    for least in (0.24, 0.5001):
        expected = (shares >= least) | ((shares == shares.max()) & (shares > 0))
        got = masks_on_grid(mask, (h, w), least=least)[0]
        np.testing.assert_array_equal(got, expected.reshape(-1))


def test_scores_by_hand():
    weights = np.array([[0.6, 0.2, 0.15, 0.05], [0.1, 0.2, 0.3, 0.4], [1, 0, 0, 0]])
    masks = np.array([[1, 0, 1, 0], [1, 1, 1, 0], [0, 0, 0, 0]], dtype=bool)
    score = attention_score(weights, masks)
    assert score.words == 2  # the third word is about nothing
    assert score.pointing == 0.5  # 0.6 lies inside, 0.4 outside
    assert score.pointing_by_chance == pytest.approx((2 / 4 + 3 / 4) / 2)
    assert score.mass == pytest.approx((0.75 + 0.6) / 2)
    assert score.mass_by_chance == score.pointing_by_chance
    # The two most attended of the first: one of three. The three of the second: two of four.
    assert score.iou == pytest.approx((1 / 3 + 2 / 4) / 2)
    # Two of four at random: 1/6 both, 4/6 one, 1/6 none. Three of four: 1/4 all, 3/4 two.
    assert score.iou_by_chance == pytest.approx(((1 / 6 + 4 / 6 / 3) + (1 / 4 + 3 / 4 / 2)) / 2)


def test_attention_at_random_scores_what_chance_is_said_to():
    rng = np.random.default_rng(0)
    weights = rng.dirichlet(np.ones(16), size=20_000)
    masks = rng.random((20_000, 16)) < 0.3
    score = attention_score(weights, masks)
    assert score.pointing == pytest.approx(score.pointing_by_chance, abs=0.02)
    assert score.mass == pytest.approx(score.mass_by_chance, abs=0.01)
    assert score.iou == pytest.approx(score.iou_by_chance, abs=0.01)


def test_attention_on_the_mask_alone_is_perfect():
    masks = np.random.default_rng(0).random((50, 9)) < 0.4
    masks[:, 0] = True
    weights = masks / masks.sum(axis=1, keepdims=True)
    score = attention_score(weights, masks)
    assert (score.pointing, score.iou) == (1, 1)
    assert score.mass == pytest.approx(1)


@examples
@given(st.lists(st.integers(0, 6), min_size=2, max_size=40), st.integers(0, 99))
def test_the_control_takes_every_word_once_and_from_another_picture(pictures, seed):
    pictures = np.array(pictures)
    rng = np.random.default_rng(seed)
    if 2 * np.bincount(pictures).max() > len(pictures):
        with pytest.raises(ValueError, match="more than half"):
            from_other_pictures(pictures, rng)
        return
    chosen = from_other_pictures(pictures, rng)
    assert sorted(chosen) == list(range(len(pictures)))
    assert (pictures[chosen] != pictures).all()


def test_what_cannot_be_judged_is_refused():
    weights, masks = np.full((2, 4), 0.25), np.ones((2, 4), dtype=bool)
    with pytest.raises(TypeError, match="weights: expected"):
        attention_score(masks, masks)
    with pytest.raises(TypeError, match="masks: expected a NumPy array of booleans"):
        attention_score(weights, weights)
    with pytest.raises(ValueError, match="masks: expected"):
        attention_score(weights, masks[:, :3])
    with pytest.raises(ValueError, match="function words only"):
        attention_score(weights, ~masks)
    with pytest.raises(ValueError, match="as pixels"):
        masks_on_grid(np.ones((1, 4, 4), dtype=bool), (5, 2))
    with pytest.raises(TypeError, match="rng: expected"):
        from_other_pictures(np.array([0, 1]), 0)
