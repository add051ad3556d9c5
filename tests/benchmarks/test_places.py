"""The table of places says what was measured, keeps the other places, and names what failed."""

import re

import pytest

from benchmarks import place, places, places_page

ONE = {
    "python": "3.12.1", "about": "what Colab has", "commit": "abc1234", "changed": {},
    "before_seconds": 61.2, "course_seconds": 3.1, "megabytes": 5280,
    "versions": dict.fromkeys(places_page.SHOWN, "1.0"),
}  # fmt: skip
RUNS = [
    {"name": "00.ipynb", "cells": 9, "seconds": 60.0, "error": ""},
    {"name": "01.ipynb", "cells": 4, "seconds": 30.0, "error": "ValueError: X"},
]


@pytest.fixture
def files(tmp_path, monkeypatch):
    monkeypatch.setattr(places_page, "RECORD", tmp_path / "places.json")
    monkeypatch.setattr(places_page, "TABLE", tmp_path / "places.md")
    return tmp_path


def cells(name: str) -> dict[int, str]:
    page = places_page.TABLE.read_text(encoding="utf-8")
    row = next(x for x in page.splitlines() if x.startswith(f"| {name} |"))
    return dict(enumerate(row.strip("| ").split(" | ")))


def test_each_table_has_a_column_for_each_entry_of_a_row(files):
    places_page.keep("colab", ONE | {"runs": RUNS})
    page = places_page.TABLE.read_text(encoding="utf-8")
    tables = [part.splitlines() for part in page.split("\n\n") if part.startswith("|")]
    assert len(tables) == 2
    for table in tables:
        assert len(table) == 3
        assert len({line.count("|") for line in table}) == 1


def test_tests_measured_later_leave_the_notebooks_of_a_place_and_the_other_places(files):
    places_page.keep("colab", ONE | {"runs": RUNS})
    places_page.keep("newest", ONE | {"runs": RUNS[:1]})
    before = cells("newest")
    told = {"passed": 13341, "failed": 1, "failures": ["test_x"], "seconds": 90.0}
    places_page.keep("colab", ONE | {"tests": told, "commit": "def5678"})
    row = list(cells("colab").values())
    assert row[1:] == ["0", "64", "5280", "2", "13", "1", "1.5", "13,341", "1", "1.5", "def5678"]
    assert cells("newest") == before
    page = places_page.TABLE.read_text(encoding="utf-8")
    assert "colab, 01.ipynb: `ValueError: X`" in page
    assert "colab: `test_x`" in page


def test_oldest_takes_each_range_at_its_lower_end():
    oldest = place.oldest()
    assert {"numpy==1.26.*", "torch==2.4.*"} <= set(oldest)
    assert all(pin.endswith(".*") for pin in oldest)


def test_the_workflow_tries_places_that_there_are_with_their_python():
    text = (place.ROOT / ".github" / "workflows" / "test.yml").read_text(encoding="utf-8")
    asked = re.findall(r'place: (\S+), python: "([\d.]+)", only: (\w+)', text)
    assert {name for name, _, _ in asked} == {"colab", "oldest", "newest", "offline"}
    assert all(place.PLACES[name].python == python for name, python, _ in asked)
    assert {only for _, _, only in asked} == set(places.PARTS)
