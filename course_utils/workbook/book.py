"""``book``: the web edition, a folder of pages that needs neither a server nor a network."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

from course_utils.workbook.book_check import SiteReport, check_site
from course_utils.workbook.book_environment import builder_python
from course_utils.workbook.book_finish import finish
from course_utils.workbook.book_stage import clear, stage
from course_utils.workbook.project import (
    BUILD,
    ROOT,
    WorkbookError,
    importable_here,
    shown,
)
from course_utils.workbook.terminal import say

_TAIL = 20


def book(to: Path | None = None, *, own_environment: bool = True, base: str | None = None) -> int:
    """Build the web edition, look at every page, and say where it is.

    Args:
        to: the folder; ``build/book`` by default.
        own_environment: build in ``build/.venv-book``, made where it is missing;
            otherwise with the Python that runs this.
        base: path under which the site will stand on its server, for the page that
            says "not there"; by default that of GitHub's pages, ``/NAME/``.

    Returns:
        0, or 1 where a page has a fault (a broken link, a figure without words …).

    Raises:
        WorkbookError: it could not be built.
    """
    started = time.monotonic()
    out, work = (to or BUILD / "book").resolve(), BUILD / "book-work"
    clear(out)
    python = builder_python(own=own_environment)
    begun = time.monotonic()
    stage(ROOT, work)
    run_builder(python, work, out)
    finish(out, base)
    report = check_site(out)
    building = time.monotonic() - begun
    setting_up = begun - started
    also = f", after {setting_up:.0f} s of setting up" if setting_up > 1 else ""
    say(f"Built in {building:.0f} s{also}.")
    return tell(report, out)


def run_builder(python: Path, work: Path, out: Path) -> None:
    """Run Sphinx over what was laid out; whatever it warns of is an error.

    Args:
        python: that has the packages of requirements-book.txt.
        work: with ``source`` and ``extra``; gets ``doctrees``, so that a second build is quick.
        out: gets the site.

    Raises:
        WorkbookError: it failed or warned; holds the last lines that it wrote.
    """
    source = work / "source"
    command = [str(python), "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going"]
    command += ["-c", str(ROOT / "book"), "-d", str(work / "doctrees"), str(source), str(out)]
    env = dict(importable_here(), BOOK_EXTRA=str(work / "extra"))
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, encoding="utf-8", errors="replace", check=False,
    )  # fmt: skip
    if done.returncode:
        said = done.stdout.replace(str(source), "").strip().splitlines()[-_TAIL:]
        tail = "\n".join("  | " + line for line in said)
        raise WorkbookError(
            f"book: the builder failed or warned (status {done.returncode}):\n{tail}\n"
            "Likely cause: what the last lines name, in a lesson, a docstring or a page."
        )


def tell(report: SiteReport, out: Path) -> int:
    """Say what was built; 1 if a page has a fault."""
    name, size = report.largest
    say(
        f"{report.pages} pages, {report.megabytes:.1f} MB, the largest {name} with {size:.2f} MB; "
        f"{report.links} links, {report.images} figures, {report.formulas} formulas, "
        f"{report.answers} folded answers."
    )
    for problem in report.problems:
        say(f"  ✗ {problem}")
    if report.problems:
        say(f"{len(report.problems)} to mend.")
    else:
        say("No link is broken, every figure has words, no page loads anything from elsewhere.")
    say(f"Read it:  {shown(out / 'index.html')} (open it in a browser)")
    return min(len(report.problems), 1)
