"""``browser``: every lesson opened in JupyterLab in a headless Chromium, run and looked at."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys

from course_utils.workbook.execute import kernel_environment
from course_utils.workbook.project import ROOT, WorkbookError
from course_utils.workbook.terminal import say

PLAYWRIGHT = "playwright==1.65.2"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_TESTS = ("tests/browser", "tests/show/test_scores_browser.py")


def chromium() -> str | None:
    """Path of a Chromium, from the variable CHROMIUM or by its usual names; None without one."""
    told = os.environ.get("CHROMIUM")
    return told or next((path for path in map(shutil.which, _BROWSERS) if path), None)


def look(lessons: list[str]) -> int:
    """Run the tests that need a browser; pictures of what was seen go to build/browser.

    Args:
        lessons: numbers or beginnings of names; all if empty.

    Returns:
        The exit status of pytest.

    Raises:
        WorkbookError: Playwright or a Chromium is missing; says how to get it.
    """
    if importlib.util.find_spec("playwright") is None:
        raise WorkbookError(
            "browser: expected the package playwright, which steers the browser; it is no part of "
            f"the environment. Run: {sys.executable} -m pip install {PLAYWRIGHT}"
        )
    if chromium() is None:
        raise WorkbookError(
            f"browser: expected one of {', '.join(_BROWSERS)} on this computer, found none. "
            "Install Chromium (Debian: apt install chromium), or set CHROMIUM to its path."
        )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *_TESTS]
    if lessons:
        command += ["-k", " or ".join(lessons)]
    status = subprocess.call(command, cwd=ROOT, env={**kernel_environment(), "COURSE_BROWSER": "1"})
    say(f"Pictures: {ROOT / 'build' / 'browser'}")
    return min(status, 1)
