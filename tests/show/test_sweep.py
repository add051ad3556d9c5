"""Heat map, parallel axes and means of a sweep, against numbers that are known."""

import numpy as np
import pandas as pd
import pytest

from course_utils import show
from course_utils.show.table import column_of, setting_name, settings_of

RUNS = pd.DataFrame(
    [
        {"rate": rate, "hidden": hidden, "rule": rule, "accuracy": accuracy + 0.02 * seed}
        for rate, hidden, rule, accuracy in [
            (0.001, 50, "sgd", 0.80), (0.01, 50, "sgd", 0.90), (0.1, 50, "adam", 0.70),
            (0.001, 200, "sgd", 0.82), (0.01, 200, "adam", 0.94), (0.1, 200, "sgd", np.nan),
        ]
        for seed in (0, 1)
    ]
)  # fmt: skip


def texts(axes):
    return {t.get_position(): t.get_text() for t in axes.texts}


def test_cells_hold_means_in_order_of_the_settings():
    picture = show.sweep_heat(RUNS, "rate", "hidden", "accuracy")
    axes = picture.figure.axes[0]
    expected = RUNS.pivot_table(values="accuracy", index="hidden", columns="rate", dropna=False)
    np.testing.assert_allclose(axes.images[0].get_array().filled(np.nan), expected.to_numpy())
    assert [t.get_text() for t in axes.get_xticklabels()] == ["0.001", "0.01", "0.1"]
    assert [t.get_text() for t in axes.get_yticklabels()] == ["50", "200"]
    assert texts(axes)[(1, 1)] == "0.95"
    assert texts(axes)[(2, 1)] == "failed"


def test_the_best_cell_is_framed_and_the_words_have_all_cells():
    picture = show.sweep_heat(RUNS, "rate", "hidden", "accuracy", title="Sweep")
    frames = [p for p in picture.figure.axes[0].patches if p.get_hatch() is None]
    assert [(p.get_x(), p.get_y()) for p in frames] == [(0.52, 0.52)]
    assert picture.alt == (
        "Sweep: accuracy over rate (across) and hidden (down): best 0.95 at rate = 0.01 and "
        "hidden = 200, worst 0.71 at rate = 0.1 and hidden = 50. A cell is the mean of up to 2 "
        "runs. Row by row, for rate = 0.001, 0.01 and 0.1: hidden = 50: 0.81, 0.91, 0.71; "
        "hidden = 200: 0.83, 0.95, not finite."
    )


def test_where_small_is_good_the_smallest_is_best_and_dark():
    large = show.sweep_heat(RUNS, "rate", "hidden", "accuracy").figure.axes[0].images[0]
    picture = show.sweep_heat(RUNS, "rate", "hidden", "accuracy", best="min")
    assert "best 0.71 at rate = 0.1" in picture.alt
    small = picture.figure.axes[0].images[0]
    dark = sum(small.cmap(0.0)[:3])
    assert dark < sum(small.cmap(1.0)[:3])
    assert dark == sum(large.cmap(1.0)[:3])


def test_numbers_are_read_on_their_colours():
    """Contrast of text and cell, by WCAG 2: 4.5 to 1 or more."""
    table = {"a": list(range(30)), "b": [0] * 30, "v": list(range(30))}
    axes = show.sweep_heat(table, "a", "b", "v").figure.axes[0]
    image = axes.images[0]

    def luminance(colour):
        rgb = np.array(colour[:3])
        return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ (
            0.2126, 0.7152, 0.0722,
        )  # fmt: skip

    for text in axes.texts:
        cell = luminance(image.cmap(image.norm(text.get_position()[0])))
        ink = {"black": 0.0, "white": 1.0}[text.get_color()]
        light, dark = max(cell, ink), min(cell, ink)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_close_numbers_get_more_digits():
    table = {"a": [1, 2], "b": [1, 1], "v": [0.98142, 0.98362]}
    assert set(texts(show.sweep_heat(table, "a", "b", "v").figure.axes[0]).values()) == {
        "0.9814",
        "0.9836",
    }


def test_words_and_missing_cells():
    table = {"rule": ["sgd", "adam", "adam"], "layers": [(100,), (100,), (50, 50)], "v": [1, 2, 3]}
    picture = show.sweep_heat(table, "rule", "layers", "v")
    assert "layers = (100,): 1, 2; layers = (50, 50): not run, 3." in picture.alt


def lines_of(picture):
    """Lines that go across all axes, but for the white edge of the best one."""
    axes = picture.figure.axes[0]
    return [
        line for line in axes.lines if len(line.get_xdata()) > 2 and line.get_color() != "white"
    ]


def test_each_run_is_a_line_across_the_axes_the_best_one_thick_and_last():
    picture = show.parallel(RUNS, ["rate", "rule"], "accuracy")
    lines = lines_of(picture)
    assert len(lines) == len(RUNS) + 1
    best = lines[-1]
    assert best.get_linewidth() > 2 * lines[0].get_linewidth()
    # rate 0.01 is the middle of a logarithmic axis, adam the second word, 0.96 the top.
    np.testing.assert_allclose(best.get_ydata(), [0.5, 1, 1])


def test_runs_without_a_number_are_dotted_and_end_before_the_value():
    lines = lines_of(show.parallel(RUNS, ["rate", "hidden"], "accuracy"))
    dotted = [line for line in lines if line.get_linestyle() == ":"]
    assert len(dotted) == 2
    assert np.isnan(dotted[0].get_ydata()[-1])
    assert np.isfinite(dotted[0].get_ydata()[:-1]).all()


