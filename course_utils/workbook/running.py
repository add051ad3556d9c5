"""Run notebooks one after the other, and leave them and pages of them to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat

from course_utils.workbook.execute import LessonFailed, execute, kernel_environment
from course_utils.workbook.pages import LessonResult, index_page, notebook_page
from course_utils.workbook.project import shown, write_text
from course_utils.workbook.terminal import LessonProgress, say

CELL_SECONDS = 300


@dataclass(frozen=True)
class Runnable:
    """A notebook to run.

    Args:
        name: of the lesson, ``03_fully_connected_net``.
        title: its first heading.
        minutes: how long a student needs, or a dash.
        notebook: of nbformat; outputs are put into it.
        folder: working directory of the kernel.
    """

    name: str
    title: str
    minutes: str
    notebook: Any
    folder: Path


def run_notebooks(wanted: Iterable[Runnable], profile: str, out: Path) -> int:
    """Run each; one that fails does not stop the others.

    Args:
        wanted: the notebooks.
        profile: ``"quick"`` or ``"full"``.
        out: gets ``run/NN_name.ipynb``, ``html/NN_name.html`` and ``html/index.html``.

    Returns:
        How many failed.
    """
    env, timeout = kernel_environment(profile), CELL_SECONDS if profile == "quick" else None
    results = [_run(one, env, timeout, out) for one in wanted]
    write_text(out / "html" / "index.html", index_page(results))
    return _tell(results, out)


def _run(one: Runnable, env: dict[str, str], timeout: int | None, out: Path) -> LessonResult:
    progress, failure = LessonProgress(one.name), None
    try:
        execute(one.notebook, one.folder, env, timeout=timeout, on_cell=progress.cell)
    except LessonFailed as failed:
        failure = str(failed)
    result = LessonResult(one.name, one.title, one.minutes, progress.seconds, failure)
    progress.finish(result.status)
    text = nbformat.writes(one.notebook, version=4).rstrip("\n") + "\n"
    write_text(out / "run" / f"{one.name}.ipynb", text)
    page = notebook_page(one.notebook, one.title, one.folder)
    write_text(out / "html" / f"{one.name}.html", page)
    return result


def _tell(results: list[LessonResult], out: Path) -> int:
    failed = [r for r in results if r.failure]
    took = sum(r.seconds for r in results)
    say(f"\n{len(results) - len(failed)} of {len(results)} lessons ran, in {took:.0f} s.")
    for result in failed:
        say(f"  {result.name}: {result.status}")
    say(f"Read them:     {shown(out / 'html' / 'index.html')} (open it in a browser)")
    say(f"The notebooks: {shown(out / 'run')}")
    say("Work in them:  make lab   (or: python -m course_utils lab)")
    return len(failed)
