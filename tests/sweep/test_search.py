import doctest
import json
import subprocess
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils import sweep as package
from course_utils.sweep import (
    SweepError,
    SweepInterrupted,
    canonical,
    fingerprint,
    grid,
    search,
    space,
    sweep,
)

from . import functions


def quietly(function, configurations, **options):
    return sweep(function, configurations, progress=None, **options)


def reasons(result):
    return [run.why for run in result.runs]


def counted(text="return {'y': x + seed}", **names):
    """A function made from its text, and the list of its calls; always the same name."""
    calls = []
    namespace = {"call": calls.append, "__name__": "lesson", **names}
    exec(f"def train(x, seed):\n    call((x, seed))\n    {text}", namespace)
    return namespace["train"], calls


def test_every_configuration_is_run_with_every_seed():
    result = quietly(functions.line, grid(slope=[2.0, 3.0], x=[1.0]), seeds=3)
    assert result.table[["slope", "seed", "y"]].to_numpy().tolist() == [
        [2, 0, 2], [2, 1, 3], [2, 2, 4], [3, 0, 3], [3, 1, 4], [3, 2, 5],
    ]  # fmt: skip
    assert result.complete
    assert result.best("y") == {"slope": 3.0, "x": 1.0}


def test_the_first_seed_is_run_for_all_before_the_second():
    train, calls = counted()
    result = quietly(train, grid(x=[5, 4]), seeds=[7, 3])
    assert calls == [(5, 7), (4, 7), (5, 3), (4, 3)]
    assert result.table[["x", "seed"]].to_numpy().tolist() == [[5, 7], [5, 3], [4, 7], [4, 3]]


def test_seeds_may_come_from_numpy():
    train, calls = counted()
    quietly(train, grid(x=[1]), seeds=np.arange(2))
    assert [type(seed) for _, seed in calls] == [int, int]


def test_a_function_without_seed():
    result = quietly(lambda x: {"y": x}, grid(x=[1, 2]), seeds=None)
    assert result.table["y"].tolist() == [1, 2]
    assert [run.seed for run in result.runs] == [None, None]


def test_what_is_in_the_folder_is_kept(tmp_path):
    train, calls = counted()
    first = quietly(train, grid(x=[1, 2]), seeds=2, folder=tmp_path)
    assert reasons(first) == ["new"] * 4
    again = quietly(train, grid(x=[2, 3, 1]), seeds=3, folder=str(tmp_path))
    assert len(calls) == 4 + 5
    kept = again.table.set_index(["x", "seed"])["why"]
    assert {key for key, why in kept.items() if why == "kept"} == {(1, 0), (1, 1), (2, 0), (2, 1)}
    assert again.table.set_index(["x", "seed"])["y"].to_dict() == {
        (x, seed): x + seed for x in (1, 2, 3) for seed in range(3)
    }
    assert again.explain() == "5 × new\n4 × kept"


def test_another_version_runs_everything_anew_and_says_so(tmp_path):
    train, calls = counted()
    quietly(train, grid(x=[1]), folder=tmp_path, version="1")
    assert reasons(quietly(train, grid(x=[1]), folder=tmp_path, version=2)) == [
        "version '1' became '2'"
    ]
    assert reasons(quietly(train, grid(x=[1]), folder=tmp_path, version="1")) == ["kept"]
    assert len(calls) == 2


def test_other_code_runs_anew_and_the_change_is_named(tmp_path):
    for text, k, why in (
        ("return {'y': x * k}", 2, "new"),
        ("return {'y': x * k} ", 2, "kept"),
        ("return {'y': x * k}  # twice", 2, "kept"),
        ("return {'y': x + k}", 2, "train changed"),
        ("return {'y': x + k}", 3, "k changed"),
        ("return {'y': x * k}", 2, "kept"),
    ):
        train, _ = counted(text, k=k)
        result = quietly(train, grid(x=[1]), folder=tmp_path)
        assert reasons(result) == [why]
    train, _ = counted("return {'y': x - k}", k=5)
    one = quietly(train, grid(x=[1]), folder=tmp_path, follow_code=False)
    assert reasons(one) == ["code was followed then"]
    train, calls = counted("return {'y': x - 2 * k}", k=6)
    one = quietly(train, grid(x=[1]), folder=tmp_path, follow_code=False)
    assert (reasons(one), calls) == (["kept"], [])


def test_another_python_is_named(tmp_path, monkeypatch):
    train, _ = counted()
    quietly(train, grid(x=[1]), folder=tmp_path)
    real = f"{sys.version_info[0]}.{sys.version_info[1]}"
    with monkeypatch.context() as patch:
        patch.setattr(fingerprint, "sys", SimpleNamespace(version_info=(3, 99)))
        one = quietly(train, grid(x=[1]), folder=tmp_path)
    assert reasons(one) == [f"Python {real} became 3.99"]


