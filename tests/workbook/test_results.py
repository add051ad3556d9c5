"""`workbook results`: resumed, retried, told apart, and never a number that no run gave."""

import dataclasses
import inspect
import math
import os
import re
import signal
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.data import DataError, Split
from course_utils.data.places import no_downloads
from course_utils.nn.history import History
from course_utils.workbook import cli
from course_utils.workbook.project import ROOT, WorkbookError
from course_utils.workbook.results import (
    EXPERIMENTS,
    Order,
    caption_sets,
    convolution,
    digits,
    insect_sets,
    judges,
    photos,
    photos_torch,
    results,
    sets,
    table,
    versions,
)
from course_utils.workbook.results import train as training
from course_utils.workbook.results.train import MeanPicture, train_net
from tests.workbook import fake_experiments as fake


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_PROGRESS", "off")
    monkeypatch.setenv(fake.LOG, str(tmp_path / "log"))
    for name in (fake.KILL, fake.STOP, fake.FAIL):
        monkeypatch.delenv(name, raising=False)
    draw(tmp_path, 0.6)
    return tmp_path


def draw(place, number):
    (place / "drawn").write_text(repr(number), "utf-8")


def order(place, **more):
    given = {"profile": "full", "folder": place / "runs", "page": place / "page.md"}
    return Order(**(given | more))


def runs_done(place):
    log = place / "log"
    return log.read_text("utf-8").split("\n")[:-1] if log.exists() else []


