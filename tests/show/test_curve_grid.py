import numpy as np
import pytest

from course_utils import show
from course_utils.nn import History


def history(losses, validation=None, reason="all 3 epochs done"):
    made = History()
    validation = losses if validation is None else validation
    for epoch, (train, held_out) in enumerate(zip(losses, validation, strict=True)):
        made.append(
            epoch=epoch, train_loss=train, validation_loss=held_out, seconds=1.0,
            train_accuracy=1 - train / 3, validation_accuracy=0.5, learning_rate=0.1,
        )  # fmt: skip
    made.stopped_because = reason
    return made


GOOD = history([2.3, 1.0, 0.5, 0.2], [2.3, 1.1, 0.7, 0.9])
LOST = history([2.3, 2.0, np.nan, np.nan], reason="diverged in epoch 2: the loss is nan")
WILD = history([2.3, 5.0, 900.0], reason="diverged in epoch 2: the loss is 900")


def drawn(axes, marker):
    return [line for line in axes.lines if line.get_marker() == marker]


def test_each_run_has_a_panel_with_both_lines():
    picture = show.curve_grid({"a": GOOD, "b": GOOD})
    for axes, name in zip(picture.figure.axes, "ab", strict=True):
        assert axes.get_title() == name
        train, validation = axes.lines
        np.testing.assert_allclose(train.get_ydata(), [2.3, 1.0, 0.5, 0.2])
        np.testing.assert_allclose(validation.get_ydata(), [2.3, 1.1, 0.7, 0.9])
    assert [t.get_text() for t in picture.figure.legends[0].get_texts()] == ["train", "validation"]


def test_the_words_tell_each_run():
    alt = show.curve_grid({"net": GOOD}, notes={"net": "over-fits"}, title="Runs").alt
    assert alt == (
        "Runs: loss of 1 runs. net: train from 2.3 to 0.2; "
        "validation from 2.3 to 0.9, lowest 0.7 at epoch 2; over-fits."
    )


def test_a_run_is_drawn_up_to_where_it_is_not_finite_any_more():
    picture = show.curve_grid({"good": GOOD, "lost": LOST})
    axes = picture.figure.axes[1]
    np.testing.assert_allclose(axes.lines[0].get_ydata(), [2.3, 2.0])
    crosses = drawn(axes, "X")
    np.testing.assert_allclose(crosses[0].get_xydata(), [[1, 2.0]])
    assert "lost: train from 2.3 to 2; validation from 2.3 to 2; not finite from epoch 2 on" in (
        picture.alt
    )
    assert not drawn(picture.figure.axes[0], "X")


def test_a_loss_that_explodes_does_not_flatten_the_others():
    picture = show.curve_grid({"good": GOOD, "wild": WILD})
    good, wild = picture.figure.axes
    assert good.get_ylim()[1] == pytest.approx(3 * 2.3)
    assert good.get_ylim() == wild.get_ylim()
    (up, _) = drawn(wild, "^")
    assert up.get_xdata() == [2]
    assert "wild: train from 2.3 to 900" in picture.alt
    assert "given up as diverged" in picture.alt
    names = [t.get_text() for t in picture.figure.legends[0].get_texts()]
    assert names == ["train", "validation", "diverged", "leaves the panel"]


def test_series_of_ones_own_and_accuracy():
    run = ([0, 10, 20], {"train": [0.1, 0.9, 0.8]})
    picture = show.curve_grid({"mine": run}, quantity="accuracy", x_label="step")
    assert "mine: train from 0.1 to 0.8, highest 0.9 at step 10." in picture.alt
    assert picture.figure.axes[0].get_yscale() == "linear"
    assert picture.figure.axes[0].get_ylabel() == "accuracy"
    of_history = show.curve_grid({"a": GOOD}, quantity="accuracy")
    np.testing.assert_allclose(
        of_history.figure.axes[0].lines[0].get_ydata(), 1 - np.array([2.3, 1, 0.5, 0.2]) / 3
    )


def test_what_was_not_measured_has_no_line():
    alone = history([2.0, 1.0], [np.nan, np.nan])
    assert "validation" not in show.curve_grid({"a": alone}).alt


def test_twelve_runs_are_four_rows_of_three_with_names_on_the_outer_axes():
    runs = {f"model {m}, setting {s}": GOOD for m in range(4) for s in range(3)}
    axes = np.reshape(show.curve_grid(runs).figure.axes, (4, 3))
    assert [a.get_ylabel() != "" for a in axes[1]] == [True, False, False]
    assert [a.get_xlabel() for a in axes[:, 1]] == ["", "", "", "epoch"]
    assert len({a.get_ylim() for a in axes.flat}) == 1


def test_notes_stand_under_the_names_in_lines():
    note = "under-fits: both losses are still falling at the end"
    axes = show.curve_grid({"a": GOOD}, notes={"a": note}).figure.axes[0]
    (text,) = (t.get_text() for t in axes.texts)
    assert text.replace("\n", " ") == note
    assert max(map(len, text.split("\n"))) <= 34


@pytest.mark.parametrize("losses", [[2.3], [np.nan, np.nan], [np.inf], [0.0, 0.0]])
def test_odd_runs_can_be_drawn(losses):
    picture = show.curve_grid({"odd": history(losses), "good": GOOD})
    assert picture.png.startswith(b"\x89PNG")


def test_unknown_quantities_and_notes_are_refused():
    with pytest.raises(ValueError, match='"loss" or "accuracy"'):
        show.curve_grid({"a": GOOD}, quantity="speed")
    with pytest.raises(ValueError, match="no run is called 'b'"):
        show.curve_grid({"a": GOOD}, notes={"b": "?"})
