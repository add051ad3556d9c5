"""What stands below the tables, and the runs of convolutional nets that it is made of."""

import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from course_utils.data import Split
from course_utils.nn import ConvNet
from course_utils.nn.history import COLUMNS, History
from course_utils.workbook.results import Experiment, Figure, Order, results, sets
from course_utils.workbook.results.closings import epoch_report, first_signal, side_by_side
from course_utils.workbook.results.diagnosis import fate
from course_utils.workbook.results.photos_torch import train_torch
from course_utils.workbook.results.table import Row
from course_utils.workbook.results.train import train_net
from course_utils.workbook.results.train_conv import first_step, train_conv
from course_utils.workbook.results.train_framework import train_framework

SHORT = {"data": "digits", "learning_rate": 0.01, "batch_size": 10, "epochs": 3}
CONV = {**SHORT, "filters": (3,), "kernel_size": 3, "hidden": (8,)}


@pytest.fixture(autouse=True)
def digits(monkeypatch):
    """Sixty pictures of 28×28 in place of the digits: a bar that stands or lies."""
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    rng = np.random.default_rng(0)
    y = np.arange(60) % 2
    X = rng.integers(0, 80, (60, 28, 28)).astype(np.uint8)
    X[y == 0, :, 12:15] += 150
    X[y == 1, 12:15, :] += 150
    X = X.reshape(60, 784)
    parts = (Split(X[:40], y[:40]), Split(X[40:50], y[40:50]), Split(X[50:], y[50:]))
    monkeypatch.setitem(sets._LOADERS, "digits", lambda: sets.Set(*parts, "bars"))
    sets._load.cache_clear()
    yield parts
    sets._load.cache_clear()


def experiment(name, function, *rows, closing=None, seeds=(0,)):
    figures = [Figure("R5", what, "test_accuracy", row, row) for what, row in rows]
    return Experiment(
        name, name, function, figures, {"quick": seeds, "full": seeds}, closing=closing
    )


def page_of(place, *experiments):
    order = Order("quick", folder=place / "runs", page=place / "page.md")
    results(order, experiments)
    return (place / "page.md").read_text("utf-8")


def history(losses, others=None, accuracies=None):
    """A history with these training losses."""
    made = History()
    for epoch, loss in enumerate(losses):
        row = dict.fromkeys(COLUMNS, 0.5) | {"epoch": epoch, "train_loss": loss}
        row["validation_loss"] = loss if others is None else others[epoch]
        row["train_accuracy"] = 0.99 if accuracies is None else accuracies[epoch]
        made.append(**row)
    return made


def test_a_convolutional_run_learns_and_tells_its_history():
    run = train_conv(**CONV, seed=0)
    assert run["test_accuracy"] == 1.0
    assert run["history"]["epoch"] == [0, 1, 2, 3]
    assert run["parameters"] == (9 * 3 + 3) + (14 * 14 * 3 * 8 + 8) + (8 * 10 + 10)
    assert 0 < run["cpu_seconds"] < 60
    other = train_conv(**CONV, seed=1)
    assert other["test_loss"] != run["test_loss"]
    again = train_conv(**CONV, seed=0)
    assert {**again, "cpu_seconds": 0, "history": 0} == {**run, "cpu_seconds": 0, "history": 0}


@pytest.mark.parametrize("normalization", [None, "batch"])
def test_pytorch_goes_the_same_way(normalization):
    """Without a fall of the rate both rules of momentum are one: losses agree to rounding."""
    flat = {**SHORT, "hidden": (7,), "normalization": normalization, "weight_decay": 0.3}
    conv = {**CONV, "normalization": normalization, "weight_decay": 0.3}
    pairs = [
        (train_conv(**conv, seed=3), train_framework(**conv, seed=3)),
        (train_net(**flat, test=True, seed=3), train_framework(**flat, seed=3)),
    ]
    for ours, theirs in pairs:
        assert ours["parameters"] == theirs["parameters"]
        for part in ("train_loss", "validation_loss"):
            first, other = (run["history"][part] for run in (ours, theirs))
            # The running variance of PyTorch divides by one less: it shows in use, not in training.
            rough = 0.05 if normalization else 1e-3
            np.testing.assert_allclose(first, other, rtol=rough, atol=rough)