def table_rows(place):
    """{what: cells} of all tables on the page."""
    rows = {}
    for line in (place / "page.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells and cells[0] not in ("what", "---"):
            rows[cells[0]] = cells
    return rows


def test_ours_is_the_mean_of_the_stored_runs_whatever_they_gave(place):
    drawn = float(np.random.default_rng().uniform(0.1, 0.9))
    draw(place, drawn)
    experiment = fake.widths(7, theirs=0.5)
    status = results(order(place), [experiment])
    _, theirs, ours, verdict, seeds, _, seconds = table_rows(place)["R2 width 7"]
    mean = drawn + 0.007 + 0.0005  # of seeds 0 and 1
    assert ours == f"{mean:.4f} ± 0.0007"  # sqrt(2) / 2 of 0.001
    assert (theirs, seeds) == ("0.5000", "2")
    assert verdict == ("met" if mean >= 0.5 else "not met")
    assert status == int(mean < 0.5)
    assert float(seconds) < 5


def test_seconds_are_processor_time_where_a_run_kept_it():
    def told(**values):
        return table._seconds([SimpleNamespace(values=values, seconds=90.0)])

    assert told() == "90.0"
    assert told(cpu_seconds=12.34) == "12.3"
    assert told(cpu_minutes=0.5) == "30.0"
    assert table._seconds([SimpleNamespace(values={}, seconds=math.nan)]) == "–"


def test_all_numbers_on_a_page_without_runs_are_the_references(place):
    results(order(place, only=["R3"]), [fake.widths(7, 8, theirs=0.4321), fake.BEST])
    assert runs_done(place) == []
    for what, cells in table_rows(place).items():
        assert cells[2:] == ["–", "waits" if "best" in what else "not run", "–", "–", "–"] or (
            cells[2] == "–" and cells[3] == "not run" and cells[6] == "–"
        )
        assert cells[1] in ("0.4321", "0.5000")


def test_stored_runs_are_kept_and_the_page_is_the_same(place):
    experiment = fake.widths(1, 2)
    results(order(place), [experiment])
    page, done = (place / "page.md").read_bytes(), runs_done(place)
    draw(place, 0.1)  # what a new run would give
    results(order(place), [experiment])
    assert (place / "page.md").read_bytes() == page
    assert runs_done(place) == done == ["1 0", "2 0", "1 1", "2 1"]


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is posix")
def test_after_a_kill_only_what_was_lost_is_run_again(place, monkeypatch):
    code = (
        "from pathlib import Path; from tests.workbook import fake_experiments as fake; "
        f"from course_utils.workbook.results import Order, results; place = Path({str(place)!r}); "
        "results(Order('full', folder=place / 'runs', page=place / 'page.md'), "
        "[fake.widths(1, 2, 3)])"
    )
    command = [sys.executable, "-c", code]
    monkeypatch.setenv(fake.KILL, "1 1")  # the fourth of six
    killed = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert runs_done(place) == ["1 0", "2 0", "3 0", "1 1"]
    assert not (place / "page.md").exists()
    monkeypatch.delenv(fake.KILL)
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert again.returncode == 0, again.stderr
    assert runs_done(place)[4:] == ["1 1", "2 1", "3 1"]
    assert [cells[3] for cells in table_rows(place).values()] == ["met", "met", "met"]


def test_stopped_by_hand_the_table_has_what_there_is(place, monkeypatch):
    monkeypatch.setenv(fake.STOP, "2 1")
    with pytest.raises(KeyboardInterrupt):
        results(order(place), [fake.widths(1, 2), fake.STUCK])
    rows = table_rows(place)
    assert [cells[3] for cells in rows.values()] == ["met", "not run", "not run", "not run"]
    assert rows["R2 width 2"][2:5] == ["0.6020", "not run", "1 of 2"]
    assert runs_done(place) == ["1 0", "2 0", "1 1", "2 1"], "nothing after it"


def test_a_failing_run_is_a_row_and_the_others_go_on(place, monkeypatch, capsys):
    experiment = fake.widths(1, 2)
    monkeypatch.setenv(fake.FAIL, "1")
    assert results(order(place), [experiment]) == 1
    rows = table_rows(place)
    assert rows["R2 width 1"][2:5] == ["–", r"failed: ValueError: width 1 \| is too wide", "0 of 2"]
    assert rows["R2 width 2"][3] == "met"
    assert "width 1: ValueError: width 1 | is too wide" in capsys.readouterr().out
    monkeypatch.delenv(fake.FAIL)
    assert results(order(place), [experiment]) == 1, "a failure is kept until asked for again"
    assert results(order(place, retry=True), [experiment]) == 0
    assert runs_done(place).count("1 0") == 2
    assert runs_done(place).count("2 0") == 1


def test_fresh_forgets_the_chosen_experiments_only(place):
    experiments = [fake.widths(1), fake.STUCK]
    results(order(place), experiments)
    before = table_rows(place)
    draw(place, 0.7)
    results(order(place, only=["R2"], fresh=True), experiments)
    after = table_rows(place)
    assert after["R2 width 1"][2] == "0.7015 ± 0.0007"
    assert after["R2 width 1"] != before["R2 width 1"]
    assert after["R4 loss 1"] == before["R4 loss 1"], "not chosen, and still in the table"


@pytest.mark.parametrize("word", ["R2", "r2", "R2-wid"])
def test_only_takes_a_source_or_the_start_of_a_name(place, word):
    results(order(place, only=[word]), [fake.widths(1), fake.STUCK])
    assert runs_done(place) == ["1 0", "1 1"]
    assert table_rows(place)["R4 loss 1"][3] == "not run"


def test_only_refuses_what_fits_nothing(place):
    with pytest.raises(WorkbookError, match="--only R9: expected one of R2, R4, R2-widths"):
        results(order(place, only=["R9"]), [fake.widths(1), fake.STUCK])


def test_a_row_waits_for_the_experiment_that_decides_its_settings(place, monkeypatch):
    experiments = [fake.widths(1, 3), fake.BEST]
    monkeypatch.setenv(fake.FAIL, "1")
    assert results(order(place), experiments) == 1
    assert table_rows(place)["R3 best"][2:5] == ["–", "waits", "–"]
    monkeypatch.delenv(fake.FAIL)
    assert results(order(place, retry=True), experiments) == 0
    assert "width 30" in table_rows(place)["R3 best"][5]


def test_absent_data_are_said_and_nothing_else_stops(place, monkeypatch, capsys):
    def absent():
        raise DataError("mnist: not on this computer.\nWhat to do: fetch it")

    monkeypatch.setitem(sets._LOADERS, "mnist", absent)
    sets._load.cache_clear()
    row = {"data": "mnist", "width": 1}
    figure = fake.Figure("R1", "mnist", "validation_accuracy", row, row, 0.9)
    experiment = fake.Experiment("R1-absent", "Absent", fake.measured, [figure])
    assert results(order(place), [experiment, fake.widths(2)]) == 1
    assert table_rows(place)["R1 mnist"][2:5] == ["–", "data absent", "–"]
    assert table_rows(place)["R2 width 2"][3] == "met"
    assert "What to do: fetch it" in capsys.readouterr().out
    results(order(place, only=["R2"]), [experiment, fake.widths(2)])
    assert "What to do" not in capsys.readouterr().out, "it was not asked for"


def test_looking_at_results_never_downloads(monkeypatch):
    monkeypatch.delenv("COURSE_OFFLINE", raising=False)
    with no_downloads():
        assert os.environ["COURSE_OFFLINE"] == "1"
    assert "COURSE_OFFLINE" not in os.environ
    monkeypatch.setenv("COURSE_OFFLINE", "0")
    with no_downloads():
        pass
    assert os.environ["COURSE_OFFLINE"] == "0"


def test_a_section_without_runs_here_stays_as_it_was(place):
    first, second = fake.widths(1, theirs=0.5), fake.widths(2, theirs=0.5)
    second = dataclasses.replace(second, name="other", title="Another table")
    results(order(place), [first, second])
    kept = table_rows(place)
    draw(place, 0.3)
    elsewhere = order(place, folder=place / "empty", only=[first.name])
    results(elsewhere, [first, second])
    assert table_rows(place)["R2 width 2"] == kept["R2 width 2"]
    assert table_rows(place)["R2 width 1"] != kept["R2 width 1"]
    assert (place / "page.md").read_text("utf-8").count("## Another table") == 1
    results(order(place, folder=place / "empty", only=["other"]), [first, second])
    assert table_rows(place)["R2 width 2"] != kept["R2 width 2"]


def test_a_section_says_when_its_code_has_changed_since(place, monkeypatch):
    told = "*Measured with an earlier state of the code.*"
    first, second = fake.widths(1, theirs=0.5), fake.widths(2, theirs=0.5)
    second = dataclasses.replace(second, name="other", title="Another table")

    def written_again():
        """The page after the first was run in another folder; the second stays."""
        results(order(place, folder=place / "empty", only=[first.name]), [first, second])
        return (place / "page.md").read_text("utf-8")

    results(order(place), [first, second])
    assert told not in written_again()
    monkeypatch.setattr(table, "code_version", lambda more: "another")
    for _ in range(2):  # said once, however often it is written
        page = written_again()
        assert page.count(told) == 1
        assert page.index(told) > page.index("## Another table")


def test_the_quick_profile_compares_with_nothing_and_writes_elsewhere(place):
    results(order(place, profile="quick"), [fake.widths(1, theirs=0.999)])
    assert table_rows(place)["R2 width 1"][3] == "other data"
    assert Order("quick").target == ROOT / "build" / "RESULTS-quick.md"
    assert Order("full").target == ROOT / "RESULTS.md"
    assert Order("quick").runs != Order("full").runs


def test_the_page_tells_data_versions_and_shared_settings(place):
    results(order(place), [fake.widths(1, 2)])
    page = (place / "page.md").read_text("utf-8")
    assert "All rows: data" not in page
    assert "\nData: made up.\n" in page
    assert page.endswith("## Made with\n\nPython 3.99, zlib 7\n")
    assert table_rows(place)["R2 width 2"][5] == "width 2"
    results(order(place), [fake.widths(1, 2)])
    results(order(place), [fake.widths(1, 2), fake.STUCK])  # some from their files, some not
    page = (place / "page.md").read_text("utf-8")
    assert page.endswith("## Made with\n\nPython 3.99, zlib 7\n")


def test_settings_that_all_rows_share_stand_once(place):
    rows = [{"data": "digits", "width": width, "depth": 3} for width in (1, 2)]
    figures = [fake.Figure("R5", f"w{row['width']}", "validation_loss", row, row) for row in rows]
    experiment = fake.Experiment("R5-shared", "Shared", fake.measured, figures)
    results(order(place), [experiment])
    page = (place / "page.md").read_text("utf-8")
    assert "\nAll rows: depth 3.\n" in page
    assert [cells[5] for cells in table_rows(place).values()] == ["width 1", "width 2"]


@pytest.mark.parametrize(
    ("judge", "given", "expected"),
    [
        (judges.at_least, [0.5, 0.7], "met"),
        (judges.at_least, [0.5, 0.6999], "not met"),
        (judges.beside, [0.5, 0.9], ""),
        (judges.at_most, [0.5, 0.6], "met"),
        (judges.at_most, [0.1, 0.6001], "not met"),
        (judges.diverged, [0.1, 0.11], "shown"),
        (judges.diverged, [0.1, 0.35], "not shown"),
        (judges.learns, [0.5, 0.6], "shown"),
        (judges.learns, [0.5, 0.1], "not shown"),
    ],
)
def test_judges_of_accuracies(judge, given, expected):
    rows = [{"a": value, "stopped_because": "all done"} for value in given]
    assert judge(rows, "a", 0.6) == expected


def test_a_run_that_ran_away_has_diverged_however_good_it_was_before():
    row = {"a": 0.9, "stopped_because": "diverged in epoch 2, step 3 of 4: the loss is nan"}
    assert judges.diverged([row], "a", None) == "shown"
    assert judges.learns([row], "a", None) == "not shown"


def test_stuck_is_the_loss_of_guessing_for_every_seed():
    at = [{"validation_loss": math.log(10)}, {"validation_loss": math.log(10) + 0.005}]
    assert judges.stuck(at, "validation_loss", 2.3026) == "shown"
    assert judges.stuck([*at, {"validation_loss": 2.2}], "validation_loss", 2.3026) == "not shown"


def test_reference_figures_are_those_of_the_write_ups():
    figures = [figure for one in EXPERIMENTS for figure in one.figures]
    by_source = {}
    for figure in figures:
        if figure.theirs is not None:
            by_source.setdefault(figure.source, []).append(round(figure.theirs, 4))
    by_heart = [75.2, *[0.0865] * 4]
    assert by_source["R1"] == [0.9736, 0.999, 0.9764, 0.9715, *by_heart, 0.9608, 0.9608, 0.9281]
    widths = ".9518 .9724 .9772 .9784 .9814 .9836 .9814 .9826"
    insects = [0.9542, 28.55, 0.9281, 40.82]  # accuracies and minutes
    assert by_source["R2"] == [*map(float, widths.split()), 0.9793, 0.9771, *insects]
    heads, whole = [0.6510, 0.6855, 0.6865, 0.6852], [0.8446, 0.8444, 0.8033, 0.8455]
    assert by_source["R3"] == heads + whole
    r5 = "0.8909 0.9219 0.9116 0.9279 0.9687 0.0982 0.9610 0.9622 0.1135 0.1028 0.9842 0.9868"
    assert by_source["R5"] == [*map(float, r5.split())]
    two_layers, in_torch, deep = [0.47, 0.505, 0.483], [0.52, 0.54], [2.3026] * 3
    assert by_source["R4"] == two_layers + in_torch + deep
    assert by_source["goal"] == [0.992, 0.80, 20.0, 0.58, 0.16, 0.58, 0.16]


def test_every_row_can_be_run_and_each_experiment_has_a_folder_of_its_own():
    names = [one.name for one in EXPERIMENTS]
    assert len(set(names)) == len(names)
    for experiment in EXPERIMENTS:
        signature = inspect.signature(experiment.function)
        for figure in experiment.figures:
            for profile in ("full", "quick"):
                settings = figure.settings(profile, {})
                if settings is not None:
                    signature.bind(**settings, seed=0)
                    known = (*sets._LOADERS, *caption_sets.NAMES, *insect_sets.NAMES)
                    assert settings["data"] in known
                    small = settings["data"] in ("digits", "scenes", "ants-bees-drawn")
                    assert small == (profile == "quick")


def test_options_become_an_order(monkeypatch):
    seen = []
    monkeypatch.setattr("course_utils.workbook.results.results", lambda o: seen.append(o) or 1)
    argv = ["results", "--full", "--only", "R2", "R5", "--fresh", "--retry", "--jobs", "2"]
    assert cli.main(argv) == 1
    assert seen == [Order("full", ["R2", "R5"], fresh=True, retry=True, jobs=2)]
    assert cli.main(["results", "--resume"]) == 1
    assert seen[1] == Order("quick", [])
    with pytest.raises(SystemExit):
        cli.main(["results", "--fresh", "--resume"])


def test_comments_and_docs_change_no_version_and_statements_do(tmp_path):
    def version(text):
        (tmp_path / "a.py").write_text(text, "utf-8")
        return versions._statements(tmp_path / "a.py")

    plain = version("def f(x):\n    return x + 1\n")
    assert version('"""Doc."""\n\n\ndef f(x):  # why\n    """Doc."""\n    return x + 1\n') == plain
    assert version("def f(x):\n    return x + 2\n") != plain


def test_what_the_nets_import_counts_too():
    package = ROOT / "course_utils"
    followed = {
        path.relative_to(package).as_posix()
        for path in versions._closure([package / name for name in versions.CODE])
    }
    assert {"nn/update_rules.py", "nn/layers.py", "nn/losses.py", "nn/history.py"} <= followed
    assert all((package / name).is_file() for name in versions.CODE)


def test_other_data_are_another_version(tiny):
    before = versions.version(["digits"])
    tiny("another copy")
    assert versions.version(["digits"]) != before


def test_convolution_counts_for_those_who_use_it_and_for_no_other():
    """A change of the convolutional net must not run the fully connected ones anew."""
    package = ROOT / "course_utils"
    plain = versions._closure([package / name for name in versions.CODE])
    assert package / "nn/conv_net.py" not in plain
    named = (*versions.CONVOLUTION, *versions.TORCH)
    more = versions._closure([package / name for name in named])
    needed = "nn/conv_net nn/convolution nn/pooling nn/_unrolling torchlab/models torchlab/training"
    assert {package / f"{name}.py" for name in needed.split()} <= set(more)
    assert versions.version([], versions.CONVOLUTION) != versions.version([])
    modules = (convolution, digits, photos, photos_torch)
    for experiment in (one for module in modules for one in module.EXPERIMENTS):
        in_torch = "torch" in inspect.getsource(experiment.function)
        assert (versions.TORCH[0] in experiment.code) == in_torch, experiment.name
        settings = [one.full for one in experiment.figures if not callable(one.full)]
        convolves = any("filters" in one for one in settings if one is not None)
        assert (versions.CONVOLUTION[0] in experiment.code) == convolves, experiment.name


@pytest.fixture
def tiny(monkeypatch):
    """Forty examples in place of the digits, two classes that a line can tell apart."""

    def place_it(source="tiny"):
        rng = np.random.default_rng(0)
        y = np.arange(40) % 2
        X = (rng.integers(0, 60, (40, 6)) + 150 * y[:, None]).astype(np.uint8)
        parts = (Split(X[:20], y[:20]), Split(X[20:30], y[20:30]), Split(X[30:], y[30:]))
        monkeypatch.setitem(sets._LOADERS, "digits", lambda: sets.Set(*parts, source))
        sets._load.cache_clear()
        return parts

    place_it()
    yield place_it
    sets._load.cache_clear()


TOLD = ("stopped_because", "notes")
TINY = {"data": "digits", "learning_rate": 0.1, "batch_size": 5, "epochs": 30, "seed": 0}


def test_a_run_learns_and_looks_at_the_test_only_when_told(tiny):
    run = train_net(hidden=(4,), **TINY)
    assert run["validation_accuracy"] == 1.0
    assert "test_accuracy" not in run
    assert train_net(hidden=(4,), test=True, **TINY)["test_accuracy"] == 1.0
    assert run["history"]["epoch"] == list(range(31))
    assert run["parameters"] == (6 * 4 + 4) + (4 * 10 + 10)


def test_the_start_with_the_lowest_training_loss_goes_on(tiny):
    run = train_net(hidden=(1,), starts=5, trial_epochs=2, **TINY)
    losses = run["trial_losses"]
    assert len(set(losses)) == 5
    assert losses.index(min(losses)) not in (0, 4), "neither the first nor the last"
    assert run["history"]["train_loss"][2] == min(losses)
    assert run["history"]["epoch"][-1] == TINY["epochs"]


def test_training_on_validation_too_measures_all_of_both(tiny, monkeypatch):
    seen = []
    fit = training.fit
    monkeypatch.setattr(
        training, "fit", lambda net, train, validation, **k: (
            seen.append((len(train), validation)), fit(net, train, validation, **k)
        )[1],
    )  # fmt: skip
    train_net(hidden=(), train_on="train and validation", **TINY)
    assert seen == [(30, None)]


def test_after_a_divergence_the_numbers_are_those_of_the_net_that_is_left(tiny):
    run = train_net(hidden=(20, 20), test=True, **{**TINY, "learning_rate": 1e12})
    assert run["stopped_because"].startswith("diverged")
    assert run["train_loss"] == run["history"]["train_loss"][0]


def test_a_row_that_ran_away_is_not_what_the_net_ends_with():
    history = History()
    for epoch, loss in enumerate([2.3, 1.5, 99.0]):
        row = {name: float(epoch) for name in history.to_dict() if name not in TOLD}
        history.append(**(row | {"epoch": epoch, "train_loss": loss, "validation_loss": loss}))
    history.stopped_because = "all 2 epochs done"
    assert training._measured(None, history)["train_loss"] == 99.0
    history.stopped_because = "diverged by the end of epoch 2: the loss is 99"
    assert training._measured(None, history)["train_loss"] == 1.5


def test_mean_picture_is_measured_on_the_training_pictures():
    X = np.array([[0, 10], [4, 20]], dtype=np.uint8)
    scale = MeanPicture.fit(X)
    np.testing.assert_array_equal(scale(X), np.array([[-2, -5], [2, 5]], dtype=np.float32))
    assert scale(X).dtype == np.float32


def test_the_custom_split_keeps_the_order_of_the_file(monkeypatch):
    files = {"train": np.arange(6_000), "t10k": np.arange(30)}

    def part(name):
        return (files[name] % 251).astype(np.uint8)[:, None], files[name]

    monkeypatch.setattr(sets, "_mnist_part", part)
    chosen = sets._mnist_tail()
    np.testing.assert_array_equal(chosen.train.y, np.arange(1_000))
    np.testing.assert_array_equal(chosen.validation.y, np.arange(1_000, 6_000))
    assert len(chosen.test) == 30
