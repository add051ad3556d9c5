"""What the README shows is what the course says, and every lesson is in its table."""

import re

import pytest

from benchmarks import pictures
from course_utils.checking import check
from course_utils.workbook.colab import badge
from course_utils.workbook.lesson import read_lesson
from course_utils.workbook.project import lesson_sources
from tests.course.test_architecture import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = {path.stem: path for path in lesson_sources(None, ROOT / "notebooks")}


def words(text):
    return re.sub(r"\s+", " ", text).strip()


def judged(name):
    """The verdict on the cell of a picture."""
    scope = {}
    exec(compile(f"{pictures.SETUP}\n{pictures.CELLS[name]}", name, "exec"), scope)
    return check(re.search(r'"([\d.]+)"', pictures.CELLS[name])[1])


def test_the_verdict_of_the_readme_is_what_a_student_reads():
    told = judged("verdict")
    assert told.headline in words(README)
    for finding in told.findings:
        assert finding.message.rstrip(".") in words(README)


def test_the_derivation_of_the_readme_is_what_a_student_reads():
    told = words(judged("derivation").text())
    for sentence in (
        "The first line that is false.",
        "i runs over D in dW",
        "but over M in dY",
        "i and j are exchanged on the whole right side: this is the transpose.",
    ):
        assert sentence in told
        assert sentence in words(README)


def test_every_file_that_the_readme_links_is_there():
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(linked) > 20
    assert [name for name in linked if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_a_row_with_its_badge_and_minutes(name):
    (row,) = [line for line in README.split("\n") if f"](notebooks/{name}.ipynb)" in line]
    target = badge(name).rsplit("](", 1)[1].removesuffix(")")
    assert f"[![Open in Colab][badge]]({target})" in row
    assert f"| {read_lesson(LESSONS[name]).minutes} |" in row


def test_pictures_are_described():
    found = re.findall(r"!\[([^\]]*)\]\((figures/[^)]+)\)", README)
    assert len(found) >= 2
    assert all(len(told.split()) > 10 for told, _ in found)


def test_commands_that_it_names_exist():
    named = set(re.findall(r"(?:`|^)make ([a-z]+)", README, re.M))
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert named
    assert named <= set(re.findall(r"^([a-z]+):", makefile, re.M))