def test_what_nobody_can_follow_is_told(tmp_path):
    thing = np.random.default_rng(0)

    def train(seed):
        return {"y": float(thing is not None)}

    result = quietly(train, [{}], folder=tmp_path)
    assert (
        result.explain()
        .splitlines()[1]
        .endswith("another version then: train with thing (Generator)")
    )


def test_failures_are_recorded_and_the_rest_goes_on(tmp_path):
    runs = grid(x=["value", "good", "exit", "result"])
    result = quietly(functions.sometimes, runs, seeds=2, folder=tmp_path)
    assert result.table["status"].tolist() == ["failed"] * 2 + ["finished"] * 2 + ["failed"] * 4
    assert result.table["error"][0] == "ValueError: no value"
    assert "second line" in result.errors()
    again = quietly(functions.sometimes, runs, seeds=2, folder=tmp_path)
    assert reasons(again) == ["kept"] * 8
    assert again.table["error"].tolist()[4] == "SystemExit: 3"
    once_more = quietly(functions.sometimes, runs, seeds=2, folder=tmp_path, retry_failed=True)
    assert reasons(once_more) == ["it had failed"] * 2 + ["kept"] * 2 + ["it had failed"] * 4


def test_a_failure_that_is_mended_is_replaced(tmp_path):
    broken = []

    def train(x, seed):
        if broken:
            raise OSError("no network")
        return {"y": x}

    broken.append(1)
    options = {"folder": tmp_path, "follow_code": False, "retry_failed": True}
    assert quietly(train, grid(x=[1]), **options).table["status"][0] == "failed"
    broken.clear()
    assert quietly(train, grid(x=[1]), **options).table["y"][0] == 1
    assert reasons(quietly(train, grid(x=[1]), **options)) == ["kept"]


@pytest.mark.parametrize("ending", ["json", "npz"])
def test_a_damaged_file_is_set_aside_run_again_and_said(tmp_path, ending):
    def train(x, seed):
        return {"y": x, "W": np.full(3, x)}

    quietly(train, grid(x=[1, 2]), folder=tmp_path)
    path = sorted(tmp_path.glob(f"*.{ending}"))[0]
    path.write_bytes(path.read_bytes()[:-20])
    looked = quietly(train, grid(x=[1, 2]), folder=tmp_path, run=False)
    assert looked.table["status"].value_counts().to_dict() == {"finished": 1, "not run": 1}
    assert not list(tmp_path.glob("*.damaged"))
    mended = quietly(train, grid(x=[1, 2]), folder=tmp_path)
    assert sorted(why.split()[0] for why in reasons(mended)) == ["its", "kept"]
    assert [int(mended.arrays(row)["W"][0]) for row in (0, 1)] == [1, 2]
    (note,) = mended.notes
    assert "set aside as" in note
    assert note in repr(mended)
    assert len(list(tmp_path.glob("*.damaged"))) == 1
    assert reasons(quietly(train, grid(x=[1, 2]), folder=tmp_path)) == ["kept", "kept"]


def test_only_looking_runs_nothing(tmp_path):
    train, calls = counted()
    looked = quietly(train, grid(x=[1, 2]), folder=tmp_path / "none", run=False)
    assert looked.table["status"].tolist() == ["not run", "not run"]
    assert calls == []
    assert not (tmp_path / "none").exists()
    assert repr(looked) == "2 runs of train: 2 not run"


def test_equal_configurations_are_run_once():
    train, calls = counted()
    result = quietly(train, [*grid(x=[1, 2]), {"x": np.int64(1)}, {"x": 1.0}])
    assert calls == [(1, 0), (2, 0), (1.0, 0)]
    assert result.notes == ["1 of 4 configurations stood twice"]


def test_a_configuration_is_not_shared_between_runs():
    def train(layers, seed):
        layers.append(seed)
        return {"n_layers": len(layers)}

    given = [{"layers": [1, 2]}]
    assert quietly(train, given, seeds=3).table["n_layers"].tolist() == [3, 3, 3]
    assert given == [{"layers": [1, 2]}]


@pytest.mark.parametrize("jobs", [1, 2])
def test_stopping_by_hand_keeps_what_is_finished(tmp_path, jobs):
    runs = grid(x=[1, 2, 3, 4])
    with pytest.raises(
        SweepInterrupted, match=r"of 4 runs are kept in .* run the same sweep"
    ) as stop:
        quietly(functions.interrupted, runs, folder=tmp_path, jobs=jobs)
    assert isinstance(stop.value, KeyboardInterrupt)
    done = stop.value.result.table["status"].tolist().count("finished")
    assert len(list(tmp_path.glob("*.json"))) == done
    if jobs == 1:
        assert done == 2