def test_the_words_tell_the_best_and_the_worst_run():
    alt = show.parallel(RUNS, ["rate", "hidden", "rule"], "accuracy", title="All").alt
    assert alt.startswith("All: 12 runs over rate, hidden and rule. Best accuracy: 0.96 with ")
    assert "0.96 with rate 0.01, hidden 200 and rule adam; 0.94 with rate 0.01, " in alt
    assert "Worst: 0.7 with rate 0.1, hidden 50 and rule adam. Not finite: 2 runs." in alt


@pytest.mark.parametrize("best", ["max", "min"])
def test_the_surest_colour_goes_to_the_best(best):
    lines = lines_of(show.parallel(RUNS, ["rate"], "accuracy", best=best))
    brightness = [sum(line.get_color()[:3]) for line in lines if line.get_linewidth() == 1.4]
    assert brightness == sorted(brightness, reverse=True)


@pytest.mark.parametrize("values", [[0.3], [0.3, 0.3], [np.nan, np.inf]])
def test_one_run_equal_runs_and_failed_ones_can_be_drawn(values):
    table = {"a": [1] * len(values), "b": ["x"] * len(values), "v": values}
    for picture in (show.parallel(table, ["a", "b"], "v"), show.sweep_heat(table, "a", "b", "v")):
        assert picture.png.startswith(b"\x89PNG")
    if not np.isfinite(values).any():
        assert "None has a finite v." in show.parallel(table, ["a", "b"], "v").alt
        assert "no cell has a finite value." in show.sweep_heat(table, "a", "b", "v").alt


UNITS = [10, 100, 500, 800]
MEANS, SDS = [0.95, 0.977, 0.983, 0.9836], [0.004, 0.002, 0.001, 0.0012]


def test_the_best_mean_is_marked_and_so_are_those_that_may_be_as_good():
    picture = show.means(
        UNITS, MEANS, SDS, x_label="hidden units", y_label="accuracy", log_x=True, title="Seeds"
    )
    axes = picture.figure.axes[0]
    star = next(line for line in axes.lines if line.get_marker() == "*")
    np.testing.assert_allclose(star.get_xydata(), [[800, 0.9836]])
    assert [t.get_text() for t in axes.get_xticklabels()] == ["10", "100", "500", "800"]
    assert picture.alt == (
        "Seeds: accuracy over hidden units, mean and standard deviation over seeds. "
        "Best 0.9836 ± 0.0012 at 800; within its error bar: 500. "
        "10: 0.95 ± 0.004; 100: 0.977 ± 0.002; 500: 0.983 ± 0.001; 800: 0.9836 ± 0.0012."
    )


def test_error_bars_reach_one_deviation_to_each_side():
    axes = show.means(UNITS, MEANS, SDS, x_label="n", y_label="v").figure.axes[0]
    segments = np.array([s for c in axes.collections for s in c.get_segments()])
    np.testing.assert_allclose(segments[:, 0, 1], np.subtract(MEANS, SDS))
    np.testing.assert_allclose(segments[:, 1, 1], np.add(MEANS, SDS))


def test_means_are_sorted_and_failed_ones_told():
    alt = show.means([3, 1, 2], [0.3, 0.1, np.nan], [0, 0, 0], x_label="n", y_label="v").alt
    assert "Best 0.3 ± 0 at 3. 1: 0.1 ± 0; 2: not finite; 3: 0.3 ± 0." in alt
    lowest = show.means([3, 1], [0.3, 0.1], [0, 0], x_label="n", y_label="v", best="min").alt
    assert "Best 0.1 ± 0 at 1" in lowest


@pytest.mark.parametrize("mean", [[0.5], [np.nan]])
def test_one_mean_can_be_drawn(mean):
    picture = show.means([10], mean, [0], x_label="n", y_label="v", log_x=True)
    assert picture.png.startswith(b"\x89PNG")


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="expected a column 'lr'; there are rate, hidden"):
        show.sweep_heat(RUNS, "lr", "hidden", "accuracy")
    with pytest.raises(ValueError, match="at least one row"):
        show.parallel(RUNS[:0], ["rate"], "accuracy")
    with pytest.raises(ValueError, match='expected "max" or "min", got \'highest\''):
        show.sweep_heat(RUNS, "rate", "hidden", "accuracy", best="highest")
    with pytest.raises(ValueError, match=r"one length .K,., got \(4,\), \(4,\) and \(3,\)"):
        show.means(UNITS, MEANS, SDS[:3], x_label="n", y_label="v")


def test_columns_are_numbers_or_words():
    assert column_of({"a": [1, 2.5]}, "a").dtype.kind == "f"
    assert settings_of(column_of({"a": [3, 1, 3]}, "a")) == [1, 3]
    assert settings_of(column_of({"a": ["z", "b", "z"]}, "a")) == ["z", "b"]
    assert settings_of(column_of({"a": [True, False]}, "a")) == ["True", "False"]
    assert [setting_name(v) for v in (0.0001, 1200, 0.5, "adam")] == [
        "0.0001", "1200", "0.5", "adam",
    ]  # fmt: skip


def test_a_run_that_is_infinite_spoils_its_cell_and_is_not_the_best():
    table = {"a": [1, 1, 2], "b": [1, 1, 1], "v": [np.inf, 0.9, 0.5]}
    alt = show.sweep_heat(table, "a", "b", "v").alt
    assert "best 0.5 at a = 2 and b = 1" in alt
    assert "b = 1: not finite, 0.5." in alt
    assert "Best v: 0.9 with a 1" in show.parallel(table, ["a"], "v").alt
