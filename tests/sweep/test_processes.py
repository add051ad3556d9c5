"""Sweeps in several processes: real workers, real kills, a real notebook."""

import contextlib
import importlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import joblib
import nbformat
import numpy as np
import pandas as pd
import pytest
import threadpoolctl
from nbclient import NotebookClient

from course_utils.sweep import SweepError, grid, sweep
from course_utils.sweep.engine import _died, at_once

from . import functions

ROOT = Path(__file__).resolve().parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="signals")


def quietly(function, configurations, **options):
    return sweep(function, configurations, progress=None, **options)


def without_times(result):
    return result.table.drop(columns=["seconds", "why"])


def test_results_depend_neither_on_jobs_nor_on_order(tmp_path):
    # Both sums of products would differ in the last digits with another number of threads.
    runs = grid(width=[300, 2, 5])
    with threadpoolctl.threadpool_limits(2):
        here = quietly(functions.noisy, runs, seeds=2)
        there = quietly(functions.noisy, runs, seeds=2, jobs=2, folder=tmp_path)
    pd.testing.assert_frame_equal(without_times(here), without_times(there), check_exact=True)
    backwards = quietly(functions.noisy, runs[::-1], seeds=[1, 0])
    keys = ["width", "seed"]
    pd.testing.assert_frame_equal(
        without_times(here).sort_values(keys, ignore_index=True),
        without_times(backwards).sort_values(keys, ignore_index=True),
        check_exact=True,
    )
    pd.testing.assert_frame_equal(
        here.histories("history.loss"), there.histories("history.loss"), check_exact=True
    )
    for row in range(6):
        np.testing.assert_array_equal(
            here.arrays(row)["weights"], there.arrays(row)["weights"], strict=True
        )
    # What one way of running has stored, the other finds.
    again = quietly(functions.noisy, runs, seeds=2, folder=tmp_path)
    assert set(again.table["why"]) == {"kept"}


@posix
def test_a_worker_that_dies_takes_no_other_run_with_it(tmp_path):
    result = quietly(functions.deadly, grid(x=range(6)), jobs=2, folder=tmp_path)
    table = result.table.set_index("x")
    assert table["y"].dropna().to_dict() == {x: x for x in (0, 1, 3, 4, 5)}
    assert table["status"][2] == "failed"
    assert table["error"][2] == (
        "WorkerDied: the process that ran it ended (EXIT(7)); a call of os._exit, or a fault in "
        "compiled code"
    )
    again = quietly(functions.deadly, grid(x=range(6)), jobs=2, folder=tmp_path)
    assert set(again.table["why"]) == {"kept"}


def test_a_worker_that_was_killed_is_told_of():
    # The words are loky's, of joblib 1.4 to 1.6.
    death = RuntimeError("... The exit codes of the workers are {SIGKILL(-9), EXIT(0)}")
    assert "(SIGKILL(-9), EXIT(0)); most likely for want of memory" in _died(death).error["message"]
    assert "(no exit code)" in _died(RuntimeError("other words")).error["message"]


SLOW = """
import os, sys, time
from course_utils.sweep import grid, sweep

def slow(x, seed):
    with open(os.environ["LOG"], "a") as log:
        log.write(f"begin {x} {os.getpid()}\\n")
    time.sleep(float(os.environ["SLEEP"]))
    with open(os.environ["LOG"], "a") as log:
        log.write(f"end {x} {os.getpid()}\\n")
    return {"y": x}

result = sweep(slow, grid(x=list(range(12))), folder="runs",
               jobs=int(os.environ["JOBS"]), progress=None)
print(result.table["why"].tolist().count("kept"), result.table["y"].tolist() == list(range(12)))
"""


