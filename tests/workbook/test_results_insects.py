"""The rows of ants and bees: what is trained on, what chooses, and one run on a few pictures."""

from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.data import Split
from course_utils.workbook.results import insect_sets, insects
from tests.torchlab.transfer_examples import tiny_backbone

FIGURES = [figure for one in insects.EXPERIMENTS for figure in one.figures]
FEW = {"data": "ants-bees", "epochs": 3, "batch_size": 10, "shift": 0, "seed": 0}


@pytest.fixture(autouse=True)
def photos(tmp_path, monkeypatch):
    """Seventy pictures of 28×28: bright above, or bright below."""
    rng = np.random.default_rng(0)
    y = np.arange(70) % 2
    X = rng.integers(0, 60, (70, 28, 28), dtype=np.uint8)
    X[y == 0, :14] += 40
    X[y == 1, 14:] += 40
    X = X.reshape(70, -1)
    train, validation, test = (Split(X[a:b], y[a:b]) for a, b in ((0, 30), (30, 40), (40, 70)))
    made = SimpleNamespace(
        train=train, validation=validation, test=test, image_shape=(28, 28),
        class_names=("ant", "bee"), source="few",
    )  # fmt: skip
    monkeypatch.setattr(insect_sets, "load", lambda name: made)
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    return made


def settings_of(row, judged, **more):
    figure = next(f for f in FIGURES if row in f.what and f.full["judged"] == judged)
    return {**figure.full, **FEW, "backbone": tiny_backbone(), **more}


@pytest.mark.parametrize("row", ["frozen", "fine-tuned"])
def test_published_is_the_best_of_all_epochs_on_the_pictures_reported(row, photos):
    run = insects.transfer_insects(**settings_of(row, "published"))
    history = run["history"]["validation_accuracy"]
    assert run["accuracy"] == max(history)
    assert len(history) == 4
    assert all(share * 30 == pytest.approx(round(share * 30)) for share in history)  # of 30
    assert run["accuracy_of_lowest_loss"] in history
    assert run["minutes"] > 0
    assert run["trained_parameters"] < run["parameters"] or row == "fine-tuned"


def test_chosen_sees_the_test_pictures_once(photos):
    run = insects.transfer_insects(**settings_of("frozen", "chosen"))
    history = run["history"]["validation_accuracy"]
    assert all(share * 10 == pytest.approx(round(share * 10)) for share in history)  # of 10
    assert run["accuracy"] == run["accuracy_of_lowest_loss"]
    assert run["accuracy"] * 30 == pytest.approx(round(run["accuracy"] * 30))


def test_parts(photos):
    train, choosing, test = insect_sets.parts("ants-bees", "published")
    assert len(train.y) == 40
    assert choosing is test is photos.test
    assert insect_sets.parts("ants-bees", "chosen") == (
        photos.train,
        photos.validation,
        photos.test,
    )
    with pytest.raises(ValueError, match="judged: expected published or chosen, got 'best'"):
        insect_sets.parts("ants-bees", "best")


def test_minutes_are_better_when_fewer():
    rows = [figure for figure in FIGURES if figure.measure == "minutes"]
    assert [figure.theirs for figure in rows] == [28.55, 40.82]
    assert rows[0].judge([{"minutes": 3.0}], "minutes", 28.55) == "met"
    assert rows[0].judge([{"minutes": 3.0}, {"minutes": 30.0}], "minutes", 28.55) == "not met"
