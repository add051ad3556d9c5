"""Taking turns, and the machine's part in it."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import timing, workers

ROOT = Path(__file__).resolve().parents[2]


def test_steps_take_turns_and_the_median_is_told():
    calls, now = [], itertools.count()
    steps = {name: lambda name=name: calls.append(name) for name in "ab"}
    taken = timing.interleaved(steps, seconds=1e-9, clock=lambda: next(now))
    assert {name: len(times) for name, times in taken.items()} == {"a": 5, "b": 5}
    # Two calls at first; then, in each of five rounds, one that does not count and the repeats.
    repeats = {name: (calls.count(name) - 2 - 5) // 5 for name in "ab"}
    assert all(2 + 5 * (1 + n) == calls.count(name) for name, n in repeats.items())
    # Each round is one tick of this clock, whatever the number of calls in it.
    assert {name: times.tolist() for name, times in taken.items()} == {
        name: [1 / repeats[name]] * 5 for name in "ab"
    }
    assert calls[:4] == ["a", "a", "b", "b"]


def test_the_order_of_turns_is_not_always_the_same():
    calls = []
    steps = {name: lambda name=name: calls.append(name) for name in "abc"}
    timing.interleaved(steps, seconds=10, rounds=21)
    order = [name for name, _ in itertools.groupby(calls[6:])]
    followers = set(itertools.pairwise(order))
    assert len(followers) == 6  # everybody comes after everybody else at times


def test_long_steps_are_called_once_in_a_turn(monkeypatch):
    now, called = itertools.count(), []
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(now))  # each call: a second
    timing.interleaved({"long": lambda: called.append(1)}, seconds=1, clock=lambda: 0.0)
    assert len(called) == 2 + 5 * 2


def test_the_mean_of_ratios_is_geometric():
    assert timing.geometric_mean([0.5, 2.0, 8.0]) == pytest.approx(2.0)


def test_one_thread_is_timed_by_the_process_and_two_by_the_wall():
    assert timing.clock_for(1) is timing.time.process_time
    assert timing.clock_for(2) is timing.time.perf_counter


def test_a_worker_has_its_threads_and_variables(tmp_path):
    script = tmp_path / "told.py"
    script.write_text(
        "import json, os, sys\n"
        "names = ['OMP_NUM_THREADS', 'OPENBLAS_NUM_THREADS', 'OPENBLAS_CORETYPE']\n"
        "json.dump([sys.argv[1:], [os.environ.get(n) for n in names]], sys.stdout)\n"
    )
    told = workers.run_worker(script, 3, "float32", threads=3, **workers.WIDE)
    assert told == [["--worker", "3", "float32"], ["3", "3", "SkylakeX"]]


def test_what_a_worker_prints_must_be_data(tmp_path):
    script = tmp_path / "told.py"
    script.write_text("print('hello')\n")
    with pytest.raises(json.JSONDecodeError):
        workers.run_worker(script, threads=1)


@pytest.mark.parametrize(("load", "trusted"), [(1.0, True), (7.9, False)])
def test_a_busy_machine_is_told(monkeypatch, load, trusted):
    monkeypatch.setattr(workers.os, "getloadavg", lambda: (0, load, 0), raising=False)
    monkeypatch.setattr(workers.os, "cpu_count", lambda: 2)
    text = workers.machine({"kernels": "Zen", "torch": "2.1"})
    assert "2 cores" in text
    assert "torch 2.1" in text
    assert "kernels for Zen" in text
    assert f"ran: {load:.1f}" in text
    assert ("too many to trust" in text) != trusted


@pytest.mark.parametrize(
    ("found", "kernels", "unused"),
    [
        (["X86_V3", "X86_V4"], "Haswell", True),
        (["AVX2", "AVX512F"], "Zen", True),
        (["X86_V3"], "Haswell", False),
        (["X86_V4"], "SkylakeX", False),
        ([], "", False),
    ],
)
def test_wider_vectors_count_only_where_the_kernels_leave_them(monkeypatch, found, kernels, unused):
    monkeypatch.setattr(
        workers.np, "show_config", lambda mode: {"SIMD Extensions": {"found": found}}
    )
    assert workers.has_unused_vectors(kernels) == unused


PAGES = """
import resource, sys
import numpy as np
from benchmarks import timing
if sys.argv[1] == "keep":
    timing.keep_freed_memory()
def faults():
    for _ in range(50):
        first, second, third = (np.ones(2**17) for _ in range(3))
        del first, second, third
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
faults()
print(faults() * -1 + faults())
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="told about glibc alone")
def test_freed_memory_stays_with_the_process():
    """Three arrays of a megabyte, made anew 50 times: without it, hundreds of pages each time."""
    command = [sys.executable, "-c", PAGES]
    pages = [
        int(subprocess.run([*command, how], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
        for how in ("keep", "let go")
    ]
    assert pages[0] < 50 * 10
    assert pages[1] > 5 * pages[0]