def start(folder, sleep="0.15", jobs="2"):
    """A script that sweeps in a session of its own."""
    (folder / "script.py").write_text(SLOW)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "LOG": str(folder / "log")}
    env |= {"SLEEP": sleep, "JOBS": jobs}
    return subprocess.Popen(
        [sys.executable, "script.py"], cwd=folder, env=env, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip


def logged(folder, word):
    log = folder / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [tuple(map(int, line.split()[1:])) for line in lines if line.startswith(word)]


def files(folder):
    return sorted(path.name for path in (folder / "runs").glob("*.json"))


def wait_for(condition, seconds=20):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.01)


def alive(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return not (Path("/proc") / str(pid) / "stat").read_text().split(")")[1].startswith(" Z")
    return False


@posix
def test_after_kill_9_only_the_runs_in_flight_are_lost(tmp_path):
    script = start(tmp_path)
    wait_for(lambda: len(files(tmp_path)) >= 4)
    script.send_signal(signal.SIGKILL)
    script.communicate()
    kept, ended = files(tmp_path), logged(tmp_path, "end")
    assert 4 <= len(kept) < 12
    assert len(ended) - len(kept) <= 2
    # The workers notice, too, and do not go on for nobody.
    workers = {pid for _, pid in logged(tmp_path, "begin")}
    if Path("/proc").exists():
        wait_for(lambda: not any(map(alive, workers)), 10)
    begun = len(logged(tmp_path, "begin"))
    out, err = start(tmp_path, "0", "1").communicate(timeout=60)
    assert (out, err) == (f"{len(kept)} True\n", "")
    assert len(logged(tmp_path, "begin")) - begun == 12 - len(kept)
    assert set(kept) < set(files(tmp_path))


@posix
def test_ctrl_c_in_a_terminal_stops_cleanly(tmp_path):
    script = start(tmp_path, "0.5")
    # Both workers at work: one that is just starting is interrupted inside joblib's imports.
    wait_for(lambda: len({pid for _, pid in logged(tmp_path, "begin")}) == 2)
    wait_for(lambda: len(files(tmp_path)) >= 2)
    os.killpg(script.pid, signal.SIGINT)  # a terminal sends it to the workers as well
    _, err = script.communicate(timeout=30)
    assert script.returncode != 0
    (last,) = err.splitlines()[-1:]
    told = re.search(r"SweepInterrupted: sweep stopped; (\d+) of 12 runs are kept", last)
    # The signal may come just when a run has been written and not been counted yet.
    assert 0 <= len(files(tmp_path)) - int(told.group(1)) <= 1
    assert err.count("Traceback") == 1  # none from a worker


def test_two_sweeps_in_one_folder_do_no_harm(tmp_path):
    scripts = [start(tmp_path, "0.05", "1"), start(tmp_path, "0.05", "1")]
    for script in scripts:
        out, err = script.communicate(timeout=60)
        assert out.endswith(" True\n")
        assert err == ""
    assert len(files(tmp_path)) == 12
    assert len(list((tmp_path / "runs").iterdir())) == 12  # nothing half-written is left
    out, _ = start(tmp_path, jobs="1").communicate(timeout=60)
    assert out == "12 True\n"


CELLS = [
    "from course_utils.sweep import grid, sweep\nEPOCHS = 3",
    "def helper(x):\n    return x * EPOCHS",
    "def train_one(x, seed):\n    return {'y': helper(x) + seed}",
    "result = sweep(train_one, grid(x=[1, 2]), seeds=2, jobs=2, folder='runs')\n"
    "print(result.table['y'].tolist(), result.explain())\nresult",
    "EPOCHS = 4",
    "def helper(x):\n    return x * EPOCHS  # the same",
    "result = sweep(train_one, grid(x=[1, 2]), seeds=2, folder='runs')\n"
    "print(result.table['y'].tolist(), result.explain())",
]


def test_a_function_defined_in_a_notebook(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in CELLS])
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [cell.outputs for cell in notebook.cells]
    texts = ["".join(o.text for o in each if o.output_type == "stream") for each in outputs]
    assert texts[3] == "[3, 4, 6, 7] 4 × new\n"
    assert texts[6] == "[4, 5, 8, 9] 4 × EPOCHS changed\n"
    assert not [o for each in outputs for o in each if o.get("name") == "stderr"]
    shown = [o.data["text/html"] for o in outputs[3] if o.output_type == "execute_result"]
    assert shown[0].startswith("<p>4 runs of train_one: 4 finished<br>numbers: y")
    # The bar has left nothing behind.
    bars = [o.data for o in outputs[3] if o.output_type == "display_data"]
    assert [bar["text/html"] for bar in bars] == [""]