def test_stopping_between_two_runs_warns_of_nothing(tmp_path):
    def stop(progress):
        if progress.done == 1:
            raise KeyboardInterrupt

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(SweepInterrupted):
            sweep(
                functions.noisy, grid(width=[2, 3, 4, 5, 6, 7]),
                jobs=2, folder=tmp_path, progress=stop,
            )  # fmt: skip
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_without_a_folder_a_stop_hands_over_the_result():
    with pytest.raises(SweepInterrupted, match="2 of 4 runs are kept in the result") as stop:
        quietly(functions.interrupted, grid(x=[1, 2, 3, 4]))
    assert stop.value.result.arrays(1)["array"].tolist() == [2, 2]


def test_progress_is_told_after_each_run(tmp_path):
    seen = []
    quietly(functions.sometimes, grid(x=["good"]), folder=tmp_path)
    runs = grid(x=["good", "value", "fine"])
    sweep(functions.sometimes, runs, seeds=2, folder=tmp_path, progress=seen.append)
    assert [(p.total, p.done, p.kept, p.failed) for p in seen] == [
        (6, 1, 1, 0), (6, 2, 1, 1), (6, 3, 1, 1), (6, 4, 1, 1), (6, 5, 1, 2), (6, 6, 1, 2),
    ]  # fmt: skip
    assert seen[0].left_s is not None  # from the time that the kept run took
    assert seen[-1].left_s == 0


def test_silence(capsys):
    quietly(functions.line, grid(slope=[1.0]))
    assert capsys.readouterr() == ("", "")


def test_a_file_holds_what_was_run(tmp_path):
    quietly(functions.line, grid(slope=[2.0], x=[0.5]), folder=tmp_path, version="a")
    (path,) = tmp_path.glob("*.json")
    record = json.loads(path.read_text())["run"]
    assert record["identity"]["function"] == "tests.sweep.functions.line"
    assert record["identity"]["configuration"] == {"slope": 2.0, "x": 0.5}
    assert (record["identity"]["seed"], record["identity"]["version"]) == (0, "a")
    assert record["result"] == {"y": 1.0}


@pytest.mark.parametrize(
    ("arguments", "options", "said"),
    [
        ((3, [{}]), {}, "function: expected a function, got int"),
        ((functions.line, {"slope": 1}), {}, "a list of dictionaries, got dict; use grid"),
        ((functions.line, []), {}, "at least one, got an empty list"),
        ((functions.line, [3]), {}, "configuration: expected a dictionary"),
        (
            (functions.line, [{"slop": 1}]),
            {},
            r"it takes slope, x, seed; it cannot .* slop=1.*misspelt",
        ),
        ((functions.line, [{"slope": 1}, {"slope": 1, "y": 2}]), {}, "'y'"),
        ((lambda x: {}, [{"x": 1}]), {}, r"seeds=None is for a function without seed"),
        ((functions.line, [{"slope": 1}]), {"seeds": 0}, "seeds: expected how many"),
        ((functions.line, [{"slope": 1}]), {"seeds": [1, 1]}, "different whole numbers"),
        ((functions.line, [{"slope": 1}]), {"seeds": "12"}, "got '12'"),
        ((functions.line, [{"slope": 1}]), {"seeds": [0.5]}, "whole numbers"),
        ((functions.line, [{"slope": 1}]), {"jobs": 0}, "jobs: expected .* got 0"),
        ((functions.line, [{"slope": 1}]), {"jobs": "2"}, "got '2'"),
        ((functions.line, [{"slope": 1}]), {"progress": "bars"}, "progress: expected 'bar'"),
        ((lambda seed: {}, [{}]), {"follow_code": False}, "a lambda has no name"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_runs(arguments, options, said):
    with pytest.raises(SweepError, match=said):
        sweep(*arguments, **{"progress": None, **options})


@pytest.mark.parametrize("module", [canonical, search, space])
def test_the_examples_of_the_doc_strings(module):
    names = {name: getattr(package, name) for name in package.__all__}
    failed, tried = doctest.testmod(module, extraglobs=names)
    assert tried > 0
    assert failed == 0


def test_importing_brings_nothing_heavy():
    code = (
        "import sys, course_utils.sweep\n"
        "print([m for m in ('torch', 'pandas', 'joblib', 'matplotlib', 'scipy', 'IPython')"
        " if m in sys.modules])"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
