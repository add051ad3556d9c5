import numpy as np
import pytest

from course_utils.nn import (
    FullyConnectedNet,
    get_initializer,
    he_normal,
    small_normal,
    xavier_normal,
)

D, M = 300, 500


@pytest.mark.parametrize(
    ("draw", "std"),
    [
        (he_normal, (2 / D) ** 0.5),
        (xavier_normal, (2 / (D + M)) ** 0.5),
        (small_normal, 0.01),
    ],
)
def test_spread_is_the_published_one(draw, std):
    W = draw(np.random.default_rng(0), D, M, np.float64)
    assert W.shape == (D, M)
    # The spread of n normal numbers is known to 1 / sqrt(2n) = 0.2 %; six of that.
    assert W.std() == pytest.approx(std, rel=6 / (2 * W.size) ** 0.5)
    assert abs(W.mean()) < 6 * std / W.size**0.5
    # Normal, not uniform: 4.55 % beyond two standard deviations, of a uniform none.
    assert (np.abs(W) > 2 * std).mean() == pytest.approx(0.0455, abs=0.003)


@pytest.mark.parametrize("draw", [he_normal, xavier_normal, small_normal])
def test_both_precisions_start_from_the_same_numbers(draw):
    small, large = (draw(np.random.default_rng(3), 5, 4, t) for t in (np.float32, np.float64))
    assert small.dtype == np.float32
    np.testing.assert_array_equal(small, large.astype(np.float32))
    assert draw(np.random.default_rng(3), 5, 4).dtype == np.float32
    again = draw(np.random.default_rng(4), 5, 4, np.float64)
    assert (again != large).all()


def test_small_normal_takes_another_spread():
    one, three = (small_normal(np.random.default_rng(0), 4, 4, np.float64, s) for s in (1, 3))
    np.testing.assert_allclose(three, 3 * one, rtol=1e-12)


def test_he_keeps_the_signal_through_ten_layers_and_small_loses_it():
    # He et al.: with ReLU the second moment stays the same from layer to layer.
    spread = {}
    for name in ("he_normal", "small_normal"):
        rng = np.random.default_rng(0)
        net = FullyConnectedNet([200] * 11, rng=rng, initializer=name)
        Z = net.logits(rng.standard_normal((100, 200)).astype(np.float32))
        spread[name] = float(np.sqrt((Z**2).mean()))
    assert 0.4 < spread["he_normal"] < 4
    assert spread["small_normal"] < 1e-7


def test_wrong_arguments_are_told():
    with pytest.raises(
        TypeError, match=r"rng: expected numpy.random.Generator, got int.*default_rng"
    ):
        he_normal(0, 3, 4)
    with pytest.raises(ValueError, match=r"he_normal, xavier_normal, small_normal.*got 'he'"):
        get_initializer("he")
    assert get_initializer("xavier_normal") is xavier_normal
    assert get_initializer(small_normal) is small_normal
