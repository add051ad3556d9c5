"""Statistics and histograms of layers."""

import numpy as np
import pytest

from course_utils import show

FADING = {"activations": [1.0, 0.1, 0.01, 0.001], "dead": [0.0, 0.5, 0.8, 0.4]}
MENDED = {"activations": [1.0, 0.9, 0.95, 1.0], "dead": [0.0, 0.0, 0.0, 0.0]}


def test_each_net_is_a_line_in_each_panel():
    picture = show.layer_statistics({"before": FADING, "after": MENDED}, title="Depth")
    activations, dead = picture.figure.axes
    assert activations.get_ylabel() == "standard deviation of activations"
    assert dead.get_ylabel() == "share of dead units"
    np.testing.assert_allclose(activations.lines[0].get_ydata(), FADING["activations"])
    np.testing.assert_allclose(activations.lines[0].get_xdata(), [1, 2, 3, 4])
    assert (activations.get_yscale(), dead.get_yscale()) == ("log", "linear")
    assert [t.get_text() for t in picture.figure.legends[0].get_texts()] == ["before", "after"]


def test_the_words_tell_how_it_goes_from_layer_to_layer():
    alt = show.layer_statistics({"before": FADING, "after": MENDED}, title="Depth").alt
    assert alt.startswith(
        "Depth: Standard deviation of activations: before, 1 in layer 1 and 0.001 in layer 4, "
        "about times 0.1 from layer to layer; after, 1 in layer 1"
    )
    dead = "before, 0% in layer 1 and 40% in layer 4, most in layer 3: 80%"
    assert f"Share of dead units: {dead}" in alt


def test_zero_has_a_triangle_at_the_foot_and_nan_is_told():
    picture = show.layer_statistics({"net": {"gradients": [0.0, 0.0, 2.0, np.nan]}})
    axes = picture.figure.axes[0]
    (zero,) = (line for line in axes.lines if line.get_marker() == "v" and len(line.get_xdata()))
    np.testing.assert_array_equal(zero.get_xdata(), [1, 2])
    assert "0 in layers 1 and 2, not finite in layer 4" in picture.alt


def test_nets_may_differ_in_depth_and_in_what_is_known():
    stats = {"deep": {"activations": [1, 2, 3]}, "flat": {"gradients": [1.0]}}
    picture = show.layer_statistics(stats)
    assert len(picture.figure.axes) == 2
    assert "flat, 1 in layer 1." in picture.alt
    assert picture.png.startswith(b"\x89PNG")


def test_nothing_finite_can_be_drawn():
    picture = show.layer_statistics({"net": {"activations": [np.nan, np.inf]}})
    assert "net, not finite in any layer" in picture.alt
    assert picture.png.startswith(b"\x89PNG")


def test_unknown_numbers_are_refused():
    with pytest.raises(ValueError, match="expected activations, gradients and dead, got 'weights'"):
        show.layer_statistics({"net": {"weights": [1.0]}})
    with pytest.raises(ValueError, match="got none"):
        show.layer_statistics({"net": {}})


RNG = np.random.default_rng(0)


def test_bars_hold_shares_of_all_values():
    values = RNG.standard_normal((200, 5))
    picture = show.histograms({"layer 1": values, "layer 2": values / 2}, bins=20)
    for axes in picture.figure.axes:
        assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(1)
        assert len(axes.patches) == 20
    first, second = picture.figure.axes
    assert first.get_xlim() == second.get_xlim()
    assert max(b.get_height() for b in second.patches) > max(b.get_height() for b in first.patches)


def test_an_outlier_counts_in_the_last_bar():
    values = np.append(RNG.uniform(-1, 1, 5000), 1e6)
    axes = show.histograms({"a": values}).figure.axes[0]
    assert axes.patches[-1].get_x() < 2
    assert sum(bar.get_height() for bar in axes.patches) == pytest.approx(1)


def test_zeros_of_relu_are_told_and_not_drawn():
    values = np.maximum(RNG.standard_normal(4000), 0)
    picture = show.histograms({"layer 1": values}, title="ReLU")
    share = f"{(values == 0).mean():.0%}"
    assert f"sd {values.std():.3g}, {share} zero" in picture.figure.axes[0].get_title()
    drawn = sum(bar.get_height() for bar in picture.figure.axes[0].patches)
    assert drawn == pytest.approx((values > 0).mean())
    low, high = np.quantile(values, [0.05, 0.95])
    assert picture.alt == (
        f"ReLU: layer 1 mean {values.mean():.3g}, sd {values.std():.3g}, "
        f"nine tenths between {low:.3g} and {high:.3g}, {share} exactly 0."
    )


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([1.0], "mean 1, sd 0"),
        ([np.nan, 1.0, 2.0, np.inf], "50% not finite"),
        ([np.nan], "has no finite values"),
        ([], "has no finite values"),
        ([0.0, 0.0], "100% exactly 0"),
    ],
)
def test_odd_values_can_be_drawn(values, words):
    picture = show.histograms({"layer": np.array(values)})
    assert words in picture.alt
    assert picture.png.startswith(b"\x89PNG")
