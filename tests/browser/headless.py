"""A headless Chromium for the tests of pages, where there is one."""

from __future__ import annotations

import contextlib

import pytest

from course_utils.workbook.browser import chromium

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextlib.contextmanager
def headless():
    """The browser; the test is skipped where Playwright or Chromium is missing."""
    sync = pytest.importorskip("playwright.sync_api")
    path = chromium()
    if path is None:
        pytest.skip("no chromium on this computer")
    with sync.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield running
        running.close()
