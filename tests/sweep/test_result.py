import math
import statistics

import numpy as np
import pandas as pd
import pytest

from course_utils.sweep import SweepError, SweepResult, grid
from course_utils.sweep.canonical import configuration
from course_utils.sweep.outcome import failed, finished
from course_utils.sweep.run import Run
from course_utils.sweep.store import Identity, Store


def result(*rows, store=None):
    """A result from (configuration, seed, what the function returned, or an error, or None)."""
    runs = []
    for values, seed, ended in rows:
        run = Run(Identity("lesson.train", configuration(values), seed, "", {}))
        if isinstance(ended, Exception):
            run.take(failed(ended, 0.5))
        elif ended is not None:
            outcome = finished(ended, 1.5)
            run.take(outcome)
            run.in_memory = outcome.arrays
        runs.append(run)
    return SweepResult(runs, store, [], {})


ACCURACY = {1: [0.5, 0.7, 0.9], 2: [0.8, 0.9, 0.85], 3: [0.1, 0.2, 0.9]}


@pytest.fixture
def three():
    return result(
        *(({"x": x}, seed, {"acc": y}) for x, ys in ACCURACY.items() for seed, y in enumerate(ys))
    )


def test_the_table_has_a_row_for_each_run():
    table = result(
        ({"hidden": 10, "optimizer": {"rule": "adam", "beta": 0.9}, "size": (3, 3)}, 0,
         {"acc": 0.5, "name": "a", "history": {"loss": [1, 2]}, "last": {"loss": 0.1}}),
        ({"hidden": 20, "decay": 1}, 1, ValueError("too large\nmore")),
        ({"hidden": 20, "decay": 1}, 2, None),
    ).table  # fmt: skip
    assert list(table.columns) == [
        "hidden", "optimizer.beta", "optimizer.rule", "size", "decay",
        "seed", "status", "seconds", "acc", "name", "last.loss", "error", "why",
    ]  # fmt: skip
    assert table["status"].tolist() == ["finished", "failed", "not run"]
    assert table["hidden"].tolist() == [10, 20, 20]
    assert table["hidden"].dtype == np.int64
    assert table["size"][0] == (3, 3)
    assert table["decay"].tolist() == [pd.NA, 1, 1]  # whole numbers stay whole
    assert table["error"][1] == "ValueError: too large"
    assert table["seconds"].tolist()[:2] == [1.5, 0.5]
    assert table["acc"].dtype == np.float64
    assert table["acc"].isna().tolist() == [False, True, True]


def test_columns_with_gaps_keep_their_kind():
    table = result(
        ({"x": 0}, 0, {"n_steps": 3, "ok": True, "big": 2**70, "real": 1, "word": "a"}),
        ({"x": 1}, 0, {"real": 2.5}),
        ({"x": 2}, 0, {}),
    ).table
    assert table["n_steps"].dtype == "Int64"
    assert table["ok"].dtype == "boolean"
    assert table["big"][0] == 2**70
    assert table["real"].dtype == np.float64
    assert table["word"][0] == "a"


def test_names_that_stand_twice_are_told_apart():
    one = result(({"n": 1, "epochs": 5}, 0, {"epochs": 4, "seconds": 9.0}))
    table = one.table
    assert table["n (configuration)"].tolist() == [1]
    assert table["epochs"].tolist() == [5]
    assert table["epochs (result)"].tolist() == [4]
    assert (table["seconds"][0], table["seconds (result)"][0]) == (1.5, 9.0)
    assert one.summary("epochs (result)")["mean"].tolist() == [4.0]
    assert one.summary("epochs")["n (configuration)"].tolist() == [1]
    assert list(result(({"step": 7, "value": 8}, 0, {"h": [1.0]})).histories("h").columns) == [
        "step (configuration)", "value (configuration)", "seed", "step", "value",
    ]  # fmt: skip


# The oracle is Python's statistics.
def test_a_summary_is_mean_and_deviation_best_first(three):
    summary = three.summary("acc")
    assert summary["x"].tolist() == [2, 1, 3]
    for x, mean, sd, n in summary[["x", "mean", "sd", "n"]].itertuples(index=False):
        assert mean == pytest.approx(statistics.mean(ACCURACY[x]), rel=1e-14)
        assert sd == pytest.approx(statistics.stdev(ACCURACY[x]), rel=1e-12)
        assert n == 3
    assert three.summary("acc", mode="min")["x"].tolist() == [3, 1, 2]
    assert three.best("acc") == {"x": 2}
    assert three.best("acc", mode="min") == {"x": 3}


def test_one_run_has_no_deviation():
    row = result(({"x": 1}, 0, {"acc": 1})).summary("acc").iloc[0]
    assert row["mean"] == 1
    assert math.isnan(row["sd"])


def test_of_equals_the_earlier_is_the_best():
    one = result(*(({"x": x}, 0, {"acc": 0.5}) for x in (3, 1, 2)))
    assert one.best("acc") == one.best("acc", "min") == {"x": 3}
    assert one.summary("acc")["x"].tolist() == [3, 1, 2]


