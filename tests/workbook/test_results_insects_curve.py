"""Few photographs: which ones, and what is made of the runs."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.data import Split
from course_utils.workbook.results import insect_sets, insects_curve
from tests.torchlab.transfer_examples import tiny_backbone

FIGURES = [figure for one in insects_curve.EXPERIMENTS for figure in one.figures]


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """Seventy pictures of 28×28: bright above, or bright below."""
    rng = np.random.default_rng(0)
    y = np.arange(70) % 2
    X = rng.integers(0, 60, (70, 28, 28, 1), dtype=np.uint8)
    X[y == 0, :14] += 40
    X[y == 1, 14:] += 40
    X = X.reshape(70, -1)
    train, validation, test = (Split(X[a:b], y[a:b]) for a, b in ((0, 30), (30, 40), (40, 70)))
    made = SimpleNamespace(
        train=train, validation=validation, test=test, image_shape=(28, 28, 1),
        class_names=("ant", "bee"), source="few",
    )  # fmt: skip
    monkeypatch.setattr(insect_sets, "load", lambda name: made)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("COURSE_PROGRESS", "off")


@pytest.mark.parametrize("seed", range(5))
def test_the_first_rows_are_balanced_and_each_row_comes_once(seed):
    y = np.random.default_rng(9).permutation(np.repeat([0, 1], [17, 12]))
    rows = insect_sets.in_turn(y, seed)
    assert sorted(rows) == list(range(29))
    for n in range(0, 25, 2):
        assert np.bincount(y[rows[:n]], minlength=2).tolist() == [n // 2, n // 2]
    assert y[rows[24:]].tolist() == [0] * 5
    assert rows.tolist() != insect_sets.in_turn(y, seed + 1).tolist()


def test_smaller_pictures_are_means_of_squares():
    X = np.arange(2 * 4 * 6 * 3, dtype=np.uint8).reshape(2, -1)
    small = insect_sets.shrunk(Split(X, np.zeros(2, int)), (4, 6, 3), 2)
    first = X[0].reshape(4, 6, 3)[:2, :3].mean(axis=(0, 1))
    np.testing.assert_array_equal(small.X[0].reshape(2, 2, 3)[0, 0], first.round())
    with pytest.raises(ValueError, match="divisor of 4 and 6"):
        insect_sets.shrunk(Split(X, np.zeros(2, int)), (4, 6, 3), 3)


@pytest.mark.usefixtures("photos")
def test_a_run_trains_on_so_many_and_tests_on_all_others():
    settings = {**FIGURES[0].full, "backbone": tiny_backbone(), "steps": 60}
    run = insects_curve.learn_from_few(**{**settings, "photographs": 10}, seed=0)
    assert run["photographs"] == 10
    assert run["test_accuracy"] * 30 == pytest.approx(round(run["test_accuracy"] * 30))
    assert run["test_accuracy"] > 0.8  # bright above or below is easily seen


def tables(accuracies):
    """Rows of each experiment; the runs have these accuracies plus a little by place."""
    made, i = {}, 0
    for one in insects_curve.EXPERIMENTS:
        made[one.name] = []
        for figure in one.figures:
            values = [{"test_accuracy": a + i / 100} for a in accuracies]
            runs = [SimpleNamespace(values=v, finished=True, seed=k) for k, v in enumerate(values)]
            made[one.name].append(SimpleNamespace(figure=figure, runs=runs))
            i += 1
    return made


def test_the_picture_has_a_line_for_each_net_with_the_interval_of_its_runs():
    axes = insects_curve.curve(tables([0.5, 0.6, 0.7])).picture.figure.axes[0]
    lines = {line.get_label(): line for line in axes.get_lines() if len(line.get_xdata()) == 5}
    assert len(lines) == 3
    for k, line in enumerate(lines.values()):
        np.testing.assert_allclose(line.get_ydata(), 0.6 + np.arange(5 * k, 5 * k + 5) / 100)
    band = axes.collections[0].get_paths()[0].vertices
    assert band[:, 1].min() == pytest.approx(0.6 - 4.30 * 0.1 / np.sqrt(3))


def test_a_share_lies_between_nothing_and_all():
    axes = insects_curve.curve(tables([0.1, 0.5, 0.9])).picture.figure.axes[0]
    heights = np.concatenate([c.get_paths()[0].vertices[:, 1] for c in axes.collections])
    assert (heights.min(), heights.max()) == (0.0, 1.0)


def test_a_table_that_is_not_finished_has_no_picture():
    made = tables([0.5, 0.6, 0.7])
    made[insects_curve.SCRATCH][3].runs = []
    assert insects_curve.curve(made).picture is None


def test_each_setting_names_what_differs():
    names = [figure.what for figure in FIGURES]
    assert len(set(names)) == len(names) == 15
    plain = {replace(f, what="").full["backbone"] for f in FIGURES}
    assert plain == {"efficientnet_lite0", "resnet20"}