def test_a_function_that_cannot_be_sent_is_told_before_anything_runs():
    lock = threading.Lock()

    def train(x, seed):
        with lock:
            return {"y": x}

    with pytest.raises(SweepError, match=r"cannot be sent .*lock.*jobs=1"):
        quietly(train, grid(x=[1, 2]), jobs=2)
    assert quietly(train, grid(x=[1, 2])).complete


def test_a_function_that_workers_cannot_load_is_told(monkeypatch):
    module = type(sys)("only_here")
    exec("def train(x, seed):\n    return {'y': x}", module.__dict__)
    monkeypatch.setitem(sys.modules, "only_here", module)
    with pytest.raises(SweepError, match=r"a worker cannot load it .*only_here"):
        quietly(module.train, grid(x=[1, 2, 3]), jobs=2)


def test_workers_do_not_remember_an_older_module(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path / "edited_lesson.py"
    path.write_text("def train(x, seed):\n    return {'y': x}\n")
    module = importlib.import_module("edited_lesson")
    with joblib.parallel_config(backend="loky", inner_max_num_threads=1):
        joblib.Parallel(n_jobs=2)(joblib.delayed(module.train)(x, 0) for x in range(4))
    path.write_text("def train(x, seed):\n    return {'y': x + 100}\n")
    importlib.reload(module)
    table = quietly(module.train, grid(x=[1, 2]), jobs=2).table
    monkeypatch.delitem(sys.modules, "edited_lesson")
    assert table["y"].tolist() == [101, 102]


def test_joblibs_own_switch_chooses_where_to_run():
    process = os.getpid()

    def limit():
        pools = threadpoolctl.threadpool_info()
        return max(pool["num_threads"] for pool in pools if pool["user_api"] == "blas")

    def train(x, seed):
        before = limit()
        time.sleep(0.02 * x)  # they end at different times, and none lifts another's limit
        here = os.getpid() == process
        return {"before": before, "after": limit(), "here": here, "thread": threading.get_ident()}

    with threadpoolctl.threadpool_limits(2), joblib.parallel_config(backend="threading", n_jobs=3):
        table = quietly(train, grid(x=[1, 2, 3, 4, 5, 6])).table
    assert table["here"].all()
    assert threading.get_ident() not in set(table["thread"])
    assert set(table["before"]) == set(table["after"]) == {1}


def test_how_many_run_at_once():
    assert at_once(None) == at_once(1) == 1
    assert at_once(3) == 3
    assert at_once(-1) == joblib.cpu_count()
    with joblib.parallel_config(n_jobs=2):
        assert at_once(None) == 2
        assert at_once(1) == 1


def test_a_backend_that_hands_over_nothing_until_the_end_is_refused():
    with (
        joblib.parallel_config(backend="multiprocessing", n_jobs=2),
        pytest.raises(SweepError, match="such as 'loky' or 'dask', got MultiprocessingBackend"),
    ):
        quietly(functions.line, grid(slope=[1.0, 2.0]))


def test_on_a_dask_cluster(tmp_path):
    distributed = pytest.importorskip("distributed")
    runs = grid(width=[300, 2, 5])
    with (
        distributed.Client(n_workers=2, threads_per_worker=1, dashboard_address=None),
        joblib.parallel_config(backend="dask"),
    ):
        there = quietly(functions.noisy, runs, seeds=2, folder=tmp_path)
    here = quietly(functions.noisy, runs, seeds=2)
    pd.testing.assert_frame_equal(without_times(here), without_times(there), check_exact=True)