def test_runs_that_failed_are_counted_and_never_win():
    one = result(
        ({"x": 1}, 0, {"acc": 0.5}), ({"x": 1}, 1, {"acc": 0.6}),
        ({"x": 2}, 0, {"acc": 0.9}), ({"x": 2}, 1, ValueError()),
        ({"x": 3}, 0, ValueError()), ({"x": 3}, 1, ValueError()),
        ({"x": 4}, 0, {"acc": 0.95}), ({"x": 4}, 1, None),
        ({"x": 5}, 0, {"acc": 0.99}), ({"x": 5}, 1, {"other": 1}),
        ({"x": 6}, 0, {"acc": 2.0}), ({"x": 6}, 1, {"acc": math.nan}),
    )  # fmt: skip
    summary = one.summary("acc").set_index("x")
    assert summary.index.tolist() == [1, 5, 4, 2, 3, 6]
    assert summary["n"].to_dict() == {1: 2, 2: 1, 3: 0, 4: 1, 5: 1, 6: 2}
    assert summary["failed"].to_dict() == {1: 0, 2: 1, 3: 2, 4: 0, 5: 0, 6: 0}
    assert summary["missing"].to_dict() == {1: 0, 2: 0, 3: 0, 4: 1, 5: 1, 6: 0}
    assert math.isnan(summary["mean"][6])  # NaN is not dropped
    assert one.best("acc") == {"x": 1}
    assert not one.complete


def test_a_best_that_is_not_there_is_refused():
    one = result(({"x": 1}, 0, {"acc": 1.0}), ({"x": 1}, 1, ValueError("no")))
    with pytest.raises(SweepError, match=r"all of whose runs have .* 1 finished, 1 failed"):
        one.best("acc")


def test_a_best_configuration_is_the_one_that_was_given():
    given = grid(size=[(3, 3)], o=[{"b": 1.0, "a": None}])
    assert result((given[0], 0, {"acc": 1})).best("acc") == given[0]


def test_what_is_no_number_is_refused(three):
    with pytest.raises(SweepError, match=r"got 'accuracy'; there is acc\. 9 runs of train"):
        three.summary("accuracy")
    with pytest.raises(SweepError, match="there is n, "):
        result(({"x": 1}, 0, {"w": "a", "n": 1, "b": True})).summary("w")
    with pytest.raises(SweepError, match="'max' or 'min', got 'mean'"):
        three.summary("acc", mode="mean")
    with pytest.raises(SweepError, match="there is none"):
        three.histories("loss")


def test_histories_are_rows():
    one = result(
        ({"x": 1}, 0, {"h": {"loss": [3, 2.5]}}),
        ({"x": 1}, 1, ValueError()),
        ({"x": 2}, 0, {"h": {"loss": [1]}, "words": ["a"]}),
    )
    rows = one.histories("h.loss")
    assert list(rows.columns) == ["x", "seed", "step", "value"]
    assert rows.to_numpy().tolist() == [[1, 0, 0, 3], [1, 0, 1, 2.5], [2, 0, 0, 1]]
    with pytest.raises(SweepError, match=r"got 'words'; there is h\.loss"):
        one.histories("words")


def test_arrays_come_from_memory_or_from_the_folder(tmp_path):
    one = result(({"x": 1}, 0, {"W": np.eye(2)}))
    np.testing.assert_array_equal(one.arrays(0)["W"], np.eye(2))
    store = Store(tmp_path)
    stored = result(({"x": 1}, 0, {}), ({"x": 1}, 1, ValueError()), store=store)
    store.write(stored.runs[0].identity, finished({"W": np.ones(3)}, 0.0))
    np.testing.assert_array_equal(stored.arrays(0)["W"], np.ones(3))
    assert stored.arrays(1) == {}
    next(tmp_path.glob("*.npz")).write_bytes(b"")
    with pytest.raises(
        SweepError, match=r"x=1, seed 0 has other arrays .* run the same sweep again"
    ):
        stored.arrays(0)


def test_a_result_says_what_happened():
    one = result(
        *(({"x": x}, 0, ValueError("too large" if x < 3 else f"other {x}")) for x in range(7)),
        ({"x": 9}, 0, {"acc": 1, "w": "a"}),
    )
    assert repr(one).splitlines() == [
        "8 runs of train: 1 finished, 7 failed",
        "3 × ValueError: too large (first: x=0, seed 0)",
        "1 × ValueError: other 3 (first: x=3, seed 0)",
        "1 × ValueError: other 4 (first: x=4, seed 0)",
        "and 2 other errors",
        "errors() shows where",
        "numbers: acc; see .table and .summary('acc')",
    ]
    assert "x=0, seed 0" in one.errors()
    assert one.errors().count("ValueError: too large") == 2  # the heading and the traceback
    assert result(({"x": 1}, 0, {"<b>": 1}))._repr_html_().count("&lt;b&gt;") == 2
    assert result(({}, None, {"y": 1})).errors() == "no run failed"
    assert len(one) == 8


def test_a_thousand_runs_are_tabled_at_once():
    one = result(*(({"x": x, "y": (x, 1)}, s, {"a": 0.5}) for x in range(300) for s in range(3)))
    assert one.table.shape == (900, 8)
    assert len(one.summary("a")) == 300