def test_the_first_step_is_what_autograd_finds():
    rng = np.random.default_rng(0)
    net = ConvNet((28, 28), 10, rng=rng, filters=(2,), hidden=(5,), weight_decay=0.3, keep=0.5)
    X, y = rng.standard_normal((6, 784)).astype(np.float32), np.arange(6)
    before = {key: w.copy() for key, w in net.params.items()}
    told = first_step(net, X, y)
    leaves = {key: torch.tensor(w, requires_grad=True) for key, w in net.params.items()}
    F = torch.nn.functional
    hidden = F.conv2d(
        torch.tensor(X).reshape(6, 1, 28, 28), leaves["kernels1"], leaves["b1"], padding=1
    )
    hidden = F.max_pool2d(F.relu(hidden), 2).reshape(6, -1) @ leaves["W2"] + leaves["b2"]
    Z = F.relu(hidden) @ leaves["W3"] + leaves["b3"]
    F.cross_entropy(Z, torch.tensor(y)).backward()  # no penalty, no dropout
    for key in ("kernels1", "W2", "W3"):
        expected = leaves[key].grad.square().mean().sqrt().item()
        assert math.isclose(told[key], expected, rel_tol=1e-4)
    centred = (Z - Z.mean(dim=1, keepdim=True)).square().mean().sqrt().item()
    assert math.isclose(told["logits"], centred, rel_tol=1e-4)
    assert set(told) == {"logits", "kernels1", "W2", "W3"}
    assert all(np.array_equal(net.params[key], w) for key, w in before.items())
    assert (net.weight_decay, net.keep) == (0.3, 0.5)


def test_small_first_weights_do_not_learn_and_the_table_says_how_little_is_left(place):
    small = {**CONV, "initializer": "small_normal", "std": 1e-4}
    page = page_of(
        place,
        experiment(
            "R5-signal", train_conv, ("stuck, test accuracy", small), ("he, test accuracy", CONV),
            closing=first_signal("R5-signal", (0, 1)),
        ),
    )  # fmt: skip
    lines = [line for line in page.splitlines() if line.startswith(("| stuck |", "| he |"))]
    stuck, he = ([float(cell) for cell in line.split("|")[2:-1]] for line in lines)
    assert all(a < 1e-4 * b for a, b in zip(stuck, he, strict=True))
    head = next(line for line in page.splitlines() if line.startswith("| before"))
    names = [name.strip() for name in head.split("|")[2:-1]]
    assert names == ["logits", "gradient in W3", "gradient in W2", "gradient in kernels1"]


def test_an_epoch_report_is_the_table_of_the_first_run(place):
    page = page_of(
        place,
        experiment("R1-epochs", train_conv, ("net", CONV), closing=epoch_report("R1-epochs")),
    )
    block = page.split("```")[1].removeprefix("text\n")
    assert "seed 0" in page
    rows = block.splitlines()
    assert rows[0].split()[0] == "epoch"
    assert [int(row.split()[0]) for row in rows[1:]] == [0, 1, 2, 3]
    saved = train_conv(**CONV, seed=0)["history"]
    assert rows[-1].split()[1] == f"{saved['train_loss'][-1]:.4f}"


def test_side_by_side_has_both_accuracies_the_ratio_and_the_curves(place):
    full, conv = {**SHORT, "hidden": (7,)}, CONV
    ours = experiment(
        "R5-ours", train_net, ("flat, setting 1, test accuracy", {**full, "test": True}),
        ("flat, setting 2, test accuracy", {**full, "epochs": 1, "test": True}),
    )  # fmt: skip
    ours_too = experiment("R5-conv", train_conv, ("conv, setting 1, test accuracy", conv))
    closing = side_by_side((("R5-ours", "R5-both"), ("R5-conv", "R5-both")), "curves.png")
    both = experiment("R5-both", train_framework, ("a", full), ("b", conv), closing=closing)
    page = page_of(place, ours, ours_too, both)
    rows = [line.split("|")[1:-1] for line in page.splitlines() if "setting 1 |" in line]
    assert [row[0].strip() for row in rows] == ["flat, setting 1", "conv, setting 1"]
    for row, function, settings in zip(
        rows, (train_net, train_conv), ({**full, "test": True}, conv), strict=True
    ):
        assert float(row[1]) == round(function(**settings, seed=0)["test_accuracy"], 4)
    assert "fully connected nets take" in page
    assert "convolutional nets take" in page
    assert (place / "figures" / "curves.png").read_bytes().startswith(b"\x89PNG")
    assert "](figures/curves.png)" in page
    assert "2 runs in NumPy, seed 0" in page


