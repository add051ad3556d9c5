"""``test``: style, tests, notebooks up to date, notebooks compared; every stage, then one line."""

from __future__ import annotations

import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from course_utils.workbook.execute import kernel_environment
from course_utils.workbook.project import BUILD, NOTEBOOKS, ROOT, source_folder
from course_utils.workbook.terminal import say

PARALLEL = ["-n", "2", "--dist", "loadscope"]
NBVAL = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=300", "-p", "no:cacheprovider"]


@dataclass(frozen=True)
class Stage:
    """One stage; ``report`` is the junit file that pytest writes, if it is a pytest run."""

    name: str
    command: list[str]
    report: Path | None = None
    idle: str | None = None  # why there is nothing to do


@dataclass(frozen=True)
class Count:
    """How many tests passed and failed."""

    passed: int = 0
    failed: int = 0


def stages(notebooks: Path = NOTEBOOKS) -> list[Stage]:
    """All stages, in order."""
    python = sys.executable
    lessons = any(source_folder(notebooks).glob("[0-9][0-9]_*.py"))
    solutions = sorted(map(str, notebooks.glob("solutions/*.ipynb")))
    tests, compared = BUILD / "pytest.xml", BUILD / "nbval.xml"
    pytest = [python, "-m", "pytest", "-q", *PARALLEL]
    return [
        Stage("ruff check", [python, "-m", "ruff", "check", "."]),
        Stage("ruff format", [python, "-m", "ruff", "format", "--check", "."]),
        Stage(
            "tests",
            [*pytest, f"--junitxml={tests}", "tests"],
            tests,
        ),
        Stage(
            "notebooks up to date",
            [python, "-m", "course_utils.workbook.cli", "build", "--check"],
            idle=None if lessons else "no lessons yet in notebooks/source",
        ),
        Stage(
            "notebooks compared (nbval)",
            [*pytest, *NBVAL, f"--junitxml={compared}", *solutions],
            compared,
            None if solutions else "no notebooks yet in notebooks/solutions",
        ),
    ]


def run_stages(todo: list[Stage] | None = None, call: Callable[..., int] = subprocess.call) -> int:
    """Run every stage, also after one has failed; the last line is the sum.

    Args:
        todo: the stages; all of `stages` by default.
        call: runs a command, as `subprocess.call`.

    Returns:
        0 if all passed, else 1.
    """
    env = kernel_environment()
    total, told = Count(), []
    for stage in stages() if todo is None else todo:
        say(f"\n== {stage.name}")
        started = time.monotonic()
        if stage.idle:
            say(stage.idle)
            told.append(f"{stage.name}: nothing to do ({stage.idle})")
            continue
        if stage.report:
            stage.report.unlink(missing_ok=True)
        count = counted(stage, call(stage.command, cwd=ROOT, env=env))
        total = Count(total.passed + count.passed, total.failed + count.failed)
        state = f"{count.failed} failed" if count.failed else "passed"
        told.append(f"{stage.name}: {state}, {time.monotonic() - started:.0f} s")
    say("\n" + "\n".join(told))
    say(f"{total.passed} passed, {total.failed} failed")
    return min(total.failed, 1)


def counted(stage: Stage, status: int) -> Count:
    """How many passed and failed in a stage.

    Passed are tests and compared cells, so stages without a report add none. A
    stage that fails otherwise (style, an outdated notebook, no tests found, a
    crash) counts as one failed, so that the last line never looks better than it was.
    """
    count = Count()
    if stage.report and stage.report.exists():
        count = read_report(stage.report)
    if status and not count.failed:
        count = Count(count.passed, 1)
    return count


def read_report(path: Path) -> Count:
    """Passed and failed tests in a junit file; skipped ones are neither."""
    passed = failed = 0
    for case in ElementTree.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" not in kinds:
            passed += 1
    return Count(passed, failed)
