"""R3's rows: what each asks for, and one run of each kind on a few pictures."""

import numpy as np
import pytest

from course_utils.data import Split
from course_utils.torchlab.transfer import run as transfer_module
from course_utils.workbook.project import ROOT
from course_utils.workbook.results import resnet20, sets, versions
from tests.torchlab.transfer_examples import tiny_backbone

(EXPERIMENT,) = resnet20.EXPERIMENTS
FEW = {"data": "digits", "hidden": (4,), "epochs": 2, "batch_size": 20, "seed": 0}


@pytest.fixture(autouse=True)
def few_pictures(tmp_path, monkeypatch):
    """Sixty pictures of 28×28: bright above, or bright below."""
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = rng.integers(0, 100, (60, 28, 28), dtype=np.uint8)
    X[y == 0, :14] += 120
    X[y == 1, 14:] += 120
    X = X.reshape(60, -1)
    parts = (Split(X[:40], y[:40]), Split(X[40:50], y[40:50]), Split(X[50:], y[50:]))
    monkeypatch.setitem(sets._LOADERS, "digits", lambda: sets.Set(*parts, "few"))
    sets._load.cache_clear()
    monkeypatch.setenv("COURSE_CACHE", str(tmp_path))
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.setattr(transfer_module, "resnet20", tiny_backbone)
    yield parts
    sets._load.cache_clear()


def asked(row, **more):
    """The settings of a row, by words of its name, on the few pictures."""
    (figure,) = (figure for figure in EXPERIMENT.figures if row in figure.what)
    return {**figure.full, **FEW, "flip": 0.0, **more}


@pytest.mark.parametrize("row", ["fc64 with L2", "backbone only", "fc64, dropout", "scratch"])
def test_a_run(row, few_pictures):
    settings = asked(row)
    run = resnet20.transfer_resnet20(**settings)
    body = sum(p.numel() for p in tiny_backbone().parameters())
    head = 8 * 4 + 4 + 4 * 10 + 10
    assert run["parameters"] == body + head
    wanted = {"fc64 with L2": head, "backbone only": body}.get(row, body + head)
    assert run["trained_parameters"] == wanted
    assert run["history"]["epoch"] == [0, 1, 2]
    assert run["validation_accuracy"] == run["history"]["validation_accuracy"][-1]
    assert 0 <= run["test_accuracy"] <= 1
    assert run["cpu_minutes"] > 0
    assert {"numpy", "torch"} <= set(run["made_with"])
    assert resnet20.transfer_resnet20(**settings)["test_loss"] == run["test_loss"]
    assert resnet20.transfer_resnet20(**settings | {"seed": 1})["test_loss"] != run["test_loss"]


def test_other_weights_are_refused():
    with pytest.raises(ValueError, match=r"expected .*, the weights of now, got 0123"):
        resnet20.transfer_resnet20(**asked("fc64 with L2", pretrained="0123"))


def test_the_rows_are_those_of_the_write_up():
    theirs = [figure.theirs for figure in EXPERIMENT.figures]
    assert theirs == [0.6510, 0.6855, 0.6865, 0.6852, 0.8446, 0.8444, 0.8033, 0.8455, None]
    hidden = [figure.full["hidden"] for figure in EXPERIMENT.figures]
    assert hidden == [(64,)] * 3 + [(256,)] * 2 + [(64,)] * 4
    assert [figure.full["epochs"] for figure in EXPERIMENT.figures] == [1] + [10] * 8
    frozen = [figure.full["how"] for figure in EXPERIMENT.figures]
    assert frozen == ["frozen two-layer"] * 4 + ["fine-tune"] * 2 + [
        "body only", "fine-tune", "scratch"]  # fmt: skip
    assert all(figure.full["pretrained"] == resnet20.weights() for figure in EXPERIMENT.figures)
    assert [figure.quick is not None for figure in EXPERIMENT.figures] == [True] * 4 + [False] * 5


def test_all_that_a_run_passes_through_counts():
    package = ROOT / "course_utils"
    files = set(versions._closure([package / name for name in EXPERIMENT.code]))
    needed = ["transfer/cached", "transfer/groups", "transfer/heads", "transfer/net"]
    needed += ["transfer/run", "transfer/settings"]
    needed += ["backbone", "features", "optimizers", "resnet", "training", "weight_files"]
    assert {package / "torchlab" / f"{name}.py" for name in needed} <= files
