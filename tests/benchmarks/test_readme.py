"""Tables get between their marks and nowhere else."""

import pytest

from benchmarks import readme

PAGE = "before\n<!-- a -->\nold\n<!-- /a -->\nbetween\n<!-- b -->\n<!-- /b -->\nafter\n"


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "README.md"
    path.write_text(PAGE, encoding="utf-8")
    return path


def test_only_what_stands_between_the_marks_is_replaced(page):
    readme.put("b", "| new |", page)
    readme.put("a", "| é |", page)
    assert page.read_text(encoding="utf-8") == PAGE.replace("old", "| é |").replace(
        "<!-- b -->\n", "<!-- b -->\n| new |\n"
    )
    assert readme.shown("a", page) == "| é |"
    assert readme.shown("b", page) == "| new |"


@pytest.mark.parametrize(
    "text", ["nothing", "<!-- a -->", "<!-- /a --> <!-- a -->", f"{PAGE}<!-- a -->"]
)
def test_missing_or_doubled_marks_are_refused_and_nothing_is_written(page, text):
    page.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="<!-- a -->"):
        readme.put("a", "new", page)
    assert page.read_text(encoding="utf-8") == text
