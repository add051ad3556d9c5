"""The README says what is so: its links lead somewhere, each lesson is in its table."""

import re
from pathlib import Path

import pytest

from course_utils.workbook.colab import badge
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.project import ROOT, lesson_sources

README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = {path.stem: path for path in lesson_sources(None, ROOT / "notebooks")}


def row(name):
    (found,) = [line for line in README.split("\n") if f"](notebooks/{name}.ipynb)" in line]
    return found


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_a_row_with_its_badge_and_minutes(name):
    target = badge(name).rsplit("](", 1)[1].removesuffix(")")
    assert f"[![Open in Colab][badge]]({target})" in row(name)
    assert f"| {read_lesson(LESSONS[name]).minutes} |" in row(name)


def test_every_link_to_a_file_leads_to_one():
    targets = re.findall(r"\]\(([^)#\s]+)", README)
    local = [t for t in targets if not t.startswith("http")]
    assert len(local) > 20
    assert [t for t in local if not (ROOT / t).exists()] == []


def test_pictures_are_described():
    pictures = re.findall(r"!\[([^\]]*)\]\((figures/[^)]+)\)", README)
    assert len(pictures) >= 2
    assert all(len(told.split()) > 10 for told, _ in pictures)


def test_commands_that_it_names_exist():
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.M))
    makefile = Path(ROOT / "Makefile").read_text(encoding="utf-8")
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.M))
