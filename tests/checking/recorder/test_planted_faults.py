"""The table of benchmarks/training_faults.md, run again on two seeds."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from course_utils.checking.recorder import RULES

COMMAND = Path(__file__).resolve().parents[3] / "benchmarks" / "training_faults.py"


@pytest.fixture(scope="module")
def benchmark_module():
    before = dict(os.environ)
    spec = importlib.util.spec_from_file_location("training_faults", COMMAND)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    os.environ.clear()
    os.environ.update(before)


def test_two_seeds_reach_the_goals():
    ran = subprocess.run(
        [sys.executable, str(COMMAND), "--check", "2"],
        capture_output=True, text=True, encoding="utf-8", timeout=300, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-2000:]


def test_every_code_has_a_planted_run_and_no_other(benchmark_module):
    assert {rule.code for rule in RULES} == set(benchmark_module.PLANTS)


def test_the_committed_table_holds_every_code_and_setting(benchmark_module):
    table = COMMAND.with_suffix(".md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \| (\d+) \| (\d+) \|", table, re.MULTILINE)
    assert [code for code, _, _ in rows] == list(benchmark_module.PLANTS)
    named, runs = sum(int(k) for _, k, _ in rows), sum(int(n) for _, _, n in rows)
    assert f"**{named} of {runs} runs named**" in table
    assert named >= benchmark_module.RECALL * runs
    healthy = [f"| {name} | {benchmark_module.SEEDS} | - |" for name in benchmark_module.HEALTHY]
    assert [line for line in healthy if line not in table] == []
    assert f"**0 findings in {len(healthy) * benchmark_module.SEEDS} runs**" in table


def test_at_least_sixty_healthy_runs(benchmark_module):
    assert len(benchmark_module.HEALTHY) * benchmark_module.SEEDS >= 60


def test_a_missed_goal_is_told(benchmark_module):
    from collections import Counter

    planted = [("overlap", 10, 1, Counter())]
    healthy = [("sgd", 5, Counter({"diverged": 2}))]
    told = " ".join(benchmark_module.missed_goals(planted, healthy))
    assert "overlap: named in 1 of 10" in told
    assert "sgd: `diverged` 2" in told
