"""The benchmark of training compares the same training, and tells what it measured."""

import itertools

import numpy as np
import pytest

from benchmarks import gradient_check, readme, training

LOSSES = np.linspace(2.3, 0.5, 40).tolist()


@pytest.mark.parametrize("which", training.TRAININGS, ids=lambda which: which.name)
def test_both_sides_start_from_the_same_weights_and_learn_the_same(which):
    X, y = training.pictures(40)
    losses = {"ours": [], "torch": []}
    for name, make, net in (
        ("ours", training.our_turn, which.ours),
        ("torch", training.torchs_turn, which.torchs),
    ):
        rows = itertools.repeat([np.arange(20), np.arange(20, 40)])
        turn = make(net(np.random.default_rng(2)), X, y, rows, losses[name])
        for _ in range(6):
            turn()
    training.agree(**losses)
    assert len(losses["ours"]) == 12
    assert losses["ours"][-1] < losses["ours"][0]


@pytest.mark.parametrize(
    "other",
    [
        [1.001 * LOSSES[0], *LOSSES[1:]],
        [*LOSSES[:-10], *(1.2 * loss for loss in LOSSES[-10:])],
    ],
)
def test_different_trainings_are_refused(other):
    training.agree(LOSSES, LOSSES[:-3])
    with pytest.raises(AssertionError):
        training.agree(LOSSES, other)


def test_ten_turns_are_an_epoch_in_which_every_picture_comes_once():
    turns = training.tenths_of_epochs(1000)
    for _ in range(2):
        epoch = [np.concatenate(next(turns) or [np.zeros(0, int)]) for _ in range(training.TENTHS)]
        assert sorted(np.concatenate(epoch)) == list(range(1000))
    again = training.tenths_of_epochs(60_000)
    assert {len(next(again)) for _ in range(10)} == {30}  # 300 batches of 200
    assert len(next(again)[0]) == training.BATCH


def runs_of(ours, check):
    rows = [{"ours": ours, "torch": 1.0} for _ in training.TRAININGS]
    return {n: {"rows": rows, "check": check, "kernels": "", "torch": "2"} for n in (1, 2)}


@pytest.mark.parametrize(
    ("ours", "check", "met"),
    [(0.9, 60.0, 4), (1.05, 60.0, 3), (1.2, 60.0, 1), (1.2, 160.0, 0)],
)
def test_the_table_tells_times_ratios_and_targets(ours, check, met):
    table = training.table(runs_of(ours, check))
    lines = table.split("\n")
    assert len(lines) == 2 + len(training.TRAININGS) + 1
    assert f"| {1e3 * ours:.3g} ms | 1e+03 ms | {ours:.2f} | {ours:.2f} | 1.1 |" in lines[2]
    assert f"| {ours:.3g} s | 1 s |" in lines[4]
    assert f"{check:.3g} ms" in lines[-1]
    assert table.count("| met |") == met
    assert table.count("**not met**") == 4 - met
    assert table in training.page(runs_of(ours, check))


def test_the_readme_shows_what_the_page_says():
    page = training.PAGE.read_text(encoding="utf-8")
    table = readme.shown("training")
    assert f"\n{table}\n" in page
    told = [line.split("|")[1].strip() for line in table.split("\n")[2:-1]]
    assert told == [which.name for which in training.TRAININGS]


def test_the_checks_of_the_lesson_are_made_and_timed():
    assert 0 < gradient_check.milliseconds(gradient_check.lesson, seconds=0.01) < 60_000
