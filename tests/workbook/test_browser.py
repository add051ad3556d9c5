"""The command that opens lessons in a browser: what it says where it cannot."""

import importlib.util
import subprocess

import pytest

from course_utils.workbook import browser
from course_utils.workbook.project import WorkbookError


@pytest.fixture
def installed(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    monkeypatch.setenv("CHROMIUM", "/usr/bin/some-chromium")


def test_without_playwright_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(WorkbookError, match="pip install playwright=="):
        browser.look([])


@pytest.mark.usefixtures("installed")
def test_without_a_browser_it_says_how_to_get_one(monkeypatch):
    monkeypatch.delenv("CHROMIUM")
    monkeypatch.setattr(browser.shutil, "which", lambda name: None)
    with pytest.raises(WorkbookError, match="set CHROMIUM to its path"):
        browser.look([])


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("status", [0, 1, 5])
def test_it_runs_the_tests_that_are_skipped_otherwise(monkeypatch, status):
    asked = []

    def call(command, cwd, env):
        asked.append((command, env["COURSE_BROWSER"]))
        return status

    monkeypatch.setattr(subprocess, "call", call)
    assert browser.look(["00", "03"]) == min(status, 1)
    ((command, switch),) = asked
    assert switch == "1"
    assert command[-2:] == ["-k", "00 or 03"]
    assert "tests/browser" in command