def test_ratios_and_means_are_of_the_seeds_that_both_have():
    def row(what, configuration, *runs):
        """Runs as (seed, accuracy, seconds)."""
        made = [
            SimpleNamespace(
                seed=seed, finished=True, configuration=configuration,
                values={
                    "test_accuracy": accuracy, "cpu_seconds": seconds,
                    "history": history([2.4, 0.2, 0.1]).to_dict(),
                },
            )
            for seed, accuracy, seconds in runs
        ]  # fmt: skip
        return Row(Figure("R5", what, "test_accuracy", configuration, None), "", made)

    flat, conv, dead = {"hidden": [7]}, {"filters": [3]}, {"filters": [4]}
    tables = {
        "ours": [
            row("flat, setting 1, test accuracy", {**flat, "test": True},
                (0, 0.9, 6.0), (1, 0.7, 2.0), (2, 0.1, 99.0)),
            row("conv, setting 1, test accuracy", conv, (0, 0.95, 8.0)),
            row("dead, setting 2, test accuracy", dead, (0, 0.10, 2.0)),
        ],
        "both": [
            row("x", conv, (0, 0.97, 1.0)), row("y", dead, (0, 0.15, 1.0)),
            row("z", flat, (1, 0.69, 1.0), (0, 0.89, 1.0)),
        ],
    }  # fmt: skip
    table, words = side_by_side((("ours", "both"),), "x.png")(tables).paragraphs
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in table.splitlines()]
    assert cells[2][:6] == ["flat, setting 1", "0.8000", "0.7900", "4.0", "1.0", "4.00"]
    assert cells[3][:6] == ["conv, setting 1", "0.9500", "0.9700", "8.0", "1.0", "8.00"]
    assert cells[4][5] == "2.00"
    assert "fully connected nets take 4.00 times" in words
    assert "convolutional nets take 4.00 times" in words  # the geometric mean of 8 and 2
    assert "at most 0.0200 apart" in words  # of those that learn


def test_without_all_runs_nothing_is_closed(place):
    closing = side_by_side((("R5-ours", "R5-both"),), "curves.png")
    rows = ("flat, setting 1, test accuracy", {**SHORT, "hidden": (7,)})
    ours = experiment("R5-ours", train_net, rows, closing=epoch_report("R5-ours"))
    both = experiment("R5-both", train_framework, rows, closing=closing)
    order = Order("quick", only=["R5-both"], folder=place / "runs", page=place / "page.md")
    results(order, [ours, both])
    page = (place / "page.md").read_text("utf-8")
    assert "take" not in page
    assert "```" not in page
    assert not (place / "figures").exists()


@pytest.fixture
def place(tmp_path):
    return tmp_path


def told(made, stopped=""):
    return fate({"history": made.to_dict(), "stopped_because": stopped})


def test_what_became_of_a_run():
    ten = math.log(10)
    guessing = [0.1, 0.1, 0.1]
    assert told(history([3.0, 9.0]), "diverged in epoch 2, step 1 of 9: nan") == "diverged"
    assert told(history([ten, 2.301, 2.302], accuracies=guessing)) == "did not learn"
    assert told(history([ten, 9.0, 2.302], accuracies=guessing)) == "thrown to guessing"
    assert told(history([3.4, 2.31, 2.302], accuracies=guessing)) == "thrown to guessing"
    low = [0.1, 0.8, 0.9]
    assert told(history([2.4, 0.5, 0.40], accuracies=low)) == "under-fits, still falling"
    assert told(history([2.4, 0.5, 0.49], accuracies=low)) == "under-fits"
    assert told(history([2.4, 0.2, 0.1], [2.4, 0.3, 0.2])) == "over-fits"
    assert told(history([2.4, 0.2, 0.1], [2.4, 0.2, 0.14])) == "fits"


def test_a_small_cnn_in_torch_is_measured_with_its_minutes():
    run = train_torch(
        data="digits", widths=(4, 8), learning_rate=0.1, batch_size=10, epochs=3,
        weight_decay=1e-4, flip=0.0, shift=1, seed=0,
    )  # fmt: skip
    assert run["test_accuracy"] == 1.0
    assert 0 < run["cpu_minutes"] < 1
    # Three convolutions of 3×3, one of them the residual's, and three batch norms.
    assert run["parameters"] == 9 * (4 + 4 * 8 + 8 * 8) + 2 * (4 + 8 + 8) + 8 * 10 + 10
